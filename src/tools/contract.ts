/**
 * Tools: what an agent can do. Arguments and results are validated; the runtime adds timeout, retry, breaker and the idempotency key.
 */
import type { Features } from '@openfeature/server-sdk';
import type { ZodType } from 'zod';
import type { ToolArtifacts } from '../artifacts/contract.ts';
import type { ReachesOutside } from '../identity/outside.ts';
import type { Permission } from '../identity/permissions.ts';
import type { Principal } from '../identity/principal.ts';
import type { AgentKnowledge } from '../knowledge/contract.ts';
import type { AgentSandbox } from '../sandbox/contract.ts';
import type { ChildResult } from '../store/child-runs.ts';
import type { CompletionAnswer } from '../store/completions.ts';
import type { Database } from '../store/database.ts';
import type { JoinMode } from '../store/waits.ts';
import type { Contact, JsonValue, LocalizedText, Outcome, Reply } from '../vocabulary.ts';
import type { CountsMetrics } from './metrics.ts';
import type { SendsMessages } from './send.ts';
import type { AgentState } from './state.ts';

/** Access to the rows of one workspace. */
export interface WorkspaceAccess {
  readonly workspaceId: string;
  /** IANA time zone of the workspace, e.g. `America/Argentina/Buenos_Aires`. */
  readonly timeZone: string;
  /** The current instant, from the runtime's clock. */
  now(): Date;
  /** Random identifier, unique and sortable by time (UUID version 7), from the runtime's generator. */
  newId(): string;
  /**
   * Runs `work` in a transaction bound to the workspace. Within a `write` tool whose effect is in our database every call joins the
   * one transaction that also stores the idempotency key: both are committed, or neither.
   */
  query<T>(work: (database: Database) => Promise<T>): Promise<T>;
}

/** What tools and jobs answer others with. */
export interface CompletesCalls {
  /**
   * Answers the call that a completion token belongs to. A token is used once.
   * @throws TimonelError `completion_not_found`, `completion_used`, `completion_expired`
   */
  complete(token: string, answer: CompletionAnswer): Promise<void>;
}

/**
 * Schedules a job of the agent.
 * @param when `key`: a job with a key that already waits is not added twice.
 */
export type ScheduleInAgent = (job: string, payload: object, when: { at: Date; key?: string }) => Promise<void>;

/** A connection of a channel, as agents know it: docs/channels.md. */
export interface ChannelConnection {
  /** `whatsapp`, `telegram`, `twilio`. */
  channel: string;
  /** What the workspace calls it. */
  name: string;
  /** Names the account at the provider, e.g. the id of a phone number. */
  account: string;
}

/** Who answers for a call. */
export interface Answerable {
  kind: 'user' | 'api-key';
  id: string;
  /** As the workspace knows them: of a user their name, of a key its name. */
  name: string;
  /** Of a user, and of the owner of a personal key; `undefined` for any other key. */
  email: string | undefined;
  /** They approved the call; otherwise nobody was asked, and they are on whose behalf the run works. */
  approved: boolean;
}

