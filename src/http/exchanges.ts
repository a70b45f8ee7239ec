/** Tells of requests and their answers: what a request causes runs in the stores that are bound to its channel, like the trace it belongs to. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { channels, type HttpExchange, type HttpRequest } from '../diagnostics.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** As it was told at its beginning; absent where nobody listened. */
    begun: HttpRequest | undefined;
  }
}

/** Does what the request asks for. */
export function withinExchange<T>(request: HttpRequest, work: () => T): T {
  return channels.httpRequest.runStores(request, work);
}

/** What an exchange is told as whose caller went away before the answer was theirs, as nginx calls it: nobody failed, and nobody was served. */
const callerLeft = 499;

/** The status of an exchange that is over: what was answered, or {@link callerLeft}. */
function exchangeStatusOf({ socket }: IncomingMessage, { statusCode, writableFinished }: ServerResponse): number {
  // A connection that was broken on this side shows neither the end of what the caller sends nor a fault.
  return !writableFinished && (socket.readableEnded || Boolean(socket.errored)) ? callerLeft : statusCode;
}

/** Tells of an exchange once it is over, whichever way it ends. @returns what is told of its beginning, where somebody listens. */
export function beginExchange(
  request: IncomingMessage,
  response: ServerResponse,
  { route, requestId }: Pick<HttpRequest, 'route' | 'requestId'>,
  onExchange: (exchange: HttpExchange) => void,
): HttpRequest | undefined {
  const started = performance.now();
  const { method = '', headers } = request;
  const begun = channels.httpRequest.hasSubscribers ? { method, route, headers, requestId } : undefined;
  response.once('close', () => {
    const status = exchangeStatusOf(request, response);
    onExchange({ method, route, status, milliseconds: performance.now() - started, request: begun });
  });
  return begun;
}

/** The same for all routes of the framework. To be called before any other hook is added. */
export function tellExchanges(app: FastifyInstance, onExchange: (exchange: HttpExchange) => void): void {
  app.decorateRequest('begun', undefined);
  app.addHook('onRequest', (request, reply, done) => {
    const { raw, id: requestId, routeOptions } = request;
    request.begun = beginExchange(raw, reply.raw, { route: routeOptions.url ?? 'unknown', requestId }, onExchange);
    if (request.begun === undefined) done();
    else withinExchange(request.begun, done);
  });
  // The body comes from the socket, which belongs to no request.
  app.addHook('preValidation', (request, _reply, done) => {
    if (request.begun === undefined) done();
    else withinExchange(request.begun, done);
  });
}
