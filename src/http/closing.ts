import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';

/** How often connections are looked at that became idle since the server began to close, in milliseconds. */
const lookMs = 50;

/**
 * A connection whose answer ends after the server began to close is kept alive like any other, and one that a client opened ahead of a request
 * counts as busy: either would hold up the end until it times out.
 */
export function closeIdleConnections(app: FastifyInstance): void {
  const sockets = new Set<Socket>();
  app.server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  app.addHook('preClose', async () => {
    const { server } = app;
    if (!server.listening) return;
    const timer = setInterval(() => {
      server.closeIdleConnections();
      for (const socket of sockets) if (socket.bytesRead === 0) socket.destroy();
    }, lookMs);
    server.once('close', () => clearInterval(timer));
  });
}
