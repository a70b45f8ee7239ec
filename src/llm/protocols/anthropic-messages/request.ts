/** Anthropic's Messages API, the request. https://docs.anthropic.com/en/api/messages */
import type { LanguageModelV4FunctionTool, LanguageModelV4Message, LanguageModelV4Prompt } from '@ai-sdk/provider';
import { z } from 'zod';
import { TimonelError } from '../../../errors.ts';
import type { ModelCallOptions } from '../../answers/answer-parts.ts';
import type { RequestBody, RequestHead } from '../contract.ts';
import { filePart } from '../file-part.ts';
import { providerOptionsOf } from '../parameters.ts';
import { parsed } from '../parsed.ts';
import { changedText } from '../request-text.ts';
import { count } from '../usage.ts';

const textBlock = z.object({ type: z.literal('text'), text: z.string() });
const source = z.union([
  z.object({ type: z.literal('base64'), media_type: z.string(), data: z.string() }),
  z.object({ type: z.literal('url'), url: z.string() }),
]);
const imageBlock = z.object({ type: z.literal('image'), source });
const documentBlock = z.object({ type: z.literal('document'), source });
const resultBlock = z.object({
  type: z.literal('tool_result'),
  tool_use_id: z.string(),
  is_error: z.boolean().optional(),
  content: z.union([z.string(), z.array(textBlock)]).optional(),
});
const userBlock = z.discriminatedUnion('type', [textBlock, imageBlock, documentBlock, resultBlock]);
const assistantBlock = z.discriminatedUnion('type', [
  textBlock,
  z.object({ type: z.literal('tool_use'), id: z.string(), name: z.string(), input: z.unknown() }),
  z.object({ type: z.literal('thinking'), thinking: z.string(), signature: z.string().optional() }),
  z.object({ type: z.literal('redacted_thinking'), data: z.string() }),
]);

const request = z.object({
  max_tokens: z.number().int().positive({ error: 'say how many tokens the answer may have' }),
  system: z.union([z.string(), z.array(textBlock)]).optional(),
  messages: z
    .array(
      z.discriminatedUnion('role', [
        z.object({ role: z.literal('user'), content: z.union([z.string(), z.array(userBlock)]) }),
        z.object({ role: z.literal('assistant'), content: z.union([z.string(), z.array(assistantBlock)]) }),
      ]),
    )
    .min(1),
  temperature: z.number().min(0).max(1).optional(),
  top_p: z.number().min(0).max(1).optional(),
  top_k: z.number().int().positive().optional(),
  metadata: z.object({ user_id: z.string().nullish() }).nullish(),
  stop_sequences: z.array(z.string()).optional(),
  tools: z
    .array(
      z.object({
        type: z.literal('custom', { error: 'only tools of your own (type "custom") work with every model' }).optional(),
        name: z.string().regex(/^[\w-]{1,128}$/, 'must be 1 to 128 letters, digits, _ or -'),
        description: z.string().optional(),
        input_schema: z.record(z.string(), z.unknown()),
      }),
    )
    .optional(),
  tool_choice: z
    .discriminatedUnion('type', [
      z.object({ type: z.literal('auto'), disable_parallel_tool_use: z.boolean().optional() }),
      z.object({ type: z.literal('any'), disable_parallel_tool_use: z.boolean().optional() }),
      z.object({ type: z.literal('none') }),
      z.object({ type: z.literal('tool'), name: z.string(), disable_parallel_tool_use: z.boolean().optional() }),
    ])
    .optional(),
});

type Asked = z.output<typeof request>;

export function messagesHead(body: RequestBody): RequestHead {
  const { model, messages, stream, max_tokens } = body;
  if (typeof model !== 'string' || model === '')
    throw new TimonelError(
      'invalid_request',
      'Say which model is to answer: "model": "<alias or provider/model>". GET /v1/models lists them.',
    );
  if (!Array.isArray(messages) || messages.length === 0)
    throw new TimonelError('invalid_request', 'Send at least one message: "messages": [{"role": "user", "content": "Hola"}].');
  if (count(max_tokens) === undefined)
    throw new TimonelError('invalid_request', 'Say how many tokens the answer may have: "max_tokens": 1024.');
  if (stream !== undefined && typeof stream !== 'boolean')
    throw new TimonelError('invalid_request', '"stream" must be true or false.');
  return { model, stream: stream === true };
}

export function messagesBody(body: RequestBody, model: string, text?: string): string {
  return changedText(text, body, 'model', model) ?? JSON.stringify({ ...body, model });
}

