import type { HelpLevel, HintKind } from '../contract.ts';

/** N1: what was handed in. N2: runs, tests, commits. N3: what was said. N4: reasoning, declared or inferred. */
export const traceLevels = ['N1', 'N2', 'N3', 'N4'] as const;
export type TraceLevel = (typeof traceLevels)[number];

/** States of work on an exercise, as the events show them. */
export const cognitiveStates = ['exploring', 'planning', 'implementing', 'debugging', 'validating', 'stuck', 'reflecting'] as const;
export type CognitiveState = (typeof cognitiveStates)[number];

/** What an event shows on a level, by which rule. */
export interface Trace {
  level: TraceLevel;
  eventId: string;
  at: Date;
  /** Name of the rule that made this trace of the event. */
  rule: string;
  /** N4 alone: said by the student, or inferred from what they did. */
  reasoning: 'declared' | 'inferred' | undefined;
  /** What of the event shows it: counts and short quotations, never the whole code. */
  evidence: string;
  state: CognitiveState | undefined;
}

export interface StateChange {
  state: CognitiveState;
  from: Date;
  /** Events that show it. */
  eventIds: readonly string[];
  rule: string;
}

/** A figure with its formula; without enough data it is not there, and never a middle value. */
export type Measure =
  | { kind: 'measured'; value: number; formula: string; eventIds: readonly string[] }
  | { kind: 'inconclusive'; formula: string; because: string };

export interface DecisionTrace {
  eventId: string;
  at: Date;
  decision: string;
  justification: string | undefined;
  alternatives: readonly string[];
  source: 'declared' | 'inferred';
}

export interface HelpOverTime {
  at: Date;
  level: HelpLevel;
  hint: HintKind | undefined;
  eventId: string;
}

export interface TracedWork {
  traces: readonly Trace[];
  path: readonly StateChange[];
  /** Share of progress that came without help just before it: 0 to 1. */
  autonomy: Measure;
  /** Share of decisions with a justification. */
  justified: Measure;
  help: readonly HelpOverTime[];
  decisions: readonly DecisionTrace[];
}
