/** The agent never talks over a person: not a process that dies or freezes in a turn, nor one that wakes up or takes the turn over afterwards. */
import { expect, it } from 'vitest';
import { onEachArrangement, oneAndThree } from './arrangements.ts';
import type { Cluster } from './cluster.ts';
import type { Blow, Point } from './points.ts';

const blows: { point: Point; blow: Blow; script: string }[] = [
  { point: 'in-model-call', blow: 'SIGKILL', script: 'write_row' },
  { point: 'after-plan-recorded', blow: 'SIGKILL', script: 'write_row; write_row' },
  { point: 'before-finish', blow: 'SIGKILL', script: 'write_row' },
  { point: 'in-model-call', blow: 'SIGSTOP', script: 'write_row' },
  { point: 'after-effect-before-recorded', blow: 'SIGSTOP', script: 'write_row; write_row' },
  { point: 'before-finish', blow: 'SIGSTOP', script: 'write_row' },
];

onEachArrangement('a person is not talked over', oneAndThree, (setting) => {
  // An embedded store has one process: while that is frozen, nobody takes anything.
  const possible = blows.filter(({ blow }) => blow === 'SIGKILL' || setting.processes > 1);
  it.each(possible)('$blow $point', async ({ point, blow, script }) => {
    const { cluster } = setting;
    const conversation = await cluster.converse();
    const path = `/api/v1/conversations/${conversation}`;
    // Each process has a key of its own; this one speaks at whichever process.
    const person = { headers: { authorization: `Bearer ${cluster.child(0).apiKey}` }, timeoutMs: 30_000 };
    const { acting } = await cluster.strike(point, blow, (to) =>
      cluster.call('POST', `${path}/messages`, { text: `${blow}-${point}: ${script}` }, { to, timeoutMs: 2_000 }),
    );
    await acting.catch(() => {});
    if (!cluster.children.some(({ state }) => state === 'running')) await cluster.heal();

    const taken = await cluster.call('POST', `${path}/take`, {}, person);
    expect(taken).toMatchObject({ status: 200, body: { reason: 'taken' } });
    const before = await agentMessages(cluster, conversation);
    expect(await cluster.call('POST', `${path}/replies`, { text: 'A person is here.' }, person)).toMatchObject({ status: 201 });
    expect(await cluster.call('POST', `${path}/messages`, { text: 'after: write_row' })).toMatchObject({ status: 202 });

    // What was dead or frozen comes back, and so does whoever would take the run over.
    await cluster.heal();
    await cluster.settle();
    expect(await agentMessages(cluster, conversation)).toBe(before);
    expect(await cluster.query(`SELECT status, outcome FROM runs WHERE conversation_id = $1`, [conversation])).toMatchObject(
      before === 0 ? [{ status: 'finished', outcome: 'cancelled' }] : [{ status: 'finished' }],
    );

    expect(await cluster.call('POST', `${path}/hand-back`, {}, person)).toMatchObject({ status: 204 });
    await expect.poll(() => agentMessages(cluster, conversation), { timeout: 30_000 }).toBe(before + 1);
    await cluster.settle();
    expect(await agentMessages(cluster, conversation)).toBe(before + 1);
  });
});

async function agentMessages(cluster: Cluster, conversation: string): Promise<number> {
  const [row] = await cluster.query(`SELECT count(*)::int AS n FROM messages WHERE conversation_id = $1 AND role = 'assistant'`, [
    conversation,
  ]);
  return Number(row?.['n']);
}
