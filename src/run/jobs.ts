/**
 * Background work of agents (timers, hold expiry, reminders, schedules), carried by pg-boss on both stores.
 */

import { PgBoss, type Job as QueuedJob } from 'pg-boss';
import { publishFault } from '../diagnostics.ts';
import { messageOf, TimonelError } from '../errors.ts';
import { underAdvisoryLock } from '../store/advisory-lock.ts';
import type { DatabasePool } from '../store/database.ts';
import { storable } from '../store/storable.ts';
import type { ScheduleJob } from '../tools/execute.ts';
import type { JsonObject } from '../vocabulary.ts';
import type { AgentDefinition, Job, JobContext } from './contract.ts';

/** A job of Timonel itself: mail, retention. Agents' jobs are {@link Job}. */
export interface OwnJob {
  /** Queue name without a dot, e.g. `mail`. */
  name: string;
  /** Runs it by itself at these times too (UTC), once for all processes. */
  cron?: string;
  /** Further attempts after a failure, with pauses that double up to an hour. */
  retries: number;
  run(payload: JsonObject): Promise<void>;
}

export interface JobsDependencies {
  pool: DatabasePool;
  agents: Iterable<AgentDefinition>;
  own: readonly OwnJob[];
  /** All workspaces, for jobs that repeat in each of them; those that are disabled rest. */
  workspaces(): Promise<{ workspaceId: string; timeZone: string; disabledAt: Date | null }[]>;
  contextOf(place: JobPlace): JobContext;
  now(): Date;
}

/** A job at work in one workspace. */
export interface JobPlace {
  workspaceId: string;
  timeZone: string;
  agent: string;
  /** `<agent>.<job>`. */
  queue: string;
  /** The same for every attempt. */
  idempotencyKey: string;
  signal: AbortSignal;
}

/** How long a job of a disabled workspace rests before it is looked at again. */
const restSeconds = 600;

/** Makes the tables of the queue, for rows that are restored into them. */
export async function makeQueueTables(pool: DatabasePool): Promise<void> {
  const boss = new PgBoss({
    backend: pool.embedded ? 'pglite' : 'postgres',
    db: { executeSql: async (text, values) => ({ rows: await pool.executeText(text, values) }) },
    schema: 'pgboss',
    supervise: false,
    schedule: false,
  });
  await boss.start();
  await boss.stop({ graceful: false });
}

/** How often a queue is looked at, for jobs that fall due and for those of other processes. A job that is added here and due starts at once. */
const pollingIntervalSeconds = 2;

/** What a process that died was at is tried again once it has not been heard of for so long; without that, after a quarter of an hour. */
const heartbeatSeconds = 60;

interface Payload {
  workspaceId: string;
  payload: JsonObject;
  key?: string;
}

/** A job that was tried as often as its queue allows. */
export interface FailedJob {
  queue: string;
  id: string;
  failedAt: Date;
  retries: number;
  /** Of the last failure. */
  message: string | null;
}

export class Jobs {
  readonly #boss: PgBoss;
  readonly #dependencies: JobsDependencies;
  /** Ids of the queue's workers in this process, by queue. */
  readonly #workers = new Map<string, string>();

