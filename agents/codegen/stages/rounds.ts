/** What a person changes of a generation that is under way: another round, a task once more, another base, an end. */
import { z } from 'zod';
import { type AnyTool, defineTool, type LocalizedText, type ToolContext } from '../../../src/index.ts';
import type { Generation } from '../contract.ts';
import { mostRounds } from '../limits.ts';
import { ancestorsOf } from '../plan-rules.ts';
import type { CodegenProject, ProjectState } from '../project/contract.ts';
import { loadGeneration, loadRounds, saveRound, updateGeneration } from '../rows/generations.ts';
import { planTasks, updateTasks } from '../rows/tasks.ts';
import type { Workshop } from '../workshop.ts';

export type Begun =
  | { kind: 'begun'; generation: string; round: number; pass: number }
  /** No round is left: the best one is offered. */
  | { kind: 'last'; generation: string; round: number }
  | { kind: 'refused'; message: LocalizedText };

const repeatable = { effect: 'write', target: 'outside', permission: 'codegen:use', timeoutMs: 60_000, retries: 1 } as const;
const again = async () => ({ kind: 'did-not-happen' as const });

/** The generation goes on in this run; what waits for an approval in an earlier one waits for nothing any more. */
export async function takeOver(context: ToolContext, { id, runId }: Pick<Generation, 'id' | 'runId'>): Promise<void> {
  if (runId === context.runId) return;
  await updateGeneration(context, id, { runId: context.runId });
  // Of another conversation, or ended: then there is nothing to cancel.
  await context.runs.cancel(runId).catch(() => undefined);
}

export function nextRoundTool(): AnyTool {
  return defineTool({
    ...repeatable,
    name: 'next_round',
    description: 'Begins another round of a generation, with what has to change.',
    input: z.object({ generation: z.string(), feedback: z.string().trim().min(1).max(8_000), from: z.number().int() }),
    reconcile: again,
    async execute({ generation: id, feedback, from }, context): Promise<Begun> {
      const generation = await loadGeneration(context, id);
      if (generation.stage === 'ended' && generation.result !== 'rejected' && generation.result !== 'failed')
        return { kind: 'refused', message: over };
      await takeOver(context, generation);
      if (from >= mostRounds) return { kind: 'last', generation: id, round: from };
      const round = from + 1;
      const rounds = await loadRounds(context, id);
      if (!rounds.some((each) => each.round === round))
        await saveRound(context, id, {
          round,
          feedback,
          changes: {},
          tree: undefined,
          report: undefined,
          review: undefined,
          score: undefined,
        });
      // What was left out for money or for a failure before it is tried again within what is left.
      await planTasks(
        context,
        id,
        round,
        generation.tasks.map(({ state, reason, ...task }) => ({
          ...task,
          changes: {},
          ...(state === 'unaffordable' ? { state, ...(reason === undefined ? {} : { reason }) } : {}),
        })),
      );
      await updateGeneration(context, id, { round, stage: 'tasks', result: null });
      return { kind: 'begun', generation: id, round, pass: 1 };
    },
  });
}

export function retryTool(): AnyTool {
  return defineTool({
    ...repeatable,
    name: 'retry_task',
    description: 'Has tasks that failed, with those that were skipped for them, done once more.',
    input: z.object({ generation: z.string(), task: z.string().optional() }),
    reconcile: again,
    async execute({ generation: id, task: named }, context): Promise<Begun> {
      const generation = await loadGeneration(context, id);
      const { tasks, round } = generation;
      if (generation.stage === 'ended' && generation.result !== 'failed' && generation.result !== 'rejected')
        return { kind: 'refused', message: over };
      // Made again after a crash: the tasks are planned already.
      const pass = 1 + Math.max(1, ...tasks.filter(({ state }) => state !== 'planned').map(({ attempt }) => attempt));
      const wanted = tasks.filter(
        ({ id: each, state }) => (state === 'failed' || state === 'planned') && (named === undefined || each === named),
      );
      if (wanted.length === 0)
        return {
          kind: 'refused',
          message: {
            es: named === undefined ? 'Ninguna tarea falló.' : `La tarea ${named} no falló.`,
            en: named === undefined ? 'No task failed.' : `The task ${named} did not fail.`,
          },
        };
      await takeOver(context, generation);
      const ids = new Set(wanted.map((task) => task.id));
      const reset = tasks.filter(
        (task) => ids.has(task.id) || (task.state === 'skipped' && [...ancestorsOf(tasks, task.id)].some((each) => ids.has(each))),
      );
      await updateTasks(
        context,
        id,
        round,
        reset.map((task) => ({ id: task.id, state: 'planned' as const, attempt: pass, reason: '' })),
      );
      await updateGeneration(context, id, { stage: 'tasks', result: null });
      return { kind: 'begun', generation: id, round, pass };
    },
  });
}

