import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { afterAll, expect, it } from 'vitest';
import { compileCache } from '../compile-cache.ts';
import { startReleases } from '../releases.ts';
import { freshStoreEnvironment, storeKinds } from '../stores.ts';

const closers: (() => Promise<unknown>)[] = [];
afterAll(async () => {
  for (const close of closers.reverse()) await close();
});

const program = fileURLToPath(new URL('./release-process.ts', import.meta.url));

it.skipIf(!storeKinds.includes('postgres'))(
  'no decision is half made, or made twice, when a process is killed in the middle of it',
  async () => {
    const { environment, remove } = await freshStoreEnvironment('postgres');
    closers.push(remove);
    const survivor = await startReleases('postgres', { environment });
    closers.push(() => survivor.close(false));
    const { id } = await survivor.release(
      { prompt: 'You are BROKEN.', limits: { toolCalls: 2 } },
      { steps: [{ percentage: 50, bakeMinutes: 0 }] },
    );
    await survivor.talk(40);

    const env = {
      PATH: process.env['PATH'] ?? '',
      NODE_COMPILE_CACHE: compileCache,
      TIMONEL_PORT: '0',
      TIMONEL_RELEASE_LOOK_MS: '600000',
      ...environment,
    };
    const victim = fork(program, { env, execArgv: [], stdio: 'ignore' });
    const exited = once(victim, 'exit');
    await once(victim, 'message');

    // Whoever holds the workspace's chain keeps a decision from being written down: everything before that has been done.
    const holder = new pg.Client({ connectionString: environment['DATABASE_URL'] });
    await holder.connect();
    await holder.query('BEGIN');
    await holder.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 7316420003))', ['audit:default']);
    victim.send('look');
    const waiting = () =>
      survivor.timonel.store.pool.executeText(
        `SELECT FROM pg_stat_activity WHERE wait_event = 'advisory' AND query LIKE '%pg_advisory_xact_lock%' AND datname = current_database()`,
      );
    await expect.poll(async () => (await waiting()).length, { timeout: 20_000 }).toBe(1);
    // While it decides, nobody else does.
    await survivor.look();
    expect(await survivor.show(id)).toMatchObject({ status: 'running', standing: null });

    victim.kill('SIGKILL');
    await exited;
    await holder.query('ROLLBACK');
    await holder.end();
    await expect
      .poll(
        async () => {
          await survivor.look();
          return (await survivor.show(id)).status;
        },
        { timeout: 20_000 },
      )
      .toBe('rolled-back');
    expect(await survivor.history(id)).toEqual(['release-created', 'release-started', 'release-rolled-back']);
    const { stable, canary } = (await survivor.show(id)).standing.metrics.success;
    expect(stable.turns + canary.turns).toBe(40);
  },
  60_000,
);

it.skipIf(!storeKinds.includes('postgres'))(
  'two processes that look at the same time count each turn once, and both act on what one decided',
  async () => {
    const { environment, remove } = await freshStoreEnvironment('postgres');
    closers.push(remove);
    const one = await startReleases('postgres', { environment });
    const other = await startReleases('postgres', { environment });
    closers.push(
      () => one.close(false),
      () => other.close(false),
    );
    const { id, stable } = await one.release(
      { prompt: 'You are BROKEN.', limits: { toolCalls: 2 } },
      { steps: [{ percentage: 50, bakeMinutes: 0 }] },
    );
    await expect.poll(async () => (await other.meet(1)).release).toBe(id);
    await Promise.all([one.talk(20), other.talk(20, 100)]);
    await Promise.all([one.look(), other.look(), one.look(), other.look()]);
    await Promise.all([one.look(), other.look()]);
    const ended = await one.show(id);
    expect(ended.status).toBe('rolled-back');
    expect((await one.history(id)).filter((action) => action === 'release-rolled-back')).toHaveLength(1);
    expect(ended.standing.metrics.success.stable.turns + ended.standing.metrics.success.canary.turns).toBeLessThanOrEqual(40);
    await expect.poll(async () => (await other.meet(2)).agentVersion).toBe(stable);
  },
  60_000,
);
