/** The rows of evaluations and of their results. */
import { TimonelError } from '../errors.ts';
import type { DatabasePool } from '../store/database.ts';
import { type Place, placeIn } from '../store/list-places.ts';
import { storableJson } from '../store/storable.ts';
import type { CaseDefinition } from './case.ts';
import type { AgentEvaluation, EvaluationResult, EvaluationStatus } from './contract.ts';

interface EvaluationRow {
  id: string;
  workspace_id: string;
  agent: string;
  agent_version: string;
  models: boolean;
  status: EvaluationStatus;
  failure: string | null;
  cost: number;
  created_by: string;
  created_at: Date;
  finished_at: Date | null;
  cases: number;
  passed: number;
  failed: number;
  place: Place;
}

export interface EvaluationFilter {
  agent?: string | undefined;
  /** Of these agents only. */
  agents?: readonly string[] | undefined;
  version?: string | undefined;
  after: Place | undefined;
  limit: number;
}

interface ResultRow {
  position: number;
  name: string;
  definition: CaseDefinition;
  passed: boolean | null;
  faults: string[];
  milliseconds: number | null;
}

const counted = `SELECT e.*, c.cases, c.passed, c.failed, ${placeIn('e.created_at', 'e.id')} AS place FROM evaluations e, LATERAL (
  SELECT count(*)::int AS cases, count(*) FILTER (WHERE passed)::int AS passed, count(*) FILTER (WHERE NOT passed)::int AS failed
  FROM evaluation_results r WHERE r.evaluation_id = e.id AND r.workspace_id = e.workspace_id) c`;

/** How long a claim holds that is not renewed, in milliseconds. By the clock of the database: processes may differ. */
export const claimMs = 60_000;
const claimed = `now() + interval '${claimMs} milliseconds'`;
const unclaimed = `status IN ('queued', 'running') AND (claimed_until IS NULL OR claimed_until < now())`;

export class EvaluationRows {
  readonly #pool: DatabasePool;

  constructor(pool: DatabasePool) {
    this.#pool = pool;
  }

