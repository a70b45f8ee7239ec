/** Releases as they are stored. Every statement carries the workspace. */
import type pg from 'pg';
import type { DatabasePool } from '../store/database.ts';
import { noEvidence, type ReleaseEvidence } from './evidence/evidence.ts';
import { type Release, type ReleaseInForce, type ReleasePlan, type ReleaseStatus, releasePlan, type Standing } from './release.ts';

interface Row {
  id: string;
  workspace_id: string;
  agent: string;
  stable: string;
  canary: string;
  status: ReleaseStatus;
  enabled: boolean;
  buckets: number;
  salt: string;
  plan: unknown;
  revision: number;
  step: number;
  watched_ms: string;
  looked_at: Date | null;
  evidence: ReleaseEvidence | null;
  standing: (Omit<Standing, 'at'> & { at: string }) | null;
  reason: string | null;
  created_by: string;
  created_at: Date;
  started_at: Date | null;
  ended_at: Date | null;
}

export type NewRelease = Pick<Release, 'id' | 'workspaceId' | 'agent' | 'stable' | 'canary' | 'salt' | 'plan' | 'createdBy'>;

/** A release with what only looking at it needs. */
export interface WatchedRelease extends Release {
  evidence: ReleaseEvidence;
}

/** What a change sets; what is absent stays. */
export type ReleaseChange = Partial<
  Pick<
    WatchedRelease,
    | 'status'
    | 'enabled'
    | 'buckets'
    | 'step'
    | 'watchedMs'
    | 'lookedAt'
    | 'standing'
    | 'reason'
    | 'startedAt'
    | 'endedAt'
    | 'evidence'
  >
>;

export async function insertRelease(client: pg.ClientBase, release: NewRelease): Promise<void> {
  const { id, workspaceId, agent, stable, canary, salt, plan, createdBy } = release;
  await client.query(
    `INSERT INTO releases (id, workspace_id, agent, stable, canary, salt, plan, created_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [id, workspaceId, agent, stable, canary, salt, JSON.stringify(plan), createdBy],
  );
}

/** The row, locked until the transaction ends. */
export async function lockRelease(client: pg.ClientBase, workspaceId: string, id: string): Promise<WatchedRelease | undefined> {
  const { rows } = await client.query<Row>('SELECT * FROM releases WHERE workspace_id = $1 AND id = $2 FOR UPDATE', [
    workspaceId,
    id,
  ]);
  return rows[0] === undefined ? undefined : watchedOf(rows[0]);
}

/** The same, unless somebody else has it: then they look. */
export async function lockFreeRelease(client: pg.ClientBase, id: string): Promise<WatchedRelease | undefined> {
  const { rows } = await client.query<Row>(`SELECT * FROM releases WHERE id = $1 AND status = 'running' FOR UPDATE SKIP LOCKED`, [
    id,
  ]);
  return rows[0] === undefined ? undefined : watchedOf(rows[0]);
}

const columns: Readonly<Record<keyof ReleaseChange, string>> = {
  status: 'status',
  enabled: 'enabled',
  buckets: 'buckets',
  step: 'step',
  watchedMs: 'watched_ms',
  standing: 'standing',
  reason: 'reason',
  startedAt: 'started_at',
  endedAt: 'ended_at',
  evidence: 'evidence',
  lookedAt: 'looked_at',
};

/** @param revised whether somebody changed it, which makes it another revision. */
export async function updateRelease(client: pg.ClientBase, id: string, change: ReleaseChange, revised: boolean): Promise<Release> {
  const entries = Object.entries(change) as [keyof ReleaseChange, unknown][];
  const values = entries.map(([key, value]) => (key === 'standing' || key === 'evidence' ? JSON.stringify(value) : value));
  const sets = entries.map(([key], index) => `${columns[key]} = $${index + 2}`);
  const { rows } = await client.query<Row>(
    `UPDATE releases SET ${[...sets, `revision = revision + ${revised ? 1 : 0}`].join(', ')} WHERE id = $1 RETURNING *`,
    [id, ...values],
  );
  if (rows[0] === undefined) throw new Error(`The release ${id} is gone.`);
  return releaseOf(rows[0]);
}

export async function findRelease(pool: DatabasePool, workspaceId: string, id: string): Promise<Release | undefined> {
  const [row] = await pool.executeText<Row>('SELECT * FROM releases WHERE workspace_id = $1 AND id = $2', [workspaceId, id]);
  return row === undefined ? undefined : releaseOf(row);
}

/** Newest first. */
export async function listReleases(
  pool: DatabasePool,
  workspaceId: string,
  filter: { agent?: string | undefined; status?: ReleaseStatus | undefined },
): Promise<Release[]> {
  const rows = await pool.executeText<Row>(
    `SELECT * FROM releases WHERE workspace_id = $1 AND ($2::text IS NULL OR agent = $2) AND ($3::text IS NULL OR status = $3)
     ORDER BY created_at DESC, id DESC LIMIT 200`,
    [workspaceId, filter.agent ?? null, filter.status ?? null],
  );
  return rows.map(releaseOf);
}

/** What is read of a release that is in force: not what was found of it, which grows with every turn. */
const inForceColumns = 'id, workspace_id, agent, stable, canary, status, enabled, buckets, salt, plan, started_at, looked_at';

type InForceRow = Pick<
  Row,
  | 'id'
  | 'workspace_id'
  | 'agent'
  | 'stable'
  | 'canary'
  | 'status'
  | 'enabled'
  | 'buckets'
  | 'salt'
  | 'plan'
  | 'started_at'
  | 'looked_at'
>;

/** All that decides who answers, in all workspaces: what runs, and what was promoted last. One round trip. */
export async function releasesInForce(pool: DatabasePool): Promise<ReleaseInForce[]> {
  const rows = await pool.execute<InForceRow>(
    {
      name: 'releases-in-force',
      text: `
        SELECT ${inForceColumns} FROM releases WHERE status = 'running'
        UNION ALL
        (SELECT DISTINCT ON (workspace_id, agent) ${inForceColumns} FROM releases
         WHERE status = 'promoted' ORDER BY workspace_id, agent, ended_at DESC, id DESC)`,
    },
    [],
  );
  return rows.map(inForceOf);
}

function inForceOf(row: InForceRow): ReleaseInForce {
  return {
    id: row.id,
    workspaceId: row.workspace_id,
    agent: row.agent,
    stable: row.stable,
    canary: row.canary,
    status: row.status,
    enabled: row.enabled,
    buckets: row.buckets,
    salt: row.salt,
    plan: planOf(row.plan),
    startedAt: row.started_at ?? undefined,
    lookedAt: row.looked_at ?? undefined,
  };
}

function watchedOf(row: Row): WatchedRelease {
  return { ...releaseOf(row), evidence: row.evidence ?? noEvidence() };
}

function releaseOf(row: Row): Release {
  return {
    ...inForceOf(row),
    revision: row.revision,
    step: row.step,
    watchedMs: Number(row.watched_ms),
    standing: row.standing === null ? undefined : { ...row.standing, at: new Date(row.standing.at) },
    reason: row.reason ?? undefined,
    createdBy: row.created_by,
    createdAt: row.created_at,
    endedAt: row.ended_at ?? undefined,
  };
}

/** Written by an older version of this program, perhaps: what was added since gets its default. */
function planOf(stored: unknown): ReleasePlan {
  return releasePlan.parse(stored);
}
