/** What answers messages: tools, planners, the runner, and shadows of its turns. */
import { createHmac } from 'node:crypto';
import type { Artifacts } from '../artifacts/artifacts.ts';
import { channels, type RunEnded } from '../diagnostics.ts';
import { TimonelError } from '../errors.ts';
import type { FlagPart } from '../flags/open.ts';
import type { AccessNotices } from '../identity/access.ts';
import type { Identity } from '../identity/identity.ts';
import type { Knowledge } from '../knowledge/knowledge.ts';
import type { Vocabulary } from '../language/contract.ts';
import type { Gateway } from '../llm/gateway.ts';
import type { ReleasePart } from '../release/open.ts';
import { Rehearsals } from '../release/rehearsals.ts';
import { Shadows } from '../release/shadows.ts';
import type { AgentDefinition } from '../run/contract.ts';
import type { RunEvent } from '../run/events.ts';
import type { Jobs, JobsDependencies } from '../run/jobs.ts';
import { createFlowPlanner } from '../run/planners/flow-planner.ts';
import { createHttpPlanner } from '../run/planners/http-planner.ts';
import { createModelPlanner } from '../run/planners/model-planner.ts';
import { Runner, type RunnerDependencies } from '../run/runner.ts';
import { languageIn } from '../run/sentences.ts';
import { VocabularyCache } from '../run/vocabulary-cache.ts';
import type { Sandbox } from '../sandbox/contract.ts';
import { localWakeUps } from '../store/cache/wake-ups.ts';
import { ChildRuns } from '../store/child-runs.ts';
import { Completions } from '../store/completions.ts';
import { processHost } from '../store/process-host.ts';
import { RunRecord } from '../store/run-record.ts';
import { RunViews } from '../store/run-views.ts';
import type { ClaimedRun, RunStore } from '../store/runs.ts';
import { AgentMessages } from '../tools/agent-messages.ts';
import type { WaitingRuntime } from '../tools/call-waits.ts';
import { ToolExecutor } from '../tools/execute.ts';
import type { SendRuntime } from '../tools/send.ts';
import { spillsOfCalls } from '../tools/spill.ts';
import { artifactsOfCalls } from '../tools/tool-artifacts.ts';
import type { Asker } from '../vocabulary.ts';
import type { Base } from './base.ts';
import type { Foundation } from './foundation.ts';
import { jobContexts } from './job-contexts.ts';

export interface Turns {
  views: RunViews;
  shadows: Shadows;
  /** Turns that are played without effect, for who asks what an agent would do. */
  rehearsals: Rehearsals;
  /** Not started: it takes the lease with {@link Runner.start}. */
  runner: Runner;
  /** Answers a call that waits, and goes on with its run. @throws TimonelError `completion_not_found`, `completion_used`, `completion_expired` */
  complete: WaitingRuntime['complete'];
  /** Stores what agents send by themselves, and tells of it. */
  messages: SendRuntime;
  /** The words of a workspace, and its time zone. */
  vocabularyOf(agent: AgentDefinition, workspaceId: string): Promise<{ vocabulary: Vocabulary; timeZone: string }>;
  /** What a job of an agent works with. */
  jobContextOf: JobsDependencies['contextOf'];
  /** Names this process in the record; the lease of its row says whether it lives. */
  processId: string;
}

/** What is told of runs, beside telemetry. */
export type RunsTold = Pick<RunnerDependencies, 'onMessage' | 'onHandedOff'> & { onEnded(ended: RunEnded): void };

/** What turns are made of, beside the foundation. */
export interface TurnParts {
  identity: Identity;
  gateway: Gateway;
  artifacts: Artifacts;
  knowledge: Knowledge;
  sandbox: Sandbox;
  jobs: Jobs;
  flags: FlagPart;
  releases: ReleasePart;
  /** Hears what people want to know of. */
  told: RunsTold;
  /** A turn of a conversation on that channel is over. */
  afterTurn(channel: string): void;
  /** Puts something around the run record. */
  wrapRunStore: ((store: RunStore) => RunStore) | undefined;
}

