/**
 * What an agent is: its tools, its policy, its flows, its limits.
 */
import type { AgentPermission } from '../identity/permissions.ts';
import type { FoundByAgent, PersonQuery, TableOfData } from '../identity/privacy/contract.ts';
import type { Awaiting, Language, Understanding, UnderstandingContext, Vocabulary } from '../language/contract.ts';
import type { Rule } from '../policy/contract.ts';
import type { AgentCommand, ResourceDefinition } from '../resources/contract.ts';
import type { AnyTool, CompletesCalls, WorkspaceAccess } from '../tools/contract.ts';
import type { CallRecord, Contact, JsonObject, MessagePart, Outcome, PlannedCall, Reply } from '../vocabulary.ts';

/** Bounds of one run. Whichever is reached first ends it, `failed`, with the limit's name. */
export interface RunLimits {
  /** Steps that are stored, the reply included: a plan whose calls would need more is not carried out. */
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
  /** What the message is made of, where it is more than text. */
  parts?: readonly MessagePart[] | undefined;
  now: Date;
  timeZone: string;
  channel: string;
  contact: Contact | undefined;
  vocabulary: Vocabulary;
  /** What the flow remembered at the end of its last move in this conversation; `{}` at first. */
  state: JsonObject;
  /**
   * The latest completed call of each tool in earlier turns of this conversation, whichever planner made it: where the model planner
   * served before, the state does not know of it. The same throughout a turn.
   */
  latest: Readonly<Record<string, CallRecord>>;
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

/** What a job works with. */
export interface JobContext extends WorkspaceAccess, CompletesCalls {}

/** Background work of an agent, carried by the queue. Runs at least once: make it idempotent. */
export interface Job {
  name: string;
  /** Cron expression (UTC) for work that repeats in every workspace; absent for jobs that tools schedule. */
  cron?: string;
  run(payload: JsonObject, access: JobContext): Promise<void>;
}

/** Where an agent keeps data of people: what makes an export complete and an erasure thorough. */
export interface PersonalData {
  /** Every table of the agent, those without data of people too. */
  tables: readonly TableOfData[];
  /**
   * Finds a person in the agent's own tables. `conversationIds` are those that are known to be the person's. What it answers in `ids` is
   * `:found` in the SQL of the tables.
   */
  find?(person: PersonQuery, conversationIds: readonly string[], access: WorkspaceAccess): Promise<FoundByAgent>;
}

/** Kinds of parts beside text. */
export type PartKind = Exclude<MessagePart['type'], 'text'>;

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
  /** Of the sentences that Timonel says itself (apologies, approvals), where the customer's messages do not tell theirs. `en` where it is absent. */
  language?: Language;
  /**
   * Parts of messages that its flows or tools know what to do with, beside what its model sees. Others are refused when they are sent. A
   * model that cannot see such a part is told its name, type and the id of its artifact.
   */
  parts?: readonly PartKind[];
  limits?: Partial<RunLimits>;
  jobs?: readonly Job[];
  /**
   * Folder of the agent's own tables: `new URL('./migrations/', import.meta.url)` with plain SQL files `NNNN_name.sql`. They run in order, once,
   * each in one transaction, after Timonel's own. What they make is named `<agent>_…` (hyphens become underscores); tables have
   * `workspace_id text NOT NULL` and are bound to workspaces by themselves. See docs/migrations.md.
   */
  migrations?: URL;
  /**
   * What the agent's resources, commands and tools ask for, by name: `<agent>:<thing>`, e.g. `library-desk:manage`. Roles of a workspace can have
   * them; the shipped roles have what is said here.
   */
  permissions?: Readonly<Record<string, AgentPermission>>;
  /** Rows that people of a workspace manage, over HTTP, as CSV and on the command line. See docs/resources.md. */
  resources?: readonly ResourceDefinition[];
  /** What people of a workspace can have done beside that: `timonel <agent> <command>`. */
  commands?: readonly AgentCommand[];
  /** Fills a fresh workspace with what the agent cannot do without. Runs once per workspace, in one transaction. */
  seed?(access: WorkspaceAccess): Promise<void>;
  /**
   * Fills a fresh workspace with invented data to try the agent with. Runs once per workspace, in one transaction; in production only where
   * it is asked for (`timonel up --sample`). Adds nothing to data that is there already, and says of itself that it is a sample.
   */
  sample?(access: WorkspaceAccess): Promise<void>;
  /** Needed where the agent has tables of its own. */
  personalData?: PersonalData;
  /** URL of the folder with quality cases (`*.jsonl`) for `timonel eval`. */
  evals?: URL;
}
