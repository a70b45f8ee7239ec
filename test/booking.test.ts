import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { booking } from '../agents/booking/agent.ts';
import { type Line, scriptedModel } from './scripted-model.ts';
import { storeKinds } from './stores.ts';
import { startTimonel, type TestTimonel } from './timonel.ts';

/** A Friday, when the sample salon is open until eight. */
const now = () => new Date('2026-11-20T12:00:00-03:00');

describe.each(storeKinds)('the booking agent, by the front door (%s)', (kind) => {
  let timonel: TestTimonel;
  beforeAll(async () => {
    timonel = await startTimonel(kind, { agents: [booking] }, { now });
  });
  afterAll(() => timonel.close());

  const appointments = () =>
    timonel.timonel.store.pool.executeText<{ status: string; starts: string }>(
      `SELECT status, to_char(starts_at AT TIME ZONE 'America/Argentina/Buenos_Aires', 'YYYY-MM-DD HH24:MI') AS starts FROM booking_appointments ORDER BY created_at`,
    );

  it('tells a price, books, moves and cancels in Spanish, and the appointment outlives a restart', async () => {
    let conversation = await timonel.converse('booking');
    const prices = await timonel.say(conversation, 'Hola! cuánto sale un corte de pelo?');
    expect(prices.reply.text).toMatch(/\$\s?[\d.]+/);
    const name = await timonel.say(conversation, 'quiero un corte el martes a las 17');
    expect(name).toMatchObject({ run: { outcome: 'awaiting_input', awaiting: 'name', degraded: false } });
    const contact = await timonel.say(conversation, 'Lucía Fernández');
    expect(contact.run.awaiting).toBe('contact');
    const confirmation = await timonel.say(conversation, '11 5555-1234');
    expect(confirmation.run.awaiting).toBe('confirmation');
    expect(confirmation.reply.text).toMatch(/martes 24 de noviembre a las 17:00/);
    const booked = await timonel.say(conversation, 'dale');
    expect(booked.run.outcome).toBe('replied');
    expect(await appointments()).toEqual([{ status: 'confirmed', starts: '2026-11-24 17:00' }]);

    await timonel.close(false);
    timonel = await startTimonel(kind, { agents: [booking] }, { now, environment: timonel.environment });
    expect(await appointments()).toEqual([{ status: 'confirmed', starts: '2026-11-24 17:00' }]);

    const code = /[A-Z0-9]{6}/.exec(booked.reply.text)?.[0] ?? '';
    conversation = await timonel.converse('booking');
    await timonel.say(conversation, `Quiero cambiar mi turno, el código es ${code}, para el miércoles a las 10`);
    await timonel.say(conversation, 'sí');
    expect(await appointments()).toEqual([{ status: 'confirmed', starts: '2026-11-25 10:00' }]);
    await timonel.say(conversation, 'no, al final cancelalo');
    await timonel.say(conversation, 'sí');
    expect(await appointments()).toEqual([{ status: 'cancelled', starts: '2026-11-25 10:00' }]);
  });

  it('books in English, with an e-mail instead of a phone', async () => {
    const conversation = await timonel.converse('booking');
    await timonel.say(conversation, 'Hi, I would like a haircut next Thursday at 3 pm, my name is Ann Smith, ann@example.com');
    const booked = await timonel.say(conversation, 'yes please');
    expect(booked.reply.text).toMatch(/Thursday/);
    expect((await appointments()).at(-1)).toEqual({ status: 'confirmed', starts: '2026-11-26 15:00' });
  });

  it('does not ask for a contact that the channel knows', async () => {
    const conversation = await timonel.converse('booking', { name: 'Eva Paz', phone: '+54 9 11 4444-5555' });
    const turn = await timonel.say(conversation, 'Quiero una manicura el lunes a las 11');
    expect(turn.run.awaiting).toBe('confirmation');
  });

  it('explains dates that do not exist, have passed, or are closed', async () => {
    const conversation = await timonel.converse('booking');
    const ask = (text: string) => timonel.say(conversation, text).then(({ reply }) => reply.text);
    expect(await ask('Un corte el 31 de junio a las 10')).toMatch(/no existe/i);
    expect(await ask('ayer a las 10')).toMatch(/pas(ó|ad)/i);
    expect(await ask('el domingo a las 10')).toMatch(/cerrad/i);
  });

  it('passes on to a person when asked', async () => {
    const turn = await timonel.say(await timonel.converse('booking'), 'Quiero hablar con una persona');
    expect(turn.run.outcome).toBe('escalated');
  });
});

describe('the booking agent when its model fails', () => {
  let timonel: TestTimonel;
  let script: Line[] = [];
  const model = scriptedModel(() => script.shift() ?? new Error('the provider is down'));
  beforeAll(async () => {
    timonel = await startTimonel('embedded', { agents: [booking], models: { default: model } }, { now });
  });
  afterAll(() => timonel.close());

  it('goes on with the flows, under the same policy, and says so', async () => {
    const turn = await timonel.say(await timonel.converse('booking'), '¿A qué hora abren el lunes?');
    expect(turn.run).toMatchObject({
      outcome: 'replied',
      degraded: true,
      degradedReason: expect.stringContaining('provider is down'),
    });
    expect(turn.reply.text).toMatch(/9/);
  });

  it('holds the model to the policy: no booking of a slot that was never looked up', async () => {
    script = [
      {
        calls: [
          {
            tool: 'book_appointment',
            args: { service: 'Corte de pelo', date: '2026-11-24', time: '10:00', name: 'Ana Paz', phone: '1155556666' },
          },
        ],
      },
      'No pude reservar.',
    ];
    const turn = await timonel.say(await timonel.converse('booking'), 'Reservame ya');
    expect(turn.run.outcome).toBe('denied');
    const { body } = await timonel.call<string>('GET', `/api/v1/runs/${turn.run.id}/events`);
    expect(body).toContain('availability-first');
  });
});
