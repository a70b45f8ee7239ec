/** After the commit: bringing it onto the branch that is checked out, and taking it back. Each is a step that is approved for itself. */
import { z } from 'zod';
import { type AnyTool, defineTool, type LocalizedText, type ToolContext } from '../../../src/index.ts';
import { dropExamples } from '../examples-store.ts';
import { loadContents } from '../rows/contents.ts';
import { findGeneration, loadGeneration, updateGeneration } from '../rows/generations.ts';
import { applyJournal } from '../rows/journal.ts';
import type { Workshop } from '../workshop.ts';
import { type WritingFacts, workspaceRules } from './facts.ts';
import { answerable, authorIn, idOf } from './person.ts';

export type Applied =
  | { kind: 'applied'; files: readonly string[]; commit?: string }
  | { kind: 'reverted'; commit?: string; branch?: string; files?: readonly string[] }
  | { kind: 'stale' | 'conflict' | 'refused'; message: string };

const which = z.object({ generation: z.string(), commit: z.string().optional() });
const base = { effect: 'write', target: 'outside', permission: 'codegen:use', timeoutMs: 60_000 } as const;

export function mergeTool(workshop: Workshop): AnyTool {
  return defineTool({
    ...base,
    name: 'merge',
    description: 'Brings an approved commit onto the branch that is checked out.',
    input: which,
    describe: () => ({ es: 'rama combinada', en: 'branch merged' }),
    facts: ({ generation, commit }, context) =>
      factsOf(context, generation, (found) =>
        found.commit === undefined || (commit !== found.commit && commit !== found.reverted)
          ? { es: 'No hay un commit para combinar.', en: 'There is no commit to merge.' }
          : undefined,
      ),
    async reconcile(_key, { generation: id }, context) {
      const generation = await loadGeneration(context, id);
      const project = await workshop.open(generation.folder);
      for (const run of [id, `revert-${id}`]) await project.recover(run, applyJournal(context));
      return { kind: 'did-not-happen' };
    },
    async execute({ generation: id, commit }, context): Promise<Applied> {
      const generation = await loadGeneration(context, id);
      const project = await workshop.open(generation.folder);
      if (commit === undefined) return { kind: 'refused', message: 'There is no commit to merge.' };
      const done = await project.merge(
        commit,
        commit === generation.reverted ? `revert-${id}` : id,
        await authorIn(workshop, generation.folder, context),
        applyJournal(context),
      );
      if (done.kind !== 'applied') return { kind: done.kind, message: done.message };
      if (commit === generation.commit) await updateGeneration(context, id, { merged: done.commit ?? commit });
      return { kind: 'applied', files: done.files.slice(0, 100), ...(done.commit === undefined ? {} : { commit: done.commit }) };
    },
  });
}

export function revertTool(workshop: Workshop): AnyTool {
  return defineTool({
    ...base,
    name: 'revert',
    description: 'Takes back what was committed or written; its examples are gone too.',
    input: which,
    describe: () => ({ es: 'código retirado', en: 'code taken back' }),
    facts: ({ generation }, context) =>
      factsOf(context, generation, (found) =>
        found.commit === undefined && found.before === undefined
          ? { es: 'No hay nada que retirar.', en: 'There is nothing to take back.' }
          : undefined,
      ),
    async reconcile(_key, { generation: id }, context) {
      const generation = await loadGeneration(context, id);
      const project = await workshop.open(generation.folder);
      await project.recover(`revert-${id}`, applyJournal(context));
      return { kind: 'did-not-happen' };
    },
    async execute({ generation: id }, context): Promise<Applied> {
      const generation = await loadGeneration(context, id);
      const project = await workshop.open(generation.folder);
      const { commit, before } = generation;
      if (commit === undefined) {
        const changes = await loadContents(context, before ?? {});
        const state = await project.state(Object.keys(changes));
        const done = await project.write(state, changes, `revert-${id}`, applyJournal(context));
        if (done.kind !== 'applied') return { kind: done.kind, message: done.message };
        await dropExamples(context, id);
        await updateGeneration(context, id, { reverted: 'written' });
        return { kind: 'reverted', files: done.files };
      }
      const done = await project.revert(commit, id, await authorIn(workshop, generation.folder, context));
      if (done.kind !== 'committed') return { kind: done.kind, message: done.message };
      await dropExamples(context, id);
      await updateGeneration(context, id, { reverted: done.commit });
      return { kind: 'reverted', commit: done.commit, branch: done.branch };
    },
  });
}

async function factsOf(
  context: ToolContext,
  id: string,
  problemOf: (generation: NonNullable<Awaited<ReturnType<typeof findGeneration>>>) => LocalizedText | undefined,
): Promise<WritingFacts> {
  const [generation, rules, who] = await Promise.all([findGeneration(context, id), workspaceRules(context), answerable(context)]);
  const missing = { es: 'Esa generación no está más.', en: 'That generation is not there any more.' };
  const reason = generation === undefined ? missing : problemOf(generation);
  const what = generation?.commit ?? generation?.project ?? '';
  return {
    problem: reason === undefined ? undefined : { id: 'missing', reason },
    rules,
    score: 0,
    executed: false,
    // Only what is made new can be approved by a rule.
    autoAsked: false,
    requester: generation?.askedBy,
    approver: who?.approved === true ? idOf(who) : undefined,
    summary: {
      es: `Proyecto ${generation?.project ?? ''}: ${what.slice(0, 12)}`,
      en: `Project ${generation?.project ?? ''}: ${what.slice(0, 12)}`,
    },
  };
}
