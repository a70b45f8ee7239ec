import fc from 'fast-check';
import { expect, it } from 'vitest';
import { SimilarIndex, unitVectorFrom } from './similar-index.ts';

const limits = { bytes: 1_000_000, perScope: 3 };
const vector = (...numbers: number[]) => unitVectorFrom(numbers) ?? new Float32Array();
const base = { scope: 's', marks: 'm', model: 'p/m', vector: vector(1, 0) };

it('finds the most similar question, with the same marks, of the same scope and model', () => {
  const index = new SimilarIndex(limits);
  index.add('w', 'far', { ...base, vector: vector(1, 1) }, 60_000);
  index.add('w', 'near', { ...base, vector: vector(10, 1) }, 60_000);
  expect(index.nearest(base, 0.9)).toBe('near');
  expect(index.nearest({ ...base, vector: vector(0, 1) }, 0.6)).toBe('far');
  expect(index.nearest({ ...base, vector: vector(0, 1) }, 0.8)).toBeUndefined();
  for (const other of [{ scope: 't' }, { marks: 'n' }, { model: 'p/n' }, { vector: vector(1, 0, 0) }])
    expect(index.nearest({ ...base, ...other }, 0.8)).toBeUndefined();
  index.remove('w', 'near');
  expect(index.nearest(base, 0.9)).toBeUndefined();
});

it('takes the same vector for the same, however it was rounded', () => {
  const numbers = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 1, maxLength: 1_600 });
  fc.assert(
    fc.property(numbers, (all) => {
      const unit = unitVectorFrom(all);
      fc.pre(unit !== undefined);
      const index = new SimilarIndex(limits);
      index.add('w', 'k', { ...base, vector: unit }, 60_000);
      expect(index.nearest({ ...base, vector: unit }, 1)).toBe('k');
    }),
    { numRuns: 1_000 },
  );
  for (const none of [undefined, 'AAAA', [], [0, 0], [1, Number.NaN], [Number.POSITIVE_INFINITY], [1, null], ['1']])
    expect(unitVectorFrom(none)).toBeUndefined();
});

it('forgets the oldest: of a scope with too many questions, and of all when they take too much', () => {
  const index = new SimilarIndex(limits);
  for (const key of ['a', 'b', 'c', 'd']) index.add('w', key, { ...base, marks: key }, 60_000);
  expect(['a', 'b', 'c', 'd'].map((marks) => index.nearest({ ...base, marks }, 1))).toEqual([undefined, 'b', 'c', 'd']);
  // The same answer again takes no second place.
  index.add('w', 'd', { ...base, marks: 'd' }, 60_000);
  expect(index.size).toBe(3);

  const small = new SimilarIndex({ bytes: 2_000, perScope: 100 });
  for (const scope of ['a', 'b', 'c', 'd']) small.add('w', scope, { ...base, scope }, 60_000);
  expect(['a', 'b', 'c', 'd'].map((scope) => small.nearest({ ...base, scope }, 1))).toEqual([undefined, 'b', 'c', 'd']);
  small.add('w', 'huge', { ...base, vector: new Float32Array(10_000) }, 60_000);
  expect(small.size).toBeLessThanOrEqual(3);
  expect(small.nearest({ ...base, vector: new Float32Array(10_000) }, 0.8)).toBeUndefined();
});

it('forgets a question when its answer is over, without being asked', async () => {
  const index = new SimilarIndex(limits);
  index.add('w', 'k', base, 20);
  index.add('w', 'l', { ...base, scope: 't' }, 60_000);
  expect(index.size).toBe(2);
  await expect.poll(() => index.size).toBe(1);
  expect(index.nearest(base, 1)).toBeUndefined();
  expect(index.nearest({ ...base, scope: 't' }, 1)).toBe('l');
});

it('forgets a workspace, and no other', () => {
  const index = new SimilarIndex(limits);
  index.add('w', 'k', { ...base, scope: 'w s' }, 60_000);
  index.add('v', 'k', { ...base, scope: 'v s' }, 60_000);
  index.clear('w');
  expect(index.nearest({ ...base, scope: 'w s' }, 1)).toBeUndefined();
  expect(index.nearest({ ...base, scope: 'v s' }, 1)).toBe('k');
});
