import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf, TimonelError } from '../errors.ts';

/**
 * Makes a directory of this process, readable for its user alone, and makes sure that files can be written there.
 * @throws TimonelError `config_invalid`, with what to change
 */
export function prepareDirectory(directory: string): void {
  const trial = join(directory, `.trial-${process.pid}`);
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    // A full disk still makes empty files.
    writeFileSync(trial, 'x', { mode: 0o600 });
  } catch (error) {
    throw explainDirectory(error, directory);
  }
  rmSync(trial, { force: true });
}

function explainDirectory(error: unknown, directory: string): TimonelError {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const sentence = (() => {
    switch (code) {
      case 'EACCES':
      case 'EPERM':
      case 'EROFS':
        return `The directory ${directory} cannot be written by this user (${code}).`;
      case 'ENOTDIR':
      case 'EEXIST':
        return `${directory} cannot be a directory: it, or a part of its path, is a file.`;
      case 'ENOSPC':
      case 'EDQUOT':
        return `The disk of ${directory} is full (${code}). Make room on it.`;
      default:
        return `The directory ${directory} cannot be used (${messageOf(error)}).`;
    }
  })();
  return new TimonelError('config_invalid', `${sentence} Set TIMONEL_HOME to a directory that this user may write.`, {
    cause: error,
    details: { directory },
  });
}
