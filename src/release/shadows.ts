import { publishFault } from '../diagnostics.ts';
import { messageOf } from '../errors.ts';
import type { AgentDefinition } from '../run/contract.ts';
import { defaultLimits } from '../run/limits.ts';
import { type LoopDependencies, runLoop } from '../run/loop.ts';
import { orAfter } from '../run/or-after.ts';
import type { DatabasePool } from '../store/database.ts';
import type { RunViews } from '../store/run-views.ts';
import type { ClaimedRun, FinishedTurn } from '../store/runs.ts';
import { storableJson } from '../store/storable.ts';
import type { ToolExecutor } from '../tools/execute.ts';
import type { CallRecord, Outcome } from '../vocabulary.ts';
import type { Catalog } from './catalog.ts';
import type { InForce } from './in-force.ts';
import type { ReleaseInForce } from './release.ts';
import { callsOf, ShadowRecord, sameCalls, shadowExecutor } from './shadow-loop.ts';

export interface ShadowDependencies
  extends Pick<LoopDependencies, 'modelPlanner' | 'flowPlanner' | 'findPrincipal' | 'fallback' | 'now'> {
  pool: DatabasePool;
  views: RunViews;
  executor: ToolExecutor;
  catalog: Catalog;
  inForce: InForce;
  newId(): string;
  /** From 0 up to, without, 1. */
  random(): number;
}

/** Both answers to one message. */
export interface ShadowComparison {
  runId: string;
  at: string;
  text: string;
  sameOutcome: boolean;
  sameCalls: boolean;
  stable: { outcome: Outcome | null; reply: string | null; calls: CallRecord[]; cost: number | null };
  canary: {
    outcome: string;
    reply: string | null;
    calls: CallRecord[];
    cost: number | null;
    milliseconds: number;
    error: string | null;
  };
}

export interface ShadowSummary {
  turns: number;
  sameOutcome: number;
  sameCalls: number;
  dollars: number;
  /** Why no more turns are mirrored, where that is so. */
  ended: string | undefined;
}

interface SumRow {
  turns: number;
  same_outcome: number;
  same_calls: number;
  dollars: number;
  unknown: number;
}

/** Rehearsals at the same time in one process; what comes meanwhile is left out, so that they never hold up a real turn. */
const mostAtOnce = 2;

/**
 * Has the canary answer some of the turns that the stable version answered, after it did and unseen. It spends as the agent
 * `<name>-shadow`, which budgets can name, and no more than the plan gives.
 */
export class Shadows {
  readonly #dependencies: ShadowDependencies;
  readonly #underWay = new Set<Promise<void>>();
  #closed = false;

  constructor(dependencies: ShadowDependencies) {
    this.#dependencies = dependencies;
  }

