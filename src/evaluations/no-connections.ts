/**
 * Imported first, it keeps its process from talking to anything: TCP and UDP are refused, whichever library asks. A socket of this machine's
 * own files stays open to the embedded store.
 */
import dgram from 'node:dgram';
import net from 'node:net';

const refusal = 'An evaluation opens no connections: it must not reach customers, data or other systems.';

const connect = net.Socket.prototype.connect;

/** `connect({ path })`, `connect(path)`, and what `net.connect` makes of its arguments before it calls this. */
function isLocal(given: unknown): boolean {
  const first = Array.isArray(given) ? (given[0] as unknown) : given;
  if (typeof first === 'string') return Number.isNaN(Number(first));
  return typeof first === 'object' && first !== null && typeof (first as { path?: unknown }).path === 'string';
}

function guarded(this: net.Socket, ...parameters: unknown[]): net.Socket {
  if (isLocal(parameters[0])) return Reflect.apply(connect, this, parameters) as net.Socket;
  return this.destroy(new Error(refusal));
}

net.Socket.prototype.connect = guarded as typeof connect;
dgram.Socket.prototype.send = () => {
  throw new Error(refusal);
};
