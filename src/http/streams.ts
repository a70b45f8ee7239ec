import type { OutgoingHttpHeaders } from 'node:http';
import type { FastifyReply } from 'fastify';
import type { WireEvent } from '../run/events.ts';

/** Server-sent event streams that are open: closing the server waits for them, so they are ended first. */
export class OpenStreams {
  readonly #open = new Set<AbortController>();

  get count(): number {
    return this.#open.size;
  }

  /** Writes events until they end or the reader goes away. Comments keep proxies from closing a quiet stream. */
  async send(reply: FastifyReply, events: (signal: AbortSignal) => AsyncIterable<WireEvent>): Promise<void> {
    const stop = new AbortController();
    this.#open.add(stop);
    reply.hijack();
    const { raw } = reply;
    raw.on('close', () => stop.abort());
    raw.writeHead(200, {
      ...(reply.getHeaders() as OutgoingHttpHeaders),
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    });
    const beat = setInterval(() => raw.write(': still here\n\n'), 15_000);
    try {
      for await (const event of events(stop.signal)) {
        const id = event.id === undefined ? '' : `id: ${event.id}\n`;
        if (!raw.write(`${id}event: ${event.event}\ndata: ${JSON.stringify(event.data)}\n\n`)) await drained(raw, stop.signal);
        if (stop.signal.aborted) break;
      }
    } catch {
      // The status is sent; a reader sees that "run-ended" is missing and asks again with Last-Event-ID.
    } finally {
      clearInterval(beat);
      this.#open.delete(stop);
      raw.end();
    }
  }

  /** Ends all streams. Readers come back with Last-Event-ID. */
  end(): void {
    for (const stop of this.#open) stop.abort();
  }
}

function drained(raw: FastifyReply['raw'], signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    raw.once('drain', resolve);
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
