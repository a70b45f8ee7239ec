/** Tells of requests and their answers: what a request causes runs in the stores that are bound to its channel, like the trace it belongs to. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { channels, type HttpExchange, type HttpRequest } from '../diagnostics.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** As it was told at its beginning; absent where nobody listened. */
    begun: HttpRequest | undefined;
    /** Whether its exchange was told of. */
    told: boolean;
  }
}

/** Does what the request asks for. */
export function withinExchange<T>(request: HttpRequest, work: () => T): T {
  return channels.httpRequest.hasSubscribers ? channels.httpRequest.runStores(request, work) : work();
}

/** What an exchange is told as whose caller went away before the answer was theirs, as nginx calls it: nobody failed, and nobody was served. */
const callerLeft = 499;

/** The status of an exchange that is over: what was answered, or {@link callerLeft}. */
export function exchangeStatusOf({ socket }: IncomingMessage, { statusCode, writableFinished }: ServerResponse): number {
  // A connection that was broken on this side shows neither the end of what the caller sends nor a fault.
  return !writableFinished && (socket.readableEnded || Boolean(socket.errored)) ? callerLeft : statusCode;
}

/** To be called before any other hook is added. */
export function tellExchanges(app: FastifyInstance, onExchange: (exchange: HttpExchange) => void): void {
  const tell = (request: FastifyRequest, { raw, elapsedTime }: FastifyReply) => {
    if (request.told) return;
    request.told = true;
    onExchange({
      method: request.method,
      route: request.routeOptions.url ?? 'unknown',
      status: exchangeStatusOf(request.raw, raw),
      milliseconds: elapsedTime,
      request: request.begun,
    });
  };
  app.decorateRequest('begun', undefined);
  app.decorateRequest('told', false);
  app.addHook('onRequest', (request, reply, done) => {
    // To the framework, what ended without having been sent whole was no response.
    reply.raw.once('close', () => tell(request, reply));
    if (!channels.httpRequest.hasSubscribers) return done();
    const { method, headers, id: requestId } = request;
    request.begun = { method, route: request.routeOptions.url ?? 'unknown', headers, requestId };
    withinExchange(request.begun, done);
  });
  // The body comes from the socket, which belongs to no request.
  app.addHook('preValidation', (request, _reply, done) => {
    if (request.begun === undefined) done();
    else withinExchange(request.begun, done);
  });
  app.addHook('onResponse', async (request, reply) => {
    tell(request, reply);
  });
}
