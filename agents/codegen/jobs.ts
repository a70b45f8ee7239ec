/** Removes contents that nothing refers to any more. */
import { sql } from '../../src/database.ts';
import type { Job } from '../../src/index.ts';

export const jobs: readonly Job[] = [
  {
    name: 'sweep-contents',
    cron: '41 3 * * *',
    async run(_payload, { query, workspaceId }) {
      await query((database) =>
        database.execute(sql`
          WITH used AS (
            SELECT jsonb_path_query(t.changes, '$.*.hash') #>> '{}' AS hash FROM codegen_tasks t WHERE t.workspace_id = ${workspaceId}
            UNION SELECT jsonb_path_query(r.changes, '$.*.hash') #>> '{}' FROM codegen_rounds r WHERE r.workspace_id = ${workspaceId}
            UNION SELECT jsonb_path_query(o.changes, '$.*.hash') #>> '{}' FROM codegen_role_runs o WHERE o.workspace_id = ${workspaceId}
            UNION SELECT jsonb_path_query(g.before, '$.*.hash') #>> '{}' FROM codegen_generations g WHERE g.workspace_id = ${workspaceId} AND g.before IS NOT NULL
            UNION SELECT jsonb_path_query(j.files, '$[*].*.hash') #>> '{}' FROM codegen_journal j WHERE j.workspace_id = ${workspaceId}
          )
          DELETE FROM codegen_contents c WHERE c.workspace_id = ${workspaceId} AND c.created_at < now() - interval '1 hour'
            AND NOT EXISTS (SELECT 1 FROM used u WHERE u.hash = c.hash)`),
      );
    },
  },
];
