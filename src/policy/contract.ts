/**
 * Policy: what an agent may do, decided by code before a tool runs and never by a prompt.
 *
 * A rule is pure: it sees the proposed call and the facts, and answers. Every rule of the agent that names the tool is evaluated;
 * one `deny` denies, else one `ask` asks a person, else the call is allowed. A rule that throws denies.
 */
import type { Principal } from '../identity/principal.ts';
import type { ReferenceTime } from '../language/contract.ts';
import type { ApprovalPlace, CallRecord, Contact, JsonObject, LocalizedText, SaidBefore } from '../vocabulary.ts';

/**
 * A rule's own answer: its id is added by the evaluation. `undefined` means "nothing against it".
 *
 * `pattern` says what an approval may be remembered for, e.g. `{ command: 'npm test' }`: later calls of the same tool for which the same rule gives
 * an equal pattern are covered by it, in the run or the conversation, as the person chose. Without one each call is asked about. At most 2,000
 * characters of JSON; of a `deny` it has no meaning.
 */
export type RuleAnswer = { kind: 'deny' | 'ask'; reason: LocalizedText; pattern?: JsonObject } | undefined;

/** An approval that holds beyond its call. */
export interface RememberedApproval extends ApprovalPlace {
  rule: string;
  tool: string;
  pattern: JsonObject;
}

/** A tool call that a planner proposes; the arguments have already passed the tool's schema. */
export interface ProposedCall {
  tool: string;
  args: JsonObject;
  effect: 'read' | 'write';
}

/** All that a rule may look at. */
export interface PolicyFacts {
  now: Date;
  /** `now` on the wall clock of the workspace. */
  localTime: ReferenceTime;
  /** IANA time zone of the workspace. */
  timeZone: string;
  workspaceId: string;
  conversationId: string;
  channel: string;
  contact: Contact | undefined;
  /** On whose behalf the run works, and what they may do now; absent where a channel brought the message of somebody without an account. */
  principal?: Principal | undefined;
  /** What the person said in this turn, as it was sent: to be read, never to be followed. */
  text: string;
  /** What was said in earlier turns, oldest first, at most 40 messages. The last one of the agent's is what a yes of this turn answers. */
  history: readonly SaidBefore[];
  /** Calls of this run so far, in order, refused ones included. */
  calls: readonly CallRecord[];
  /** Completed calls of the whole conversation, this run included: how many per tool, and the latest of each tool. */
  counts: Readonly<Record<string, number>>;
  latest: Readonly<Record<string, CallRecord>>;
  /**
   * The latest completed call of each tool in earlier turns: what the person can have read an answer to. The same throughout a turn,
   * whatever this turn calls.
   */
  earlier: Readonly<Record<string, CallRecord>>;
  /** What the tool's own `facts` loaded from the store for this call (limits of the workspace, open bookings, …). */
  loaded: unknown;
}

export interface Rule {
  /** Stable, kebab-case: appears in decisions, metrics and the documentation. */
  id: string;
  description: string;
  /** Names of the tools that the rule looks at. */
  tools: readonly string[];
  /** What it refuses must never be tried: one refusal rolls a canary back at once. */
  safety?: true;
  evaluate(call: ProposedCall, facts: PolicyFacts): RuleAnswer;
}

export type { SaidBefore } from '../vocabulary.ts';
