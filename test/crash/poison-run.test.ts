import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { onEachArrangement, oneAndThree, type Setting } from './arrangements.ts';
import type { Answer } from './cluster.ts';
import { violations } from './history.ts';

/** A supervisor that starts anew whatever died, until the run has ended. @returns its view, and how many processes it cost. */
async function supervise({ cluster }: Setting, runId: string): Promise<{ turn: Answer['body']; deaths: number }> {
  let deaths = 0;
  for (const until = performance.now() + 100_000; performance.now() < until; await sleep(50)) {
    deaths += cluster.children.filter(({ state }) => state === 'dead').length;
    // One that dies of the run before it listens is started again.
    await cluster.heal().catch(() => {});
    const seen = await cluster.call('GET', `/api/v1/runs/${runId}`).catch(() => undefined);
    if (seen?.body.run?.status === 'finished') return { turn: seen.body, deaths };
  }
  throw new Error(`The run did not end, and cost ${deaths} processes.`);
}

async function runOf({ cluster }: Setting, text: string): Promise<string> {
  for (let attempt = 0; attempt < 200; attempt++, await sleep(50)) {
    const rows = await cluster.query('SELECT run_id FROM messages WHERE text = $1', [text]).catch(() => []);
    if (rows[0] !== undefined) return String(rows[0]['run_id']);
    await cluster.heal().catch(() => {});
  }
  throw new Error(`"${text}" was not accepted.`);
}

const threeAttempts = oneAndThree.map((each) => ({ ...each, settings: { TIMONEL_RUN_ATTEMPTS: '3' } }));

onEachArrangement('no run takes down one process after the other', threeAttempts, (setting) => {
  it('ends as failed after its attempts, alone, and the next turn goes on', { timeout: 120_000 }, async () => {
    const { cluster } = setting;
    const poisoned = await cluster.converse();
    const others = await Promise.all(Array.from({ length: 4 }, () => cluster.converse()));
    const innocent = others.map((conversation, index) =>
      cluster.say(conversation, `n${index}: read_slowly; write_row`, { once: true }),
    );
    const text = 'poison: end_process';
    const path = `/api/v1/conversations/${poisoned}/messages`;
    void cluster.call('POST', path, { text }, { headers: { 'idempotency-key': 'poison' } }).catch(() => {});
    const runId = await runOf(setting, text);
    const { turn, deaths } = await supervise(setting, runId);
    expect(deaths).toBeLessThanOrEqual(3);
    expect(turn.run).toMatchObject({ outcome: 'failed', error: { code: 'run_abandoned' } });
    expect(turn.run.error.message).toMatch(/tried 3 times .* calling end_process.* ended each time\.$/);
    await cluster.settle(20_000);
    await Promise.all(innocent);
    const failed = await cluster.query(`SELECT count(*)::int AS failed FROM runs WHERE outcome = 'failed'`);
    expect(failed).toEqual([{ failed: 1 }]);

    // The same process answers the next message of the same conversation.
    const next = await cluster.say(poisoned, 'next: write_row');
    expect(next.state).toBe('acknowledged');

    const refused = await cluster.call('POST', `/api/v1/runs/${next.runId}/resubmit`, {});
    expect([refused.status, refused.body.code]).toEqual([409, 'run_not_failed']);
    const wrong = await violations(cluster);
    expect(wrong.filter((each) => !each.includes('poison'))).toEqual([]);
  });
});

onEachArrangement('no run that the store refuses at every attempt goes on for ever', oneAndThree, (setting) => {
  it('ends as failed with the cause, and can be submitted again', async () => {
    const { cluster } = setting;
    const conversation = await cluster.converse();
    const text = 'refused: fail_store';
    const sent = await cluster.call(
      'POST',
      `/api/v1/conversations/${conversation}/messages`,
      { text },
      { timeoutMs: 30_000, headers: { 'idempotency-key': 'refused' } },
    );
    const { run } = sent.body;
    expect(run).toMatchObject({ outcome: 'failed', error: { code: 'run_abandoned' } });
    expect(run.error.message).toMatch(/tried 5 times .* fail_store.*: The database does not answer/);
    expect(run.error.message).not.toContain('base/5');
    const again = await cluster.call('POST', `/api/v1/runs/${run.id}/resubmit`, {}, { timeoutMs: 30_000 });
    expect(again.status).toBe(202);
    expect(again.body.run.id).not.toBe(run.id);
    expect(again.body.run.conversationId).toBe(conversation);
    const twice = await cluster.call('POST', `/api/v1/runs/${run.id}/resubmit`, {}, { timeoutMs: 30_000 });
    expect(twice.body.run.id).toBe(again.body.run.id);
    await cluster.settle(20_000);
  });
});
