import type { DatabasePool } from '../store/database.ts';
import type { WorkspaceAccess } from '../tools/contract.ts';

/** Makes access to the rows of one workspace, for code of agents. */
export function accessTo({ pool, now, newId }: { pool: DatabasePool; now(): Date; newId(): string }) {
  return (workspaceId: string, timeZone: string): WorkspaceAccess => ({
    workspaceId,
    timeZone,
    now,
    newId,
    query: (work) => pool.inWorkspace(workspaceId, (database) => work(database)),
  });
}
