/**
 * Starts and stops the process of a slot, as `systemctl` does: `node slot.ts start <file>` returns once it was started, `stop` once it has ended.
 * The file holds `{ environment, folder, bin }`, `bin` where another version is started; the pid is kept beside it.
 */
import { spawn } from 'node:child_process';
import { openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const own = new URL('../../bin/timonel.mjs', import.meta.url).pathname;
const [act, file = ''] = process.argv.slice(2);
const pidFile = `${file}.pid`;

if (act === 'start') {
  const {
    environment,
    folder,
    bin = own,
  } = JSON.parse(readFileSync(file, 'utf8')) as {
    environment: Record<string, string>;
    folder: string;
    bin?: string;
  };
  const log = openSync(`${file}.log`, 'a');
  const child = spawn(process.execPath, [bin, 'up', '--json'], {
    cwd: folder,
    env: { PATH: process.env['PATH'] ?? '', ...environment },
    detached: true,
    stdio: ['ignore', log, log],
  });
  writeFileSync(pidFile, String(child.pid));
  child.unref();
} else {
  let pid: number | undefined;
  try {
    pid = Number(readFileSync(pidFile, 'utf8'));
  } catch {
    // It was not started.
  }
  if (pid !== undefined) {
    const kill = (signal: NodeJS.Signals | 0) => {
      try {
        return process.kill(pid, signal);
      } catch {
        return false;
      }
    };
    kill(act === 'kill' ? 'SIGKILL' : 'SIGTERM');
    while (kill(0)) await sleep(20);
    rmSync(pidFile, { force: true });
  }
}
