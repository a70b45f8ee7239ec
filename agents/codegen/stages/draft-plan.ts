/** The plan: made by a model, held to rules by code, and told what was wrong once; after that one task for all of it. */
import { z } from 'zod';
import { type AnyTool, defineTool, TimonelError, type ToolContext } from '../../../src/index.ts';
import { readJson } from '../answers/read-json.ts';
import type { Analysis, Generation, GenerationPlan } from '../contract.ts';
import { type Example, findExamples } from '../examples-store.ts';
import { affordable, checkPlan, leastTasks, type PlannedOver, round, singleTask } from '../plan-rules.ts';
import type { CodegenProject } from '../project/contract.ts';
import { loadGeneration, updateGeneration } from '../rows/generations.ts';
import { dropTasks, planTasks } from '../rows/tasks.ts';
import type { Workshop } from '../workshop.ts';
import { projectPaths } from './analyse.ts';
import { askRole } from './ask-role.ts';
import { analysisPart, asData, requestPart } from './texts.ts';

export type Drafted =
  | {
      kind: 'planned';
      plan: GenerationPlan;
      unaffordable: readonly string[];
      told: readonly string[];
      by: 'model' | 'rule' | 'person';
      design: boolean;
    }
  | { kind: 'no-model'; examples: readonly Example[] }
  | { kind: 'refused'; faults: readonly string[] };

export function draftPlanTool(workshop: Workshop): AnyTool {
  return defineTool({
    name: 'draft_plan',
    description: 'Plans the tasks of a generation; with a plan it is checked and takes the place of the one before.',
    input: z.object({ generation: z.string(), plan: z.unknown().optional(), least: z.number().int().min(1).max(10).optional() }),
    effect: 'write',
    target: 'outside',
    permission: 'codegen:use',
    timeoutMs: 60_000,
    retries: 1,
    maxOutputBytes: 262_144,
    reconcile: async () => ({ kind: 'did-not-happen' }),
    async execute({ generation: id, plan: given, least }, context): Promise<Drafted> {
      const generation = await loadGeneration(context, id);
      const { analysis } = generation;
      if (analysis === undefined) throw new TimonelError('invalid_request', 'The request is not analysed yet.');
      const project = await workshop.open(generation.folder);
      const over = plannedOver(project, generation);
      if (given !== undefined) {
        const checked = await checkPlan(given, over, 1);
        return checked.kind === 'refused' ? checked : keep(context, project, generation, checked.plan, { by: 'person', told: [] });
      }
      const examples = await findExamples(context, generation.request);
      const fewest = least ?? leastTasks(analysis);
      const paths = await projectPaths(project.tree(generation.base));
      const input = [
        requestPart(generation),
        analysisPart(analysis),
        `At least ${fewest} task(s).`,
        asData('files of the project', paths.join('\n')),
        ...examples.map((example) =>
          asData(`approved before, from ${example.source}: ${example.request}`, `${example.path}\n${example.content}`),
        ),
      ].join('\n\n');
      const told: string[] = [];
      // A plan that is right but for its few tasks: better than one task for all, should the second one be no longer.
      let short: GenerationPlan | undefined;
      const asked = await askRole(context, { role: 'planner', generation: id, key: 'plan', input }, async (text) => {
        const json = readJson(text);
        const checked =
          json.kind === 'malformed'
            ? { kind: 'refused' as const, faults: [json.message] }
            : await checkPlan(json.value, over, fewest);
        if (checked.kind === 'plan') return { kind: 'read', value: checked.plan };
        told.push(...checked.faults);
        if (json.kind !== 'malformed') {
          const shorter = await checkPlan(json.value, over, 1);
          short = shorter.kind === 'plan' ? shorter.plan : undefined;
        }
        return { kind: 'malformed', message: checked.faults.join(' ') };
      });
      if (asked.kind === 'no-model') return { kind: 'no-model', examples };
      if (asked.kind === 'answer') return keep(context, project, generation, asked.value, { by: 'model', told });
      if (short !== undefined) return keep(context, project, generation, short, { by: 'model', told });
      return keep(context, project, generation, await singleTask(generation.request, analysis, over), {
        by: 'rule',
        told: [...told, asked.message].slice(0, 10),
      });
    },
  });
}

export function plannedOver(project: CodegenProject, { base }: Pick<Generation, 'base'>): PlannedOver {
  const tree = project.tree(base);
  return { has: (path) => tree.has(path), fault: (path) => project.fault(path) };
}

async function keep(
  context: ToolContext,
  project: CodegenProject,
  generation: Generation,
  plan: GenerationPlan,
  { by, told }: { by: 'model' | 'rule' | 'person'; told: readonly string[] },
): Promise<Drafted> {
  const { id, round: number, budget, analysis } = generation;
  const design = isDesign(analysis) || generation.options.designOnly;
  // What was spent is known by now; the review comes last, and is left out first.
  const { spent } = await loadGeneration(context, id);
  const left = budget - spent;
  const paid = affordable(plan.tasks, left);
  const unaffordable = plan.tasks.filter((task) => !paid.has(task.id)).map((task) => task.id);
  const kept = { ...plan, mostCost: round(plan.mostCost) };
  // Of a folder without git only the files are looked at that will be written.
  const base =
    project.kind === 'git' ? {} : { base: await project.state(plan.tasks.flatMap(({ files }) => files.map(({ path }) => path))) };
  await updateGeneration(context, id, {
    plan: kept,
    ...base,
    stage: design ? 'ended' : 'plan',
    ...(design ? { result: 'designed' as const } : {}),
    runId: context.runId,
  });
  await dropTasks(context, id, number);
  await planTasks(
    context,
    id,
    number,
    plan.tasks.map((task) =>
      paid.has(task.id)
        ? task
        : { ...task, state: 'unaffordable' as const, reason: `The budget of ${budget} US dollars ends before it.` },
    ),
  );
  context.progress({
    stage: 'plan',
    generation: id,
    tasks: plan.tasks.map(({ id: task, dependsOn }) => ({ id: task, dependsOn: [...dependsOn] })),
    mostCost: kept.mostCost,
  });
  return { kind: 'planned', plan: kept, unaffordable, told, by, design };
}

function isDesign(analysis: Analysis | undefined): boolean {
  return analysis?.kind === 'design';
}
