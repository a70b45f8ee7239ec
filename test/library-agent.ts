/** An agent for tests with a table of its own, and people who manage it: the books of a library. */
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import { type AgentDefinition, defineAgent, defineResource } from '../src/index.ts';

export const booksSql = `CREATE TABLE library_desk_books (
  workspace_id text NOT NULL,
  id uuid NOT NULL,
  title text NOT NULL,
  author text,
  pages integer NOT NULL CHECK (pages > 0),
  bought date,
  tags text[] NOT NULL DEFAULT '{}',
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (workspace_id, id),
  UNIQUE (workspace_id, title)
);`;

export const books = defineResource({
  name: 'books',
  title: { es: 'Libros', en: 'Books' },
  description: 'What can be borrowed.',
  table: 'library_desk_books',
  permissions: { read: 'library-desk:read', write: 'library-desk:manage' },
  schema: z.object({
    title: z.string().trim().min(1).max(200),
    author: z.string().nullable().default(null),
    pages: z.int().min(1).max(1_000_000),
    bought: z.iso.date().nullable().default(null),
    tags: z.array(z.string()).default([]),
  }),
  fields: { title: { label: { es: 'Título', en: 'Title' } } },
  key: ['title'],
  order: ['title', 'pages'],
  filters: ['author', 'pages', 'bought', 'tags'],
  search: ['title', 'author', 'tags'],
  hooks: {
    written: async (rows) =>
      rows
        .filter(({ values }) => values['title'] === 'Necronomicon')
        .map(({ id }) => ({ id, field: 'title', reason: 'is not lent' })),
  },
});

/** The agent, with its migrations in a folder of its own. */
export function libraryDesk(changes: Partial<AgentDefinition> = {}): AgentDefinition {
  const folder = join(mkdtempSync(join(tmpdir(), 'timonel-library-')), 'migrations');
  mkdirSync(folder);
  writeFileSync(join(folder, '0001_books.sql'), booksSql);
  return defineAgent({
    name: 'library-desk',
    version: '1.0.0',
    description: 'Lends books.',
    prompt: 'You lend books.',
    tools: [],
    policy: [],
    migrations: pathToFileURL(`${folder}/`),
    permissions: {
      'library-desk:read': { description: 'See books', roles: ['operator', 'member'] },
      'library-desk:manage': { description: 'Change books', roles: ['operator'] },
    },
    personalData: { tables: [{ table: 'library_desk_books', personal: false, because: 'Titles and authors.' }] },
    resources: [books],
    ...changes,
  });
}
