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

/** One attempt at one model, whatever became of it. */
export interface ModelAttempt {
  /** `provider/model`. */
  target: string;
  /** `ok`, or the kind of the failure. */
  outcome: string;
  /** To the first content of a stream, else to the whole answer. */
  milliseconds: number;
}

/** One call through the gateway that was answered, whoever answered it. */
export interface ModelCall {
  workspaceId: string;
  route: string;
  /** `provider/model`. */
  target: string;
  inputTokens: number;
  outputTokens: number;
  /** US dollars; `undefined` where the price of the model is not known. */
  cost: number | undefined;
  milliseconds: number;
}

/** A circuit breaker opened, closed, or lets a call through to see. */
export interface BreakerChanged {
  target: string;
  state: 'closed' | 'open' | 'half-open';
}

/** A call went to a model without a price, and is counted as free. Once per model and process. */
export interface PriceUnknown {
  /** `provider/model`. */
  model: string;
}

/** A mail that is not sent because no server for it is configured. */
export interface PrintedMail {
  to: string;
  subject: string;
  text: string;
}

/** A question that may be answered from the response cache was asked. */
export interface CacheLookup {
  state: 'hit' | 'miss' | 'stale' | 'joined';
  /** Nano-dollars that another call would have cost. */
  saved: bigint;
}

/** What is known of a release, at each look. */
export interface ReleaseJudged {
  workspaceId: string;
  agent: string;
  release: string;
  /** Share of units that get the canary, 0–1. */
  allocation: number;
  turns: { stable: number; canary: number };
  /** Decimal logarithms of e-values, by metric. */
  evidence: Record<string, { against: number; for: number }>;
}

/** A release went a step on, was held, promoted or rolled back. */
export interface ReleaseDecided {
  workspaceId: string;
  agent: string;
  release: string;
  decision: 'started' | 'ramped' | 'held' | 'promoted' | 'rolled-back';
  by: string;
  reason: string;
}

/** Somebody said how good a turn was. */
export interface FeedbackGiven {
  workspaceId: string;
  runId: string;
  agent: string;
  agentVersion: string;
  arm: string;
  /** −1 to 1. */
  rating: number;
}

/** A feature flag was asked for, and had a value. */
export interface FlagEvaluated {
  workspaceId: string;
  flag: string;
  version: number;
  variant: string;
  /** OpenFeature's name of it, e.g. `TARGETING_MATCH`. */
  reason: string;
}

export const channels = {
  fault: channel('timonel:fault'),
  mailPrinted: channel('timonel:mail-printed'),
  httpExchange: channel('timonel:http-exchange'),
  runEnded: channel('timonel:run-ended'),
  modelAttempt: channel('timonel:model-attempt'),
  modelCall: channel('timonel:model-call'),
  breakerChanged: channel('timonel:breaker-changed'),
  cacheLookup: channel('timonel:cache-lookup'),
  priceUnknown: channel('timonel:price-unknown'),
  releaseJudged: channel('timonel:release-judged'),
  releaseDecided: channel('timonel:release-decided'),
  feedbackGiven: channel('timonel:feedback-given'),
  flagEvaluated: channel('timonel:flag-evaluated'),
} as const;

export function publishFault(what: string, error: unknown): void {
  if (channels.fault.hasSubscribers) channels.fault.publish({ what, error } satisfies Fault);
}
