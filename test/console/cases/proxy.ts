/** A door in front of a Timonel that can be shut, as a server that restarts is. */
import { connect, createServer, type Socket } from 'node:net';

export interface Door extends AsyncDisposable {
  port: number;
  /** Ends all connections, and refuses new ones until `open`. */
  shut(): void;
  open(): void;
}

export async function doorTo(port: number): Promise<Door> {
  const sockets = new Set<Socket>();
  let isShut = false;
  const server = createServer((socket) => {
    if (isShut) return void socket.destroy();
    const behind = connect(port, '127.0.0.1');
    for (const each of [socket, behind]) {
      sockets.add(each);
      each.on('error', () => each.destroy());
      each.on('close', () => {
        sockets.delete(each);
        (each === socket ? behind : socket).destroy();
      });
    }
    socket.pipe(behind).pipe(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const end = () => {
    for (const each of sockets) each.destroy();
  };
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    shut() {
      isShut = true;
      end();
    },
    open() {
      isShut = false;
    },
    async [Symbol.asyncDispose]() {
      end();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
