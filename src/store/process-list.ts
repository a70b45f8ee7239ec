/** The live processes of an installation, as each tells of itself beside its lease. */
import type { DatabasePool } from './database.ts';

/** What a process tells of itself, every few seconds. */
export interface ProcessAbout {
  version: string;
  /** ISO 8601. */
  startedAt: string;
  /** Where it listens, e.g. `http://10.0.0.7:8000`; `null` before it does. */
  address: string | null;
  /** `draining`: it ends what is under way and takes nothing new. */
  state: 'serving' | 'draining';
  load: { runs: number; streams: number; memoryBytes: number; eventLoopDelayMs: number };
  /** Generations of the secret, by names that tell nothing of them. */
  secret: { signs: string; accepts: readonly string[] };
}

/** A process of the installation. Those of a version that tells nothing of itself have a host and a process id alone. */
export interface ListedProcess {
  id: string;
  host: string;
  pid: number;
  /** `gone`: its lease has lapsed, because it was ended, is frozen or has lost the database. It is forgotten a minute later. */
  state: ProcessAbout['state'] | 'gone' | 'unknown';
  seenAt: Date | null;
  about: ProcessAbout | null;
}

/** Tells of a process whose lease was taken; nothing is written where its row is gone. */
export async function tellOfProcess(pool: DatabasePool, processId: string, about: ProcessAbout): Promise<void> {
  await pool.executeText('UPDATE processes SET about = $2::jsonb, seen_at = now() WHERE id = $1::uuid', [
    processId,
    JSON.stringify(about),
  ]);
}

interface ProcessRow {
  id: string;
  host: string;
  pid: number;
  live: boolean;
  seen_at: Date | null;
  about: ProcessAbout | null;
}

const mostProcesses = 1_000;

/** The newest first. */
export async function listProcesses(pool: DatabasePool): Promise<ListedProcess[]> {
  const rows = await pool.executeText<ProcessRow>(
    `SELECT id, host, pid, lease_until > now() AS live, seen_at, about FROM processes
     ORDER BY lease_until > now() DESC, about->>'startedAt' DESC NULLS LAST, id LIMIT ${mostProcesses}`,
  );
  return rows.map(({ id, host, pid, live, seen_at, about }) => ({
    id,
    host,
    pid,
    state: live ? (about?.state ?? 'unknown') : 'gone',
    seenAt: seen_at,
    about,
  }));
}