export function messagesCall(body: RequestBody): ModelCallOptions {
  const asked = parsed(request, body);
  const choice = asked.tool_choice;
  const alone = choice !== undefined && choice.type !== 'none' && choice.disable_parallel_tool_use === true;
  const parallel = !alone || asked.tools === undefined || asked.tools.length === 0;
  const providerOptions = providerOptionsOf({ user: asked.metadata?.user_id ?? undefined, parallel });
  return {
    prompt: [...systemOf(asked.system), ...promptOf(asked.messages)],
    maxOutputTokens: asked.max_tokens,
    ...(asked.temperature === undefined ? {} : { temperature: asked.temperature }),
    ...(asked.top_p === undefined ? {} : { topP: asked.top_p }),
    ...(asked.top_k === undefined ? {} : { topK: asked.top_k }),
    ...(asked.stop_sequences === undefined ? {} : { stopSequences: asked.stop_sequences }),
    ...(asked.tools === undefined || asked.tools.length === 0 ? {} : { tools: asked.tools.map(toolOf) }),
    ...(asked.tool_choice === undefined ? {} : { toolChoice: toolChoiceOf(asked.tool_choice) }),
    ...(providerOptions === undefined ? {} : { providerOptions }),
  };
}

function toolOf(tool: NonNullable<Asked['tools']>[number]): LanguageModelV4FunctionTool {
  return {
    type: 'function',
    name: tool.name,
    ...(tool.description === undefined ? {} : { description: tool.description }),
    inputSchema: tool.input_schema as LanguageModelV4FunctionTool['inputSchema'],
  };
}

function toolChoiceOf(choice: NonNullable<Asked['tool_choice']>): NonNullable<ModelCallOptions['toolChoice']> {
  if (choice.type === 'tool') return { type: 'tool', toolName: choice.name };
  return { type: choice.type === 'any' ? 'required' : choice.type };
}

function systemOf(system: Asked['system']): LanguageModelV4Prompt {
  if (system === undefined) return [];
  return [{ role: 'system', content: typeof system === 'string' ? system : system.map(({ text }) => text).join('\n') }];
}

function promptOf(messages: Asked['messages']): LanguageModelV4Prompt {
  const toolNames = new Map<string, string>();
  return messages.flatMap((message) =>
    message.role === 'assistant' ? [spoken(message.content, toolNames)] : heard(message.content, toolNames),
  );
}

type AssistantMessage = Extract<LanguageModelV4Message, { role: 'assistant' }>;
type AssistantContent = Extract<Asked['messages'][number], { role: 'assistant' }>['content'];
type UserMessage = Extract<LanguageModelV4Message, { role: 'user' }>;
type UserContent = Extract<Asked['messages'][number], { role: 'user' }>['content'];

/** Thinking stays out: its signature is worth something to the model alone that gave it. */
function spoken(said: AssistantContent, toolNames: Map<string, string>): AssistantMessage {
  if (typeof said === 'string') return { role: 'assistant', content: [{ type: 'text', text: said }] };
  const content = said.flatMap((block): AssistantMessage['content'] => {
    if (block.type === 'text') return [{ type: 'text', text: block.text }];
    if (block.type !== 'tool_use') return [];
    toolNames.set(block.id, block.name);
    return [{ type: 'tool-call', toolCallId: block.id, toolName: block.name, input: block.input }];
  });
  return { role: 'assistant', content };
}

/** What the user says and what tools answer come in one message here, and in two there. */
function heard(said: UserContent, toolNames: ReadonlyMap<string, string>): LanguageModelV4Message[] {
  if (typeof said === 'string') return [{ role: 'user', content: [{ type: 'text', text: said }] }];
  const results = said.flatMap((block) => (block.type === 'tool_result' ? [resultOf(block, toolNames)] : []));
  const content = said.flatMap((block): UserMessage['content'] => {
    if (block.type === 'text') return [{ type: 'text', text: block.text }];
    return block.type === 'tool_result' ? [] : [mediaOf(block)];
  });
  return [
    ...(results.length === 0 ? [] : [{ role: 'tool' as const, content: results }]),
    ...(content.length === 0 ? [] : [{ role: 'user' as const, content }]),
  ];
}

function resultOf(block: z.output<typeof resultBlock>, toolNames: ReadonlyMap<string, string>) {
  const toolName = toolNames.get(block.tool_use_id);
  if (toolName === undefined)
    throw new TimonelError(
      'invalid_request',
      `messages: a tool_result answers "${block.tool_use_id}", which no tool_use before it called.`,
    );
  const value = typeof block.content === 'string' ? block.content : (block.content ?? []).map(({ text }) => text).join('');
  const output = { type: block.is_error === true ? ('error-text' as const) : ('text' as const), value };
  return { type: 'tool-result' as const, toolCallId: block.tool_use_id, toolName, output };
}

function mediaOf({ type, source: from }: z.output<typeof imageBlock> | z.output<typeof documentBlock>) {
  const url = from.type === 'url' ? from.url : `data:${from.media_type};base64,${from.data}`;
  return filePart(url, type === 'image' ? 'image' : 'application');
}
