import { describe, expect, it } from 'vitest';
import { phoneKey, samePhone } from './phone-numbers.ts';

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
