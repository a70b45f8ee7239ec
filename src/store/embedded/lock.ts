import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { TimonelError } from '../../errors.ts';

/**
 * Takes the data directory for this process. PGlite itself has no lock, and two processes on one directory lose rows in silence.
 *
 * The lock is SQLite's: an exclusive transaction held open for as long as the process lives. The kernel drops it when the process dies,
 * however it dies, and it holds between containers that share a local volume, on Linux, macOS and Windows.
 *
 * @param directory is there and can be written.
 * @returns a function that gives the directory back.
 * @throws TimonelError `directory_locked`, naming the process that holds it.
 */
export function lockDirectory(directory: string): () => void {
  const owner = join(directory, 'owner.pid');
  const lock = new DatabaseSync(join(directory, 'lock.db'));
  try {
    lock.exec('PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE');
  } catch (error) {
    lock.close();
    const pid = readOwner(owner);
    throw new TimonelError(
      'directory_locked',
      `The data directory ${directory} is in use by process ${pid}. Stop that process, or set TIMONEL_HOME to another directory.`,
      { details: { pid, directory }, cause: error },
    );
  }
  writeFileSync(owner, `${process.pid}\n`, { mode: 0o600 });
  return () => lock.close();
}

/** Whether a process has the data directory, or that cannot be told. Changes no file of it. */
export function directoryInUse(directory: string): boolean {
  const path = join(directory, 'lock.db');
  if (!existsSync(path)) return false;
  let lock: DatabaseSync | undefined;
  try {
    lock = new DatabaseSync(path);
    lock.exec('PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE');
    return false;
  } catch {
    return true;
  } finally {
    lock?.close();
  }
}

function readOwner(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim() || 'unknown';
  } catch {
    return 'unknown';
  }
}