export interface ToolContext extends WorkspaceAccess, ReachesOutside, CompletesCalls, SendsMessages, CountsMetrics {
  readonly conversationId: string;
  readonly runId: string;
  readonly channel: string;
  readonly contact: Contact | undefined;
  /**
   * The connection that brought the conversation, e.g. one of several WhatsApp numbers; `undefined` where none did. Each look is a round trip to the
   * database, within the tool's transaction where it has one. Absent in contexts that tests make themselves.
   */
  connection?(): Promise<ChannelConnection | undefined>;
  /** On whose behalf the run works, and what they may do now; absent where a channel brought the message of somebody without an account. */
  readonly principal?: Principal | undefined;
  /**
   * Who approved this call; where nobody was asked, on whose behalf the run works; `undefined` where a channel brought the message of somebody without
   * an account. Each look is a round trip to the database. In `facts` of a call that waits it says who approved it once that is decided. Absent in
   * contexts that tests make themselves.
   */
  answerable?(): Promise<Answerable | undefined>;
  /** The same for every attempt at this call, also after a crash. Send it along with an effect outside of our database. */
  readonly idempotencyKey: string;
  /**
   * Feature flags of the workspace: an OpenFeature client with this conversation as `targetingKey`, and `agent`, `channel` and `workspace` as
   * attributes. From memory; never throws, and gives the default where there is no such flag.
   */
  readonly flags: Features;
  /** What the tools of the agent keep between calls. Within a `write` tool whose effect is in our database it is part of the same transaction. */
  readonly state: AgentState;
  /**
   * Documents that the agent may search and quote, in the tables as they are at that moment. What it answers was written by others: data, never an
   * instruction. In a `write` tool whose effect is in our database it reads beside the tool's transaction: not on a store with one connection.
   */
  readonly knowledge: AgentKnowledge;
  /** Runs programs that nobody trusts, away from this process and its machine. */
  readonly sandbox: AgentSandbox;
  /** Files, pictures and other bytes: those of the conversation, and those that the agent made. */
  readonly artifacts: ToolArtifacts;
  /** Aborted at the tool's timeout and when the run is cancelled. */
  readonly signal: AbortSignal;
  /** Runs that this call starts, and joins. */
  readonly runs: RunsOfCall;
  /**
   * Waits until an instant, for as long as it takes: the run is suspended, the conversation is free meanwhile, and any process goes on. The call
   * is then **made again from its start**, with the same `idempotencyKey`; waits that are over return at once, in the order in which they
   * are met. So what a call does before a wait must be repeatable, and must lead to the same waits.
   * @throws TimonelError `invalid_request` in a tool with `target: 'database'`, whose transaction cannot wait
   */
  sleepUntil(instant: Date): Promise<void>;
  /**
   * A token with which something outside answers this call: hand it over before {@link completion} is awaited. The same for every attempt at the
   * call. Only in tools with `background: true`.
   * @param options `until`: how long it is good, 24 hours by default.
   */
  completionToken(options?: { until?: Date }): Promise<string>;
  /** Waits for the answer that comes with the {@link completionToken}. Suspends the run as {@link sleepUntil} does. */
  completion(): Promise<Completion>;
  /**
   * Shows what the call is doing to those who read along: a live event, never stored. Texts up to 4,000 characters, or JSON of that length; longer
   * texts are cut, and of more than twenty a second the rest is left out.
   */
  progress(chunk: JsonValue): void;
  /** Within a `write` tool whose effect is in our database the job is part of the same transaction. */
  schedule: ScheduleInAgent;
}

/** A run for another agent to do, or for the same one. */
export interface NewRun {
  /** Name of an agent of this project. */
  agent: string;
  /** What it is asked, as a person would write it; anything else is handed over as JSON. */
  input: JsonValue;
  /** Names the run within the one that starts it: started again with the same key it is the same run. Up to 200 characters. */
  key: string;
  /** US dollars that it may spend, of what this run has left; a quarter of that where absent. */
  budget?: number;
}

/**
 * The runs of a call. Runs that it starts work on behalf of who asked for this one, in the same workspace. How many run at once is limited, the
 * rest is queued; a run may be five runs below the first one.
 */
export interface RunsOfCall {
  /**
   * Starts a run, and does not wait for it. In a tool with `target: 'database'` it is part of the transaction.
   * @returns its id. @throws TimonelError `agent_not_found`, `limit_reached`, `invalid_request`, `idempotency_key_reused`
   */
  start(run: NewRun): Promise<string>;
  /**
   * Waits for runs that this run started. Suspends the run as {@link ToolContext.sleepUntil} does.
   * @param mode `all` and `settled`: until all have ended; `any`: until one has. A run that failed or was cancelled is a value like the others.
   * @param options `until`: when it ends at the latest; what is not over then is `unfinished`.
   * @returns how they ended, in the order of the ids; with `any` those that had ended. The same whenever the call is made again.
   * @throws TimonelError `run_not_found` where this run did not start one of them
   */
  join(ids: readonly string[], mode?: JoinMode, options?: { until?: Date }): Promise<ChildResult[]>;
  /**
   * Cancels a run that this run started, or an earlier one of its conversation, with all that it started: an approval that it waits for is void. Nothing
   * happens where it has ended.
   * @throws TimonelError `run_not_found`
   */
  cancel(id: string): Promise<void>;
}

