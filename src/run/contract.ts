/**
 * A run is one agent turn. Its vocabulary, shared by planners, policy, tools, store and channels.
 */
import type { Awaiting, Understanding, UnderstandingContext, Vocabulary } from '../language/contract.ts';
import type { Rule } from '../policy/contract.ts';
import type { AnyTool, WorkspaceAccess } from '../tools/contract.ts';

export type JsonValue = string | number | boolean | null | JsonValue[] | { [key: string]: JsonValue };
export type JsonObject = { [key: string]: JsonValue };

/** A sentence for a person, in the languages that Timonel speaks. */
export interface LocalizedText {
  es: string;
  en: string;
}

/** Who is at the other end. `verified` is true only where the channel vouches for it (WhatsApp knows the number). */
export interface Contact {
  name?: string | undefined;
  phone?: string | undefined;
  email?: string | undefined;
  verified?: boolean | undefined;
}

/** How a turn ends. */
export const outcomes = ['replied', 'awaiting_input', 'awaiting_approval', 'denied', 'escalated', 'failed'] as const;
export type Outcome = (typeof outcomes)[number];

/** A tool call as a planner proposes it. */
export interface PlannedCall {
  tool: string;
  args: JsonObject;
}

/**
 * A tool call and what became of it.
 * - `completed`: `output` is the tool's answer.
 * - `denied`: a rule refused it; `rule` and `reason` say why.
 * - `rejected`: a person refused it; `reason` is theirs, if any.
 * - `invalid`: the arguments or the name of the tool were wrong; `reason` says what would have worked.
 * - `failed`: the tool threw or timed out; `reason` is safe to show.
 */
export interface CallRecord {
  callId: string;
  tool: string;
  args: JsonObject;
  status: 'completed' | 'denied' | 'rejected' | 'invalid' | 'failed';
  output?: JsonValue;
  rule?: string;
  reason?: LocalizedText;
}

/** A reply to the person. */
export interface Reply {
  text: string;
  /** Quick answers that a channel may show as buttons. */
  options?: string[];
}

// ---- agents ----

/** Bounds of one run. Whichever is reached first ends it, `failed`, with the limit's name. */
export interface RunLimits {
  steps: number;
  toolCalls: number;
  /** Milliseconds of wall time, waiting for approvals not counted. */
  wallTimeMs: number;
  /** US dollars, by the prices that the configuration gives. */
  money: number;
}

/** What the flow planner is asked: what now? */
export interface FlowTurn {
  text: string;
  now: Date;
  timeZone: string;
  channel: string;
  contact: Contact | undefined;
  vocabulary: Vocabulary;
  /** What the flow remembered at the end of its last move in this conversation; `{}` at first. */
  state: JsonObject;
  /** Calls of this run so far, in order. Empty on the first question of a turn. */
  calls: readonly CallRecord[];
}

/** The flow planner's answer: calls to make (they come back in {@link FlowTurn.calls}), or the reply that ends the turn. */
export type FlowMove =
  | { kind: 'call'; calls: PlannedCall[]; state: JsonObject }
  | {
      kind: 'reply';
      reply: Reply;
      outcome: Extract<Outcome, 'replied' | 'awaiting_input' | 'denied' | 'escalated'>;
      awaiting?: Awaiting | undefined;
      state: JsonObject;
    };

/** What an agent does without a model. */
export interface Flows {
  /** The workspace's own words: from its rows, and a sample for use without a store. */
  vocabulary: { sample: Vocabulary; load(access: WorkspaceAccess): Promise<Vocabulary> };
  understand(text: string, context: UnderstandingContext): Understanding;
  /** Pure. Asked again after each batch of calls until it replies. */
  next(turn: FlowTurn): FlowMove;
}

/** Background work of an agent, carried by the queue. Runs at least once: make it idempotent. */
export interface Job {
  name: string;
  /** Cron expression (UTC) for work that repeats in every workspace; absent for jobs that tools schedule. */
  cron?: string;
  run(payload: JsonObject, access: WorkspaceAccess): Promise<void>;
}

/** One thing the agent should manage, written down so that a program can check it. */
export interface AgentDefinition {
  /** kebab-case, unique in the process. */
  name: string;
  /** Semantic version of the agent's code. */
  version: string;
  description: string;
  /** Instructions for the model planner. */
  prompt: string;
  /** Model or route for the model planner; the configuration's default when absent. */
  model?: string;
  tools: readonly AnyTool[];
  policy: readonly Rule[];
  flows?: Flows;
  limits?: Partial<RunLimits>;
  jobs?: readonly Job[];
  /** Fills a fresh workspace with sample data. Runs once per workspace, in one transaction. */
  seed?(access: WorkspaceAccess): Promise<void>;
  /** URL of the folder with quality cases (`*.jsonl`) for `timonel eval`. */
  evals?: URL;
}
