import type { DatabasePool } from '../../store/database.ts';
import { type AuditLog, installation } from '../audit/audit-log.ts';
import type { PersonalTable, RetentionKind, TableOfData } from './contract.ts';
import { ageStatement } from './statements.ts';

/** How many days each kind of data is kept; 0 keeps it for ever. */
export type RetentionDays = Readonly<Record<RetentionKind, number>>;

export interface RetentionDependencies {
  pool: DatabasePool;
  audit: AuditLog;
  tables: readonly TableOfData[];
  days: RetentionDays;
  /** Workspaces, with the days that their conversations are kept where that is less long. */
  workspaces(): Promise<readonly { workspaceId: string; conversationDays: number | null }[]>;
  now(): Date;
}

/** Rows of one statement: locks are short, and what others do goes on in between. */
const batch = 1_000;

const dayMs = 86_400_000;

/**
 * Erases what is older than its kind is kept, in every workspace. Runs daily; running it twice does nothing more.
 * @returns rows by table.
 */
export async function applyRetention(dependencies: RetentionDependencies): Promise<Record<string, number>> {
  const { pool, audit, tables, days, now, workspaces } = dependencies;
  const erased: Record<string, number> = {};
  const erase = async (table: PersonalTable, kept: number, workspaceId?: string) => {
    const statement = ageStatement(table, batch, new Date(now().getTime() - kept * dayMs), workspaceId);
    for (let count = batch; statement !== undefined && count === batch; ) {
      count = (await pool.executeText(`${statement.text} RETURNING 1`, statement.values)).length;
      if (count > 0) erased[table.table] = (erased[table.table] ?? 0) + count;
    }
  };
  const aging = tables.filter((table): table is PersonalTable => table.personal && table.ages !== undefined);
  for (const table of aging) {
    const kept = table.ages === undefined ? 0 : days[table.ages.kind];
    if (kept > 0) await erase(table, kept);
  }
  for (const { workspaceId, conversationDays } of await workspaces()) {
    if (conversationDays === null) continue;
    for (const table of aging) if (table.ages?.kind === 'conversations') await erase(table, conversationDays, workspaceId);
  }
  if (days.audit > 0) {
    const count = await forgetActors(pool, audit, new Date(now().getTime() - days.audit * dayMs));
    if (count > 0) erased['audit_personal'] = count;
  }
  if (Object.keys(erased).length > 0) {
    await audit.append({ workspaceId: installation, actor: 'system', action: 'retention-run', details: { rows: erased } });
  }
  return erased;
}

/** The personal part of old audit entries. Each chain says itself which entries lost theirs, or it could not be verified. */
async function forgetActors(pool: DatabasePool, audit: AuditLog, before: Date): Promise<number> {
  let total = 0;
  for (const workspaceId of await audit.workspaces()) {
    total += await pool.inTransaction(async (client) => {
      await audit.lock(workspaceId, client);
      await client.query(`SELECT set_config('timonel.erasing', 'on', true)`);
      const { rows } = await client.query<{ sequence: string }>(
        `DELETE FROM audit_personal p USING audit_log e
         WHERE p.workspace_id = $1 AND e.workspace_id = p.workspace_id AND e.sequence = p.sequence AND e.at < $2 RETURNING p.sequence`,
        [workspaceId, before],
      );
      const last = Math.max(0, ...rows.map(({ sequence }) => Number(sequence)));
      // Everything up to there: what had been erased before is accounted for twice, which harms nothing.
      if (last > 0) {
        await audit.append(
          { workspaceId, actor: 'system', action: 'retention-applied', details: { entries: [[1, last]] } },
          client,
        );
      }
      return rows.length;
    });
  }
  return total;
}
