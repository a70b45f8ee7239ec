/** Guests, charges and requests, as the desk sees them. */
import { z } from 'zod';
import { sql } from '../../src/database.ts';
import {
  canonicalEmail,
  defineResource,
  phoneKey,
  type ResourceContext,
  type ResourceField,
  type ResourceRow,
  type RowFault,
} from '../../src/index.ts';

const permissions = { read: 'hotel:read', write: 'hotel:stays' } as const;
const label = (es: string, en: string): ResourceField => ({ label: { es, en } });
const stayCode: ResourceField = {
  ...label('Reserva', 'Stay'),
  column: 'booking_id',
  reference: { table: 'hotel_bookings', by: 'code' },
};

export const guests = defineResource({
  name: 'guests',
  title: { es: 'Huéspedes', en: 'Guests' },
  description: 'Who stays, or stayed. noMessages: wants no messages that nobody asked for.',
  table: 'hotel_guests',
  permissions,
  schema: z.object({
    name: z.string().trim().min(1).max(200),
    phone: z.string().max(40).nullable().default(null),
    email: z.email().max(254).nullable().default(null),
    companions: z.array(z.string().max(200)).default([]),
    notes: z.string().max(2_000).default(''),
    noMessages: z.boolean().default(false),
  }),
  fields: {
    name: label('Nombre', 'Name'),
    phone: label('Teléfono', 'Phone'),
    email: label('Correo', 'E-mail'),
    notes: label('Notas', 'Notes'),
    noMessages: label('Sin mensajes', 'No messages'),
  },
  key: ['name', 'phone'],
  order: ['name'],
  filters: ['noMessages'],
  search: ['name', 'phone', 'email', 'notes'],
  operations: ['create', 'update'],
  hooks: { written: keepKeys },
});

/** Guests are found by what numbers have in common, and by addresses in small letters. */
async function keepKeys(rows: readonly ResourceRow[], { query, workspaceId }: ResourceContext): Promise<RowFault[]> {
  for (const { id, values } of rows) {
    const { phone, email } = values;
    await query((database) =>
      database.execute(sql`
        UPDATE hotel_guests SET phone_key = ${typeof phone === 'string' ? phoneKey(phone) : null},
          email_key = ${typeof email === 'string' ? canonicalEmail(email) : null}
        WHERE workspace_id = ${workspaceId} AND id = ${id}`),
    );
  }
  return [];
}

export const charges = defineResource({
  name: 'charges',
  title: { es: 'Cargos', en: 'Charges' },
  description: 'What is on the bill of a stay beside its nights.',
  table: 'hotel_charges',
  permissions,
  schema: z.object({
    stay: z.string().trim().min(4).max(16),
    concept: z.string().trim().min(1).max(200),
    amount: z.number().min(-9_999_999).max(9_999_999_999),
  }),
  fields: { stay: stayCode, concept: label('Concepto', 'Concept'), amount: label('Monto', 'Amount') },
  key: ['stay', 'concept', 'amount'],
  order: ['concept', 'amount'],
  filters: ['stay'],
  operations: ['create', 'update', 'delete'],
});

export const requests = defineResource({
  name: 'requests',
  title: { es: 'Pedidos', en: 'Requests' },
  description:
    'What guests asked of the desk: wishes, early arrivals, proofs of payment, what they said of their stay. status=open is to be done.',
  table: 'hotel_requests',
  permissions,
  schema: z.object({ status: z.enum(['open', 'done']) }),
  readOnly: z.object({
    kind: z.string(),
    text: z.string(),
    artifact: z.string().nullable(),
    urgent: z.boolean(),
    conversationId: z.string().nullable(),
    stay: z.string().nullable(),
    createdAt: z.iso.datetime(),
  }),
  fields: {
    status: label('Estado', 'Status'),
    kind: label('Clase', 'Kind'),
    text: label('Texto', 'Text'),
    stay: {
      ...label('Reserva', 'Stay'),
      sql: '(SELECT b.code FROM hotel_bookings b WHERE b.workspace_id = t.workspace_id AND b.id = t.booking_id)',
    },
  },
  key: [],
  order: ['createdAt'],
  filters: ['status', 'kind', 'urgent'],
  search: ['text'],
  operations: ['update'],
});
