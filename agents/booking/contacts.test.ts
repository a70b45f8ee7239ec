import { describe, expect, it } from 'vitest';
import { newCode, normaliseCode } from './contacts.ts';
import { findNamed, findPerson, sameName } from './names.ts';
import { salonServices, salonStaff } from './salon.ts';

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
