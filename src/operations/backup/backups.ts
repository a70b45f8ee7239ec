/** Backups of one Timonel: taken by hand or by schedule, verified, and thinned out. */
import { readFile } from 'node:fs/promises';
import { openStorages } from '../../artifacts/open.ts';
import type { Settings } from '../../config.ts';
import { type BackupTaken, channels } from '../../diagnostics.ts';
import { messageOf, TimonelError } from '../../errors.ts';
import type { MigratingAgent } from '../../store/agent-migrations/files.ts';
import type { Store } from '../../store/open.ts';
import type { BackupToRead } from './archive.ts';
import type { BackupFile, BackupTarget, PlacedBackup, RestoredBackup } from './contract.ts';
import { createBackup } from './create.ts';
import { backupName } from './names.ts';
import { pruneBackups } from './retention.ts';
import { openBackupTarget } from './target.ts';
import { verifyBackup } from './verify.ts';

/** How often a bucket is asked for the age of its newest verified backup. */
const askedEveryMs = 300_000;

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
  bytes: number;
  rows: number;
  takenAt: Date;
}

export class Backups {
  readonly #dependencies: BackupsDependencies;
  readonly #began: Date;
  #underWay: Promise<TakenBackup> | undefined;
  #target: Promise<BackupTarget> | undefined;
  #newest: { takenAt: Date | undefined; readAt: number } | undefined;

  constructor(dependencies: BackupsDependencies) {
    this.#dependencies = dependencies;
    this.#began = dependencies.now();
  }

  /** The folder, or the bucket. */
  target(): Promise<BackupTarget> {
    this.#target ??= openBackupTarget(this.#dependencies.settings.backups, this.#dependencies.now);
    return this.#target;
  }

  /**
   * Takes a backup. Single flight: a second call while one is under way gets the same one.
   * @throws TimonelError `store_unavailable`, `config_invalid`, `disk_full`, `backup_target_unavailable`
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
      const name = backupName(at, recipient !== undefined);
      const { all: storages } = await openStorages(settings, store.pool.embedded);
      try {
        const target = await this.target();
        const source = { store, storages, version, now: () => at };
        const { bytes, rows, takenAt } = await target
          .write(name)
          .then((sink) => createBackup(source, sink, recipient))
          .catch((error: unknown) => {
            throw explained(error, target.description);
          });
        taken = { name, bytes, rows, takenAt };
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
   * Restores a backup into a store of its own, compares, and marks it as verified.
   * @throws TimonelError `not_found`, `backup_invalid`, `backup_target_unavailable`
   */
  async verify(name: string): Promise<RestoredBackup> {
    const { settings, agents, now } = this.#dependencies;
    const file = await this.#find(name);
    let outcome: BackupTaken['outcome'] = 'refused';
    const started = performance.now();
    try {
      const restored = await verifyBackup(await this.#toRead(file), settings, agents);
      await (await this.target()).markVerified(file, now());
      this.#newest = undefined;
      outcome = 'verified';
      return restored;
    } finally {
      channels.backupTaken.publish({ outcome, bytes: 0, milliseconds: performance.now() - started } satisfies BackupTaken);
    }
  }

  /** A backup of the list, to be restored. @throws TimonelError `not_found`, `config_invalid`, `backup_target_unavailable` */
  async open(name: string): Promise<BackupToRead> {
    return this.#toRead(await this.#find(name));
  }

  async #toRead(file: PlacedBackup): Promise<BackupToRead> {
    const target = await this.target();
    const identity = await readIdentity(this.#dependencies.settings.backups.identityFile);
    return { path: `${target.description}/${file.name}`, open: () => target.read(file), identity };
  }

  async #find(name: string): Promise<PlacedBackup> {
    const target = await this.target();
    const file = (await target.list()).find((each) => each.name === name);
    if (file !== undefined) return file;
    throw new TimonelError(
      'not_found',
      `There is no backup "${name}" in ${target.description}. \`timonel backup list\` shows them.`,
    );
  }

  /** What the schedule does: takes a backup, verifies it where that is possible here, and deletes verified ones beyond those to keep. */
  async run(): Promise<void> {
    const { recipient, identityFile } = this.#dependencies.settings.backups;
    const { name } = await this.create();
    if (recipient !== undefined && identityFile === undefined) return;
    await this.verify(name);
    await this.prune();
  }

  /** Deletes verified backups that are not to be kept. @returns their names */
  async prune(): Promise<string[]> {
    return pruneBackups(await this.target(), this.#dependencies.settings.backups.keep);
  }

  /**
   * Seconds since the newest verified backup; since the process began where there is none; `undefined` where none is expected. A bucket is asked
   * once in five minutes; while it does not answer, what it said last grows older.
   */
  async verifiedAge(): Promise<number | undefined> {
    const { settings, now } = this.#dependencies;
    if (!settings.backups.expected) return undefined;
    const at = now().getTime();
    if (settings.backups.s3 === undefined || this.#newest === undefined || at - this.#newest.readAt >= askedEveryMs) {
      const takenAt = await this.list().then(
        (all) => all.find(({ verifiedAt }) => verifiedAt !== undefined)?.takenAt,
        () => this.#newest?.takenAt,
      );
      this.#newest = { takenAt, readAt: at };
    }
    return (at - (this.#newest.takenAt ?? this.#began).getTime()) / 1_000;
  }

  get underWay(): boolean {
    return this.#underWay !== undefined;
  }

  async list(): Promise<BackupFile[]> {
    return (await (await this.target()).list()).map(({ revision: _, ...file }) => file);
  }

  async close(): Promise<void> {
    if (this.#target !== undefined) await (await this.#target).close();
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
