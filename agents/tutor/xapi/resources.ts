/** Learning record stores, and statements that wait for one or that one refused. */
import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { sql } from '../../../src/database.ts';
import { defineResource, type ResourceContext, type ResourceField } from '../../../src/index.ts';

const permissions = { read: 'tutor:manage', write: 'tutor:manage' } as const;
const label = (es: string, en: string): ResourceField => ({ label: { es, en } });
const hidden = '********';

const schema = z.object({
  name: z.string().trim().min(1).max(100),
  endpoint: z
    .url({ protocol: /^https?$/ })
    .max(500)
    .describe('Without "/statements", e.g. https://lrs.example.com/xapi'),
  userName: z.string().max(500).describe('Of Basic authentication'),
  secret: z.string().max(2_000).default('').describe('Its password; it is sealed, and never shown'),
  protocol: z.enum(['1.0.3', '2.0.0']).default('1.0.3').describe('Version of xAPI'),
  active: z.boolean().default(true).describe('What happens meanwhile is not told later'),
});

const stores = defineResource({
  name: 'xapi-stores',
  title: { es: 'Almacenes de aprendizaje (xAPI)', en: 'Learning record stores (xAPI)' },
  description: 'Stores that hear by xAPI what students do, under pseudonyms. Each hears what happens from then on.',
  table: 'tutor_xapi_stores',
  permissions,
  schema,
  readOnly: z.object({ waiting: z.int(), refused: z.int(), failures: z.int(), fault: z.string() }),
  fields: {
    name: label('Nombre', 'Name'),
    secret: { ...label('Clave', 'Secret'), sql: `CASE WHEN t.secret = '' THEN '' ELSE '${hidden}' END` },
    waiting: { ...label('Esperan', 'Waiting'), sql: countOf('NOT q.refused') },
    refused: { ...label('Rechazados', 'Refused'), sql: countOf('q.refused') },
  },
  key: ['name'],
  order: ['name'],
  operations: ['create', 'update', 'delete'],
  actions: {
    create: (values, context) => store(context, context.newId(), schema.parse(values), true),
    async update({ id, values }, changes, context) {
      const { name, endpoint, userName, protocol, active } = values;
      const next = schema.parse({ name, endpoint, userName, protocol, active, ...changes });
      await store(context, id, next, 'secret' in changes && changes['secret'] !== hidden);
    },
    async delete({ id }, { query, workspaceId }) {
      await query((database) =>
        database.execute(sql`DELETE FROM tutor_xapi_stores WHERE workspace_id = ${workspaceId} AND id = ${id}`),
      );
    },
  },
});

function countOf(condition: string): string {
  return `(SELECT count(*)::int FROM tutor_xapi_statements q WHERE q.workspace_id = t.workspace_id AND q.store_id = t.id AND ${condition})`;
}

async function store(
  { query, workspaceId, secrets }: ResourceContext,
  id: string,
  { name, endpoint, userName, secret, protocol, active }: z.infer<typeof schema>,
  given: boolean,
): Promise<string> {
  const sealed = secret === '' ? '' : secrets.seal(secret, id);
  // Drawn once: with another one the same students would be others.
  const pseudonyms = secrets.seal(randomBytes(32).toString('base64url'), id);
  await query((database) =>
    database.execute(sql`
      INSERT INTO tutor_xapi_stores AS s (workspace_id, id, name, endpoint, user_name, secret, pseudonym_key, protocol, active)
      VALUES (${workspaceId}, ${id}, ${name}, ${endpoint.replace(/\/+$/, '')}, ${userName}, ${sealed}, ${pseudonyms}, ${protocol}, ${active})
      ON CONFLICT (workspace_id, id) DO UPDATE SET name = excluded.name, endpoint = excluded.endpoint, user_name = excluded.user_name,
        protocol = excluded.protocol, active = excluded.active, failures = 0, next_at = '-infinity', fault = '',
        secret = CASE WHEN ${given} THEN excluded.secret ELSE s.secret END, version = s.version + 1`),
  );
  return id;
}

const statements = defineResource({
  name: 'xapi-statements',
  title: { es: 'Enunciados (xAPI)', en: 'Statements (xAPI)' },
  description: 'Statements that wait for a store, or that it refused. Stored ones are gone from here.',
  table: 'tutor_xapi_statements',
  permissions,
  schema: z.object({}),
  readOnly: z.object({
    store: z.string(),
    kind: z.string(),
    refused: z.boolean(),
    fault: z.string(),
    createdAt: z.iso.datetime(),
  }),
  fields: {
    store: { ...label('Almacén', 'Store'), column: 'store_id', reference: { table: 'tutor_xapi_stores', by: 'name' } },
  },
  key: [],
  order: ['createdAt'],
  filters: ['store', 'refused', 'kind'],
  operations: ['delete'],
});

export const xapiResources = [stores, statements];
