import { Agent, type Dispatcher } from 'undici';
import { wholeBytes } from './answer-body.ts';
import { AttemptClock, type Timeouts } from './attempt-clock.ts';
import { failureOf, failureOfResponse } from './failure.ts';
import { pooledFetch } from './pooled-fetch.ts';
import type { Wire } from './providers/contract.ts';

/** The head of an answer that was a success. */
export interface WireAnswer {
  contentType: string;
  body: Dispatcher.ResponseData['body'];
}

/** The connections to all providers: one pool per origin, shared by passed-through and translated calls. */
export class Upstream {
  readonly #agent: Agent;
  /** For the providers of the AI SDK. */
  readonly fetch: typeof fetch;

  constructor(connectMs: number) {
    this.#agent = new Agent({ connections: 256, keepAliveTimeout: 30_000, pipelining: 1, connect: { timeout: connectMs } });
    this.fetch = pooledFetch(this.#agent);
  }

  /** Sends a request and waits for the head of its answer. @throws ModelFailure for anything but a success. */
  async send(wire: Wire, body: string, clock: AttemptClock): Promise<WireAnswer> {
    try {
      const answer = await this.#agent.request({
        origin: wire.origin,
        path: wire.path,
        method: 'POST',
        headers: wire.headers,
        body,
        signal: clock.signal,
        headersTimeout: 0,
        bodyTimeout: 0,
      });
      if (answer.statusCode === 200) return { contentType: String(answer.headers['content-type'] ?? ''), body: answer.body };
      throw failureOfResponse(answer.statusCode, answer.headers, (await wholeBytes(answer.body)).toString('utf8'));
    } catch (error) {
      throw clock.failure ?? failureOf(error);
    }
  }

  /** Reads a small JSON document of a provider. @throws ModelFailure */
  async read(url: string, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<unknown> {
    const clock = new AttemptClock(readTimeouts, signal, false);
    try {
      const { origin, pathname, search } = new URL(url);
      const answer = await this.#agent.request({ origin, path: pathname + search, method: 'GET', headers, signal: clock.signal });
      const text = (await wholeBytes(answer.body)).toString('utf8');
      if (answer.statusCode !== 200) throw failureOfResponse(answer.statusCode, answer.headers, text);
      return JSON.parse(text) as unknown;
    } catch (error) {
      throw clock.failure ?? failureOf(error);
    } finally {
      clock.complete();
    }
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }
}

const readTimeouts: Timeouts = { firstTokenMs: 5_000, idleMs: 5_000, totalMs: 5_000 };
