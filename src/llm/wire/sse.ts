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
    if (!came.includes('\n')) {
      this.#rest.push(came);
      return [];
    }
    const text = this.#rest.length === 0 ? came : `${this.#rest.join('')}${came}`;
    const events: ServerSentEvent[] = [];
    let start = 0;
    for (let end = text.indexOf('\n', start); end >= 0; end = text.indexOf('\n', start)) {
      const stop = end > start && text.charCodeAt(end - 1) === 13 ? end - 1 : end;
      if (stop === start) {
        if (this.#data !== undefined) events.push({ event: this.#event, data: this.#data });
        this.#event = '';
        this.#data = undefined;
      } else if (text.startsWith('data:', start)) {
        const value = text.slice(text.charCodeAt(start + 5) === 32 ? start + 6 : start + 5, stop);
        this.#data = this.#data === undefined ? value : `${this.#data}\n${value}`;
      } else if (text.startsWith('event:', start)) this.#event = text.slice(start + 6, stop).trim();
      start = end + 1;
    }
    this.#rest = start === text.length ? [] : [text.slice(start)];
    return events;
  }

  /** The last event of a stream whose sender forgot the blank line. */
  end(): ServerSentEvent[] {
    return this.push(Buffer.from('\n\n'));
  }
}
