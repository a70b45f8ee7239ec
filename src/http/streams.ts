import type { ServerResponse } from 'node:http';
import type { FastifyReply } from 'fastify';
import { type Access, type AccessNotice, type AccessNotices, concerns } from '../identity/access.ts';
import type { Principal } from '../identity/principal.ts';
import type { RunEventFrame } from '../run/events.ts';

/** Who reads a stream, and what they have to be allowed for it to go on. */
export interface StreamReader {
  principal: Principal;
  may(principal: Principal): boolean;
}

const readerWentAway = new Error('The reader went away.');
const shuttingDown = new Error('The process is shutting down.');

/** Names and values in turn, as `writeHead` takes them: an object of two dozen headers costs more to make and to copy. */
export type HeaderList = readonly string[];

const streamHeaders: HeaderList = [...['content-type', 'text/event-stream; charset=utf-8'], ...['x-accel-buffering', 'no']];

/** Between two signs of life on a quiet stream, in milliseconds. */
const beatMs = 15_000;

/**
 * Server-sent event streams that are open. Closing the server waits for them, so they are ended first; and a stream ends at once when its
 * reader loses access.
 */
export class OpenStreams {
  readonly #open = new Map<AbortController, { reader: StreamReader | undefined; farewell: () => void }>();
  readonly #access: Access;

  constructor(access: Access, notices: AccessNotices) {
    this.#access = access;
    notices.subscribe((told) => void this.#checkAll(told));
  }

  get count(): number {
    return this.#open.size;
  }

  /**
   * Writes the events of a run until they end, the reader goes away, or loses access. Where the process shuts down first, the last event
   * names the run to come back to.
   */
  async send(
    reply: FastifyReply,
    reader: StreamReader,
    runId: string,
    events: (signal: AbortSignal) => AsyncIterable<RunEventFrame>,
  ): Promise<void> {
    reply.hijack();
    const interrupted = textOf({ event: 'interrupted', data: { runId } });
    await this.#write(reply.raw, headersOf(reply), reader, (signal) => textsOf(events(signal)), {
      whenStopped: 'ends',
      interrupted,
    });
  }

  /**
   * Writes text that is in the format of events already, for a reader who comes back by itself when the stream ends.
   * @param reader `undefined` where the texts themselves end when they are not to be read any more.
   */
  async follow(
    reply: FastifyReply,
    reader: StreamReader | undefined,
    texts: (signal: AbortSignal) => AsyncIterable<string>,
  ): Promise<void> {
    reply.hijack();
    await this.#write(reply.raw, headersOf(reply), reader, texts, { whenStopped: 'ends', interrupted: undefined });
  }

  /**
   * Writes text that is in the format of events already, until it ends, the reader goes away, or loses access. Its readers cannot come
   * back for the rest, and some take the end of a stream for the end of the answer: one that is stopped by us breaks its connection.
   *
   * @param interrupted an event that says the same in words, for a stream that ends because the process shuts down.
   */
  async write(
    raw: ServerResponse,
    headers: HeaderList,
    reader: StreamReader,
    texts: (signal: AbortSignal) => AsyncIterable<string>,
    interrupted?: string,
  ): Promise<void> {
    await this.#write(raw, headers, reader, texts, { whenStopped: 'breaks', interrupted });
  }

  /** Comments keep proxies from closing a quiet stream. */
  async #write(
    raw: ServerResponse,
    headers: HeaderList,
    reader: StreamReader | undefined,
    texts: (signal: AbortSignal) => AsyncIterable<string>,
    { whenStopped, interrupted }: { whenStopped: 'ends' | 'breaks'; interrupted: string | undefined },
  ): Promise<void> {
    const stop = new AbortController();
    const farewell = () => {
      if (interrupted !== undefined) raw.write(interrupted);
    };
    this.#open.set(stop, { reader, farewell });
    const onClose = () => stop.abort(readerWentAway);
    raw.on('close', onClose);
    if (whenStopped === 'breaks') {
      const told = () => interrupted !== undefined && stop.signal.reason === shuttingDown;
      stop.signal.addEventListener('abort', () => (told() ? undefined : raw.destroy()), { once: true });
    }
    raw.writeHead(200, [...headers, ...streamHeaders]);
    // A reader knows at once that it was let in, however long the first event takes; one that is here already leaves with the head.
    const greeting = setImmediate(() => raw.flushHeaders());
    const beat = setInterval(() => {
      raw.write(': still here\n\n');
      // A session or a key also ends by time, which nobody tells.
      if (reader !== undefined) void this.#check(stop, reader);
    }, beatMs);
    try {
      // Access may have been lost since the request was let in, and before anybody could have ended the stream.
      const checking = reader === undefined ? undefined : this.#check(stop, reader);
      if (checking !== undefined) await checking;
      if (!stop.signal.aborted) {
        for await (const text of texts(stop.signal)) {
          // What a generator says after it was stopped is for nobody.
          if (stop.signal.aborted) break;
          if (text !== '' && !raw.write(text)) await drained(raw, stop.signal);
        }
      }
    } catch {
      // The status is sent; a reader sees that "run-ended" is missing and asks again with Last-Event-ID.
    } finally {
      clearImmediate(greeting);
      clearInterval(beat);
      raw.off('close', onClose);
      this.#open.delete(stop);
      raw.end();
    }
  }

  /** Ends all streams. Readers come back with Last-Event-ID. */
  end(): void {
    for (const [stop, { farewell }] of this.#open) {
      farewell();
      stop.abort(shuttingDown);
    }
  }

  async #checkAll(told: readonly AccessNotice[] | 'anything'): Promise<void> {
    await Promise.all(
      [...this.#open].map(async ([stop, { reader }]) => {
        if (reader === undefined) return;
        if (told === 'anything' || told.some((notice) => concerns(notice, reader.principal))) await this.#check(stop, reader);
      }),
    );
  }

  /** @returns nothing where it was known at once. */
  #check(stop: AbortController, { principal, may }: StreamReader): Promise<void> | undefined {
    const check = (now: Principal | undefined) => {
      if (now === undefined || !may(now)) stop.abort();
    };
    const now = this.#access.renewed(principal);
    if (!(now instanceof Promise)) return check(now) as undefined;
    // What cannot be checked is not allowed; the reader comes back and asks.
    return now.then(check).catch(() => stop.abort());
  }
}

/** What other parts put on the answer (request id, CORS, security headers): a hijacked reply does not write it by itself. */
export function headersOf(reply: FastifyReply): HeaderList {
  return headerList(reply.getHeaders());
}

export function headerList(headers: Readonly<Record<string, string | number | string[] | undefined>>): HeaderList {
  return Object.entries(headers).flatMap(([name, value]) =>
    value === undefined ? [] : [value].flat().flatMap((each) => [name, String(each)]),
  );
}

async function* textsOf(events: AsyncIterable<RunEventFrame>): AsyncGenerator<string> {
  for await (const event of events) yield textOf(event);
}

function textOf({ id, event, data }: RunEventFrame): string {
  return `${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}

function drained(raw: ServerResponse, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    raw.once('drain', resolve);
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
