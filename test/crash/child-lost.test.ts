import { expect, it } from 'vitest';
import { freshStoreEnvironment, storeKinds } from '../stores.ts';
import { arrangements, onEachArrangement } from './arrangements.ts';
import { familyOf, familyUnderFire } from './families.ts';
import { violations } from './history.ts';
import type { Point } from './points.ts';

/** From the start of the runs to the end of the first of them, which its parent waits for. */
const deaths: Point[] = [
  'after-child-claimed',
  'before-suspend',
  'while-waiting-for-approval',
  'before-finish',
  'after-finish-before-reply',
];

onEachArrangement('the end of a run that another one started is not lost', arrangements, (setting) => {
  it.each(deaths)(
    'when the process dies %s',
    async (point) => {
      const { cluster } = setting;
      for (let attempt = 1; ; attempt++) {
        const conversation = await cluster.converse();
        try {
          const { acting } = await cluster.strike(point, 'SIGKILL', (victim) =>
            cluster.say(conversation, `parent-${point}-${attempt}: fan_out(2); write_row`, { to: victim }),
          );
          await cluster.recover();
          await acting;
        } catch (error) {
          // Another process claimed the runs, or ended them.
          if (setting.processes === 1 || attempt === 10 || !String(error).includes('did not get to')) throw error;
          continue;
        }
        await cluster.settle();
        const family = await familyOf(cluster, conversation);
        expect(family).toHaveLength(2);
        expect(await violations(cluster, [...cluster.history, ...family])).toEqual([]);
        break;
      }
    },
    240_000,
  );
});

it.skipIf(!storeKinds.includes('postgres'))(
  'a family of runs ends with each result stored once and each effect made once, while its two processes die in turn',
  async () => {
    const { environment, remove } = await freshStoreEnvironment('postgres');
    // Two layers, the second one after the first: 1 + 4 + 8 + 4 + 4.
    expect(await familyUnderFire({ environment, layers: ['4,2', '4,1'], nodes: 21, kills: 6 })).toEqual([]);
    await remove();
  },
  240_000,
);