  constructor(dependencies: JobsDependencies) {
    const { pool } = dependencies;
    this.#dependencies = dependencies;
    this.#boss = new PgBoss({
      backend: pool.embedded ? 'pglite' : 'postgres',
      db: { executeSql: async (text, values) => ({ rows: await pool.executeJoining(text, values) }) },
      schema: 'pgboss',
    });
    this.#boss.on('error', (error) => publishFault('the queue', error));
  }

  /**
   * Creates the queues of all agents. Jobs can be scheduled from here on. Processes that start together wait for each other: pg-boss lets
   * two of them create its schema at once, and one would fail.
   */
  async open(): Promise<void> {
    const { pool } = this.#dependencies;
    // An embedded store has one process, and one connection that the lock would keep from the queue.
    if (pool.embedded) await this.#open();
    else await underAdvisoryLock(pool, 'queue', () => this.#open());
  }

  async #open(): Promise<void> {
    await this.#boss.start();
    const known = new Map((await this.#boss.getQueues()).map((queue) => [queue.name, queue]));
    for (const [agent, job] of this.#all()) {
      const queue = queueName(agent.name, job.name);
      // "short": at most one waiting job for a key, which is what a key is for.
      const before = known.get(queue);
      if (before === undefined)
        await this.#boss.createQueue(queue, { policy: 'short', retryLimit: 5, retryBackoff: true, heartbeatSeconds });
      else if (before.heartbeatSeconds !== heartbeatSeconds) await this.#boss.updateQueue(queue, { heartbeatSeconds });
    }
    for (const { name, retries } of this.#dependencies.own) {
      if (known.has(name)) continue;
      await this.#boss.createQueue(name, { retryLimit: retries, retryBackoff: true, retryDelay: 5, retryDelayMax: 3_600 });
    }
  }

  /** Starts to work on the queues. */
  async work(): Promise<void> {
    for (const [agent, job] of this.#all()) {
      const queue = queueName(agent.name, job.name);
      await this.#workOn<Payload>(queue, (item) => this.#run(agent.name, job, item));
      if (job.cron !== undefined) await this.#repeat(queue, job.cron, `job "${job.name}" of the agent "${agent.name}"`);
    }
    const scheduled = new Set((await this.#boss.getSchedules()).map(({ name }) => name));
    for (const job of this.#dependencies.own) {
      await this.#workOn<JsonObject | null>(job.name, ({ data }) => job.run(data ?? {}));
      // A schedule outlives the process that made it: one that the settings no longer name goes.
      if (job.cron === undefined && scheduled.has(job.name)) await this.#boss.unschedule(job.name);
      if (job.cron !== undefined) await this.#repeat(job.name, job.cron, `job "${job.name}"`);
    }
  }

  async #workOn<Data>(queue: string, run: (item: QueuedJob<Data>) => Promise<void>): Promise<void> {
    const worker = await this.#boss.work<Data>(queue, { pollingIntervalSeconds }, async (items) => {
      // A worker takes one job and then waits for its next look: it looks again at once, until the queue is empty.
      this.#wake(queue);
      for (const item of items) await run(item);
    });
    this.#workers.set(queue, worker);
  }

  #wake(queue: string): void {
    const worker = this.#workers.get(queue);
    if (worker !== undefined) this.#boss.notifyWorker(worker);
  }

  async #repeat(queue: string, cron: string, whose: string): Promise<void> {
    try {
      await this.#boss.schedule(queue, cron);
    } catch (error) {
      if (error instanceof TimonelError) throw error;
      const fault = `The schedule of the ${whose} cannot be kept: "${cron}" (${messageOf(error)}).`;
      throw new TimonelError('config_invalid', `${fault} Every day at 3:17 UTC is "17 3 * * *".`, { cause: error });
    }
  }

  /** Adds one of Timonel's own jobs, within the runtime's transaction at hand where there is one. */
  readonly enqueue = async (name: string, payload: JsonObject): Promise<void> => {
    await this.#boss.send(name, payload);
    this.#dependencies.pool.afterCommit(() => this.#wake(name));
  };

  /** Adds a job; through `asRuntime` it is part of that transaction. */
  readonly schedule: ScheduleJob = async ({ agent, name, workspaceId, payload, at, key }, asRuntime) => {
    const options = { startAfter: at, singletonKey: `${workspaceId}:${key}` };
    const data = { workspaceId, payload: storable(payload), key };
    const queue = queueName(agent, name);
    if (asRuntime === undefined) await this.#boss.send(queue, data, options);
    else {
      // The queue's tables belong to the runtime, not to the role that workspace queries run as.
      await asRuntime((client) => {
        const db = { executeSql: async (text: string, values?: unknown[]) => client.query(text, values) };
        return this.#boss.send(queue, data, { ...options, db });
      });
    }
    if (at <= this.#dependencies.now()) this.#dependencies.pool.afterCommit(() => this.#wake(queue));
  };

  /** How many jobs wait or run, per queue. */
  async depths(): Promise<{ queue: string; waiting: number; active: number }[]> {
    const queues = await this.#boss.getQueues();
    // The queue's own queues are its business.
    const ours = queues.filter(({ name }) => !name.startsWith('__'));
    return ours.map((queue) => ({ queue: queue.name, waiting: queue.queuedCount, active: queue.activeCount }));
  }

  /** Jobs that were given up, the last first; what they were to do stays in the queue. */
  async failed(limit: number): Promise<FailedJob[]> {
    return this.#dependencies.pool.executeText<FailedJob>(
      `SELECT name AS queue, id::text AS id, completed_on AS "failedAt", retry_count AS retries, output ->> 'message' AS message
       FROM pgboss.job WHERE state = 'failed' AND left(name, 2) <> '__' ORDER BY completed_on DESC, id LIMIT $1`,
      [limit],
    );
  }

  /** Has a job done again that was given up. @throws TimonelError `not_found` */
  async retry(queue: string, id: string): Promise<void> {
    const [known] = await this.#dependencies.pool.executeText(
      `SELECT 1 AS there FROM pgboss.job WHERE name = $1 AND id = $2::uuid AND state = 'failed'`,
      [queue, id],
    );
    if (known === undefined)
      throw new TimonelError(
        'not_found',
        `No job ${id} of the queue "${queue}" was given up. GET /api/v1/queues/failed lists them.`,
      );
    await this.#boss.retry(queue, id);
    this.#wake(queue);
  }

  async close(graceMs: number): Promise<void> {
    await this.#boss.stop({ graceful: true, timeout: Math.max(1_000, graceMs), close: false });
  }

  async #run(
    agent: string,
    job: Job,
    { id, data, signal }: Pick<QueuedJob<Payload | null>, 'id' | 'data' | 'signal'>,
  ): Promise<void> {
    const { workspaces, contextOf } = this.#dependencies;
    const queue = queueName(agent, job.name);
    const all = await workspaces();
    // A schedule has no workspace of its own: it runs in each.
    const targets = data?.workspaceId === undefined ? all : all.filter(({ workspaceId }) => workspaceId === data.workspaceId);
    for (const { workspaceId, timeZone, disabledAt } of targets) {
      if (disabledAt === null) {
        const idempotencyKey = `${queue}:${id}:${workspaceId}`;
        await job.run(data?.payload ?? {}, contextOf({ workspaceId, timeZone, agent, queue, idempotencyKey, signal }));
      }
      // What was put there for one workspace is not lost: it comes again until the workspace is enabled.
      else if (data?.workspaceId !== undefined) {
        const options = data.key === undefined ? {} : { singletonKey: `${workspaceId}:${data.key}` };
        await this.#boss.send(queue, data, { startAfter: restSeconds, ...options });
      }
    }
  }

  *#all(): Generator<[AgentDefinition, Job]> {
    // Variants of an agent share its queues; the job is the first one's.
    const seen = new Set<string>();
    for (const agent of this.#dependencies.agents) {
      for (const job of agent.jobs ?? []) {
        const queue = queueName(agent.name, job.name);
        if (!seen.has(queue)) yield [agent, job];
        seen.add(queue);
      }
    }
  }
}

function queueName(agent: string, job: string): string {
  return `${agent}.${job}`;
}
