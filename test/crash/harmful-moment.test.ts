import { describe, expect, it } from 'vitest';
import { freshStoreEnvironment, storeKinds } from '../stores.ts';
import { arrangements } from './arrangements.ts';
import { storm } from './storm.ts';

/** A few rounds of what `npm run nightly` does for an hour with another seed each time; here the same rounds, so that a change shows. */
const seed = Number(process.env['TIMONEL_TEST_SEED'] ?? 893_095);

describe('there is no moment at which a death or a freeze does harm', () => {
  for (const { kind, processes } of arrangements) {
    it.skipIf(!storeKinds.includes(kind))(
      `${kind}, ${processes} process(es), seed ${seed}`,
      async () => {
        const { environment, remove } = await freshStoreEnvironment(kind);
        const figures = await storm({ environment, processes, blows: 5, seed });
        await remove();
        expect(figures.violations).toEqual([]);
        expect(figures.kills + figures.freezes).toBeGreaterThanOrEqual(5);
      },
      120_000,
    );
  }
});
