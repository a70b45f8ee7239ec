/**
 * Server-sent events, cut out of the pieces in which they arrive. https://html.spec.whatwg.org/multipage/server-sent-events.html
 * A plain search for line ends: a general parser costs fifty times as much, and a gateway does little else.
 */
import { StringDecoder } from 'node:string_decoder';

export interface ServerSentEvent {
  /** Empty where the event has no name. */
  event: string;
  data: string;
}

export class EventCutter {
  readonly #decoder = new StringDecoder('utf8');
  /** The line that has not ended yet, as it came: a line of megabytes is not to be searched again with each piece. */
  #rest: string[] = [];
  #event = '';
  #data: string | undefined;

  /** @returns the events that this piece completes. Comments and fields other than `event` and `data` are dropped. */
  push(piece: Buffer): ServerSentEvent[] {
    const came = this.#decoder.write(piece);
    this.#rest.push(came);
    if (!came.includes('\n')) return [];
    const text = this.#rest.join('');
    const events: ServerSentEvent[] = [];
    let start = 0;
    for (let end = text.indexOf('\n', start); end >= 0; end = text.indexOf('\n', start)) {
      const line = text.charCodeAt(end - 1) === 13 && end > start ? text.slice(start, end - 1) : text.slice(start, end);
      start = end + 1;
      if (line === '') {
        if (this.#data !== undefined) events.push({ event: this.#event, data: this.#data });
        this.#event = '';
        this.#data = undefined;
      } else if (line.startsWith('data:')) {
        const value = line.charCodeAt(5) === 32 ? line.slice(6) : line.slice(5);
        this.#data = this.#data === undefined ? value : `${this.#data}\n${value}`;
      } else if (line.startsWith('event:')) this.#event = line.slice(6).trim();
    }
    this.#rest = start === text.length ? [] : [text.slice(start)];
    return events;
  }

  /** The last event of a stream whose sender forgot the blank line. */
  end(): ServerSentEvent[] {
    return this.push(Buffer.from('\n\n'));
  }
}
