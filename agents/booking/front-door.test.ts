/** The booking agent as a customer meets it: the whole runtime, by the API, without a model unless a test says otherwise. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Line, scriptedModel } from '../../test/scripted-model.ts';
import { freshStoreEnvironment } from '../../test/stores.ts';
import { startTimonel, type TestTimonel, type TurnBody } from '../../test/timonel.ts';
import { booking } from './agent.ts';

/** Friday, noon in Buenos Aires. */
const noon = new Date('2026-11-20T12:00:00-03:00');
const minute = 60_000;

let now = noon;
let timonel: TestTimonel;

function later(minutes: number): void {
  now = new Date(now.getTime() + minutes * minute);
}

async function change(statement: string): Promise<void> {
  await timonel.timonel.store.pool.executeText(statement);
}

const rows = <Row extends object>(statement: string) => timonel.timonel.store.pool.executeText<Row>(statement);

/** Says all lines in a new conversation, or in one that is given. @returns the answer to the last. */
async function say(lines: string[], conversation?: string): Promise<TurnBody & { conversation: string }> {
  const id = conversation ?? (await timonel.converse('booking'));
  let turn: TurnBody | undefined;
  for (const line of lines) turn = await timonel.say(id, line);
  if (turn === undefined) throw new Error('Nothing was said.');
  return { ...turn, conversation: id };
}

const codeIn = ({ reply }: TurnBody): string => /\b(?=\w*\d)(?=\w*[A-Z])[A-Z0-9]{6}\b/.exec(reply.text)?.[0] ?? '';

