import { describe, expect, test } from 'vitest';
import type { Language } from './contract.ts';
import { readNumber } from './numbers.ts';
import { tokenise } from './text.ts';

const read = (text: string, language: Language) => readNumber(tokenise(text), 0, language);

describe('Spanish numbers', () => {
  test.each([
    ['tres', 3],
    ['veintiuno', 21],
    ['veintitrés', 23],
    ['treinta y cinco', 35],
    ['ciento veinte', 120],
    ['dos mil veintiséis', 2026],
    ['mil quinientos', 1500],
    ['17', 17],
  ])('%s', (text, value) => {
    expect(read(text, 'es')).toMatchObject({ value, ordinal: false, next: tokenise(text).length });
  });

  test.each([
    ['primero', 1],
    ['3ro', 3],
    ['21º', 21],
    ['décima', 10],
  ])('ordinal %s', (text, value) => {
    expect(read(text, 'es')).toMatchObject({ value, ordinal: true });
  });

  test('leaves "y media" alone', () => {
    expect(read('cinco y media', 'es')).toMatchObject({ value: 5, next: 1 });
  });

  test('finds none in words and phone numbers', () => {
    expect(read('turno', 'es')).toBeUndefined();
    expect(read('1145238890123', 'es')).toBeUndefined();
  });
});

describe('English numbers', () => {
  test.each([
    ['twenty-one', 21],
    ['thirty five', 35],
    ['two hundred and six', 206],
    ['two thousand twenty seven', 2027],
  ])('%s', (text, value) => {
    expect(read(text, 'en')).toMatchObject({ value, ordinal: false, next: tokenise(text).length });
  });

  test.each([
    ['third', 3],
    ['21st', 21],
    ['twenty-second', 22],
    ['thirtieth', 30],
  ])('ordinal %s', (text, value) => {
    expect(read(text, 'en')).toMatchObject({ value, ordinal: true });
  });
});
