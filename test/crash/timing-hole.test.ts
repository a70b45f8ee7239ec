import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { onEachArrangement } from './arrangements.ts';
import { violations } from './history.ts';

onEachArrangement('there is no moment between asking and acting', [{ kind: 'postgres', processes: 3 }], (setting) => {
  it('in which a process that lost a run can still make an effect outside', async () => {
    const { cluster } = setting;
    const conversation = await cluster.converse();
    // One process dies before it called. The next one asks whether the call was made, and freezes before it hears "no".
    const questioned = cluster.outside.holdNextQuestion();
    const { acting } = await cluster.strike('before-outside-effect', 'SIGKILL', (victim) =>
      cluster.say(conversation, 'hole: call_outside', { to: victim }),
    );
    const question = await questioned;
    const frozen = cluster.children.find(({ pid }) => pid === question.pid);
    frozen?.freeze();
    cluster.blows.SIGSTOP++;
    // The third one asks too, calls, and finishes.
    await cluster.settle();
    await acting;
    expect(cluster.outside.count('hole/0.0')).toBe(1);
    // The second one wakes up, has its lease again, and only then hears "no".
    frozen?.thaw();
    await expect
      .poll(async () => cluster.query('SELECT pid FROM processes WHERE pid = $1 AND lease_until > now()', [question.pid]), {
        timeout: 5_000,
      })
      .toHaveLength(1);
    await sleep(200);
    question.release();
    await expect.poll(() => frozen?.faults.join(), { timeout: 5_000 }).toMatch(/run_fenced/);
    await cluster.heal();
    expect(await violations(cluster)).toEqual([]);
  });
});
