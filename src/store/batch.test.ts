import { expect, it } from 'vitest';
import { Batch } from './batch.ts';

const options = { lanes: 1, largest: 10, keyOf: (item: string) => item };

it('sends what arrives while a statement is under way together', async () => {
  const sent: string[][] = [];
  const batch = new Batch<string, string>(async (items) => {
    sent.push(items);
    return new Map(items.map((item) => [item, item.toUpperCase()]));
  }, options);
  const results = await Promise.all(['a', 'b', 'c', 'b'].map((item) => batch.add(item)));
  expect(results).toEqual(['A', 'B', 'C', 'B']);
  // The second "b" would touch the same row, so it goes on its own.
  expect(sent).toEqual([['a'], ['b', 'c'], ['b']]);
});

it('does not let one bad item fail its neighbours', async () => {
  const batch = new Batch<string, string>(async (items) => {
    if (items.includes('bad')) throw new Error('bad item');
    return new Map(items.map((item) => [item, item]));
  }, options);
  const results = await Promise.allSettled(['first', 'bad', 'good'].map((item) => batch.add(item)));
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
});

it('sends nothing again when the connection broke: the outcome is unknown', async () => {
  let sent = 0;
  const broken = Object.assign(new Error('terminated'), { code: '57P01' });
  const batch = new Batch<string, string>(async () => {
    sent++;
    throw broken;
  }, options);
  const results = await Promise.allSettled(['a', 'b', 'c'].map((item) => batch.add(item)));
  expect(results.every(({ status }) => status === 'rejected')).toBe(true);
  expect(sent).toBe(2);
});

it('leaves an item without an answer where the statement passed it over', async () => {
  const batch = new Batch<string, string>(async () => new Map(), options);
  expect(await batch.add('a')).toBeUndefined();
});
