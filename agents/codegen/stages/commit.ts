/** Writes what was approved: a commit onto its own branch, or files in a folder without git. Once, whatever happens in between. */
import { z } from 'zod';
import { type AnyTool, defineTool, EffectDidNotHappen, type ToolContext } from '../../../src/index.ts';
import type { Generation, GenerationRound } from '../contract.ts';
import { addExamples } from '../examples-store.ts';
import type { ChangedContent, CodegenProject, ProjectState } from '../project/contract.ts';
import { keepContents, loadContents } from '../rows/contents.ts';
import { loadGeneration, loadRounds, updateGeneration } from '../rows/generations.ts';
import { applyJournal } from '../rows/journal.ts';
import { modeAt, type Workshop } from '../workshop.ts';
import { commitFacts } from './facts.ts';
import { answerable, authorIn, authorOf, idOf } from './person.ts';
import { textsOf } from './texts.ts';

export type Committed =
  | { kind: 'committed'; commit: string; branch: string; author: string }
  | { kind: 'written'; files: readonly string[]; author: string }
  | { kind: 'stale' | 'conflict' | 'refused'; message: string };

const input = z.object({ generation: z.string(), round: z.number().int(), tree: z.string(), base: z.string() });

export function commitTool(workshop: Workshop): AnyTool {
  return defineTool({
    name: 'commit',
    description: 'Commits an approved round, or writes its files where the project has no git.',
    input,
    effect: 'write',
    target: 'outside',
    permission: 'codegen:use',
    timeoutMs: 60_000,
    describe: () => ({ es: 'código escrito en el proyecto', en: 'code written to the project' }),
    facts: (given, context) => commitFacts(workshop, given, context),
    async reconcile(_key, { generation: id, round }, context) {
      const generation = await loadGeneration(context, id);
      const project = await workshop.open(generation.folder);
      if (!generation.options.git) {
        // The journal says what was under way; it is finished or taken back before anything is tried again.
        await project.recover(id, applyJournal(context));
        return generation.result === 'written'
          ? {
              kind: 'happened',
              output: { kind: 'written' as const, files: await filesOf(context, id, round), author: generation.approvedBy ?? '' },
            }
          : { kind: 'did-not-happen' };
      }
      const commit = await project.commitOf(id);
      if (commit === undefined) return { kind: 'did-not-happen' };
      return { kind: 'happened', output: await ended(context, generation, { commit, branch: `timonel/${id}` }, round) };
    },
    async execute({ generation: id, round, tree }, context): Promise<Committed> {
      const generation = await loadGeneration(context, id);
      const own = (await loadRounds(context, id)).find((each) => each.round === round);
      if (own === undefined || own.tree !== tree) throw new EffectDidNotHappen('The round is not what was approved.');
      const project = await workshop.open(generation.folder);
      const changes = await loadContents(context, own.changes);
      await updateGeneration(context, id, { stage: 'apply' });
      context.progress({ stage: 'apply', generation: id });
      if (!generation.options.git) return writeFiles(context, project, generation, own);
      const done = await project.commit({
        state: generation.base,
        changes,
        tree,
        run: id,
        message: messageOf(generation, own),
        author: await authorIn(workshop, generation.folder, context),
        at: context.now(),
        hooks: generation.options.hooks,
      });
      if (done.kind !== 'committed') {
        await updateGeneration(context, id, { stage: 'approval' });
        return { kind: done.kind, message: done.message };
      }
      return ended(context, generation, done, round);
    },
  });
}

