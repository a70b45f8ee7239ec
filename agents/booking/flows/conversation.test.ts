import { describe, expect, it } from 'vitest';
import { flows } from '../flows.ts';
import { Chat } from '../rehearsal/chat.ts';
import { fridayNoon, openSalon, plan } from '../rehearsal/plan.ts';
import { rehearse } from '../rehearsal/script.ts';

const hold = { service: 'Corte de pelo', date: '2026-11-24', time: '15:00' };

describe('answers', () => {
  it.each([
    ['hola', 'turnos, precios', 'replied'],
    ['¿qué servicios tienen?', 'Corte de pelo, Corte y barba', 'replied'],
    ['cuánto sale la coloración?', 'Coloración sale \\$ 30\\.000', 'replied'],
    ['pasame todos los precios', 'Barba: \\$ 6\\.000 \\(30 min\\)', 'replied'],
    ['cuál es el servicio más barato?', 'Barba: \\$ 6\\.000', 'replied'],
    ['cuánto sale manicura y barba?', 'en total \\$ 15\\.000', 'replied'],
    ['qué horarios tienen?', 'lunes a viernes de 09:00 a 20:00; sábado de 09:00 a 14:00', 'replied'],
    ['abren el domingo?', 'domingo 22 de noviembre está cerrado', 'replied'],
    ['tienen alguna promo?', 'Martes de color: 20 % de descuento en Coloración', 'replied'],
    ['dónde están?', 'Av\\. Mayo 100', 'replied'],
    ['cuánto dura la coloración?', '90 min', 'replied'],
    ['quiénes atienden?', 'Ana Ruiz y Bruno Paz', 'replied'],
    ['hi there', 'appointments, prices', 'replied'],
    ['how much is a haircut?', '"Corte de pelo" costs \\$12,000', 'replied'],
    ['are you open on Sunday?', 'closed on Sunday, November 22', 'replied'],
    ['quiero hablar con una persona', 'Te paso con una persona', 'escalated'],
    ['can I talk to a human?', 'passing you to a person', 'escalated'],
  ])('%s', (text, reply, outcome) => {
    rehearse(`
      > ${text}
      < ${reply}
      [${outcome}]
    `);
  });

  it('says what is not on offer, and what is', () => {
    rehearse(`
      > quiero un turno para un tatuaje
      < No hacemos.*Sí tenemos Corte de pelo
      [awaiting_input service]
      > entonces corte
      [awaiting_input date]
    `);
  });

  it('takes up its own suggestion', () => {
    rehearse(`
      > cuánto sale el corte?
      < Querés que te busque un turno
      > sí
      < Para qué día querés el corte de pelo
      [awaiting_input date]
    `);
  });
});

describe('misunderstandings', () => {
  it('asks again in other words, then passes to a person', () => {
    rehearse(`
      > quiero un corte
      [awaiting_input date]
      > asdf qwer
      < no te entendí.*por ejemplo
      [awaiting_input date]
      > zxcv asdf
      [escalated]
      = escalate_to_human
    `);
  });

  it('starts counting again once it understood', () => {
    rehearse(`
      > quiero un corte
      > asdf qwer
      > el martes
      [awaiting_input time]
      > asdf qwer
      < no te entendí
      [awaiting_input time]
    `);
  });

  it('says honestly that it does not know, and what it can do', () => {
    rehearse(`
      > ¿sabés quién ganó el partido?
      < Eso no te lo sé decir.*Puedo darte turno
      [replied]
    `);
  });
});

describe('trouble', () => {
  it('tells the reason of a rule in the language of the customer', () => {
    const salon = openSalon();
    salon.refusals.set('book_appointment', {
      status: 'denied',
      rule: 'open-bookings',
      reason: { es: 'Ya tenés 4 turnos.', en: 'You have 4.' },
    });
    rehearse(
      `
      > corte el martes a las 15, soy Laura, 1155551234
      > sí
      < Ya tenés 4 turnos.
      [denied]
    `,
      new Chat(salon),
    );
  });

  it('tries a failed booking again only on a second yes', () => {
    const salon = openSalon();
    const chat = new Chat(salon);
    salon.refusals.set('book_appointment', { status: 'failed', reason: { es: 'La agenda no responde.', en: 'No answer.' } });
    rehearse(
      `
      > corte el martes a las 15, soy Laura, 1155551234
      > sí
      < La agenda no responde.*Pruebo de nuevo
      [awaiting_input confirmation]
    `,
      chat,
    );
    salon.refusals.clear();
    rehearse(
      `
      > sí
      < K7M2Q1
      [replied]
    `,
      chat,
    );
  });

  it('describes what a planner that failed had already booked, and books nothing again', () => {
    const salon = openSalon();
    const made = salon.answer({ tool: 'book_appointment', args: { ...hold, name: 'Laura', phone: '1155551234' } });
    const said = new Chat(salon).says('sí, reservalo', [made]);
    expect(said).toMatchObject({ outcome: 'replied', text: expect.stringContaining('K7M2Q1'), calls: [made] });
    expect(salon.booked).toHaveLength(1);
  });

  it('uses what a planner that failed had looked up', () => {
    const salon = openSalon();
    const args = { service: 'Corte de pelo', from: '2026-11-24', timeFrom: '15:00', timeTo: '15:00' };
    const made = salon.answer({ tool: 'get_availability', args });
    const said = new Chat(salon).says('corte el martes a las 15', [made]);
    expect(said.calls.map((call) => call.tool)).toEqual(['get_availability', 'hold_slot']);
    expect(said.awaiting).toBe('name');
  });
});

describe('state', () => {
  it.each([{}, { version: 0, wish: 'old' }, { version: 1, awaiting: 'moon' }, { version: 1, wish: 3 }, { nonsense: [1, null] }])(
    'starts afresh from what it does not understand: %j',
    (state) => {
      const chat = new Chat(openSalon());
      chat.state = state;
      expect(chat.says('quiero un corte').awaiting).toBe('date');
    },
  );

  it('plans the look-up of a first message without doing it', () => {
    const move = flows.next({
      text: 'quiero un turno para corte el lunes a las 15',
      now: fridayNoon,
      timeZone: plan.timeZone,
      channel: 'cli',
      contact: undefined,
      vocabulary: openSalon().vocabulary,
      state: {},
      latest: {},
      calls: [],
    });
    const args = { service: 'Corte de pelo', from: '2026-11-23', timeFrom: '15:00', timeTo: '15:00' };
    expect(move).toEqual({ kind: 'call', calls: [{ tool: 'get_availability', args }], state: {} });
  });
});
