import { beforeAll, expect, it } from 'vitest';
import { onEachStore } from '../../test/stores.ts';
import type { Rows } from '../../test/tool-workspace.ts';
import { bookAppointment } from './appointment-tools.ts';
import { defaultSettings, loadCatalogue } from './catalogue.ts';
import { bookingFacts, loadBookingFacts } from './facts.ts';
import { openSalon } from './rehearsal/salon-under-test.ts';

onEachStore('the facts for the policy', (open) => {
  let rows: Rows;
  beforeAll(async () => {
    rows = (await open()).pool;
  });

  it('count the open bookings of one contact however it is written, and know whose an appointment is', async () => {
    const salon = await openSalon(rows);
    const customer = salon.conversation();
    const slot = { service: 'corte', date: '2026-11-20', staff: 'Carlos', name: 'Ana Gómez' };
    await customer.call(bookAppointment, { ...slot, time: '10:00', phone: '+54 9 351 234-5678' });
    await customer.call(bookAppointment, { ...slot, time: '11:00', email: 'Ana@Example.com' });
    const booked = await customer.call(bookAppointment, {
      ...slot,
      time: '12:00',
      phone: '0351 15 2345678',
      email: 'ana@example.com',
    });
    const code = booked.kind === 'booked' ? booked.appointment.code : '';
    const other = salon.conversation({ phone: '3512345678', verified: true }).context();
    const factsOf = (phone: string | undefined, email: string | undefined) =>
      loadBookingFacts(other, { service: 'cortes', customer: { phone, email } });
    expect((await factsOf('351 2345678', undefined)).openBookings).toBe(2);
    expect((await factsOf(undefined, 'ana@example.com')).openBookings).toBe(2);
    expect((await factsOf('351 2345678', 'ANA@example.com')).openBookings).toBe(3);
    expect((await factsOf(undefined, undefined)).openBookings).toBe(2);
    expect((await factsOf('3510000000', undefined)).openBookings).toBe(0);
    const facts = await loadBookingFacts(other, { code });
    expect(bookingFacts.parse(JSON.parse(JSON.stringify(facts)))).toMatchObject({
      limits: { noticeMinutes: 60, horizonDays: 60 },
      appointment: { code, bookedHere: false, ofVerifiedContact: true },
    });
    expect(facts.serviceNames?.[0]).toBe('Corte de pelo');
    expect((await loadBookingFacts(customer.context(), { code })).appointment?.bookedHere).toBe(true);
    expect((await loadBookingFacts(other, { code: 'ZZZZ99', service: 'tatuaje' })).appointment).toBeNull();
  });

  it('go by the defaults in a workspace that was not set up, and those are the columns’ own', async () => {
    const { access } = await openSalon(rows);
    const bare = { ...access, workspaceId: 'bare' };
    const load = () => rows.inWorkspace('bare', (database) => loadCatalogue(database, bare));
    expect((await load()).settings).toEqual(defaultSettings);
    await rows.inWorkspace('bare', (database) =>
      database.execute(`INSERT INTO booking_settings (workspace_id, name) VALUES ('bare', '${defaultSettings.name}')`),
    );
    expect((await load()).settings).toEqual(defaultSettings);
  });
});
