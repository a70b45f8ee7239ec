/** Addresses as people tell them. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Awaiting } from './contract.ts';
import { understand } from './understand.ts';

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

  it.each([
    ['jose eme arroba live punto com punto mx', 'joseeme@live.com.mx'],
    ['es maría josé punto lopez guión medio 22 arroba yahoo punto es', 'mariajose.lopez-22@yahoo.es'],
    ['juan perez arroba gmail punto com', 'juanperez@gmail.com'],
    ['perfecto, juan perez arroba gmail punto com', 'juanperez@gmail.com'],
    ['mail: zoe arroba empresa guion sur punto com punto ar', 'zoe@empresa-sur.com.ar'],
    ['ana arroba hotmail com ar', 'ana@hotmail.com.ar'],
    ['juan sin punto perez arroba gmail com', 'juanperez@gmail.com'],
    ['todo junto juanperez arroba gmail punto com', 'juanperez@gmail.com'],
    ['j u a n arroba gmail punto com', 'juan@gmail.com'],
    ['juan dos mil veinte arroba gmail punto com', 'juan2020@gmail.com'],
    ['juan raya abajo perez arroba gmail punto com', 'juan_perez@gmail.com'],
    ['juan barra baja perez arroba gmail punto com', 'juan_perez@gmail.com'],
    ['juan más turnos arroba gmail puntocom', 'juan+turnos@gmail.com'],
    ['ana (at) gmail (dot) com', 'ana@gmail.com'],
  ])('of several words is one, and no name: %s', (text, email) => {
    expect(understand(text, { now, vocabulary, awaiting: 'contact' })).toMatchObject({ slots: { email }, ambiguous: {} });
    expect(Object.keys(understand(text, { now, vocabulary, awaiting: 'contact' }).slots)).toEqual(['email']);
  });

  it('stands beside a name', () => {
    const text = 'Ana Gil, ana punto gil arroba gmail punto com';
    expect(understand(text, { now, vocabulary, awaiting: 'name' }).slots).toEqual({ name: 'Ana Gil', email: 'ana.gil@gmail.com' });
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

describe('a phone number that is said in words', () => {
  it.each([
    ['mi celular es tres cinco uno, cinco cinco cinco, cero uno nueve nueve', '3515550199'],
    ['cero once quince cinco cinco cinco cinco uno dos tres cuatro', '0111555551234'],
    ['once 5555 1234', '1155551234'],
    ['once cincuenta y cinco cincuenta y cinco doce treinta y cuatro', '1155551234'],
    ['once doble cinco, doble cinco, uno dos tres cuatro', '1155551234'],
    ['five five five, oh one two three four', '55501234'],
  ])('is the contact: %s', (text, phone) => {
    expect(understand(text, { now, vocabulary, awaiting: 'contact' })).toMatchObject({ slots: { phone }, ambiguous: {} });
  });

  it.each([
    'a las once',
    'a las once o a las doce, somos dos o tres',
    'el dos, tres, cuatro o cinco de diciembre a las diez y media',
  ])('is not heard in %s', (text) => {
    expect(understand(text, { now, vocabulary, awaiting: 'time' }).slots.phone).toBeUndefined();
  });
});
