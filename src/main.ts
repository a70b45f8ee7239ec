/**
 * The composition root: settings → adapters → runtime → listen. The only place that knows all parts, and the only one that reaches agents.
 */
import { readFileSync } from 'node:fs';
import type { FastifyInstance } from 'fastify';
import { v7 as uuid } from 'uuid';
import type { Settings } from './config.ts';
import { channels, type HttpExchange, publishFault, type RunEnded } from './diagnostics.ts';
import { TimonelError } from './errors.ts';
import { readinessOf } from './http/readiness.ts';
import { createServer } from './http/server.ts';
import { OpenStreams } from './http/streams.ts';
import type { ApiKeys } from './identity/api-keys.ts';
import { createIdentity, type Identity } from './identity/identity.ts';
import { Mailer } from './identity/mail/mailer.ts';
import { permissionsWith } from './identity/permissions.ts';
import { applyRetention } from './identity/privacy/retention.ts';
import { finishRotation } from './identity/rotation.ts';
import { ServerKeys } from './identity/secrets.ts';
import { Workspaces } from './identity/workspaces.ts';
import type { Vocabulary } from './language/contract.ts';
import { ResponseCache } from './llm/cache/response-cache.ts';
import type { Gateway } from './llm/gateway.ts';
import { RateLimits } from './llm/limits/rate-limits.ts';
import { Budgets } from './llm/money/budgets.ts';
import { openGateway } from './llm/open.ts';
import type { ProjectConfig } from './project.ts';
import { type FlagPart, openFlags } from './release/flags/open.ts';
import { openReleases, type ReleasePart } from './release/open.ts';
import { Shadows } from './release/shadows.ts';
import { Resources } from './resources/resources.ts';
import type { AgentDefinition } from './run/contract.ts';
import { Jobs } from './run/jobs.ts';
import { createPrivacy, requirePersonalData } from './run/personal-data.ts';
import { createFlowPlanner } from './run/planners/flow-planner.ts';
import { createHttpPlanner } from './run/planners/http-planner.ts';
import { createModelPlanner } from './run/planners/model-planner.ts';
import { Runner } from './run/runner.ts';
import { VocabularyCache } from './run/vocabulary-cache.ts';
import { Acknowledgements } from './store/acknowledgements.ts';
import { openRedis } from './store/cache/redis.ts';
import { localWakeUps, redisSignals } from './store/cache/wake-ups.ts';
import { ConversationAddresses } from './store/conversation-addresses.ts';
import { openStore, type Store } from './store/open.ts';
import { processHost } from './store/process-host.ts';
import { RunRecord } from './store/run-record.ts';
import { RunViews } from './store/run-views.ts';
import type { ClaimedRun, RunStore } from './store/runs.ts';
import { startTelemetry } from './telemetry/start.ts';
import type { WorkspaceAccess } from './tools/contract.ts';
import { ToolExecutor } from './tools/execute.ts';
import type { Asker } from './vocabulary.ts';

/** Version of this package. */
export const version: string = (JSON.parse(readPackageFile()) as { version: string }).version;

/** What a program that embeds Timonel, or a test, may replace. */
export interface Overrides {
  now?: () => Date;
  newId?: () => string;
  /** Puts something around the run record: an engine other than PostgreSQL, or a witness of what is stored and when. */
  wrapRunStore?: (store: RunStore) => RunStore;
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
  streams: OpenStreams;
  /** Starts to listen. @returns the base URL. */
  listen(): Promise<string>;
  /** Drains the runs, ends the streams, closes everything. */
  close(): Promise<void>;
}

/** The workspace that exists from the start. */
export const defaultWorkspace = 'default';

/** The agents that ship with Timonel, for a project without a `timonel.config.ts`. */
export async function bundledProject(): Promise<ProjectConfig> {
  const { booking } = await import('../agents/booking/agent.ts');
  return { agents: [booking] };
}

/**
 * Puts a Timonel together: opens the store, brings its schema up to date, seeds the default workspace, starts the runner and the queue.
 * @throws TimonelError `config_invalid`, `store_unavailable`, `directory_locked`
 */
