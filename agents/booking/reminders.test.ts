/** Reminders as customers get them: from the queue, in the conversation. */
import { expect, it } from 'vitest';
import { storeKinds } from '../../test/stores.ts';
import { startTimonel } from '../../test/timonel.ts';
import { booking } from './agent.ts';

/** Friday, noon in Buenos Aires. */
const noon = new Date('2026-11-20T12:00:00-03:00');
const patient = { timeout: 30_000, interval: 100 };

it.each(storeKinds)('are sent where the appointment was made, once, and not where nobody reads (%s)', async (kind) => {
  const timonel = await startTimonel(kind, { agents: [booking] }, { now: () => noon });
  const rows = <Row extends object>(statement: string) => timonel.timonel.store.pool.executeText<Row>(statement);
  const due = () => rows(`UPDATE pgboss.job SET start_after = now() WHERE name = 'booking.remind' AND state = 'created'`);
  const statuses = async () =>
    (await rows<{ status: string }>('SELECT status FROM booking_reminders ORDER BY starts_at')).map(({ status }) => status);
  try {
    const conversation = await timonel.converse('booking');
    for (const text of ['corte con Juan el lunes a las 10, soy Eva Gil, 351 555 6666', 'sí']) await timonel.say(conversation, text);
    await due();
    await expect.poll(statuses, patient).toEqual(['sent']);
    const { body } = await timonel.call<{ messages: { turn: number; role: string; text: string }[] }>(
      'GET',
      `/api/v1/conversations/${conversation}`,
    );
    expect(body.messages.slice(4)).toMatchObject([
      { turn: 3, role: 'assistant', text: expect.stringMatching(/^Te recordamos tu turno: .*Juan.*lunes.*a las 10:00/) },
    ]);

    // Booked at the counter.
    const values = { date: '2026-11-24', time: '10:00', service: 'Corte de pelo', name: 'Rita Sosa', phone: '351 555 1111' };
    const created = await timonel.call<{ id: string }>('POST', '/api/v1/agents/booking/appointments', values);
    expect(created.status).toBe(201);
    const payload = { appointmentId: created.body.id, startsAt: '2026-11-24T13:00:00.000Z' };
    const job = { agent: 'booking', name: 'remind', workspaceId: 'default', payload };
    await timonel.timonel.jobs.schedule({ ...job, at: new Date(), key: 'counter' }, undefined);
    await expect.poll(statuses, patient).toEqual(['sent', 'dropped']);
    const exposed = await timonel.call<string>('GET', '/metrics');
    expect(exposed.body).toMatch(/^timonel_agent_booking_reminders_total\{result="dropped"\} 1$/m);
  } finally {
    await timonel.close();
  }
});
