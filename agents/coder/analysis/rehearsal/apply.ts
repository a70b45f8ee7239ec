/** What changes make of a folder: each old text has to be there once. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { FileChange } from '../../../../src/files.ts';

/** @returns the lines that are new, by path */
export function applied(root: string, changes: readonly FileChange[]): Record<string, string[]> {
  const lines: Record<string, string[]> = {};
  for (const change of changes) {
    if (change.kind === 'move') {
      mkdirSync(dirname(join(root, change.to)), { recursive: true });
      renameSync(join(root, change.path), join(root, change.to));
      lines[change.to] = [`moved from ${change.path}`];
      continue;
    }
    if (change.kind !== 'edit') throw new Error(`unexpected ${change.kind}`);
    const before = readFileSync(join(root, change.path), 'utf8');
    const taken = change.edits.map(({ old, new: inserted }) => {
      const at = before.indexOf(old);
      if (at === -1 || before.indexOf(old, at + 1) !== -1) throw new Error(`not once in ${change.path}: ${old}`);
      return { at, end: at + old.length, inserted };
    });
    let [after, from] = ['', 0];
    for (const { at, end, inserted } of taken.sort((a, b) => a.at - b.at)) {
      if (at < from) throw new Error(`edits overlap in ${change.path}`);
      after += before.slice(from, at) + inserted;
      from = end;
    }
    after += before.slice(from);
    writeFileSync(join(root, change.path), after);
    const old = before.split('\n');
    lines[change.path] = after
      .split('\n')
      .filter((line, at) => line !== old[at])
      .map((line) => line.trim());
  }
  return lines;
}
