/** npm runs a script in a shell and passes on few signals: a server that it started must not go on without it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { readSettings } from '../../src/config.ts';
import { openStore } from '../../src/store/open.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const home = mkdtempSync(join(tmpdir(), 'timonel-npm-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));

/** Starts it as the README does, in a process group of its own, as a terminal would. @returns npm, and the server's process id */
async function startBy(command: readonly [string, ...string[]]): Promise<{ npm: ChildProcess; server: number }> {
  const [program, ...args] = command;
  // Without what the npm around the tests says of itself, and what vitest says to Node.
  const clean = Object.entries(process.env).filter(([name]) => !/^(npm_|TIMONEL_|NODE_|VITEST|DATABASE_URL|REDIS_URL)/i.test(name));
  const npm = spawn(program, args, {
    cwd: root,
    env: { ...Object.fromEntries(clean), TIMONEL_HOME: home, TIMONEL_PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  let said = '';
  for await (const part of npm.stdout ?? []) {
    said += String(part);
    const [, pid] = /"pid":(\d+)/.exec(said) ?? [];
    if (pid !== undefined) return { npm, server: Number(pid) };
  }
  throw new Error(`It did not come up: ${said}`);
}

const lives = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

describe.skipIf(process.platform === 'win32').each([
  ['npm start', ['npm', 'start', '--silent', '--', '--json']],
  ['npx timonel up', ['npx', 'timonel', 'up', '--json']],
] as [string, [string, ...string[]]][])('a server that "%s" started', (_title, command) => {
  it.each(['SIGTERM', 'SIGHUP', 'SIGKILL'] as const)('ends with npm on %s, and its data directory is free', async (signal) => {
    const { npm, server } = await startBy(command);
    const ended = once(npm, 'exit');
    npm.kill(signal);
    await ended;
    await expect.poll(() => lives(server), { timeout: 20_000 }).toBe(false);
    await (await openStore(readSettings({ TIMONEL_HOME: home }))).close();
  });

  it('ends once on Ctrl+C, which the terminal tells both', async () => {
    const { npm, server } = await startBy(command);
    const ended = once(npm, 'exit');
    process.kill(-(npm.pid ?? 0), 'SIGINT');
    await ended;
    await expect.poll(() => lives(server), { timeout: 20_000 }).toBe(false);
    await (await openStore(readSettings({ TIMONEL_HOME: home }))).close();
  });
});
