/** The quality cases of a workspace: rows that its people write, import, or make from a run. */
import type pg from 'pg';
import { canonicalJson } from '../canonical-json.ts';
import { TimonelError } from '../errors.ts';
import type { DatabasePool } from '../store/database.ts';
import { driverError } from '../store/database-errors.ts';
import { storableJson } from '../store/storable.ts';
import { type CaseDefinition, caseDefinition, type EvaluationCase } from './case.ts';
import { caseOfRun } from './case-of-run.ts';

/** Cases of one agent in a workspace at most. */
export const mostCases = 2_000;

export interface StoredCase extends CaseDefinition {
  id: string;
  agent: string;
  name: string;
  /** The conversation that it was made from. */
  conversationId: string | undefined;
  version: number;
  createdBy: string;
  createdAt: Date;
  updatedAt: Date;
}

interface CaseRow {
  id: string;
  agent: string;
  name: string;
  definition: CaseDefinition;
  conversation_id: string | null;
  version: number;
  created_by: string;
  created_at: Date;
  updated_at: Date;
}

export interface CasesDependencies {
  pool: DatabasePool;
  now(): Date;
  newId(): string;
}

export interface NewCase extends CaseDefinition {
  agent: string;
  name: string;
}

const columns = 'id, agent, name, definition, conversation_id, version, created_by, created_at, updated_at';

export class EvaluationCases {
  readonly #dependencies: CasesDependencies;

  constructor(dependencies: CasesDependencies) {
    this.#dependencies = dependencies;
  }

  /** By name, those after `after`. */
  async list(
    workspaceId: string,
    { agent, after, limit }: { agent: string; after: string | undefined; limit: number },
  ): Promise<StoredCase[]> {
    const rows = await this.#dependencies.pool.executeText<CaseRow>(
      `SELECT ${columns} FROM evaluation_cases WHERE workspace_id = $1 AND agent = $2 AND ($3::text IS NULL OR name > $3) ORDER BY name LIMIT $4`,
      [workspaceId, agent, after ?? null, limit],
    );
    return rows.map(storedCase);
  }

  /** @throws TimonelError `not_found` */
  async get(workspaceId: string, id: string): Promise<StoredCase> {
    const [row] = await this.#dependencies.pool.executeText<CaseRow>(
      `SELECT ${columns} FROM evaluation_cases WHERE workspace_id = $1 AND id = $2`,
      [workspaceId, id],
    );
    if (row === undefined) throw notFound(id);
    return storedCase(row);
  }

  /** @throws TimonelError `row_conflict` where the agent has a case of that name, or as many as it may */
  async add(workspaceId: string, given: NewCase, by: string, conversationId?: string): Promise<StoredCase> {
    const { pool } = this.#dependencies;
    return pool.inTransaction(async (client) => {
      await requireRoom(client, workspaceId, given.agent, 1);
      const added = await this.#insert(client, workspaceId, given, by, conversationId);
      if (added === undefined)
        throw new TimonelError(
          'row_conflict',
          `${given.agent} has a case "${given.name}" already. Change that one, or take another name.`,
        );
      return added;
    });
  }

  /** Makes a case of the conversation of a run, up to that run, with what came of each turn as what is expected. @throws TimonelError `run_not_found`, `row_conflict`, `row_invalid` */
  async addFromRun(workspaceId: string, runId: string, name: string | undefined, by: string): Promise<StoredCase> {
    const { agent, conversationId, ...definition } = await caseOfRun(this.#dependencies.pool, workspaceId, runId);
    return this.add(workspaceId, { agent, name: name ?? `run-${runId}`, ...definition }, by, conversationId);
  }

  /** @throws TimonelError `not_found`, `version_conflict`, `row_conflict` */
  async change(
    workspaceId: string,
    id: string,
    ifVersion: number | undefined,
    changes: { name?: string | undefined; now?: string | undefined; turns?: CaseDefinition['turns'] | undefined },
  ): Promise<StoredCase> {
    const { pool, now } = this.#dependencies;
    const before = await this.get(workspaceId, id);
    if (ifVersion !== undefined && before.version !== ifVersion) throw changed(before.version);
    const definition = { now: changes.now ?? before.now, turns: changes.turns ?? before.turns };
    const rows = await pool
      .executeText<CaseRow>(
        `UPDATE evaluation_cases SET name = $4, definition = $5, version = version + 1, updated_at = $6
         WHERE workspace_id = $1 AND id = $2 AND version = $3 RETURNING ${columns}`,
        [workspaceId, id, before.version, changes.name ?? before.name, storableJson(definition), now()],
      )
      .catch((error: unknown) => {
        if ((driverError(error) as { code?: string }).code !== '23505') throw error;
        throw new TimonelError('row_conflict', `${before.agent} has a case "${changes.name}" already. Take another name.`);
      });
    if (rows[0] === undefined) throw changed(before.version);
    return storedCase(rows[0]);
  }

  /** Results of it stay. @throws TimonelError `not_found` */
  async remove(workspaceId: string, id: string): Promise<void> {
    const rows = await this.#dependencies.pool.executeText(
      'DELETE FROM evaluation_cases WHERE workspace_id = $1 AND id = $2 RETURNING 1',
      [workspaceId, id],
    );
    if (rows.length === 0) throw notFound(id);
  }

  /** Adds cases and changes those of the same name, all or none; others stay. @throws TimonelError `row_conflict`, `import_refused` */
  async import(workspaceId: string, agent: string, cases: readonly EvaluationCase[], by: string) {
    const { pool, now } = this.#dependencies;
    const names = cases.map(({ id }) => id);
    const twice = names.find((name, index) => names.indexOf(name) !== index);
    if (twice !== undefined)
      throw new TimonelError('import_refused', `Two cases are named "${twice}". Give each an id of its own; nothing was imported.`);
    return pool.inTransaction(async (client) => {
      const { rows } = await client.query<CaseRow>(
        `SELECT ${columns} FROM evaluation_cases WHERE workspace_id = $1 AND agent = $2 AND name = ANY($3) FOR UPDATE`,
        [workspaceId, agent, names],
      );
      const known = new Map(rows.map((row) => [row.name, row]));
      await requireRoom(client, workspaceId, agent, names.length - known.size);
      const done = { added: 0, changed: 0, unchanged: 0 };
      for (const { id: name, ...definition } of cases) {
        const row = known.get(name);
        if (row === undefined) {
          await this.#insert(client, workspaceId, { agent, name, ...definition }, by, undefined);
          done.added++;
        } else if (canonicalJson(row.definition) === canonicalJson(plain(definition))) done.unchanged++;
        else {
          await client.query(
            'UPDATE evaluation_cases SET definition = $3, version = version + 1, updated_at = $4 WHERE workspace_id = $1 AND id = $2',
            [workspaceId, row.id, storableJson(definition), now()],
          );
          done.changed++;
        }
      }
      return done;
    });
  }

  async #insert(
    client: pg.ClientBase,
    workspaceId: string,
    { agent, name, now: at, turns }: NewCase,
    by: string,
    conversationId: string | undefined,
  ): Promise<StoredCase | undefined> {
    const { now, newId } = this.#dependencies;
    const made = now();
    const { rows } = await client.query<CaseRow>(
      `INSERT INTO evaluation_cases (id, workspace_id, agent, name, definition, conversation_id, created_by, created_at, updated_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8) ON CONFLICT (workspace_id, agent, name) DO NOTHING RETURNING ${columns}`,
      [newId(), workspaceId, agent, name, storableJson({ now: at, turns }), conversationId ?? null, by, made],
    );
    return rows[0] === undefined ? undefined : storedCase(rows[0]);
  }
}

