/**
 * A careful client of a model API, in OpenAI's or Anthropic's words: reads a stream as its specification says, takes an error inside of
 * it for an error, and never a part for the whole. Says what its user would have seen.
 */
import { Pool } from 'undici';

export type CallProtocol = 'openai' | 'anthropic';

export interface Question {
  /** Base URL, with `/v1`. */
  url: string;
  key: string;
  model: string;
  protocol?: CallProtocol;
  stream?: boolean;
  prompt?: string;
  /** Members of the body, beside the usual ones. */
  extra?: object;
  headers?: Readonly<Record<string, string>>;
  /** Milliseconds until the call counts as hung. */
  deadlineMs?: number;
  /** The user leaves after so many tokens. */
  leaveAfterTokens?: number;
  /** The user leaves. */
  signal?: AbortSignal;
  /** Told of all that was shown so far, after each token. */
  onText?: (text: string) => void;
}

export interface Called {
  /** `success`: the answer ended as if it were complete. `left`: the caller went away. */
  outcome: 'success' | 'error' | 'hang' | 'left';
  status: number | undefined;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  /** All that was shown. */
  text: string;
  tokens: string[];
  /** What the model thought, and what it calls a tool with, as far as they came. */
  thinking: string;
  toolArguments: string;
  /** The sentinel at the end of a stream (`[DONE]`, `message_stop`), and why the model stopped. */
  done: boolean;
  finishReason: string | undefined;
  error: { message: string; code: string | undefined } | undefined;
  model: string | undefined;
  usage: Readonly<Record<string, unknown>> | undefined;
  milliseconds: number;
  firstTokenMs: number | undefined;
  /** Events whose data could not be read, and pieces that are in no block, or in one of another kind. */
  malformed: number;
  misplaced: number;
  /** Of a stream of Anthropic's: the block that is being written. */
  openBlock: { index: number; kind: string } | undefined;
  /** The answer, where it came whole. */
  body: unknown;
}

const pools = new Map<string, Pool>();

/** One pool per server, without time limits of its own: the deadline is the caller's. */
function poolOf(origin: string): Pool {
  let pool = pools.get(origin);
  if (pool === undefined) {
    pool = new Pool(origin, { headersTimeout: 0, bodyTimeout: 0, keepAliveTimeout: 1_000 });
    pools.set(origin, pool);
  }
  return pool;
}

/** Closes what is kept open for the next call. */
export async function closeCaller(): Promise<void> {
  await Promise.all([...pools.values()].map((pool) => pool.destroy()));
  pools.clear();
}

export async function callModel(question: Question): Promise<Called> {
  const { protocol = 'openai', stream = true, deadlineMs = 60_000, prompt = 'When does a gateway earn trust?' } = question;
  const target = new URL(question.url);
  const started = performance.now();
  const stop = new AbortController();
  const leave = () => stop.abort(new Left());
  question.signal?.addEventListener('abort', leave);
  const timer = setTimeout(() => stop.abort(new Hung(deadlineMs)), deadlineMs);
  const called: Called = {
    outcome: 'error',
    status: undefined,
    headers: {},
    text: '',
    tokens: [],
    done: false,
    finishReason: undefined,
    error: undefined,
    model: undefined,
    usage: undefined,
    milliseconds: 0,
    firstTokenMs: undefined,
    thinking: '',
    toolArguments: '',
    malformed: 0,
    misplaced: 0,
    openBlock: undefined,
    body: undefined,
  };
  const onToken = (text: string) => {
    called.firstTokenMs ??= performance.now() - started;
    called.tokens.push(text);
    called.text += text;
    question.onText?.(called.text);
    if (called.tokens.length === question.leaveAfterTokens) leave();
  };
  try {
    const answer = await poolOf(target.origin).request({
      method: 'POST',
      path: `${target.pathname}/${protocol === 'openai' ? 'chat/completions' : 'messages'}`,
      headers: {
        'content-type': 'application/json',
        ...(protocol === 'openai'
          ? { authorization: `Bearer ${question.key}` }
          : { 'x-api-key': question.key, 'anthropic-version': '2023-06-01' }),
        ...question.headers,
      },
      body: JSON.stringify({
        model: question.model,
        messages: [{ role: 'user', content: prompt }],
        ...(protocol === 'anthropic' ? { max_tokens: 500 } : {}),
        ...(stream ? { stream: true } : {}),
        ...(stream && protocol === 'openai' ? { stream_options: { include_usage: true } } : {}),
        ...question.extra,
      }),
      signal: stop.signal,
    });
    called.status = answer.statusCode;
    called.headers = answer.headers;
    const body = limited(answer.body);
    if (answer.statusCode !== 200 || !stream) readWhole(called, protocol, await textOf(body));
    else await readStream(called, protocol, body, onToken);
  } catch (error) {
    const reason: unknown = stop.signal.aborted ? stop.signal.reason : error;
    called.outcome = reason instanceof Hung ? 'hang' : reason instanceof Left ? 'left' : 'error';
    called.error ??= { message: String(reason), code: (reason as { code?: string }).code };
  } finally {
    clearTimeout(timer);
    question.signal?.removeEventListener('abort', leave);
  }
  called.milliseconds = performance.now() - started;
  return called;
}

const longestAnswer = 1_000_000;

async function* limited(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const part of body) {
    bytes += part.length;
    if (bytes > longestAnswer) throw new Error(`an answer of more than ${longestAnswer} bytes`);
    yield part;
  }
}

async function textOf(body: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const part of body) parts.push(part);
  return Buffer.concat(parts).toString();
}

class Left extends Error {}

class Hung extends Error {
  constructor(milliseconds: number) {
    super(`no result within ${milliseconds} ms`);
  }
}

