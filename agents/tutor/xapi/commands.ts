/** Statements that a store refused. */
import { z } from 'zod';
import { sql } from '../../../src/database.ts';
import { defineCommand } from '../../../src/index.ts';

const sendAgain = defineCommand({
  name: 'xapi-send-again',
  description: 'Queues statements again that a learning record store refused, and asks one that failed at once',
  permission: 'tutor:manage',
  input: z.object({ store: z.string().trim().min(1).max(100).optional().describe('Name of the store; all where absent') }),
  async run(input, { query, workspaceId }) {
    const { store } = input as { store?: string };
    return query(async (database) => {
      const ofStore = sql`s.workspace_id = ${workspaceId} AND (${store ?? null}::text IS NULL OR s.name = ${store ?? null})`;
      const { rowCount } = await database.execute(sql`
        UPDATE tutor_xapi_statements q SET refused = false, fault = '', version = q.version + 1 FROM tutor_xapi_stores s
        WHERE ${ofStore} AND q.workspace_id = s.workspace_id AND q.store_id = s.id AND q.refused`);
      await database.execute(sql`UPDATE tutor_xapi_stores s SET next_at = '-infinity', failures = 0 WHERE ${ofStore}`);
      return { statements: rowCount ?? 0 };
    });
  },
});

export const xapiCommands = [sendAgain];
