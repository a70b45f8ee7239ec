import { expect, it } from 'vitest';
import { arrangements, onEachArrangement } from './arrangements.ts';
import { violations } from './history.ts';
import type { Point } from './points.ts';

/** Where a process dies, and what it was doing. */
const deaths: { point: Point; script: string }[] = [
  { point: 'before-plan-recorded', script: 'write_row' },
  { point: 'after-plan-recorded', script: 'write_row; write_row' },
  { point: 'in-effect', script: 'write_row+write_row' },
  { point: 'after-effect-before-recorded', script: 'write_row; write_row' },
  { point: 'before-outside-effect', script: 'call_outside+write_row' },
  { point: 'after-outside-effect-before-recorded', script: 'write_row; call_outside; write_row' },
];

onEachArrangement('no effect happens twice', arrangements, (setting) => {
  it.each(deaths)('when a process dies $point', async ({ point, script }) => {
    const { cluster } = setting;
    const before = await cluster.recoveries();
    const conversation = await cluster.converse();
    const { acting } = await cluster.strike(point, 'SIGKILL', (victim) =>
      cluster.say(conversation, `${point}: ${script}`, { to: victim }),
    );
    await cluster.recover();
    await acting;
    expect(await violations(cluster)).toEqual([]);
    expect(await cluster.recoveries()).toBeGreaterThan(before);
  });
});
