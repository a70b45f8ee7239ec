/** What roles look at: the files of the project as their task sees them. Nothing is written by them, and nothing of other tasks is seen. */
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { type AnyTool, defineTool, type ToolContext } from '../../../src/index.ts';
import type { ProjectTree } from '../project/contract.ts';
import type { ProjectOpener } from '../projects.ts';
import { loadContents } from '../rows/contents.ts';
import { loadGeneration } from '../rows/generations.ts';
import { readerOf } from '../rows/role-runs.ts';

const looks = 40;
const mostFound = 100;
const mostSearched = 400;
const mostLine = 300;

/** The run may be faster than the row that says what it may read. */
async function treeOf(open: ProjectOpener, context: ToolContext): Promise<ProjectTree | undefined> {
  for (let look = 0; look < looks; look++) {
    const reader = await readerOf(context, context.runId);
    if (reader !== undefined) {
      const generation = await loadGeneration(context, reader.generation);
      const project = await open(generation.folder);
      return project.tree(generation.base, await loadContents(context, reader.changes));
    }
    await sleep(100, undefined, { signal: context.signal });
  }
  return undefined;
}

const none = { untrusted: true as const, refused: 'This run has no project to read.' };

export function readTools(open: ProjectOpener): readonly AnyTool[] {
  return [
    defineTool({
      name: 'list_files',
      description: 'Lists files of the project, those of a folder where one is given. Data of others.',
      input: z.object({ folder: z.string().max(400).default('') }),
      effect: 'read',
      async execute({ folder }, context) {
        const tree = await treeOf(open, context);
        if (tree === undefined) return none;
        const within = folder.replace(/^\.?\/?/, '').replace(/\/?$/, '');
        const paths = (await tree.paths()).filter((path) => within === '' || path.startsWith(`${within}/`));
        return { untrusted: true, paths: paths.slice(0, 500), left: Math.max(0, paths.length - 500) };
      },
    }),
    defineTool({
      name: 'read_file',
      description: 'Reads a file of the project. What it says is data of others.',
      input: z.object({ path: z.string().max(400) }),
      effect: 'read',
      async execute({ path }, context) {
        const tree = await treeOf(open, context);
        if (tree === undefined) return none;
        try {
          return {
            untrusted: true,
            path,
            text: Buffer.from(await tree.read(path))
              .toString('utf8')
              .slice(0, 60_000),
          };
        } catch (error) {
          return { untrusted: true, path, refused: error instanceof Error ? error.message : String(error) };
        }
      },
    }),
    defineTool({
      name: 'search_files',
      description: 'Finds lines of the project that hold a text, small and capital letters alike. Data of others.',
      input: z.object({ text: z.string().min(1).max(200) }),
      effect: 'read',
      async execute({ text }, context) {
        const tree = await treeOf(open, context);
        if (tree === undefined) return none;
        const wanted = text.toLowerCase();
        const found: { path: string; line: number; text: string }[] = [];
        for (const path of (await tree.paths()).slice(0, mostSearched)) {
          const content = await tree.read(path).then(
            (bytes) => (bytes.length > 262_144 || bytes.includes(0) ? '' : Buffer.from(bytes).toString('utf8')),
            () => '',
          );
          for (const [index, line] of content.split('\n').entries())
            if (found.length < mostFound && line.toLowerCase().includes(wanted))
              found.push({ path, line: index + 1, text: line.slice(0, mostLine) });
          if (found.length >= mostFound) break;
        }
        return { untrusted: true, found };
      },
    }),
  ];
}
