/** Evaluations: the quality cases of an agent, played against one of its versions, and what came of each. */
import type { CaseDefinition } from './case.ts';

export type EvaluationStatus = 'queued' | 'running' | 'finished' | 'failed';

export interface AgentEvaluation {
  id: string;
  agent: string;
  /** The version that the cases are played against. */
  agentVersion: string;
  /** Whether the agent's model is asked; without it its flows answer. */
  models: boolean;
  status: EvaluationStatus;
  /** Why it could not be played; its results so far stay. */
  failure: string | undefined;
  /** US dollars of its model calls; 0 where no price is known. */
  cost: number;
  cases: number;
  passed: number;
  failed: number;
  createdBy: string;
  createdAt: Date;
  finishedAt: Date | undefined;
}

/** What came of one case; it is set once. */
export interface EvaluationResult {
  position: number;
  name: string;
  /** The case as it was when the evaluation began. */
  definition: CaseDefinition;
  /** Absent while it waits to be played. */
  passed: boolean | undefined;
  /** What was expected and not met, in words. */
  faults: string[];
  milliseconds: number | undefined;
}

/** One case in two evaluations. */
export interface ComparedCase {
  name: string;
  base: 'passed' | 'failed' | 'absent';
  other: 'passed' | 'failed' | 'absent';
  /** What the other did not meet. */
  faults: string[];
  /** `differs`: it is another case by now, so that the two do not compare. */
  change: 'fixed' | 'broken' | 'same' | 'differs' | 'added' | 'gone';
}

export interface Comparison {
  base: AgentEvaluation;
  other: AgentEvaluation;
  fixed: number;
  broken: number;
  same: number;
  differs: number;
  added: number;
  gone: number;
  /** Those that are not the same, by name; 500 at most. */
  changes: ComparedCase[];
}

/** What the child process is told, once. */
export interface PlayOrder {
  kind: 'play';
  agent: string;
  /** It refuses to play another one. */
  version: string;
  codeVersion: string;
  changes: object;
  timeZone: string;
  models: boolean;
  /** Names of models of the project, beside `default`. */
  cases: { position: number; name: string; definition: CaseDefinition }[];
}

/** The answer of a model, or why there is none. */
export type ModelReply =
  | { kind: 'answer'; id: number; content: unknown[]; usage: unknown; finishReason: string }
  | { kind: 'no-answer'; id: number; code: string; message: string };

/** What the child process says. */
export type ChildMessage =
  | { kind: 'ready' }
  | { kind: 'began'; position: number }
  | { kind: 'result'; position: number; passed: boolean; faults: string[]; milliseconds: number }
  | { kind: 'ask'; id: number; model: string | undefined; prompt: unknown; tools: unknown; responseFormat: unknown }
  | { kind: 'refused'; message: string }
  | { kind: 'done' };