export function prepareTurns(base: Base, foundation: Foundation, parts: TurnParts): Turns {
  const { settings, agents, scope, now, newId } = base;
  const { store, pool, signals } = foundation;
  const { artifacts, knowledge, sandbox, jobs, flags, releases, wrapRunStore } = parts;
  const completions = new Completions(pool);
  const complete: Turns['complete'] = async (token, answer, by) => {
    const ready = await completions.complete(token, answer, by, now());
    if (ready !== undefined) await runner.resumeAll([ready]);
  };
  const views = new RunViews(pool);
  const messages = sending(base, foundation, (runId, event) => runner.tell(runId, event));
  const executor = new ToolExecutor({
    pool,
    now,
    newId,
    schedule: jobs.schedule,
    flagsOf: (place) => flags.providers.clientFor(place),
    artifacts: artifactsOfCalls(artifacts),
    spills: spillsOfCalls(artifacts),
    knowledge: (place) => knowledge.forAgent(place),
    sandbox,
    waiting: waitingRuntime(base, foundation, parts, { complete, views, runner: () => runner }),
    messages,
    metricsOf: base.metricsOf,
    reaches: foundation.reaches,
  });
  const record = new RunRecord(pool, { host: processHost(), pid: process.pid });
  const runStore = wrapRunStore?.(record) ?? record;
  const vocabularies = new VocabularyCache(foundation.access, parts.identity.notices);
  const planners = planTurns(base, foundation, parts, { store: runStore, vocabularies });
  const { inForce, catalog } = releases;
  const shadows = scope.adopt(
    new Shadows({
      ...planners,
      pool,
      views,
      executor,
      catalog,
      inForce,
      now,
      newId,
      random: () => Math.random(),
    }),
    (each) => each.close(settings.shutdownGraceMs),
  );
  const vocabularyOf: Turns['vocabularyOf'] = async (agent, workspaceId) => {
    const { timeZone } = await foundation.workspaces.get(workspaceId);
    return { timeZone, vocabulary: await vocabularies.of(agent, workspaceId, timeZone) };
  };
  const rehearsals = new Rehearsals({ ...planners, executor, catalog, inForce, vocabularyOf, now, newId });
  const processId = newId();
  const runner = new Runner({
    store: runStore,
    views,
    executor,
    trouble: () => store.trouble(),
    runAttempts: settings.runAttempts,
    children: settings.childRuns,
    agents: [...agents.keys()],
    definitionOf: (run) => releases.pinned.definitionOf(run),
    ...planners,
    onTurn: (run, turn) => {
      shadows.mirror(run, turn);
      parts.afterTurn(run.channel);
    },
    wakeUps: signals?.runEnded ?? localWakeUps(),
    processId,
    leaseMs: settings.leaseMs,
    now,
    ...parts.told,
    onEnded: (ended: RunEnded) => {
      if (channels.runEnded.hasSubscribers) channels.runEnded.publish(ended);
      parts.told.onEnded(ended);
    },
    tellCancelled: (runIds) => tellCancelled(parts.identity.notices, runIds),
  });
  parts.identity.notices.subscribe((notices) => {
    if (notices === 'anything') return;
    for (const notice of notices) if (notice.kind === 'run-cancelled') runner.stopCancelled(notice.id);
  });
  const jobContextOf = jobContexts(base, foundation, { ...parts, views, complete, messages, runner });
  return {
    views,
    shadows,
    rehearsals,
    runner,
    complete,
    processId,
    messages,
    jobContextOf,
    vocabularyOf,
  };
}

