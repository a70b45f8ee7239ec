/** Which service a message names, over the ways in which salons and clinics write theirs. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { understand } from './understand.ts';

const now = { date: '2026-11-20', time: '12:00' };
const verbs = ['hacerme', 'hacer', 'ponerme', 'darme', 'sacarme', 'hacerse', 'realizarme'];
const things: [noun: string, service: string][] = [
  ['las uñas', 'Manicura'],
  ['las cejas', 'Perfilado de cejas'],
  ['un masaje', 'Masaje descontracturante'],
  ['las pestañas', 'Lifting de pestañas'],
  ['la limpieza', 'Limpieza facial'],
  ['un blanqueamiento', 'Blanqueamiento dental'],
  ['una radiografía', 'Radiografía'],
  ['un tatuaje', 'Tatuaje'],
];
const cut = { id: 'cut', name: 'Corte de pelo', aliases: ['corte', 'cortarme el pelo', 'haircut', 'get a haircut'] };

describe('an alias that begins with a verb of every service', () => {
  const scene = fc.record({
    aliasVerb: fc.constantFrom(...verbs),
    saidVerb: fc.constantFrom(...verbs),
    thing: fc.constantFrom(...things),
    opening: fc.constantFrom('quiero', 'quisiera', 'necesito', 'hola, me gustaría', 'puedo'),
  });
  const vocabularyOf = (aliasVerb: string, [noun, name]: (typeof things)[number]) => ({
    services: [{ id: 'other', name, aliases: [`${aliasVerb} ${noun}`] }, cut],
    staff: [],
  });

  it('is not chosen by that verb', () => {
    fc.assert(
      fc.property(scene, ({ aliasVerb, saidVerb, thing, opening }) => {
        const vocabulary = vocabularyOf(aliasVerb, thing);
        const { slots, ambiguous } = understand(`${opening} ${saidVerb} un corte`, { now, vocabulary });
        expect({ slots, ambiguous }).toEqual({ slots: { service: 'Corte de pelo' }, ambiguous: {} });
        expect(understand(`${opening} ${saidVerb} algo`, { now, vocabulary }).slots.service).toBeUndefined();
      }),
    );
  });

  it('is chosen by what it names, with its verb, another or none', () => {
    fc.assert(
      fc.property(scene, ({ aliasVerb, saidVerb, thing, opening }) => {
        const vocabulary = vocabularyOf(aliasVerb, thing);
        for (const text of [`${opening} ${saidVerb} ${thing[0]}`, `turno para ${thing[0]}`]) {
          expect(understand(text, { now, vocabulary }).slots.service, text).toBe(thing[1]);
        }
      }),
    );
  });

  it('in English too', () => {
    const vocabulary = {
      services: [{ id: 'nails', name: 'Manicure', aliases: ['get my nails done', 'have my nails done'] }, cut],
      staff: [],
    };
    expect(understand('I want to get a haircut', { now, vocabulary }).slots.service).toBe('Corte de pelo');
    expect(understand('can I get my nails done tomorrow?', { now, vocabulary }).slots.service).toBe('Manicure');
  });

  it('keeps verbs that name the service', () => {
    const vocabulary = { services: [{ id: 'a', name: 'Manicura', aliases: ['hacerme las uñas'] }, cut], staff: [] };
    expect(understand('quiero cortarme el pelo', { now, vocabulary }).slots.service).toBe('Corte de pelo');
  });
});
