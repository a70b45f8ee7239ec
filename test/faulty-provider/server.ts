/**
 * A provider that misbehaves on demand: OpenAI's chat completions and Anthropic's messages on one port, the fault chosen by the model
 * name (`faults.ts`). It keeps a record of what reached it, which is the other half of what a test of failover wants to know.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { anthropic } from './anthropic.ts';
import { type Behaviour, type BehaviourName, behaviourOf, behaviours, type ErrorName, errors, type Fault } from './faults.ts';
import { openai } from './openai.ts';
import { play } from './play.ts';
import type { Protocol } from './protocols.ts';
import { ClientGone, Wire } from './wire.ts';

/** One request that reached the provider. Times are of `performance.now()`. */
export interface Exchange {
  model: string;
  /** Absent for a model that the provider does not know. */
  behaviour: BehaviourName | undefined;
  /** Of this model since the last reset, from 1. */
  attempt: number;
  /** Whether the fault was played in this attempt. */
  faulty: boolean;
  protocol: Protocol['name'];
  stream: boolean;
  /** Whatever the caller showed as its key. */
  credential: string | undefined;
  /** Estimate, by words: tells a shortened request from a repeated one. */
  promptTokens: number;
  /** Whether the last message is the model's own. */
  prefilled: boolean;
  /** The body as it came. */
  body: Readonly<Record<string, unknown>>;
  at: number;
  status?: number;
  /** Tokens and bytes that were sent. */
  tokens: number;
  bytes: number;
  outcome: 'under way' | 'over' | 'client gone';
  endedAt?: number;
}

export interface FaultyProvider {
  /** Base URL of both protocols, with `/v1`. */
  url: string;
  /** Since the last reset, in order of arrival. */
  exchanges(model?: string): Exchange[];
  /** Forgets what was, attempts and flapping included; what is under way goes on. */
  reset(): void;
  /** Waits until nothing is under way. */
  idle(): Promise<void>;
  close(): Promise<void>;
}

export interface Pace {
  /** What a second of a fault lasts, as a share of a second. `Retry-After` is in real seconds. */
  scale: number;
  /** Between two tokens, in milliseconds; 0 for as fast as it goes. */
  tokenMs: number;
}

