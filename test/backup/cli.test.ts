/** Backups by the command line, as a person takes and restores them. */
import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { booking } from '../../agents/booking/agent.ts';
import { findProgram } from '../programs.ts';
import type { StoreEnvironment } from '../store-environment.ts';
import { emptyStoreEnvironment, storeKinds } from '../stores.ts';
import { startTimonel } from '../timonel.ts';

const bin = new URL('../../bin/timonel.mjs', import.meta.url).pathname;
const run = (environment: Record<string, string>, ...args: string[]) =>
  new Promise<{ code: number; out: string; err: string }>((resolve) => {
    execFile(process.execPath, [bin, ...args], { env: { ...process.env, ...environment } }, (error, out, err) =>
      resolve({ code: error === null ? 0 : Number(error.code), out, err }),
    );
  });

describe.each(storeKinds)('timonel backup (%s)', (kind) => {
  const stores: StoreEnvironment[] = [];
  const fresh = async () => {
    const store = await emptyStoreEnvironment(kind);
    stores.push(store);
    return store.environment;
  };
  const folder = mkdtempSync(join(tmpdir(), 'timonel-backup-cli-'));
  afterAll(async () => {
    for (const { remove } of stores) await remove();
    rmSync(folder, { recursive: true, force: true });
  });

  // Seven processes, one after the other.
  it('takes one, verifies it, and restores it into an empty store; each step names the next', { timeout: 300_000 }, async () => {
    const environment = { ...(await fresh()), TIMONEL_BACKUP_FOLDER: folder };
    const timonel = await startTimonel(kind, { agents: [booking] }, { environment });
    const conversation = await timonel.converse('booking');
    await timonel.say(conversation, 'hola, ¿cuánto sale un corte?');
    await timonel.close(false);

    expect(await run(environment, 'backup', 'verify')).toMatchObject({ code: 2, err: expect.stringContaining('timonel backup') });
    const taken = await run(environment, 'backup');
    expect(taken).toMatchObject({ code: 0, out: expect.stringContaining('timonel backup verify') });
    const [name = ''] = readdirSync(folder);
    expect((await run(environment, 'backup', 'list')).out).toContain('no: timonel backup verify');
    expect(await run(environment, 'backup', 'verify')).toMatchObject({ code: 0, out: expect.stringContaining('is good') });
    const file = join(folder, name);
    expect(await run(environment, 'restore', file)).toMatchObject({ code: 1, err: expect.stringContaining('has data') });

    const other = await fresh();
    const restored = await run(other, 'restore', file, '--json');
    expect([restored.code, restored.err]).toEqual([0, '']);
    expect(JSON.parse(restored.out)).toMatchObject({ artifacts: 0, unfinishedRuns: 0 });
    const again = await startTimonel(kind, { agents: [booking] }, { environment: other });
    const { body } = await again.call<{ messages: { text: string }[] }>('GET', `/api/v1/conversations/${conversation}`);
    expect(body.messages[0]?.text).toBe('hola, ¿cuánto sale un corte?');
    await again.close(false);
  });

  it.runIf(kind === 'postgres')('lets pg_dump write what pg_restore reads', async () => {
    const environment = await fresh();
    const timonel = await startTimonel(kind, { agents: [booking] }, { environment });
    const conversation = await timonel.converse('booking');
    await timonel.close(false);
    const file = join(folder, 'database.dump');
    expect(await run(environment, 'backup', 'pg-dump', file)).toMatchObject({ code: 0, err: '' });
    expect((await run(environment, 'backup', 'pg-dump', file)).err).toContain('is there already');
    const other = await fresh();
    execFileSync(findProgram('pg_restore') ?? 'pg_restore', ['--no-owner', `--dbname=${other['DATABASE_URL']}`, file]);
    const again = await startTimonel(kind, { agents: [booking] }, { environment: other });
    expect((await again.call('GET', `/api/v1/conversations/${conversation}`)).status).toBe(200);
    await again.close(false);
  });

  it('says what is wrong with a file', async () => {
    const environment = await fresh();
    expect(await run(environment, 'restore', bin)).toMatchObject({ code: 1, err: expect.stringContaining('not a whole backup') });
    expect(await run(environment, 'restore', join(folder, 'nothing'))).toMatchObject({
      code: 1,
      err: expect.stringContaining('nothing'),
    });
  });
});
