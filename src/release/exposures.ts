/** Turns that ended, as evidence. Each is counted once: the mark on it and what is concluded from it are one transaction. */
import type pg from 'pg';
import { byDecision } from '../run/planner.ts';
import { type Exposure, expose, exposeRating, type Rating, type UnitRecord } from './evidence/exposure.ts';
import type { Tripwires } from './release.ts';
import type { WatchedRelease } from './release-rows.ts';

/** Turns that are counted in one look; the rest waits for the next one. */
const mostTurns = 5_000;

interface TurnRow {
  id: string;
  arm: 'stable' | 'canary';
  failed: boolean;
  first_event_ms: number | null;
  cost: number | null;
  recoveries: number;
  unit: string | null;
  weight: number | null;
}

interface RatingRow {
  arm: 'stable' | 'canary';
  unit: string | null;
  weight: number | null;
  rating: number;
}

/** What was counted, and what of it is no matter of statistics. */
export interface Counted {
  exposures: Exposure[];
  ratings: Rating[];
  tripwires: Tripwires;
}

/**
 * Counts the turns that ended since the last look, in the order in which they ended.
 * @param safetyRules rules of the canary whose refusals end a release.
 */
export async function countTurns(client: pg.ClientBase, release: WatchedRelease, safetyRules: readonly string[]): Promise<Counted> {
  const { id, workspaceId, plan } = release;
  // A turn that the flow planner had to save failed, as far as the version is concerned; one that was sent there did not.
  const { rows } = await client.query<TurnRow>(
    `WITH fresh AS (
       UPDATE runs SET counted = true
       WHERE id IN (
         SELECT id FROM runs
         WHERE release = $1 AND NOT counted AND workspace_id = $2 AND status = 'finished' ORDER BY finished_at, id LIMIT ${mostTurns}
       )
       RETURNING id, conversation_id, arm, outcome, degraded, first_event_ms, usage, recoveries, finished_at
     )
     SELECT f.id, f.arm, f.outcome = 'failed' OR (f.degraded IS NOT NULL AND NOT starts_with(f.degraded, $3)) AS failed, f.first_event_ms,
       (f.usage->>'cost')::float8 AS cost, f.recoveries, c.unit, c.weight
     FROM fresh f JOIN conversations c ON c.id = f.conversation_id
     ORDER BY f.finished_at, f.id`,
    [id, workspaceId, byDecision],
  );
  const { rows: rated } = await client.query<RatingRow>(
    `WITH fresh AS (
       UPDATE run_feedback SET counted = true WHERE release = $1 AND NOT counted AND workspace_id = $2 RETURNING run_id, rating, created_at
     )
     SELECT r.arm, c.unit, c.weight, f.rating
     FROM fresh f JOIN runs r ON r.id = f.run_id JOIN conversations c ON c.id = r.conversation_id ORDER BY f.created_at`,
    [id, workspaceId],
  );
  // A person whose data was erased meanwhile is nobody any more, and their turns prove nothing.
  const turns = rows.filter(isSomebodys);
  const ratings = rated.filter(isSomebodys);
  const units = await loadUnits(client, release, [...turns, ...ratings]);
  const counted: Counted = { exposures: [], ratings: [], tripwires: await newTrips(client, release, rows, safetyRules) };
  for (const { arm, unit, weight, failed, first_event_ms: firstEvent, cost } of turns) {
    const slow = firstEvent === null ? undefined : firstEvent > plan.slowAfterMs;
    const { exposure, record } = expose(units.get(unit), { arm, weight, failed, slow, cost: cost ?? undefined });
    units.set(unit, record);
    counted.exposures.push(exposure);
  }
  for (const { arm, unit, weight, rating: given } of ratings) {
    const { rating, record } = exposeRating(units.get(unit), { arm, weight, rating: given });
    units.set(unit, record);
    counted.ratings.push(rating);
  }
  await storeUnits(client, release, units);
  return counted;
}

function isSomebodys<T extends { unit: string | null; weight: number | null }>(
  row: T,
): row is T & { unit: string; weight: number } {
  return row.unit !== null && row.weight !== null;
}

async function newTrips(
  client: pg.ClientBase,
  release: WatchedRelease,
  rows: readonly TurnRow[],
  safetyRules: readonly string[],
): Promise<Tripwires> {
  const canaries = rows.filter(({ arm }) => arm === 'canary');
  const none = { stable: 0, canary: 0 };
  const before = release.standing?.tripwires ?? { safetyViolations: 0, crashed: none, crashing: none, dollars: 0 };
  const most = release.plan.tripwires.recoveries;
  // One that takes every process with it never ends, and has to be seen while it is under way.
  const { rows: underWay } = await client.query<{ arm: 'stable' | 'canary'; crashed: number }>(
    `SELECT arm, count(*)::int AS crashed FROM runs
     WHERE release = $1 AND NOT counted AND workspace_id = $2 AND status = 'running' AND recoveries >= $3 GROUP BY arm`,
    [release.id, release.workspaceId, most],
  );
  const crashed = (arm: 'stable' | 'canary') =>
    before.crashed[arm] + rows.filter((row) => row.arm === arm && row.recoveries >= most).length;
  const crashing = (arm: 'stable' | 'canary') => underWay.find((row) => row.arm === arm)?.crashed ?? 0;
  return {
    safetyViolations: before.safetyViolations + (await violationsOf(client, release, canaries, safetyRules)),
    crashed: { stable: crashed('stable'), canary: crashed('canary') },
    crashing: { stable: crashing('stable'), canary: crashing('canary') },
    dollars: before.dollars + canaries.reduce((sum, { cost }) => sum + (cost ?? 0), 0),
  };
}

async function violationsOf(
  client: pg.ClientBase,
  { workspaceId }: WatchedRelease,
  canaries: readonly TurnRow[],
  safetyRules: readonly string[],
): Promise<number> {
  if (canaries.length === 0 || safetyRules.length === 0) return 0;
  const { rows } = await client.query<{ violations: number }>(
    `SELECT count(*)::int AS violations FROM steps
     WHERE workspace_id = $1 AND run_id = ANY($2::uuid[]) AND kind = 'decision'
       AND data->'verdict'->>'kind' = 'deny' AND data->'verdict'->>'rule' = ANY($3::text[])`,
    [workspaceId, canaries.map(({ id }) => id), safetyRules],
  );
  return rows[0]?.violations ?? 0;
}

async function loadUnits(
  client: pg.ClientBase,
  { id, workspaceId }: WatchedRelease,
  rows: readonly { unit: string }[],
): Promise<Map<string, UnitRecord>> {
  if (rows.length === 0) return new Map();
  const { rows: known } = await client.query<{ unit: string; record: UnitRecord }>(
    'SELECT unit, record FROM release_units WHERE release = $1 AND workspace_id = $2 AND unit = ANY($3::text[])',
    [id, workspaceId, [...new Set(rows.map(({ unit }) => unit))]],
  );
  return new Map(known.map(({ unit, record }) => [unit, record]));
}

async function storeUnits(
  client: pg.ClientBase,
  { id, workspaceId }: WatchedRelease,
  units: ReadonlyMap<string, UnitRecord>,
): Promise<void> {
  if (units.size === 0) return;
  await client.query(
    `INSERT INTO release_units (workspace_id, release, unit, record)
     SELECT $1, $2, unit, record FROM json_to_recordset($3::json) AS t(unit text, record jsonb)
     ON CONFLICT (release, unit) DO UPDATE SET record = excluded.record`,
    [workspaceId, id, JSON.stringify([...units].map(([unit, record]) => ({ unit, record })))],
  );
}
