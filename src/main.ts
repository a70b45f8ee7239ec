/**
 * The composition root: settings → adapters → runtime → listen. The only place that knows all parts. Each part is opened into one scope, and
 * the scope closes them in the opposite order, at the end of the process or where a later part cannot be opened.
 */
import type { FastifyInstance } from 'fastify';
import { v7 as uuid } from 'uuid';
import type { Artifacts } from './artifacts/artifacts.ts';
import type { ChannelPart } from './channels/open.ts';
import { routeCalls } from './composition/agent-routes.ts';
import { openArtifactPart } from './composition/artifacts.ts';
import { type Base, defaultWorkspace } from './composition/base.ts';
import { channelRoutesOf, openChannelPart } from './composition/channels.ts';
import { type EvaluationPart, openEvaluations } from './composition/evaluations.ts';
import { type Foundation, openFoundation, openIdentity } from './composition/foundation.ts';
import { type HandoffPart, openFeed, openHandoff, toldByRuns } from './composition/handoff.ts';
import { openKnowledge } from './composition/knowledge.ts';
import { explainListening } from './composition/listening.ts';
import { type Models, openModels } from './composition/models.ts';
import { prepareDrills, prepareValidation } from './composition/operations.ts';
import { openPresence, prepareRotation } from './composition/presence.ts';
import { openSandbox } from './composition/sandbox.ts';
import { seedAgents } from './composition/seeds.ts';
import { prepareTurns, type Turns } from './composition/turns.ts';
import { openWebhooks, type WebhookPart } from './composition/webhooks.ts';
import { openFlagPart, openJobs, openReleasePart, openResources, prepareBackups, preparePrivacy } from './composition/work.ts';
import type { Settings } from './config.ts';
import { channels, type HttpExchange, publishFault } from './diagnostics.ts';
import type { FlagPart } from './flags/open.ts';
import { countHandoffs } from './handoff/handoff-counts.ts';
import { Acknowledgements } from './http/acknowledgements.ts';
import type { ChannelRoutes } from './http/channel-schemas.ts';
import { AcceptedRequests } from './http/compatible/accepted-requests.ts';
import type { HttpDependencies } from './http/contract.ts';
import { ConversationAddresses } from './http/conversation-addresses.ts';
import { readinessOf } from './http/readiness.ts';
import { createServer } from './http/server.ts';
import { OpenStreams } from './http/streams.ts';
import type { ApiKeys } from './identity/api-keys.ts';
import type { Identity } from './identity/identity.ts';
import type { Privacy } from './identity/privacy/privacy.ts';
import type { Rotation } from './identity/rotation.ts';
import type { Workspaces } from './identity/workspaces.ts';
import type { Knowledge } from './knowledge/knowledge.ts';
import type { ResponseCache } from './llm/cache/response-cache.ts';
import type { Gateway } from './llm/gateway.ts';
import type { Budgets } from './llm/money/budgets.ts';
import type { Backups } from './operations/backup/backups.ts';
import { reportSecrets } from './operations/secrets/report.ts';
import { version } from './package-file.ts';
import { checkProject, type ProjectConfig } from './project.ts';
import type { ReleasePart } from './release/open.ts';
import type { Shadows } from './release/shadows.ts';
import type { Resources } from './resources/resources.ts';
import type { AgentDefinition } from './run/contract.ts';
import type { Jobs } from './run/jobs.ts';
import { orAfter } from './run/or-after.ts';
import type { Runner } from './run/runner.ts';
import type { Seeds } from './run/seeds.ts';
import type { OpenSandbox } from './sandbox/sandbox.ts';
import { Speech } from './speech/speech.ts';
import { memoryOf } from './store/cache/redis.ts';
import type { ChangeFeed } from './store/change-feed.ts';
import type { Store } from './store/open.ts';
import type { RunViews } from './store/run-views.ts';
import type { RunStore } from './store/runs.ts';
import { waitingFigures } from './store/waits.ts';
import { startTelemetry, type Telemetry } from './telemetry/start.ts';
import { type AgentMetrics, metricsOf } from './tools/metrics.ts';

