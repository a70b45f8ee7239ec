/** `timonel health` on a process that lives, hangs, drains, has lost its database, or is gone. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commandHere } from '../command.ts';
import { needs } from '../needs.ts';
import { freePort, type PrivatePostgres, startPostgres } from '../postgres.ts';
import { type Start, start } from '../starts/start.ts';

/** Its flow answers after four seconds: a turn under way keeps a process that is asked to stop. */
const slow = `export default { agents: [{
  name: 'slow', version: '1.0.0', description: 'd', prompt: 'p', tools: [], policy: [],
  flows: {
    understand: async () => ({}),
    next: () => new Promise((resolve) => setTimeout(resolve, 4000, { kind: 'reply', reply: { text: 'done' } })),
  },
}] };`;

describe.skipIf(!needs('PostgreSQL'))('timonel health', () => {
  const folder = mkdtempSync(join(tmpdir(), 'timonel-health-'));
  // PostgreSQL has a user of its own, who cannot go into another's folder.
  const database = mkdtempSync(join(tmpdir(), 'timonel-health-database-'));
  const health = commandHere(folder, 'health');
  let postgres: PrivatePostgres | undefined;
  let running: Start | undefined;
  const pid = () => running?.ready?.pid ?? 0;

  beforeAll(async () => {
    writeFileSync(join(folder, 'timonel.config.mjs'), slow);
    postgres = await startPostgres(database);
    running = await start({ folder, environment: { TIMONEL_HOME: folder, DATABASE_URL: postgres?.url ?? '' } });
  });
  afterAll(async () => {
    if (running?.ready !== undefined && running.code === null) await running.stop('SIGKILL').catch(() => {});
    postgres?.kill();
    for (const each of [folder, database]) rmSync(each, { recursive: true, force: true });
  });

  it('finds the one that runs here', async () => {
    expect(await health()).toMatchObject({ code: 0, out: expect.stringContaining(`${running?.ready?.url} ok`) });
    expect(await health('--ready')).toMatchObject({ code: 0 });
  });

  it('refuses what it cannot ask', async () => {
    expect(await health('--url', 'localhost')).toMatchObject({ code: 2, err: expect.stringContaining('http://127.0.0.1:8000') });
    expect(await health('--ready', '--within', 'long')).toMatchObject({ code: 2, err: expect.stringContaining('--within 60') });
  });

  it('hears nothing from one that hangs', async () => {
    process.kill(pid(), 'SIGSTOP');
    const asked = await health();
    process.kill(pid(), 'SIGCONT');
    expect(asked).toMatchObject({ code: 1, out: expect.stringContaining('does not answer within 5 seconds') });
  });

  it('says that the database is gone, of a process that lives', async () => {
    postgres?.stop();
    await expect.poll(async () => (await health('--ready', '--within', '0')).out, { timeout: 20_000 }).toContain('database {');
    expect(await health()).toMatchObject({ code: 0 });
    await postgres?.start();
    expect(await health('--ready')).toMatchObject({ code: 0 });
  });

  it('sends nothing more to one that drains', async () => {
    const url = running?.ready?.url ?? '';
    const { apiKey } = JSON.parse(readFileSync(join(folder, 'credentials.json'), 'utf8')) as {
      apiKey: string;
    };
    const headers = { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' };
    const post = (path: string, body: object) =>
      fetch(`${url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) }).then(
        (answer) => answer.json() as Promise<{ id: string }>,
      );
    const { id } = await post('/api/v1/conversations', { agent: 'slow', channel: 'test' });
    const turn: Promise<object> = post(`/api/v1/conversations/${id}/messages`, { text: 'hello' });
    await expect
      .poll(async () => (await fetch(`${url}/api/v1/conversations/${id}`, { headers })).status, { timeout: 20_000 })
      .toBe(200);
    process.kill(pid(), 'SIGTERM');
    await expect
      .poll(async () => (await health('--ready', '--within', '0')).out, { timeout: 20_000 })
      .toMatch(/runner|does not answer/);
    // A client that waits is told the run, which another process goes on with.
    expect(await turn).toHaveProperty('run.id');
  });

  it('tells one that is gone', async () => {
    await running?.stop();
    expect(await health()).toMatchObject({ code: 1, out: expect.stringContaining('ECONNREFUSED') });
    expect(await health('--url', `http://127.0.0.1:${await freePort()}`, '--json')).toMatchObject({ code: 1 });
  });
});