/** Two that add at once wait for each other. */
async function requireRoom(client: pg.ClientBase, workspaceId: string, agent: string, more: number): Promise<void> {
  await client.query(`SELECT pg_advisory_xact_lock(hashtextextended($1, 0))`, [`evaluation-cases\n${workspaceId}\n${agent}`]);
  const { rows } = await client.query<{ count: number }>(
    'SELECT count(*)::int AS count FROM evaluation_cases WHERE workspace_id = $1 AND agent = $2',
    [workspaceId, agent],
  );
  if ((rows[0]?.count ?? 0) + more > mostCases)
    throw new TimonelError(
      'row_conflict',
      `${agent} may have ${mostCases} cases in a workspace. Delete those that tell nothing new.`,
    );
}

function storedCase({ definition, conversation_id, created_by, created_at, updated_at, ...row }: CaseRow): StoredCase {
  return {
    ...row,
    ...caseDefinition.parse(definition),
    conversationId: conversation_id ?? undefined,
    createdBy: created_by,
    createdAt: created_at,
    updatedAt: updated_at,
  };
}

/** As it comes back from the database. */
function plain(definition: CaseDefinition): CaseDefinition {
  return JSON.parse(storableJson(definition)) as CaseDefinition;
}

function notFound(id: string): TimonelError {
  return new TimonelError('not_found', `There is no case ${id}. GET /api/v1/evaluations/cases?agent=<agent> lists them.`);
}

function changed(version: number): TimonelError {
  return new TimonelError(
    'version_conflict',
    `The case was changed meanwhile (version ${version}). Read it again, and change that.`,
  );
}
