/** Somebody who talks to an agent in a terminal sees what its long calls are doing. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { writeCredentials } from '../../src/cli/credentials.ts';
import { startTimonel } from '../timonel.ts';
import { deskModel, patient, waitingDesk } from './desk.ts';

const home = mkdtempSync(join(tmpdir(), 'timonel-chat-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));

it('shows the progress of a call that waits, and the reply after it', async () => {
  let ahead = 0;
  const timonel = await startTimonel(
    'embedded',
    { agents: [waitingDesk().agent], models: { default: deskModel } },
    { now: () => new Date(Date.now() + ahead) },
  );
  try {
    writeCredentials(home, { url: await timonel.timonel.listen(), apiKey: timonel.apiKey });
    const chat = spawn(process.execPath, [new URL('../../bin/timonel.mjs', import.meta.url).pathname, 'chat', 'desk'], {
      env: { PATH: process.env['PATH'] ?? '', TIMONEL_HOME: home },
    });
    let [out, err] = ['', ''];
    chat.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    chat.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
    const ended = new Promise<number | null>((resolve) => chat.on('exit', resolve));
    chat.stdin.end('[[["nap",{"minutes":3}]]]\n');
    // Nothing of it is obeyed by the terminal.
    await expect.poll(() => err, patient).toBe('  nap: {"minutes":3}\n  nap: asleep [2J\n');
    expect(out).toBe('');
    ahead += 181_000;
    expect(await ended).toBe(0);
    expect(out).toContain('"slept":3');
  } finally {
    await timonel.close();
  }
});
