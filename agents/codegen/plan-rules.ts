/** What a plan has to hold to, and the plan that is made where a model's does not. */
import { z } from 'zod';
import { extensionOf } from './analysis-rules.ts';
import type { Analysis, GenerationPlan, PlannedTask } from './contract.ts';
import { taskKinds } from './contract.ts';
import { mostFiles, mostTasks, roleMoney, roleOfTask } from './limits.ts';

const file = z.union([
  z.string().transform((path) => ({ path, action: undefined })),
  z.object({ path: z.string(), action: z.enum(['create', 'edit']).optional() }),
]);

/** As models write it, with the spellings that they use. */
const written = z.object({
  summary: z.string().max(2_000).catch(''),
  tasks: z
    .array(
      z
        .object({
          id: z.union([z.string(), z.number()]).transform(String),
          kind: z.enum(taskKinds).optional(),
          task_type: z.enum(taskKinds).optional(),
          description: z.string().min(1).max(4_000),
          files: z.array(file).default([]),
          dependsOn: z.array(z.union([z.string(), z.number()]).transform(String)).optional(),
          dependencies: z.array(z.union([z.string(), z.number()]).transform(String)).optional(),
        })
        .transform(({ id, kind, task_type, description, files, dependsOn, dependencies }) => ({
          id,
          kind: kind ?? task_type ?? ('implementation' as const),
          description,
          files,
          dependsOn: dependsOn ?? dependencies ?? [],
        })),
    )
    .min(1)
    .max(100),
});

/** What stands at a path of the project. */
export interface PlannedOver {
  has(path: string): Promise<boolean>;
  /** Why a path cannot be written, in a sentence. */
  fault(path: string): Promise<string | undefined>;
}

export type CheckedPlan = { kind: 'plan'; plan: GenerationPlan } | { kind: 'refused'; faults: readonly string[] };

/** @param least tasks that there have to be */
export async function checkPlan(value: unknown, over: PlannedOver, least: number): Promise<CheckedPlan> {
  const parsed = written.safeParse(value);
  if (!parsed.success) {
    const faults = parsed.error.issues.slice(0, 5).map((issue) => `${issue.path.join('.') || 'the plan'}: ${issue.message}.`);
    return { kind: 'refused', faults };
  }
  const { summary, tasks: given } = parsed.data;
  const faults: string[] = [];
  if (given.length > mostTasks) faults.push(`There are ${given.length} tasks; ${mostTasks} are the most. Join some.`);
  if (given.length < least)
    faults.push(
      `There are ${given.length} tasks; a request like this takes at least ${least}: the code, its tests, its documentation.`,
    );
  const ids = given.map(({ id }) => id);
  for (const id of ids)
    if (!/^[A-Za-z0-9_-]{1,60}$/.test(id)) faults.push(`"${id}" is no id. An id has letters, digits, "-" and "_".`);
  const twice = ids.find((id, position) => ids.indexOf(id) !== position);
  if (twice !== undefined) faults.push(`Two tasks have the id ${twice}. Give each an id of its own.`);
  for (const task of given) {
    if (task.files.length === 0) faults.push(`The task ${task.id} has no files. Name every file that it writes.`);
    for (const needed of task.dependsOn)
      if (!ids.includes(needed) || needed === task.id)
        faults.push(`The task ${task.id} depends on ${needed}, which is no other task. There are ${ids.join(', ')}.`);
  }
  const paths = new Set(given.flatMap(({ files }) => files.map(({ path }) => path)));
  if (paths.size > mostFiles) faults.push(`There are ${paths.size} files; ${mostFiles} are the most. Plan less at once.`);
  if (faults.length > 0) return { kind: 'refused', faults };
  const tasks: PlannedTask[] = [];
  const made = new Set<string>();
  for (const task of topological(given) ?? []) {
    const files: PlannedTask['files'][number][] = [];
    for (const { path, action } of task.files) {
      const fault = await over.fault(path);
      if (fault !== undefined) faults.push(`${path}: ${fault}`);
      const there = fault === undefined && (await over.has(path));
      if (action === 'create' && there)
        faults.push(`The task ${task.id} creates ${path}, which exists already. Edit it, or choose another path.`);
      if (action === 'edit' && !there && !made.has(path) && fault === undefined)
        faults.push(`The task ${task.id} edits ${path}, which does not exist. Create it, or name a file that is there.`);
      files.push({ path, action: there || made.has(path) ? 'edit' : 'create' });
      made.add(path);
    }
    tasks.push({ ...task, files });
  }
  if (tasks.length === 0) faults.push(`The tasks depend on one another in a circle (${ids.join(', ')}). Take one dependency out.`);
  faults.push(...sharedFiles(tasks));
  return faults.length > 0 ? { kind: 'refused', faults } : { kind: 'plan', plan: { summary, tasks, mostCost: mostCostOf(tasks) } };
}

