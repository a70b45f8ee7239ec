import type { FileChange } from './contract.ts';
import { MalformedChanges } from './malformed-changes.ts';
import { parseApplyPatch } from './parse-apply-patch.ts';
import { parseUnifiedDiff } from './parse-unified-diff.ts';

/** What a text of changes says; or what in it cannot be understood, with the line where it stands and what would work. */
export type ParsedChanges = { kind: 'parsed'; changes: readonly FileChange[] } | { kind: 'malformed'; message: string };

/**
 * Reads changes that are written as a unified diff (also git's, with renames, modes, new and deleted files) or as `apply_patch`
 * (`*** Begin Patch`). A fence of Markdown around it is taken off.
 */
export function parseChanges(text: string): ParsedChanges {
  try {
    const plain = withoutFence(text);
    if (/^\*\*\* Begin Patch\s*$/m.test(plain)) return { kind: 'parsed', changes: parseApplyPatch(plain) };
    if (/^(?:diff --git |--- |@@ )/m.test(plain)) return { kind: 'parsed', changes: parseUnifiedDiff(plain) };
    throw new MalformedChanges(
      'No changes were found. Send a unified diff ("--- a/file", "+++ b/file", "@@ … @@") or a text that begins with "*** Begin Patch".',
    );
  } catch (error) {
    if (error instanceof MalformedChanges) return { kind: 'malformed', message: error.message };
    throw error;
  }
}

function withoutFence(text: string): string {
  const fenced = /^\s*(`{3,}|~{3,})[^\n]*\n([\s\S]*?\n)\1[ \t]*\s*$/.exec(text);
  return fenced?.[2] ?? text;
}
