/** OpenAI's chat completions, the request. https://platform.openai.com/docs/api-reference/chat/create */
import type { LanguageModelV4FunctionTool, LanguageModelV4Message, LanguageModelV4Prompt } from '@ai-sdk/provider';
import { z } from 'zod';
import { TimonelError } from '../../../errors.ts';
import type { ModelCallOptions } from '../../answers/answer-parts.ts';
import type { RequestBody, RequestHead } from '../contract.ts';
import { filePart } from '../file-part.ts';
import { providerOptionsOf } from '../parameters.ts';
import { parsed } from '../parsed.ts';
import { changedText } from '../request-text.ts';

const textPart = z.object({ type: z.literal('text'), text: z.string() });
const userPart = z.union([
  textPart,
  z.object({ type: z.literal('image_url'), image_url: z.union([z.string(), z.object({ url: z.string() })]) }),
  z.object({ type: z.literal('input_audio'), input_audio: z.object({ data: z.string(), format: z.enum(['wav', 'mp3']) }) }),
  z.object({ type: z.literal('file'), file: z.object({ file_data: z.string(), filename: z.string().optional() }) }),
]);
const texts = z.union([z.string(), z.array(textPart)]);

const message = z.discriminatedUnion('role', [
  z.object({ role: z.literal('system'), content: texts }),
  z.object({ role: z.literal('developer'), content: texts }),
  z.object({ role: z.literal('user'), content: z.union([z.string(), z.array(userPart)]) }),
  z.object({
    role: z.literal('assistant'),
    content: texts.nullish(),
    refusal: z.string().nullish(),
    tool_calls: z
      .array(
        z.object({ id: z.string(), type: z.literal('function'), function: z.object({ name: z.string(), arguments: z.string() }) }),
      )
      .nullish(),
  }),
  z.object({ role: z.literal('tool'), content: texts, tool_call_id: z.string() }),
]);

const functionName = z.string().regex(/^[\w-]{1,64}$/, 'must be 1 to 64 letters, digits, _ or -');

const request = z.object({
  messages: z.array(message).min(1),
  max_tokens: z.number().int().positive().nullish(),
  max_completion_tokens: z.number().int().positive().nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  stop: z.union([z.string(), z.array(z.string()).max(4)]).nullish(),
  seed: z.number().int().nullish(),
  presence_penalty: z.number().nullish(),
  frequency_penalty: z.number().nullish(),
  n: z.literal(1, { error: 'only 1 answer is given by this model' }).nullish(),
  user: z.string().nullish(),
  parallel_tool_calls: z.boolean().nullish(),
  reasoning_effort: z.enum(['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max']).nullish(),
  tools: z
    .array(
      z.object({
        type: z.literal('function', { error: 'only tools of type "function" work with every model' }),
        function: z.object({
          name: functionName,
          description: z.string().optional(),
          parameters: z.record(z.string(), z.unknown()).optional(),
          strict: z.boolean().nullish(),
        }),
      }),
    )
    .nullish(),
  tool_choice: z
    .union([
      z.enum(['none', 'auto', 'required']),
      z.object({ type: z.literal('function'), function: z.object({ name: z.string() }) }),
    ])
    .nullish(),
  response_format: z
    .union([
      z.object({ type: z.literal('text') }),
      z.object({ type: z.literal('json_object') }),
      z.object({
        type: z.literal('json_schema'),
        json_schema: z.object({
          name: z.string(),
          description: z.string().optional(),
          schema: z.record(z.string(), z.unknown()).optional(),
        }),
      }),
    ])
    .nullish(),
});

export function chatHead(body: RequestBody): RequestHead {
  const { model, messages, stream } = body;
  if (typeof model !== 'string' || model === '')
    throw new TimonelError(
      'invalid_request',
      'Say which model is to answer: "model": "<alias, provider/model or agent>". GET /v1/models lists them.',
    );
  if (!Array.isArray(messages) || messages.length === 0)
    throw new TimonelError('invalid_request', 'Send at least one message: "messages": [{"role": "user", "content": "Hola"}].');
  if (stream !== undefined && stream !== null && typeof stream !== 'boolean')
    throw new TimonelError('invalid_request', '"stream" must be true or false.');
  return {
    model,
    stream: stream === true,
  };
}

export function chatBody(body: RequestBody, model: string, text?: string): string {
  const streams = body['stream'] === true;
  if (!streams || body['stream_options'] === undefined) {
    const changed = changedText(text, body, 'model', model, streams ? '"stream_options":{"include_usage":true}' : undefined);
    if (changed !== undefined) return changed;
  }
  return JSON.stringify({
    ...body,
    model,
    // The answer is paid for by its usage, whether or not the caller wants to see it.
    ...(streams ? { stream_options: { ...(body['stream_options'] as object | undefined), include_usage: true } } : {}),
  });
}