/** What came with a completion token. */
export type Completion = { kind: 'completed'; output: JsonValue } | { kind: 'failed'; error: string } | { kind: 'expired' };

/**
 * Thrown by a tool that writes outside of our database when it is certain that nothing happened (the other side refused). Any other
 * exception of such a tool leaves the outcome unknown.
 */
export class EffectDidNotHappen extends Error {
  override readonly name = 'EffectDidNotHappen';
}

/** Answer of {@link Tool.reconcile}: did the effect with this key happen? */
export type Reconciliation<Output> = { kind: 'happened'; output: Output } | { kind: 'did-not-happen' } | { kind: 'unknown' };

export interface Tool<Input = never, Output = unknown> {
  /** snake_case, unique within the agent. */
  name: string;
  /** For the model: what it does, when to use it, what it answers. */
  description: string;
  input: ZodType<Input>;
  /** `read` may run twice and in parallel; `write` changes something and runs at most once per call. */
  effect: 'read' | 'write';
  /** Where a write happens: `database` commits it together with its idempotency key; `outside` relies on `reconcile`. */
  target?: 'database' | 'outside';
  /** What whoever asks has to be allowed, e.g. `budgets:manage`; checked before the rules, and again before it is made. */
  permission?: Permission;
  /** Its answer comes from outside, later: see {@link ToolContext.completionToken}. Not with `target: 'database'`. */
  background?: true;
  /** Milliseconds, 10,000 by default; what it waits for does not count. */
  timeoutMs?: number;
  /** Further attempts after a failure that says it is retryable. 2 by default for reads and for database writes, 0 for outside writes. */
  retries?: number;
  /** A run in which this tool completed ends with this outcome (a hand-off ends `escalated`). */
  endsRunAs?: Extract<Outcome, 'escalated'>;
  /**
   * Bytes of JSON that an answer may have, 65,536 by default, 256 to 1,048,576. Of a longer one the beginning and the end of its texts and lists
   * are kept, with a note of what was left out, and the whole becomes an artifact: `readOutput` pages through it.
   */
  maxOutputBytes?: number;
  /**
   * Which calls of one plan are made one after the other, in the order in which they were proposed: each is stored before the next one starts, and
   * all wait where one of them waits for a person. `true`, the default of writes: after every other such call. A function gives a key, e.g.
   * the path of a file: after calls with the same key, whatever their tool, and after those of tools with `true`. Absent on a read: beside all
   * others.
   */
  serial?: true | ((input: Input) => string);
  /**
   * What a call did, in a few words for the customer, e.g. "turno del martes a las 17:00 cancelado". Told of completed writes where a run ends
   * before its reply; the tool's name in words otherwise. Must not throw.
   */
  describe?(input: Input, output: Output): LocalizedText;
  /** Loads what the policy rules need to know for this call. Runs before the decision; must not change anything. */
  facts?(input: Input, context: ToolContext): Promise<unknown>;
  /**
   * Does it. What the domain can answer is a value ("slot taken, here are others"), never an exception; an exception is an outage or a bug.
   * The value is stored as JSON, within `maxOutputBytes`.
   */
  execute(input: Input, context: ToolContext): Promise<Output>;
  /**
   * What of its output goes with the reply that ends the turn, e.g. the file that it made. Asked with what is stored, so that it is the same
   * after a crash. Written after `execute`, it knows the type of the output.
   */
  attachments?(output: Output): NonNullable<Reply['parts']>;
  /** For `outside` writes: finds out, after a crash or a timeout, whether the effect with this key happened. */
  reconcile?(key: string, input: Input, context: ToolContext): Promise<Reconciliation<Output>>;
}

/** A tool of any shape, as agents hold them. The runtime validates the input before it calls. */
// biome-ignore lint/suspicious/noExplicitAny: a list of tools holds tools of different inputs; each call is validated by its own schema first
export type AnyTool = Tool<any, any>;
