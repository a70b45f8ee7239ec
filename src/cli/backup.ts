import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Command } from 'commander';
import { readSettings, type Settings } from '../config.ts';
import { TimonelError } from '../errors.ts';
import type { BackupToRead } from '../operations/backup/archive.ts';
import type { Backups, TakenBackup } from '../operations/backup/backups.ts';
import type { RestoredBackup } from '../operations/backup/contract.ts';
import { version } from '../package-file.ts';
import { readAgentMigrations } from '../store/agent-migrations/files.ts';
import { ApiClient } from './api-client.ts';
import { printTable } from './database-command.ts';
import { loadProject } from './project-file.ts';
import { UsageError } from './usage-error.ts';

const json = ['--json', 'print JSON'] as const;

interface Options {
  json?: boolean;
  identity?: string;
}

/** A row of `GET /api/v1/backups`, as far as it is needed here. */
interface Listed {
  underWay: boolean;
  backups: { name: string; bytes: number; takenAt: string }[];
}

export function backupCommand(): Command {
  const command = new Command('backup')
    .description('Take a backup of everything: all workspaces, agents, artifacts and the queue, in one file')
    .option(...json)
    .action(async (options: Options) => {
      const taken = await take(readSettings());
      if (options.json === true) console.log(JSON.stringify(taken));
      else console.log(`${taken.name}: ${sizeOf(taken.bytes)}. Prove that it can be restored: timonel backup verify`);
    });
  command
    .command('list')
    .description('The backups of the folder or bucket, and which of them were verified')
    .option(...json)
    .action(async (options: Options) => {
      const backups = await withFolder(async (each) => each.list());
      if (options.json === true) console.log(JSON.stringify(backups));
      else if (backups.length === 0) console.log('There is none. Take one: timonel backup');
      else
        printTable(
          backups.map(({ name, bytes, verifiedAt }) => ({
            name,
            size: sizeOf(bytes),
            verified: verifiedAt?.toISOString() ?? 'no: timonel backup verify',
          })),
        );
    });
  command
    .command('verify')
    .description(
      'Restore a backup into a store that is thrown away afterwards, and compare every row; the newest where none is named',
    )
    .argument('[name]', 'a name of `timonel backup list`')
    .option('-i, --identity <file>', 'file with the age identity, where the backup is encrypted')
    .option(...json)
    .action(async (name: string | undefined, options: Options) => {
      const restored = await withFolder(async (backups) => {
        const chosen = name ?? (await backups.list())[0]?.name;
        if (chosen === undefined) throw new UsageError('There is no backup to verify. Take one: timonel backup');
        return { name: chosen, ...summaryOf(await backups.verify(chosen)) };
      }, options.identity);
      if (options.json === true) console.log(JSON.stringify(restored));
      else
        console.log(
          `${restored.name} is good: ${restored.rows} rows of ${restored.tables} tables and ${restored.artifacts} artifacts came back as they were.`,
        );
    });
  command
    .command('prune')
    .description('Delete verified backups beyond those that TIMONEL_BACKUP_KEEP keeps; those that were never verified stay')
    .option(...json)
    .action(async (options: Options) => {
      const gone = await withFolder((backups) => backups.prune());
      if (options.json === true) console.log(JSON.stringify({ deleted: gone }));
      else console.log(gone.length === 0 ? 'Nothing to delete.' : `Deleted: ${gone.join(', ')}.`);
    });
  return command;
}

