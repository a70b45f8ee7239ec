/** Where this agent has data of people, and how they are found: a guest by phone or e-mail, as they are when they write again. */
import { sql } from '../../src/database.ts';
import { type AgentDefinition, canonicalEmail, claimKeys, phoneKey, samePhone } from '../../src/index.ts';

const house = 'What the house says of itself: its rooms, prices and terms.';

export const personalData: NonNullable<AgentDefinition['personalData']> = {
  tables: [
    {
      table: 'hotel_guests',
      personal: true,
      columns: ['name', 'phone', 'email', 'phone_key', 'email_key', 'companions', 'notes'],
      whose: 'id = ANY(:found)',
      // The nights that were slept and what they brought stay.
      erase: {
        name: `''`,
        phone: 'NULL',
        email: 'NULL',
        phone_key: 'NULL',
        email_key: 'NULL',
        companions: `'{}'`,
        notes: `''`,
        no_messages: 'true',
      },
      ages: {
        kind: 'conversations',
        at: 'created_at',
        when: `NOT EXISTS (SELECT FROM hotel_bookings b WHERE b.workspace_id = hotel_guests.workspace_id AND b.guest_id = hotel_guests.id
          AND b.check_out > current_date - 30 AND b.status IN ('pending', 'confirmed', 'in_house', 'checked_out'))`,
      },
    },
    {
      table: 'hotel_bookings',
      personal: true,
      columns: ['code', 'children', 'arrival_time', 'cancel_reason'],
      whose: 'guest_id = ANY(:found) OR conversation_id = ANY(:conversations)',
      // Nobody comes to what is still ahead.
      erase: {
        cancel_reason: 'NULL',
        arrival_time: 'NULL',
        status: `CASE WHEN status IN ('held', 'pending', 'confirmed') AND check_in > current_date THEN 'cancelled' ELSE status END`,
      },
      ages: { kind: 'conversations', at: 'check_out::timestamptz' },
    },
    {
      table: 'hotel_stays',
      personal: true,
      columns: ['children', 'reason'],
      whose: `booking_id IN (SELECT id FROM hotel_bookings WHERE workspace_id = :workspace
        AND (guest_id = ANY(:found) OR conversation_id = ANY(:conversations)))`,
      erase: { status: `CASE WHEN status IN ('held', 'confirmed') AND lower(nights) > current_date THEN 'over' ELSE status END` },
    },
    {
      table: 'hotel_requests',
      personal: true,
      columns: ['text', 'artifact'],
      whose: 'conversation_id = ANY(:conversations)',
      erase: { text: `''`, artifact: 'NULL', status: `'done'` },
      ages: { kind: 'conversations', at: 'created_at' },
    },
    {
      table: 'hotel_failed_claims',
      personal: true,
      columns: ['contact_key'],
      whose: 'conversation_id = ANY(:conversations) OR id = ANY(:found)',
      erase: 'delete',
      ages: { kind: 'conversations', at: 'created_at' },
    },
    {
      table: 'hotel_operations',
      personal: true,
      columns: ['detail', 'intent'],
      whose: `booking_id IN (SELECT id FROM hotel_bookings WHERE workspace_id = :workspace
        AND (guest_id = ANY(:found) OR conversation_id = ANY(:conversations)))`,
      erase: 'delete',
      ages: { kind: 'conversations', at: 'created_at' },
    },
    { table: 'hotel_offers', personal: false, because: 'Rooms, dates and prices; kept for a day.' },
    { table: 'hotel_charges', personal: false, because: 'What a stay cost beside its nights.' },
    { table: 'hotel_notices', personal: false, because: 'A stay, a day and whether a message went out.' },
    { table: 'hotel_hotels', personal: false, because: house },
    {
      table: 'hotel_systems',
      personal: false,
      because: 'Where a hotel is kept, and sealed credentials of the hotel.',
      sealed: ['secret'],
    },
    {
      table: 'hotel_calendars',
      personal: false,
      because: 'Addresses of calendars, sealed, and how reading them went.',
      sealed: ['url'],
    },
    { table: 'hotel_calendar_events', personal: false, because: 'Nights that are taken elsewhere, without names.' },
    { table: 'hotel_room_types', personal: false, because: house },
    { table: 'hotel_rooms', personal: false, because: house },
    { table: 'hotel_rates', personal: false, because: house },
    { table: 'hotel_taxes', personal: false, because: house },
    { table: 'hotel_texts', personal: false, because: house },
  ],
  async find({ phone, email }, conversationIds, access) {
    const phones = phone === undefined ? null : phoneKey(phone);
    const emails = email === undefined ? null : canonicalEmail(email);
    const guests = await access.query((database) =>
      database.execute<{ id: string; phone: string | null; by_email: boolean; conversations: string[]; here: boolean }>(sql`
        SELECT g.id, g.phone, (g.email_key IS NOT DISTINCT FROM ${emails}::text AND g.email_key IS NOT NULL) AS by_email,
          coalesce(array_agg(b.conversation_id::text) FILTER (WHERE b.conversation_id IS NOT NULL), '{}') AS conversations,
          coalesce(bool_or(b.conversation_id = ANY(${sql.param([...conversationIds])}::uuid[])), false) AS here
        FROM hotel_guests g LEFT JOIN hotel_bookings b ON b.workspace_id = g.workspace_id AND b.guest_id = g.id
        WHERE g.workspace_id = ${access.workspaceId} AND (g.phone_key = ${phones}::text OR g.email_key = ${emails}::text
          OR b.conversation_id = ANY(${sql.param([...conversationIds])}::uuid[]))
        GROUP BY g.id, g.phone, g.email_key`),
    );
    const claims = await access.query((database) =>
      database.execute<{ id: string }>(sql`
        SELECT id FROM hotel_failed_claims
        WHERE workspace_id = ${access.workspaceId} AND contact_key = ANY(${sql.param(claimKeys({ phone, email }))}::text[])`),
    );
    // A key is what numbers that may be the same have in common; whether they are is decided here.
    const theirs = guests.rows.filter(
      (guest) => guest.here || guest.by_email || (guest.phone !== null && phone !== undefined && samePhone(guest.phone, phone)),
    );
    return {
      ids: [...theirs, ...claims.rows].map(({ id }) => id),
      conversationIds: theirs.flatMap(({ conversations }) => conversations),
    };
  },
};
