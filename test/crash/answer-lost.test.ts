import { expect, it } from 'vitest';
import { arrangements, onEachArrangement } from './arrangements.ts';
import type { Child } from './child.ts';
import type { Cluster } from './cluster.ts';
import { violations } from './history.ts';
import type { Point } from './points.ts';

/** Between the answer that is stored and the run that goes on with it. */
const deaths: Point[] = ['before-next-claimed', 'after-next-claimed', 'in-effect', 'after-effect-before-recorded', 'before-finish'];

const patience = { timeoutMs: 1_000 };

/** Says something that waits for an answer from outside. @returns how to answer, and what is under way. */
async function waitingCall(cluster: Cluster, name: string) {
  const conversation = await cluster.converse();
  const saying = cluster.say(conversation, `${name}: wait_for_answer; write_row`, { timeoutMs: 30_000 });
  saying.catch(() => {});
  const runId = await cluster.waiting(conversation);
  const token = cluster.outside.tokens.get(`${name}/0.0`);
  const answer = (output: string, to?: Child) =>
    cluster.call('POST', `/api/v1/completion-tokens/${token}`, { output }, { to, ...patience });
  return { conversation, runId, saying, answer };
}

onEachArrangement('an answer from outside is not lost, and resumes its run once', arrangements, (setting) => {
  it.each(deaths)('when the process dies %s', async (point) => {
    const { cluster } = setting;
    for (let attempt = 1; ; attempt++) {
      const { answer, saying } = await waitingCall(cluster, `answered-${point}-${attempt}`);
      try {
        await cluster.strike(point, 'SIGKILL', (victim) => answer('yes', victim).catch(() => undefined));
      } catch (error) {
        // Another process, or a look of the victim's own, went on with the run before it got there.
        if (setting.processes === 1 || attempt === 5) throw error;
        continue;
      }
      await cluster.recover();
      await saying;
      await cluster.settle();
      expect(await answer('no')).toMatchObject({ status: 409, body: { code: 'completion_used' } });
      break;
    }
    expect(await violations(cluster)).toEqual([]);
  });

  it('when it comes twice at the same moment', async () => {
    const { cluster } = setting;
    const { runId, answer, saying } = await waitingCall(cluster, 'twice');
    const answers = await Promise.all([0, 1, 2].map((place) => answer(`from ${place}`, cluster.child(place % setting.processes))));
    expect(answers.map(({ status }) => status).sort()).toEqual([204, 409, 409]);
    await saying;
    await cluster.settle();
    expect(await violations(cluster)).toEqual([]);
    const winner = answers.findIndex(({ status }) => status === 204);
    const [made] = await cluster.query(
      `SELECT data->'record'->'output'->'answer' AS answer FROM steps WHERE run_id = $1 AND kind = 'tool-call' ORDER BY index LIMIT 1`,
      [runId],
    );
    expect(made?.['answer']).toEqual({ kind: 'completed', output: `from ${winner}` });
  });
});

onEachArrangement('a wait outlives the process that began it', arrangements, (setting) => {
  it('where an answer comes to another one', async () => {
    const { cluster } = setting;
    const { answer, saying } = await waitingCall(cluster, 'elsewhere');
    await cluster.child(0).kill();
    if (setting.processes === 1) await cluster.heal();
    expect(await answer('yes', cluster.child(setting.processes - 1))).toMatchObject({ status: 204 });
    await saying;
    await cluster.settle();
    await cluster.heal();
    expect(await violations(cluster)).toEqual([]);
  });

  it('where its time comes, and where a deadline passes', async () => {
    const { cluster } = setting;
    const conversation = await cluster.converse();
    const saying = cluster.say(conversation, 'timed: nap+wait_briefly; write_row', { to: cluster.child(0), timeoutMs: 30_000 });
    saying.catch(() => {});
    const runId = await cluster.waiting(conversation);
    await cluster.child(0).kill();
    if (setting.processes === 1) await cluster.heal();
    await saying;
    await cluster.settle(30_000);
    await cluster.heal();
    expect(await violations(cluster)).toEqual([]);
    const results = await cluster.query(
      `SELECT data->'record'->'output' AS output FROM steps WHERE run_id = $1 AND kind = 'tool-call' ORDER BY index LIMIT 2`,
      [runId],
    );
    expect(results).toMatchObject([{ output: { label: 'timed/0.0' } }, { output: { answer: { kind: 'expired' } } }]);
  });
});
