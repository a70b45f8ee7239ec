/** Speaks to providers, and tells a request that never left from one whose fate is not known. */
import { Agent, type FormData, request } from 'undici';
import { messageOf } from '../errors.ts';
import { networkErrorCode, wasNotSent } from '../network-failures.ts';
import type { SendResult } from './contract.ts';
import { asObject, type Json } from './json-reading.ts';

export interface ProviderAnswer {
  status: number;
  body: Json;
  retryAfterMs: number | undefined;
}

/** The request did not reach the provider. */
export class NotSentError extends Error {}
/** The request may have reached the provider. */
export class InDoubtError extends Error {}

/** Some hosts of files answer nobody who has no name. */
const userAgent = 'timonel';

/** Largest answer that is read, in bytes. */
const longestAnswer = 1_048_576;

export class ProviderClient {
  readonly #agent = new Agent({
    connect: { timeout: 5_000 },
    headersTimeout: 20_000,
    bodyTimeout: 20_000,
    // A connection that the provider is about to close would put a message in doubt.
    keepAliveTimeout: 4_000,
    connections: 32,
    maxResponseSize: longestAnswer,
  });
  readonly #files = new Agent({ connect: { timeout: 5_000 }, headersTimeout: 20_000, bodyTimeout: 20_000, connections: 8 });

  /** @throws NotSentError, InDoubtError */
  async call(
    method: 'GET' | 'POST',
    url: string,
    call: { headers?: Record<string, string>; body?: string | FormData | undefined; signal: AbortSignal },
  ): Promise<ProviderAnswer> {
    try {
      const { statusCode, headers, body } = await request(url, {
        method,
        headers: { 'user-agent': userAgent, ...call.headers },
        ...(call.body === undefined ? {} : { body: call.body }),
        signal: call.signal,
        dispatcher: this.#agent,
      });
      const text = await body.text();
      const after = Number(headers['retry-after']);
      return {
        status: statusCode,
        body: parsed(text),
        retryAfterMs: Number.isFinite(after) && after > 0 ? after * 1_000 : undefined,
      };
    } catch (error) {
      const code = networkErrorCode(error);
      const message = messageOf(error);
      // An address is in the message of a failed connection, and a token may be in the address.
      const told = code === undefined ? message.replaceAll(url, new URL(url).origin) : code;
      throw wasNotSent(code) ? new NotSentError(told, { cause: code }) : new InDoubtError(told, { cause: code });
    }
  }

  /** The bytes of a file. The caller reads all of it or destroys it. @throws Error */
  async file(url: string, headers: Record<string, string>, signal: AbortSignal) {
    const {
      statusCode,
      headers: answered,
      body,
    } = await request(url, {
      headers: { 'user-agent': userAgent, ...headers },
      signal,
      dispatcher: this.#files,
    });
    const { location } = answered;
    return {
      status: statusCode,
      length: Number(answered['content-length'] ?? Number.NaN),
      /** Where a redirect leads; none is followed. */
      location: typeof location === 'string' ? location : undefined,
      body,
    };
  }

  async close(): Promise<void> {
    await Promise.all([this.#agent.destroy(), this.#files.destroy()]);
  }
}

/** What a failed call means for a message. */
export function failedSend(error: unknown): SendResult {
  const message = messageOf(error);
  if (error instanceof NotSentError) return { kind: 'refused', error: { code: 'not-reached', message }, remedy: 'wait' };
  return { kind: 'unclear', reason: message };
}

function parsed(text: string): Json {
  try {
    return asObject(JSON.parse(text));
  } catch {
    return {};
  }
}