export async function startFaultyProvider(pace: Pace): Promise<FaultyProvider> {
  let log: Exchange[] = [];
  let attempts = new Map<string, number>();
  let firstAt = new Map<string, number>();
  let answered = 0;
  const underWay = new Set<Promise<void>>();

  const server = createServer((request, response) => {
    const answer = serve(request, response).catch((error: unknown) => {
      if (!(error instanceof ClientGone)) response.destroy(error instanceof Error ? error : new Error(String(error)));
    });
    underWay.add(answer);
    void answer.finally(() => underWay.delete(answer));
  });
  // A connection that is closed while a client reuses it would be one fault more than was asked for.
  server.keepAliveTimeout = 600_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? '').replace(/\?.*/, '');
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    if (request.method === 'GET' && path.endsWith('/models')) return sendJson(response, 200, modelList());
    const protocol = path.endsWith('/chat/completions') ? openai : path.endsWith('/messages') ? anthropic : undefined;
    if (request.method !== 'POST' || protocol === undefined) return refuse(response, openai, 'noSuchModel');
    const body = parse(Buffer.concat(parts));
    if (body === undefined) return refuse(response, protocol, 'malformedRequest');
    const exchange = record(request, protocol, body);
    const { behaviour } = exchange;
    if (behaviour === undefined) {
      exchange.status = 404;
      finish(exchange, 'over');
      return refuse(response, protocol, 'noSuchModel');
    }
    const fault: Fault = exchange.faulty ? behaviours[behaviour].fault : behaviours.ok.fault;
    answered += 1;
    const rule: Behaviour = behaviours[behaviour];
    const wire = new Wire(response, fault.stage === 'none' ? fault.framing : undefined, () => finish(exchange, 'client gone'));
    try {
      await play({
        protocol,
        fault,
        content: rule.content ?? 'text',
        wire,
        stream: exchange.stream,
        id: `${protocol.name === 'openai' ? 'chatcmpl' : 'msg'}-faulty-${answered}`,
        model: exchange.model,
        promptTokens: exchange.promptTokens,
        prefill: exchange.prefilled ? textOf(lastMessage(body)) : undefined,
        // Anthropic always counts, and so does OpenAI in an answer that comes whole.
        usage: protocol.name === 'anthropic' || !exchange.stream || asksForUsage(body),
        second: pace.scale * 1_000,
        interval: pace.tokenMs,
        onStatus: (status) => {
          exchange.status = status;
        },
        onToken: () => {
          exchange.tokens += 1;
        },
      });
      finish(exchange, 'over');
    } finally {
      exchange.bytes = wire.bytes;
    }
  }

  function record(request: IncomingMessage, protocol: Protocol, body: Readonly<Record<string, unknown>>): Exchange {
    const model = String(body['model'] ?? '');
    const behaviour = behaviourOf(model);
    const attempt = (attempts.get(model) ?? 0) + 1;
    attempts.set(model, attempt);
    const rule: Behaviour | undefined = behaviour === undefined ? undefined : behaviours[behaviour];
    const now = performance.now();
    if (attempt === 1) firstAt.set(model, now);
    const lasts = rule?.seconds === undefined ? Number.POSITIVE_INFINITY : rule.seconds * pace.scale * 1_000;
    const { authorization } = request.headers;
    const key = request.headers['x-api-key'];
    const exchange: Exchange = {
      model,
      behaviour,
      attempt,
      faulty:
        rule !== undefined && attempt <= (rule.attempts ?? Number.POSITIVE_INFINITY) && now - (firstAt.get(model) ?? now) < lasts,
      protocol: protocol.name,
      stream: body['stream'] === true,
      credential: typeof key === 'string' ? key : authorization?.replace(/^Bearer /, ''),
      promptTokens: messagesOf(body).reduce<number>((sum, message) => sum + textOf(message).split(/\s+/).length + 4, 0),
      prefilled: (lastMessage(body) as { role?: unknown } | undefined)?.role === 'assistant',
      body,
      at: now,
      tokens: 0,
      bytes: 0,
      outcome: 'under way',
    };
    log.push(exchange);
    return exchange;
  }

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    exchanges: (model) => log.filter((each) => model === undefined || each.model === model),
    reset() {
      log = [];
      attempts = new Map();
      firstAt = new Map();
    },
    async idle() {
      while (underWay.size > 0) await Promise.all(underWay);
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function finish(exchange: Exchange, outcome: Exchange['outcome']): void {
  if (exchange.outcome !== 'under way') return;
  exchange.outcome = outcome;
  exchange.endedAt = performance.now();
}

function parse(content: Buffer): Readonly<Record<string, unknown>> | undefined {
  try {
    const parsed: unknown = JSON.parse(content.toString());
    return typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function messagesOf(body: Readonly<Record<string, unknown>>): unknown[] {
  return Array.isArray(body['messages']) ? body['messages'] : [];
}

const lastMessage = (body: Readonly<Record<string, unknown>>): unknown => messagesOf(body).at(-1);

function asksForUsage(body: Readonly<Record<string, unknown>>): boolean {
  return (body['stream_options'] as { include_usage?: unknown } | undefined)?.include_usage === true;
}

/** Text of a message, whose content is a string or a list of parts. */
function textOf(message: unknown): string {
  const content = (message as { content?: unknown } | undefined)?.content;
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return content.map((part: { text?: unknown }) => (typeof part.text === 'string' ? part.text : '')).join('');
}

function modelList(): object {
  const data = Object.keys(behaviours).map((id) => ({ id, object: 'model', created: 1_767_225_600, owned_by: 'faulty-provider' }));
  return { object: 'list', data };
}

function refuse(response: ServerResponse, protocol: Protocol, name: ErrorName): void {
  sendJson(response, errors[name].status, protocol.error(name));
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
