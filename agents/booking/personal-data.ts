/** Where this agent has data of people, and how they are found: a customer by phone or e-mail, as they are when they call again. */
import { sql } from '../../src/database.ts';
import { type AgentDefinition, canonicalEmail, claimKeys, phoneKey, samePhone } from '../../src/index.ts';

const house = 'What the house says of itself: its services, hours and prices.';

export const personalData: NonNullable<AgentDefinition['personalData']> = {
  tables: [
    {
      table: 'artifacts',
      personal: true,
      columns: ['name', 'content'],
      whose: 'id::text IN (SELECT file_id FROM booking_appointments WHERE workspace_id = :workspace AND id = ANY(:found))',
      withheld: ['content', 'location'],
      erase: 'delete',
    },
    {
      table: 'files',
      personal: true,
      columns: ['name', 'content'],
      whose: 'id IN (SELECT file_id FROM booking_appointments WHERE workspace_id = :workspace AND id = ANY(:found))',
      erase: 'delete',
    },
    {
      table: 'booking_appointments',
      personal: true,
      columns: ['customer_name', 'customer_phone', 'customer_email', 'phone_key', 'email_key', 'cancel_reason'],
      whose: 'id = ANY(:found)',
      // The hours that were worked and what they brought stay; nobody comes to what is still ahead.
      erase: {
        customer_name: `CASE WHEN customer_name IS NOT NULL THEN '' END`,
        customer_phone: `CASE WHEN coalesce(customer_phone, customer_email) IS NOT NULL THEN '' END`,
        customer_email: 'NULL',
        phone_key: 'NULL',
        email_key: 'NULL',
        cancel_reason: 'NULL',
        file_id: 'NULL',
        status: `CASE WHEN status IN ('held', 'confirmed') AND starts_at > now() THEN 'cancelled' ELSE status END`,
      },
      ages: { kind: 'conversations', at: 'ends_at' },
    },
    {
      table: 'booking_handoffs',
      personal: true,
      columns: ['contact', 'reason'],
      whose: 'conversation_id = ANY(:conversations)',
      erase: { contact: 'NULL', reason: `''`, status: `'done'` },
      ages: { kind: 'conversations', at: 'created_at' },
    },
    {
      table: 'booking_failed_claims',
      personal: true,
      columns: ['contact_key'],
      whose: 'conversation_id = ANY(:conversations) OR id = ANY(:found)',
      erase: 'delete',
      ages: { kind: 'conversations', at: 'created_at' },
    },
    { table: 'booking_reminders', personal: false, because: 'An appointment and a time.' },
    { table: 'booking_settings', personal: false, because: house },
    { table: 'booking_services', personal: false, because: house },
    { table: 'booking_staff', personal: false, because: 'First names of those who attend, as the house shows them to everybody.' },
    { table: 'booking_staff_services', personal: false, because: house },
    { table: 'booking_opening_hours', personal: false, because: house },
    { table: 'booking_special_dates', personal: false, because: house },
    { table: 'booking_promotions', personal: false, because: house },
  ],
  async find({ phone, email }, conversationIds, access) {
    const rows = await access.query((database) =>
      database.execute<{ id: string; conversation_id: string; customer_phone: string | null; by_phone: boolean }>(sql`
        SELECT id, conversation_id, customer_phone,
          (phone_key = ${phone === undefined ? null : phoneKey(phone)}
            AND email_key IS DISTINCT FROM ${email === undefined ? null : canonicalEmail(email)}
            AND NOT conversation_id = ANY(${sql.param(conversationIds)}::uuid[])) AS by_phone
        FROM booking_appointments
        WHERE workspace_id = ${access.workspaceId} AND (phone_key = ${phone === undefined ? null : phoneKey(phone)}
          OR email_key = ${email === undefined ? null : canonicalEmail(email)} OR conversation_id = ANY(${sql.param(conversationIds)}::uuid[]))`),
    );
    // Whoever claimed to be them: their number or address is in it, not that of who tried.
    const claims = await access.query((database) =>
      database.execute<{ id: string }>(sql`
        SELECT id FROM booking_failed_claims
        WHERE workspace_id = ${access.workspaceId} AND contact_key = ANY(${sql.param(claimKeys({ phone, email }))}::text[])`),
    );
    // A key is what numbers that may be the same have in common; whether they are is decided here.
    const theirs = rows.rows.filter(
      ({ by_phone, customer_phone }) => by_phone !== true || (customer_phone !== null && samePhone(customer_phone, phone ?? '')),
    );
    return {
      ids: [...theirs, ...claims.rows].map(({ id }) => id),
      conversationIds: theirs.map(({ conversation_id }) => conversation_id),
    };
  },
};
