/** OpenAI's chat completions, the streamed answer. https://platform.openai.com/docs/api-reference/chat-streaming */
import type { LanguageModelV4Usage } from '@ai-sdk/provider';
import type { Part } from '../../answers/answer-parts.ts';
import { failureOfErrorEvent, ModelFailure } from '../../attempt/failure.ts';
import { type AnswerIdentity, type Begun, nothing, type ProviderEvent, type RequestBody, type StreamWriter } from '../contract.ts';
import { finishReasonOf, readChatUsage, writeChatUsage } from './answer.ts';

interface Chunk {
  error?: unknown;
  usage?: unknown;
  choices?: { delta?: Record<string, unknown> | null; finish_reason?: string | null }[];
}

export function readChatEvent(event: string, data: string, asked: RequestBody): ProviderEvent {
  if (data === '[DONE]') return { ...nothing, last: true };
  let chunk: Chunk;
  try {
    chunk = JSON.parse(data) as Chunk;
  } catch (error) {
    throw new ModelFailure('cut', 'the stream has an event that is not valid JSON', { cause: error });
  }
  if ((chunk.error !== undefined && chunk.error !== null) || event === 'error') throw failureOfErrorEvent(chunk);
  const choice = chunk.choices?.[0];
  const delta = choice?.delta;
  const text = typeof delta?.['content'] === 'string' ? delta['content'] : '';
  const tools = delta?.['tool_calls'] !== undefined && delta['tool_calls'] !== null;
  const finish = choice?.finish_reason;
  return {
    text,
    tools,
    content:
      text !== '' ||
      tools ||
      (delta !== undefined &&
        delta !== null &&
        (isText(delta['reasoning_content']) || isText(delta['reasoning']) || isText(delta['refusal']))),
    finish: typeof finish === 'string' && finish !== '' ? finish : undefined,
    last: false,
    usage: chunk.usage === undefined || chunk.usage === null ? undefined : readChatUsage(chunk.usage),
    silent: choice === undefined && chunk.usage !== undefined && !wantsUsage(asked),
    block: undefined,
  };
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}

function wantsUsage(asked: RequestBody): boolean {
  return (asked['stream_options'] as { include_usage?: unknown } | null | undefined)?.include_usage === true;
}

export function chatStreamWriter(identity: AnswerIdentity, asked: RequestBody, begun: Begun | undefined): StreamWriter {
  const base = {
    id: identity.id,
    object: 'chat.completion.chunk',
    created: identity.created,
    // Another one after a break.
    get model() {
      return identity.model;
    },
  };
  const chunk = (delta: object, finish: string | null = null) =>
    `data: ${JSON.stringify({ ...base, choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }] })}\n\n`;
  /** Index of each call, by its id. */
  const tools = new Map<string, number>();
  let roleSent = begun !== undefined;
  let usage: LanguageModelV4Usage | undefined;
  const first = () => {
    if (roleSent) return {};
    roleSent = true;
    return { role: 'assistant' };
  };
  const startTool = (id: string, name: string, input: string) => {
    const index = tools.size;
    tools.set(id, index);
    return chunk({ ...first(), tool_calls: [{ index, id, type: 'function', function: { name, arguments: input } }] });
  };
  return {
    part(part: Part): string {
      switch (part.type) {
        case 'text-delta':
          return part.delta === '' ? '' : chunk({ ...first(), content: part.delta });
        case 'reasoning-delta':
          return part.delta === '' ? '' : chunk({ ...first(), reasoning_content: part.delta });
        case 'tool-input-start':
          return startTool(part.id, part.toolName, '');
        case 'tool-input-delta':
          return chunk({ tool_calls: [{ index: tools.get(part.id) ?? 0, function: { arguments: part.delta } }] });
        case 'tool-call':
          return tools.has(part.toolCallId) ? '' : startTool(part.toolCallId, part.toolName, part.input);
        case 'finish':
          usage = part.usage;
          return chunk(first(), finishReasonOf(part.finishReason.unified, tools.size > 0));
        default:
          return '';
      }
    },
    end(cost) {
      const shown =
        usage !== undefined && wantsUsage(asked)
          ? `data: ${JSON.stringify({ ...base, choices: [], usage: writeChatUsage(usage, cost) })}\n\n`
          : '';
      return `${shown}data: [DONE]\n\n`;
    },
  };
}
