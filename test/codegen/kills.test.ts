import { describe, expect, it } from 'vitest';
import { freshStoreEnvironment, storeKinds } from '../stores.ts';
import { killGenerations } from './kills.ts';

const kills = Number(process.env['TIMONEL_TEST_GENERATION_KILLS'] ?? 1);

describe.each(storeKinds)('a process that is killed while it generates code (%s)', (kind) => {
  it('commits once, and touches nothing of its owner', async () => {
    const store = await freshStoreEnvironment(kind);
    try {
      const figures = await killGenerations(kills, store.environment, Math.random);
      expect(figures.faults).toEqual([]);
      expect(figures.kills).toBe(kills);
    } finally {
      await store.remove();
    }
  });
});
