/** What a case of FailoverBench came to, seen by the caller and by the provider. */
import type { Exchange } from '../faulty-provider/server.ts';
import type { Called } from '../model-caller.ts';

export interface Outcome {
  /** In the order in which they were asked; one, but for the case that is a sequence. */
  calls: readonly (Called & { askedAt: number })[];
  /** What reached the two models of the route. */
  primary: readonly Exchange[];
  fallback: readonly Exchange[];
  fallbackModel: string;
  /** From the first question to the last answer. */
  seconds: number;
  /** Whether a healthy model still answered through the same system afterwards. */
  alive: boolean;
  /** How long the primary was down, where it flaps, in milliseconds. */
  downMs: number;
}

export type CheckState = 'passed' | 'failed' | 'noted' | 'not applicable';

export interface Check {
  id: string;
  /** A required one that fails is a failure; an advisory one costs the full mark; a note costs nothing. */
  severity: 'required' | 'advisory' | 'note';
  /** Judges only systems that can have a second model. */
  needsFallback?: true;
  /** `undefined` where it does not apply. */
  passes(outcome: Outcome): boolean | undefined;
}

export interface Case {
  id: string;
  title: string;
  /** Name of the faulty provider's behaviour that the first model has. */
  primary: string;
  /** The same of the second one. */
  fallback: 'ok' | 'no-prefill';
  /** What a caller should get: the complete answer, or the provider's refusal. */
  ideal: 'answer' | 'error';
  /** Seconds after which a call counts as hung. */
  deadline: number;
  sequence?: true;
  checks: readonly Check[];
}
