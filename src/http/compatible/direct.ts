/**
 * The short way to the answering routes: calls of programs with a key or a token go from the socket to the gateway without the framework,
 * which would cost as much as all the rest. Who asks, limits and errors are the same; everything else about HTTP (cookies, other origins,
 * other content types) goes the long way, to the route of the same name.
 */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type HttpRequest, publishFault } from '../../diagnostics.ts';
import { TimonelError } from '../../errors.ts';
import type { Principal } from '../../identity/principal.ts';
import type { RequestBody } from '../../llm/protocols/contract.ts';
import type { HttpDependencies } from '../contract.ts';
import { exchangeStatusOf, withinExchange } from '../exchanges.ts';
import { clientOf } from '../forwarded.ts';
import { refuseNullCharacters } from '../null-characters.ts';
import { errorHeaders, toTimonelError } from '../problems.ts';
import { countRequest } from '../rate-limits.ts';
import type { AccessRefusal } from '../refusals.ts';
import { bodyCallerOf, collect, mostBytesOf, type RequestBodies } from '../request-bodies.ts';
import { single } from '../requests.ts';
import { type HeaderList, headerList } from '../streams.ts';
import type { Answerer } from './answers.ts';
import { forClient } from './client-errors.ts';
import { type AnswerPath, answerProtocols } from './door.ts';
import { callerGone, largestRequestBytes } from './exchange.ts';

export interface DirectDoor {
  /** @returns whether it takes the request; if not, nothing was read of it. */
  takes(request: IncomingMessage, response: ServerResponse): boolean;
}

export interface DirectDoorOptions {
  dependencies: HttpDependencies;
  answerers: Readonly<Record<AnswerPath, Answerer>>;
  /** Whether the process has more to do than it can, or is shutting down. */
  refuses(): TimonelError | undefined;
  bodies: RequestBodies;
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
      const begun: HttpRequest = { method, route: url, headers, requestId: randomUUID() };
      void withinExchange(begun, () => serve(url, request, response, options, begun));
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
  begun: HttpRequest,
): Promise<void> {
  const { dependencies, answerers, refuses, standing } = options;
  const started = performance.now();
  const { requestId } = begun;
  const headers = [...standing, 'x-request-id', requestId];
  // First, so that what the caller asked for is stopped before the exchange is told.
  const signal = callerGone(response);
  response.once('close', () => {
    dependencies.onRequest({
      method: 'POST',
      route: path,
      status: exchangeStatusOf(request, response),
      milliseconds: performance.now() - started,
      request: begun,
    });
  });
  let principal: Principal | undefined;
  try {
    const { bodyLimitBytes } = dependencies;
    const reading = collect(request, options.bodies.open(), bodyLimitBytes);
    const { authenticator } = dependencies.identity;
    const given = { authorization: request.headers.authorization, apiKey: single(request.headers['x-api-key']) };
    principal =
      authenticator.known(given) ??
      (await authenticator.authenticate({ ...given, cookie: undefined, csrfToken: undefined, safe: false }));
    await countRequest(dependencies.rateLimits, principal, (told) => {
      for (const name in told) headers.push(name, told[name] ?? '');
    });
    const refusal = refuses();
    if (refusal !== undefined) throw refusal;
    const most = mostBytesOf(principal, bodyLimitBytes, largestRequestBytes);
    const text = await reading.text(bodyCallerOf(principal, ''), most);
    const body = parsedBody(text);
    await answerers[path]({ principal, body, text, headers: request.headers, signal, raw: response, begin: () => headers });
  } catch (thrown) {
    if (response.destroyed || response.headersSent) {
      response.destroy();
      return;
    }
    const error = toTimonelError(thrown as Error);
    if (principal !== undefined) {
      const address = clientOf(request, dependencies.settings.trustedProxies);
      const origin = { address, userAgent: request.headers['user-agent'], requestId };
      options.refused({ principal, error, method: 'POST', route: path, origin });
    }
    if (error.status >= 500) publishFault(`POST ${path} (${requestId})`, thrown);
    const body = Buffer.from(JSON.stringify(answerProtocols[path].error(forClient(error, request.headers))));
    response.writeHead(error.status, [
      ...headers,
      ...headerList(errorHeaders(error)),
      ...['content-type', 'application/json; charset=utf-8', 'content-length', String(body.length)],
      // What is left of a body that nobody reads would be taken for the next request.
      ...(request.complete ? [] : ['connection', 'close']),
    ]);
    response.end(body);
  }
}

/** @throws TimonelError `malformed_json`, `invalid_request` */
function parsedBody(text: string): RequestBody {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch (error) {
    throw new TimonelError('malformed_json', 'The body is not valid JSON. Send an object with "model" and "messages".', {
      cause: error,
    });
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw new TimonelError('invalid_request', 'The body must be an object with "model" and "messages".');
  // JSON writes the character only like this, so that most bodies need no walk.
  if (text.includes('\\u0000')) refuseNullCharacters({ body });
  return body as RequestBody;
}
