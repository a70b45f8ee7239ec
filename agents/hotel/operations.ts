/** What became of a write with a key, by our own record. */
import { sql } from '../../src/database.ts';
import type { WorkspaceAccess } from '../../src/index.ts';

export type OperationState = 'begun' | 'done' | 'refused' | 'unclear';

/** `undefined` where nothing with this key was begun. */
export async function operationState(access: WorkspaceAccess, key: string): Promise<OperationState | undefined> {
  const { rows } = await access.query((database) =>
    database.execute<{ state: OperationState }>(
      sql`SELECT state FROM hotel_operations WHERE workspace_id = ${access.workspaceId} AND key = ${key}`,
    ),
  );
  return rows[0]?.state;
}
