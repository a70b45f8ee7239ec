/**
 * Channels on which the code says what happens. Nothing imports telemetry: it subscribes here, and unheard messages cost nothing.
 */
import { type Channel, channel, type TracingChannel, tracingChannel } from 'node:diagnostics_channel';
import type { IncomingHttpHeaders } from 'node:http';
import { faultChannel } from './faults.ts';
import type { RunContext } from './store/run-context.ts';
import type { RunView } from './store/run-views.ts';
import type { ClaimedRun, FinishedTurn } from './store/runs.ts';
import type { Step } from './store/steps.ts';
import type { Verdict } from './vocabulary.ts';

/** A request came in. Whatever it causes runs in the stores that are bound to the channel. */
export interface HttpRequest {
  method: string;
  /** The route's pattern, never the path itself. */
  route: string;
  headers: IncomingHttpHeaders;
  /** As the answer says it in `x-request-id`. */
  requestId: string;
}

export interface HttpExchange {
  method: string;
  /** The route's pattern, never the path itself. */
  route: string;
  /** 499 where the caller went away before the answer was theirs. */
  status: number;
  milliseconds: number;
  /** As it was published at its beginning; absent where nobody listened then. */
  request?: HttpRequest | undefined;
}

export interface RunEnded {
  workspaceId: string;
  /** Who began the conversation; absent where it is not known here. */
  startedBy?: string | undefined;
  run: RunView;
  /** From the claim to the end of the turn; absent where it was cancelled. */
  milliseconds: number | undefined;
  /** From the claim of a new turn to the first event that a reader would see; absent where a turn went on that had events before. */
  firstEventMilliseconds: number | undefined;
}

/** An agent sent a message by itself. */
export interface MessageSentByAgent {
  workspaceId: string;
  agent: string;
  conversationId: string;
  /** `job:…` or `run:…`. */
  by: string;
}

/** Code of an agent counted something into a metric that the agent declares. */
export interface AgentMetricEmitted {
  agent: string;
  metric: string;
  /** By how much a counter grows, what a gauge is, what a histogram observes. */
  value: number;
  labels: Readonly<Record<string, string>>;
}

/** The work of this process on one claimed run. */
export interface RunWork {
  run: ClaimedRun;
  /** Set at the end, where the turn ended here. */
  result?: { turn: FinishedTurn };
  error?: unknown;
}

/** What decides what a turn does next: a model, the agent's flows, or another system over HTTP. */
export type PlannerName = 'model' | 'flow' | 'http';

/** A planner is asked what to do next. */
export interface PlanWork {
  run: ClaimedRun;
  planner: PlannerName;
  result?: unknown;
  error?: unknown;
}

/** A tool is called. */
export interface ToolWork {
  run: RunContext;
  tool: string;
  callId: string;
  args: object;
  result?: { kind: 'completed' | 'failed' | 'unknown'; output?: unknown; error?: unknown };
  error?: unknown;
}

/** Policy decided about a call. */
export interface PolicyDecided {
  run: RunContext;
  tool: string;
  verdict: Verdict;
  /** What the rules look up included. */
  milliseconds: number;
}

/** A step of a run was stored. */
export interface StepStored {
  run: RunContext;
  step: Step;
}

/** Another planner than the agent's own goes on with a turn. */
export interface FellBack {
  run: RunContext;
  reason: 'planner_failed' | 'decision';
}

/** A request to a model, until its answer is complete. What is sent runs in the stores that are bound to the channel. */
export interface ModelExchange {
  workspaceId: string;
  agent: string | undefined;
  runId: string | undefined;
  route: string;
  operation: 'chat' | 'embeddings' | 'transcription' | 'speech';
  /** `provider/model`. */
  target: string;
  streaming: boolean;
  /** What is asked, in the caller's own shape. */
  request: object;
}

/** A request to a model is over. */
export interface ModelExchangeEnded {
  exchange: ModelExchange;
  /** The kind of the failure; absent where the answer is complete. */
  failure: string | undefined;
  inputTokens: number | undefined;
  outputTokens: number | undefined;
  /** US dollars, where the price is known. */
  cost: number | undefined;
}

/** One attempt at one model, whatever became of it. */
export interface ModelAttempt {
  /** `provider/model`. */
  target: string;
  /** `ok`, or the kind of the failure. */
  outcome: string;
  /** To the first content of a stream, else to the whole answer. */
  milliseconds: number;
}

/** Bytes of an artifact that were stored or read. */
export interface ArtifactMoved {
  direction: 'in' | 'out';
  storage: 'database' | 'disk' | 's3';
  bytes: number;
}

/** One call through the gateway that was answered, whoever answered it. */
export interface ModelCall {
  workspaceId: string;
  route: string;
  /** `provider/model`. */
  target: string;
  inputTokens: number;
  outputTokens: number;
  /** US dollars; `undefined` where the price of the model is not known. */
  cost: number | undefined;
  milliseconds: number;
}

/** A circuit breaker opened, closed, or lets a call through to see. */
export interface BreakerChanged {
  target: string;
  state: 'closed' | 'open' | 'half-open';
}

/** A call went to a model without a price, and is counted as free. Once per model and process. */
export interface PriceUnknown {
  /** `provider/model`. */
  model: string;
}

