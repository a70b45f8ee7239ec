/**
 * What an agent is: its tools, its policy, its flows, its limits.
 */

import type { Features } from '@openfeature/server-sdk';
import type { ToolArtifacts } from '../artifacts/contract.ts';
import type { Flows } from '../dialogue/contract.ts';
import type { ReachesOutside } from '../identity/outside.ts';
import type { AgentPermission } from '../identity/permissions.ts';
import type { Principal } from '../identity/principal.ts';
import type { FoundByAgent, PersonQuery, TableOfData } from '../identity/privacy/contract.ts';
import type { AgentAccounts, VouchedRole } from '../identity/vouched.ts';
import type { Language } from '../language/contract.ts';
import type { Rule, SaidBefore } from '../policy/contract.ts';
import type { AgentCommand, ResourceDefinition } from '../resources/contract.ts';
import type { AgentSandbox } from '../sandbox/contract.ts';
import type { Database } from '../store/database.ts';
import type { AnyTool, CompletesCalls, ScheduleInAgent, WorkspaceAccess } from '../tools/contract.ts';
import type { AgentMetric, CountsMetrics } from '../tools/metrics.ts';
import type { SendsMessages } from '../tools/send.ts';
import type { StateStore } from '../tools/state.ts';
import type { GuardContext, SettledContext } from '../tools/surroundings.ts';
import type { CallRecord, Contact, JsonObject, JsonValue, MessagePart, Reply } from '../vocabulary.ts';
import type { AnyRoute } from './route.ts';

export type { FlowMove, Flows, FlowTurn } from '../dialogue/contract.ts';
export type { GuardContext, SettledContext } from '../tools/surroundings.ts';

/** Bounds of one run. Whichever is reached first ends it, `failed`, with the limit's name. */
export interface RunLimits {
  /** Steps that are stored, the reply included: a plan whose calls would need more is not carried out. */
  steps: number;
  toolCalls: number;
  /** Milliseconds of wall time, waiting for approvals not counted. */
  wallTimeMs: number;
  /** US dollars, by the prices that the configuration gives. */
  money: number;
  /**
   * Whether a model that goes round in circles is stopped: with the third equal round of one to four calls, in this turn or begun in earlier ones, the run
   * ends, and its reply tells the round. Where a round began in an earlier turn, both that were made have to have come to the same. Off where absent: what
   * an agent reads may be meant to change by itself.
   */
  repetitions?: boolean;
}

/** What the instructions of a turn, and the tools that are offered in it, may depend on. */
export interface PromptTurn {
  readonly workspaceId: string;
  readonly conversationId: string;
  /** 1 for the first. */
  readonly turn: number;
  /** What the user says. */
  readonly text: string;
  readonly now: Date;
  /** IANA time zone of the workspace. */
  readonly timeZone: string;
  readonly channel: string;
  readonly contact: Contact | undefined;
  /** On whose behalf the run works, and what they may do now; absent where a channel brought the message of somebody without an account. */
  readonly principal: Principal | undefined;
  /** Feature flags of the workspace, as tools have them. */
  readonly flags: Features;
  /** Reads rows of the agent's tables, in a read-only transaction bound to the workspace. */
  query<T>(work: (database: Database) => Promise<T>): Promise<T>;
  /** What the tools of the agent keep; each look is a round trip to the database. */
  readonly state: { readonly conversation: Pick<StateStore, 'get'>; readonly agent: Pick<StateStore, 'get'> };
}

/** How much of a conversation's earlier turns a model sees. What is stored stays whole. */
export interface MemoryOptions {
  /**
   * Estimated tokens of earlier turns at most, 24,000 by default, 500 at least. When they are more, a summary takes the place of the older ones,
   * until half of it is free.
   */
  tokens?: number;
  /** Messages of earlier turns at most, 40 by default, two for each turn. */
  messages?: number;
  /**
   * Calls and their results of earlier turns: all (the default), those of the last N turns, or none. `last` moves in blocks, so that prompts
   * keep their beginning: the calls of fewer than twice as many turns are shown.
   */
  tools?: 'all' | { last: number } | 'none';
}

/** A turn as the guard of its reply sees it. */
export interface GuardedTurn {
  workspaceId: string;
  conversationId: string;
  runId: string;
  /** What the person said. */
  text: string;
  /** What was said in earlier turns, oldest first. */
  history: readonly SaidBefore[];
  /** Calls of this run, with what became of them: what a reply may tell of. */
  calls: readonly CallRecord[];
  now: Date;
  timeZone: string;
  channel: string;
  contact: Contact | undefined;
  /** Whether the model would write the reply once more after a `retry`: not where a flow made it, nor after the second finding. */
  mayRetry: boolean;
}

/** A turn whose reply is decided. */
export interface SettledTurn extends GuardedTurn {
  reply: Reply;
  /** What the guard said of it; absent where the agent has none. `template`: something else was to be sent, and was not. */
  verdict?: 'pass' | 'template';
}

/** What a guard says of a reply: it is sent, the model writes it once more and is told why, or something else is sent. */
export type GuardAnswer = { kind: 'pass' } | { kind: 'retry'; finding: string } | { kind: 'template'; reply: Reply };

