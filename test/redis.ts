/** A private Redis from the system's own binary. Tests may kill, freeze and restart it; it keeps nothing. */
import { type ChildProcess, spawn } from 'node:child_process';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from './postgres.ts';
import { findProgram } from './programs.ts';

export interface PrivateRedis {
  url: string;
  kill(): void;
  freeze(): void;
  thaw(): void;
  /** Starts it again, empty, after {@link kill}. */
  start(): Promise<void>;
}

/** Starts a Redis; `undefined` where none is installed. */
export async function startRedis(directory: string): Promise<PrivateRedis | undefined> {
  const server = findProgram('redis-server');
  if (server === undefined) return undefined;
  const port = await freePort();
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--dir', directory, '--save', '', '--appendonly', 'no'];
  let child: ChildProcess | undefined;
  const start = async () => {
    child = spawn(server, args, { stdio: 'ignore' });
    while (!(await listens(port))) await sleep(20);
  };
  await start();
  return {
    url: `redis://127.0.0.1:${port}`,
    kill: () => void child?.kill('SIGKILL'),
    freeze: () => void child?.kill('SIGSTOP'),
    thaw: () => void child?.kill('SIGCONT'),
    start,
  };
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}