export { defaultWorkspace } from './composition/base.ts';

/** What a test may replace. */
export interface Overrides {
  now?: () => Date;
  newId?: () => string;
  /** Puts something around the run record: an engine other than PostgreSQL, or a witness of what is stored and when. */
  wrapRunStore?: (store: RunStore) => RunStore;
  /** The embedded store does not open again after it died; publishes a fault before. */
  onStoreLost?: (error: Error) => void;
}

/** A running Timonel. */
export interface Timonel {
  app: FastifyInstance;
  store: Store;
  runner: Runner;
  gateway: Gateway;
  views: RunViews;
  identity: Identity;
  /** The secret that tokens are signed with is the database's: good for development only. */
  developmentSecret: boolean;
  apiKeys: ApiKeys;
  budgets: Budgets;
  responseCache: ResponseCache;
  workspaces: Workspaces;
  /** By name; where the project has an agent in several versions, the first. */
  agents: ReadonlyMap<string, AgentDefinition>;
  releases: ReleasePart;
  shadows: Shadows;
  flags: FlagPart;
  jobs: Jobs;
  artifacts: Artifacts;
  channels: ChannelPart;
  knowledge: Knowledge;
  sandbox: OpenSandbox;
  streams: OpenStreams;
  handoff: HandoffPart;
  feed: ChangeFeed;
  evaluations: EvaluationPart;
  /** Starts to listen. @returns the base URL. @throws TimonelError `config_invalid` where the address cannot be had */
  listen(): Promise<string>;
  /** Drains the runs, ends the streams, closes everything. */
  close(): Promise<void>;
}

/** How long a start that failed waits for what it opened to close, in milliseconds. */
export const unwindMs = 1_500;

/**
 * Puts a Timonel together: opens the store, brings its schema up to date, seeds the default workspace, starts the runner and the queue.
 * When a part cannot be opened, those before it are closed, and the data directory is free again.
 * @throws TimonelError `config_invalid`, `store_unavailable`, `directory_locked`, `migration_refused`
 */
export async function openTimonel(settings: Settings, project: ProjectConfig, overrides: Overrides = {}): Promise<Timonel> {
  const scope = new AsyncDisposableStack();
  try {
    const base: Base = {
      settings,
      project,
      agents: checkProject(project),
      scope,
      metricsOf: memoisedMetrics(project),
      now: overrides.now ?? (() => new Date()),
      newId: overrides.newId ?? (() => uuid()),
      onStoreLost: overrides.onStoreLost ?? (() => {}),
    };
    return await openParts(base, overrides);
  } catch (error) {
    // A database that went away meanwhile can take its time to say so.
    await orAfter(closed(scope), unwindMs);
    throw error;
  }
}

/** What agents count with, made once for each: a tool's context is made for every call. */
function memoisedMetrics({ agents }: ProjectConfig): Base['metricsOf'] {
  const made = new Map<string, AgentMetrics>();
  return (name) => {
    const known = made.get(name) ?? metricsOf(agents.find((agent) => agent.name === name) ?? { name });
    made.set(name, known);
    return known;
  };
}

