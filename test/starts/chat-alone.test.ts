/** Somebody who only wants to talk to an agent needs no second terminal. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { readSettings } from '../../src/config.ts';
import { openStore } from '../../src/store/open.ts';

const home = mkdtempSync(join(tmpdir(), 'timonel-chat-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));

const chat = (agent: string, input: string) =>
  spawnSync(process.execPath, [new URL('../../bin/timonel.mjs', import.meta.url).pathname, 'chat', agent], {
    cwd: home,
    env: { PATH: process.env['PATH'] ?? '', TIMONEL_HOME: home },
    input,
    encoding: 'utf8',
  });

it('starts a Timonel for the length of a conversation where none runs, and leaves the data to the next one', async () => {
  const talked = chat('booking', 'hola\n¿cuánto sale un corte?\n');
  expect(talked).toMatchObject({ status: 0, stdout: expect.stringContaining('14.000') });
  expect(talked.stderr).toBe('No Timonel runs here: one is started for this conversation. `timonel up` starts one that stays.\n');
  await (await openStore(readSettings({ TIMONEL_HOME: home }))).close();
});

it('names the agents where there is none of that name', () => {
  expect(chat('bookin', 'hola\n')).toMatchObject({
    status: 1,
    stderr: expect.stringMatching(/timonel: There is no agent "bookin".*booking/),
  });
});
