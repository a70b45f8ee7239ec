/** Conditions of statements that show or change only what somebody reaches: conversations that they began, of some agents, of some connections. */
import type { AccessLimits, Reach } from '../vocabulary.ts';
import type { DatabasePool } from './database.ts';

/** The limits alone; null where there are none. */
export function limitsAlone({ agents, connections }: AccessLimits): AccessLimits | null {
  return agents === undefined && connections === undefined ? null : { agents, connections };
}

/** The same as one value of a statement. */
export function limitsValue(limits: AccessLimits): string | null {
  const alone = limitsAlone(limits);
  return alone === null ? null : JSON.stringify(alone);
}

/** The values $3 and $4 of {@link withinReach} and {@link runWithin}. */
export function reachValues(reach: Reach | undefined): [string | null, string | null] {
  return [reach?.startedBy ?? null, limitsValue(reach ?? {})];
}

/** Condition that a row of `conversations` is within the limits of `value`, e.g. `$4::jsonb`. */
export const withinLimits = (row: string, value: string) =>
  `(${value} IS NULL OR timonel_within(${value}, ${row}.agent, ${row}.connection_id))`;

/** The same of a row of `runs`. A run that another run started counts to the connection of the first of its family. */
export const runWithinLimits = (row: string, value: string) =>
  `(${value} IS NULL OR timonel_within(${value}, ${row}.agent, timonel_connection_of(${row}.conversation_id)))`;

/** Condition that a row of `conversations` is within a reach, with the values $3 and $4 of {@link reachValues}. */
export const withinReach = (row: string) => `($3::text IS NULL OR ${row}.started_by = $3) AND ${withinLimits(row, '$4::jsonb')}`;

/** The connections of conversations, of those that are on one. */
export async function connectionsOf(
  pool: DatabasePool,
  workspaceId: string,
  conversations: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const rows = await pool.execute<{ id: string; connection: string | null }>(
    {
      name: 'connections-of',
      text: 'SELECT c.id, timonel_connection_of(c.id) AS connection FROM conversations c WHERE c.workspace_id = $1 AND c.id = ANY($2::uuid[])',
    },
    [workspaceId, conversations],
  );
  return new Map(rows.flatMap(({ id, connection }): [string, string][] => (connection === null ? [] : [[id, connection]])));
}