/** Opens the parts in the order in which they need each other; they are closed in the opposite one. */
async function openParts(base: Base, overrides: Overrides): Promise<Timonel> {
  const { settings, agents, scope } = base;
  const foundation = await openFoundation(base);
  const { store, keys, workspaces } = foundation;
  const late: LateParts = {};
  const telemetry = await openTelemetry(base, foundation, late);
  const { identity, mailer } = await openIdentity(base, foundation, (payload) => jobs.enqueue('mail', payload));
  const models = await openModels(base, foundation, identity);
  const privacy = preparePrivacy(base, foundation, identity);
  const artifacts = await openArtifactPart(base, foundation);
  const contextOf: Turns['jobContextOf'] = (place) => turns.jobContextOf(place);
  const backups = prepareBackups(base, foundation, version);
  const drills = prepareDrills(base);
  const knowledge = openKnowledge(base, foundation, models.gateway, (payload) => jobs.enqueue('knowledge-vectors', payload));
  const sandbox = openSandbox(base);
  const round = async () => handoff.round.run();
  const webhooks = await openWebhooks(base, foundation, identity, (name, payload) => jobs.enqueue(name, payload));
  const jobs = await openJobs(base, foundation, identity, {
    mailer,
    privacy,
    artifacts,
    backups,
    knowledge,
    contextOf,
    handoff: { round },
    webhooks: webhooks.deliveries,
    evaluations: {
      run: ({ workspaceId, evaluationId }) => evaluations.work.run(String(workspaceId), String(evaluationId)),
      sweep: () => evaluations.work.sweep(),
    },
  });
  const flags = await openFlagPart(base, foundation, identity);
  const releases = await openReleasePart(base, foundation, identity);
  const rotation = await prepareRotation(base, foundation, identity);
  const seeds = await seedAgents(base, foundation);
  const evaluations = openEvaluations(base, foundation, { releases, gateway: models.gateway, jobs });
  const resources = await openResources(base, foundation, identity, artifacts);

  const feed = openFeed(base, foundation, identity);
  const turns = prepareTurns(base, foundation, {
    identity,
    gateway: models.gateway,
    artifacts,
    knowledge,
    sandbox,
    jobs,
    flags,
    releases,
    told: toldByRuns(feed, () => void round().catch((error: unknown) => publishFault('telling people what waits', error))),
    afterTurn: (channel) => late.channels?.wakeAfterTurn(channel),
    wrapRunStore: overrides.wrapRunStore,
  });
  const repliesTo = (workspaceId: string) => late.channels?.repliesTo(workspaceId);
  const handoff = openHandoff(base, foundation, { identity, mailer, turns, feed, repliesTo });
  const speech = new Speech(models.gateway, settings.speech);
  const channelPart = await openChannelPart(base, foundation, {
    identity,
    artifacts,
    releases,
    turns,
    gateway: models.gateway,
    feed,
    speech,
    handoff,
  });
  Object.assign(late, { channels: channelPart } satisfies LateParts);
  const streams = new OpenStreams(identity.access, identity.notices);
  Object.assign(late, { runner: turns.runner, streams, jobs, backups, drills } satisfies LateParts);
  const parts = {
    foundation,
    telemetry,
    identity,
    privacy,
    models,
    artifacts,
    backups,
    drills,
    channels: channelRoutesOf(store.pool, channelPart),
    knowledge,
    sandbox,
    jobs,
    flags,
    releases,
    resources,
    turns,
    streams,
    seeds,
    handoff,
    feed,
    webhooks,
    speech,
    evaluations,
  };
  const routeCall = routeCalls(base, foundation, { artifacts, jobs, resources, identity, ...turns });
  const app = await openServer(base, { ...parts, routeCall, rotation });
  scope.defer(() => streams.end());
  // New requests are refused first, then what is under way ends, then what it needs goes away.
  scope.defer(() => turns.runner.stop(settings.shutdownGraceMs));
  await turns.runner.start();
  await jobs.work();
  await openPresence(base, foundation, { app, turns, streams, rotation });
  releases.watch.start();
  channelPart.start();

  return {
    app,
    store,
    identity,
    developmentSecret: keys.development,
    apiKeys: identity.apiKeys,
    workspaces,
    agents,
    releases,
    flags,
    artifacts,
    channels: channelPart,
    knowledge,
    sandbox,
    jobs,
    streams,
    handoff,
    feed,
    evaluations,
    ...models,
    ...turns,
    listen: () =>
      app.listen({ host: settings.host, port: settings.port }).catch((error: unknown) => {
        throw explainListening(error, settings);
      }),
    close: () => closed(scope),
  };
}

