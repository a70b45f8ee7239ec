import type { FastifyInstance } from 'fastify';

/** How often connections are looked at that became idle since the server began to close, in milliseconds. */
const lookMs = 50;

/** A connection whose answer ends after the server began to close is kept alive like any other, and would hold up the end until it times out. */
export function closeIdleConnections(app: FastifyInstance): void {
  app.addHook('preClose', async () => {
    const { server } = app;
    const timer = setInterval(() => server.closeIdleConnections(), lookMs);
    server.once('close', () => clearInterval(timer));
    if (!server.listening) clearInterval(timer);
  });
}
