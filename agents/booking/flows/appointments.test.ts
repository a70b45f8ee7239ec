import { expect, it } from 'vitest';
import { Chat } from '../rehearsal/chat.ts';
import { openSalon } from '../rehearsal/plan.ts';
import type { Salon } from '../rehearsal/salon.ts';
import { rehearse } from '../rehearsal/script.ts';

const contact = { phone: '+54 11 5555 1234' };

/** @param here whether they were booked in the conversation of the test. */
function salonWith(here: boolean, ...moments: [date: string, time: string][]): Salon {
  const salon = openSalon();
  for (const [date, time] of moments) {
    const args = { service: 'Corte de pelo', date, time, name: 'Laura Gómez', ...contact };
    salon.answer({ tool: 'book_appointment', args });
  }
  for (const appointment of salon.booked) appointment.here = here;
  return salon;
}

it('moves the appointment of this conversation after a yes, with both dates in full', () => {
  const salon = salonWith(true, ['2026-11-24', '15:00']);
  rehearse(
    `
    > quiero cambiar mi turno para el viernes a las 17
    < del martes 24 de noviembre a las 15:00 al viernes 27 de noviembre a las 17:00
    [awaiting_input confirmation]
    = find_appointments, get_availability
    > sí
    < pasó del martes 24 de noviembre a las 15:00 al viernes 27 de noviembre a las 17:00
    [replied]
    = reschedule_appointment
  `,
    new Chat(salon),
  );
  expect(salon.booked).toMatchObject([{ date: '2026-11-27', time: '17:00' }]);
});

it('asks for contact, name and code only when they are needed, then for the new day', () => {
  rehearse(
    `
    > necesito pasar mi turno para otro día
    < código, o el teléfono o mail
    [awaiting_input contact]
    > +54 11 5555 1234
    < A nombre de quién
    [awaiting_input name]
    > Laura Gómez
    < hay turno el martes 24 de noviembre a las 15:00.*pasame su código
    ! Corte|Ana|K7M2Q1
    [awaiting_input contact]
    > K7M2Q1
    < Tenés Corte de pelo.*martes 24 de noviembre a las 15:00.*Para qué día
    [awaiting_input date]
    > el jueves
    < al jueves 26 de noviembre a las 15:00
    [awaiting_input confirmation]
    > no, a las 4 de la tarde
    < al jueves 26 de noviembre a las 16:00
    > dale
    < Listo
    [replied]
  `,
    new Chat(salonWith(false, ['2026-11-24', '15:00'])),
  );
});

it('keeps the day where only the time changes', () => {
  rehearse(
    `
    > quiero pasar mi turno a las 18, el código es K7M2Q1
    < del martes 24 de noviembre a las 15:00 al martes 24 de noviembre a las 18:00
    [awaiting_input confirmation]
  `,
    new Chat(salonWith(false, ['2026-11-24', '15:00'])),
  );
});

it('asks which appointment where there are several, or takes the one that was named', () => {
  const moments: [string, string][] = [
    ['2026-11-24', '15:00'],
    ['2026-11-26', '10:00'],
  ];
  rehearse(
    `
    > cancelar mi turno, soy Laura Gómez, +54 11 5555 1234
    < más de un turno
    < 2\\. .*jueves 26 de noviembre
    [awaiting_input appointment]
    > el segundo
    < Cancelo tu turno de Corte de pelo.*jueves 26 de noviembre a las 10:00
    [awaiting_input confirmation]
    > sí
    < cancelé tu turno
    [replied]
    = cancel_appointment
  `,
    new Chat(salonWith(true, ...moments)),
  );
  rehearse(
    `
    > cancelar el turno del jueves, soy Laura Gómez, +54 11 5555 1234
    < jueves 26 de noviembre a las 10:00
    [awaiting_input confirmation]
    > no, dejalo así
    < lo dejo como está
    [replied]
  `,
    new Chat(salonWith(true, ...moments)),
  );
});

it('tells the day for two facts that belong together, and cancels for the code, in English', () => {
  rehearse(
    `
    > when is my appointment?
    [awaiting_input contact]
    > +54 11 5555 1234
    [awaiting_input name]
    > Laura Gómez
    < Tuesday, November 24 at 15:00.*send me its code
    ! K7M2Q1
    > K7M2Q1
    < Code K7M2Q1
    [replied]
    > please cancel it
    < Shall I cancel.*Tuesday, November 24 at 15:00
    [awaiting_input confirmation]
    > yes
    < cancelled
    [replied]
  `,
    new Chat(salonWith(false, ['2026-11-24', '15:00'])),
  );
});

it('passes to a person where the facts lead nowhere twice', () => {
  rehearse(`
    > quiero cancelar mi turno, código A1B2C3
    < No encuentro
    [awaiting_input contact]
    > Z9Z9Z9
    [escalated]
  `);
});