/** Parts that are opened after what wants to look at them. */
interface LateParts {
  runner?: Runner;
  streams?: OpenStreams;
  jobs?: Jobs;
  backups?: Backups;
  drills?: ReturnType<typeof prepareDrills>;
  channels?: ChannelPart;
}

async function openTelemetry(
  { settings, agents, scope, now }: Base,
  { pool, redis }: Foundation,
  late: LateParts,
): Promise<Telemetry> {
  const telemetry = await startTelemetry(settings, {
    version,
    now,
    agents: agents.values(),
    home: settings.home,
    pool: () => pool.status(),
    activeRuns: () => late.runner?.activeRuns ?? 0,
    openStreams: () => late.streams?.count ?? 0,
    pingStore: () => pool.executeText('SELECT 1'),
    queues: async () => (await late.jobs?.depths()) ?? [],
    backupAge: async () => late.backups?.verifiedAge(),
    drills: async () => (await late.drills?.list()) ?? [],
    handoffs: () => countHandoffs(pool),
    waits: () => waitingFigures(pool),
    redisMemory: redis === undefined ? undefined : () => memoryOf(redis),
  });
  // After nearly all others, so that what they do at their end is told too.
  return scope.adopt(telemetry, (each) => each.close());
}

interface ServedParts {
  foundation: Foundation;
  telemetry: Telemetry;
  identity: Identity;
  privacy: Privacy;
  models: Models;
  artifacts: Artifacts;
  backups: Backups;
  drills: ReturnType<typeof prepareDrills>;
  channels: ChannelRoutes;
  knowledge: Knowledge;
  sandbox: OpenSandbox;
  jobs: Jobs;
  flags: FlagPart;
  releases: ReleasePart;
  resources: Resources;
  turns: Turns;
  streams: OpenStreams;
  seeds: Seeds;
  routeCall: HttpDependencies['routeCall'];
  handoff: HandoffPart;
  feed: ChangeFeed;
  webhooks: WebhookPart;
  speech: Speech;
  evaluations: EvaluationPart;
  rotation: Rotation;
}

async function openServer(
  base: Base,
  { foundation, telemetry, models, turns, jobs, handoff, sandbox, speech, rotation, ...parts }: ServedParts,
): Promise<FastifyInstance> {
  const { settings, agents, scope, now, newId } = base;
  const { pool, keys, store, signals } = foundation;
  const { runner } = turns;
  const app = await createServer({
    ...parts,
    ...models,
    ...turns,
    jobs,
    validateInstallation: prepareValidation(base, foundation, {
      gateway: models.gateway,
      jobs,
      sandbox,
      backups: parts.backups,
      metrics: async () => (await telemetry.metrics.expose(undefined)).body,
    }),
    desk: handoff.desk,
    handoffSettings: handoff.settings,
    cannedTexts: handoff.cannedTexts,
    version,
    addresses: new ConversationAddresses(pool),
    requests: new AcceptedRequests(pool),
    pool,
    settings,
    agents,
    live: telemetry.views,
    acknowledgements: new Acknowledgements(pool),
    now,
    newId,
    secrets: () => reportSecrets({ ...settings, secrets: keys.inForce }, rotation),
    dependencies: () => readinessOf({ runner, store, signals, jobs, sandbox, speech: () => speech.status(defaultWorkspace) }),
    metrics: telemetry.metrics.expose,
    onRequest: (exchange: HttpExchange) => {
      if (channels.httpExchange.hasSubscribers) channels.httpExchange.publish(exchange);
    },
    bodyLimitBytes: settings.bodyLimitBytes,
    replyWaitMs: settings.replyWaitMs,
    maxEventLoopDelayMs: settings.maxEventLoopDelayMs,
  });
  return scope.adopt(app, (each) => each.close());
}

/** Closes what is in the scope, all of it: what cannot be closed is told, and keeps nothing else open. */
async function closed(scope: AsyncDisposableStack): Promise<void> {
  await scope.disposeAsync().catch((error: unknown) => publishFault('closing what was open', error));
}