/** A run that a job has an agent do. */
export interface NewJobRun {
  /** Name of an agent of this project. */
  agent: string;
  /** What it is asked, as a person would write it; anything else is handed over as JSON. Up to 100,000 characters. */
  input: JsonValue;
  /** Names the run among those that jobs of this agent start in the workspace: started again it is the same run. 1 to 200 characters. */
  key: string;
}

/** The runs of a job. */
export interface RunsOfJob {
  /**
   * Starts a run in a conversation of its own (channel `job`), and does not wait for it. It is on nobody's behalf: tools that ask for a permission are
   * refused.
   * @throws TimonelError `agent_not_found`, `invalid_request`, `idempotency_key_reused` where the key was used with another input
   */
  start(run: NewJobRun): Promise<{ runId: string; conversationId: string }>;
}

/** What a job works with. */
export interface JobContext extends WorkspaceAccess, ReachesOutside, CompletesCalls, SendsMessages, CountsMetrics {
  /** The same for every attempt at the job in this workspace, also after a crash. */
  readonly idempotencyKey: string;
  /** Aborted when the queue takes the job back: it ran out of time, or the process ends. */
  readonly signal: AbortSignal;
  /** Feature flags of the workspace, with the job's `idempotencyKey` as `targetingKey` and `job` as channel. */
  readonly flags: Features;
  /** The agent's artifacts. What it makes here belongs to a conversation once it is sent in one. */
  readonly artifacts: ToolArtifacts;
  /** Runs programs that nobody trusts; the jobs of an agent in a workspace take turns with everybody else there. */
  readonly sandbox: AgentSandbox;
  readonly runs: RunsOfJob;
  /** Accounts of people for whom the agent vouches. */
  readonly accounts: AgentAccounts;
  readonly schedule: ScheduleInAgent;
}

/** Background work of an agent, carried by the queue. Runs at least once: make it idempotent. */
export interface Job {
  name: string;
  /** Cron expression (UTC) for work that repeats in every workspace; absent for jobs that tools schedule. */
  cron?: string;
  run(payload: JsonObject, context: JobContext): Promise<void>;
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
  /**
   * Instructions for the model planner, or how they are made for a turn: once in a run. A provider's prompt cache hits as long as they stay the same,
   * so what changes with every turn does not belong there; the time and the contact are told anyway. Where it throws, the model is not asked.
   */
  prompt: string | ((turn: PromptTurn) => string | Promise<string>);
  /** Model or route for the model planner; the configuration's default when absent. */
  model?: string;
  /** All that the agent can do: rules, permissions and versions are checked against it. */
  tools: readonly AnyTool[];
  /**
   * Names of the tools that the model is offered in a turn; all of them where it is absent. Asked once in a run. A call of another one is refused.
   * It narrows what a model tries; who may do what is for permissions and rules to say.
   */
  offers?(turn: PromptTurn): readonly string[] | Promise<readonly string[]>;
  policy: readonly Rule[];
  flows?: Flows;
  /**
   * Looks at each reply before it is sent, and before it is streamed. A model that is told to try again is asked once; a second finding, a guard
   * that throws or takes longer than `guardTimeoutMs` give `guardTemplate`.
   */
  guard?(reply: Reply, turn: GuardedTurn, context: GuardContext): GuardAnswer | Promise<GuardAnswer>;
  /** Milliseconds that the guard may take, 5,000 by default, 100 to 60,000. It is part of the run's wall time. */
  guardTimeoutMs?: number;
  /** What is sent instead of a reply that did not pass, or how it is made; an apology where it is absent, or throws. */
  guardTemplate?: Reply | ((turn: GuardedTurn) => Reply);
  /**
   * Hears each reply of a planner once it is decided, before it is sent: for an agent that keeps a record of its own. At least once for a turn, so
   * what it writes is named by `runId`. It has ten seconds; where it throws, the reply is sent all the same. Not asked in rehearsals.
   */
  settled?(turn: SettledTurn, context: SettledContext): Promise<void>;
  /** Of the sentences that Timonel says itself (apologies, approvals), where the customer's messages do not tell theirs. `en` where it is absent. */
  language?: Language;
  /**
   * Parts of messages that its flows or tools know what to do with, beside what its model sees. Others are refused when they are sent. A
   * model that cannot see such a part is told its name, type and the id of its artifact.
   */
  parts?: readonly PartKind[];
  limits?: Partial<RunLimits>;
  /**
   * `false` for an agent whose users are its operators too (one in a terminal, say): its turns open no hand-offs. Otherwise one opens where a turn
   * is escalated, fails, waits for an approval, or was not understood for the second time in a row. See docs/hand-off.md.
   */
  handOff?: boolean;
  /** What a model sees of earlier turns. */
  memory?: MemoryOptions;
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
  /**
   * Roles of the people whom the agent makes accounts for and signs in, since a system of others has signed them in (`accounts` of routes and jobs).
   * None where it is absent.
   */
  vouchesFor?: readonly VouchedRole[];
  /** Rows that people of a workspace manage, over HTTP, as CSV and on the command line. See docs/resources.md. */
  resources?: readonly ResourceDefinition[];
  /** What people of a workspace can have done beside that: `timonel <agent> <command>`. */
  commands?: readonly AgentCommand[];
  /** What else it answers over HTTP, at `/api/v1/agents/<agent>/…`. */
  routes?: readonly AnyRoute[];
  /** What its code counts, by name; see {@link AgentMetric}. */
  metrics?: Readonly<Record<string, AgentMetric>>;
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
