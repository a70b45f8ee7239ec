/** The journal of writings: stored before the first file is touched, so that a crash can be mended from it. */
import { sql } from '../../../src/database.ts';
import type { WorkspaceAccess } from '../../../src/index.ts';
import type { ApplyJournal, ChangedContent, JournalledFile } from '../project/contract.ts';
import { keepContents, loadContents } from './contents.ts';

type Access = Pick<WorkspaceAccess, 'workspaceId' | 'query' | 'now'>;
type Kept = { hash: string; mode: number } | null;
interface KeptFile {
  path: string;
  before: Kept;
  after: Kept;
}

export function applyJournal(access: Access): ApplyJournal {
  const { workspaceId, query } = access;
  const find = async (id: string): Promise<readonly KeptFile[] | undefined> => {
    const { rows } = await query((database) =>
      database.execute<{ files: KeptFile[] }>(
        sql`SELECT files FROM codegen_journal WHERE workspace_id = ${workspaceId} AND id = ${id}`,
      ),
    );
    return rows[0]?.files;
  };
  return {
    async begin(id, files) {
      const side = async (which: 'before' | 'after') =>
        keepContents(access, Object.fromEntries(files.map((file) => [file.path, file[which] ?? null])));
      const [before, after] = [await side('before'), await side('after')];
      const kept = files.map(({ path }): KeptFile => ({ path, before: before[path] ?? null, after: after[path] ?? null }));
      await query((database) =>
        database.execute(sql`
          INSERT INTO codegen_journal (workspace_id, id, files, created_at)
          VALUES (${workspaceId}, ${id}, ${JSON.stringify(kept)}::jsonb, ${access.now().toISOString()}::timestamptz)
          ON CONFLICT (workspace_id, id) DO NOTHING`),
      );
    },
    async find(id) {
      const kept = await find(id);
      if (kept === undefined) return undefined;
      const side = async (which: 'before' | 'after') =>
        loadContents(access, Object.fromEntries(kept.map((file) => [file.path, file[which]])));
      const [before, after] = [await side('before'), await side('after')];
      const of = (contents: Readonly<Record<string, ChangedContent | null>>, path: string) => contents[path] ?? undefined;
      return kept.map(({ path }): JournalledFile => ({ path, before: of(before, path), after: of(after, path) }));
    },
    async end(id) {
      await query((database) =>
        database.execute(sql`DELETE FROM codegen_journal WHERE workspace_id = ${workspaceId} AND id = ${id}`),
      );
    },
  };
}