describe('the booking agent at the front door', () => {
  beforeAll(async () => {
    timonel = await startTimonel('embedded', { agents: [booking] }, { now: () => now });
  });
  afterAll(() => timonel.close());
  beforeEach(async () => {
    now = noon;
    await change('DELETE FROM booking_appointments');
  });

  describe('limits are told in the language of the customer, with a way on', () => {
    it('notice', async () => {
      const spanish = await say(['corte hoy a las 12:30']);
      expect(spanish.reply.text).toMatch(/anticipación.*Tengo hoy a las/);
      const english = await say(['a haircut today at 12:30 pm']);
      expect(english.reply.text).toMatch(/short notice.*I have today at/);
      expect(english.run.awaiting).toBe('time');
    });

    it('notice, by the policy, where the hold is over', async () => {
      const held = await say(['corte hoy a las 13:30, soy Ana Paz, 351 555 1111']);
      expect(held.run.awaiting).toBe('confirmation');
      later(50);
      const late = await say(['sí'], held.conversation);
      expect(late.run).toMatchObject({ outcome: 'denied', awaiting: 'date' });
      expect(late.reply.text).toMatch(/al menos 60 minutos de anticipación\. ¿Qué otro día u horario/);
      const next = await say(['a las 16'], late.conversation);
      expect(next.reply.text).toMatch(/viernes 20 de noviembre a las 16:00.*Ana Paz/);
    });

    it('horizon', async () => {
      expect((await say(['corte el 15 de marzo a las 10'])).reply.text).toMatch(/15 de marzo.*todavía no tomamos turnos\. Tengo/);
      expect((await say(['a haircut on March 15 at 10 am'])).reply.text).toMatch(
        /do not take appointments for .*March 15.* yet\. I have/,
      );
    });

    it('open bookings', async () => {
      await change('UPDATE booking_settings SET max_open_bookings = 1');
      await say(['corte el lunes a las 10, soy Eva Gil, 351 555 2222', 'sí']);
      const refused = await say(['corte el martes a las 10, soy Eva Gil, 351 555 2222', 'sí']);
      expect(refused.run.outcome).toBe('denied');
      expect(refused.reply.text).toMatch(/Ya tenés 1 turnos? por venir.*cambiamos o cancelamos/);
      const english = await say(["a haircut on Tuesday at 10 am, I'm Eva Gil, 351 555 2222", 'yes']);
      expect(english.reply.text).toMatch(/already have 1 coming.*move or cancel/);
      await change('UPDATE booking_settings SET max_open_bookings = 4');
      expect((await say(['cancelá mi turno, soy Eva Gil, 351 555 2222'], refused.conversation)).reply.text).toMatch(/código/);
    });

    it('calls in one conversation', async () => {
      await change('UPDATE booking_settings SET max_calls_per_conversation = 1');
      const { conversation } = await say(['corte el lunes a las 10', 'mejor a las 11']);
      const refused = await say(['mejor a las 12'], conversation);
      expect(refused.run.outcome).toBe('denied');
      expect(refused.reply.text).toMatch(/demasiadas veces.*persona/);
      const handed = await say(['sí'], conversation);
      expect(handed.run.outcome).toBe('escalated');
      await change('UPDATE booking_settings SET max_calls_per_conversation = 15');
    });
  });

  describe('a slot', () => {
    const only = (time: string) => `lifting de pestañas con Lucía el lunes a las ${time}`;

    it('that is held is offered to nobody else, and again when the hold is over', async () => {
      await say([only('10')]);
      expect((await say([only('10')])).reply.text).toMatch(/lunes 23 a las 10:00 no tengo lugar/);
      later(11);
      expect((await say([only('10')])).reply.text).toMatch(/lunes 23 de noviembre a las 10:00 con Lucía/);
    });

    it('that somebody took between the offer and the choice is not promised', async () => {
      const offered = await say(['lifting de pestañas con Lucía el lunes']);
      expect(offered.reply.text).toContain('09:00');
      await say([only('9'), 'Sol Rey', '351 555 3333', 'sí']);
      const chosen = await say(['el primero'], offered.conversation);
      expect(chosen.reply.text).toMatch(/09:00 no tengo lugar.*Tengo/);
      expect(chosen.run.awaiting).toBe('time');
    });

    it('whose hold ran out goes to who was quicker, and the other hears of others', async () => {
      const slow = await say([only('15'), 'Ana Paz', '351 555 4444']);
      expect(slow.run.awaiting).toBe('confirmation');
      later(11);
      const quick = await say([only('15'), 'Sol Rey', '351 555 3333', 'sí']);
      expect(quick.reply.text).toMatch(/código/);
      const late = await say(['sí'], slow.conversation);
      expect(late.reply.text).toMatch(/se acaba de ocupar.*Tengo/);
      expect(await rows("SELECT id FROM booking_appointments WHERE status = 'confirmed'")).toHaveLength(1);
    });

    it('whose hold ran out is booked all the same where nobody took it', async () => {
      const slow = await say([only('16'), 'Ana Paz', '351 555 4444']);
      later(11);
      expect((await say(['sí'], slow.conversation)).reply.text).toMatch(/Listo, Ana Paz/);
    });
  });

  it('lets a stranger with the phone number alone neither see nor cancel', async () => {
    const booked = await say(['corte el lunes a las 10, soy Nico Paz, 351 555 5555', 'sí']);
    const stranger = await say(['cancelá el turno del 351 555 5555']);
    expect(stranger.run.awaiting).toBe('name');
    expect(stranger.reply.text).not.toMatch(/lunes|10:00|Nico/);
    const wrong = await say(['Juan Pérez', 'sí'], stranger.conversation);
    expect(wrong.reply.text).not.toMatch(/lunes|10:00|Nico/);
    const owner = await say([`cancelar, código ${codeIn(booked)}`, 'sí']);
    expect(owner.reply.text).toMatch(/cancelé tu turno/);
  });

  it('hands out a calendar file without a key, and has a reminder fall due', async () => {
    const booked = await say(['corte el lunes a las 10, soy Eva Gil, 351 555 6666', 'sí']);
    expect(booked.reply).toMatchObject({ parts: [{ type: 'file', name: `${codeIn(booked)}.ics`, mediaType: 'text/calendar' }] });
    const { body } = await timonel.call<string>('GET', `/api/v1/runs/${booked.run.id}/events`);
    const path = /\/api\/v1\/shared\/[\w-]+/.exec(body)?.[0] ?? '';
    const file = await timonel.timonel.app.inject({ method: 'GET', url: path });
    expect(file.statusCode).toBe(200);
    expect(file.headers['content-type']).toMatch(/^text\/calendar/);
    expect(file.body).toMatch(/BEGIN:VEVENT[\s\S]*DTSTART:20261123T130000Z/);
    const [reminder] = await rows<{ due: Date; data: { payload: { startsAt: string } } }>(
      "SELECT start_after AS due, data FROM pgboss.job WHERE name = 'booking.remind' ORDER BY created_on DESC",
    );
    expect(new Date(reminder?.due ?? 0).toISOString()).toBe('2026-11-22T13:00:00.000Z');
    expect(reminder?.data.payload.startsAt).toBe('2026-11-23T13:00:00.000Z');
  });

  it('moves by half an hour onto a part of the time that the appointment has', async () => {
    const moved = await say([
      'corte con Juan el lunes a las 10, soy Ana Paz, 351 555 7777',
      'sí',
      'pasalo media hora más tarde',
      'dale',
    ]);
    expect(moved.reply.text).toMatch(/a las 10:00 al lunes 23 de noviembre a las 10:30: corte de pelo con Juan Ibarra/);
  });

  it.each([
    ['corte ayer a las 10', /ya pasó.*tengo/i],
    ['corte el 31 de junio', /no existe/],
    ['a haircut on June 31', /does not exist/],
  ])('explains a date that cannot be: %s', async (text, reply) => {
    const turn = await say([text]);
    expect(turn.run.outcome).toBe('awaiting_input');
    expect(turn.reply.text).toMatch(reply);
  });
});

