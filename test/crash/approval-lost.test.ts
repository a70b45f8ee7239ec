import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { onEachArrangement, oneAndThree } from './arrangements.ts';
import { violations } from './history.ts';
import type { Point } from './points.ts';

onEachArrangement('no approval is lost, and none is carried out twice', oneAndThree, (setting) => {
  it.each<Point>(['before-suspend', 'while-waiting-for-approval'])('when a process dies %s', async (point) => {
    const { cluster } = setting;
    const conversation = await cluster.converse();
    const { acting } = await cluster.strike(point, 'SIGKILL', (victim) =>
      cluster.say(conversation, `${point}: write_row; write_approved+write_row`, { to: victim }),
    );
    await cluster.heal();
    await cluster.settle();
    await acting;
    expect(await cluster.decideAll()).toEqual([{ rule: 'approved-writes', decision: 'approve' }]);
    await cluster.settle();
    expect(await violations(cluster)).toEqual([]);
  });

  it.each<Point>(['before-next-claimed', 'after-next-claimed', 'in-effect'])(
    'when a process dies with a decision in its hands, %s',
    async (point) => {
      const { cluster } = setting;
      let path = '';
      for (let attempt = 1; ; attempt++) {
        const conversation = await cluster.converse();
        const { runId } = await cluster.say(conversation, `decided-${point}-${attempt}: write_approved; write_row`);
        const { body } = await cluster.call('GET', `/api/v1/runs/${runId}`);
        path = `/api/v1/runs/${runId}/approvals/${body.approvals[0].callId}`;
        try {
          await cluster.strike(point, 'SIGKILL', (victim) =>
            cluster.call('POST', path, { decision: 'approve' }, { to: victim }).catch(() => undefined),
          );
          break;
        } catch (error) {
          // A sibling that looked around just then went on with the run before the victim could: nothing was struck, so once more.
          if (setting.processes === 1 || attempt === 5) throw error;
        }
      }
      await cluster.heal();
      await cluster.settle();
      expect(await cluster.call('POST', path, { decision: 'reject' })).toMatchObject({ status: 409 });
      expect(await violations(cluster)).toEqual([]);
    },
  );

  it('when the process dies between the question and the next message, and somebody decides before anybody noticed', async () => {
    const { cluster } = setting;
    const conversation = await cluster.converse();
    // Frozen first, since a death takes a while, in which the others would notice.
    const { victim, acting } = await cluster.strike('before-next-claimed', 'SIGSTOP', async (victim) => {
      const first = cluster.say(conversation, 'asked: read_slowly; write_approved', { to: victim });
      await sleep(100);
      return Promise.all([first, cluster.say(conversation, 'behind: write_row')]);
    });
    if (setting.processes === 1) {
      await victim.kill();
      await cluster.heal();
    }
    await cluster.decideAll();
    if (setting.processes > 1) await victim.kill();
    await cluster.heal();
    await cluster.settle();
    await acting;
    await cluster.decideAll();
    await cluster.settle();
    expect(await violations(cluster)).toEqual([]);
  });
});
