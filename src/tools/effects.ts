import type pg from 'pg';
import { TimonelError } from '../errors.ts';
import type { RunContext } from '../store/run-context.ts';
import { storableJson } from '../store/storable.ts';
import type { JsonValue } from '../vocabulary.ts';

/** The call whose effect a transaction carries. */
export interface EffectOwner {
  run: RunContext;
  tool: string;
  key: string;
}

/**
 * First statement of an effect's transaction: holds the run against a takeover until the transaction ends, and finds the answer of an
 * earlier attempt with the same key. One round trip.
 * @throws TimonelError `run_fenced` when another process owns the run by now.
 */
export async function beginEffect(client: pg.PoolClient, { run, key }: EffectOwner): Promise<{ output: JsonValue } | undefined> {
  const { rows } = await client.query<{ output: JsonValue | null; done: boolean }>({
    name: 'effect-begin',
    text: `
      SELECT e.output, e.key IS NOT NULL AS done
      FROM (SELECT id FROM runs WHERE id = $1 AND fence = $2 AND status = 'running' FOR SHARE) r
        LEFT JOIN effects e ON e.workspace_id = $3 AND e.key = $4`,
    values: [run.runId, run.fence, run.workspaceId, key],
  });
  const [row] = rows;
  if (row === undefined) throw new TimonelError('run_fenced', `Another process has taken over the run ${run.runId}.`);
  return row.done ? { output: row.output } : undefined;
}

/** Last statement before the commit: the answer, under the key. One round trip. */
export async function storeEffect(client: pg.PoolClient, { run, tool, key }: EffectOwner, output: JsonValue): Promise<void> {
  await client.query({
    name: 'effect-store',
    text: 'INSERT INTO effects (workspace_id, key, run_id, tool, output) VALUES ($1, $2, $3, $4, $5)',
    values: [run.workspaceId, key, run.runId, tool, storableJson(output)],
  });
}
