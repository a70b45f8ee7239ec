import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fold, readableLength, squeeze, tokenise } from './text.ts';

describe('fold', () => {
  test.each([
    ['Mañana', 'manana'],
    ['MIÉRCOLES', 'miercoles'],
    ['man\u0303ana', 'manana'],
    ['o’clock', 'oclock'],
  ])('%s', (text, folded) => {
    expect(fold(text)).toBe(folded);
  });

  test('squeezes doubled letters', () => {
    expect(squeeze('mananaaa')).toBe('manana');
  });
});

describe('tokenise', () => {
  test('keeps offsets of the original, accents or combining marks', () => {
    const text = '¿El mie\u0301rcoles 3pm?';
    const tokens = tokenise(text);
    expect(tokens.map((token) => token.text)).toEqual(['¿', 'el', 'miercoles', '3', 'pm', '?']);
    expect(tokens.map((token) => text.slice(token.start, token.end))).toEqual(['¿', 'El', 'mie\u0301rcoles', '3', 'pm', '?']);
    expect(tokens.map((token) => token.spaced)).toEqual([true, false, true, true, false, false]);
  });

  test('reads the beginning of a long text only', () => {
    expect(tokenise('a '.repeat(1_000_000)).at(-1)?.end).toBeLessThanOrEqual(readableLength);
  });

  test('tokens are ordered and do not overlap', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        let previous = 0;
        for (const { start, end } of tokenise(text)) {
          expect(start).toBeGreaterThanOrEqual(previous);
          expect(end).toBeGreaterThan(start);
          expect(end).toBeLessThanOrEqual(text.length);
          previous = end;
        }
      }),
    );
  });
});