  /** Begins with the cases of the agent as they are now. @returns how many there are */
  async create(
    workspaceId: string,
    evaluation: { id: string; agent: string; agentVersion: string; models: boolean; by: string; at: Date },
    names: readonly string[] | undefined,
  ): Promise<number> {
    const { id, agent, agentVersion, models, by, at } = evaluation;
    return this.#pool.inTransaction(async (client) => {
      await client.query(
        `INSERT INTO evaluations (id, workspace_id, agent, agent_version, models, created_by, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
        [id, workspaceId, agent, agentVersion, models, by, at],
      );
      const { rowCount } = await client.query(
        `INSERT INTO evaluation_results (evaluation_id, position, workspace_id, name, definition, conversation_id, created_at)
         SELECT $1, row_number() OVER (ORDER BY name), workspace_id, name, definition, conversation_id, $4
         FROM evaluation_cases WHERE workspace_id = $2 AND agent = $3 AND ($5::text[] IS NULL OR name = ANY($5))`,
        [id, workspaceId, agent, at, names ?? null],
      );
      const missing = (names?.length ?? 1) - (rowCount ?? 0);
      if (missing > 0)
        throw new TimonelError(
          'not_found',
          names === undefined
            ? `${agent} has no cases in this workspace. Add some: POST /api/v1/evaluations/cases/import takes those that the agent brings.`
            : `${missing} of these cases are not there. GET /api/v1/evaluations/cases?agent=${agent} lists them.`,
        );
      return rowCount ?? 0;
    });
  }

  /** The newest first. */
  async list(workspaceId: string, filter: EvaluationFilter): Promise<(AgentEvaluation & { place: Place })[]> {
    const { agent, agents, version, after, limit } = filter;
    const rows = await this.#pool.executeText<EvaluationRow>(
      `${counted} WHERE e.workspace_id = $1 AND ($2::text IS NULL OR e.agent = $2) AND ($7::text[] IS NULL OR e.agent = ANY($7)) AND ($3::text IS NULL OR e.agent_version = $3)
         AND ($4::timestamptz IS NULL OR (e.created_at, e.id) < ($4, $5::uuid))
       ORDER BY e.created_at DESC, e.id DESC LIMIT $6`,
      [workspaceId, agent ?? null, version ?? null, after?.[0] ?? null, after?.[1] ?? null, limit, agents ?? null],
    );
    return rows.map((row) => ({ ...storedEvaluation(row), place: row.place }));
  }

  /** @throws TimonelError `not_found` */
  async get(workspaceId: string, id: string): Promise<AgentEvaluation> {
    const [row] = await this.#pool.executeText<EvaluationRow>(`${counted} WHERE e.workspace_id = $1 AND e.id = $2`, [
      workspaceId,
      id,
    ]);
    if (row === undefined) throw notFound(id);
    return storedEvaluation(row);
  }

  /** The id of the newest that was played to the end. @throws TimonelError `not_found` */
  async latestFinished(workspaceId: string, agent: string, version: string): Promise<string> {
    const [row] = await this.#pool.executeText<{ id: string }>(
      `SELECT id FROM evaluations WHERE workspace_id = $1 AND agent = $2 AND agent_version = $3 AND status = 'finished'
       ORDER BY created_at DESC, id DESC LIMIT 1`,
      [workspaceId, agent, version],
    );
    if (row !== undefined) return row.id;
    throw new TimonelError(
      'not_found',
      `No evaluation of ${agent} ${version} is finished. POST /api/v1/evaluations {"agent":"${agent}","version":"${version}"} plays one.`,
    );
  }

  /** What is under way ends with its next result. @throws TimonelError `not_found` */
  async remove(workspaceId: string, id: string): Promise<void> {
    const rows = await this.#pool.executeText('DELETE FROM evaluations WHERE workspace_id = $1 AND id = $2 RETURNING 1', [
      workspaceId,
      id,
    ]);
    if (rows.length === 0) throw notFound(id);
  }

  /** In the order of the cases, those after `after`. */
  async results(
    workspaceId: string,
    id: string,
    filter: { passed?: boolean | undefined; pending?: boolean; after: number; limit: number },
  ): Promise<EvaluationResult[]> {
    const { passed, pending = false, after, limit } = filter;
    const rows = await this.#pool.executeText<ResultRow>(
      `SELECT position, name, definition, passed, faults, milliseconds FROM evaluation_results
       WHERE workspace_id = $1 AND evaluation_id = $2 AND position > $3 AND ($4::boolean IS NULL OR passed = $4)
         AND (NOT $5 OR passed IS NULL) ORDER BY position LIMIT $6`,
      [workspaceId, id, after, passed ?? null, pending, limit],
    );
    return rows.map((row) => ({ ...row, passed: row.passed ?? undefined, milliseconds: row.milliseconds ?? undefined }));
  }

  /** Takes an evaluation that nobody works on. @returns its new fence; `undefined` where somebody does, or it is over */
  async claim(workspaceId: string, id: string): Promise<number | undefined> {
    const [row] = await this.#pool.executeText<{ fence: number }>(
      `UPDATE evaluations SET status = 'running', fence = fence + 1, claimed_until = ${claimed}
       WHERE workspace_id = $1 AND id = $2 AND ${unclaimed} RETURNING fence`,
      [workspaceId, id],
    );
    return row?.fence;
  }

  /** @returns whether the claim still holds. */
  async renew(workspaceId: string, id: string, fence: number): Promise<boolean> {
    const rows = await this.#pool.executeText(
      `UPDATE evaluations SET claimed_until = ${claimed} WHERE workspace_id = $1 AND id = $2 AND fence = $3 AND status = 'running' RETURNING 1`,
      [workspaceId, id, fence],
    );
    return rows.length > 0;
  }

  /** Gives the claim back, so that another process may go on at once. */
  async release(workspaceId: string, id: string, fence: number): Promise<void> {
    await this.#pool.executeText('UPDATE evaluations SET claimed_until = NULL WHERE workspace_id = $1 AND id = $2 AND fence = $3', [
      workspaceId,
      id,
      fence,
    ]);
  }

  /** Stores a result once, under the fence of the claim. @returns whether it was stored. */
  async record(
    workspaceId: string,
    id: string,
    fence: number,
    { position, passed, faults, milliseconds }: { position: number; passed: boolean; faults: string[]; milliseconds: number },
  ): Promise<boolean> {
    const rows = await this.#pool.executeText(
      `UPDATE evaluation_results SET passed = $5, faults = $6, milliseconds = $7
       WHERE workspace_id = $1 AND evaluation_id = $2 AND position = $4 AND passed IS NULL
         AND EXISTS (SELECT FROM evaluations e WHERE e.id = $2 AND e.workspace_id = $1 AND e.fence = $3 AND e.status = 'running') RETURNING 1`,
      [workspaceId, id, fence, position, passed, storableJson(faults), milliseconds],
    );
    return rows.length > 0;
  }

  async addCost(workspaceId: string, id: string, cost: number): Promise<void> {
    await this.#pool.executeText('UPDATE evaluations SET cost = cost + $3 WHERE workspace_id = $1 AND id = $2', [
      workspaceId,
      id,
      cost,
    ]);
  }

  /** @param failure why it could not be played; absent where every case has a result. */
  async finish(workspaceId: string, id: string, fence: number, at: Date, failure?: string): Promise<boolean> {
    const rows = await this.#pool.executeText(
      `UPDATE evaluations SET status = $4, failure = $5, finished_at = $6, claimed_until = NULL
       WHERE workspace_id = $1 AND id = $2 AND fence = $3 AND status = 'running' RETURNING 1`,
      [workspaceId, id, fence, failure === undefined ? 'finished' : 'failed', failure ?? null, at],
    );
    return rows.length > 0;
  }

  /** Evaluations of all workspaces that wait, and that nobody works on any more. */
  async left(): Promise<{ workspaceId: string; evaluationId: string }[]> {
    return this.#pool.executeText(
      `SELECT workspace_id AS "workspaceId", id AS "evaluationId" FROM evaluations WHERE ${unclaimed} ORDER BY created_at LIMIT 100`,
    );
  }
}

function storedEvaluation(row: EvaluationRow): AgentEvaluation {
  const { id, agent, models, status, cost, cases, passed, failed } = row;
  return {
    id,
    agent,
    agentVersion: row.agent_version,
    models,
    status,
    failure: row.failure ?? undefined,
    cost,
    cases,
    passed,
    failed,
    createdBy: row.created_by,
    createdAt: row.created_at,
    finishedAt: row.finished_at ?? undefined,
  };
}

function notFound(id: string): TimonelError {
  return new TimonelError('not_found', `There is no evaluation ${id} in this workspace. GET /api/v1/evaluations lists them.`);
}
