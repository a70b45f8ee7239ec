import { describe, expect, it } from 'vitest';
import { Chat } from '../rehearsal/chat.ts';
import { openSalon } from '../rehearsal/plan.ts';
import { rehearse } from '../rehearsal/script.ts';

// Today is Friday, 20 November 2026, 12:00.
describe('booking in Spanish', () => {
  it('takes everything from one message and asks only for a yes', () => {
    const chat = rehearse(`
      > Hola! Soy Laura Gómez, quiero un corte de pelo el martes a las 15, mi tel es 11 5555 1234
      < ^¡Hola!
      < martes 24 de noviembre a las 15:00, Corte de pelo con Ana Ruiz
      < \\$ 12\\.000, a nombre de Laura Gómez
      [awaiting_input confirmation]
      = get_availability, hold_slot
      > sí, dale
      < Listo, Laura Gómez
      < martes 24 de noviembre a las 15:00
      < K7M2Q1
      [replied]
      = book_appointment
    `);
    expect(chat.salon.booked).toMatchObject([
      { date: '2026-11-24', time: '15:00', name: 'Laura Gómez', phone: expect.any(String) },
    ]);
  });

  it('asks for one missing thing at a time and never again for what it has', () => {
    rehearse(`
      > hola
      < turnos, precios
      [replied]
      > quiero un turno
      < Qué te querés hacer
      [awaiting_input service]
      > corte
      < Para qué día
      [awaiting_input date]
      > el martes
      < El martes 24 tengo|martes 24 tengo
      [awaiting_input time]
      = get_availability
      > a las 3 de la tarde
      < A qué nombre
      [awaiting_input name]
      = get_availability, hold_slot
      > Laura Gómez
      < teléfono o un mail
      [awaiting_input contact]
      = 
      > laura@example.com
      < martes 24 de noviembre a las 15:00.*Laura Gómez.*confirmo
      [awaiting_input confirmation]
      > sí
      < K7M2Q1
      = book_appointment
      > gracias!
      < De nada
      [replied]
    `);
  });

  it('is content with a phone where the customer has no e-mail', () => {
    rehearse(`
      > quiero cortarme el pelo el lunes a las 10
      [awaiting_input name]
      > Soy Mateo y no tengo mail
      < con un teléfono alcanza
      [awaiting_input contact]
      > 1155551234
      [awaiting_input confirmation]
    `);
  });

  it('asks for no contact where the channel knows it', () => {
    const contact = { name: 'Laura', phone: '+5491155551234', verified: true };
    rehearse(
      `
      > un corte el martes a las 15 por favor
      < martes 24 de noviembre a las 15:00.*a nombre de Laura
      [awaiting_input confirmation]
      > dale
      < K7M2Q1
    `,
      new Chat(openSalon(), contact),
    );
  });

  it('takes corrections before and at the confirmation', () => {
    const chat = rehearse(`
      > turno para corte el jueves a las 16
      [awaiting_input name]
      > no, mejor a las 5
      < A qué nombre
      [awaiting_input name]
      = get_availability, hold_slot
      > el jueves no, el viernes
      [awaiting_input name]
      > Laura Gómez, 1155551234
      < viernes 27 de noviembre a las 17:00
      [awaiting_input confirmation]
      > sí pero a las 6
      < viernes 27 de noviembre a las 18:00
      [awaiting_input confirmation]
      > sí
      < viernes 27 de noviembre a las 18:00.*K7M2Q1
    `);
    expect(chat.salon.booked).toHaveLength(1);
  });

  it('answers side questions and goes on where it was', () => {
    rehearse(`
      > cuánto sale el corte y tenés lugar mañana?
      < Corte de pelo sale \\$ 12\\.000
      < sábado 21 tengo
      [awaiting_input time]
      > quién atiende?
      < Para Corte de pelo atienden Ana Ruiz y Bruno Paz
      < Cuál te queda mejor: 09:00
      [awaiting_input time]
      > a las 11
      [awaiting_input name]
      > y cuánto sale la manicura?
      < Manicura sale \\$ 9\\.000.*A qué nombre
      [awaiting_input name]
      > Laura Gómez 1155551234
      < sábado 21 de noviembre a las 11:00, Corte de pelo
      > ¿abren el domingo?
      < domingo 22 de noviembre está cerrado
      < sábado 21 de noviembre a las 11:00
      [awaiting_input confirmation]
    `);
  });

  it('asks which five is meant only where both are within the opening hours', () => {
    rehearse(`
      > corte el martes a las 5
      [awaiting_input name]
      = get_availability, hold_slot
    `);
    const salon = openSalon();
    salon.plan.hours = { ...salon.plan.hours, 2: [{ from: '05:00', to: '22:00' }] };
    rehearse(
      `
      > corte el martes a las 5
      < a las 5 de la tarde o a las 5 de la mañana
      [awaiting_input time]
      > de la tarde
      [awaiting_input name]
      `,
      new Chat(salon),
    );
  });

  it('offers others where the slot is taken, before and while it is confirmed', () => {
    const salon = openSalon();
    salon.taken.add('2026-11-24 15:00');
    const chat = rehearse(
      `
      > corte el martes a las 15, soy Laura, 1155551234
      < martes 24 a las 15:00 no tengo lugar.*14:30
      [awaiting_input time]
      > a las 14:30
      < martes 24 de noviembre a las 14:30
      [awaiting_input confirmation]
    `,
      new Chat(salon),
    );
    salon.taken.add('2026-11-24 14:30');
    rehearse(
      `
      > sí
      < se acaba de ocupar.*14:00
      [awaiting_input time]
      = book_appointment
      > el primero
      [awaiting_input confirmation]
    `,
      chat,
    );
  });

  it('picks from what it offered', () => {
    rehearse(`
      > quiero un corte el sábado
      < sábado 21 tengo 09:00
      > el último
      [awaiting_input name]
      > Laura, 1155551234
      < sábado 21 de noviembre a las 13:00
    `);
  });

  it('understands that any time will do, and that it is urgent', () => {
    rehearse(`
      > necesito un corte YA para hoy, con quien sea
      [awaiting_input name]
      = get_availability, hold_slot
      > Tomás 1155551234
      < viernes 20 de noviembre a las 13:00
    `);
    rehearse(`
      > un corte lo antes posible
      [awaiting_input name]
      > Tomás 1155551234
      < viernes 20 de noviembre a las 13:00
    `);
    rehearse(`
      > corte mañana a cualquier hora
      [awaiting_input name]
      > Tomás 1155551234
      < sábado 21 de noviembre a las 09:00
    `);
  });

  it.each([
    ['corte el 31 de junio', 'no existe.*Para qué día', 'date'],
    ['corte ayer a las 10', 'ya pasó.*tengo', 'time'],
    ['corte el lunes 24 de noviembre', 'martes 24 de noviembre.*lunes 23', 'date'],
    ['corte el domingo', 'domingo 22 de noviembre está cerrado.*tengo', 'time'],
    ['corte el martes a las 23', '23:00 no atendemos.*tengo', 'time'],
    ['corte dentro de 90 días', 'todavía no tomamos turnos', 'time'],
    ['corte hoy a las 12:30', 'anticipación.*tengo', 'time'],
  ])('explains in one sentence why not, with a way on: %s', (text, reply, awaiting) => {
    rehearse(`
      > ${text}
      < ${reply}
      [awaiting_input ${awaiting}]
    `);
  });

  it('goes on with the second service after the first', () => {
    rehearse(`
      > quiero manicura y barba el martes a las 10, soy Laura, 1155551234
      < Manicura con Ana Ruiz
      > sí
      < K7M2Q1.*también para la barba
      [replied]
      > sí
      < martes 24 tengo
      [awaiting_input time]
      > a las 11
      < Barba con.*a nombre de Laura
      [awaiting_input confirmation]
    `);
  });

  it('takes one appointment a person, one after the other', () => {
    rehearse(`
      > dos personas para corte el martes a las 10, soy Laura, 1155551234
      < un turno por persona.*martes 24 de noviembre a las 10:00
      [awaiting_input confirmation]
      > sí
      < para la otra persona
      > sí
      [awaiting_input time]
      > a las 10 de la mañana
      < a las 10:00, Corte de pelo con Bruno Paz
      > sí
      ! otra persona
      [replied]
    `);
  });

  it('sees later and earlier from the slot that is kept', () => {
    rehearse(`
      > corte el martes a las 15
      [awaiting_input name]
      > una hora más tarde
      < martes 24 de noviembre a las 16:00
      [awaiting_input name]
      > no tenés algo más temprano?
      < martes 24 tengo 09:00
      ! 16:00
      [awaiting_input time]
    `);
  });

  it('says who does what was asked of somebody who does not', () => {
    rehearse(`
      > coloración con Bruno el martes a las 10
      < Bruno Paz no hace Coloración; sí Ana Ruiz
      [awaiting_input staff]
      > dale
      < Te guardo la coloración para el martes 24 de noviembre a las 10:00 con Ana Ruiz
      [awaiting_input name]
    `);
  });

  it('tells somebody in a hurry what is kept, and asks no question twice in the same words', () => {
    rehearse(`
      > necesito un corte ya, para hoy
      < Lo más pronto que tengo es el viernes 20 de noviembre a las 13:00
      [awaiting_input name]
      > pero hay turno o no?
      < viernes 20 de noviembre a las 13:00
      [awaiting_input name]
      > pero hay turno o no?
      < por ejemplo «Laura Gómez»
      [awaiting_input name]
    `);
  });

  it('takes a yes that repeats what is confirmed, and only that, for a yes', () => {
    rehearse(`
      > corte el martes a las 10, soy Laura, 1155551234
      [awaiting_input confirmation]
      > sí, el martes a las 10
      < K7M2Q1
      = book_appointment
    `);
    rehearse(`
      > corte el martes a las 10, soy Laura, 1155551234
      > sí, el miércoles a las 10
      < miércoles 25 de noviembre a las 10:00
      [awaiting_input confirmation]
    `);
  });

  it('does not take a question about the rules or the payment for a change', () => {
    rehearse(`
      > corte el martes a las 15, soy Laura, 1155551234
      [awaiting_input confirmation]
      > ¿hay algún cargo si cancelo?
      < lo confirma el equipo
      [awaiting_input confirmation]
      > ¿y puedo pagar con tarjeta de crédito?
      < lo confirma el equipo
      > sí
      < K7M2Q1
    `);
  });

  it('hears "ahora" as a way of speaking', () => {
    rehearse(`
      > quiero un corte el martes a las 15
      [awaiting_input name]
      > ahora que lo pienso quiero manicura
      < Te guardo la manicura para el martes 24 de noviembre a las 15:00
      [awaiting_input name]
    `);
  });

  it('drops the booking on request', () => {
    rehearse(`
      > corte el martes a las 15
      [awaiting_input name]
      > no, dejalo, mejor no
      < no reservé nada
      [replied]
    `);
    rehearse(`
      > corte el martes a las 15, soy Laura, 1155551234
      > no
      < Qué cambiamos
      [awaiting_input choice]
      > otro horario
      < martes 24 tengo
      [awaiting_input time]
    `);
  });
});