/** US dollars of the tasks and the review at most. */
export function mostCostOf(tasks: readonly Pick<PlannedTask, 'kind'>[]): number {
  return round(tasks.reduce((sum, { kind }) => sum + roleMoney[roleOfTask[kind]], roleMoney.reviewer));
}

export function round(money: number): number {
  return Math.round(money * 10_000) / 10_000;
}

/** In an order in which each comes after those that it depends on, else as given; `undefined` where there is a cycle. */
export function topological<T extends { id: string; dependsOn: readonly string[] }>(tasks: readonly T[]): T[] | undefined {
  const left = [...tasks];
  const done = new Set<string>();
  const order: T[] = [];
  while (left.length > 0) {
    const next = left.findIndex(({ dependsOn }) => dependsOn.every((id) => done.has(id)));
    if (next === -1) return undefined;
    for (const task of left.splice(next, 1)) {
      done.add(task.id);
      order.push(task);
    }
  }
  return order;
}

/** All that a task waits for, also through others. */
export function ancestorsOf(tasks: readonly Pick<PlannedTask, 'id' | 'dependsOn'>[], id: string): Set<string> {
  const above = new Set<string>();
  const look = (of: string) => {
    for (const needed of tasks.find((task) => task.id === of)?.dependsOn ?? [])
      if (!above.has(needed)) {
        above.add(needed);
        look(needed);
      }
  };
  look(id);
  return above;
}

/** Tasks that neither waits for the other may run at once, and must not write the same file. */
function sharedFiles(tasks: readonly PlannedTask[]): string[] {
  const faults: string[] = [];
  for (const [position, one] of tasks.entries())
    for (const other of tasks.slice(position + 1)) {
      const shared = one.files.find(({ path }) => other.files.some((file) => file.path.toLowerCase() === path.toLowerCase()));
      if (shared === undefined || ancestorsOf(tasks, other.id).has(one.id) || ancestorsOf(tasks, one.id).has(other.id)) continue;
      faults.push(
        `The tasks ${one.id} and ${other.id} both write ${shared.path} and may run at once. Let one depend on the other, or join them.`,
      );
    }
  return faults;
}

/** One task for all of it, where a planner did not hold to the rules twice. */
export async function singleTask(request: string, analysis: Analysis, over: PlannedOver): Promise<GenerationPlan> {
  const suggested = analysis.file ?? `generated.${extensionOf(analysis.language)}`;
  const usable = (await over.fault(suggested)) === undefined ? suggested : `generated.${extensionOf(analysis.language)}`;
  let path = usable;
  // A file that is there is not written over by a plan that nobody made.
  for (let count = 2; analysis.kind !== 'change' && (await over.has(path)) && count < 100; count++)
    path = usable.replace(/(\.\w+)?$/, (extension) => `_${count}${extension}`);
  const action = (await over.has(path)) ? ('edit' as const) : ('create' as const);
  const kind =
    analysis.kind === 'tests'
      ? ('testing' as const)
      : analysis.kind === 'documentation'
        ? ('documentation' as const)
        : ('implementation' as const);
  const tasks = [{ id: 'code', kind, description: request.slice(0, 4_000), files: [{ path, action }], dependsOn: [] }];
  return { summary: analysis.summary, tasks, mostCost: mostCostOf(tasks) };
}

/** Tasks that a request of this kind has at least. */
export function leastTasks({ kind }: Analysis): number {
  return kind === 'module' || kind === 'api' || kind === 'library' || kind === 'class' ? 3 : 1;
}

/** The tasks that the money is enough for, in the order of the plan; what depends on one that is left out is left out too. */
export function affordable(tasks: readonly PlannedTask[], money: number): ReadonlySet<string> {
  const paid = new Set<string>();
  let left = money + 1e-9;
  for (const { id, kind, dependsOn } of tasks) {
    const most = roleMoney[roleOfTask[kind]];
    if (most > left || dependsOn.some((needed) => !paid.has(needed))) continue;
    left -= most;
    paid.add(id);
  }
  return paid;
}
