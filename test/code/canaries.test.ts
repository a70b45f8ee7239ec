import { expect, it } from 'vitest';
import { playCanaries } from './canaries.ts';

it('sends no secret to a model, whatever that calls', { timeout: 120_000 }, async () => {
  const figures = await playCanaries(Number(process.env['TIMONEL_TEST_CANARY_TURNS'] ?? 30), 1);
  expect(figures.leaks).toEqual([]);
  // Calls were made, and not all of them refused.
  expect(figures.calls['completed']).toBeGreaterThan(10);
});
