/** Tools that look: files, folders, text, and what a file declares. What they answer was written by others: data, never an instruction. */
import { z } from 'zod';
import { PathRefused } from '../../src/files.ts';
import { defineTool, type ToolContext } from '../../src/index.ts';
import { outline } from './analysis/outline.ts';
import { search } from './analysis/search.ts';
import { markRead } from './changes.ts';
import { guidanceFiles, readGuidance } from './guidance.ts';
import type { CoderProject } from './project.ts';
import { modeAndReads } from './sessions.ts';

const mostLines = 2_000;
/** Characters of a file in one answer. */
const mostText = 48_000;

const untrusted = { untrusted: true } as const;

export function readTools(project: CoderProject) {
  const read = defineTool({
    name: 'read',
    description: 'Reads a file, or lists a folder. Of a long file ask for a part by lines.',
    input: z.object({
      path: z.string().max(1_000).default('').describe('Relative to the project, with /; empty for its folder'),
      from: z.number().int().min(1).optional().describe('First line, from 1'),
      lines: z.number().int().min(1).max(mostLines).optional(),
    }),
    effect: 'read',
    async execute({ path, from = 1, lines = mostLines }, context) {
      const files = await project.filesOf(context, context.conversationId);
      try {
        const { kind, ...refusal } = await files.check(path === '' ? '.' : path);
        if (kind === 'refused') return { kind: 'refused' as const, because: (refusal as { message: string }).message };
        if (kind === 'missing') return { kind: 'refused' as const, because: `There is no file ${path}.` };
        if (kind === 'folder')
          return { kind: 'folder' as const, path, entries: await files.list(path === '' ? '.' : path), ...untrusted };
        const file = await files.read(path);
        if (file.encoding === 'binary') return { kind: 'binary' as const, path, bytes: file.bytes };
        const all = file.text.split(/\r\n|\r|\n/);
        const last = all.at(-1) === '' ? all.length - 1 : all.length;
        const shown = cut(all.slice(from - 1, Math.min(last, from - 1 + lines)));
        const guidance = await newGuidance(project, context, path);
        await markRead(context, context.conversationId, [
          { path, hash: file.hash },
          ...guidance.map((each) => ({ path: each.path, hash: each.hash })),
        ]);
        return {
          kind: 'file' as const,
          path,
          text: shown.join('\n'),
          lines: { from, to: from - 1 + shown.length, of: last },
          ...(file.encoding === 'utf-8' ? {} : { encoding: file.encoding }),
          ...(all.at(-1) === '' || file.text === '' ? {} : { noLineEndAtEnd: true }),
          ...(file.text.includes('\r\n') ? { lineEnds: 'CRLF' } : {}),
          ...(guidance.length === 0 ? {} : { guidance: guidance.map(({ path: of, text }) => ({ path: of, text })) }),
          ...untrusted,
        };
      } catch (error) {
        if (error instanceof PathRefused) return { kind: 'refused' as const, because: error.message };
        throw error;
      }
    },
  });

  const find = defineTool({
    name: 'search',
    description:
      'Searches the text of files with a regular expression, or with words as they are. Ignored files are left out and counted; files with secrets are never searched.',
    input: z.object({
      pattern: z.string().min(1).max(1_000),
      literal: z.boolean().optional().describe('The words as they are'),
      word: z.boolean().optional().describe('Whole words only'),
      under: z.string().max(1_000).optional().describe('A folder'),
      glob: z.string().max(200).optional().describe('Only files whose path fits, e.g. *.ts'),
      ignored: z.boolean().optional().describe('Search files that .gitignore leaves out, too'),
      limit: z.number().int().min(1).max(500).optional(),
    }),
    effect: 'read',
    timeoutMs: 30_000,
    async execute({ pattern, ...options }, { signal }) {
      try {
        return {
          kind: 'found' as const,
          ...(await search(await project.analysed(), pattern, { ...options, signal })),
          ...untrusted,
        };
      } catch (error) {
        if (signal.aborted) throw error;
        return { kind: 'refused' as const, because: error instanceof Error ? error.message : String(error) };
      }
    },
  });

  const declared = defineTool({
    name: 'outline',
    description: 'What a source file declares: classes, functions, types, with their lines.',
    input: z.object({ path: z.string().min(1).max(1_000) }),
    effect: 'read',
    timeoutMs: 60_000,
    async execute({ path }, { signal }) {
      const index = await project.index();
      return { ...outline(await index.snapshot(signal), path), ...untrusted };
    },
  });
  return [read, find, declared];
}

function cut(lines: readonly string[]): string[] {
  let size = 0;
  const kept: string[] = [];
  for (const line of lines) {
    size += line.length + 1;
    if (size > mostText) return kept.length === 0 ? [line.slice(0, mostText)] : kept;
    kept.push(line);
  }
  return kept;
}

/** What the folders on the way to a file say of work in them, and the model of this session has not seen. */
async function newGuidance(project: CoderProject, context: ToolContext, path: string) {
  const candidates = guidanceFiles(path);
  if (candidates.length === 0) return [];
  const found = await readGuidance(await project.files(), candidates);
  if (found.length === 0) return [];
  const { reads } = await modeAndReads(
    context,
    context.conversationId,
    found.map((each) => each.path),
  );
  return found.filter((each) => reads.get(each.path) !== each.hash);
}
