import fc from 'fast-check';
import { expect, it } from 'vitest';
import { flows } from '../flows.ts';
import { Chat } from '../rehearsal/chat.ts';
import { fridayNoon, openSalon, plan } from '../rehearsal/plan.ts';

const { vocabulary } = openSalon();
const turn = { now: fridayNoon, timeZone: plan.timeZone, channel: 'test', contact: undefined, vocabulary, latest: {}, calls: [] };

it('never throws, whatever the text and the state', () => {
  const state = fc.dictionary(
    fc.constantFrom('version', 'language', 'awaiting', 'task', 'wish', 'held', 'offered'),
    fc.jsonValue(),
  );
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), state, (text, remembered) => {
      const move = flows.next({ ...turn, text, state: remembered as Parameters<typeof flows.next>[0]['state'] });
      expect(['call', 'reply']).toContain(move.kind);
    }),
    { numRuns: 300 },
  );
});

it('books at most what was confirmed, however the conversation goes', () => {
  const lines = fc.constantFrom(
    ...['hola', 'corte', 'el martes', 'a las 15', 'a las 5', 'Laura Gómez', '1155551234', 'no', 'mejor el jueves', 'el primero'],
    ...[
      'cuánto sale?',
      'dejalo',
      'otro horario',
      'con quien sea',
      'lo antes posible',
      'cancelar mi turno',
      'asdf',
      'gracias',
      '31 de junio',
    ],
  );
  fc.assert(
    fc.property(fc.array(lines, { maxLength: 14 }), (script) => {
      const chat = new Chat(openSalon());
      for (const line of script) chat.says(line);
      expect(chat.salon.booked).toEqual([]);
    }),
    { numRuns: 60 },
  );
});

it('is pure: the same turn gives the same move', () => {
  const first = flows.next({ ...turn, text: 'corte el martes a las 15', state: {} });
  expect(flows.next({ ...turn, text: 'corte el martes a las 15', state: {} })).toEqual(first);
});
