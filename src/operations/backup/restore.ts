/** Restores a backup into an empty store, and proves that the store then has what the backup had. */
import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type pg from 'pg';
import type { ArtifactStorage } from '../../artifacts/contract.ts';
import { messageOf, TimonelError } from '../../errors.ts';
import { makeQueueTables } from '../../run/jobs.ts';
import type { AgentMigrations } from '../../store/agent-migrations/files.ts';
import { knownMigrations, migrate, migrateTo } from '../../store/migrate.ts';
import type { Store } from '../../store/open.ts';
import { type ArchiveEntry, type BackupToRead, readArchive } from './archive.ts';
import { type BackupHeader, type BackupManifest, backupFormat, type RestoredBackup, type TableDigest } from './contract.ts';
import { RowDigest } from './copy-text.ts';
import { advanceSequences, prepareTransaction, readTable, tableWriter, withoutConstraints } from './tables.ts';

export interface RestoreTarget {
  /** Opened without migrations. */
  store: Pick<Store, 'pool'>;
  /** Takes the bytes of artifacts that are not in the database. */
  storage: ArtifactStorage | undefined;
  /** The project's migrations of agents. */
  agents: readonly AgentMigrations[];
}

/** The first entry of a backup. @throws TimonelError `backup_invalid` where this is no backup, or one of a newer format */
export async function readHeader(backup: BackupToRead): Promise<BackupHeader> {
  const { path } = backup;
  let header: BackupHeader | undefined;
  await readArchive(backup, async (entry) => {
    if (entry.name !== 'header.json') throw invalid(`${path} is not a backup of Timonel: it does not begin with a header.`);
    header = JSON.parse(await textOf(entry)) as BackupHeader;
    return 'enough';
  });
  if (header === undefined) throw invalid(`${path} is not a backup of Timonel: it is empty.`);
  if (header.format !== backupFormat)
    throw invalid(
      `${path} has format ${String(header.format)}, and this version reads format ${backupFormat}. Restore it with Timonel ${header.timonel}.`,
    );
  return header;
}

/**
 * The schema that a backup fits: how many of the core's migrations, and which files of agents.
 * @throws TimonelError `backup_invalid` where this version, or this project, does not have them
 */
export function schemaOf(
  { migrations, timonel }: BackupHeader,
  agents: readonly AgentMigrations[],
): { core: number; agents: AgentMigrations[]; newest: boolean } {
  const known = knownMigrations();
  const strange = migrations.core.find((tag, at) => known[at] !== tag);
  if (strange !== undefined)
    throw invalid(
      `The backup has the migration "${strange}", which this version does not have. Restore it with Timonel ${timonel}.`,
    );
  const names = [...new Set(migrations.agents.map(({ agent }) => agent))];
  const needed = names.map((agent): AgentMigrations => {
    const own = agents.find((each) => each.agent === agent);
    const rows = migrations.agents.filter((row) => row.agent === agent);
    const files = (own?.files ?? []).filter((file) => rows.some(({ name, hash }) => name === file.name && hash === file.hash));
    if (own === undefined || files.length !== rows.length)
      throw invalid(
        `The backup has tables of the agent "${agent}", and the project has ${own === undefined ? 'no such agent' : 'other migrations of it'}. Restore with the project that it was taken from.`,
      );
    return { ...own, files };
  });
  const newest =
    migrations.core.length === known.length &&
    agents.every(({ agent, files }) => (needed.find((each) => each.agent === agent)?.files.length ?? 0) === files.length);
  return { core: migrations.core.length, agents: needed, newest };
}

/**
 * Restores a backup. All rows are one transaction, which is committed only after every table was read back from the store and is what it
 * was; then the schema is brought up to date.
 * @throws TimonelError `backup_invalid`, `store_not_empty`, `store_unavailable`
 */
export async function restoreBackup(backup: BackupToRead, { store, storage, agents }: RestoreTarget): Promise<RestoredBackup> {
  const header = await readHeader(backup);
  const schema = schemaOf(header, agents);
  await requireEmpty(store.pool);
  await migrateTo(store.pool, schema.core, schema.agents);
  await makeQueueTables(store.pool);
  const restored = await store.pool.onOneConnection(async (client) => {
    await client.query('BEGIN');
    try {
      await prepareTransaction(client);
      const result = await load(client, backup, header, storage);
      await client.query('COMMIT');
      return result;
    } catch (error) {
      await client.query('ROLLBACK').catch(() => {});
      throw explained(error);
    }
  });
  await migrate(store.pool, agents);
  return restored;
}

