/** Tells of requests and their answers: what a request causes runs in the stores that are bound to its channel, like the trace it belongs to. */
import type { FastifyInstance } from 'fastify';
import { channels, type HttpExchange, type HttpRequest } from '../diagnostics.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** As it was told at its beginning; absent where nobody listened. */
    begun: HttpRequest | undefined;
  }
}

/** Does what the request asks for. */
export function within<T>(request: HttpRequest, work: () => T): T {
  return channels.httpRequest.hasSubscribers ? channels.httpRequest.runStores(request, work) : work();
}

/** To be called before any other hook is added. */
export function tellExchanges(app: FastifyInstance, onExchange: (exchange: HttpExchange) => void): void {
  app.decorateRequest('begun', undefined);
  app.addHook('onRequest', (request, _reply, done) => {
    if (!channels.httpRequest.hasSubscribers) return done();
    const { method, headers, id: requestId } = request;
    request.begun = { method, route: request.routeOptions.url ?? 'unknown', headers, requestId };
    within(request.begun, done);
  });
  // The body comes from the socket, which belongs to no request.
  app.addHook('preValidation', (request, _reply, done) => {
    if (request.begun === undefined) done();
    else within(request.begun, done);
  });
  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'unknown';
    onExchange({
      method: request.method,
      route,
      status: reply.statusCode,
      milliseconds: reply.elapsedTime,
      request: request.begun,
    });
  });
}
