/** Backups in a folder: a file each, and beside it what says that it was verified. */
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import type { BackupFile, BackupSink, BackupTarget, PlacedBackup } from './contract.ts';
import { markName, newestFirst, readBackupName } from './names.ts';

/** Written beside a file when it was restored and compared; it stands for the file as it was then. */
interface VerifiedMark {
  verifiedAt: string;
  bytes: number;
  modified: number;
}

export class BackupFolder implements BackupTarget {
  readonly description: string;

  constructor(path: string) {
    this.description = path;
  }

  async list(): Promise<PlacedBackup[]> {
    const names = await readdir(this.description).catch(() => []);
    const named = names.flatMap((name) => readBackupName(name) ?? []);
    return newestFirst((await Promise.all(named.map((each) => this.#describe(each)))).flatMap((each) => each ?? []));
  }

  /** `undefined` of a file that has gone meanwhile. */
  async #describe(named: Pick<BackupFile, 'name' | 'takenAt' | 'encrypted'>): Promise<PlacedBackup | undefined> {
    const found = await stat(this.pathOf(named.name)).catch(() => undefined);
    if (found === undefined) return undefined;
    const { size, mtimeMs } = found;
    const mark = await readFile(this.pathOf(markName(named.name)), 'utf8').then(
      (text) => JSON.parse(text) as VerifiedMark,
      () => undefined,
    );
    const same = mark !== undefined && mark.bytes === size && mark.modified === mtimeMs;
    return {
      ...named,
      bytes: size,
      revision: String(mtimeMs),
      ...(same ? { verifiedAt: new Date(mark.verifiedAt) } : {}),
    };
  }

  async write(name: string): Promise<BackupSink> {
    const path = this.pathOf(name);
    const partial = `${path}.partial`;
    await mkdir(this.description, { recursive: true, mode: 0o700 });
    const file = await open(partial, 'wx', 0o600);
    return {
      content: file.createWriteStream({ flush: true }),
      commit: () => rename(partial, path),
      discard: async () => {
        await file.close().catch(() => {});
        await rm(partial, { force: true });
      },
    };
  }

  async read({ name }: PlacedBackup): Promise<Readable> {
    return createReadStream(this.pathOf(name));
  }

  async markVerified({ name, bytes, revision }: PlacedBackup, verifiedAt: Date): Promise<void> {
    const path = this.pathOf(markName(name));
    const mark: VerifiedMark = { verifiedAt: verifiedAt.toISOString(), bytes, modified: Number(revision) };
    await writeFile(`${path}.partial`, JSON.stringify(mark), { mode: 0o600 });
    await rename(`${path}.partial`, path);
  }

  async remove(name: string): Promise<void> {
    await rm(this.pathOf(name), { force: true });
    await rm(this.pathOf(markName(name)), { force: true });
  }

  async close(): Promise<void> {}

  pathOf(name: string): string {
    return join(this.description, name);
  }
}
