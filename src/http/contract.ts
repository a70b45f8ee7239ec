/** What the routes are given. */
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { Artifacts } from '../artifacts/artifacts.ts';
import type { Settings } from '../config.ts';
import type { HttpExchange } from '../diagnostics.ts';
import type { Identity } from '../identity/identity.ts';
import type { Privacy } from '../identity/privacy/privacy.ts';
import type { Knowledge } from '../knowledge/knowledge.ts';
import type { ResponseCache } from '../llm/cache/response-cache.ts';
import type { Gateway } from '../llm/gateway.ts';
import type { RateLimits } from '../llm/limits/rate-limits.ts';
import type { Budgets } from '../llm/money/budgets.ts';
import type { FlagPart } from '../release/flags/open.ts';
import type { ReleasePart } from '../release/open.ts';
import type { Shadows } from '../release/shadows.ts';
import type { Resources } from '../resources/resources.ts';
import type { AgentDefinition } from '../run/contract.ts';
import type { Runner } from '../run/runner.ts';
import type { Seeds } from '../run/seeds.ts';
import type { AcceptedRequests } from '../store/accepted-requests.ts';
import type { Acknowledgements } from '../store/acknowledgements.ts';
import type { CompletionAnswer } from '../store/completions.ts';
import type { ConversationAddresses } from '../store/conversation-addresses.ts';
import type { DatabasePool } from '../store/database.ts';
import type { RunViews } from '../store/run-views.ts';
import type { LiveViews } from './metric-views.ts';
import type { OpenStreams } from './streams.ts';

/** State of a thing that the process cannot do without, or can. */
export interface Dependency {
  name: string;
  status: 'up' | 'down';
  /** Without it the process is not ready. */
  required: boolean;
  detail?: unknown;
}

export interface HttpDependencies {
  version: string;
  runner: Runner;
  /** Answers a call that waits. @throws TimonelError `completion_not_found`, `completion_used`, `completion_expired` */
  complete(token: string, answer: CompletionAnswer, by: string): Promise<void>;
  views: RunViews;
  addresses: ConversationAddresses;
  requests: AcceptedRequests;
  pool: DatabasePool;
  identity: Identity;
  privacy: Privacy;
  artifacts: Artifacts;
  knowledge: Knowledge;
  settings: Pick<Settings, 'corsOrigins' | 'publicUrl' | 'trustedProxies' | 'canary' | 'regionHeader' | 'incoming'>;
  agents: ReadonlyMap<string, AgentDefinition>;
  seeds: Seeds;
  releases: ReleasePart;
  shadows: Shadows;
  flags: FlagPart;
  resources: Resources;
  gateway: Gateway;
  budgets: Budgets;
  responseCache: ResponseCache;
  rateLimits: RateLimits;
  live: LiveViews;
  acknowledgements: Acknowledgements;
  now(): Date;
  newId(): string;
  dependencies(): Promise<Dependency[]>;
  /** @param accept the header of whoever asks: some want OpenMetrics. */
  metrics(accept: string | undefined): Promise<{ contentType: string; body: string }>;
  onRequest(exchange: HttpExchange): void;
  onFault(what: string, error: unknown): void;
  bodyLimitBytes: number;
  replyWaitMs: number;
  maxEventLoopDelayMs: number;
  streams: OpenStreams;
}

export type TypedFastify = FastifyInstance<
  import('fastify').RawServerDefault,
  import('node:http').IncomingMessage,
  import('node:http').ServerResponse,
  import('fastify').FastifyBaseLogger,
  ZodTypeProvider
>;
