import { expect, it } from 'vitest';
import { Chat } from '../rehearsal/chat.ts';
import { openSalon } from '../rehearsal/plan.ts';

const contact = { phone: '+54 11 5555 1234' };

/** A salon where Laura has an appointment on Wednesday, December 2. */
function withAppointment(): Chat {
  const salon = openSalon();
  salon.answer({
    tool: 'book_appointment',
    args: { service: 'Corte de pelo', date: '2026-12-02', time: '15:00', name: 'Laura Gómez', ...contact },
  });
  for (const appointment of salon.booked) appointment.here = true;
  return new Chat(salon);
}

it.each([
  ['cambiá mi turno al lunes siguiente', 'al lunes 7 de diciembre'],
  ['cambiá mi turno para el día siguiente', 'al jueves 3 de diciembre'],
  ['quiero mover mi turno a la semana siguiente', 'al miércoles 9 de diciembre'],
  ['pasame el turno al viernes siguiente', 'al viernes 4 de diciembre'],
  ['reschedule my appointment to the following Friday', 'to Friday, December 4'],
  ['move my appointment to the following Monday', 'to Monday, December 7'],
  ['can you move my appointment to the day after?', 'to Thursday, December 3'],
])('counts from the appointment that is moved: %s', (text, moved) => {
  expect(withAppointment().says(text).text).toContain(moved);
});

it.each([
  ['cambiá mi turno al lunes que viene', 'al lunes 23 de noviembre'],
  ['move my appointment to next Monday', 'to Monday, November 23'],
])('counts from today where it says so: %s', (text, moved) => {
  expect(withAppointment().says(text).text).toContain(moved);
});

it.each([
  ['hacerme las uñas y un corte de pelo mañana a las 10', 'para el corte de pelo'],
  ['a manicure and a haircut tomorrow at 10', 'for "Corte de pelo" as well'],
])('books what was asked for together in turn: %s', (text, next) => {
  const chat = new Chat(openSalon(), contact);
  chat.says(text);
  chat.says('soy Laura Gómez');
  const done = chat.says(text.startsWith('a ') ? 'yes' : 'sí');
  expect(chat.salon.booked).toMatchObject([{ service: 'Manicura' }]);
  expect(done.text).toContain(next);
});

it.each([
  ['¿cuánto sale todo: corte de pelo, manicura?', /Corte de pelo .*Manicura .*en total/i],
  ['how much is everything: haircut, manicure?', /Corte de pelo .*Manicura .* in all/],
])('lists the prices of all that was named: %s', (text, listed) => {
  expect(new Chat(openSalon()).says(text).text).toMatch(listed);
});
