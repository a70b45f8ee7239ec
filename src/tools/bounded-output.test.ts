import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { boundedOutput } from './bounded-output.ts';

const bytes = (value: unknown) => Buffer.byteLength(JSON.stringify(value));

describe('what a tool answered', () => {
  it('is what JSON would make of it, where it is short', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
        expect(boundedOutput(value, 1_000_000)).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
    const odd = { at: new Date(0), gone: undefined, call: () => 1, list: [undefined, Number.NaN], text: Object('a') };
    expect(boundedOutput(odd)).toEqual(JSON.parse(JSON.stringify(odd)));
    const numbers = { zero: -0, boxed: [Object(-0), Object(Number.NaN)] };
    expect(boundedOutput(numbers)).toEqual(JSON.parse(JSON.stringify(numbers)));
    expect(boundedOutput(undefined)).toBeNull();
    expect(JSON.stringify(boundedOutput(JSON.parse('{"__proto__":{"a":1}}')))).toBe('{"__proto__":{"a":1}}');
  });

  it('keeps to the bound, is JSON, and has no half of a character, whatever it is', () => {
    const anything = fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withNullPrototype: true,
      maxDepth: 6,
      maxKeys: 30,
      values: [fc.string({ unit: 'binary', maxLength: 3_000 }), fc.integer(), fc.constant(null)],
    });
    fc.assert(
      fc.property(anything, fc.integer({ min: 256, max: 4_000 }), (value, max) => {
        const bound = boundedOutput(value, max);
        expect(bytes(bound)).toBeLessThanOrEqual(max);
        expect(JSON.stringify(bound).isWellFormed()).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('keeps the beginning and the end of a long text, and says how long it was', () => {
    const text = `begin${'😀'.repeat(100_000)}end`;
    const bound = String(boundedOutput(text, 10_000));
    expect(bound).toMatch(/^begin😀/);
    expect(bound).toMatch(/😀end$/);
    expect(bound).toMatch(/\[cut: [\d,]+ of 200,008 characters left out\]/);
    expect(bytes(bound)).toBeLessThanOrEqual(10_000);
    expect(bytes(bound)).toBeGreaterThan(9_000);
  });

  it('keeps the first and the last items of a long list, and the short members beside a long one', () => {
    const rows = Array.from({ length: 400_000 }, (_, id) => ({ id, name: `row ${id}` }));
    const bound = boundedOutput({ total: rows.length, rows, next: null }, 65_536) as { total: number; rows: unknown[]; next: null };
    expect(bound).toMatchObject({ total: 400_000, next: null });
    expect(bound.rows[0]).toEqual({ id: 0, name: 'row 0' });
    expect(bound.rows.at(-1)).toEqual({ id: 399_999, name: 'row 399999' });
    expect(JSON.stringify(bound.rows)).toMatch(/\[cut: [\d,]+ of 400,000 items left out\]/);
    expect(bytes(bound)).toBeLessThanOrEqual(65_536);
    expect(bytes(bound)).toBeGreaterThan(60_000);
  });

  it('never throws: an effect is recorded whatever its answer is', () => {
    const circle: Record<string, unknown> = { name: 'circle' };
    circle['itself'] = circle;
    expect(boundedOutput(circle)).toEqual({ name: 'circle', itself: '[cut: it contains itself]' });
    expect(boundedOutput({ amount: 10n })).toEqual({ amount: '10' });
    const broken = {
      get secret() {
        throw new Error('no');
      },
      toText: { toJSON: () => Promise.reject.call(undefined) },
    };
    expect(boundedOutput(broken)).toEqual({ secret: '[cut: it cannot be read]', toText: '[cut: it cannot be read]' });
    let deep: unknown = 'bottom';
    for (let level = 0; level < 50_000; level += 1) deep = [deep];
    expect(bytes(boundedOutput(deep))).toBeLessThan(1_000);
  });

  it('costs what the bound costs, not what the answer would', () => {
    const answers = {
      text: 'x'.repeat(40_000_000),
      rows: Array.from({ length: 800_000 }, (_, id) => ({ id, text: 'some text of a row' })),
    };
    boundedOutput(answers);
    const least = Math.min(
      ...Array.from({ length: 5 }, () => {
        const started = performance.now();
        boundedOutput(answers);
        return performance.now() - started;
      }),
    );
    expect(least).toBeLessThan(50);
  });
});
