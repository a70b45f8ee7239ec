/** The bytes of one answer, on a socket that can be made to misbehave, and a client that may go away at any time. */
import type { ServerResponse } from 'node:http';
import { setImmediate as tick } from 'node:timers/promises';
import type { Framing } from './faults.ts';

/** Thrown where the client went away: nothing is left to do. */
export class ClientGone extends Error {}

export class Wire {
  readonly #response: ServerResponse;
  readonly #gone: Promise<never>;
  readonly #framing: Framing | undefined;
  #held = '';
  bytes = 0;
  /** Until the server itself ends the answer, a close is the client's. */
  #ended = false;

  /** @param onGone called at once when the client closes the connection before the answer is over. */
  constructor(response: ServerResponse, framing: Framing | undefined, onGone: () => void) {
    this.#response = response;
    this.#framing = framing;
    const { promise, reject } = Promise.withResolvers<never>();
    promise.catch(() => {});
    this.#gone = promise;
    response.once('close', () => {
      if (this.#ended) return;
      onGone();
      reject(new ClientGone());
    });
  }

  /** Waits, unless the client goes away. @throws ClientGone */
  async pause(milliseconds: number): Promise<void> {
    if (milliseconds <= 0) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, milliseconds);
    try {
      await Promise.race([promise, this.#gone]);
    } finally {
      clearTimeout(timer);
    }
  }

  async head(status: number, headers: Record<string, string>): Promise<void> {
    this.#response.writeHead(status, headers);
    this.#response.flushHeaders();
    await Promise.race([tick(), this.#gone]);
  }

  /** An event of a stream, in the answer's own layout. */
  async event(text: string): Promise<void> {
    switch (this.#framing) {
      case undefined:
        return this.#write(text);
      case 'crlf':
        return this.#write(text.replaceAll('\n', '\r\n'));
      case 'bytewise':
        return this.#bytewise(Buffer.from(text));
      case 'comments':
        return this.#write(`: keep-alive\n\n:\n${text.replaceAll('\n\n', '\nid: 7\nretry: 1000\n: so be it\n\n')}`);
      case 'pairs':
        if (this.#held === '') {
          this.#held = text;
          return;
        }
        return this.#write(this.#take() + text);
      case 'split-characters': {
        const bytes = Buffer.from(text);
        const inside = bytes.findIndex((byte) => byte >= 0x80);
        const cut = inside === -1 ? bytes.length >> 1 : inside + 1;
        await this.#write(bytes.subarray(0, cut));
        return this.#write(bytes.subarray(cut));
      }
    }
  }

  /** Bytes as they are. */
  async body(content: Buffer): Promise<void> {
    await (this.#framing === 'bytewise' ? this.#bytewise(content) : this.#write(content));
  }

  async end(): Promise<void> {
    if (this.#held !== '') await this.#write(this.#take());
    this.#ended = true;
    const { promise, resolve } = Promise.withResolvers<void>();
    // Whoever reads no further closes instead.
    this.#response.once('close', resolve);
    this.#response.end(resolve);
    await promise;
  }

  /** Ends the connection without the last chunk, once what was written is on its way. */
  close(): void {
    this.#ended = true;
    this.#response.socket?.end();
  }

  reset(): void {
    this.#ended = true;
    this.#response.socket?.resetAndDestroy();
  }

  #take(): string {
    const held = this.#held;
    this.#held = '';
    return held;
  }

  async #bytewise(bytes: Buffer): Promise<void> {
    // Each byte is a chunk of HTTP; one packet has a few of them.
    for (let at = 0; at < bytes.length; at += 1) {
      this.#response.write(bytes.subarray(at, at + 1));
      if (at % 32 === 31) await Promise.race([tick(), this.#gone]);
    }
    this.bytes += bytes.length;
  }

  async #write(part: string | Buffer): Promise<void> {
    this.bytes += Buffer.byteLength(part);
    const drained = Promise.withResolvers<void>();
    if (this.#response.write(part)) drained.resolve();
    else this.#response.once('drain', drained.resolve);
    await Promise.race([drained.promise, this.#gone]);
    // Its own packet, and a chance to hear that the client is gone.
    await Promise.race([tick(), this.#gone]);
  }
}
