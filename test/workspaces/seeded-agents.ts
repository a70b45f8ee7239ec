import { sql } from 'drizzle-orm';
import { defineAgent } from '../../src/index.ts';
import { notes } from '../notes-agent.ts';

const file = (id: string, workspaceId: string, name: string) =>
  sql`INSERT INTO files (id, workspace_id, name, media_type, content) VALUES (${id}, ${workspaceId}, ${name}, 'text/plain', '')`;

/** Fills a workspace with a file that it needs, and another one that is invented. */
export const keepsFiles = defineAgent({
  ...notes,
  name: 'files',
  seed: async ({ query, workspaceId, newId }) => {
    await query((database) => database.execute(file(`${newId()}${newId()}`, workspaceId, 'needed')));
  },
  sample: async ({ query, workspaceId, newId }) => {
    await query((database) => database.execute(file(`${newId()}${newId()}`, workspaceId, 'invented')));
  },
});

/** Fills one workspace only, and fails in the others. */
export const brittle = defineAgent({
  ...notes,
  name: 'brittle',
  seed: async ({ workspaceId }) => {
    if (workspaceId.startsWith('brittle')) throw new TypeError('no chairs here');
  },
});
