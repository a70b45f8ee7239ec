import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { onEachArrangement, oneAndThree } from './arrangements.ts';
import { violations } from './history.ts';
import type { Point } from './points.ts';

const deaths: Point[] = ['before-accept', 'after-accept', 'before-finish', 'after-finish-before-reply'];
/** Messages are acknowledged with 202 long before their turns end. */
const settings = { TIMONEL_REPLY_WAIT_MS: '50' };

onEachArrangement(
  'no acknowledged message is lost',
  oneAndThree.map((arrangement) => ({ ...arrangement, settings })),
  (setting) => {
    it.each(deaths)('when a process dies %s, and none is taken twice when it is sent again', async (point) => {
      const { cluster } = setting;
      const conversation = await cluster.converse();
      const { acting } = await cluster.strike(point, 'SIGKILL', (victim) =>
        cluster.say(conversation, `${point}: write_row`, { to: victim }),
      );
      await cluster.heal();
      expect(await acting).toMatchObject({ state: 'acknowledged' });
      await cluster.say(conversation, `${point}-next: write_row`);
      await cluster.settle();
      expect(await violations(cluster)).toEqual([]);
    });

    it('when a process dies with messages that it acknowledged and has not answered', async () => {
      const { cluster } = setting;
      const conversations = await Promise.all(Array.from({ length: 5 }, () => cluster.converse()));
      const victim = cluster.child(0);
      const said = await Promise.all(
        conversations.map((conversation, index) =>
          cluster.say(conversation, `under-way-${index}: read_slowly; write_row`, { to: victim }),
        ),
      );
      expect(said.filter(({ state, reply }) => state === 'acknowledged' && reply === undefined).length).toBeGreaterThan(0);
      await victim.kill();
      await cluster.heal();
      await cluster.settle();
      expect(await violations(cluster)).toEqual([]);
      expect(await cluster.recoveries()).toBeGreaterThan(0);
    });

    it('and what was not acknowledged is there once or not at all', async () => {
      const { cluster } = setting;
      const conversations = await Promise.all(Array.from({ length: 5 }, () => cluster.converse()));
      const victim = cluster.child(0);
      const saying = conversations.map((conversation, index) =>
        cluster.say(conversation, `unknown-${index}: write_row`, { to: victim, once: true }),
      );
      await sleep(5);
      await victim.kill();
      await cluster.heal();
      await Promise.all(saying);
      await cluster.settle();
      expect(await violations(cluster)).toEqual([]);
    });
  },
);