type Json = Readonly<Record<string, unknown>>;

function errorOf(value: unknown): Called['error'] {
  const error = (value as { error?: unknown } | null)?.error;
  if (error === undefined || error === null) return undefined;
  if (typeof error === 'string') return { message: error, code: undefined };
  const { message, code, type } = error as { message?: unknown; code?: unknown; type?: unknown };
  return { message: String(message), code: String(code ?? type) };
}

function readWhole(called: Called, protocol: CallProtocol, content: string): void {
  try {
    called.body = JSON.parse(content);
  } catch {
    called.error = { message: `${called.status}, and the body is no JSON: ${content.slice(0, 200)}`, code: undefined };
    return;
  }
  called.error = errorOf(called.body);
  if (called.status !== 200) called.error ??= { message: content.slice(0, 200), code: undefined };
  if (called.error !== undefined) return;
  const body = called.body as Json;
  const choice = (body['choices'] as Json[] | undefined)?.[0];
  if (protocol === 'openai') readDelta(called, (choice?.['message'] ?? {}) as Json, (text) => (called.text += text));
  for (const part of (body['content'] as Json[] | undefined) ?? []) {
    if (part['type'] === 'text') called.text += String(part['text']);
    if (part['type'] === 'thinking') called.thinking += String(part['thinking']);
    if (part['type'] === 'tool_use') called.toolArguments += JSON.stringify(part['input']);
  }
  called.finishReason = stringOf(choice?.['finish_reason'] ?? body['stop_reason']);
  called.model = stringOf(body['model']);
  called.usage = body['usage'] as Json | undefined;
  called.done = true;
  called.outcome = 'success';
}

const stringOf = (value: unknown) => (typeof value === 'string' ? value : undefined);

/** https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation */
async function readStream(
  called: Called,
  protocol: CallProtocol,
  body: AsyncIterable<Uint8Array>,
  onToken: (text: string) => void,
): Promise<void> {
  const decoder = new TextDecoder();
  let rest = '';
  let data: string[] = [];
  const dispatch = () => {
    if (data.length > 0) readEvent(called, protocol, data.join('\n'), onToken);
    data = [];
  };
  for await (const part of body) {
    const lines = (rest + decoder.decode(part, { stream: true })).split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? '';
    for (const line of lines) {
      if (line === '') dispatch();
      else if (line.startsWith('data:')) data.push(line.slice(line[5] === ' ' ? 6 : 5));
    }
    // An error is the end, whatever the server does with the connection.
    if (called.error !== undefined) return;
  }
  called.outcome = 'success';
}

function readEvent(called: Called, protocol: CallProtocol, data: string, onToken: (text: string) => void): void {
  if (data === '[DONE]') {
    called.done = true;
    return;
  }
  let event: Json;
  try {
    event = JSON.parse(data) as Json;
  } catch {
    called.malformed += 1;
    return;
  }
  called.error = errorOf(event);
  if (called.error !== undefined) return;
  if (protocol === 'openai') readChunk(called, event, onToken);
  else readAnthropicEvent(called, event, onToken);
}

function readChunk(called: Called, chunk: Json, onToken: (text: string) => void): void {
  called.model = stringOf(chunk['model']) ?? called.model;
  called.usage = (chunk['usage'] as Json | null | undefined) ?? called.usage;
  for (const choice of (chunk['choices'] as Json[] | undefined) ?? []) {
    readDelta(called, (choice['delta'] ?? {}) as Json, onToken);
    called.finishReason = stringOf(choice['finish_reason']) ?? called.finishReason;
  }
}

/** A delta of a chunk, or a whole message. */
function readDelta(called: Called, delta: Json, onToken: (text: string) => void): void {
  const { content, reasoning_content: thinking, tool_calls: calls } = delta as Record<string, unknown>;
  if (typeof content === 'string' && content !== '') onToken(content);
  if (typeof thinking === 'string') called.thinking += thinking;
  for (const call of (calls as { function?: { arguments?: string } }[] | undefined) ?? [])
    called.toolArguments += call.function?.arguments ?? '';
}

const kinds: Readonly<Record<string, string>> = {
  text_delta: 'text',
  thinking_delta: 'thinking',
  signature_delta: 'thinking',
  input_json_delta: 'tool_use',
};

function readAnthropicEvent(called: Called, event: Json, onToken: (text: string) => void): void {
  const message = event['message'] as Json | undefined;
  const delta = event['delta'] as Json | undefined;
  const usage = (message?.['usage'] ?? event['usage']) as Json | undefined;
  if (usage !== undefined) called.usage = { ...called.usage, ...usage };
  called.model = stringOf(message?.['model']) ?? called.model;
  called.finishReason = stringOf(delta?.['stop_reason']) ?? called.finishReason;
  const index = Number(event['index']);
  switch (event['type']) {
    case 'content_block_start':
      if (called.openBlock !== undefined) called.misplaced += 1;
      called.openBlock = { index, kind: String((event['content_block'] as Json | undefined)?.['type']) };
      return;
    case 'content_block_delta':
      if (called.openBlock?.index !== index || called.openBlock.kind !== kinds[String(delta?.['type'])]) called.misplaced += 1;
      if (typeof delta?.['text'] === 'string' && delta['text'] !== '') onToken(delta['text']);
      called.thinking += String(delta?.['thinking'] ?? '');
      called.toolArguments += String(delta?.['partial_json'] ?? '');
      return;
    case 'content_block_stop':
      if (called.openBlock?.index !== index) called.misplaced += 1;
      called.openBlock = undefined;
      return;
    case 'message_stop':
      if (called.openBlock !== undefined) called.misplaced += 1;
      called.done = true;
      return;
    default:
  }
}
