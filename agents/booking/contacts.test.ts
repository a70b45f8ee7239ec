import { describe, expect, it } from 'vitest';
import { phoneKey, samePhone } from '../../src/index.ts';
import { newCode, normaliseCode } from './contacts.ts';
import { findNamed, findPerson, sameName } from './names.ts';
import { salonServices, salonStaff } from './salon.ts';

describe('phone numbers', () => {
  const spellings = [
    '+54 9 351 234-5678',
    '+54 351 234 5678',
    '0054 9 3512345678',
    '5493512345678',
    '0351 15 234-5678',
    '351 15 2345678',
    '0351 2345678',
    '3512345678',
    '9 351 234 5678',
  ];
  it.each(spellings)('%s is +54 9 351 234 5678', (spelling) => {
    expect(samePhone(spelling, '+54 9 351 234 5678')).toBe(true);
    expect(phoneKey(spelling)).toBe('12345678');
  });

  it.each([
    ['011 15 2345-6789', '+54 9 11 2345 6789', true],
    ['15 2345-6789', '+54 9 11 2345 6789', true],
    ['02954 15 123456', '+54 9 2954 123456', true],
    ['612 345 678', '+34 612 345 678', true],
    ['(212) 555-0100', '+1 212 555 0100', true],
    ['+54 9 351 234 5679', '+54 9 351 234 5678', false],
    ['+55 11 2345 6789', '11 2345 6789', false],
    ['+55 11 2345 6789', '+56 11 2345 6789', false],
    ['2345678', '+54 9 351 234 5678', false],
    ['', '', false],
  ])('%s and %s: %s', (one, other, same) => {
    expect(samePhone(one, other)).toBe(same);
    expect(samePhone(other, one)).toBe(same);
  });
});

describe('codes', () => {
  it('are six characters that nobody mixes up, and never a word or a number', () => {
    for (let round = 0; round < 500; round++) expect(newCode()).toMatch(/^(?=.*\d)(?=.*[A-Z])[2-9A-HJKMNP-Z]{6}$/);
    expect(normaliseCode(' k7m-2qx ')).toBe('K7M2QX');
  });
});

describe('names', () => {
  it.each([
    ['corte', 'Corte de pelo'],
    ['CORTES DE PELO', 'Corte de pelo'],
    ['corte + barba', 'Corte y barba'],
    ['Barba y corte', 'Corte y barba'],
    ['coloracion', 'Coloración'],
    ['balayage', 'Mechas'],
    ['haircut and beard', 'Corte y barba'],
    ['el corte de barbacoa', undefined],
    ['', undefined],
  ])('%s is %s', (text, name) => {
    expect(findNamed(salonServices, text)?.name).toBe(name);
  });

  it('of the sample are told apart by every alias', () => {
    for (const thing of [...salonServices, ...salonStaff]) {
      const things = salonServices.some((service) => service === thing) ? salonServices : salonStaff;
      for (const alias of [thing.name, ...thing.aliases])
        expect(findNamed<(typeof things)[number]>(things, alias)?.id, alias).toBe(thing.id);
    }
  });

  it('of people: a first name that only one has', () => {
    expect(findPerson(salonStaff, 'maria')?.name).toBe('María Quiroga');
    expect(findPerson([...salonStaff, { name: 'María Sosa', aliases: [] }], 'maria')).toBeUndefined();
  });

  it.each([
    ['Ana', 'Ana Gómez', true],
    ['ana gomez', 'Gómez, Ana', true],
    ['Ana María', 'Ana Gómez', false],
    ['A', 'A Gómez', false],
    ['', 'Ana', false],
  ])('%s and %s: %s', (one, other, same) => {
    expect(sameName(one, other)).toBe(same);
  });
});
