/** A private PostgreSQL from the system's own binaries, in a directory of its own. Tests may kill and restart it. */
import { execFileSync } from 'node:child_process';
import { chownSync, mkdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findProgram } from './programs.ts';

export interface PrivatePostgres {
  /** Superuser URL. */
  url: string;
  /** What `initdb --version` says. */
  version: string;
  /** Process id of the postmaster; connections are its children. */
  pid(): number;
  /** SIGKILL, as the kernel's out-of-memory killer would: nothing is flushed, nobody is told. */
  kill(): void;
  /** Starts it again after {@link kill}. */
  start(): Promise<void>;
  stop(): void;
}

/**
 * Starts a PostgreSQL under `directory`; `undefined` where none is installed.
 * @param options `durable`: what is committed is on the disk, as in production; for measurements
 */
export async function startPostgres(
  directory: string,
  { durable = false }: { durable?: boolean } = {},
): Promise<PrivatePostgres | undefined> {
  const initdb = findProgram('initdb');
  const control = findProgram('pg_ctl');
  if (initdb === undefined || control === undefined) return undefined;
  mkdirSync(directory, { recursive: true });
  // PostgreSQL refuses to run as root; Debian's package brings a user of its own.
  const asUser = process.getuid?.() === 0 ? ['runuser', '-u', 'postgres', '--'] : [];
  if (asUser.length > 0) chownSync(directory, Number(execFileSync('id', ['-u', 'postgres']).toString()), -1);
  const run = (program: string, args: string[]) => {
    const [command, ...rest] = [...asUser, program, ...args];
    if (command !== undefined) execFileSync(command, rest, { stdio: 'pipe', cwd: directory });
  };
  const data = join(directory, 'postgres');
  const port = await freePort();
  // Processes are killed here and machines are not: what was written survives in the cache of the kernel. Without that, every database that is
  // made or dropped waits for the disk.
  const careless = durable ? '' : '-c fsync=off -c full_page_writes=off';
  const options = `-p ${port} -k ${directory} -c listen_addresses=127.0.0.1 -c max_connections=300 ${careless}`;
  const launch = () => run(control, ['-D', data, '-w', '-l', join(directory, 'postgres.log'), '-o', options, 'start']);
  run(initdb, ['-D', data, '-A', 'trust', '-U', 'timonel', '--no-sync', '-E', 'UTF8']);
  launch();
  const pid = () => Number(readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n')[0]);
  return {
    url: `postgresql://timonel@127.0.0.1:${port}/postgres`,
    version: execFileSync(initdb, ['--version']).toString().trim().replace('initdb ', ''),
    pid,
    kill: () => void process.kill(pid(), 'SIGKILL'),
    async start() {
      // The children of a killed server need a moment to notice, and the new one does not start beside them.
      for (let attempt = 1; ; attempt++) {
        try {
          launch();
          return;
        } catch (error) {
          if (attempt === 20) throw error;
          await sleep(250);
        }
      }
    },
    stop: () => run(control, ['-D', data, '-m', 'immediate', 'stop']),
  };
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}
