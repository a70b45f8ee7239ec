import { describe, expect, it } from 'vitest';
import { normaliseCode, sameName } from '../../src/index.ts';
import { newCode } from './contacts.ts';
import { findNamed, findPerson } from './names.ts';
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
    ['Gómez, Ana', 'ana gomez', true],
    ['Ana Gómez', 'Ana María', false],
    ['A', 'A Gómez', false],
    ['', 'Ana', false],
    ['Ana', '', false],
    ['Ana Gómez', 'Ana', false],
    ['Ana Gómez', 'Gómez', false],
    ['Ana Gómez Paz', 'Ana Paz', true],
    ['Ana Gómez Paz', 'Ana Gómez', true],
    ['Juan Pablo Díaz', 'Pablo Díaz', true],
    ['María de la Cruz', 'de', false],
    ['María de la Cruz', 'la', false],
    ['María de la Cruz', 'de la', false],
    ['María de la Cruz', 'María', false],
    ['María de la Cruz', 'María de la', false],
    ['María de la Cruz', 'maria cruz', true],
    ['María de la Cruz', 'María de la Cruz', true],
    ['Ana Ana', 'Ana', false],
    ['José Pérez', 'José Pérez Luna', true],
    ['José Pérez', 'Ana María José Juan Pérez Gómez', false],
    ['Ana', 'Ana María Juan José Eva Paz', false],
    ['María de la Cruz', 'Ana María Lucía Sofía Cruz', false],
    ['María de la Cruz', 'María José Cruz Gil', true],
  ])('%s, claimed by %s: %s', (known, claimed, same) => {
    expect(sameName(known, claimed)).toBe(same);
  });
});
