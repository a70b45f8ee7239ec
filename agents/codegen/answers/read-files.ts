/** The files of an answer: whole, as search and replace, or as a patch, and only those that the task may write. */
import { editBytes, parseChanges, type TextEdit } from '../../../src/files.ts';
import type { TaskFile } from '../contract.ts';
import type { ChangedContent, ChangedFiles } from '../project/contract.ts';
import { type FencedBlock, readFences } from './fences.ts';

export type ReadFiles = { kind: 'read'; changes: ChangedFiles } | { kind: 'malformed'; message: string };

/** What stands at a path now; `undefined` where nothing does. */
export type ContentAt = (path: string) => Promise<ChangedContent | undefined>;

/** Bytes of a file that a model writes. */
const largestFile = 1_048_576;
/** Blocks that show a command or its output, and no file. */
const shown = new Set(['bash', 'sh', 'shell', 'console', 'text', 'output', 'terminal', 'plaintext']);
const searchMark = /^<{5,9} ?SEARCH\s*$/m;

/** @param files that the answer may hold, and no other; all of them have to be there unless `some` */
export async function readFiles(
  text: string,
  files: readonly TaskFile[],
  contentAt: ContentAt,
  { some = false }: { some?: boolean } = {},
): Promise<ReadFiles> {
  const fenced = readFences(text);
  if (fenced.kind === 'malformed') return fenced;
  const patch = fenced.blocks.length === 0 && /^(?:diff --git |--- |\*\*\* Begin Patch)/m.test(text) ? [patchBlock(text)] : [];
  const blocks = placed([...fenced.blocks, ...patch], files);
  if (blocks.length === 0) return malformed(`The answer has no block with a file. Write ${named(files)}, each in a fenced block.`);
  const allowed = new Set(files.map(({ path }) => path));
  const changes: Record<string, ChangedContent | null> = {};
  for (const block of blocks) {
    const read = await readBlock(block, files, async (path) =>
      Object.hasOwn(changes, path) ? (changes[path] ?? undefined) : contentAt(path),
    );
    if (read.kind === 'malformed') return read;
    for (const [path, change] of Object.entries(read.changes)) {
      if (!allowed.has(path)) return malformed(`The task may not write ${path}. It may write ${named(files)}, and nothing else.`);
      if (change !== null && change.content.length === 0) return malformed(`The block for ${path} is empty. Write the whole file.`);
      if (change !== null && change.content.length > largestFile)
        return malformed(`${path} has ${change.content.length} bytes; ${largestFile} are the most. Write less.`);
      changes[path] = change;
    }
  }
  const missing = files.filter(({ path }) => !Object.hasOwn(changes, path));
  if (missing.length > 0 && !some) return malformed(`The answer lacks ${named(missing)}. Write every file of the task.`);
  return { kind: 'read', changes };
}

/** A block without a path is the file of a task that has one; what shows a command is left out. */
function placed(blocks: readonly FencedBlock[], files: readonly TaskFile[]): FencedBlock[] {
  const open = blocks.filter(({ path, language, body }) => path === undefined && !shown.has(language) && !isPatch(language, body));
  const [only] = files;
  return blocks.flatMap((block) => {
    if (block.path !== undefined) return [{ ...block, path: block.path.replace(/^\.\//, '') }];
    if (isPatch(block.language, block.body)) return [block];
    // Of several the largest: the others show how it is used.
    const largest = Math.max(...open.map(({ body }) => body.length));
    if (files.length === 1 && only !== undefined && open.includes(block) && block.body.length === largest)
      return blocks.some(({ path }) => path?.replace(/^\.\//, '') === only.path) ? [] : [{ ...block, path: only.path }];
    return [];
  });
}

function isPatch(language: string, body: string): boolean {
  return /^(?:diff|patch)$/.test(language) || /^(?:diff --git |\*\*\* Begin Patch|--- (?:a\/|\/dev\/null))/.test(body);
}

function patchBlock(text: string): FencedBlock {
  return { language: 'diff', path: undefined, body: text, line: 1 };
}

async function readBlock(block: FencedBlock, files: readonly TaskFile[], contentAt: ContentAt): Promise<ReadFiles> {
  const { path, language, body } = block;
  if (isPatch(language, body)) return readPatch(body, contentAt);
  if (path === undefined) return { kind: 'read', changes: {} };
  if (searchMark.test(body)) {
    const edits = searchAndReplace(body);
    if (edits === undefined)
      return malformed(
        `The edits of ${path} cannot be read. Write <<<<<<< SEARCH, the old lines, =======, the new lines, >>>>>>> REPLACE.`,
      );
    return edited(path, edits, contentAt);
  }
  if (body.trim() === '') return malformed(`The block for ${path} is empty. Write the whole file.`);
  if (!body.isWellFormed()) return malformed(`The block for ${path} has half of a character. Write the whole file.`);
  const mode =
    (await contentAt(path).catch(() => undefined))?.mode ??
    (files.some((file) => file.path === path) && body.startsWith('#!') ? 0o755 : 0o644);
  return { kind: 'read', changes: { [path]: { content: Buffer.from(body, 'utf8'), mode } } };
}

async function readPatch(body: string, contentAt: ContentAt): Promise<ReadFiles> {
  const parsed = parseChanges(body);
  if (parsed.kind === 'malformed') return parsed;
  const changes: Record<string, ChangedContent | null> = {};
  const now = async (path: string) => (Object.hasOwn(changes, path) ? (changes[path] ?? undefined) : contentAt(path));
  for (const change of parsed.changes) {
    if (change.kind === 'write') changes[change.path] = { content: Buffer.from(change.text, 'utf8'), mode: change.mode ?? 0o644 };
    else if (change.kind === 'delete') changes[change.path] = null;
    else if (change.kind === 'move') {
      const moved = await now(change.path);
      if (moved === undefined) return malformed(`${change.path} is not there, so it cannot be moved.`);
      changes[change.path] = null;
      changes[change.to] = moved;
    } else {
      const read = await edited(change.path, change.edits, now);
      if (read.kind === 'malformed') return read;
      Object.assign(changes, read.changes);
    }
  }
  return { kind: 'read', changes };
}

async function edited(path: string, edits: readonly TextEdit[], contentAt: ContentAt): Promise<ReadFiles> {
  const now = await contentAt(path);
  if (now === undefined) return malformed(`${path} does not exist, so nothing in it can be replaced. Write the whole file.`);
  const result = editBytes(path, now.content, edits);
  if (result.kind === 'refused') return malformed(result.refusals.map(({ message }) => message).join(' '));
  return { kind: 'read', changes: { [path]: { content: result.bytes, mode: now.mode } } };
}

function searchAndReplace(body: string): TextEdit[] | undefined {
  const pattern = /^<{5,9} ?SEARCH\s*\n([\s\S]*?)^={5,9}\s*\n([\s\S]*?)^>{5,9} ?REPLACE\s*$/gm;
  const edits = [...body.matchAll(pattern)].map(([, old = '', next = '']) => ({ old, new: next }));
  const marks = body.match(/^<{5,9} ?SEARCH\s*$/gm)?.length ?? 0;
  return edits.length === marks && edits.length > 0 && edits.every(({ old }) => old !== '') ? edits : undefined;
}

function named(files: readonly TaskFile[]): string {
  return files.map(({ path }) => path).join(', ');
}

function malformed(message: string): ReadFiles {
  return { kind: 'malformed', message };
}
