import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { onEachArrangement, oneAndThree } from './arrangements.ts';
import type { Child } from './child.ts';
import type { Cluster } from './cluster.ts';
import { violations } from './history.ts';
import type { Point } from './points.ts';

const deaths: Point[] = ['while-queued', 'in-read', 'before-next-claimed', 'after-next-claimed'];

onEachArrangement('messages that wait for their turn are not stranded', oneAndThree, (setting) => {
  it.each(deaths)('when the process that has them dies %s', async (point) => {
    const { cluster } = setting;
    const conversation = await cluster.converse();
    const { acting } = await cluster.strike(point, 'SIGKILL', (victim) => burst(cluster, conversation, point, victim));
    await cluster.recover();
    expect((await acting).map(({ state }) => state)).toEqual(['acknowledged', 'acknowledged', 'acknowledged']);
    expect(await violations(cluster)).toEqual([]);
  });
});

/** Three messages at once: one is worked on, two wait. */
async function burst(cluster: Cluster, conversation: string, name: string, to: Child) {
  const first = cluster.say(conversation, `${name}-0: read_slowly; write_row`, { to });
  await sleep(100);
  return Promise.all([
    first,
    cluster.say(conversation, `${name}-1: write_row`, { to }),
    cluster.say(conversation, `${name}-2: write_row`, { to }),
  ]);
}
