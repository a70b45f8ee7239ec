import { expect, it } from 'vitest';
import { playHistories } from './histories.ts';

it('loses nothing that a person wrote when what the agent did is undone', async () => {
  const figures = await playHistories(Number(process.env['TIMONEL_TEST_HISTORIES'] ?? 4), 1);
  expect(figures.losses).toEqual([]);
  // They were undone, and not all left alone.
  expect(figures.undone['restored']).toBeGreaterThan(5);
  expect(figures.undone['merged']).toBeGreaterThan(0);
});
