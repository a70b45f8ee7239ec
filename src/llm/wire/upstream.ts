import { Agent, type Dispatcher } from 'undici';
import { AttemptClock, type Timeouts } from '../attempt/attempt-clock.ts';
import { failureOf, failureOfResponse } from '../attempt/failure.ts';
import type { Wire } from '../providers/contract.ts';
import { pooledFetch } from './pooled-fetch.ts';
import { WireCall } from './wire-call.ts';

/** The head of an answer that was a success. */
export interface WireAnswer {
  contentType: string;
  body: Pick<WireCall, 'text' | 'next' | 'discard'>;
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
  async send(wire: Wire, body: string | Buffer, clock: AttemptClock): Promise<WireAnswer> {
    const call = this.#begin({ origin: wire.origin, path: wire.path, method: 'POST', headers: wire.headers, body }, clock);
    try {
      await call.head();
      if (call.status === 200) return { contentType: String(call.headers['content-type'] ?? ''), body: call };
      throw failureOfResponse(call.status, call.headers, await call.text());
    } catch (error) {
      throw clock.failure ?? failureOf(error);
    }
  }

  /** Reads a small JSON document of a provider. @throws ModelFailure */
  async read(url: string, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<unknown> {
    const clock = new AttemptClock(readTimeouts, signal, false);
    try {
      const { origin, pathname, search } = new URL(url);
      const call = this.#begin({ origin, path: pathname + search, method: 'GET', headers }, clock);
      await call.head();
      const text = await call.text();
      if (call.status !== 200) throw failureOfResponse(call.status, call.headers, text);
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

  /** The clock alone limits how long it takes. */
  #begin(request: Dispatcher.DispatchOptions, clock: AttemptClock): WireCall {
    const call = new WireCall(clock);
    this.#agent.dispatch({ ...request, headersTimeout: 0, bodyTimeout: 0 }, call);
    return call;
  }
}

const readTimeouts: Timeouts = { firstTokenMs: 5_000, idleMs: 5_000, totalMs: 5_000 };
