/** What an agent does without a model: the contract between the flow planner and a dialogue. */
import type { Understanding, UnderstandingContext, Vocabulary } from '../language/contract.ts';
import type { WorkspaceAccess } from '../tools/contract.ts';
import type { CallRecord, Contact, JsonObject, MessagePart, Outcome, PlannedCall, Reply, SaidBefore } from '../vocabulary.ts';

/** What the flow planner is asked: what now? */
export interface FlowTurn<V extends object = Vocabulary> {
  text: string;
  /** What the message is made of, where it is more than text. */
  parts?: readonly MessagePart[] | undefined;
  now: Date;
  timeZone: string;
  channel: string;
  contact: Contact | undefined;
  vocabulary: V;
  /** What the flow remembered at the end of its last move in this conversation; `{}` at first. */
  state: JsonObject;
  /**
   * The latest completed call of each tool in earlier turns of this conversation, whichever planner made it: where the model planner
   * served before, the state does not know of it. The same throughout a turn.
   */
  latest: Readonly<Record<string, CallRecord>>;
  /** Calls of this run so far, in order. Empty on the first question of a turn. */
  calls: readonly CallRecord[];
  /**
   * What was said since the agent spoke last, oldest first, where a person of the workspace had the conversation meanwhile: what the flow asked
   * before is likely settled. Absent in most turns.
   */
  fromPeople?: readonly SaidBefore[] | undefined;
}

/** The flow planner's answer: calls to make (they come back in {@link FlowTurn.calls}), or the reply that ends the turn. */
export type FlowMove =
  | { kind: 'call'; calls: PlannedCall[]; state: JsonObject }
  | {
      kind: 'reply';
      reply: Reply;
      outcome: Extract<Outcome, 'replied' | 'awaiting_input' | 'denied' | 'escalated'>;
      /** What it waits for, as the agent calls it. */
      awaiting?: string | undefined;
      state: JsonObject;
      /** `false`: it does not know what the message means. The second such turn in a row calls a person. */
      understood?: boolean | undefined;
    };

/** Documents that a dialogue answers questions from. */
export interface DialogueKnowledge {
  /** Name of a collection. A workspace that has none is as one whose documents answer nothing. */
  collection: string;
  /** Name of the tool that looks it up, as `retrieveTool` makes one; `retrieve` where absent, which the agent then has without naming it. */
  tool?: string;
}

/** What an agent does without a model. */
export interface Flows<V extends object = Vocabulary> {
  /** The workspace's own words: from its rows, and a sample for use without a store. Absent: it has none. */
  vocabulary?: { sample: V; load(access: WorkspaceAccess): Promise<V> };
  /** Documents that it answers questions from. */
  knowledge?: DialogueKnowledge;
  understand(text: string, context: UnderstandingContext<V>): Understanding;
  /**
   * Messages that need no model, e.g. commands: the flow planner answers them though the agent has one. Pure. None where it is absent.
   */
  takes?(text: string): boolean;
  /** Pure. Asked again after each batch of calls until it replies. */
  next(turn: FlowTurn<V>): FlowMove;
}