describe('where the clock changes (Europe/Madrid)', () => {
  let remove: () => Promise<void>;
  beforeAll(async () => {
    const fresh = await freshStoreEnvironment('embedded');
    remove = fresh.remove;
    now = new Date('2026-10-20T10:00:00Z');
    const environment = { ...fresh.environment, TIMONEL_TIME_ZONE: 'Europe/Madrid' };
    timonel = await startTimonel('embedded', { agents: [booking] }, { now: () => now, environment });
    await change(`INSERT INTO booking_opening_hours (workspace_id, id, weekday, opens, closes)
      VALUES ('default', gen_random_uuid(), 7, '00:00', '12:00')`);
  });
  afterAll(async () => {
    await timonel.close();
    await remove();
  });

  it('takes the first of the two for a time that occurs twice, and books it once', async () => {
    const ask = 'manicura con Lucía el domingo a las 2:30 de la mañana';
    const booked = await say([ask, 'Ana Paz', '351 555 8888', 'sí']);
    expect(booked.reply.text).toMatch(/domingo 25 de octubre a las 02:30/);
    const starts = await rows<{ starts: Date }>("SELECT starts_at AS starts FROM booking_appointments WHERE status = 'confirmed'");
    expect(starts.map(({ starts }) => new Date(starts).toISOString())).toEqual(['2026-10-25T00:30:00.000Z']);
    expect((await say([ask])).reply.text).toMatch(/02:30 no tengo lugar/);
  });

  it('keeps the wall clock after the change', async () => {
    await say(['manicura con Lucía el domingo a las 10 de la mañana', 'Eva Gil', '351 555 9999', 'sí']);
    const [last] = await rows<{ starts: Date }>('SELECT starts_at AS starts FROM booking_appointments ORDER BY starts_at DESC');
    expect(new Date(last?.starts ?? 0).toISOString()).toBe('2026-10-25T09:00:00.000Z');
  });

  it('says that a time does not exist which the clock skips', async () => {
    now = new Date('2027-03-22T10:00:00Z');
    const turn = await say(['manicura con Lucía el domingo a las 2:30 de la mañana']);
    expect(turn.reply.text).toMatch(/no existe el domingo 28 de marzo.*Tengo/);
    expect(turn.run.awaiting).toBe('time');
  });
});

describe('when the model fails in the middle of a conversation', () => {
  let script: Line[] = [];
  const model = scriptedModel(() => script.shift() ?? new Error('the provider is down'));
  beforeAll(async () => {
    now = noon;
    timonel = await startTimonel('embedded', { agents: [booking], models: { default: model } }, { now: () => now });
  });
  afterAll(() => timonel.close());

  const slot = { service: 'Corte de pelo', date: '2026-11-23', time: '10:00' };

  it('a bare "sí" goes on with the slot that the model kept, and books nothing that was not confirmed', async () => {
    script = [
      {
        calls: [{ tool: 'get_availability', args: { service: slot.service, from: slot.date, timeFrom: '10:00', timeTo: '10:00' } }],
      },
      { calls: [{ tool: 'hold_slot', args: slot }] },
      'Te guardo el lunes a las 10 con Carlos, a nombre de Ana. ¿Lo confirmo?',
    ];
    const held = await say(['corte el lunes a las 10, soy Ana Paz, 351 555 1234']);
    expect(held.run.degraded).toBe(false);
    const yes = await say(['sí'], held.conversation);
    expect(yes.run).toMatchObject({ outcome: 'awaiting_input', awaiting: 'name', degraded: true });
    expect(yes.reply.text).toMatch(/Te guardo el corte de pelo para el lunes 23 de noviembre a las 10:00.*A qué nombre/);
    const booked = await say(['Ana Paz', '351 555 1234', 'sí'], held.conversation);
    expect(booked.reply.text).toMatch(/Listo, Ana Paz/);
  });

  it('a bare "sí" out of nothing asks what is wanted', async () => {
    script = ['¡Hola! ¿Querés que te cuente las promociones?'];
    const hello = await say(['hola']);
    const yes = await say(['sí'], hello.conversation);
    expect(yes.run).toMatchObject({ outcome: 'replied', degraded: true });
    expect(yes.reply.text).toMatch(/qué necesitás/);
  });
});
