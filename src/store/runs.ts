/**
 * The port of the run record: all that a larger engine than PostgreSQL would have to implement.
 *
 * A run has an owner and a fence. Every write carries the fence and is refused once a newer one exists, so a process that was frozen and
 * wakes up can do no harm. The owner's lease is the lease of its whole process.
 */
import type { AccessLimits, Asker, Contact, JsonObject, MessagePart, Outcome, Reply } from '../vocabulary.ts';
import type { NewHandoff } from './handoffs.ts';
import type { RunContext } from './run-context.ts';
import type { CancelledRun, ChildLimits, ReadyRun } from './run-families.ts';
import type { Step, Usage } from './steps.ts';
import type { PendingWait, StoredWait } from './waits.ts';

/** A message to accept. */
export interface IncomingMessage {
  workspaceId: string;
  conversationId: string;
  runId: string;
  text: string;
  /** What the message is made of, where it is more than text; `text` is the text of it. */
  parts?: MessagePart[] | undefined;
  idempotencyKey?: string | undefined;
  /** On whose behalf the run works; absent where a channel brings the message of somebody who has no account. */
  asker?: Asker | undefined;
  /** Only where the asker began the conversation; to others it is not there. */
  onlyOwn?: boolean | undefined;
  /** Only where the conversation is within these limits; to others it is not there. */
  limits?: AccessLimits | undefined;
  /** The request that brought the message, for clients that repeat requests; absent where the conversation's idempotency key is all there is. */
  request?: RequestMark | undefined;
}

/** How a repetition of a request is known, and what its client says was said before. */
export interface RequestMark {
  /** Hash of who asks, and of the idempotency key or of all that the request says. */
  fingerprint: string;
  /** It names a key, a conversation or a user, so that one run at a time has its fingerprint; what names nothing may come from several people at once. */
  named: boolean;
  /** Hash of what is asked for: another content under the same fingerprint is refused. */
  content: string;
  /** The run that had the fingerprint when it was looked up, where this request is not a repetition of it. */
  replaces: string | undefined;
  /** The hash by which the next request finds the conversation, and of how many messages of the user it is; absent where a client names it. */
  history: { head: string; length: number } | undefined;
  /** The message is accepted only while this is the last turn of the conversation; any turn where absent. */
  lastTurn: number | undefined;
}

export interface HistoryMessage {
  /** `person`: somebody of the workspace, who had the conversation then. */
  role: 'user' | 'assistant' | 'person';
  text: string;
  /** The name of that person. */
  author?: string | null;
  parts?: MessagePart[] | null;
  turn: number;
}

/** A turn that is over, as a later turn of its conversation looks back at it. */
export interface EarlierTurn {
  turn: number;
  /** What the user said, or what a person of the workspace did. Absent where nobody asked: the agent sent the reply by itself. */
  text?: string | undefined;
  /** Of a message that is more than text. */
  parts?: MessagePart[] | undefined;
  /** A person of the workspace said it, while they had the conversation. Such a turn has no reply and no steps. */
  by?: { name: string } | undefined;
  /** Absent where the turn ended without a reply. */
  reply?: string | undefined;
  /** Its model calls, plans and tool calls, in order; empty where only the texts were read. */
  steps: readonly Step[];
}

/** What a process needs to work on a run. */
export interface ClaimedRun extends RunContext {
  turn: number;
  recoveries: number;
  /** How often the run was claimed since its last step was stored, this time included: 1 where nothing went wrong. */
  attempts: number;
  asker: Asker | undefined;
  /** Who began the conversation: "user:…" or "api-key:…". */
  startedBy?: string | undefined;
  /** Memory of the conversation at the end of its last turn; see `run/memory.ts`. */
  state: JsonObject;
  text: string;
  /** What the message is made of, where it is more than text. */
  parts?: MessagePart[] | undefined;
  /** Earlier messages, oldest first; bounded. */
  history: HistoryMessage[];
  /** Taken over from a process that may have been in the middle of a call: open calls may have been made already. */
  inDoubt: boolean;
  /** Steps already stored, in order; empty for a new run. */
  steps: Step[];
  /** What its calls wait for, or waited for. */
  waits?: readonly StoredWait[] | undefined;
  /** Milliseconds that were worked on it before this claim. */
  workedMs?: number | undefined;
  /** The run that started it, and the US dollars that it gave it. */
  parentRun?: string | undefined;
  budget?: number | undefined;
  /** US dollars that it gave to runs that it started. */
  given?: number | undefined;
  createdAt: Date;
}

export type Acceptance =
  /** This process works on the run now. */
  | { kind: 'claimed'; run: ClaimedRun }
  /** Another turn of the conversation is under way; this one follows, in order. */
  | { kind: 'queued'; runId: string; turn: number; agent: string; startedBy: string | undefined }
  /** A person has the conversation: the message is stored and starts no run. `runId` is of the run that a hand-back may start for it. */
  | { kind: 'held'; runId: string; agent: string; startedBy: string | undefined }
  /** The same idempotency key and text, or the same request, came before; `held`: no run was started for it so far. */
  | { kind: 'duplicate'; runId: string; held: boolean };