export function restoreCommand(): Command {
  return new Command('restore')
    .description('Restore a backup into an empty store: a new TIMONEL_HOME, or the empty database of DATABASE_URL')
    .argument('<file>', 'the backup: a file, or a name of `timonel backup list`')
    .option('-i, --identity <file>', 'file with the age identity, where the backup is encrypted')
    .option(...json)
    .action(async (file: string, options: Options) => {
      const settings = readSettings();
      const { agents } = await loadProject(settings);
      const migrations = readAgentMigrations(agents);
      const [{ openStore }, { openStorages }, { readHeader, restoreBackup, schemaOf }] = await Promise.all([
        import('../store/open.ts'),
        import('../artifacts/open.ts'),
        import('../operations/backup/restore.ts'),
      ]);
      const backups = await backupsAt(settings, options.identity);
      const backup = await backupOf(file, backups, options.identity ?? settings.backups.identityFile);
      const { newest } = schemaOf(await readHeader(backup), migrations);
      const store = await openStore(settings, { agents, migrate: false, template: newest });
      const { all: storages } = await openStorages(settings, store.pool.embedded);
      try {
        const restored = await restoreBackup(backup, { store, storage: storages[0], agents: migrations });
        const { takenAt } = restored.header;
        const summary = { store: store.description, takenAt, ...summaryOf(restored) };
        if (options.json === true) return console.log(JSON.stringify(summary));
        console.log(
          [
            `Restored into ${store.description}, as of ${takenAt}: ${summary.rows} rows of ${summary.tables} tables, ${summary.artifacts} artifacts.`,
            `${summary.unfinishedRuns} runs were under way and go on with the next start: timonel up`,
          ].join('\n'),
        );
      } finally {
        for (const storage of storages) await storage.close();
        await store.close();
        await backups.close();
      }
    });
}

/** A file of this machine, else one of the folder or bucket of backups. */
async function backupOf(file: string, backups: Backups, identityFile: string | undefined): Promise<BackupToRead> {
  const { readIdentity } = await import('../operations/backup/backups.ts');
  const { readBackupName } = await import('../operations/backup/names.ts');
  const path = resolve(file);
  if (existsSync(path) || readBackupName(file) === undefined) return { path, identity: await readIdentity(identityFile) };
  return backups.open(file);
}

/** Of the process that has the embedded store open where there is one, else here. */
async function take(settings: Settings): Promise<Pick<TakenBackup, 'name' | 'bytes'>> {
  try {
    return await withBackups(settings, (backups) => backups.create());
  } catch (error) {
    if (!(error instanceof TimonelError) || error.code !== 'directory_locked') throw error;
  }
  const client = ApiClient.here();
  const before = (await client.get<Listed>('/api/v1/backups')).backups[0]?.name;
  await client.post('/api/v1/backups', {});
  for (;;) {
    const { underWay, backups } = await client.get<Listed>('/api/v1/backups');
    const [newest] = backups;
    if (!underWay && newest !== undefined && newest.name !== before) return newest;
    if (!underWay) throw new TimonelError('internal', 'The backup was not taken. The log of the running Timonel says why.');
    await sleep(500);
  }
}

async function withBackups<T>(settings: Settings, work: (backups: Backups) => Promise<T>): Promise<T> {
  const { agents } = await loadProject(settings);
  const [{ openStore }, { Backups }] = await Promise.all([import('../store/open.ts'), import('../operations/backup/backups.ts')]);
  const store = await openStore(settings, { migrate: false });
  const backups = new Backups({ store, settings, agents, version, now: () => new Date() });
  try {
    return await work(backups);
  } finally {
    await store.close();
    await backups.close();
  }
}

/** For what needs the folder or bucket alone: the store may be open elsewhere, or gone. */
async function withFolder<T>(work: (backups: Backups) => Promise<T>, identity?: string): Promise<T> {
  const backups = await backupsAt(readSettings(), identity);
  try {
    return await work(backups);
  } finally {
    await backups.close();
  }
}

async function backupsAt(settings: Settings, identity: string | undefined): Promise<Backups> {
  const { agents } = await loadProject(settings);
  const backups = { ...settings.backups, ...(identity === undefined ? {} : { identityFile: identity }) };
  const { Backups } = await import('../operations/backup/backups.ts');
  return new Backups({ settings: { ...settings, backups }, agents, version, now: () => new Date() });
}

function summaryOf({ rows, tables, artifacts, unfinishedRuns }: RestoredBackup): Omit<RestoredBackup, 'header'> {
  return { rows, tables, artifacts, unfinishedRuns };
}

export function sizeOf(bytes: number): string {
  return bytes < 1_048_576 ? `${Math.ceil(bytes / 1024)} KiB` : `${(bytes / 1_048_576).toFixed(1)} MiB`;
}
