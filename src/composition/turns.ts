/** What answers messages: tools, planners, the runner, and shadows of its turns. */
import { channels, publishFault, type RunEnded } from '../diagnostics.ts';
import type { Identity } from '../identity/identity.ts';
import type { Vocabulary } from '../language/contract.ts';
import type { Gateway } from '../llm/gateway.ts';
import type { FlagPart } from '../release/flags/open.ts';
import type { ReleasePart } from '../release/open.ts';
import { Shadows } from '../release/shadows.ts';
import type { Jobs } from '../run/jobs.ts';
import { createFlowPlanner } from '../run/planners/flow-planner.ts';
import { createHttpPlanner } from '../run/planners/http-planner.ts';
import { createModelPlanner } from '../run/planners/model-planner.ts';
import { Runner } from '../run/runner.ts';
import { VocabularyCache } from '../run/vocabulary-cache.ts';
import { localWakeUps } from '../store/cache/wake-ups.ts';
import { processHost } from '../store/process-host.ts';
import { RunRecord } from '../store/run-record.ts';
import { RunViews } from '../store/run-views.ts';
import type { ClaimedRun, RunStore } from '../store/runs.ts';
import { ToolExecutor } from '../tools/execute.ts';
import type { Asker } from '../vocabulary.ts';
import type { Base } from './base.ts';
import type { Foundation } from './foundation.ts';

export interface Turns {
  views: RunViews;
  shadows: Shadows;
  /** Not started: it takes the lease with {@link Runner.start}. */
  runner: Runner;
}

/** What turns are made of, beside the foundation. */
export interface TurnParts {
  identity: Identity;
  gateway: Gateway;
  jobs: Jobs;
  flags: FlagPart;
  releases: ReleasePart;
  /** Puts something around the run record. */
  wrapRunStore: ((store: RunStore) => RunStore) | undefined;
}

export function prepareTurns(base: Base, foundation: Foundation, parts: TurnParts): Turns {
  const { settings, agents, scope, now, newId } = base;
  const { store, pool, signals } = foundation;
  const { jobs, flags, releases, wrapRunStore } = parts;
  const executor = new ToolExecutor({
    pool,
    now,
    newId,
    schedule: jobs.schedule,
    flagsOf: (place) => flags.providers.clientFor(place),
    onFault: publishFault,
  });
  const views = new RunViews(pool);
  const record = new RunRecord(pool, { host: processHost(), pid: process.pid });
  const runStore = wrapRunStore?.(record) ?? record;
  const planners = planTurns(base, foundation, parts, runStore);
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
      onFault: publishFault,
    }),
    (each) => each.close(settings.shutdownGraceMs),
  );
  const runner = new Runner({
    store: runStore,
    views,
    executor,
    trouble: () => store.trouble(),
    runAttempts: settings.runAttempts,
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
  return { views, shadows, runner };
}

function planTurns(
  { project, scope }: Base,
  { access, pool }: Foundation,
  { identity, gateway, flags }: TurnParts,
  runStore: Pick<RunStore, 'transcript'>,
) {
  const findPrincipal = (workspaceId: string, asker: Asker) => identity.access.ofAsker(workspaceId, asker);
  const vocabularies = new VocabularyCache(access);
  const system = scope.adopt(createHttpPlanner(project.fallbacks ?? {}), (each) => each.close());
  return {
    modelPlanner: createModelPlanner(gateway, runStore, {
      findPrincipal,
      flagsOf: (place) => flags.providers.clientFor(place),
      queryIn: (workspaceId) => (work) => pool.inWorkspace(workspaceId, (database) => work(database)),
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
