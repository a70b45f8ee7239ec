import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { DatabasePool } from '../../src/store/database.ts';
import { RunRecord } from '../../src/store/run-record.ts';
import { RunViews } from '../../src/store/run-views.ts';
import { onEachStore } from '../stores.ts';
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
        timeout: 20_000,
      })
      .toHaveLength(1);
    await sleep(200);
    question.release();
    await expect.poll(() => frozen?.faults.join(), { timeout: 20_000 }).toMatch(/run_fenced/);
    await cluster.heal();
    expect(await violations(cluster)).toEqual([]);
  });
});

onEachStore('there is no moment between claiming a run and reading it', (open) => {
  it('in which a process can read that the run is another one by now, and take it for its own', async () => {
    const { pool } = await open();
    const [dead, slow, quick, conversationId, runId] = Array.from({ length: 5 }, () => crypto.randomUUID()) as Five;
    await pool.executeText(`INSERT INTO workspaces (workspace_id, name, time_zone) VALUES ('w', 'W', 'UTC')`);
    const conversation = {
      id: conversationId,
      agent: 'crash',
      agentVersion: '1.0.0',
      arm: 'stable',
      channel: 'api',
      contact: undefined,
    };
    await new RunViews(pool).createConversation('w', conversation);
    const record = new RunRecord(pool, { host: 'here', pid: 1 });
    await record.accept({ workspaceId: 'w', conversationId, runId, text: 'hole: write_row' }, dead);
    await record.renewLease(slow, 60_000);
    await record.renewLease(quick, 60_000);
    // The slow one claims, is frozen until its lease is over and the quick one has the run, and then reads what it claimed.
    let taken: unknown;
    onceBefore(pool, 'run-load', async () => {
      await pool.executeText(`UPDATE processes SET lease_until = now() - interval '1 second' WHERE id = $1`, [slow]);
      taken = await record.takeOver(quick, ['crash'], 10, true);
    });
    expect(await record.takeOver(slow, ['crash'], 10, true)).toEqual([]);
    expect(taken).toMatchObject([{ runId, fence: 3 }]);
  });
});

type Five = [string, string, string, string, string];

function onceBefore(pool: DatabasePool, statement: string, happens: () => Promise<void>): void {
  const execute = pool.execute.bind(pool);
  pool.execute = async (sent, values) => {
    if (sent.name === statement) {
      pool.execute = execute;
      await happens();
    }
    return execute(sent, values);
  };
}
