/** Rules out: two customers with the same person at the same time, however many ask at once. */
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readSettings } from '../../src/config.ts';
import { openStore, type Store } from '../../src/store/open.ts';
import { freshStoreEnvironment, storeKinds } from '../../test/stores.ts';
import { booking } from './agent.ts';
import { bookAppointment, holdSlot, rescheduleAppointment } from './appointment-tools.ts';
import { takeSlot } from './appointments.ts';
import { lookUp } from './lookup.ts';
import { openSalon, type Salon } from './rehearsal/salon-under-test.ts';

const friday = '2026-11-20';
const slot = { service: 'Corte de pelo', date: friday, time: '15:00', staff: 'Carlos' };

describe.each(storeKinds)('double booking (%s)', (kind) => {
  let store: Store;
  let remove: () => Promise<void>;

  beforeAll(async () => {
    const fresh = await freshStoreEnvironment(kind);
    remove = fresh.remove;
    // Everybody waits for a connection at the same time: that is the point.
    const pool = { TIMONEL_POOL_ACQUIRE_TIMEOUT_MS: '120000', ...(kind === 'postgres' ? { TIMONEL_POOL_SIZE: '50' } : {}) };
    store = await openStore(readSettings({ ...fresh.environment, ...pool }), { agents: [booking] });
  });
  afterAll(async () => {
    await store.close();
    await remove();
  });

  const attempts = (count: number) => Array.from({ length: count }, (_, index) => index);

  async function overlaps(salon: Salon): Promise<number> {
    const { rows } = await salon.access.query((database) =>
      database.execute<{ count: number }>(sql`
        SELECT count(*)::int AS count FROM booking_appointments a JOIN booking_appointments b
          ON a.workspace_id = b.workspace_id AND a.staff_id = b.staff_id AND a.id < b.id AND a.period && b.period
        WHERE a.workspace_id = ${salon.workspaceId} AND a.status IN ('held', 'confirmed') AND b.status IN ('held', 'confirmed')`),
    );
    return rows[0]?.count ?? -1;
  }

  it('1,000 simultaneous attempts give one booking and 999 refusals with alternatives', async () => {
    const salon = await openSalon(store.pool);
    const answers = await Promise.all(
      attempts(1_000).map((index) =>
        salon.conversation().call(bookAppointment, { ...slot, name: 'Ana Gómez', email: `ana${index}@example.com` }),
      ),
    );
    expect(answers.filter((answer) => answer.kind === 'booked')).toHaveLength(1);
    const refused = answers.filter((answer) => answer.kind === 'taken');
    expect(refused).toHaveLength(999);
    for (const { alternatives } of refused) {
      expect(alternatives.length).toBeGreaterThan(0);
      expect(alternatives).not.toContainEqual({ date: friday, time: '15:00', staff: 'Carlos Medina' });
    }
    expect(await overlaps(salon)).toBe(0);
  });

  it('100 writers that all saw the slot free, none of whom looks again, still give one', async () => {
    const salon = await openSalon(store.pool);
    const customer = salon.conversation();
    const { service, place } = await salon.access.query(async (database) => {
      const lookup = await lookUp(database, customer.context(), { ...slot, from: friday, timeFrom: '15:00', timeTo: '15:00' });
      if (lookup.kind !== 'found') throw new Error(lookup.kind);
      const [free] = lookup.slots;
      return { service: lookup.search.service, place: free };
    });
    const staffId = place?.staff[0]?.id;
    if (place === undefined || staffId === undefined) throw new Error('The slot is not free.');
    const taken = await Promise.all(
      attempts(100).map(() =>
        store.pool.inWorkspace(salon.workspaceId, (database) => {
          const row = {
            conversationId: salon.conversation().id,
            price: 1,
            currency: 'ARS',
            customer: { name: 'Eva', phone: '3515550123' },
          };
          return takeSlot(database, salon.access, [{ service, staffId, start: place.start, end: place.end }], row);
        }),
      ),
    );
    expect(taken.filter((one) => one !== undefined)).toHaveLength(1);
    expect(await overlaps(salon)).toBe(0);
  });

  it('a lapsed hold that nobody swept goes to exactly one of many', async () => {
    const salon = await openSalon(store.pool);
    await salon.conversation().call(holdSlot, slot);
    salon.now = new Date(salon.now.getTime() + 3_600_000);
    const answers = await Promise.all(attempts(100).map(() => salon.conversation().call(holdSlot, slot)));
    expect(answers.filter((answer) => answer.kind === 'held')).toHaveLength(1);
    expect(answers.filter((answer) => answer.kind === 'taken')).toHaveLength(99);
  });

  it('whoever does not mind gets one of those who are free, each once', async () => {
    const salon = await openSalon(store.pool);
    const { staff: _anybody, ...anyone } = slot;
    const answers = await Promise.all(attempts(100).map(() => salon.conversation().call(holdSlot, anyone)));
    const held = answers.flatMap((answer) => (answer.kind === 'held' ? [answer.slot.staff] : []));
    expect(held.toSorted()).toEqual(['Carlos Medina', 'Juan Ibarra', 'María Quiroga']);
    expect(answers.filter((answer) => answer.kind === 'taken')).toHaveLength(97);
  });

  it('holds, bookings and moves at once, onto the same few times, never overlap and never fail', async () => {
    const salon = await openSalon(store.pool);
    const times = ['09:00', '09:30', '10:00', '15:00', '15:30', '16:00', '16:30'];
    const customers = await Promise.all(
      attempts(7).map(async (index) => {
        const conversation = salon.conversation();
        const day = `2026-11-2${3 + (index % 4)}`;
        const place = { ...slot, date: day, time: times[index] ?? '17:00', name: 'Ana Gómez', email: 'ana@example.com' };
        const answer = await conversation.call(bookAppointment, place);
        if (answer.kind !== 'booked') throw new Error(`Not booked: ${JSON.stringify(answer)}`);
        return { conversation, code: answer.appointment.code };
      }),
    );
    const answers = await Promise.all(
      attempts(210).map((index) => {
        const time = times[(index * 5) % times.length] ?? '09:00';
        const customer = customers[index % customers.length];
        if (index % 3 === 0) return salon.conversation().call(holdSlot, { ...slot, time });
        if (index % 3 === 1 || customer === undefined) {
          const { staff: _anybody, ...anyone } = slot;
          return salon.conversation().call(bookAppointment, { ...anyone, time, name: 'Eva', phone: '3515550123' });
        }
        return customer.conversation.call(rescheduleAppointment, { code: customer.code, date: friday, time, staff: 'Carlos' });
      }),
    );
    expect(await overlaps(salon)).toBe(0);
    expect(answers.every(({ kind: answer }) => ['held', 'booked', 'moved', 'taken'].includes(answer))).toBe(true);
  });
});
