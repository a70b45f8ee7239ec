/** Data directories that are thrown away after use, and what tells them from any other. */
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';

const marked = z.object({
  madeBy: z.literal('timonel'),
  kind: z.enum(['evaluation', 'test', 'backup-verification']),
  /** Process that made it, and is to remove it. */
  pid: z.int().positive(),
  madeAt: z.iso.datetime(),
});

export type TemporaryMark = z.infer<typeof marked>;

/** Beginning of the names of temporary directories. */
export const temporaryPrefix = 'timonel-';
const markFile = '.timonel-temporary.json';

/**
 * Makes a data directory in the system's temporary folder that its process removes when it is done. Its mark lets `timonel clean --homes` remove
 * it where that process was killed.
 * @returns the path
 */
export function makeTemporaryHome(kind: TemporaryMark['kind']): string {
  const directory = mkdtempSync(join(tmpdir(), `${temporaryPrefix}${kind}-`));
  const mark: TemporaryMark = { madeBy: 'timonel', kind, pid: process.pid, madeAt: new Date().toISOString() };
  writeFileSync(join(directory, markFile), `${JSON.stringify(mark)}\n`, { mode: 0o600 });
  return directory;
}

/** The mark of a directory; `undefined` where it has none. */
export function temporaryMarkOf(directory: string): TemporaryMark | undefined {
  try {
    return marked.parse(JSON.parse(readFileSync(join(directory, markFile), 'utf8')));
  } catch {
    return undefined;
  }
}
