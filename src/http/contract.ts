/** What the routes are given. */
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { Artifacts } from '../artifacts/artifacts.ts';
import type { Settings } from '../config.ts';
import type { HttpExchange } from '../diagnostics.ts';
import type { EvaluationCases } from '../evaluations/cases.ts';
import type { Evaluations } from '../evaluations/evaluations.ts';
import type { FlagPart } from '../flags/open.ts';
import type { CannedTexts } from '../handoff/canned-texts.ts';
import type { Desk } from '../handoff/desk.ts';
import type { HandoffSettings } from '../handoff/settings.ts';
import type { Identity } from '../identity/identity.ts';
import type { Privacy } from '../identity/privacy/privacy.ts';
import type { Knowledge } from '../knowledge/knowledge.ts';
import type { Vocabulary } from '../language/contract.ts';
import type { ResponseCache } from '../llm/cache/response-cache.ts';
import type { Gateway } from '../llm/gateway.ts';
import type { RateLimits } from '../llm/limits/rate-limits.ts';
import type { Budgets } from '../llm/money/budgets.ts';
import type { Spending } from '../llm/money/spending.ts';
import type { ReleasePart } from '../release/open.ts';
import type { Rehearsals } from '../release/rehearsals.ts';
import type { Shadows } from '../release/shadows.ts';
import type { Resources } from '../resources/resources.ts';
import type { AgentDefinition } from '../run/contract.ts';
import type { Jobs } from '../run/jobs.ts';
import type { RouteCall } from '../run/route.ts';
import type { Runner } from '../run/runner.ts';
import type { Seeds } from '../run/seeds.ts';
import type { ChangeFeed } from '../store/change-feed.ts';
import type { CompletionAnswer } from '../store/completions.ts';
import type { DatabasePool } from '../store/database.ts';
import type { RunViews } from '../store/run-views.ts';
import type { WebhookDeliveries } from '../webhooks/deliveries.ts';
import type { Endpoints } from '../webhooks/endpoints.ts';
import type { Acknowledgements } from './acknowledgements.ts';
import type { ChannelRoutes } from './channel-schemas.ts';
import type { AcceptedRequests } from './compatible/accepted-requests.ts';
import type { ConversationAddresses } from './conversation-addresses.ts';
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

/** What the routes need of backups. */
export interface BackupOperations {
  readonly underWay: boolean;
  list(): Promise<{ name: string; bytes: number; takenAt: Date; encrypted: boolean; verifiedAt?: Date }[]>;
  create(): Promise<unknown>;
  verify(name: string): Promise<{ rows: number; tables: number; artifacts: number }>;
}

/** Which secrets are set, how old they are, and how far a rotation is. */
export type ReportSecrets = () => Promise<{
  secrets: { name: string; kind: 'own' | 'foreign'; protects: string; source: 'file' | 'environment'; changedAt: Date | null }[];
  rotation: { accepts: 'next' | 'previous'; since: Date | null; sealedBefore: number | null } | null;
}>;

/** What is looked at when an installation is validated, and what was found. */
export type ValidateInstallation = (options: { beforeDeploy: boolean; liveModel: boolean; processes: number }) => Promise<{
  status: 'pass' | 'fail';
  checks: {
    name: string;
    status: 'pass' | 'fail' | 'warning' | 'skipped';
    said: string;
    advice?: string | undefined;
    milliseconds: number;
  }[];
}>;

export interface HttpDependencies {
  version: string;
  runner: Runner;
  desk: Desk;
  handoffSettings: HandoffSettings;
  cannedTexts: CannedTexts;
  feed: ChangeFeed;
  /** Answers a call that waits. @throws TimonelError `completion_not_found`, `completion_used`, `completion_expired` */
  complete(token: string, answer: CompletionAnswer, by: string): Promise<void>;
  /** The words of a workspace, and its time zone. */
  vocabularyOf(agent: AgentDefinition, workspaceId: string): Promise<{ vocabulary: Vocabulary; timeZone: string }>;
  /** Answers a request to a route of an agent. */
  routeCall(call: RouteCall): Promise<unknown>;
  views: RunViews;
  addresses: ConversationAddresses;
  requests: AcceptedRequests;
  pool: DatabasePool;
  identity: Identity;
  privacy: Privacy;
  artifacts: Artifacts;
  backups: BackupOperations;
  jobs: Pick<Jobs, 'depths' | 'failed' | 'retry'>;
  validateInstallation: ValidateInstallation;
  secrets: ReportSecrets;
  channels: ChannelRoutes;
  webhooks: { endpoints: Endpoints; deliveries: WebhookDeliveries };
  knowledge: Knowledge;
  evaluations: { cases: EvaluationCases; evaluations: Evaluations };
  settings: Pick<
    Settings,
    'corsOrigins' | 'publicUrl' | 'trustedProxies' | 'canary' | 'regionHeader' | 'incoming' | 'retentionDays'
  >;
  agents: ReadonlyMap<string, AgentDefinition>;
  seeds: Seeds;
  releases: ReleasePart;
  shadows: Shadows;
  rehearsals: Rehearsals;
  flags: FlagPart;
  resources: Resources;
  gateway: Gateway;
  budgets: Budgets;
  spending: Spending;
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
