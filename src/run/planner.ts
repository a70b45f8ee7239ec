/**
 * A planner decides what a turn does next: calls, or the reply. There are two, the model planner and the flow planner; the loop does not
 * know which one it asks.
 */
import type { ClaimedRun } from '../store/runs.ts';
import type { IdentifiedCall, Step, Summary, SummaryStep } from '../store/steps.ts';
import type { CallRecord, JsonObject, Outcome, Reply } from '../vocabulary.ts';
import type { AgentDefinition } from './contract.ts';

/** A turn as a planner sees it. */
export interface PlannerTurn {
  run: ClaimedRun;
  agent: AgentDefinition;
  now: Date;
  /** All steps so far, stored ones and those about to be stored. */
  steps: readonly Step[];
  /** Calls of this run so far, with what became of them. */
  calls: readonly CallRecord[];
  /** The flow planner's memory. */
  flowState: JsonObject;
  /** The latest completed call of each tool in earlier turns of the conversation. */
  latest: Readonly<Record<string, CallRecord>>;
  /** The summary that earlier turns left; one of this run is among its steps. */
  summary: Summary | undefined;
  signal: AbortSignal;
  /** Receives the reply while it is being written; absent when nobody reads along. */
  onText?: ((delta: string) => void) | undefined;
}

/** What the planner proposes. `step` is stored; its `calls` get their ids from the loop. A summary is stored, and the planner asked again. */
export type Proposal =
  | { kind: 'summary'; step: SummaryStep }
  | { kind: 'call'; calls: Omit<IdentifiedCall, 'callId'>[]; step: (calls: IdentifiedCall[]) => Step }
  | {
      kind: 'reply';
      reply: Reply;
      outcome: Outcome;
      awaiting?: string | undefined;
      step: Step;
    };

export interface Planner {
  propose(turn: PlannerTurn): Promise<Proposal>;
}

/** The planner that asks a model; agents without one, and turns whose model failed, are the flow planner's. */
export interface ModelPlanner extends Planner {
  /** Whether the agent of this turn has a model that it can ask. */
  serves(turn: PlannerTurn): boolean;
}

/** One that says what its model is told. */
export interface InstructedPlanner extends ModelPlanner {
  /** What the model is told in this turn, and the names of the tools that it is offered; all of them where `offered` is absent. */
  instructions(turn: PlannerTurn): Promise<{ prompt: string; offered: readonly string[] | undefined }>;
}

/**
 * What serves a run instead of the model: the flow planner, or another system over HTTP. By decision from the first plan on, else only when
 * the model fails.
 */
export interface Fallback {
  /** What somebody decided for this run; `none` where the model is to be asked. */
  decided(run: ClaimedRun): FallbackKind | 'none';
  /** Whether there is another system for the agent. */
  hasSystem(agent: string): boolean;
  system: Planner;
}

export const fallbackKinds = ['flows', 'http'] as const;
export type FallbackKind = (typeof fallbackKinds)[number];

/** Begins the reason of a run that did not ask the model because somebody decided so: no fault of its version. */
export const byDecision = 'decision: ';