/** A mail that is not sent because no server for it is configured. */
export interface PrintedMail {
  to: string;
  subject: string;
  text: string;
}

/** A question that may be answered from the response cache was asked. */
export interface CacheLookup {
  state: 'hit' | 'miss' | 'stale' | 'joined' | 'similar';
  /** Nano-dollars that another call would have cost. */
  saved: bigint;
}

/** An alert that this process watches by itself fires, or is over. */
export interface AlertChanged {
  name: string;
  severity: 'critical' | 'warning' | 'info';
  labels: Readonly<Record<string, string>>;
  summary: string;
  value: number;
  state: 'firing' | 'resolved';
}

/** A budget did not allow a call. */
export interface BudgetRefused {
  workspaceId: string;
  scope: string;
}

/** A rate limit did not allow a request, or its tokens. */
export interface RateLimitHit {
  workspaceId: string;
  scope: 'key' | 'user' | 'workspace';
  kind: 'requests' | 'tokens';
}

/** What is known of a release, at each look. */
export interface ReleaseJudged {
  workspaceId: string;
  agent: string;
  release: string;
  /** Share of units that get the canary, 0–1. */
  allocation: number;
  turns: { stable: number; canary: number };
  /** Decimal logarithms of e-values, by metric. */
  evidence: Record<string, { against: number; for: number }>;
}

/** A release went a step on, was held, promoted or rolled back. */
export interface ReleaseDecided {
  workspaceId: string;
  agent: string;
  release: string;
  decision: 'started' | 'ramped' | 'held' | 'promoted' | 'rolled-back';
  by: string;
  reason: string;
}

/** Somebody said how good a turn was. */
export interface FeedbackGiven {
  workspaceId: string;
  runId: string;
  agent: string;
  agentVersion: string;
  arm: string;
  /** −1 to 1. */
  rating: number;
}

/** A feature flag was asked for, and had a value. */
export interface FlagEvaluated {
  workspaceId: string;
  flag: string;
  version: number;
  variant: string;
  /** OpenFeature's name of it, e.g. `TARGETING_MATCH`. */
  reason: string;
}

/** `X-Forwarded-For` came from an address that is no trusted proxy. Told once in a process. */
export interface ForwardedIgnored {
  peer: string;
}

export type * from './diagnostic-events.ts';
export { type Fault, publishFault } from './faults.ts';

export const channels = {
  fault: faultChannel,
  mailPrinted: channel('timonel:mail-printed'),
  httpRequest: channel('timonel:http-request') as Channel<unknown, HttpRequest>,
  forwardedIgnored: channel('timonel:forwarded-ignored'),
  httpExchange: channel('timonel:http-exchange'),
  runEnded: channel('timonel:run-ended'),
  messageSent: channel('timonel:message-sent'),
  agentMetricEmitted: channel('timonel:agent-metric-emitted'),
  stepStored: channel('timonel:step-stored'),
  policyDecided: channel('timonel:policy-decided'),
  fellBack: channel('timonel:fell-back'),
  modelExchange: channel('timonel:model-exchange') as Channel<unknown, ModelExchange>,
  modelExchangeEnded: channel('timonel:model-exchange-ended'),
  artifactMoved: channel('timonel:artifact-moved'),
  backupTaken: channel('timonel:backup-taken'),
  evaluationEnded: channel('timonel:evaluation-ended'),
  knowledgeSearched: channel('timonel:knowledge-searched'),
  knowledgeIngested: channel('timonel:knowledge-ingested'),
  knowledgeJudged: channel('timonel:knowledge-judged'),
  knowledgeLoaded: channel('timonel:knowledge-loaded'),
  knowledgeIndexes: channel('timonel:knowledge-indexes'),
  sandboxRan: channel('timonel:sandbox-ran'),
  modelAttempt: channel('timonel:model-attempt'),
  modelCall: channel('timonel:model-call'),
  breakerChanged: channel('timonel:breaker-changed'),
  cacheLookup: channel('timonel:cache-lookup'),
  priceUnknown: channel('timonel:price-unknown'),
  alertChanged: channel('timonel:alert-changed'),
  budgetRefused: channel('timonel:budget-refused'),
  rateLimitHit: channel('timonel:rate-limit-hit'),
  releaseJudged: channel('timonel:release-judged'),
  releaseDecided: channel('timonel:release-decided'),
  feedbackGiven: channel('timonel:feedback-given'),
  flagEvaluated: channel('timonel:flag-evaluated'),
  handoffChanged: channel('timonel:handoff-changed'),
  channelWebhook: channel('timonel:channel-webhook'),
  channelRead: channel('timonel:channel-read'),
  channelReceived: channel('timonel:channel-received'),
  channelDelivered: channel('timonel:channel-delivered'),
  webhookAttempted: channel('timonel:webhook-attempted'),
  speechDone: channel('timonel:speech-done'),
} as const;

/** What has a beginning and an end within one promise. What it causes runs in the stores that are bound to the beginning. */
export const traced = {
  run: tracingChannel('timonel:run') as TracingChannel<unknown, RunWork>,
  plan: tracingChannel('timonel:plan') as TracingChannel<unknown, PlanWork>,
  tool: tracingChannel('timonel:tool') as TracingChannel<unknown, ToolWork>,
} as const;
