/** Runs of a workspace, the newest first. */

import type { DatabasePool } from '../store/database.ts';
import { type Place, placeIn } from '../store/list-places.ts';
import { reachValues, runWithinLimits } from '../store/reach.ts';
import type { RunView } from '../store/run-views.ts';
import type { Outcome, Reach } from '../vocabulary.ts';

export interface RunFilter {
  status?: RunView['status'] | undefined;
  outcome?: Outcome | undefined;
  agent?: string | undefined;
  /** Of this conversation. */
  conversation?: string | undefined;
  version?: string | undefined;
  degraded?: boolean | undefined;
  /** Began then or later. */
  since?: Date | undefined;
  /** US dollars. */
  minCost?: number | undefined;
  after: Place | undefined;
  limit: number;
}

export interface ListedRun {
  id: string;
  conversationId: string;
  turn: number;
  agent: string;
  agentVersion: string;
  arm: string;
  status: RunView['status'];
  outcome: Outcome | null;
  degraded: boolean;
  recoveries: number;
  /** US dollars; null where no price is known. */
  cost: number | null;
  /** Code of the error that it ended with. */
  error: string | null;
  parentRun: string | null;
  createdAt: Date;
  finishedAt: Date | null;
  place: Place;
}

/** One round trip. */
export async function listRuns(pool: DatabasePool, workspaceId: string, reach: Reach, filter: RunFilter): Promise<ListedRun[]> {
  const { status, outcome, agent, conversation, version, degraded, since, minCost, after, limit } = filter;
  return pool.execute<ListedRun>(
    {
      name: 'runs-list',
      text: `
        SELECT r.id, r.conversation_id AS "conversationId", r.turn, r.agent, r.agent_version AS "agentVersion", r.arm, r.status, r.outcome,
          r.degraded IS NOT NULL AS degraded, r.recoveries, (r.usage->>'cost')::float8 AS cost, r.error->>'code' AS error, r.parent_run AS "parentRun",
          r.created_at AS "createdAt", r.finished_at AS "finishedAt", ${placeIn('r.created_at', 'r.id')} AS place
        FROM runs r
        WHERE r.workspace_id = $1
          AND ($2::text IS NULL OR EXISTS (SELECT FROM conversations c WHERE c.id = r.conversation_id AND c.started_by = $2))
          AND ${runWithinLimits('r', '$3::jsonb')} AND ($4::text IS NULL OR r.status = $4) AND ($5::text IS NULL OR r.outcome = $5)
          AND ($6::text IS NULL OR r.agent = $6) AND ($7::text IS NULL OR r.agent_version = $7)
          AND ($8::boolean IS NULL OR (r.degraded IS NOT NULL) = $8) AND ($9::timestamptz IS NULL OR r.created_at >= $9)
          AND ($10::float8 IS NULL OR (r.usage->>'cost')::float8 >= $10)
          AND ($14::uuid IS NULL OR r.conversation_id = $14)
          AND ($11::timestamptz IS NULL OR (r.created_at, r.id) < ($11, $12::uuid))
        ORDER BY r.created_at DESC, r.id DESC LIMIT $13`,
    },
    [
      workspaceId,
      ...reachValues(reach),
      status ?? null,
      outcome ?? null,
      agent ?? null,
      version ?? null,
      degraded ?? null,
      since ?? null,
      minCost ?? null,
      after?.[0] ?? null,
      after?.[1] ?? null,
      limit,
      conversation ?? null,
    ],
  );
}
