/** What people of a workspace have done beside conversations: a new project, examples of a folder. */
import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { z } from 'zod';
import { isSecretPath } from '../../src/files.ts';
import { type AgentCommand, defineCommand, type ResourceContext, rejectRow } from '../../src/index.ts';
import { addExamples, type Example, longestExample } from './examples-store.ts';
import { addProject, projectName } from './projects.ts';
import type { Workshop } from './workshop.ts';

const mostFilesAdded = 200;
const codeFile = /\.(?:py|ts|tsx|js|mjs|java|go|rs|c|cpp|cs|rb|php|sql|sh)$/;
const skipped = new Set(['node_modules', '.git', 'dist', 'build', 'target', '__pycache__', '.venv', 'venv', 'vendor']);

export function commandsOf({ roots }: Workshop): readonly AgentCommand[] {
  return [
    defineCommand({
      name: 'init',
      description: 'Makes a project: a folder below the data directory, with a repository of its own',
      permission: 'codegen:manage',
      input: z.object({ name: z.string().describe('Letters, digits, "-" and "_"') }),
      asksOutside: true,
      async run(input, context) {
        const { name } = input as { name: string };
        if (!projectName.test(name))
          throw rejectRow(
            `${JSON.stringify(name.slice(0, 60))} is no name of a project. It has letters, digits, "-" and "_", e.g. shop-api.`,
          );
        const folder = await roots.make(context.workspaceId, name);
        await addProject(context, { name, folder });
        return { name, folder };
      },
    }),
    defineCommand({
      name: 'examples-add',
      description: 'Adds the code of a folder as examples; each file is found by its name and its first lines',
      permission: 'codegen:manage',
      input: z.object({ folder: z.string().describe('In one of the folders that the operator allows') }),
      asksOutside: true,
      async run(input, context) {
        const { folder } = input as { folder: string };
        const found = await roots.folder(context.workspaceId, folder);
        if ('fault' in found) throw rejectRow(found.fault);
        const examples = await examplesOf(found.folder);
        return { added: await addExamples(accessOf(context), examples) };
      },
    }),
  ];
}

function accessOf(context: ResourceContext) {
  return { workspaceId: context.workspaceId, query: context.query, now: () => context.now(), newId: () => context.newId() };
}

async function examplesOf(folder: string): Promise<Example[]> {
  const examples: Example[] = [];
  const look = async (at: string): Promise<void> => {
    for (const entry of (await readdir(at, { withFileTypes: true })).sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (examples.length >= mostFilesAdded) return;
      const full = join(at, entry.name);
      const path = relative(folder, full).replaceAll(sep, '/');
      // Links are not followed: they may lead out.
      if (entry.isDirectory() && !skipped.has(entry.name) && !entry.name.startsWith('.')) await look(full);
      else if (entry.isFile() && codeFile.test(entry.name) && !isSecretPath(path)) {
        const content = await readFile(full, 'utf8');
        if (content.length > longestExample || content.includes('\0') || content.trim() === '') continue;
        const about = content.match(/^[ \t]*(?:#|\/\/|\/?\*+|"""|''')[ \t]*(\S[^\n]{5,300})/m)?.[1] ?? '';
        examples.push({ request: `${path} ${about}`.trim(), source: `folder ${folder}`, path, content });
      }
    }
  };
  await look(folder);
  return examples;
}
