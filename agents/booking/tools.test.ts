import { sql } from 'drizzle-orm';
import { beforeAll, expect, it } from 'vitest';
import { onEachStore } from '../../test/stores.ts';
import type { Rows, ToolConversation } from '../../test/tool-workspace.ts';
import { bookAppointment, cancelAppointment, findAppointments, holdSlot, rescheduleAppointment } from './appointment-tools.ts';
import { loadVocabulary } from './catalogue.ts';
import { getAvailability, getBusinessHours, getPromotions, getServices } from './catalogue-tools.ts';
import { jobs } from './jobs.ts';
import { noon, openSalon, type Salon } from './rehearsal/salon-under-test.ts';
import { sampleVocabulary } from './seed.ts';
import { escalateToHuman } from './tools.ts';

const friday = '2026-11-20';
const ana = { name: 'Ana Gómez', phone: '+54 9 351 234-5678' };
const haircut = { service: 'Corte de pelo', date: friday, time: '15:00', staff: 'Carlos' };

onEachStore('the booking tools', (open) => {
  let rows: Rows;
  beforeAll(async () => {
    rows = (await open()).pool;
  });

  async function booked(conversation: ToolConversation, changes: Partial<typeof haircut & typeof ana> = {}) {
    const answer = await conversation.call(bookAppointment, { ...haircut, ...ana, ...changes });
    if (answer.kind !== 'booked') throw new Error(`Not booked: ${JSON.stringify(answer)}`);
    return answer;
  }

  function run(salon: Salon, name: string, payload = {}) {
    return jobs.find((job) => job.name === name)?.run(payload, salon.access);
  }

  it('answer services, hours and promotions', async () => {
    const salon = await openSalon(rows);
    const customer = salon.conversation();
    const all = await customer.call(getServices, {});
    expect(all.services).toHaveLength(sampleVocabulary.services.length);
    expect(await customer.call(getServices, { service: 'CORTES con barba' })).toMatchObject({
      kind: 'services',
      services: [{ name: 'Corte y barba', price: 19500, currency: 'ARS', staff: ['Carlos Medina', 'Juan Ibarra'] }],
    });
    expect((await customer.call(getServices, { service: 'uñas' })).services.map(({ name }) => name)).toEqual(['Manicura']);
    expect((await customer.call(getServices, { service: 'estética' })).services).toHaveLength(4);
    expect(await customer.call(getServices, { service: 'tatuaje' })).toMatchObject({ kind: 'unknown' });
    const hours = await customer.call(getBusinessHours, { date: '2026-12-25' });
    expect(hours.week[0]).toEqual({ weekday: 1, periods: [{ from: '09:00', to: '20:00' }] });
    expect(hours.week[6]).toEqual({ weekday: 7, periods: [] });
    expect(hours.day).toEqual({ date: '2026-12-25', periods: [], reason: 'Navidad' });
    expect(hours.specialDates.map(({ date }) => date)).toContain('2026-12-24');
    const { promotions } = await customer.call(getPromotions, { service: 'mechas' });
    expect(promotions).toMatchObject([{ name: 'Martes de color', discountPercent: 20, services: ['Coloración', 'Mechas'] }]);
    const vocabulary = await loadVocabulary(salon.access);
    expect(vocabulary.services.map(({ name }) => name)).toEqual(sampleVocabulary.services.map(({ name }) => name));
  });

  it('answer free slots, and why there are none with alternatives', async () => {
    const customer = (await openSalon(rows)).conversation();
    const free = await customer.call(getAvailability, { service: 'corte', from: friday, timeFrom: '15:00', staff: 'carlos' });
    expect(free).toMatchObject({ kind: 'available', service: 'Corte de pelo', price: 14000, durationMinutes: 45 });
    expect(free.kind === 'available' && free.slots[0]).toEqual({ date: friday, time: '15:00', staff: 'Carlos Medina' });
    const sunday = await customer.call(getAvailability, { service: 'corte', from: '2026-11-22' });
    expect(sunday).toMatchObject({ kind: 'none', reason: 'closed' });
    expect(sunday.kind === 'none' && sunday.alternatives).toHaveLength(6);
    const far = await customer.call(getAvailability, { service: 'corte', from: '9999-12-31' });
    expect(far).toMatchObject({ kind: 'none', reason: 'too-far' });
    expect(far.kind === 'none' && far.alternatives.length).toBeGreaterThan(0);
    expect(await customer.call(getAvailability, { service: 'corte', from: '1999-12-31' })).toMatchObject({ reason: 'past' });
    expect(await customer.call(getAvailability, { service: 'tatuaje', from: friday })).toMatchObject({ kind: 'unknown-service' });
    expect(await customer.call(getAvailability, { service: 'barba', from: friday, staff: 'María' })).toEqual({
      kind: 'unknown-staff',
      staff: ['Carlos Medina', 'Juan Ibarra'],
    });
    const tuesday = await customer.call(getAvailability, { service: 'mechas', from: '2026-11-24' });
    expect(tuesday).toMatchObject({ price: 46400, promotion: 'Martes de color' });
  });

  it('hold a slot for one conversation, and book just that', async () => {
    const salon = await openSalon(rows);
    const [customer, other] = [salon.conversation(), salon.conversation()];
    const held = await customer.call(holdSlot, haircut);
    expect(held).toMatchObject({ kind: 'held', slot: { date: friday, time: '15:00', staff: 'Carlos Medina' }, price: 14000 });
    const refused = await other.call(holdSlot, haircut);
    expect(refused.kind === 'taken' && refused.alternatives).toContainEqual({
      date: friday,
      time: '16:00',
      staff: 'Carlos Medina',
    });
    expect(refused.kind === 'taken' && refused.alternatives).toContainEqual({
      date: friday,
      time: '15:00',
      staff: 'María Quiroga',
    });
    expect(await customer.call(holdSlot, haircut)).toMatchObject({ kind: 'held' });
    expect(await customer.call(getAvailability, { ...haircut, from: friday, timeFrom: '15:00', timeTo: '15:00' })).toMatchObject({
      kind: 'available',
    });
    const answer = await booked(customer);
    expect(answer.appointment).toMatchObject({
      date: friday,
      time: '15:00',
      staff: 'Carlos Medina',
      name: 'Ana Gómez',
      price: 14000,
    });
    expect(answer.appointment.code).toMatch(/^[2-9A-HJ-NP-Z]{6}$/);
    expect(await other.call(bookAppointment, { ...haircut, name: 'Eva', email: 'eva@example.com' })).toMatchObject({
      kind: 'taken',
    });
  });

  it('release the earlier hold for a new one, and keep it when the new one is taken', async () => {
    const salon = await openSalon(rows);
    const [customer, other] = [salon.conversation(), salon.conversation()];
    await customer.call(holdSlot, haircut);
    await customer.call(holdSlot, { ...haircut, time: '17:00' });
    expect(await other.call(holdSlot, haircut)).toMatchObject({ kind: 'held' });
    expect(await customer.call(holdSlot, haircut)).toMatchObject({ kind: 'taken' });
    expect(await salon.conversation().call(holdSlot, { ...haircut, time: '17:00' })).toMatchObject({ kind: 'taken' });
  });

  it('let a lapsed hold block nobody, swept or not; who held it still gets it while nobody else did', async () => {
    const salon = await openSalon(rows);
    const [late, quick] = [salon.conversation(), salon.conversation()];
    await late.call(holdSlot, haircut);
    await late.call(holdSlot, { ...haircut, time: '16:00' });
    const gone = salon.conversation();
    await gone.call(holdSlot, haircut);
    salon.now = new Date(noon.getTime() + 11 * 60_000);
    expect(await quick.call(holdSlot, haircut)).toMatchObject({ kind: 'held' });
    expect(await gone.call(bookAppointment, { ...haircut, ...ana })).toMatchObject({ kind: 'taken' });
    expect((await booked(late, { time: '16:00' })).appointment.time).toBe('16:00');
    salon.now = new Date(noon.getTime() + 30 * 60_000);
    await run(salon, 'expire-holds');
    const { rows: holds } = await salon.access.query((database) =>
      database.execute(sql`SELECT status FROM booking_appointments WHERE workspace_id = ${salon.workspaceId} AND status = 'held'`),
    );
    expect(holds).toEqual([]);
  });

  it('book with a phone or an e-mail address, and take the contact that the channel knows', async () => {
    const salon = await openSalon(rows);
    await booked(salon.conversation(), { time: '10:00' });
    const mail = await salon
      .conversation()
      .call(bookAppointment, { ...haircut, time: '11:00', name: 'Eva', email: 'eva@example.com' });
    expect(mail).toMatchObject({ kind: 'booked' });
    const known = salon.conversation({ phone: '+5493519998877', verified: true });
    expect(await known.call(bookAppointment, { ...haircut, time: '12:00', name: 'Leo' })).toMatchObject({ kind: 'booked' });
    expect(await salon.conversation({ phone: '0351 15 999-8877', verified: true }).call(findAppointments, {})).toMatchObject({
      kind: 'found',
      appointments: [{ name: 'Leo', time: '12:00' }],
    });
  });

  it('write a calendar file, keep it up to date, and have a reminder fall due', async () => {
    const salon = await openSalon(rows);
    const customer = salon.conversation();
    const file = async () => {
      const { rows: found } = await salon.access.query((database) =>
        database.execute<{ content: Buffer; media_type: string; name: string }>(
          sql`SELECT content, media_type, name FROM artifacts WHERE workspace_id = ${salon.workspaceId}`,
        ),
      );
      expect(found).toMatchObject([{ media_type: 'text/calendar', name: `${appointment.code}.ics` }]);
      return found[0]?.content.toString('utf8') ?? '';
    };
    const { appointment, calendarUrl } = await booked(customer, { date: '2026-11-23' });
    expect(calendarUrl).toMatch(/^http:\/\/localhost:8000\/api\/v1\/shared\/[\w-]{51}$/);
    expect(await file()).toContain('DTSTART:20261123T180000Z');
    const moved = await customer.call(rescheduleAppointment, { code: appointment.code, date: '2026-11-24', time: '10:00' });
    expect(moved).toMatchObject({ kind: 'moved', from: { date: '2026-11-23', time: '15:00' } });
    expect(await file()).toMatch(/SEQUENCE:1[\s\S]*DTSTART:20261124T130000Z/);
    const [first, second] = salon.jobs;
    expect(second?.at.toISOString()).toBe('2026-11-23T13:00:00.000Z');
    await run(salon, 'remind', first?.payload);
    await run(salon, 'remind', second?.payload);
    await run(salon, 'remind', second?.payload);
    const { rows: due } = await salon.access.query((database) =>
      database.execute(
        sql`SELECT starts_at = '2026-11-24T13:00:00Z' AS "right", status FROM booking_reminders WHERE workspace_id = ${salon.workspaceId}`,
      ),
    );
    expect(due).toEqual([{ right: true, status: 'sent' }]);
    expect(salon.sent).toMatchObject([
      { conversation: customer.id, parts: [{ text: { es: expect.stringMatching(/martes, 24 de noviembre a las 10:00/) } }] },
    ]);
    await customer.call(cancelAppointment, { code: appointment.code });
    expect(await file()).toContain('STATUS:CANCELLED');
  });

  it('keep the address of a calendar file that is older than artifacts, and what it shows true', async () => {
    const salon = await openSalon(rows);
    const customer = salon.conversation();
    const { code } = (await booked(customer, { date: '2026-11-23' })).appointment;
    const old = 'o'.repeat(32);
    await salon.access.query(async (database) => {
      await database.execute(
        sql`INSERT INTO files (id, workspace_id, name, media_type, content) VALUES (${old}, ${salon.workspaceId}, 'a.ics', 'text/calendar', '')`,
      );
      await database.execute(sql`UPDATE booking_appointments SET file_id = ${old} WHERE workspace_id = ${salon.workspaceId}`);
    });
    const moved = await customer.call(rescheduleAppointment, { code, date: '2026-11-24', time: '10:00' });
    expect(moved).toMatchObject({ kind: 'moved', calendarUrl: `/api/v1/files/${old}` });
    const { rows: files } = await salon.access.query((database) =>
      database.execute<{ content: string }>(sql`SELECT content FROM files WHERE id = ${old}`),
    );
    expect(files[0]?.content).toContain('DTSTART:20261124T130000Z');
  });

  it('find what is theirs only: in the conversation or by code; two weaker things show when it is', async () => {
    const salon = await openSalon(rows);
    const customer = salon.conversation();
    const { code } = (await booked(customer)).appointment;
    expect(await customer.call(findAppointments, {})).toMatchObject({ kind: 'found', appointments: [{ code }] });
    const whenOnly = { kind: 'code-needed', appointments: [{ date: friday, time: '15:00' }] };
    const other = salon.conversation();
    const find = (input: Parameters<typeof findAppointments.execute>[0]) => other.call(findAppointments, input);
    expect(await find({})).toEqual({ kind: 'not-enough', missing: ['contact', 'name-or-code'] });
    expect(await find({ name: 'Ana' })).toEqual({ kind: 'not-enough', missing: ['contact'] });
    expect(await find({ phone: '0351 15 234-5678' })).toEqual({ kind: 'not-enough', missing: ['name-or-code'] });
    expect(await find({ phone: '0351 15 234-5678', name: 'ana gomez' })).toEqual(whenOnly);
    expect(await find({ phone: '0351 15 234-5678', name: 'de la' })).toEqual({ kind: 'found', appointments: [] });
    expect(await find({ phone: '0351 15 234-5678', name: 'Marta' })).toEqual({ kind: 'found', appointments: [] });
    expect(await find({ code: `${code.slice(0, 3)}-${code.slice(3).toLowerCase()}` })).toMatchObject({ appointments: [{ code }] });
    expect(await find({ code: 'ZZZZ99' })).toEqual({ kind: 'found', appointments: [] });
  });

  it('move an appointment, also onto a part of its own time, and keep it where it is when the new time is taken', async () => {
    const salon = await openSalon(rows);
    const customer = salon.conversation();
    const { code } = (await booked(customer)).appointment;
    const wanted = { service: 'corte', from: friday, timeFrom: '15:30', timeTo: '15:30', staff: 'Carlos' };
    expect(await customer.call(getAvailability, wanted)).toMatchObject({ kind: 'none' });
    expect(await customer.call(getAvailability, { ...wanted, moving: code })).toMatchObject({ kind: 'available' });
    expect(await customer.call(rescheduleAppointment, { code, date: friday, time: '15:30' })).toMatchObject({
      kind: 'moved',
      appointment: { code, time: '15:30', staff: 'Carlos Medina' },
    });
    await booked(salon.conversation(), { time: '17:00' });
    const refused = await customer.call(rescheduleAppointment, { code, date: friday, time: '17:00', staff: 'Carlos' });
    expect(refused).toMatchObject({ kind: 'taken' });
    expect(await customer.call(findAppointments, {})).toMatchObject({ appointments: [{ code, time: '15:30' }] });
    await customer.call(holdSlot, { ...haircut, time: '18:00' });
    expect(await customer.call(rescheduleAppointment, { code, date: friday, time: '18:00' })).toMatchObject({ kind: 'moved' });
    expect(await customer.call(rescheduleAppointment, { code: 'ZZZZ99', date: friday, time: '18:00' })).toEqual({
      kind: 'not-found',
    });
  });

  it('cancel once, and free the slot', async () => {
    const salon = await openSalon(rows);
    const customer = salon.conversation();
    const { code } = (await booked(customer)).appointment;
    expect(await customer.call(cancelAppointment, { code })).toMatchObject({
      kind: 'cancelled',
      appointment: { status: 'cancelled' },
    });
    expect(await customer.call(cancelAppointment, { code })).toEqual({ kind: 'not-found' });
    expect(await salon.conversation().call(bookAppointment, { ...haircut, ...ana })).toMatchObject({ kind: 'booked' });
  });

  it('keep workspaces apart', async () => {
    const [one, other] = [await openSalon(rows), await openSalon(rows)];
    const { code } = (await booked(one.conversation())).appointment;
    expect(await other.conversation().call(findAppointments, { code })).toEqual({ kind: 'found', appointments: [] });
    expect(await other.conversation().call(bookAppointment, { ...haircut, ...ana })).toMatchObject({ kind: 'booked' });
  });

  it('hand over to a person', async () => {
    const salon = await openSalon(rows);
    expect(await salon.conversation().call(escalateToHuman, { reason: 'Quiere hablar con alguien' })).toMatchObject({
      kind: 'escalated',
    });
    const { rows: waiting } = await salon.access.query((database) =>
      database.execute(sql`SELECT reason, status FROM booking_handoffs WHERE workspace_id = ${salon.workspaceId}`),
    );
    expect(waiting).toEqual([{ reason: 'Quiere hablar con alguien', status: 'open' }]);
  });
});
