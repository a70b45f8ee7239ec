/** Takes a backup of a store that goes on serving. */
import type { Readable } from 'node:stream';
import type pg from 'pg';
import type { ArtifactStorage } from '../../artifacts/contract.ts';
import { TimonelError } from '../../errors.ts';
import { readLedger } from '../../store/agent-migrations/apply.ts';
import { appliedMigrations } from '../../store/migrate.ts';
import type { Store } from '../../store/open.ts';
import { type ArchiveWriter, writeArchive } from './archive.ts';
import { type BackupHeader, type BackupManifest, type BackupSink, backupFormat, type TableDigest } from './contract.ts';
import { listTables, prepareTransaction, readTable } from './tables.ts';

export interface BackupSource {
  store: Pick<Store, 'kind' | 'pool'>;
  /** Where the bytes of artifacts are that are not in the database. */
  storages: readonly ArtifactStorage[];
  /** Version of Timonel. */
  version: string;
  now(): Date;
}

/**
 * Writes a backup to `sink`: the rows of one snapshot. PostgreSQL goes on serving meanwhile. The embedded store has one connection: turns wait
 * while its tables are read.
 * @throws TimonelError `store_unavailable`, `config_invalid`
 */
export async function createBackup(
  { store, storages, version, now }: BackupSource,
  sink: BackupSink,
  recipient: string | undefined,
): Promise<{ bytes: number; sha256: string; rows: number; takenAt: Date }> {
  const takenAt = now();
  let rows = 0;
  const written = await writeArchive(sink, recipient, async (archive) => {
    const digests: TableDigest[] = [];
    let bytesOf: ArtifactBytes[] = [];
    await store.pool.onOneConnection(async (client) => {
      await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
      try {
        await prepareTransaction(client);
        const header = await headerOf(client, { timonel: version, store: store.kind, takenAt: takenAt.toISOString() });
        await archive.add('header.json', JSON.stringify(header));
        for (const table of header.tables) {
          const parts = archive.parts(`tables/${table.name}`);
          digests.push(await readTable(client, table, (chunk) => parts.write(chunk)));
          await parts.end();
        }
        bytesOf = await outsideArtifacts(client);
      } finally {
        await client.query('ROLLBACK');
      }
    });
    rows = digests.reduce((sum, table) => sum + table.rows, 0);
    const manifest: BackupManifest = { tables: digests, artifacts: await copyArtifacts(archive, { store, storages }, bytesOf) };
    await archive.add('manifest.json', JSON.stringify(manifest));
  });
  return { ...written, rows, takenAt };
}

async function headerOf(client: pg.ClientBase, about: Pick<BackupHeader, 'timonel' | 'store' | 'takenAt'>): Promise<BackupHeader> {
  const agents = (await readLedger(client)).map(({ agent, name, hash }) => ({ agent, name, hash }));
  return {
    format: backupFormat,
    ...about,
    migrations: { core: await appliedMigrations(client), agents },
    tables: await listTables(client),
  };
}

interface ArtifactBytes {
  id: string;
  workspaceId: string;
  storage: string;
  location: string;
  bytes: number;
}

async function outsideArtifacts(client: pg.ClientBase): Promise<ArtifactBytes[]> {
  const { rows } = await client.query<Omit<ArtifactBytes, 'bytes'> & { bytes: string }>(
    `SELECT id, workspace_id AS "workspaceId", storage, location, bytes FROM artifacts WHERE location IS NOT NULL ORDER BY location`,
  );
  return rows.map((row) => ({ ...row, bytes: Number(row.bytes) }));
}

/** Copies the bytes that lie outside of the database. Those of artifacts that were deleted after the snapshot may be gone. */
async function copyArtifacts(
  archive: ArchiveWriter,
  { store, storages }: Pick<BackupSource, 'store' | 'storages'>,
  all: readonly ArtifactBytes[],
): Promise<BackupManifest['artifacts']> {
  const copied = { count: 0, bytes: 0, missing: [] as string[] };
  for (const { id, workspaceId, storage, location, bytes } of all) {
    const place = storages.find(({ kind }) => kind === storage);
    if (place === undefined)
      throw new TimonelError(
        'artifact_storage_unavailable',
        `Artifacts are in the storage "${storage}", which this process is not configured for. A backup without them would not be one: configure it.`,
      );
    let content: Readable;
    try {
      content = await place.read(location, undefined);
    } catch (error) {
      const [there] = await store.pool.executeText('SELECT FROM artifacts WHERE id = $1 AND workspace_id = $2', [id, workspaceId]);
      if (there !== undefined) throw error;
      copied.missing.push(location);
      continue;
    }
    await archive.stream(`artifacts/${location}`, bytes, content);
    copied.count += 1;
    copied.bytes += bytes;
  }
  return copied;
}
