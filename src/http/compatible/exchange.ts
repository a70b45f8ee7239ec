import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { TimonelError } from '../../errors.ts';
import type { Principal } from '../../identity/principal.ts';
import type { Spender } from '../../llm/money/budgets.ts';
import type { RequestBody } from '../../llm/protocols/contract.ts';
import { type HeaderList, headersOf } from '../streams.ts';

/** One request to the compatible API, whichever way it came in. */
export interface CompatibleExchange {
  principal: Principal;
  body: RequestBody;
  /** What the body was parsed from, where it is at hand. */
  text?: string;
  headers: IncomingHttpHeaders;
  /** Aborted when the caller goes away before the answer was written. */
  signal: AbortSignal;
  /** The answer on the wire. Nothing is written to it before {@link CompatibleExchange.begin}, so that an error can still be answered. */
  raw: ServerResponse;
  /** Takes the answer over. @returns the headers that it has already. */
  begin(): HeaderList;
}

/** The exchange of a request that the framework read. */
export function exchangeOf(
  request: FastifyRequest,
  reply: FastifyReply,
  principal: Principal,
  body: RequestBody,
): CompatibleExchange {
  return {
    principal,
    body,
    headers: request.headers,
    raw: reply.raw,
    signal: callerGone(reply.raw),
    begin() {
      reply.hijack();
      return headersOf(reply);
    },
  };
}

/** What was parsed, once it is known to be an object; what it has to hold the protocol says. @throws TimonelError `invalid_request` */
export function requestBodyOf(parsed: unknown): RequestBody {
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed))
    throw new TimonelError('invalid_request', 'The body must be an object with "model" and "messages".');
  return parsed as RequestBody;
}

/** Largest request: pictures and files travel inside it. */
export const largestRequestBytes = 32 * 1024 * 1024;

/** On whose account the calls of a request go. */
export function spenderOf({ workspaceId, kind, id }: Principal): Spender {
  return kind === 'user' ? { workspaceId, userId: id } : { workspaceId, keyId: id };
}

/** Aborted when the caller closes the connection before the answer was written. */
export function callerGone(raw: ServerResponse): AbortSignal {
  const gone = new AbortController();
  raw.once('close', () => {
    if (!raw.writableFinished) gone.abort(callerWentAway);
  });
  return gone.signal;
}

/** A reason of our own: the default one is made with a stack trace. */
const callerWentAway = new Error('The caller went away.');

/** Writes a whole answer. */
export function send(exchange: CompatibleExchange, body: string, headers: HeaderList): void {
  const length = String(Buffer.byteLength(body));
  const own = [...exchange.begin(), ...headers, 'content-type', 'application/json; charset=utf-8', 'content-length', length];
  exchange.raw.writeHead(200, own);
  // As text it leaves in one piece with its head.
  exchange.raw.end(body);
}

/** Who answered, what it cost, whether it was kept from before, and what of the request was left out. */
export function answerHeaders({ model, cost, cache, dropped }: Given): HeaderList {
  const headers = ['x-timonel-model', model];
  if (cost !== undefined) headers.push('x-timonel-cost', String(cost));
  if (cache !== undefined) headers.push('x-timonel-cache', cache);
  if (dropped !== undefined && dropped.length > 0) headers.push('x-timonel-dropped', listed(dropped));
  return headers;
}

/** Callers may send any number of members; headers have a limit. */
const mostNames = 30;

function listed(names: readonly string[]): string {
  const more = names.length - mostNames;
  return more > 0 ? `${names.slice(0, mostNames).join(', ')}, and-${more}-more` : names.join(', ');
}

export interface Given {
  model: string;
  cost?: number | undefined;
  cache?: string | undefined;
  dropped?: readonly string[] | undefined;
}

/** The same for an answer that the framework writes. */
export function addHeaders(reply: FastifyReply, headers: HeaderList): void {
  for (let at = 0; at < headers.length; at += 2) reply.header(headers[at] ?? '', headers[at + 1]);
}
