import type { LanguageModelV4Usage } from '@ai-sdk/provider';
import type { AttemptClock } from '../attempt/attempt-clock.ts';
import type { Attempt, Candidate } from '../attempt/candidates.ts';
import { failureOf, ModelFailure } from '../attempt/failure.ts';
import type { Block, Protocol, RequestBody } from '../protocols/contract.ts';
import { EventCutter, type ServerSentEvent } from './sse.ts';
import { TextEvents } from './text-events.ts';
import type { Upstream, WireAnswer } from './upstream.ts';

/** What arrived at once of a stream that is passed through. */
export interface WirePiece {
  /** Events to pass on as they are. */
  events: string;
  /** The text that the caller gets to see with them. */
  shown: string;
  tools: boolean;
  content: boolean;
}

/** A stream in the caller's own protocol, passed through event by event. */
export interface WireStream {
  /** `undefined` after the end of a complete answer. @throws ModelFailure */
  next(): Promise<WirePiece | undefined>;
  /** What is known of it so far. */
  readonly state: {
    usage: LanguageModelV4Usage | undefined;
    block: Block | undefined;
    finish: string | undefined;
    id: string | undefined;
  };
}

/** Begins a stream: resolves when its first content has come; everything up to it is the first piece. */
export function beginWireStream(
  upstream: Upstream,
  protocol: Protocol,
  asked: RequestBody,
  /** What it was parsed from, where it is at hand. */
  text: string | undefined,
  /** What the call costs, in US dollars, where the price is known. */
  costOf: (candidate: Candidate, usage: LanguageModelV4Usage) => number | undefined,
): Attempt<WireStream> {
  return async (candidate, clock) => {
    const wire = candidate.provider.wires[protocol.name];
    if (wire === undefined) throw new Error(`${candidate.name} does not speak ${protocol.name}`);
    const { contentType, body } = await upstream.send(wire, protocol.wireBody(asked, candidate.model, text), clock);
    if (!contentType.startsWith('text/event-stream')) {
      body.discard();
      throw new ModelFailure('malformed', `the provider answered with ${contentType || 'no content type'} instead of a stream`);
    }
    const stream = new Reader(body, protocol, asked, clock, (usage) => costOf(candidate, usage));
    const held: WirePiece = { events: '', shown: '', tools: false, content: false };
    for (let piece = await stream.next(); piece !== undefined; piece = await stream.next()) {
      held.events += piece.events;
      held.shown += piece.shown;
      held.tools ||= piece.tools;
      if (piece.content || stream.state.finish !== undefined) break;
    }
    let first: WirePiece | undefined = held;
    return {
      state: stream.state,
      async next() {
        const piece = first ?? (await stream.next());
        first = undefined;
        return piece;
      },
    };
  };
}

class Reader implements WireStream {
  readonly state: WireStream['state'] = { usage: undefined, block: undefined, finish: undefined, id: undefined };
  readonly #body: WireAnswer['body'];
  readonly #protocol: Protocol;
  readonly #asked: RequestBody;
  readonly #clock: AttemptClock;
  readonly #costOf: (usage: LanguageModelV4Usage) => number | undefined;
  readonly #cutter = new EventCutter();
  readonly #texts = new TextEvents();
  /** The block of the events that are read by it. */
  #textBlock: Block | undefined;
  #last = false;
  #failure: ModelFailure | undefined;

  constructor(
    body: WireAnswer['body'],
    protocol: Protocol,
    asked: RequestBody,
    clock: AttemptClock,
    costOf: (usage: LanguageModelV4Usage) => number | undefined,
  ) {
    this.#body = body;
    this.#protocol = protocol;
    this.#asked = asked;
    this.#clock = clock;
    this.#costOf = costOf;
  }

  async next(): Promise<WirePiece | undefined> {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#last) return undefined;
    const read = await this.#read();
    const piece: WirePiece = { events: '', shown: '', tools: false, content: false };
    for (const event of read ?? this.#cutter.end()) {
      try {
        this.#take(event, piece);
      } catch (error) {
        // What came before it in the same piece is good, and is passed on first.
        this.#failure = failureOf(error);
        if (!piece.content) throw this.#failure;
        return piece;
      }
    }
    if (read === undefined && !this.#last) {
      if (this.state.finish === undefined) throw new ModelFailure('cut', 'the stream ended before the answer was complete');
      this.#last = true;
      piece.events += this.#protocol.lastEvent;
    }
    if (this.#last) void this.#finish(read === undefined);
    else if (piece.content) this.#clock.piece();
    return piece;
  }

  /** @returns the events that came, `undefined` at the end. */
  async #read(): Promise<ServerSentEvent[] | undefined> {
    try {
      const came = await this.#body.next();
      return came === undefined ? undefined : this.#cutter.push(came);
    } catch (error) {
      const failure = this.#clock.failure ?? failureOf(error);
      // Once the answer is complete nothing that is missing was worth waiting for.
      if (this.state.finish !== undefined && failure.kind !== 'aborted') return undefined;
      throw failure.kind === 'connection' ? new ModelFailure('cut', failure.message, { cause: failure }) : failure;
    }
  }

  /** Reads what is left after the last event, which is nothing: the connection then serves the next call. */
  async #finish(ended: boolean): Promise<void> {
    try {
      for (let over = ended; !over; ) over = (await this.#body.next()) === undefined;
      this.#clock.complete();
    } catch {
      // The answer is complete; a connection that broke after it is not worth a word.
    }
  }

  #take({ event, data }: ServerSentEvent, piece: WirePiece): void {
    const { state } = this;
    const text = this.#texts.textOf(event, data);
    if (text !== undefined) {
      if (this.#textBlock !== undefined) state.block = this.#textBlock;
      piece.shown += text;
      piece.content = true;
      piece.events += written(event, data);
      return;
    }
    const read = this.#protocol.readEvent(event, data, this.#asked);
    if (this.#texts.learn(event, data, read)) this.#textBlock = read.block;
    if (read.usage !== undefined) state.usage = merged(state.usage, read.usage);
    if (read.block !== undefined) state.block = read.block;
    state.finish ??= read.finish;
    state.id ??= /"id":"([^"]{1,200})"/.exec(data)?.[1];
    this.#last ||= read.last;
    piece.shown += read.text;
    piece.tools ||= read.tools;
    piece.content ||= read.content;
    if (read.silent) return;
    const cost =
      read.usage === undefined || state.finish === undefined || state.usage === undefined ? undefined : this.#costOf(state.usage);
    piece.events += written(event, cost === undefined ? data : this.#protocol.withCost(data, cost));
  }
}

function written(event: string, data: string): string {
  return event === '' ? `data: ${data}\n\n` : `event: ${event}\ndata: ${data}\n\n`;
}

/** Anthropic says what went in at the start, and what came out at the end. */
function merged(before: LanguageModelV4Usage | undefined, after: LanguageModelV4Usage): LanguageModelV4Usage {
  if (before === undefined) return after;
  return {
    inputTokens: after.inputTokens.total === undefined ? before.inputTokens : after.inputTokens,
    outputTokens: after.outputTokens.total === undefined ? before.outputTokens : after.outputTokens,
    ...(before.raw === undefined && after.raw === undefined ? {} : { raw: { ...before.raw, ...after.raw } }),
  };
}
