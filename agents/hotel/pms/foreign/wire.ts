/** Requests to the system of one hotel: time limits, a breaker, and what an answer means for a write. */
import { BrokenCircuitError, ConsecutiveBreaker, circuitBreaker, handleWhen, type IPolicy } from 'cockatiel';
import { LRUCache } from 'lru-cache';
import { OutsideFault, type OutsideRequests } from '../../../../src/index.ts';
import { PmsDown } from '../contract.ts';
import { type ForeignAnswer, type ForeignGuestStay, type ForeignRequest, type ForeignWire, InDoubt } from './contract.ts';

const readMs = 10_000;
/** A booking takes a minute where the system sends mail meanwhile: what is not answered by then is looked up. */
export const defaultWriteSeconds = 25;
/** Failures in a row after which a hotel's system is left alone, and for how long. */
const mostFailures = 5;
const restMs = 30_000;

/** The system answered with an error of its own. */
class ServerFault extends Error {
  readonly status: number;

  constructor(status: number) {
    super(`It answered ${status}.`);
    this.status = status;
  }
}

/** A breaker per hotel and version of its settings: an outage at one hotel is no other hotel's. */
const breakers = new LRUCache<string, IPolicy>({ max: 1_000 });

function breakerOf(name: string): IPolicy {
  let breaker = breakers.get(name);
  if (breaker === undefined) {
    breaker = circuitBreaker(
      handleWhen((error) => error instanceof OutsideFault || error instanceof ServerFault),
      { halfOpenAfter: restMs, breaker: new ConsecutiveBreaker(mostFailures) },
    );
    breakers.set(name, breaker);
  }
  return breaker;
}

export interface WirePlace {
  outside: OutsideRequests;
  /** Names the breaker. */
  name: string;
  url: string;
  /** How long a write is waited for; 60 at most. */
  writeSeconds: number;
}

export function openWire({ outside, name, url, writeSeconds }: WirePlace): ForeignWire {
  const breaker = breakerOf(name);
  const writeMs = Math.min(writeSeconds > 0 ? writeSeconds : defaultWriteSeconds, 60) * 1_000;
  const ask = (request: ForeignRequest, timeoutMs: number, reads: boolean): Promise<ForeignAnswer> =>
    breaker.execute(async () => {
      const { method = 'GET', path, headers = {}, body } = request;
      const answer = await outside.request({
        method,
        url: path.startsWith('/') ? `${url}${path}` : path,
        headers,
        ...(body === undefined ? {} : { body }),
        timeoutMs,
        maxBytes: 4_194_304,
      });
      // A write that is answered 500 says little: QloApps answers so and has booked. It is looked up, and that counts.
      if (answer.status >= 500 && reads) throw new ServerFault(answer.status);
      return { status: answer.status, text: answer.body.toString('utf8') };
    });
  const refused = ({ status }: ForeignAnswer) => status === 401 || status === 403 || status === 429;
  return {
    async read(request) {
      const answer = await ask(request, readMs, true).catch((error: unknown) => {
        throw isTrouble(error) ? new PmsDown(error.message, { cause: error }) : error;
      });
      if (refused(answer)) throw new PmsDown(`It refused us (${answer.status}).`);
      return answer;
    },
    async write(request) {
      const answer = await ask(request, writeMs, false).catch((error: unknown) => {
        if (error instanceof BrokenCircuitError || (error instanceof OutsideFault && error.sent === 'no'))
          throw new PmsDown(error.message, { cause: error });
        if (error instanceof OutsideFault) throw new InDoubt(error.message, false);
        throw error;
      });
      if (answer.status >= 500) throw new InDoubt(`It answered ${answer.status}.`, true);
      if (refused(answer)) throw new PmsDown(`It refused us (${answer.status}).`);
      return answer;
    },
  };
}

function isTrouble(error: unknown): error is Error {
  return error instanceof BrokenCircuitError || error instanceof OutsideFault || error instanceof ServerFault;
}

/** Their JSON. @throws PmsDown where it is none */
export function jsonOf({ text }: ForeignAnswer): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new PmsDown('It answered what is no JSON.', { cause: error });
  }
}

/** Their JSON where it is an object, `{}` where it is anything else. */
export function objectOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

export function listOf(value: unknown): Record<string, unknown>[] {
  if (Array.isArray(value)) return value.map(objectOf);
  // PHP writes a list with gaps as an object.
  return typeof value === 'object' && value !== null ? Object.values(value).map(objectOf) : [];
}

export function hundredths(value: unknown): number {
  return Math.round(Number(value) * 100);
}

/** Rows that are asked for at once. */
export const pageSize = 100;
/** Of those who are there on one day. */
const mostPages = 10;

/** Reads the stays of a day page by page; `complete` is false where there are more than so many pages. */
export async function pagedStays<Row>(
  stayOf: (row: Row) => readonly ForeignGuestStay[],
  read: (page: { pageNumber: number; pageSize: number }) => Promise<readonly Row[]>,
): Promise<{ stays: ForeignGuestStay[]; complete: boolean }> {
  const stays: ForeignGuestStay[] = [];
  for (let pageNumber = 1; pageNumber <= mostPages; pageNumber += 1) {
    const page = await read({ pageNumber, pageSize });
    stays.push(...page.flatMap(stayOf));
    if (page.length < pageSize) return { stays, complete: true };
  }
  return { stays, complete: false };
}
