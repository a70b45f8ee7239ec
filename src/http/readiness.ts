import type { Jobs } from '../run/jobs.ts';
import { orAfter } from '../run/or-after.ts';
import type { Runner } from '../run/runner.ts';
import type { OpenSandbox } from '../sandbox/sandbox.ts';
import type { RedisSignals } from '../store/cache/wake-ups.ts';
import type { Store } from '../store/open.ts';
import { acceptStatement } from '../store/run-statements.ts';
import type { Dependency } from './contract.ts';

export interface ReadinessParts {
  sandbox: Pick<OpenSandbox, 'known'>;
  runner: Runner;
  store: Store;
  signals: RedisSignals | undefined;
  jobs: Jobs;
}

/** Readiness answers within a second, whatever the database does. */
const databaseMs = 600;
const queueMs = 300;

/** The state of all that a process works with, asked now. */
export async function readinessOf({ runner, store, signals, jobs, sandbox }: ReadinessParts): Promise<Dependency[]> {
  // While it drains, a process lives and answers, and is not to be sent anything more.
  const accepting: Dependency = { name: 'runner', status: runner.accepting ? 'up' : 'down', required: true };
  const database = await databaseOf(store);
  const depths =
    database.status === 'up'
      ? await orAfter(
          jobs.depths().catch(() => undefined),
          queueMs,
        )
      : undefined;
  const queue: Dependency = { name: 'queue', status: depths === undefined ? 'down' : 'up', required: false, detail: depths };
  const redis: Dependency[] = signals === undefined ? [] : [{ name: 'redis', status: signals.status(), required: false }];
  return [accepting, database, ...diskOf(store), queue, ...redis, ...sandboxOf(sandbox)];
}

/** Asks the statement that a message is accepted with, for no message: what a session lost, or a table, shows in it and not in a `SELECT 1`. */
async function databaseOf({ pool, kind, vectors, trouble }: Store): Promise<Dependency> {
  const started = performance.now();
  const known = trouble()?.reason;
  const reason =
    known === 'disk_full' || known === 'reopening'
      ? known
      : await orAfter(
          pool.execute(acceptStatement, ['[]', null, []]).then(
            () => 'answers' as const,
            () => 'failed' as const,
          ),
          databaseMs,
        );
  const detail = { kind, milliseconds: Math.round(performance.now() - started), pool: pool.status(), vectors };
  if (reason === 'answers') return { name: 'database', status: 'up', required: true, detail };
  return { name: 'database', status: 'down', required: true, detail: { ...detail, reason: reason ?? 'no_answer' } };
}

/** The disk of an embedded store: without space nothing new is taken. */
function diskOf({ kind, trouble }: Store): Dependency[] {
  if (kind !== 'embedded') return [];
  const now = trouble();
  if (now === undefined || now.reason === 'reopening') return [{ name: 'disk', status: 'up', required: true }];
  return [
    { name: 'disk', status: 'down', required: true, detail: { reason: 'disk_full', freeBytes: now.free, neededBytes: now.needed } },
  ];
}

/** The languages that programs are run in: known once the sandbox was used, so that a process without it loads nothing for the answer. */
function sandboxOf(sandbox: ReadinessParts['sandbox']): Dependency[] {
  const states = sandbox.known();
  if (states === undefined) return [];
  const detail = Object.fromEntries(states.map(({ language, backend, reason }) => [language, backend ?? `off: ${reason ?? ''}`]));
  return [
    { name: 'sandbox', status: states.some(({ backend }) => backend !== undefined) ? 'up' : 'down', required: false, detail },
  ];
}
