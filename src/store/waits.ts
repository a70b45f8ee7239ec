/** What calls of tools wait for, as it is stored: see `ToolContext` for what it means to a tool. */
import type { JsonValue } from '../vocabulary.ts';
import type { DatabasePool } from './database.ts';

export type WaitKind = 'child' | 'token' | 'timer';
export type JoinMode = 'all' | 'any' | 'settled';

/** A wait of a call that suspends its run. */
export interface PendingWait {
  callId: string;
  /** Counts the waits of the call, from 1 on; 0 is its completion token. */
  position: number;
  kind: WaitKind;
  /** When it ends without an answer; of a timer, the time itself. */
  deadline?: Date | undefined;
  children?: readonly string[] | undefined;
  mode?: JoinMode | undefined;
}

/** A wait that the record has, as a claimed run carries it. */
export interface StoredWait {
  callId: string;
  position: number;
  kind: WaitKind;
  status: 'pending' | 'answered' | 'expired';
  deadline: Date | undefined;
  answer: JsonValue | undefined;
}

/** A wait as PostgreSQL writes it into JSON. */
export interface WaitRow extends Omit<StoredWait, 'deadline' | 'answer'> {
  deadline: string | null;
  answer: JsonValue;
}

export function storedWaits(rows: WaitRow[] | null): StoredWait[] {
  return (rows ?? []).map(({ deadline, answer, ...wait }) => ({
    ...wait,
    deadline: deadline === null ? undefined : new Date(deadline),
    answer: answer ?? undefined,
  }));
}

/** SQL: the waits of the run `r`. */
export const waitsOfRun = `
  (SELECT json_agg(json_build_object('callId', w.call_id, 'position', w.position, 'kind', w.kind, 'status', w.status, 'deadline', w.deadline,
    'answer', w.answer)) FROM waits w WHERE w.run_id = r.id)`;

/** SQL: what the children of the run with this id may spend, or have spent where they ended and had none of their own; US dollars. */
export const givenToChildren = (run: string) => `
  COALESCE((SELECT sum(CASE WHEN k.status = 'finished' AND NOT EXISTS (SELECT FROM runs g WHERE g.parent_run = k.id)
    THEN LEAST(COALESCE((k.usage->>'cost')::float8, 0), k.budget) ELSE k.budget END) FROM runs k WHERE k.parent_run = ${run}), 0)::float8`;

/** SQL: the workspace of the run is not disabled. What waits there is held, and goes on once it is enabled. */
export const enabled = (run: string) =>
  `NOT EXISTS (SELECT FROM workspaces d WHERE d.workspace_id = ${run}.workspace_id AND d.disabled_at IS NOT NULL)`;

/** What runs may wait for. */
export const waitingKinds = ['approval', 'child', 'token', 'timer'] as const;

export interface WaitingFigure {
  kind: (typeof waitingKinds)[number];
  pending: number;
  /** How long the oldest one waits, in seconds; 0 where none does. */
  oldestSeconds: number;
}

/** What waits in all workspaces. One statement, which reads what is pending and nothing else. */
export async function waitingFigures(pool: DatabasePool): Promise<WaitingFigure[]> {
  const rows = await pool.execute<WaitingFigure>(
    {
      name: 'waits-pending',
      text: `
        SELECT 'approval' AS kind, count(*)::int AS pending, COALESCE(extract(epoch FROM now() - min(created_at)), 0)::float8 AS "oldestSeconds"
        FROM approvals WHERE status = 'pending'
        UNION ALL
        SELECT kind, count(*)::int, extract(epoch FROM now() - min(created_at))::float8 FROM waits WHERE status = 'pending' GROUP BY kind`,
    },
    [],
  );
  return waitingKinds.map((kind) => rows.find((row) => row.kind === kind) ?? { kind, pending: 0, oldestSeconds: 0 });
}
