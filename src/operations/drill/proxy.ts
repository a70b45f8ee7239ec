/** A TCP proxy between a rehearsed process and a service of it, which can be stopped, slow, or full. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type NetConnectOpts, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export class FaultyProxy implements AsyncDisposable {
  readonly #target: NetConnectOpts;
  readonly #sockets = new Set<Socket>();
  #server: Server;
  #port = 0;
  #delayMs = 0;
  #refusal: Buffer | undefined;
  #refused = 0;
  #delayed = 0;

  private constructor(target: NetConnectOpts) {
    this.#target = target;
    this.#server = createServer((socket) => this.#serve(socket));
  }

  static async open(target: NetConnectOpts): Promise<FaultyProxy> {
    const proxy = new FaultyProxy(target);
    await proxy.start();
    return proxy;
  }

  get port(): number {
    return this.#port;
  }

  /** Connections that were refused in the words of the service. */
  get refused(): number {
    return this.#refused;
  }

  /** Packets that were held back. */
  get delayed(): number {
    return this.#delayed;
  }

  /** Nobody listens any more, and what was connected is cut, as by a service that died. */
  async stop(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.cut();
    await closed;
  }

  /** Listens, again on the same port. */
  async start(): Promise<void> {
    if (this.#server.listening) return;
    this.#server = createServer((socket) => this.#serve(socket));
    this.#server.listen(this.#port, '127.0.0.1');
    await once(this.#server, 'listening');
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  /** Whether somebody listens. */
  get listening(): boolean {
    return this.#server.listening;
  }

  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Each packet for the service is held back so long; 0 holds back none. */
  delay(milliseconds: number): void {
    this.#delayMs = milliseconds;
  }

  /** New connections hear this at their first words and are ended; `undefined` lets them through. */
  refuse(answer: Buffer | undefined): void {
    this.#refusal = answer;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#server.listening) await this.stop();
    this.cut();
  }

  #serve(socket: Socket): void {
    this.#hold(socket);
    const refusal = this.#refusal;
    if (refusal !== undefined) {
      socket.once('data', () => {
        this.#refused++;
        socket.end(refusal);
      });
      return;
    }
    const service = connect(this.#target);
    this.#hold(service);
    socket.on('close', () => service.destroy());
    service.on('close', () => socket.destroy());
    socket.on('data', (chunk) => void this.#pass(chunk, socket, service));
    service.pipe(socket);
  }

  async #pass(chunk: Buffer, from: Socket, to: Socket): Promise<void> {
    from.pause();
    if (this.#delayMs > 0) {
      this.#delayed++;
      await sleep(this.#delayMs);
    }
    if (to.destroyed || to.write(chunk)) from.resume();
    else to.once('drain', () => from.resume());
  }

  #hold(socket: Socket): void {
    this.#sockets.add(socket);
    // The other end is told by the end of the connection.
    socket.on('error', () => {});
    socket.on('close', () => this.#sockets.delete(socket));
  }
}
