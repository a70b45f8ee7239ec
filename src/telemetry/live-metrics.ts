import { statfs } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { HandoffCounts } from '../handoff/handoff-counts.ts';
import type { PoolStatus } from '../store/database.ts';
import type { MetricSet } from './metric-set.ts';

/** What is read at the moment of a scrape. */
export interface LiveState {
  version: string;
  /** Folder whose disk is looked at. */
  home: string;
  pool(): PoolStatus;
  activeRuns(): number;
  openStreams(): number;
  /** Asks the database anything. */
  pingStore(): Promise<unknown>;
  /** Jobs that wait or run, per queue. */
  queues(): Promise<{ queue: string; waiting: number; active: number }[]>;
  /** Seconds since the newest verified backup, where backups are taken by a schedule. */
  backupAge(): Promise<number | undefined>;
  /** Drills with the last result of each. */
  drills(): Promise<readonly { name: string; last: { verdict: 'pass' | 'fail' | 'inconclusive'; startedAt: string } | null }[]>;
  /** Conversations that wait for a person, and that people have. */
  handoffs(): Promise<HandoffCounts>;
  /** What runs of all workspaces wait for, by kind. */
  waits(): Promise<readonly { kind: string; pending: number; oldestSeconds: number }[]>;
  /** What Redis says about its memory, where there is Redis. */
  redisMemory: (() => Promise<{ used: number; most: number }>) | undefined;
}

/** Longest wait for the answer of a store, in milliseconds: a scrape must not wait for one that hangs. */
const patience = 2_000;

/** How long an answer serves all metrics of one scrape, in milliseconds. */
const freshFor = 500;

/** The same for what is counted in the database, however often somebody looks. */
const countedFor = 5_000;

export function liveMetrics(set: MetricSet, live: LiveState): void {
  set.read('timonel_active_runs', 'runs that this process works on', () => live.activeRuns());
  set.read('timonel_open_streams', 'open event streams', () => live.openStreams());
  set.read('timonel_database_pool_size', 'connections at most', () => live.pool().size);
  set.read('timonel_database_pool_open', 'open connections', () => live.pool().open);
  set.read('timonel_database_pool_idle', 'idle connections', () => live.pool().idle);
  set.read('timonel_database_pool_waiting', 'statements that wait for a connection', () => live.pool().waiting);
  set.readCount(
    'timonel_database_pool_acquire_timeouts_total',
    'statements that waited for a connection in vain',
    () => live.pool().acquireTimeouts,
  );

  const storeUp = shortly(() => live.pingStore().then(() => 1));
  set.read('timonel_store_up', '1 while the database answers within two seconds', async () => (await storeUp()) ?? 0);
  const queues = shortly(() => live.queues());
  set.readEach('timonel_queue_jobs', 'jobs of a queue that wait or run, on all processes', ['queue', 'state'], async () =>
    ((await queues()) ?? []).flatMap(({ queue, waiting, active }) => [
      { values: [queue, 'waiting'], value: waiting },
      { values: [queue, 'active'], value: active },
    ]),
  );

  set.read(
    'timonel_backup_verified_age_seconds',
    'time since the newest backup that was restored and compared; no series where no schedule, folder or bucket is set',
    () => live.backupAge(),
  );
  const drills = shortly(() => live.drills(), countedFor);
  const played = async () => ((await drills()) ?? []).flatMap(({ name, last }) => (last === null ? [] : [{ name, last }]));
  set.readEach('timonel_drill_verdict', 'last verdict of a drill: 1 pass, 0 fail, -1 inconclusive', ['drill'], async () =>
    (await played()).map(({ name, last }) => ({ values: [name], value: { pass: 1, fail: 0, inconclusive: -1 }[last.verdict] })),
  );
  set.readEach('timonel_drill_timestamp_seconds', 'when it was played, in seconds since 1970', ['drill'], async () =>
    (await played()).map(({ name, last }) => ({ values: [name], value: Date.parse(last.startedAt) / 1_000 })),
  );
  const handoffs = shortly(() => live.handoffs());
  set.readEach(
    'timonel_handoff_conversations',
    'open hand-offs of all processes: waiting, overdue (of those), taken',
    ['state'],
    async () => Object.entries((await handoffs()) ?? {}).map(([state, value]: [string, number]) => ({ values: [state], value })),
  );
  const waits = shortly(() => live.waits(), countedFor);
  set.readEach('timonel_waits_pending', 'what runs wait for: answers that are missing, on all processes', ['kind'], async () =>
    ((await waits()) ?? []).map(({ kind, pending }) => ({ values: [kind], value: pending })),
  );
  set.readEach('timonel_waits_oldest_seconds', 'for how long the oldest of them is missing', ['kind'], async () =>
    ((await waits()) ?? []).map(({ kind, oldestSeconds }) => ({ values: [kind], value: oldestSeconds })),
  );

  const { redisMemory } = live;
  const memory = redisMemory === undefined ? undefined : shortly(redisMemory);
  set.read('timonel_redis_up', '1 while Redis answers; no series without Redis', async () =>
    memory === undefined ? undefined : (await memory()) === undefined ? 0 : 1,
  );
  set.read('timonel_redis_memory_used_bytes', 'memory that Redis uses', async () => (await memory?.())?.used);
  set.read('timonel_redis_memory_max_bytes', 'memory that Redis may use; 0 is no limit', async () => (await memory?.())?.most);

  set.readEach('timonel_disk_used_ratio', 'used part of the disk, 0 to 1, as an ordinary user sees it', ['mount'], async () => {
    const disk = await statfs(live.home).catch(() => undefined);
    if (disk === undefined) return [];
    const used = disk.blocks - disk.bfree;
    return [{ values: ['home'], value: used / (used + disk.bavail) }];
  });
  set.gauge('timonel_build_info', 'always 1; its labels say what runs', ['version', 'node'])([live.version, process.version], 1);
}

/** One answer for all who ask at about the same time; `undefined` where none comes in time. */
function shortly<T>(ask: () => Promise<T>, fresh = freshFor): () => Promise<T | undefined> {
  let last: { at: number; answer: Promise<T | undefined> } | undefined;
  return () => {
    const at = performance.now();
    if (last === undefined || at - last.at > fresh) {
      last = { at, answer: Promise.race([ask().catch(() => undefined), sleep(patience, undefined, { ref: false })]) };
    }
    return last.answer;
  };
}