export async function createTimonel(settings: Settings, project: ProjectConfig, overrides: Overrides = {}): Promise<Timonel> {
  const now = overrides.now ?? (() => new Date());
  const newId = overrides.newId ?? (() => uuid());
  const agents = agentsByName(project);
  const store = await openStore(settings, project.agents);
  const { pool } = store;
  await requirePersonalData(pool, project.agents);
  const signals =
    settings.redisUrl === undefined ? undefined : redisSignals(settings.redisUrl, (error) => publishFault('Redis', error));
  const redis = settings.redisUrl === undefined ? undefined : openRedis(settings.redisUrl, (error) => publishFault('Redis', error));
  const budgets = new Budgets({ pool, now, newId });
  const stopTidying = budgets.keepTidy((error) => publishFault('tidying budgets', error));
  const rateLimits = new RateLimits(settings.rateLimits, redis);
  const responseCache = new ResponseCache({ ...settings.cache, redis, now });
  const workspaces = new Workspaces(pool);
  const access = (workspaceId: string, timeZone: string): WorkspaceAccess => ({
    workspaceId,
    timeZone,
    now,
    newId,
    query: (work) => pool.inWorkspace(workspaceId, (database) => work(database)),
  });
  const keys = await ServerKeys.open(settings, pool);
  const mailer = new Mailer({
    settings,
    keys,
    newId,
    enqueue: (payload) => jobs.enqueue('mail', payload),
    onPrinted: (mail) => channels.mailPrinted.publish(mail),
    onFault: publishFault,
  });
  const identity = await createIdentity({
    settings,
    pool,
    redis,
    keys,
    mailer,
    workspaces,
    openWorkspace: defaultWorkspace,
    now,
    newId,
    onFault: publishFault,
    permissions: permissionsWith(project.agents),
  });
  const { apiKeys, audit } = identity;
  const gateway = await openGateway({ ...settings.models, maxCalls: settings.maxCalls }, project, {
    pool,
    notices: identity.notices,
    now,
    sharing: signals?.breakerChanged,
    budgets,
    rateLimits,
    cache: responseCache,
  });
  const privacy = createPrivacy({
    pool,
    identity,
    agents: agents.values(),
    access: async (workspaceId) => access(workspaceId, (await workspaces.get(workspaceId)).timeZone),
    now,
  });
  const jobs = new Jobs({
    pool,
    agents: project.agents,
    own: [
      { name: 'mail', retries: 20, run: (payload) => mailer.deliver(payload) },
      {
        name: 'retention',
        cron: '17 3 * * *',
        retries: 3,
        run: async () => void (await applyRetention({ pool, audit, tables: privacy.tables, days: settings.retentionDays, now })),
      },
    ],
    workspaces: () => workspaces.list(),
    access,
    onFault: publishFault,
  });
  const flags = await openFlags({ pool, notices: identity.notices, audit, project, instance: newId(), onFault: publishFault });
  const executor = new ToolExecutor({
    pool,
    now,
    newId,
    schedule: jobs.schedule,
    flagsOf: (place) => flags.providers.clientFor(place),
    onFault: publishFault,
  });
  const vocabularies = new VocabularyCache(access, identity.notices);
  const views = new RunViews(pool);
  const releases = await openReleases({
    pool,
    agents: project.agents,
    notices: identity.notices,
    audit,
    lookEveryMs: settings.releaseLookMs,
    now,
    newId,
    onFault: publishFault,
  });
  const record: RunStore = new RunRecord(pool, { host: processHost(), pid: process.pid });
  const httpPlanner = createHttpPlanner(project.fallbacks ?? {});
  const planners = {
    modelPlanner: createModelPlanner(gateway),
    flowPlanner: createFlowPlanner(
      (turn): Promise<Vocabulary> => vocabularies.of(turn.agent, turn.run.workspaceId, turn.run.timeZone),
    ),
    fallback: {
      decided: (run: ClaimedRun) => flags.fallback.decided(run),
      hasSystem: (agent: string) => project.fallbacks?.[agent] !== undefined,
      system: httpPlanner,
    },
    findPrincipal: (workspaceId: string, asker: Asker) => identity.access.ofAsker(workspaceId, asker),
  };
  const { inForce, catalog } = releases;
  const shadows = new Shadows({
    ...planners,
    pool,
    views,
    executor,
    catalog,
    inForce,
    now,
    newId,
    random: () => Math.random(),
    onFault: publishFault,
  });
  const runner = new Runner({
    store: overrides.wrapRunStore?.(record) ?? record,
    views,
    executor,
    agents: [...agents.keys()],
    definitionOf: (run) => releases.pinned.definitionOf(run),
    ...planners,
    onTurn: (run, turn) => shadows.mirror(run, turn),
    wakeUps: signals?.runEnded ?? localWakeUps(),
    processId: newId(),
    leaseMs: settings.leaseMs,
    now,
    onFault: publishFault,
    onEnded: (ended: RunEnded) => {
      if (channels.runEnded.hasSubscribers) channels.runEnded.publish(ended);
    },
  });
  const streams = new OpenStreams(identity.access, identity.notices);
  const telemetry = await startTelemetry(settings, {
    version,
    now,
    home: settings.home,
    pool: () => pool.status(),
    activeRuns: () => runner.activeRuns,
    openStreams: () => streams.count,
    pingStore: () => pool.executeText('SELECT 1'),
    queues: () => jobs.depths(),
    redisMemory: redis === undefined ? undefined : () => redis.info('memory'),
  });

  await workspaces.ensure({ workspaceId: defaultWorkspace, name: 'Default', timeZone: settings.timeZone });
  await jobs.open();
  if (settings.secrets.previous !== undefined) await finishRotation(pool, keys, audit, publishFault);
  const { timeZone } = await workspaces.get(defaultWorkspace);
  for (const agent of agents.values()) {
    const { seed } = agent;
    if (seed === undefined) continue;
    await workspaces.seedOnce(defaultWorkspace, agent.name, (database) =>
      seed({ ...access(defaultWorkspace, timeZone), query: (work) => work(database) }),
    );
  }
  const resources = await Resources.open({
    pool,
    notices: identity.notices,
    record: (deed, client) => audit.append(deed, client),
    permissions: identity.permissions,
    agents: [...agents.values()],
    timeZoneOf: async (workspaceId) => (await workspaces.get(workspaceId)).timeZone,
    now,
    newId,
  });
  const app = await createServer({
    resources,
    version,
    runner,
    views,
    addresses: new ConversationAddresses(pool),
    pool,
    identity,
    privacy,
    settings,
    agents,
    releases,
    shadows,
    flags,
    gateway,
    budgets,
    responseCache,
    rateLimits,
    live: telemetry.views,
    acknowledgements: new Acknowledgements(pool),
    now,
    newId,
    streams,
    dependencies: () => readinessOf({ runner, store, signals, jobs }),
    metrics: telemetry.metrics.expose,
    onRequest: (exchange: HttpExchange) => {
      if (channels.httpExchange.hasSubscribers) channels.httpExchange.publish(exchange);
    },
    onFault: publishFault,
    bodyLimitBytes: settings.bodyLimitBytes,
    replyWaitMs: settings.replyWaitMs,
    maxEventLoopDelayMs: settings.maxEventLoopDelayMs,
  });
  await runner.start();
  await jobs.work();
  releases.watch.start();

  return {
    app,
    store,
    runner,
    gateway,
    views,
    identity,
    developmentSecret: keys.development,
    apiKeys,
    budgets,
    responseCache,
    workspaces,
    agents,
    releases,
    shadows,
    flags,
    jobs,
    streams,
    listen: () => app.listen({ host: settings.host, port: settings.port }),
    async close() {
      // New requests are refused first, then what is under way ends, then what it needs goes away.
      await runner.stop(settings.shutdownGraceMs);
      streams.end();
      await app.close();
      await releases.close();
      flags.close();
      await shadows.close(settings.shutdownGraceMs);
      await httpPlanner.close();
      await jobs.close(settings.shutdownGraceMs);
      await gateway.close();
      await budgets.flush().catch((error: unknown) => publishFault('settling model calls', error));
      mailer.close();
      await signals?.close();
      stopTidying();
      responseCache.close();
      redis?.disconnect();
      await identity.close();
      await store.close();
      // Last, so that what the others did at their end is told too.
      await telemetry.close();
    },
  };
}

function agentsByName(project: ProjectConfig): ReadonlyMap<string, AgentDefinition> {
  const agents = new Map<string, AgentDefinition>();
  for (const agent of project.agents) {
    if (!agents.has(agent.name)) agents.set(agent.name, agent);
  }
  if (agents.size === 0)
    throw new TimonelError('config_invalid', 'The project has no agents. Make one with `timonel new agent <name>`.');
  return agents;
}

/** The package file is two folders up from dist/src and one up from src. */
function readPackageFile(): string {
  try {
    return readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  } catch {
    return readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  }
}
