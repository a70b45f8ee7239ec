import { constants, copyFile, link, lstat, mkdir, open, readFile, rename, rm, stat, unlink } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { OpenGit } from '../../../src/shell.ts';

/** What a merge is about to do; kept beside the index while it holds the index's lock, so that a crash can be told and mended. */
export interface MergeMark {
  /** Branch that is checked out, and the commit that it is moved to; undefined where only files are written. */
  move: { branch: string; target: string } | undefined;
  /** Lines for `git update-index --index-info` that make the index what the target has at the merge's own paths. */
  entries: string;
  owner: ProcessMark;
}

interface ProcessMark {
  host: string;
  pid: number;
  /** When it began, as Linux counts; a process id is used again. */
  began: string | undefined;
}

/**
 * The lock of a repository's index, by git's own protocol: `index.lock` is there for as long as nobody else may write the index, check out or commit. It is a
 * hard link to a file of ours, which tells whose lock it is.
 */
export class IndexLock {
  readonly folder: string;
  readonly #index: string;
  readonly #lock: string;
  readonly #mark: string;

  /** @param directory `.git` of the working tree */
  constructor(directory: string, run: string) {
    this.folder = join(directory, `timonel-${run}`);
    this.#index = join(directory, 'index');
    this.#lock = join(directory, 'index.lock');
    this.#mark = join(this.folder, 'mark.json');
  }

  /** Takes the lock. @returns false where another process has it */
  async take(mark: Omit<MergeMark, 'owner'>): Promise<boolean> {
    await this.note(mark);
    try {
      await link(this.#mark, this.#lock);
      return true;
    } catch (error) {
      await rm(this.folder, { recursive: true, force: true });
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
      throw error;
    }
  }

  /** Notes what is begun without taking the lock: for files alone. */
  async note(mark: Omit<MergeMark, 'owner'>): Promise<void> {
    await mkdir(this.folder, { recursive: true });
    const whole: MergeMark = { ...mark, owner: await thisProcess() };
    const draft = join(this.folder, 'mark.new');
    const handle = await open(draft, 'w', 0o600);
    try {
      await handle.writeFile(JSON.stringify(whole));
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(draft, this.#mark);
  }

  /** What was begun and not ended; `held`: the lock is there, and ours. */
  async begun(): Promise<{ mark: MergeMark; held: boolean } | undefined> {
    const text = await readFile(this.#mark, 'utf8').catch(() => undefined);
    if (text === undefined) return undefined;
    const [own, lock] = await Promise.all([lstat(this.#mark), lstat(this.#lock).catch(() => undefined)]);
    return { mark: JSON.parse(text) as MergeMark, held: lock !== undefined && lock.ino === own.ino && lock.dev === own.dev };
  }

  /** Puts entries into the index, which is replaced at once. Only while the lock is held. */
  async write(opened: OpenGit, entries: string, refreshed: readonly string[]): Promise<void> {
    const index = join(this.folder, 'index');
    await copyFile(this.#index, index, constants.COPYFILE_FICLONE).catch((error: NodeJS.ErrnoException) => {
      // A repository without commits may have no index.
      if (error.code !== 'ENOENT') throw error;
    });
    await opened.text(['update-index', '-z', '--index-info'], { index, input: entries });
    // Without the times of the files, every look at the working tree would read them again. It is no fault where a conversion stands in the way.
    if (refreshed.length > 0) await opened.run(['add', '--refresh', '--', ...refreshed], { index });
    await rename(index, this.#index);
  }

  async release(): Promise<void> {
    const begun = await this.begun();
    if (begun?.held === true) await unlink(this.#lock);
    await rm(this.folder, { recursive: true, force: true });
  }

  /** Changes with every writing of the index. */
  async fingerprint(): Promise<string> {
    const found = await stat(this.#index, { bigint: true }).catch(() => undefined);
    return found === undefined ? 'none' : `${found.ino} ${found.size} ${found.mtimeNs} ${found.ctimeNs}`;
  }
}

async function thisProcess(): Promise<ProcessMark> {
  return { host: hostname(), pid: process.pid, began: await beganAt(process.pid) };
}

async function beganAt(pid: number): Promise<string | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  // The name of the program, in brackets, may have blanks.
  return text?.slice(text.lastIndexOf(')') + 2).split(' ')[19];
}

/** Whether the process that took a lock is another one that still runs. */
export async function runsElsewhere({ host, pid, began }: ProcessMark): Promise<boolean> {
  if (host !== hostname() || pid === process.pid) return false;
  if (began !== undefined) return (await beganAt(pid)) === began;
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
