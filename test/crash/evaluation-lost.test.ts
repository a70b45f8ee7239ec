import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, it } from 'vitest';
import project from '../evaluated-project.ts';
import { freshStoreEnvironment, storeKinds } from '../stores.ts';
import { startTimonel } from '../timonel.ts';

const root = join(import.meta.dirname, '../..');

/** A server in a process of its own. */
async function up(environment: Record<string, string>) {
  const child = spawn(process.execPath, [join(root, 'bin/timonel.mjs'), 'up', '--json', '--port', '0'], {
    env: { PATH: process.env['PATH'], ...environment, TIMONEL_LOG_LEVEL: 'silent' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const line of createInterface({ input: child.stdout })) {
    if (!line.startsWith('{"url"')) continue;
    const { url, credentials } = JSON.parse(line) as { url: string; credentials: string };
    const { apiKey } = JSON.parse(readFileSync(credentials, 'utf8')) as { apiKey: string };
    const call = async (method: string, path: string, body?: object) => {
      const headers = { authorization: `Bearer ${apiKey}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) };
      const answer = await fetch(`${url}${path}`, {
        method,
        headers,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      return (await answer.json()) as Record<string, unknown>;
    };
    return { child, call };
  }
  throw new Error('It did not start.');
}

// The statements are the same on every store: one is enough for what takes two starts.
it.each(storeKinds.slice(0, 1))(
  'an evaluation goes on after its process was killed, and keeps each result once (%s)',
  async (kind) => {
    const { environment: store, remove } = await freshStoreEnvironment(kind);
    const environment = { ...store, TIMONEL_CONFIG: join(root, 'test/evaluated-project.ts') };
    const file = join(tmpdir(), `timonel-${crypto.randomUUID()}`);
    const { child, call } = await up(environment);
    for (const [name, user] of [
      ['1 hello', 'hello'],
      ['2 waits', `await_file ${file}`],
      ['3 hello', 'hello'],
    ])
      await call('POST', '/api/v1/evaluations/cases', { agent: 'prober', name, turns: [{ user, expect: { outcome: 'replied' } }] });
    const { id } = await call('POST', '/api/v1/evaluations', { agent: 'prober' });
    await expect
      .poll(async () => (await call('GET', `/api/v1/evaluations/${id}`))['passed'], { timeout: 60_000, interval: 200 })
      .toBe(1);
    child.kill('SIGKILL');
    await once(child, 'exit');
    const timonel = await startTimonel(kind, project, { environment });
    const { pool } = timonel.timonel.store;
    const before = await pool.executeText<{ written: string }>(
      'SELECT xmin::text AS written FROM evaluation_results WHERE evaluation_id = $1 AND passed',
      [id],
    );
    writeFileSync(file, '');
    // A claim lapses after a minute by itself.
    await pool.executeText(`UPDATE evaluations SET claimed_until = now() - interval '1 second' WHERE id = $1`, [id]);
    await timonel.timonel.evaluations.work.sweep();
    const evaluation = async () => (await timonel.call('GET', `/api/v1/evaluations/${id}`)).body;
    await expect.poll(async () => (await evaluation())['status'], { timeout: 90_000, interval: 200 }).toBe('finished');
    expect(await evaluation()).toMatchObject({ cases: 3, passed: 3, failed: 0 });
    // What had a result was not played again.
    const after = await pool.executeText<{ written: string }>(
      'SELECT xmin::text AS written FROM evaluation_results WHERE evaluation_id = $1 AND position = 1',
      [id],
    );
    expect(after).toEqual(before);
    await timonel.close();
    await remove();
    rmSync(file, { force: true });
  },
);