export interface FinishedTurn {
  runId: string;
  fence: number;
  firstIndex: number;
  steps: Step[];
  outcome: Outcome;
  awaiting: string | undefined;
  degraded: string | undefined;
  usage: Usage;
  error: JsonObject | undefined;
  /** Milliseconds from the claim to the first thing that a reader could see; `undefined` where the turn was interrupted. */
  firstEventMs: number | undefined;
  reply: Reply | undefined;
  state: JsonObject;
  contact: Contact | undefined;
  /** Milliseconds that were worked on the run so far. */
  workedMs: number;
  /** The run that started it hears of its end. */
  child: boolean;
  /** The conversation needs a person from here on. */
  handoff?: NewHandoff | undefined;
}

/** How the end of a turn was stored. */
export interface StoredEnd {
  /** Later messages of the conversation wait. */
  followed: boolean;
  /** A hand-off was opened, or the open one was renewed. */
  handedOff?: boolean | undefined;
  /** Runs that are ready to go on, since they waited for this: the one that started it, or the run itself. */
  ready?: readonly ReadyRun[] | undefined;
}

/** A call that a person has to decide about. */
export interface PendingApproval {
  callId: string;
  tool: string;
  args: JsonObject;
  callHash: string;
  rule: string;
  reason: { es: string; en: string };
  /** What the decision may be remembered for, where the rule says so. */
  pattern?: JsonObject | undefined;
}

/** An approval that holds beyond its call, and who gave it. */
export interface GivenApproval {
  runId: string;
  callId: string;
  rule: string;
  tool: string;
  pattern: JsonObject;
  /** Absent where it is not known any more. */
  giver: Asker | undefined;
}

export interface RunStore {
  /**
   * Stores the message and its run, and claims the run for `processId` where the conversation is free. One round trip.
   * @throws TimonelError `conversation_not_found`, `conversation_closed`, `idempotency_key_reused`; `version_conflict` where the conversation
   *   went on after the turn that the request continues.
   */
  accept(message: IncomingMessage, processId: string): Promise<Acceptance>;
  /** Stores steps. One round trip. @throws TimonelError `run_fenced` */
  record(run: { runId: string; fence: number }, firstIndex: number, steps: Step[]): Promise<void>;
  /**
   * Stores the last steps, the reply and the outcome, and frees the conversation. One round trip.
   * @throws TimonelError `run_fenced`
   */
  finish(turn: FinishedTurn): Promise<StoredEnd>;
  /**
   * Stores the steps, and the approvals and the waits of calls that the run now waits for, and frees the conversation. One round trip.
   * @throws TimonelError `run_fenced`
   */
  suspend(turn: FinishedTurn, approvals: PendingApproval[], waits: readonly PendingWait[]): Promise<StoredEnd>;
  /** Approvals that are remembered for the run, or for its conversation. One round trip. */
  remembered(run: { workspaceId: string; conversationId: string; runId: string }): Promise<GivenApproval[]>;
  /**
   * Queues the runs that waited for a time that came, or for something whose deadline passed.
   * @param thorough looks for runs that wait for nothing any more, too.
   */
  wakeDue(now: Date, agents: readonly string[], thorough: boolean): Promise<ReadyRun[]>;
  /** Claims queued runs that others started, within the limits. */
  claimChildren(processId: string, agents: readonly string[], limits: ChildLimits): Promise<ClaimedRun[]>;
  /**
   * Ends a run as cancelled, with all that it started: raises their fences, frees their conversations, and withdraws what they wait for. The
   * record stays. One round trip, and one to see that nothing was started meanwhile.
   * @returns the runs that it ended, and those above that waited for nothing else; none where the run had ended before.
   */
  cancel(workspaceId: string, runId: string, error: JsonObject): Promise<{ cancelled: CancelledRun[]; ready: ReadyRun[] }>;
  /**
   * Claims the next queued run of a conversation: `after` is the run whose turn just ended, or `undefined` where none is active.
   * `undefined` where nothing waits, or the conversation is busy.
   */
  claimNext(conversationId: string, after: string | undefined, processId: string): Promise<ClaimedRun | undefined>;
  /** Takes a run of this process back after a database failure left it in doubt. `undefined` when it ended or belongs to another. */
  reclaim(runId: string, processId: string, fence: number): Promise<ClaimedRun | undefined>;
  /** The turns of a conversation from `fromTurn` on and before `beforeTurn`, oldest first, with their calls and results. One round trip. */
  transcript(workspaceId: string, conversationId: string, fromTurn: number, beforeTurn: number): Promise<EarlierTurn[]>;
  /** The runs under way that this process owns by the record. */
  owned(processId: string): Promise<{ runId: string; fence: number }[]>;
  /** Renews the lease of the process: one statement for all of its runs. */
  renewLease(processId: string, leaseMs: number): Promise<void>;
  /**
   * Claims what dead or frozen processes left behind, and decided or queued runs that nobody works on.
   * @param agents names of the agents that this process has; runs of others are left to others.
   * @param suspect also one run that was taken over before and stored nothing: it may be what ends its processes.
   */
  takeOver(processId: string, agents: readonly string[], limit: number, suspect: boolean): Promise<ClaimedRun[]>;
  /**
   * Ends the leases of processes that are known to be dead, so that their runs need not wait for the lease to lapse: on this host those
   * that `isAlive` denies, and on a store that only one process can open all others.
   */
  buryDead(processId: string, isAlive: (pid: number) => boolean): Promise<void>;
  /** Ends the lease of this process: what it still has is free to be taken over. */
  leave(processId: string): Promise<void>;
}
