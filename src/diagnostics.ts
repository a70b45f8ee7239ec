/**
 * Channels on which the code says what happens. Nothing imports telemetry: it subscribes here, and unheard messages cost nothing.
 */
import { channel } from 'node:diagnostics_channel';
import type { RunView } from './store/run-views.ts';

/** Something failed where nobody waits for the answer, or a caller got a 5xx. */
export interface Fault {
  what: string;
  error: unknown;
}

export interface HttpExchange {
  method: string;
  /** The route's pattern, never the path itself. */
  route: string;
  status: number;
  milliseconds: number;
}

export interface RunEnded {
  workspaceId: string;
  run: RunView;
  milliseconds: number;
}

/** A call went to a model without a price, and is counted as free. Once per model and process. */
export interface PriceUnknown {
  /** `provider/model`. */
  model: string;
}

/** A question that may be answered from the response cache was asked. */
export interface CacheLookup {
  state: 'hit' | 'miss' | 'stale' | 'joined';
  /** Nano-dollars that another call would have cost. */
  saved: bigint;
}

export const channels = {
  fault: channel('timonel:fault'),
  httpExchange: channel('timonel:http-exchange'),
  runEnded: channel('timonel:run-ended'),
  cacheLookup: channel('timonel:cache-lookup'),
  priceUnknown: channel('timonel:price-unknown'),
} as const;

export function publishFault(what: string, error: unknown): void {
  if (channels.fault.hasSubscribers) channels.fault.publish({ what, error } satisfies Fault);
}