  /** To be told of every turn that ended in this process. Costs nothing where no release asks for it. */
  mirror(run: ClaimedRun, turn: FinishedTurn): void {
    const { inForce, random } = this.#dependencies;
    const release = inForce.runningOf(run.workspaceId, run.agent);
    const shadow = release?.plan.shadow;
    if (release === undefined || shadow === undefined || run.arm !== 'stable' || goesOn(turn.outcome)) return;
    if (this.#closed || this.#underWay.size >= mostAtOnce || random() >= shadow.share) return;
    const rehearsal = this.#rehearse(release, shadow.dollars, run, turn)
      .catch((error: unknown) => publishFault(`the shadow of run ${run.runId}`, error))
      .finally(() => this.#underWay.delete(rehearsal));
    this.#underWay.add(rehearsal);
  }

  /** Waits for what is under way. */
  async settle(graceMs: number): Promise<void> {
    await orAfter(Promise.all(this.#underWay), graceMs);
  }

  async close(graceMs: number): Promise<void> {
    this.#closed = true;
    await this.settle(graceMs);
  }

  async summary({ workspaceId, id, plan }: Pick<ReleaseInForce, 'workspaceId' | 'id' | 'plan'>): Promise<ShadowSummary> {
    const [row] = await this.#dependencies.pool.executeText<SumRow>(
      `SELECT count(*)::int AS turns, count(*) FILTER (WHERE same_outcome)::int AS same_outcome,
         count(*) FILTER (WHERE same_calls)::int AS same_calls, COALESCE(sum(cost), 0)::float8 AS dollars,
         count(*) FILTER (WHERE cost IS NULL)::int AS unknown
       FROM shadow_turns WHERE release = $2 AND workspace_id = $1`,
      [workspaceId, id],
    );
    const { turns = 0, same_outcome: sameOutcome = 0, same_calls: same = 0, dollars = 0, unknown = 0 } = row ?? {};
    const limit = plan.shadow?.dollars;
    const ended =
      limit === undefined
        ? 'The plan has no shadow.'
        : unknown > 0
          ? 'The price of a model is not known, so the limit of money could not be kept. Give it in timonel.config.ts, under "prices".'
          : dollars >= limit
            ? `The ${limit} US dollars of the plan are spent.`
            : undefined;
    return { turns, sameOutcome, sameCalls: same, dollars, ended };
  }

  /** Side by side, the latest first; `different` leaves out those that agree. */
  async comparisons(workspaceId: string, release: string, different: boolean): Promise<ShadowComparison[]> {
    const rows = await this.#dependencies.pool.executeText<ShadowComparison>(
      `SELECT s.run_id AS "runId", s.created_at AS at, u.text, s.same_outcome AS "sameOutcome", s.same_calls AS "sameCalls",
         json_build_object('outcome', r.outcome, 'reply', a.text, 'cost', (r.usage->>'cost')::float8, 'calls',
           (SELECT COALESCE(json_agg(t.data->'record' ORDER BY t.index), '[]') FROM steps t WHERE t.run_id = r.id AND t.kind = 'tool-call')) AS stable,
         json_build_object('outcome', s.outcome, 'reply', s.reply, 'calls', s.calls, 'cost', s.cost, 'milliseconds', s.milliseconds,
           'error', s.error) AS canary
       FROM shadow_turns s JOIN runs r ON r.id = s.run_id
         JOIN messages u ON u.conversation_id = r.conversation_id AND u.turn = r.turn AND u.role = 'user'
         LEFT JOIN messages a ON a.conversation_id = r.conversation_id AND a.turn = r.turn AND a.role = 'assistant'
       WHERE s.release = $2 AND s.workspace_id = $1 AND (NOT $3 OR NOT s.same_outcome OR NOT s.same_calls)
       ORDER BY s.created_at DESC LIMIT 100`,
      [workspaceId, release, different],
    );
    return rows.map((row) => ({ ...row, at: new Date(row.at).toISOString() }));
  }

  async #rehearse(release: ReleaseInForce, dollars: number, run: ClaimedRun, turn: FinishedTurn): Promise<void> {
    const { catalog, views, executor, modelPlanner, flowPlanner, fallback, findPrincipal, now, newId } = this.#dependencies;
    const { ended, dollars: spent } = await this.summary(release);
    const canary = await catalog.find(run.workspaceId, run.agent, release.canary);
    if (ended !== undefined || canary === undefined) return;
    const recorded = callsOf((await views.steps(run.workspaceId, run.runId, -1)).map(({ step }) => step));
    const record = new ShadowRecord();
    const started = performance.now();
    const shadow: ClaimedRun = {
      ...run,
      runId: newId(),
      agentVersion: canary.version,
      arm: 'shadow',
      fence: 1,
      recoveries: 0,
      inDoubt: false,
      steps: [],
    };
    await runLoop(shadow, started, unseen(canary.definition, dollars - spent), {
      store: record,
      executor: shadowExecutor(executor, recorded),
      modelPlanner,
      flowPlanner,
      // What somebody decided is for turns that people see; a rehearsal that cannot ask its model has failed.
      fallback: { ...fallback, decided: () => 'none' },
      findPrincipal,
      now,
      leaseHolds: () => true,
      emit: () => {},
      startedRun: () => {},
      streaming: () => false,
    });
    const { ended: end } = record;
    if (end === undefined) return;
    const calls = callsOf(record.steps);
    await this.#dependencies.pool.executeText(
      `INSERT INTO shadow_turns (workspace_id, release, run_id, outcome, reply, calls, same_outcome, same_calls, cost, milliseconds, error)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT DO NOTHING`,
      [
        run.workspaceId,
        release.id,
        run.runId,
        end.outcome,
        end.reply?.text ?? null,
        storableJson(calls),
        end.outcome === turn.outcome,
        sameCalls(recorded, calls),
        end.usage.modelCalls === 0 ? 0 : (end.usage.cost ?? null),
        Math.round(performance.now() - started),
        end.error === undefined ? null : messageOf(end.error['message'] ?? end.error['code']),
      ],
    );
  }
}

/** It spends under a name of its own, and what is left at most. */
function unseen(agent: AgentDefinition, dollars: number): AgentDefinition {
  const money = Math.min(agent.limits?.money ?? defaultLimits.money, dollars);
  return { ...agent, name: `${agent.name}-shadow`, limits: { ...agent.limits, money } };
}

/** The turn has not ended: its run waits. */
function goesOn(outcome: Outcome): boolean {
  return outcome === 'awaiting_approval' || outcome === 'awaiting_answer';
}
