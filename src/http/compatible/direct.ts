/**
 * The short way to the answering routes: calls of programs with a key or a token go from the socket to the gateway without the framework,
 * which would cost as much as all the rest. Guards, parsing, errors and telling are the framework's own; everything else about HTTP (cookies,
 * other origins, other content types) goes the long way, to the route of the same name.
 */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyInstance } from 'fastify';
import type { HttpDependencies } from '../contract.ts';
import { beginExchange, withinExchange } from '../exchanges.ts';
import { clientOf } from '../forwarded.ts';
import { type Guard, type GuardedRequest, passGuards } from '../guards.ts';
import { refuseNullCharacters } from '../null-characters.ts';
import { errorAnswer } from '../problems.ts';
import type { AccessRefusal } from '../refusals.ts';
import { bodyCallerOf, bodyText, type RequestBodies } from '../request-bodies.ts';
import { type HeaderList, headerList } from '../streams.ts';
import type { Answerer } from './answers.ts';
import { clientShape } from './client-errors.ts';
import { type AnswerPath, answerConfig, answerProtocols } from './door.ts';
import { callerGone, largestRequestBytes, requestBodyOf } from './exchange.ts';

export interface DirectDoor {
  /** @returns whether it takes the request; if not, nothing was read of it. */
  takes(request: IncomingMessage, response: ServerResponse): boolean;
}

export interface DirectDoorOptions {
  dependencies: Pick<HttpDependencies, 'onRequest' | 'settings'>;
  answerers: Readonly<Record<AnswerPath, Answerer>>;
  /** Those of the framework's routes. */
  guards: readonly Guard[];
  bodies: RequestBodies;
  /** The framework's own parser. */
  parse: ReturnType<FastifyInstance['getDefaultJsonParser']>;
  /** Writes down what somebody may not do. */
  refused(refusal: AccessRefusal): void;
  /** Headers that every answer of this server has. */
  standing: HeaderList;
}

export function createDirectDoor(options: DirectDoorOptions): DirectDoor {
  return {
    takes(request, response) {
      const { method, url, headers } = request;
      if (method !== 'POST' || !isAnswerPath(url)) return false;
      if (headers.cookie !== undefined || headers.origin !== undefined || headers['content-encoding'] !== undefined) return false;
      if (!/^application\/json\b/i.test(headers['content-type'] ?? '')) return false;
      const requestId = randomUUID();
      const begun = beginExchange(request, response, { route: url, requestId }, options.dependencies.onRequest);
      const work = () => serve(url, request, response, options, requestId);
      void (begun === undefined ? work() : withinExchange(begun, work));
      return true;
    },
  };
}

function isAnswerPath(url: string | undefined): url is AnswerPath {
  return url !== undefined && Object.hasOwn(answerProtocols, url);
}

async function serve(
  path: AnswerPath,
  request: IncomingMessage,
  response: ServerResponse,
  options: DirectDoorOptions,
  requestId: string,
): Promise<void> {
  const { answerers, bodies, guards, standing } = options;
  const headers = [...standing, 'x-request-id', requestId];
  const signal = callerGone(response);
  const guarded: GuardedRequest = {
    raw: request,
    config: answerConfig,
    bodyLimit: largestRequestBytes,
    cookie: undefined,
    principal: undefined,
    mostBytes: undefined,
    tell(told) {
      for (const name in told) headers.push(name, told[name] ?? '');
    },
  };
  try {
    const waiting = passGuards(guards, guarded);
    if (waiting !== undefined) await waiting;
    const { principal, mostBytes } = guarded;
    if (principal === undefined) throw new Error('The guards let nobody in, and refused nobody.');
    const text = await bodyText(
      mostBytes === undefined ? request : bodies.counted(request, mostBytes, bodyCallerOf(principal, '')),
    );
    const body = requestBodyOf(parsed(text, options));
    await answerers[path]({ principal, body, text, headers: request.headers, signal, raw: response, begin: () => headers });
  } catch (thrown) {
    if (response.destroyed || response.headersSent) {
      response.destroy();
      return;
    }
    // By then what came along with the head is read, and the request known to be complete if it is.
    await undefined;
    fail(path, thrown as Error, guarded, response, headers, requestId, options);
  }
}

function fail(
  path: AnswerPath,
  thrown: Error,
  { raw, principal }: GuardedRequest,
  response: ServerResponse,
  headers: HeaderList,
  id: string,
  { dependencies, refused }: DirectDoorOptions,
): void {
  const address = clientOf(raw, dependencies.settings.trustedProxies);
  const origin = { address, userAgent: raw.headers['user-agent'], requestId: id };
  refused({ principal, thrown, method: 'POST', route: path, origin });
  const failed = { id, url: path, headers: raw.headers, raw };
  const answer = errorAnswer(thrown, failed, response, clientShape(answerProtocols[path]));
  const body = Buffer.from(JSON.stringify(answer.body));
  response.writeHead(answer.status, [
    ...headers,
    ...headerList(answer.headers),
    ...['content-type', `${answer.mediaType}; charset=utf-8`, 'content-length', String(body.length)],
  ]);
  response.end(body);
}

/** @throws TimonelError `invalid_request`; what the framework throws for what is no JSON */
function parsed(text: string, { parse }: DirectDoorOptions): unknown {
  let body: unknown;
  parse({} as never, text, (error, value) => {
    if (error !== null) throw error;
    body = value;
  });
  // JSON writes the character only like this, so that most bodies need no walk.
  if (text.includes('\\u0000')) refuseNullCharacters({ body });
  return body;
}