async function load(
  client: pg.ClientBase,
  backup: BackupToRead,
  header: BackupHeader,
  storage: ArtifactStorage | undefined,
): Promise<RestoredBackup> {
  const names = header.tables.map(({ name }) => name);
  const digests = new Map<string, TableDigest>(names.map((name) => [name, new RowDigest().of(name)]));
  let manifest: BackupManifest | undefined;
  let copied = 0;
  await withoutConstraints(client, names, async () => {
    for (const { name } of header.tables) await client.query(`DELETE FROM ${name}`);
    let open: { name: string; writer: Awaited<ReturnType<typeof tableWriter>> } | undefined;
    const end = async () => {
      if (open !== undefined) digests.set(open.name, await open.writer.end());
      open = undefined;
    };
    await readArchive(backup, async (entry) => {
      const [kind, name = ''] = entry.name.split('/', 2);
      if (kind === 'tables') {
        const table = header.tables.find((each) => each.name === name);
        if (table === undefined) throw new Error(`the table ${name} is not in the header`);
        if (open?.name !== name) {
          await end();
          open = { name, writer: await tableWriter(client, table) };
        }
        for await (const chunk of entry.content as AsyncIterable<Buffer>) await open.writer.write(chunk);
        return undefined;
      }
      await end();
      if (kind === 'artifacts') {
        await putBack(client, entry, storage);
        copied += 1;
      }
      if (kind === 'manifest.json') manifest = JSON.parse(await textOf(entry)) as BackupManifest;
      return undefined;
    });
    await end();
    if (manifest === undefined) throw new Error('its end is missing');
    if (manifest.artifacts.count !== copied) throw new Error(`it has ${copied} artifacts instead of ${manifest.artifacts.count}`);
    for (const { name, columns } of header.tables) {
      const written = manifest.tables.find((each) => each.name === name);
      const read = digests.get(name);
      const stored = await readTable(client, { name, columns });
      for (const [what, found] of [
        ['the backup', read],
        ['the store', stored],
      ] as const) {
        if (written === undefined || found?.rows !== written.rows || found.digest !== written.digest)
          throw new Error(
            `the rows of ${name} in ${what} are not those that were saved (${found?.rows ?? 0} of ${written?.rows ?? 0})`,
          );
      }
    }
    if (storage !== undefined) await client.query('UPDATE artifacts SET storage = $1 WHERE location IS NOT NULL', [storage.kind]);
    if (manifest.artifacts.missing.length > 0)
      await client.query('DELETE FROM artifacts WHERE location = ANY ($1)', [manifest.artifacts.missing]);
  });
  await advanceSequences(client);
  const { rows } = await client.query<{ count: number }>(`SELECT count(*)::int AS count FROM runs WHERE status <> 'finished'`);
  return {
    header,
    rows: [...digests.values()].reduce((sum, table) => sum + table.rows, 0),
    tables: names.length,
    artifacts: copied,
    unfinishedRuns: rows[0]?.count ?? 0,
  };
}

/** Stores the bytes of an artifact, if they are what its row says. */
async function putBack(client: pg.ClientBase, entry: ArchiveEntry, storage: ArtifactStorage | undefined): Promise<void> {
  if (storage === undefined)
    throw new TimonelError(
      'artifact_storage_unavailable',
      'The backup has artifacts outside of the database, and no storage is configured here. Set TIMONEL_ARTIFACT_FOLDER or TIMONEL_ARTIFACT_S3_URL.',
    );
  const location = entry.name.slice('artifacts/'.length);
  const { rows } = await client.query<{ bytes: string; sha256: string }>(
    'SELECT bytes, sha256 FROM artifacts WHERE location = $1',
    [location],
  );
  const folder = await mkdtemp(join(tmpdir(), 'timonel-artifact-'));
  try {
    const path = join(folder, 'bytes');
    const hash = createHash('sha256');
    const hashing = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        hash.update(chunk);
        done(null, chunk);
      },
    });
    await pipeline(entry.content, hashing, createWriteStream(path, { mode: 0o600 }));
    const sha256 = hash.digest('hex');
    if (rows[0]?.sha256 !== sha256) throw new Error(`the artifact at ${location} is not what its row says`);
    await storage.store(location, { path, bytes: entry.bytes, sha256 });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A database with rows of a Timonel is nobody's target, whoever says so. */
async function requireEmpty(pool: Store['pool']): Promise<void> {
  const [there] = await pool.executeText<{ there: boolean }>(`SELECT to_regclass('public.runs') IS NOT NULL AS there`);
  if (there?.there !== true) return;
  const [row] = await pool.executeText<{ used: boolean }>(
    `SELECT EXISTS (SELECT FROM conversations) OR EXISTS (SELECT FROM users) OR EXISTS (SELECT FROM api_keys) OR EXISTS (SELECT FROM audit_log) AS used`,
  );
  if (row?.used === true)
    throw new TimonelError(
      'store_not_empty',
      'The store has data, and a restore would replace them. Name an empty one: another DATABASE_URL, or another TIMONEL_HOME.',
    );
}

async function textOf({ content }: ArchiveEntry): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of content as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

function invalid(message: string): TimonelError {
  return new TimonelError('backup_invalid', message);
}

function explained(error: unknown): TimonelError {
  if (error instanceof TimonelError) return error;
  return new TimonelError('backup_invalid', `The backup was not restored: ${messageOf(error)}. The store is as it was.`, {
    cause: error,
  });
}
