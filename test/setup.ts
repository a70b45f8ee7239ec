/**
 * Starts what the tests need and the machine has: a private PostgreSQL and a private Redis from the system's own binaries, in a temporary
 * directory. Says in one line which stores the tests run on.
 */
import { execFileSync, spawn } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** A superuser URL of a private PostgreSQL; empty where there is none. */
    postgresUrl: string;
    /** URL of a private Redis; empty where there is none. */
    redisUrl: string;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const directory = mkdtempSync(join(tmpdir(), 'timonel-test-'));
  const stops: (() => void)[] = [];
  const postgresUrl = process.env['TIMONEL_TEST_DATABASE_URL'] ?? (await startPostgres(directory, stops));
  const redisUrl = process.env['TIMONEL_TEST_REDIS_URL'] ?? (await startRedis(directory, stops));
  project.provide('postgresUrl', postgresUrl ?? '');
  project.provide('redisUrl', redisUrl ?? '');
  const stores = ['embedded', ...(postgresUrl === undefined ? [] : ['PostgreSQL']), ...(redisUrl === undefined ? [] : ['Redis'])];
  const missing = [...(postgresUrl === undefined ? ['PostgreSQL'] : []), ...(redisUrl === undefined ? ['Redis'] : [])];
  console.log(
    `Stores: ${stores.join(', ')}${missing.length === 0 ? '' : ` (not installed here, their tests are skipped: ${missing.join(', ')})`}`,
  );
  return async () => {
    for (const stop of stops.reverse()) stop();
    rmSync(directory, { recursive: true, force: true });
  };
}

/** Finds a program on the PATH or where Debian and others put PostgreSQL's. */
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

async function startPostgres(directory: string, stops: (() => void)[]): Promise<string | undefined> {
  const initdb = findProgram('initdb');
  const control = findProgram('pg_ctl');
  if (initdb === undefined || control === undefined) return undefined;
  // PostgreSQL refuses to run as root; the package brings a user of its own.
  const asUser = process.getuid?.() === 0 ? ['runuser', '-u', 'postgres', '--'] : [];
  if (asUser.length > 0) chownSync(directory, Number(execFileSync('id', ['-u', 'postgres']).toString()), -1);
  const run = (program: string, args: string[]) => {
    const [command, ...rest] = [...asUser, program, ...args];
    if (command !== undefined) execFileSync(command, rest, { stdio: 'pipe', cwd: directory });
  };
  const data = join(directory, 'postgres');
  const port = await freePort();
  run(initdb, ['-D', data, '-A', 'trust', '-U', 'timonel', '--no-sync', '-E', 'UTF8']);
  run(control, [
    '-D',
    data,
    '-w',
    '-l',
    join(directory, 'postgres.log'),
    '-o',
    `-p ${port} -k ${directory} -c listen_addresses=127.0.0.1 -c max_connections=300`,
    'start',
  ]);
  stops.push(() => run(control, ['-D', data, '-m', 'immediate', 'stop']));
  return `postgresql://timonel@127.0.0.1:${port}/postgres`;
}

async function startRedis(directory: string, stops: (() => void)[]): Promise<string | undefined> {
  const server = findProgram('redis-server');
  if (server === undefined) return undefined;
  const port = await freePort();
  const child = spawn(
    server,
    ['--port', String(port), '--bind', '127.0.0.1', '--dir', directory, '--save', '', '--appendonly', 'no'],
    {
      stdio: 'ignore',
    },
  );
  stops.push(() => child.kill('SIGKILL'));
  return `redis://127.0.0.1:${port}`;
}

function freePort(): Promise<number> {
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