/** Messages that agents send by themselves: stored, then told to those who read along with the turn under way. */
function sending({ agents, newId }: Base, { pool }: Foundation, tell: (runId: string, event: RunEvent) => void): SendRuntime {
  const stored = new AgentMessages(pool);
  return {
    newId,
    store: (...message) => stored.send(...message),
    languageOf: async ({ workspaceId, agent, conversationId }, client) =>
      languageIn(agents.get(agent), await stored.heard(workspaceId, conversationId, client)),
    tell(message) {
      const { runId, turn, activeRun, text, parts, options } = message;
      const sent = { text, ...(parts.length === 0 ? {} : { parts }), ...(options.length === 0 ? {} : { options: [...options] }) };
      if (activeRun !== undefined) tell(activeRun, { kind: 'sent', runId, turn, message: sent });
      if (channels.messageSent.hasSubscribers) channels.messageSent.publish(message);
    },
  };
}

/** In lots: a notice has a bound. */
async function tellCancelled(notices: AccessNotices, runIds: readonly string[]): Promise<void> {
  for (let from = 0; from < runIds.length; from += 100) {
    await notices.change(async (_client, tell) => {
      for (const id of runIds.slice(from, from + 100)) tell({ kind: 'run-cancelled', id });
    });
  }
}

interface WaitingParts {
  complete: Turns['complete'];
  views: RunViews;
  /** Made after what it is handed to. */
  runner(): Runner;
}

/** What tools start, join and wait for: statements of the store, and the runner for what is ready then. */
function waitingRuntime(
  { agents }: Base,
  { pool, keys }: Foundation,
  { releases }: TurnParts,
  { complete, views, runner }: WaitingParts,
): WaitingRuntime {
  const children = new ChildRuns(pool);
  const completions = new Completions(pool);
  return {
    versionOf(workspaceId, agent) {
      if (!agents.has(agent)) {
        throw new TimonelError('agent_not_found', `There is no agent "${agent}". There are: ${[...agents.keys()].join(', ')}.`);
      }
      return releases.inForce.stableOf(workspaceId, agent).version;
    },
    start: (run, client) => children.start(run, client),
    join: (...call) => children.join(...call),
    async cancel({ workspaceId, runId: parent, conversationId }, runId) {
      const run = await views.run(workspaceId, runId);
      const earlier = run.parentRun !== parent && runId !== parent && run.conversationId === conversationId;
      if (run.parentRun !== parent && !earlier) {
        const message = `A run cancels runs that it started itself, and earlier ones of its conversation, and ${runId} is neither.`;
        throw new TimonelError('run_not_found', message);
      }
      if (run.status !== 'finished') await runner().cancel(workspaceId, runId, `the run ${parent}`);
    },
    tokensOf(runId, callId) {
      const tokens = keys
        .all('completion-tokens')
        .map(({ key }) => createHmac('sha256', key).update(`${runId}:${callId}`).digest('base64url'));
      return tokens as [string, ...string[]];
    },
    issue: (...call) => completions.issue(...call),
    complete,
  };
}

function planTurns(
  { project, scope }: Base,
  { pool }: Foundation,
  { identity, gateway, artifacts, flags }: TurnParts,
  { store, vocabularies }: { store: Pick<RunStore, 'transcript'>; vocabularies: VocabularyCache },
) {
  const findPrincipal = async (workspaceId: string, asker: Asker) => identity.access.ofAsker(workspaceId, asker);
  const system = scope.adopt(createHttpPlanner(project.fallbacks ?? {}), (each) => each.close());
  return {
    modelPlanner: createModelPlanner({
      gateway,
      store,
      artifacts,
      findPrincipal,
      flagsOf: (place) => flags.providers.clientFor(place),
      queryIn: (workspaceId) => (work) => pool.inWorkspace(workspaceId, (database) => work(database)),
      readsIn: (workspaceId) => (work) =>
        pool.inWorkspace(workspaceId, async (database, client) => {
          await client.query('SET TRANSACTION READ ONLY');
          return work(database);
        }),
    }),
    flowPlanner: createFlowPlanner(
      (turn): Promise<Vocabulary> => vocabularies.of(turn.agent, turn.run.workspaceId, turn.run.timeZone),
    ),
    fallback: {
      decided: (run: ClaimedRun) => flags.fallback.decided(run),
      hasSystem: (agent: string) => project.fallbacks?.[agent] !== undefined,
      system,
    },
    findPrincipal,
  };
}
