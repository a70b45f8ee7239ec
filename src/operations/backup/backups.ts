/** Backups of one Timonel: taken by hand or by schedule, verified, and thinned out. */
import { readFile } from 'node:fs/promises';
import { openStorages } from '../../artifacts/open.ts';
import type { Settings } from '../../config.ts';
import { type BackupTaken, channels } from '../../diagnostics.ts';
import { messageOf, TimonelError } from '../../errors.ts';
import type { MigratingAgent } from '../../store/agent-migrations/files.ts';
import type { Store } from '../../store/open.ts';
import { isEncrypted } from './archive.ts';
import type { BackupFile, RestoredBackup } from './contract.ts';
import { createBackup } from './create.ts';
import { BackupFolder } from './folder.ts';
import { verifyBackup } from './verify.ts';

export interface BackupsDependencies {
  /** Absent where backups are looked at only. */
  store?: Pick<Store, 'kind' | 'pool'>;
  settings: Pick<Settings, 'home' | 'database' | 'artifacts' | 'backups'>;
  agents: readonly MigratingAgent[];
  version: string;
  now(): Date;
}

/** A backup that was taken. */
export interface TakenBackup {
  name: string;
  path: string;
  bytes: number;
  rows: number;
  takenAt: Date;
}

export class Backups {
  readonly folder: BackupFolder;
  readonly #dependencies: BackupsDependencies;
  readonly #began: Date;
  #underWay: Promise<TakenBackup> | undefined;

  constructor(dependencies: BackupsDependencies) {
    this.#dependencies = dependencies;
    this.#began = dependencies.now();
    this.folder = new BackupFolder(dependencies.settings.backups.folder);
  }

  /**
   * Takes a backup. Single flight: a second call while one is under way gets the same one.
   * @throws TimonelError `store_unavailable`, `config_invalid`, `disk_full`
   */
  create(): Promise<TakenBackup> {
    this.#underWay ??= this.#create().finally(() => {
      this.#underWay = undefined;
    });
    return this.#underWay;
  }

  async #create(): Promise<TakenBackup> {
    const { store, settings, version, now } = this.#dependencies;
    if (store === undefined) throw new TypeError('A backup is taken of a store.');
    const { recipient } = settings.backups;
    const started = performance.now();
    let taken: TakenBackup | undefined;
    try {
      const at = now();
      const path = this.folder.pathFor(at, recipient !== undefined);
      const { all: storages } = await openStorages(settings, store.pool.embedded);
      try {
        const source = { store, storages, version, now: () => at };
        const written = await createBackup(source, path, recipient).catch((error: unknown) => {
          throw explained(error, this.folder.path);
        });
        taken = { ...written, path, name: path.slice(this.folder.path.length + 1) };
      } finally {
        for (const storage of storages) await storage.close();
      }
      return taken;
    } finally {
      channels.backupTaken.publish({
        outcome: taken === undefined ? 'failed' : 'taken',
        bytes: taken?.bytes ?? 0,
        milliseconds: performance.now() - started,
      } satisfies BackupTaken);
    }
  }

  /**
   * Restores a backup of the folder into a store of its own, compares, and marks it as verified.
   * @throws TimonelError `not_found`, `backup_invalid`
   */
  async verify(name: string): Promise<RestoredBackup> {
    const { settings, agents, now } = this.#dependencies;
    const path = await this.folder.pathOf(name);
    let outcome: BackupTaken['outcome'] = 'refused';
    const started = performance.now();
    try {
      const restored = await verifyBackup({ path, identity: await readIdentity(settings.backups.identityFile) }, settings, agents);
      await this.folder.markVerified(path, now());
      outcome = 'verified';
      return restored;
    } finally {
      channels.backupTaken.publish({ outcome, bytes: 0, milliseconds: performance.now() - started } satisfies BackupTaken);
    }
  }

  /** What the schedule does: takes a backup, verifies it where that is possible here, and deletes verified ones beyond those to keep. */
  async run(): Promise<void> {
    const { settings } = this.#dependencies;
    const { name, path } = await this.create();
    const readable = settings.backups.identityFile !== undefined || !(await isEncrypted(path));
    if (!readable) return;
    await this.verify(name);
    await this.folder.prune(settings.backups.keep);
  }

  /** Seconds since the newest verified backup; since the process began where there is none; `undefined` where none is expected. */
  async verifiedAge(): Promise<number | undefined> {
    const { settings, now } = this.#dependencies;
    if (!settings.backups.expected) return undefined;
    const newest = (await this.list()).find(({ verifiedAt }) => verifiedAt !== undefined);
    return (now().getTime() - (newest?.takenAt ?? this.#began).getTime()) / 1_000;
  }

  get underWay(): boolean {
    return this.#underWay !== undefined;
  }

  list(): Promise<BackupFile[]> {
    return this.folder.list();
  }
}

/** All identities of a file, one a line: while they are rotated there are two. @throws TimonelError `config_invalid` */
export async function readIdentity(file: string | undefined): Promise<string | undefined> {
  if (file === undefined) return undefined;
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new TimonelError('config_invalid', `The file with the identity cannot be read: ${messageOf(error)}.`, { cause: error });
  });
  const lines = text.split('\n').filter((each) => each.startsWith('AGE-SECRET-KEY-'));
  if (lines.length === 0)
    throw new TimonelError(
      'config_invalid',
      `${file} has no line that begins with AGE-SECRET-KEY-. \`age-keygen\` writes such a file.`,
    );
  return lines.map((line) => line.trim()).join('\n');
}

function explained(error: unknown, folder: string): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return new TimonelError('disk_full', `The disk of ${folder} is full (${code}). No backup was left behind.`, { cause: error });
  if (code === 'EACCES' || code === 'EROFS' || code === 'ENOTDIR')
    return new TimonelError('config_invalid', `Backups cannot be written to ${folder} (${code}). Set TIMONEL_BACKUP_FOLDER.`, {
      cause: error,
    });
  return error;
}
