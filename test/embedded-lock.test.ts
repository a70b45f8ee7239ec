import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readSettings } from '../src/config.ts';
import { openStore } from '../src/store/open.ts';

const home = mkdtempSync(join(tmpdir(), 'timonel-home-'));
const settings = readSettings({ TIMONEL_HOME: home });

/** Opens the store in a process of its own, which says so and then stays. */
const holder = `(async () => {
  const { readSettings } = await import('${new URL('../src/config.ts', import.meta.url).href}');
  const { openStore } = await import('${new URL('../src/store/open.ts', import.meta.url).href}');
  const store = await openStore(readSettings({ TIMONEL_HOME: ${JSON.stringify(home)} }));
  await store.pool.executeText('CREATE TABLE IF NOT EXISTS kept (value int)');
  await store.pool.executeText('INSERT INTO kept VALUES (1)');
  console.log('open');
  setInterval(() => {}, 1000);
})()`;

describe('the directory of an embedded store', () => {
  afterAll(() => rmSync(home, { recursive: true, force: true }));

  it('is one process at a time: a second one is told which process has it, and a killed one does not keep it', async () => {
    const first = execFile(process.execPath, ['-e', holder]);
    try {
      expect(String((await once(first.stdout ?? first, 'data'))[0])).toContain('open');
      await expect(openStore(settings)).rejects.toMatchObject({
        code: 'directory_locked',
        message: expect.stringContaining(`process ${first.pid}`),
      });
      // Frozen is not gone.
      first.kill('SIGSTOP');
      await expect(openStore(settings)).rejects.toMatchObject({ code: 'directory_locked' });
    } finally {
      first.kill('SIGKILL');
    }
    await once(first, 'exit');
    const store = await openStore(settings);
    expect(await store.pool.executeText('SELECT value FROM kept')).toEqual([{ value: 1 }]);
    await expect(openStore(settings)).rejects.toMatchObject({ code: 'directory_locked' });
    await store.close();
    await (await openStore(settings)).close();
  });
});