async function writeFiles(
  context: ToolContext,
  project: CodegenProject,
  generation: Generation,
  own: GenerationRound,
): Promise<Committed> {
  const { id, base } = generation;
  const paths = Object.keys(own.changes);
  const before: Record<string, ChangedContent | null> = {};
  const tree = project.tree(base);
  for (const path of paths)
    before[path] = (await tree.has(path)) ? { content: await tree.read(path), mode: await modeAt(tree, path) } : null;
  const kept = await keepContents(context, before);
  const state = await stateOver(project, base, paths);
  const done = await project.write(state, await loadContents(context, own.changes), id, applyJournal(context));
  if (done.kind !== 'applied') {
    await updateGeneration(context, id, { stage: 'approval' });
    return { kind: done.kind, message: done.message };
  }
  const who = await answerable(context);
  await updateGeneration(context, id, {
    stage: 'ended',
    result: 'written',
    before: kept,
    round: own.round,
    ...(who === undefined ? {} : { approvedBy: { id: idOf(who), name: who.name } }),
  });
  context.metrics.add('generations', { result: 'written' });
  await learn(context, generation, own, `${generation.project} (${id})`);
  return { kind: 'written', files: paths.sort(), author: authorOf(who).name };
}

/** The state that the files are written over: as they were when the generation began, where that was looked at. */
export async function stateOver(project: CodegenProject, base: ProjectState, paths: readonly string[]): Promise<ProjectState> {
  const now = await project.state(paths);
  if (now.kind !== 'folder' || base.kind !== 'folder') return base;
  return {
    kind: 'folder',
    hashes: { ...now.hashes, ...Object.fromEntries(Object.entries(base.hashes).filter(([path]) => paths.includes(path))) },
  };
}

async function ended(
  context: ToolContext,
  generation: Generation,
  { commit, branch }: { commit: string; branch: string },
  round: number,
): Promise<Committed> {
  const who = await answerable(context);
  await updateGeneration(context, generation.id, {
    stage: 'ended',
    result: 'committed',
    commit,
    branch,
    round,
    ...(who === undefined ? {} : { approvedBy: { id: idOf(who), name: who.name } }),
  });
  context.metrics.add('generations', { result: 'committed' });
  const own = (await loadRounds(context, generation.id)).find((each) => each.round === round);
  if (own !== undefined) await learn(context, generation, own, `${generation.project}@${commit.slice(0, 12)}`);
  return { kind: 'committed', commit, branch, author: authorOf(who).name };
}

/** Approved code is an example for later plans, with its source. */
async function learn(context: ToolContext, generation: Generation, own: GenerationRound, source: string): Promise<void> {
  const { id, request, conversationId } = generation;
  const texts = textsOf(await loadContents(context, own.changes));
  await addExamples(
    context,
    texts.map(({ path, text }) => ({ request, source, path, content: text, generation: id, conversation: conversationId })),
  );
}

async function filesOf(context: ToolContext, id: string, round: number): Promise<string[]> {
  return Object.keys((await loadRounds(context, id)).find((each) => each.round === round)?.changes ?? {}).sort();
}

/** Conventional: a line of up to 72 characters, then the request and what is known of it. */
export function messageOf({ analysis, request, plan }: Generation, { score, report }: GenerationRound): string {
  const type =
    analysis?.kind === 'tests'
      ? 'test'
      : analysis?.kind === 'documentation'
        ? 'docs'
        : analysis?.kind === 'change'
          ? 'fix'
          : 'feat';
  const said = (analysis?.summary ?? plan?.summary ?? request)
    .replaceAll(/\s+/g, ' ')
    .trim()
    .replace(/[.!]+$/, '');
  const subject = `${type}: ${said.charAt(0).toLowerCase()}${said.slice(1)}`;
  const line = subject.length <= 72 ? subject : `${subject.slice(0, 71).replace(/\s+\S*$/, '')}…`;
  const tests =
    report === undefined || report.tests.runner === 'none'
      ? 'not executed'
      : `${report.tests.passed} passed, ${report.tests.failed} failed (${report.tests.runner})`;
  const asked = request.length > 2_000 ? `${request.slice(0, 2_000)}…` : request;
  return `${line}\n\nRequest: ${asked.replaceAll(/\n{2,}/g, '\n')}\n\nTests: ${tests}. Score: ${score?.value ?? 0} of 10.`;
}
