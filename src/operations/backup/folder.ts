/** The folder that backups are in: their names, which of them were verified, and which are kept. */
import { mkdirSync } from 'node:fs';
import { readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TimonelError } from '../../errors.ts';
import type { Keep } from '../../setting-values.ts';
import type { BackupFile } from './contract.ts';

const fileName = /^timonel-(\d{4}-\d{2}-\d{2})T(\d{2})-(\d{2})-(\d{2})Z\.backup(\.age)?$/;

/** Written beside a file when it was restored and compared; it stands for the file as it was then. */
interface VerifiedMark {
  verifiedAt: string;
  bytes: number;
  modified: number;
}

export class BackupFolder {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  /** Path of a new file, by the instant of its snapshot (UTC). */
  pathFor(takenAt: Date, encrypted: boolean): string {
    mkdirSync(this.path, { recursive: true, mode: 0o700 });
    const stamp = takenAt.toISOString().slice(0, 19).replaceAll(':', '-');
    return join(this.path, `timonel-${stamp}Z.backup${encrypted ? '.age' : ''}`);
  }

  /** Path of a file that is there. @throws TimonelError `not_found` */
  async pathOf(name: string): Promise<string> {
    const path = join(this.path, name);
    if (fileName.test(name) && (await stat(path).catch(() => undefined)) !== undefined) return path;
    throw new TimonelError('not_found', `There is no backup "${name}" in ${this.path}. \`timonel backup list\` shows them.`);
  }

  /** All whole files, the newest first. */
  async list(): Promise<BackupFile[]> {
    const names = await readdir(this.path).catch(() => []);
    const files = await Promise.all(
      names.flatMap((name) => {
        const match = fileName.exec(name);
        return match === null ? [] : [this.#describe(name, match)];
      }),
    );
    return files.sort((one, other) => other.takenAt.getTime() - one.takenAt.getTime());
  }

  async #describe(name: string, [, date, hours, minutes, seconds, sealed]: RegExpExecArray): Promise<BackupFile> {
    const { size, mtimeMs } = await stat(join(this.path, name));
    const mark = await readFile(markOf(join(this.path, name)), 'utf8').then(
      (text) => JSON.parse(text) as VerifiedMark,
      () => undefined,
    );
    const same = mark !== undefined && mark.bytes === size && mark.modified === mtimeMs;
    return {
      name,
      bytes: size,
      takenAt: new Date(`${date}T${hours}:${minutes}:${seconds}Z`),
      encrypted: sealed !== undefined,
      ...(same ? { verifiedAt: new Date(mark.verifiedAt) } : {}),
    };
  }

  /** Says of a file that it was restored and compared. */
  async markVerified(path: string, verifiedAt: Date): Promise<void> {
    const { size, mtimeMs } = await stat(path);
    const mark: VerifiedMark = { verifiedAt: verifiedAt.toISOString(), bytes: size, modified: mtimeMs };
    await writeFile(`${markOf(path)}.partial`, JSON.stringify(mark), { mode: 0o600 });
    await rename(`${markOf(path)}.partial`, markOf(path));
  }

  /**
   * Deletes verified files that are not to be kept. Files that were never verified count for nothing and stay: a person has to look at them.
   * The newest verified file always stays.
   * @returns names of what was deleted.
   */
  async prune(keep: Keep): Promise<string[]> {
    const verified = (await this.list()).filter(({ verifiedAt }) => verifiedAt !== undefined);
    const kept = keptOf(verified, keep);
    const gone = verified.filter((file) => !kept.has(file));
    for (const { name } of gone) {
      await rm(join(this.path, name), { force: true });
      await rm(markOf(join(this.path, name)), { force: true });
    }
    return gone.map(({ name }) => name);
  }
}

function markOf(path: string): string {
  return `${path}.verified`;
}

/** @param files the newest first. */
export function keptOf(files: readonly BackupFile[], { days, weeks, months }: Keep): Set<BackupFile> {
  const kept = new Set(files.slice(0, 1));
  const periods: [number, (at: Date) => string][] = [
    [days, (at) => at.toISOString().slice(0, 10)],
    [weeks, (at) => String(Math.floor((at.getTime() / 86_400_000 + 3) / 7))],
    [months, (at) => at.toISOString().slice(0, 7)],
  ];
  for (const [count, periodOf] of periods) {
    const seen = new Set<string>();
    for (const file of files) {
      const period = periodOf(file.takenAt);
      if (seen.has(period) || seen.size >= count) continue;
      seen.add(period);
      kept.add(file);
    }
  }
  return kept;
}
