/** Addresses as people tell them. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Awaiting } from '../contract.ts';
import { understand } from '../understand.ts';

const now = { date: '2026-11-20', time: '12:00' };
const vocabulary = {
  services: [{ id: 'cut', name: 'Corte de pelo', aliases: ['corte'] }],
  staff: [
    { id: 'lucia', name: 'Lucía Ponce' },
    { id: 'juan', name: 'Juan Ibarra', aliases: ['Juancho'] },
    { id: 'ana', name: 'Ana Ruiz' },
  ],
};
const states: (Awaiting | undefined)[] = [
  undefined,
  'contact',
  'name',
  'staff',
  'confirmation',
  'time',
  'date',
  'service',
  'appointment',
];

const locals: [said: string, written: string][] = [
  ['lucia', 'lucia'],
  ['Lucía', 'lucia'],
  ['juan guion bajo ibarra', 'juan_ibarra'],
  ['juan guión bajo ibarra', 'juan_ibarra'],
  ['ana punto ruiz', 'ana.ruiz'],
  ['ana.ruiz', 'ana.ruiz'],
  ['ana guion ruiz', 'ana-ruiz'],
  ['ana 22', 'ana22'],
  ['juancho1985', 'juancho1985'],
  ['ana underscore ruiz', 'ana_ruiz'],
  ['ana dot ruiz', 'ana.ruiz'],
];
const domains: [said: string, written: string][] = [
  ['gmail punto com', 'gmail.com'],
  ['gmail.com', 'gmail.com'],
  ['hotmail punto com punto ar', 'hotmail.com.ar'],
  ['yahoo punto es', 'yahoo.es'],
  ['outlook dot com', 'outlook.com'],
  ['mi-empresa punto com', 'mi-empresa.com'],
];
const at = fc.constantFrom('arroba', 'at', '(arroba)', '[at]', 'Arroba');
const around = fc.constantFrom('{}', 'mi mail es {}', 'es {}', 'anotá {}, gracias', 'my email is {}', '{} .');

describe('an address that is spelled out', () => {
  it('is the contact, whatever was asked, and nobody of the staff nor the name', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...locals),
        at,
        fc.constantFrom(...domains),
        around,
        fc.constantFrom(...states),
        (local, sign, domain, form, awaiting) => {
          const text = form.replace('{}', `${local[0]} ${sign} ${domain[0]}`);
          const { slots, ambiguous } = understand(text, { now, vocabulary, awaiting });
          expect({ text, slots, ambiguous }).toEqual({ text, slots: { email: `${local[1]}@${domain[1]}` }, ambiguous: {} });
        },
      ),
      { numRuns: 600 },
    );
  });

  it('may leave out what everybody knows', () => {
    expect(understand('lucia arroba gmail', { now, vocabulary }).slots).toEqual({ email: 'lucia@gmail.com' });
  });

  it.each([
    'tomorrow at noon. ok?',
    'I can come at 5. Com on',
    'see you at the salon dot',
    'quiero un corte a las 5 punto',
    'con Lucía, arroba',
    'at at at dot dot',
  ])('is not heard in %s', (text) => {
    expect(understand(text, { now, vocabulary }).slots.email).toBeUndefined();
  });
});
