/** The machine of PostgreSQL is lost under load, and comes back from what was archived, or as the standby that each commit waited for. */
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Cluster } from '../crash/cluster.ts';
import { type Said, violations } from '../crash/history.ts';
import { storeEnvironment } from '../store-environment.ts';
import { ArchivedPostgres, noArchive } from './archived-postgres.ts';

export interface Recovered {
  figures: Record<string, string | number>;
  /** Broken promises. */
  reasons: string[];
}

const clients = 4;

/**
 * Both, one after the other.
 * @param scale 1: ninety seconds of load, with `archive_timeout` as in production
 * @returns why it cannot be done here, where it cannot
 */
export async function recoverLostMachines(scale: number, progress: (line: string) => void): Promise<Recovered | string> {
  const why = process.getuid?.() === 0 ? noArchive() : 'It needs root, to run PostgreSQL as a user of its own.';
  if (why !== undefined) return why;
  const folder = mkdtempSync(join(tmpdir(), 'timonel-archive-'));
  chmodSync(folder, 0o755);
  try {
    progress('archived');
    const load = { seconds: Math.max(12, Math.round(90 * scale)), archiveSeconds: scale < 1 ? 5 : 60 };
    const archived = await recoverToAPointInTime(join(folder, 'archived'), load);
    progress('with a standby');
    const standby = await promoteAStandby(join(folder, 'standby'), Math.max(5, Math.round(30 * scale)));
    return {
      figures: { ...archived.figures, ...standby.figures },
      reasons: [...archived.reasons, ...standby.reasons].slice(0, 20),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
  }
}

/** @param seconds of load; @param archiveSeconds `archive_timeout` */
async function recoverToAPointInTime(
  folder: string,
  { seconds, archiveSeconds }: { seconds: number; archiveSeconds: number },
): Promise<Recovered> {
  const postgres = await ArchivedPostgres.start(folder, archiveSeconds);
  const { environment } = await storeEnvironment(postgres.url);
  const cluster = await Cluster.start(environment, 1);
  try {
    const waiting = await cluster.converse();
    await cluster.say(waiting, 'waits: write_approved');
    await cluster.waiting(waiting);
    postgres.backup();
    const { lostAt, closedAt } = await loseUnderLoad(cluster, postgres, seconds);
    const restoreSeconds = await postgres.restore();
    await cluster.heal();
    await cluster.settle(60_000);
    const decided = await cluster.decideAll();
    await cluster.settle(60_000);
    const reasons = await violations(cluster, await asOf(cluster, closedAt), 'countByKey');
    const point = Math.round((lostAt.getTime() - closedAt.getTime()) / 100) / 10;
    if (!decided.some(({ rule }) => rule !== 'outcome-unknown'))
      reasons.push('The run that waited for a person does not wait any more.');
    // A segment is closed by the timeout, and archived a moment later.
    if (point > archiveSeconds + 15)
      reasons.push(`The last archived segment was ${point} s old; archive_timeout is ${archiveSeconds} s.`);
    const said = cluster.history.filter(({ state }) => state === 'acknowledged');
    const there = await storedKeys(cluster);
    return {
      figures: {
        turns: said.length,
        'turns lost': said.filter(({ key }) => !there.has(key)).length,
        'recovery point, s': point,
        'restore, s': restoreSeconds,
        ...damages(postgres, reasons),
      },
      reasons,
    };
  } finally {
    await cluster.close();
    postgres.stop();
  }
}

/** @param seconds of load */
async function promoteAStandby(folder: string, seconds: number): Promise<Recovered> {
  const postgres = await ArchivedPostgres.start(folder, undefined);
  const { environment } = await storeEnvironment(postgres.url);
  const promote = await postgres.synchronousStandby();
  const cluster = await Cluster.start(environment, 1);
  try {
    await loseUnderLoad(cluster, postgres, seconds);
    await promote();
    await cluster.heal();
    await cluster.settle(60_000);
    await cluster.decideAll();
    await cluster.settle(60_000);
    const said = cluster.history.filter(({ state }) => state === 'acknowledged');
    const there = await storedKeys(cluster);
    return {
      figures: { 'turns, with a standby': said.length, 'lost, with a standby': said.filter(({ key }) => !there.has(key)).length },
      reasons: await violations(cluster, cluster.history, 'countByKey'),
    };
  } finally {
    await cluster.close();
    postgres.stop();
  }
}

/** Clients talk until the machine is gone, and the process of Timonel with it. */
async function loseUnderLoad(
  cluster: Cluster,
  postgres: ArchivedPostgres,
  seconds: number,
): Promise<{ lostAt: Date; closedAt: Date }> {
  let over = false;
  const talking = Array.from({ length: clients }, async (_, client) => {
    for (let turn = 0; !over; turn++) {
      const conversation = await cluster.converse().catch(() => undefined);
      if (conversation === undefined) continue;
      const text = `load-${client}-${turn}: write_row; call_outside+write_row; read_slowly`;
      await cluster.say(conversation, text, { once: true }).catch(() => undefined);
    }
  });
  await sleep(seconds * 1_000);
  over = true;
  const lost = postgres.lose();
  await cluster.child(0).kill();
  await Promise.all(talking);
  return lost;
}

/** What was said after the last segment was closed may be gone: its sender has to ask. */
async function asOf(cluster: Cluster, closedAt: Date): Promise<Said[]> {
  const closed = closedAt.getTime() - performance.timeOrigin;
  return cluster.history.map((said) => ((said.acknowledgedAt ?? Infinity) <= closed ? said : { ...said, state: 'unknown' }));
}

async function storedKeys(cluster: Cluster): Promise<Set<string>> {
  const rows = await cluster.query('SELECT idempotency_key AS key FROM messages WHERE idempotency_key IS NOT NULL');
  return new Set(rows.map(({ key }) => String(key)));
}

/** Damages of a repository: what pgBackRest's exit code says of each, and what is made of its text. */
function damages(postgres: ArchivedPostgres, reasons: string[]): Record<string, string | number> {
  const sound = postgres.verify();
  if (!sound.whole) reasons.push(`A sound repository is said to be damaged: ${sound.said}`);
  const [file = ''] = postgres.filesOf(join('pg_data', 'base'));
  const segments = postgres.filesOf('/archive/').filter((path) => /\/[0-9A-F]{24}-/.test(path));
  const middle = segments.sort()[1] ?? '';
  const codes: (number | null)[] = [];
  for (const [what, path, damage] of [
    ['a flipped byte', file, (bytes: Buffer) => flipped(bytes)],
    ['a file that is cut', file, (bytes: Buffer) => bytes.subarray(0, bytes.length / 2)],
    ['a missing file', file, undefined],
    ['a missing segment', middle, undefined],
  ] as const) {
    const bytes = readFileSync(path);
    if (damage === undefined) rmSync(path);
    else writeFileSync(path, damage(bytes));
    const { exitCode, whole } = postgres.verify();
    codes.push(exitCode);
    if (whole) reasons.push(`A repository with ${what} is said to be whole.`);
    writeFileSync(path, bytes);
  }
  return { damages: codes.length, "exit codes of pgBackRest's verify": codes.join(' ') };
}

function flipped(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  const at = Math.floor(copy.length / 2);
  copy[at] = (copy[at] ?? 0) ^ 0x10;
  return copy;
}
