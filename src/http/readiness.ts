import type { Jobs } from '../run/jobs.ts';
import type { Runner } from '../run/runner.ts';
import type { RedisSignals } from '../store/cache/wake-ups.ts';
import type { Store } from '../store/open.ts';
import type { Dependency } from './contract.ts';

export interface ReadinessParts {
  runner: Runner;
  store: Store;
  signals: RedisSignals | undefined;
  jobs: Jobs;
}

/** The state of all that a process works with, asked now. */
export async function readinessOf({ runner, store, signals, jobs }: ReadinessParts): Promise<Dependency[]> {
  const { pool, kind, vectors } = store;
  // While it drains, a process lives and answers, and is not to be sent anything more.
  const accepting: Dependency = { name: 'runner', status: runner.accepting ? 'up' : 'down', required: true };
  const started = performance.now();
  const answers = await pool.executeText('SELECT 1').then(
    () => true,
    () => false,
  );
  const milliseconds = Math.round(performance.now() - started);
  const database: Dependency = {
    name: 'database',
    status: answers ? 'up' : 'down',
    required: true,
    detail: { kind, milliseconds, pool: pool.status(), vectors },
  };
  const depths = answers ? await jobs.depths().catch(() => undefined) : undefined;
  const queue: Dependency = { name: 'queue', status: depths === undefined ? 'down' : 'up', required: false, detail: depths };
  const redis: Dependency[] = signals === undefined ? [] : [{ name: 'redis', status: signals.status(), required: false }];
  return [accepting, database, queue, ...redis];
}
