/** Anthropic's Messages API, the streamed answer. https://docs.anthropic.com/en/docs/build-with-claude/streaming */
import type { LanguageModelV4Usage } from '@ai-sdk/provider';
import type { Part } from '../../answers/answer-parts.ts';
import { failureOfErrorEvent, ModelFailure } from '../../attempt/failure.ts';
import {
  type AnswerIdentity,
  type Begun,
  type Block,
  nothing,
  type ProviderEvent,
  type RequestBody,
  type StreamWriter,
} from '../contract.ts';
import { readMessagesUsage, stopReasonOf, writeMessagesUsage } from './answer.ts';

interface Event {
  type?: string;
  index?: number;
  message?: { usage?: unknown };
  content_block?: { type?: string };
  delta?: { type?: string; text?: string; stop_reason?: string | null };
  usage?: unknown;
}

export function readMessagesEvent(name: string, data: string): ProviderEvent {
  let event: Event;
  try {
    event = JSON.parse(data) as Event;
  } catch (error) {
    throw new ModelFailure('cut', 'the stream has an event that is not valid JSON', { cause: error });
  }
  const index = event.index ?? 0;
  switch (event.type ?? name) {
    case 'message_start':
      return { ...nothing, usage: readMessagesUsage(event.message?.usage) };
    case 'content_block_start': {
      const open = kindOf(event.content_block?.type);
      const tools = open === 'tool';
      return { ...nothing, tools, content: tools, block: { index, open } };
    }
    case 'content_block_delta': {
      const text = event.delta?.type === 'text_delta' ? (event.delta.text ?? '') : '';
      return { ...nothing, text, content: true, block: { index, open: kindOf(event.delta?.type) } };
    }
    case 'content_block_stop':
      return { ...nothing, block: { index, open: undefined } };
    case 'message_delta':
      return { ...nothing, finish: event.delta?.stop_reason ?? undefined, usage: readMessagesUsage(event.usage) };
    case 'message_stop':
      return { ...nothing, last: true };
    case 'error':
      throw failureOfErrorEvent(event);
    default:
      return nothing;
  }
}

/** Of the types of blocks and of their deltas. */
function kindOf(type = ''): NonNullable<Block['open']> {
  if (/^(text|citations)/.test(type)) return 'text';
  if (/^(thinking|signature)/.test(type)) return 'thinking';
  return /tool_use|input_json/.test(type) ? 'tool' : 'other';
}

export function messagesStreamWriter(identity: AnswerIdentity, _asked: RequestBody, begun: Begun | undefined): StreamWriter {
  const write = (type: string, members: object) => `event: ${type}\ndata: ${JSON.stringify({ type, ...members })}\n\n`;
  let started = begun !== undefined;
  let block = begun?.block?.index ?? -1;
  /** What the block that is open holds. */
  let open = begun?.block?.open;
  const toolBlocks = new Set<string>();
  let called = false;
  let finish: { usage: LanguageModelV4Usage; reason: string } | undefined;

  const start = () => {
    if (started) return '';
    started = true;
    const usage = { input_tokens: 0, output_tokens: 0 };
    const message = {
      id: identity.id,
      type: 'message',
      role: 'assistant',
      model: identity.model,
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage,
    };
    return write('message_start', { message });
  };
  const close = () => {
    if (open === undefined) return '';
    open = undefined;
    return write('content_block_stop', { index: block });
  };
  const enter = (kind: 'text' | 'thinking' | 'tool', content_block: object) => {
    if (open === kind && kind !== 'tool') return start();
    const before = start() + close();
    block += 1;
    open = kind;
    return before + write('content_block_start', { index: block, content_block });
  };
  const delta = (members: object) => write('content_block_delta', { index: block, delta: members });
  return {
    part(part: Part): string {
      switch (part.type) {
        case 'text-delta':
          return part.delta === ''
            ? ''
            : enter('text', { type: 'text', text: '' }) + delta({ type: 'text_delta', text: part.delta });
        case 'reasoning-delta':
          return part.delta === ''
            ? ''
            : enter('thinking', { type: 'thinking', thinking: '', signature: '' }) +
                delta({ type: 'thinking_delta', thinking: part.delta });
        case 'tool-input-start':
          called = true;
          toolBlocks.add(part.id);
          return enter('tool', { type: 'tool_use', id: part.id, name: part.toolName, input: {} });
        case 'tool-input-delta':
          return delta({ type: 'input_json_delta', partial_json: part.delta });
        case 'tool-call':
          called = true;
          if (toolBlocks.has(part.toolCallId)) return '';
          return (
            enter('tool', { type: 'tool_use', id: part.toolCallId, name: part.toolName, input: {} }) +
            delta({ type: 'input_json_delta', partial_json: part.input })
          );
        case 'finish':
          finish = { usage: part.usage, reason: stopReasonOf(part.finishReason.unified, called) };
          return start() + close();
        default:
          return '';
      }
    },
    end(cost) {
      const usage = finish === undefined ? { output_tokens: 0 } : writeMessagesUsage(finish.usage, cost);
      const ending = { delta: { stop_reason: finish?.reason ?? 'end_turn', stop_sequence: null }, usage };
      return write('message_delta', ending) + write('message_stop', {});
    },
  };
}
