/** Stands in until the parts are there. */
import type { FileChange, Merged } from '../../src/files.ts';

export function parsePatch(_text: string): FileChange[] {
  throw new Error('Patches are not read yet.');
}
export function mergeFiles(_base: Uint8Array, _ours: Uint8Array, _theirs: Uint8Array): Merged {
  return { kind: 'conflict', message: 'It changed since.' };
}
export function unifiedDiff(path: string, _before: string | undefined, _after: string | undefined): string {
  return path;
}
