/** Proves a backup by restoring it into a store that is thrown away afterwards: a checksum of a file says nothing about its rows. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DiskStorage } from '../../artifacts/storage/disk.ts';
import type { Settings } from '../../config.ts';
import type { MigratingAgent } from '../../store/agent-migrations/files.ts';
import { readAgentMigrations } from '../../store/agent-migrations/files.ts';
import { openStore } from '../../store/open.ts';
import { makeTemporaryHome } from '../../store/temporary-home.ts';
import type { BackupToRead } from './archive.ts';
import type { RestoredBackup } from './contract.ts';
import { readHeader, restoreBackup, schemaOf } from './restore.ts';

/**
 * Restores a backup into an embedded store of its own in a temporary folder, and compares every table with what was saved. The store that is
 * in use is not touched. Needs as much space as the data have.
 * @throws TimonelError `backup_invalid`, `disk_full`
 */
export async function verifyBackup(
  backup: BackupToRead,
  settings: Pick<Settings, 'database'>,
  agents: readonly MigratingAgent[],
): Promise<RestoredBackup> {
  const folder = makeTemporaryHome('backup-verification');
  try {
    const migrations = readAgentMigrations(agents);
    const { newest } = schemaOf(await readHeader(backup), migrations);
    const store = await openStore(
      { home: folder, database: { ...settings.database, url: undefined } },
      { agents, migrate: false, template: newest },
    );
    try {
      return await restoreBackup(backup, {
        store,
        storage: new DiskStorage(join(folder, 'artifacts')),
        agents: migrations,
      });
    } finally {
      await store.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
