import { describe, expect, it } from 'vitest';
import { freshStoreEnvironment, storeKinds } from '../stores.ts';
import { killInTurns } from './kills.ts';

const kills = Number(process.env['TIMONEL_TEST_CODE_KILLS'] ?? 1);

describe.each(storeKinds)('a process that is killed while it edits (%s)', (kind) => {
  it('loses no edit and makes none twice', async () => {
    const store = await freshStoreEnvironment(kind);
    try {
      const figures = await killInTurns(kills, store.environment, Math.random);
      expect(figures.faults).toEqual([]);
      expect(figures.kills).toBe(kills);
    } finally {
      await store.remove();
    }
  });
});
