import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { arrangements, onEachArrangement } from './arrangements.ts';
import { violations } from './history.ts';
import type { Point } from './points.ts';

const freezes: Point[] = ['in-model-call', 'after-plan-recorded', 'after-effect-before-recorded'];

onEachArrangement(
  'no run is left behind by a process that lost its lease while nobody else was there',
  arrangements.filter(({ processes }) => processes === 1),
  (setting) => {
    it.each(freezes)('frozen %s', async (point) => {
      const { cluster } = setting;
      const conversation = await cluster.converse();
      const { acting } = await cluster.strike(point, 'SIGSTOP', (victim) =>
        cluster.say(conversation, `${point}: write_row; write_row`, { to: victim }),
      );
      await sleep(2_000);
      await cluster.heal();
      await cluster.settle();
      await acting;
      await cluster.say(conversation, `${point}-next: write_row`);
      expect(await violations(cluster)).toEqual([]);
    });
  },
);
