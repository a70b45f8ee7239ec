import { parsePatch, type StructuredPatch, type StructuredPatchHunk } from 'diff';
import type { FileChange, TextEdit } from './contract.ts';
import { MalformedChanges } from './malformed-changes.ts';

/** Reads a unified diff, git's or another. @throws MalformedChanges */
export function parseUnifiedDiff(text: string): FileChange[] {
  const changes = parsed(text).flatMap(changesOf);
  if (changes.length === 0) throw new MalformedChanges('The diff changes no file. Give "--- a/file", "+++ b/file" and hunks.');
  return changes;
}

function parsed(text: string): StructuredPatch[] {
  try {
    return parsePatch(text);
  } catch {
    // The line numbers of a hunk are what writers get wrong most; its lines say how many they are.
    try {
      return parsePatch(recounted(text));
    } catch (error) {
      throw new MalformedChanges(
        `The diff cannot be read: ${error instanceof Error ? error.message : String(error)}. Each line of a hunk begins with " ", "-" or "+".`,
      );
    }
  }
}

/** The same diff with heads of hunks that count their lines. */
function recounted(text: string): string {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  const result: string[] = [];
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? '';
    const head = /^@@(?: -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)?)?.*$/.exec(line);
    if (head === null) {
      result.push(line);
      continue;
    }
    const body: string[] = [];
    while (at + 1 < lines.length && !beginsPart(lines, at + 1)) {
      at += 1;
      body.push(lines[at] === '' ? ' ' : (lines[at] ?? ''));
    }
    while (body.at(-1) === ' ' && beginsPart(lines, at + 1)) body.pop();
    const count = (marks: RegExp) => body.filter((each) => marks.test(each)).length;
    const [old, next] = [count(/^[ -]/), count(/^[ +]/)];
    result.push(`@@ -${head[1] ?? (old === 0 ? 0 : 1)},${old} +${head[2] ?? (next === 0 ? 0 : 1)},${next} @@`);
    for (const each of body) result.push(each);
  }
  return `${result.join('\n')}\n`;
}

function beginsPart(lines: readonly string[], at: number): boolean {
  const [line = '', next = ''] = [lines[at], lines[at + 1]];
  return /^(?:@@|diff --git |Index: )/.test(line) || (line.startsWith('--- ') && next.startsWith('+++ '));
}

function changesOf(patch: StructuredPatch): FileChange[] {
  const old = pathOf(patch.oldFileName, 'a/');
  const next = pathOf(patch.newFileName, 'b/');
  const path = next ?? old;
  if (path === undefined) {
    if (patch.hunks.length === 0) return [];
    throw new MalformedChanges('A hunk has no file. Put "--- a/file" and "+++ b/file" before it.');
  }
  if (patch.isBinary === true)
    throw new MalformedChanges(`${path} is changed as a binary file, which a diff of text cannot say. Leave it out.`);
  if (patch.isCopy === true) throw new MalformedChanges(`${path} is made as a copy. Write it as a new file.`);
  const mode = patch.newMode === undefined ? {} : { mode: Number.parseInt(patch.newMode, 8) & 0o777 };
  if (next === undefined || patch.isDelete === true) return [{ kind: 'delete', path: old ?? path }];
  if (old === undefined || patch.isCreate === true) {
    const executable = (mode.mode ?? 0) & 0o111 ? mode : {};
    return [{ kind: 'write', path, text: patch.hunks.map((hunk) => sideOf(hunk, '+')).join(''), hash: null, ...executable }];
  }
  const edits = patch.hunks.map((hunk) => editOf(hunk));
  const moved: FileChange[] = old === next ? [] : [{ kind: 'move', path: old, to: next }];
  const edited: FileChange[] =
    edits.length === 0 && mode.mode === undefined
      ? []
      : [{ kind: 'edit', path: next, edits, ...(patch.oldMode === undefined ? {} : mode) }];
  if (moved.length + edited.length === 0)
    throw new MalformedChanges(`${path} has no hunks. Give "@@ … @@" and the lines that change.`);
  return [...moved, ...edited];
}

function pathOf(name: string | undefined, prefix: string): string | undefined {
  if (name === undefined || name === '/dev/null') return undefined;
  return name.startsWith(prefix) ? name.slice(prefix.length) : name;
}

function editOf(hunk: StructuredPatchHunk): TextEdit {
  const old = sideOf(hunk, '-');
  return {
    old,
    new: sideOf(hunk, '+'),
    place: { line: hunk.oldStart, ...(old !== '' && !old.endsWith('\n') ? { atEnd: true } : {}) },
  };
}

/** The text of one side: lines that stay and its own, the last without its end where the diff says so. */
function sideOf({ lines }: StructuredPatchHunk, mark: '-' | '+'): string {
  let text = '';
  for (const [position, line] of lines.entries()) {
    if (!line.startsWith(' ') && !line.startsWith(mark)) continue;
    text += line.slice(1) + (lines[position + 1]?.startsWith('\\') === true ? '' : '\n');
  }
  return text;
}
