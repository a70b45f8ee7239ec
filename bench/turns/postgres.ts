/** A private PostgreSQL from the system's own binaries, with its default settings: every commit waits for the disk. */
import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { freePort } from './server-process.ts';

export interface PrivatePostgres {
  url: string;
  /** Process id of the postmaster; connections are its children. */
  pid: number;
  version: string;
  stop(): void;
}

/** @returns `undefined` where PostgreSQL is not installed. */
export async function startPostgres(directory: string): Promise<PrivatePostgres | undefined> {
  const initdb = findProgram('initdb');
  const control = findProgram('pg_ctl');
  if (initdb === undefined || control === undefined) return undefined;
  mkdirSync(directory, { recursive: true });
  // PostgreSQL refuses to run as root; the package brings a user of its own, who has to reach the directory.
  const asUser = process.getuid?.() === 0 ? ['runuser', '-u', 'postgres', '--'] : [];
  if (asUser.length > 0) {
    chownSync(directory, Number(execFileSync('id', ['-u', 'postgres']).toString()), -1);
    chmodSync(join(directory, '..'), 0o711);
  }
  const run = (program: string, args: string[]) => {
    const [command, ...rest] = [...asUser, program, ...args];
    if (command !== undefined) execFileSync(command, rest, { stdio: 'pipe', cwd: directory });
  };
  const data = join(directory, 'data');
  const port = await freePort();
  run(initdb, ['-D', data, '-A', 'trust', '-U', 'timonel', '-E', 'UTF8']);
  const options = `-p ${port} -k ${directory} -c listen_addresses=127.0.0.1`;
  run(control, ['-D', data, '-w', '-l', join(directory, 'log'), '-o', options, 'start']);
  return {
    url: `postgresql://timonel@127.0.0.1:${port}/postgres`,
    pid: Number(readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n')[0]),
    version: execFileSync(initdb, ['--version']).toString().trim().replace('initdb ', ''),
    stop: () => run(control, ['-D', data, '-m', 'fast', '-w', 'stop']),
  };
}

function findProgram(name: string): string | undefined {
  const versions = existsSync('/usr/lib/postgresql') ? readdirSync('/usr/lib/postgresql').sort().reverse() : [];
  const folders = [
    ...(process.env['PATH'] ?? '').split(delimiter),
    ...versions.map((version) => `/usr/lib/postgresql/${version}/bin`),
    '/opt/homebrew/opt/postgresql@17/bin',
    '/usr/local/pgsql/bin',
  ];
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
}
