/** Code that a person brings goes through the same gate: checks, score, approval, commit. Nothing of it is written by a model. */
import { z } from 'zod';
import { parseChanges } from '../../../src/files.ts';
import { type AnyTool, defineTool, type LocalizedText } from '../../../src/index.ts';
import { analyseByRules } from '../analysis-rules.ts';
import { readFences } from '../answers/fences.ts';
import { readFiles } from '../answers/read-files.ts';
import type { TaskFile } from '../contract.ts';
import { mostFiles } from '../limits.ts';
import { keepContents } from '../rows/contents.ts';
import { loadGeneration, saveRound, updateGeneration } from '../rows/generations.ts';
import { modeAt, type Workshop } from '../workshop.ts';

export type Brought =
  | { kind: 'brought'; generation: string; files: readonly string[] }
  | { kind: 'refused'; message: LocalizedText };

export function bringTool(workshop: Workshop): AnyTool {
  return defineTool({
    name: 'bring',
    description: 'Takes code that a person brings, as files in fences or as a patch, as the first round of a generation.',
    input: z.object({ generation: z.string(), text: z.string().min(1).max(3_000_000) }),
    effect: 'write',
    target: 'outside',
    permission: 'codegen:use',
    timeoutMs: 60_000,
    retries: 1,
    reconcile: async () => ({ kind: 'did-not-happen' }),
    async execute({ generation: id, text }, context): Promise<Brought> {
      const generation = await loadGeneration(context, id);
      const project = await workshop.open(generation.folder);
      const paths = pathsIn(text);
      const files = paths.map((path): TaskFile => ({ path, action: 'edit' }));
      if (files.length === 0 || files.length > mostFiles)
        return refused(
          files.length === 0
            ? 'No file is named. Write each in a fenced block with its path (```python path=src/x.py), or send a patch.'
            : `There are ${files.length} files; ${mostFiles} are the most. Bring less at once.`,
        );
      for (const path of paths) {
        const fault = await project.fault(path);
        if (fault !== undefined) return refused(`${path}: ${fault}`);
      }
      const base = await project.state(paths);
      const tree = project.tree(base);
      const read = await readFiles(text, files, async (path) =>
        (await tree.has(path)) ? { content: await tree.read(path), mode: await modeAt(tree, path) } : undefined,
      );
      if (read.kind === 'malformed') return refused(read.message);
      const changes = await keepContents(context, read.changes);
      const analysis = analyseByRules(generation.request, { language: generation.language });
      await updateGeneration(context, id, {
        base,
        analysis: { ...analysis, questions: [] },
        stage: 'checks',
        runId: context.runId,
      });
      await saveRound(context, id, {
        round: 1,
        feedback: undefined,
        tree: undefined,
        changes,
        report: undefined,
        review: undefined,
        score: undefined,
      });
      return { kind: 'brought', generation: id, files: paths };
    },
  });
}

function pathsIn(text: string): string[] {
  const fences = readFences(text);
  const blocks = fences.kind === 'read' ? fences.blocks : [];
  const named = blocks.flatMap(({ path }) => (path === undefined ? [] : [path.replace(/^\.\//, '')]));
  const patches = [
    ...blocks.filter(({ path }) => path === undefined).map(({ body }) => body),
    ...(blocks.length === 0 ? [text.slice(Math.max(0, text.search(/^(?:diff --git |--- |\*\*\* Begin Patch)/m)))] : []),
  ];
  const patched = patches.flatMap((patch) => {
    const parsed = parseChanges(patch);
    return parsed.kind === 'parsed'
      ? parsed.changes.flatMap((change) => (change.kind === 'move' ? [change.path, change.to] : [change.path]))
      : [];
  });
  return [...new Set([...named, ...patched])];
}

function refused(message: string): Brought {
  return { kind: 'refused', message: { es: message, en: message } };
}
