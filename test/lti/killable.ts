/** The tutor of `process.ts`, seen from its parent. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { compileCache } from '../compile-cache.ts';
import type { ToldByTutor } from './process.ts';

const program = fileURLToPath(new URL('./process.ts', import.meta.url));

export interface KillableTutor {
  rows(sql: string): Promise<Record<string, unknown>[]>;
  /** Has a job run now, with whatever pauses and leases there are over. */
  work(job: string): Promise<void>;
  kill(): Promise<void>;
}

export async function startTutor(environment: Record<string, string>): Promise<KillableTutor> {
  const env = { PATH: process.env['PATH'] ?? '', NODE_COMPILE_CACHE: compileCache, ...environment };
  const child = fork(program, { env, execArgv: [], stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
  let errors = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    errors = `${errors}${chunk.toString()}`.slice(-4_000);
  });
  const exited = once(child, 'exit');
  const answers = new Map<number, (told: ToldByTutor) => void>();
  const began = new Promise<ToldByTutor>((resolve) => answers.set(0, resolve));
  child.on('message', (told: ToldByTutor) => answers.get(told.id)?.(told));
  void exited.then(() => {
    for (const answer of answers.values()) answer({ id: 0, error: `The process is dead. ${errors}` });
  });
  let asked = 0;
  const ask = async (what: { sql: string } | { job: string }): Promise<Record<string, unknown>[]> => {
    const id = ++asked;
    const answered = new Promise<ToldByTutor>((resolve) => answers.set(id, resolve));
    child.send({ id, ...what });
    const { rows, error } = await answered;
    answers.delete(id);
    if (rows === undefined) throw new Error(error);
    return rows;
  };
  const { error } = await began;
  if (error !== undefined) throw new Error(error);
  return {
    rows: (sql) => ask({ sql }),
    async work(job) {
      await ask({ sql: `UPDATE tutor_lti_scores SET next_at = '2000-01-01' WHERE state IN ('waiting', 'unknown', 'sending')` });
      await ask({ sql: `UPDATE tutor_xapi_stores SET next_at = '-infinity'` });
      await ask({ job });
    },
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
