/** The reservation system of somebody else that keeps a hotel, with its credentials: written, sealed, and never shown. */
import { z } from 'zod';
import { sql } from '../../src/database.ts';
import { type Database, defineResource, type ResourceContext, type ResourceField, rejectRow } from '../../src/index.ts';

const label = (es: string, en: string): ResourceField => ({ label: { es, en } });
const hidden = '********';

const schema = z.object({
  hotel: z.string().trim().min(1).max(200),
  kind: z.string().regex(/^[a-z][a-z0-9-]{0,39}$/, 'must be qloapps, cloudbeds, apaleo, or one that the project brings'),
  url: z
    .url({ protocol: /^https?$/ })
    .max(300)
    .describe('Without a slash at the end, e.g. https://hotel.example'),
  property: z.string().trim().min(1).max(100).describe('What the hotel is called there, e.g. its id'),
  settings: z.record(z.string(), z.string().max(300)).default({}).describe('Of the adapter: docs/hotel-systems.md'),
  secret: z.string().max(4_000).default('').describe('Key, or id:secret; it is sealed, and never shown'),
});

export const systems = defineResource({
  name: 'systems',
  title: { es: 'Sistemas de reservas', en: 'Reservation systems' },
  description: 'Which system of somebody else keeps a hotel. A hotel without one is kept here.',
  table: 'hotel_systems',
  permissions: { read: 'hotel:manage', write: 'hotel:manage' },
  schema,
  fields: {
    hotel: {
      ...label('Hotel', 'Hotel'),
      sql: '(SELECT h.name FROM hotel_hotels h WHERE h.workspace_id = t.workspace_id AND h.id = t.hotel_id)',
    },
    kind: label('Sistema', 'System'),
    url: label('Dirección', 'Address'),
    property: label('Propiedad', 'Property'),
    settings: {
      ...label('Ajustes', 'Settings'),
      cell: { read: (text) => JSON.parse(text), write: (value) => JSON.stringify(value) },
    },
    secret: { ...label('Clave', 'Secret'), sql: `CASE WHEN t.secret = '' THEN '' ELSE '${hidden}' END` },
  },
  key: ['hotel'],
  order: ['kind'],
  operations: ['create', 'update', 'delete'],
  actions: {
    create: (values, context) => context.query((database) => store(database, context, context.newId(), schema.parse(values))),
    async update({ id, values }, changes, context) {
      const { hotel, kind, url, property, settings } = values;
      const next = schema.parse({ hotel, kind, url, property, settings, ...changes });
      await context.query(async (database) => {
        await requireNothingOpen(database, context, id);
        await store(database, context, id, next, 'secret' in changes && changes['secret'] !== hidden);
      });
    },
    async delete({ id }, context) {
      const { workspaceId } = context;
      await context.query(async (database) => {
        await requireNothingOpen(database, context, id);
        await database.execute(sql`DELETE FROM hotel_systems WHERE workspace_id = ${workspaceId} AND id = ${id}`);
      });
    },
  },
});

/** What was booked there is looked up there. */
async function requireNothingOpen(database: Database, { workspaceId }: ResourceContext, id: string): Promise<void> {
  const { rows } = await database.execute<{ count: number }>(sql`
    SELECT count(*)::int AS count FROM hotel_operations o JOIN hotel_systems y ON y.workspace_id = o.workspace_id AND y.hotel_id = o.hotel_id
    WHERE o.workspace_id = ${workspaceId} AND y.id = ${id} AND o.state IN ('begun', 'unclear') AND o.intent <> '{}'`);
  const count = rows[0]?.count ?? 0;
  if (count > 0)
    throw rejectRow(
      `${count} writes to it are not known to have happened. They are looked up every minute: try again later.`,
      true,
    );
}

async function store(
  database: Database,
  { workspaceId, secrets }: ResourceContext,
  id: string,
  { hotel, kind, url, property, settings, secret }: z.infer<typeof schema>,
  sealed = true,
): Promise<string> {
  const { rows } = await database.execute<{ id: string }>(
    sql`SELECT id FROM hotel_hotels WHERE workspace_id = ${workspaceId} AND name = ${hotel}`,
  );
  const [found] = rows;
  if (found === undefined) throw rejectRow(`There is no hotel "${hotel}".`);
  const others = await database.execute(sql`
    SELECT FROM hotel_systems WHERE workspace_id = ${workspaceId} AND hotel_id = ${found.id} AND id <> ${id}`);
  if ((others.rowCount ?? 0) > 0)
    throw rejectRow(`"${hotel}" has a reservation system already. Change that one, or remove it first.`, true);
  const kept = secret === '' ? '' : secrets.seal(secret, id);
  await database.execute(sql`
    INSERT INTO hotel_systems (workspace_id, id, hotel_id, kind, url, property, settings, secret)
    VALUES (${workspaceId}, ${id}, ${found.id}, ${kind}, ${url.replace(/\/+$/, '')}, ${property}, ${JSON.stringify(settings)}::jsonb, ${kept})
    ON CONFLICT (workspace_id, id) DO UPDATE SET hotel_id = excluded.hotel_id, kind = excluded.kind, url = excluded.url,
      property = excluded.property, settings = excluded.settings,
      secret = CASE WHEN ${sealed} THEN excluded.secret ELSE hotel_systems.secret END, version = hotel_systems.version + 1`);
  return id;
}