/** The base moved: the same changes over the project as it is now, to be checked anew. */
export function rebaseTool(workshop: Workshop): AnyTool {
  return defineTool({
    ...repeatable,
    name: 'rebase',
    description: 'Takes the project as it is now as the base of a generation, where the files that it changes are as they were.',
    input: z.object({ generation: z.string(), round: z.number().int() }),
    reconcile: again,
    async execute({ generation: id, round }, context): Promise<Begun> {
      const generation = await loadGeneration(context, id);
      const own = (await loadRounds(context, id)).find((each) => each.round === round);
      const project = await workshop.open(generation.folder);
      const paths = Object.keys(own?.changes ?? {});
      const now = await project.state(paths);
      const same = await sameContents(project, generation.base, now, paths);
      if (same !== undefined)
        return {
          kind: 'refused',
          message: {
            es: `${same} cambió en el proyecto mientras tanto. /modify lo rehace, o pedilo de nuevo.`,
            en: `${same} changed in the project meanwhile. /modify makes it anew, or ask again.`,
          },
        };
      await updateGeneration(context, id, { base: now, stage: 'checks' });
      return { kind: 'begun', generation: id, round, pass: 1 };
    },
  });
}

/** Goes on with a generation in this run: after its plan, or with what is offered. */
export function takeTool(): AnyTool {
  return defineTool({
    ...repeatable,
    name: 'take',
    description: 'Goes on with a generation in this run.',
    input: z.object({ generation: z.string() }),
    reconcile: again,
    async execute({ generation: id }, context): Promise<Begun> {
      const generation = await loadGeneration(context, id);
      if (generation.stage === 'ended' && generation.result !== 'designed') return { kind: 'refused', message: over };
      await takeOver(context, generation);
      if (generation.result === 'designed') await updateGeneration(context, id, { stage: 'tasks', result: null });
      return {
        kind: 'begun',
        generation: id,
        round: generation.round,
        pass: Math.max(1, ...generation.tasks.map(({ attempt }) => attempt)),
      };
    },
  });
}

/** Ends a generation that was not approved. */
export function endTool(): AnyTool {
  return defineTool({
    ...repeatable,
    name: 'end',
    description: 'Ends a generation without writing anything: rejected, cancelled or failed.',
    input: z.object({
      generation: z.string(),
      result: z.enum(['rejected', 'cancelled', 'failed', 'stale']),
      reason: z.string().max(2_000).default(''),
    }),
    reconcile: again,
    async execute({ generation: id, result, reason }, context) {
      const generation = await loadGeneration(context, id);
      if (generation.stage === 'ended' && generation.result !== result) return { kind: 'refused', message: over };
      await takeOver(context, generation);
      await updateGeneration(context, id, { stage: 'ended', result, reason });
      context.metrics.add('generations', { result });
      return { kind: 'ended', result };
    },
  });
}

const over: LocalizedText = { es: 'Eso ya terminó. Pedí algo nuevo.', en: 'That is over. Ask for something new.' };

/** The first path that is not as it was. */
async function sameContents(
  project: CodegenProject,
  before: ProjectState,
  now: ProjectState,
  paths: readonly string[],
): Promise<string | undefined> {
  if (before.kind === 'folder' || now.kind === 'folder') {
    const hashes = (state: ProjectState) => (state.kind === 'folder' ? state.hashes : {});
    return paths.find((path) => Object.hasOwn(hashes(before), path) && hashes(before)[path] !== hashes(now)[path]);
  }
  const [one, other] = [project.tree(before), project.tree(now)];
  for (const path of paths) {
    const there = await one.has(path);
    if (there !== (await other.has(path))) return path;
    if (there && Buffer.compare(await one.read(path), await other.read(path)) !== 0) return path;
  }
  return undefined;
}