export function chatCall(body: RequestBody): ModelCallOptions {
  const asked = parsed(request, body);
  const maxOutputTokens = asked.max_completion_tokens ?? asked.max_tokens;
  return {
    prompt: promptOf(asked.messages),
    ...optional('maxOutputTokens', maxOutputTokens),
    ...optional('temperature', asked.temperature),
    ...optional('topP', asked.top_p),
    ...optional('seed', asked.seed),
    ...optional('presencePenalty', asked.presence_penalty || undefined),
    ...optional('frequencyPenalty', asked.frequency_penalty || undefined),
    ...optional('reasoning', asked.reasoning_effort),
    ...optional('stopSequences', typeof asked.stop === 'string' ? [asked.stop] : asked.stop),
    ...optional('tools', asked.tools?.length ? asked.tools.map(toolOf) : undefined),
    ...optional('toolChoice', toolChoiceOf(asked.tool_choice)),
    ...optional('responseFormat', responseFormatOf(asked.response_format)),
    ...optional(
      'providerOptions',
      providerOptionsOf({ user: asked.user ?? undefined, parallel: asked.parallel_tool_calls !== false || !asked.tools?.length }),
    ),
  };
}

/** A member that is there only where it has a value. */
function optional<K extends string, V>(name: K, value: V | null | undefined): { [Name in K]?: V } {
  return (value === undefined || value === null ? {} : { [name]: value }) as { [Name in K]?: V };
}

type Asked = z.output<typeof request>;

function toolOf({ function: each }: NonNullable<Asked['tools']>[number]): LanguageModelV4FunctionTool {
  return {
    type: 'function',
    name: each.name,
    ...optional('description', each.description),
    inputSchema: (each.parameters ?? { type: 'object', properties: {} }) as LanguageModelV4FunctionTool['inputSchema'],
    ...optional('strict', each.strict),
  };
}

function toolChoiceOf(choice: Asked['tool_choice']): ModelCallOptions['toolChoice'] | undefined {
  if (choice === undefined || choice === null) return undefined;
  return typeof choice === 'string' ? { type: choice } : { type: 'tool', toolName: choice.function.name };
}

function responseFormatOf(format: Asked['response_format']): ModelCallOptions['responseFormat'] | undefined {
  if (format === undefined || format === null || format.type === 'text') return undefined;
  if (format.type === 'json_object') return { type: 'json' };
  const { name, description, schema } = format.json_schema;
  return {
    type: 'json',
    name,
    ...optional('description', description),
    ...(schema === undefined ? {} : { schema: schema as object }),
  };
}

function promptOf(messages: Asked['messages']): LanguageModelV4Prompt {
  const toolNames = new Map<string, string>();
  return messages.map((each): LanguageModelV4Message => {
    if (each.role === 'user') {
      return {
        role: 'user',
        content: typeof each.content === 'string' ? [{ type: 'text', text: each.content }] : each.content.map(partOf),
      };
    }
    if (each.role === 'assistant') return spoken(each, toolNames);
    if (each.role !== 'tool') return { role: 'system', content: textOf(each.content) };
    const toolName = toolNames.get(each.tool_call_id);
    if (toolName === undefined) {
      throw new TimonelError(
        'invalid_request',
        `messages: a tool message answers "${each.tool_call_id}", which no assistant message before it called.`,
      );
    }
    const output = { type: 'text' as const, value: textOf(each.content) };
    return { role: 'tool', content: [{ type: 'tool-result', toolCallId: each.tool_call_id, toolName, output }] };
  });
}

function spoken(
  said: Extract<Asked['messages'][number], { role: 'assistant' }>,
  toolNames: Map<string, string>,
): LanguageModelV4Message {
  const text = textOf(said.content ?? said.refusal ?? '');
  const calls = said.tool_calls ?? [];
  for (const { id, function: called } of calls) toolNames.set(id, called.name);
  return {
    role: 'assistant',
    content: [
      ...(text === '' ? [] : [{ type: 'text' as const, text }]),
      ...calls.map(({ id, function: called }) => ({
        type: 'tool-call' as const,
        toolCallId: id,
        toolName: called.name,
        input: argumentsOf(called.name, called.arguments),
      })),
    ],
  };
}

function textOf(content: z.output<typeof texts>): string {
  return typeof content === 'string' ? content : content.map(({ text }) => text).join('');
}

function partOf(part: z.output<typeof userPart>) {
  switch (part.type) {
    case 'text':
      return { type: 'text' as const, text: part.text };
    case 'image_url':
      return filePart(typeof part.image_url === 'string' ? part.image_url : part.image_url.url, 'image');
    case 'input_audio':
      return {
        type: 'file' as const,
        mediaType: part.input_audio.format === 'wav' ? 'audio/wav' : 'audio/mpeg',
        data: { type: 'data' as const, data: part.input_audio.data },
      };
    case 'file':
      return filePart(part.file.file_data, 'application', part.file.filename);
  }
}

function argumentsOf(name: string, text: string): unknown {
  try {
    return JSON.parse(text === '' ? '{}' : text) as unknown;
  } catch {
    throw new TimonelError('invalid_request', `messages: the arguments of the call to "${name}" are not valid JSON.`);
  }
}
