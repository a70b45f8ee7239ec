/** Removes contents of files that no change refers to any more. */
import { sql } from '../../src/database.ts';
import type { Job } from '../../src/index.ts';

export const jobs: readonly Job[] = [
  {
    name: 'sweep-images',
    cron: '17 4 * * *',
    async run(_payload, { query, workspaceId }) {
      await query((database) =>
        database.execute(sql`
          DELETE FROM coder_images i WHERE i.workspace_id = ${workspaceId} AND i.created_at < now() - interval '1 hour'
            AND NOT EXISTS (SELECT 1 FROM coder_changed_files f
              WHERE f.workspace_id = i.workspace_id AND i.hash IN (f.before_hash, f.after_hash))`),
      );
    },
  },
];
