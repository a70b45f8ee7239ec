/**
 * The tasks of a round, as a graph: at most N at once, each once those that it depends on are completed. A failed one takes its descendants with it,
 * and nobody else. The call is made again after each wait: it replays the joins that are stored, in the same order, to where it stood.
 */
import { z } from 'zod';
import { type AnyTool, type ChildResult, defineTool, TimonelError, type ToolContext } from '../../../src/index.ts';
import { readFiles } from '../answers/read-files.ts';
import type { Generation, GenerationTask, KeptChanges, TaskState } from '../contract.ts';
import { roleMoney, roleOfTask } from '../limits.ts';
import { ancestorsOf } from '../plan-rules.ts';
import type { ChangedFiles, CodegenProject } from '../project/contract.ts';
import { keepContents, loadContents } from '../rows/contents.ts';
import { loadGeneration, loadRounds, updateGeneration } from '../rows/generations.ts';
import { storeCost } from '../rows/role-runs.ts';
import { updateTasks } from '../rows/tasks.ts';
import { modeAt, type Workshop } from '../workshop.ts';
import { askedAgain, heardOf, startRole } from './ask-role.ts';
import { analysisPart, asData, filesAsData, requestPart, taskPart, textAt, textsOf } from './texts.ts';

export interface TasksDone {
  kind: 'done';
  completed: readonly string[];
  failed: readonly { id: string; reason: string }[];
  skipped: readonly string[];
  unaffordable: readonly string[];
  noModel: boolean;
}

export function doTasksTool(workshop: Workshop): AnyTool {
  return defineTool({
    name: 'do_tasks',
    description: 'Has the tasks of a round done.',
    // `pass` counts the times that the round is gone on with: a retry is a call of its own.
    input: z.object({ generation: z.string(), round: z.number().int(), pass: z.number().int().default(1) }),
    effect: 'write',
    target: 'outside',
    permission: 'codegen:use',
    timeoutMs: 120_000,
    retries: 1,
    reconcile: async () => ({ kind: 'did-not-happen' }),
    async execute({ generation: id, round, pass }, context): Promise<TasksDone> {
      const generation = await loadGeneration(context, id);
      const project = await workshop.open(generation.folder);
      if (generation.stage !== 'tasks') await updateGeneration(context, id, { stage: 'tasks', runId: context.runId });
      const rounds = await loadRounds(context, id);
      const before = rounds.find((each) => each.round === round - 1)?.changes ?? {};
      const feedback = rounds.find((each) => each.round === round)?.feedback;
      return new Graph(context, project, generation, { round, pass, before, feedback }).work();
    },
  });
}

interface RoundOf {
  round: number;
  pass: number;
  /** What the round before left. */
  before: KeptChanges;
  feedback: string | undefined;
}

interface Running {
  task: GenerationTask;
  run: string;
  again: boolean;
  cost: number;
  input: string;
}

class Graph {
  readonly #context: ToolContext;
  readonly #project: CodegenProject;
  readonly #generation: Generation;
  readonly #of: RoundOf;
  /** As they stand in this replay. */
  readonly #states = new Map<string, TaskState>();
  readonly #changes = new Map<string, KeptChanges>();
  readonly #reasons = new Map<string, string>();
  #noModel = false;

  constructor(context: ToolContext, project: CodegenProject, generation: Generation, of: RoundOf) {
    this.#context = context;
    this.#project = project;
    this.#generation = generation;
    this.#of = of;
    for (const task of generation.tasks) {
      const earlier = task.attempt < of.pass || task.state === 'unaffordable';
      this.#states.set(task.id, earlier ? task.state : 'planned');
      if (earlier && task.state === 'completed') this.#changes.set(task.id, task.changes);
      if (task.reason !== undefined) this.#reasons.set(task.id, task.reason);
    }
  }

  async work(): Promise<TasksDone> {
    const { tasks, options } = this.#generation;
    let running: Running[] = [];
    for (;;) {
      for (const task of tasks) {
        if (running.length >= options.maxWorkers) break;
        if (this.#states.get(task.id) !== 'planned' || !task.dependsOn.every((id) => this.#states.get(id) === 'completed'))
          continue;
        const started = await this.#start(task);
        if (started !== undefined) running.push(started);
      }
      if (running.length === 0) break;
      const ended = await this.#context.runs.join(
        running.map(({ run }) => run),
        'any',
      );
      const still: Running[] = [];
      for (const one of running) {
        const result = ended.find(({ runId }) => runId === one.run);
        if (result === undefined) still.push(one);
        else {
          const again = await this.#settle(one, result);
          if (again !== undefined) still.push(again);
        }
      }
      running = still;
    }
    return this.#result();
  }

  async #start(task: GenerationTask): Promise<Running | undefined> {
    const input = await this.#inputOf(task);
    const run = await this.#begin(task, input, '', roleMoney[roleOfTask[task.kind]]);
    return run === undefined ? undefined : { task, run, again: false, cost: 0, input };
  }

  /** @returns `undefined` where the money did not reach, and the task failed */
  async #begin(task: GenerationTask, input: string, suffix: string, budget: number): Promise<string | undefined> {
    const { id: generation } = this.#generation;
    const { round, pass } = this.#of;
    const key = `${round}/${pass}/${task.id}${suffix}`;
    try {
      const run = await startRole(this.#context, {
        role: roleOfTask[task.kind],
        generation,
        key,
        input,
        changes: this.#seenBy(task),
        budget,
      });
      this.#states.set(task.id, 'running');
      if (task.state === 'planned' || (task.state === 'running' && task.runId !== run)) {
        await this.#keep(task.id, { state: 'running', runId: run });
        this.#tell(task.id, 'running');
      }
      return run;
    } catch (error) {
      if (!(error instanceof TimonelError && error.code === 'limit_reached')) throw error;
      await this.#fail(task, error.message);
      return undefined;
    }
  }

  /** @returns the second attempt, where the answer could not be used */
  async #settle(one: Running, result: ChildResult): Promise<Running | undefined> {
    const { task, run } = one;
    const cost = one.cost + (result.cost ?? 0);
    const known = this.#generation.tasks.find(({ id }) => id === task.id);
    // Settled in an attempt at the call before this one.
    if (known?.runId === run && known.attempt === this.#of.pass && (known.state === 'completed' || known.state === 'failed')) {
      if (known.state === 'completed') {
        this.#states.set(task.id, 'completed');
        this.#changes.set(task.id, known.changes);
      } else await this.#fail(task, known.reason ?? '');
      return undefined;
    }
    await storeCost(this.#context, run, result.cost);
    const heard = heardOf(result);
    if (heard.kind === 'no-model') this.#noModel = true;
    if (heard.kind !== 'text') {
      await this.#fail(task, heard.kind === 'no-model' ? 'No model answered, so nothing was made.' : heard.message, cost);
      return undefined;
    }
    const read = await this.#read(task, heard.text);
    if (read.kind === 'read') {
      const changes = await keepContents(this.#context, read.changes);
      this.#states.set(task.id, 'completed');
      this.#changes.set(task.id, changes);
      await this.#keep(task.id, { state: 'completed', changes, cost, reason: '' });
      this.#tell(task.id, 'completed');
      this.#context.metrics.add('tasks', { state: 'completed' });
      return undefined;
    }
    const budget = roleMoney[roleOfTask[task.kind]] - cost;
    if (one.again || budget < 0.0005) {
      await this.#fail(task, read.message, cost);
      return undefined;
    }
    const again = await this.#begin(task, askedAgain(one.input, read.message), '/again', budget);
    return again === undefined ? undefined : { ...one, run: again, again: true, cost };
  }

  async #read(task: GenerationTask, text: string): ReturnType<typeof readFiles> {
    const seen = await loadContents(this.#context, this.#seenBy(task));
    const tree = this.#project.tree(this.#generation.base);
    const read = await readFiles(text, task.files, async (path) => {
      if (Object.hasOwn(seen, path)) return seen[path] ?? undefined;
      return (await tree.has(path)) ? { content: await tree.read(path), mode: await modeAt(tree, path) } : undefined;
    });
    if (read.kind === 'malformed') return read;
    for (const path of Object.keys(read.changes)) {
      const fault = await this.#project.fault(path);
      if (fault !== undefined) return { kind: 'malformed', message: `${path}: ${fault}` };
    }
    return read;
  }

  /** A task sees what the round before left, and the results of those that it depends on: nothing of its siblings. */
  #seenBy(task: GenerationTask): KeptChanges {
    const above = ancestorsOf(this.#generation.tasks, task.id);
    return Object.assign(
      {},
      this.#of.before,
      ...this.#generation.tasks.filter(({ id }) => above.has(id)).map(({ id }) => this.#changes.get(id) ?? {}),
    );
  }

  async #inputOf(task: GenerationTask): Promise<string> {
    const { analysis, base } = this.#generation;
    const kept = this.#seenBy(task);
    const seen = await loadContents(this.#context, kept);
    const tree = this.#project.tree(base, seen);
    const own: { path: string; text: string }[] = [];
    for (const { path } of task.files) {
      const text = await textAt(tree, path);
      if (text !== undefined) own.push({ path, text });
    }
    const results: ChangedFiles = Object.fromEntries(
      Object.entries(seen).filter(([path]) => !own.some((file) => file.path === path)),
    );
    return [
      requestPart(this.#generation),
      ...(analysis === undefined ? [] : [analysisPart(analysis)]),
      taskPart(task),
      ...(this.#of.feedback === undefined
        ? []
        : [`It was done before, and this has to change:\n${asData('feedback', this.#of.feedback)}`]),
      ...(own.length === 0 ? [] : [`The files of the task as they are:\n\n${filesAsData(own)}`]),
      ...(Object.keys(results).length === 0 ? [] : [`What the tasks before it made:\n\n${filesAsData(textsOf(results))}`]),
    ].join('\n\n');
  }

  async #fail(task: GenerationTask, reason: string, cost = 0): Promise<void> {
    this.#states.set(task.id, 'failed');
    this.#reasons.set(task.id, reason);
    const { tasks } = this.#generation;
    const after = tasks.filter(({ id }) => ancestorsOf(tasks, id).has(task.id) && this.#states.get(id) === 'planned');
    for (const { id } of after) this.#states.set(id, 'skipped');
    const changes = after.map(({ id }) => ({
      id,
      state: 'skipped' as const,
      reason: `${task.id} failed, on which it depends.`,
      attempt: this.#of.pass,
    }));
    await updateTasks(this.#context, this.#generation.id, this.#of.round, [
      { id: task.id, state: 'failed', reason: reason.slice(0, 2_000), cost, attempt: this.#of.pass },
      ...changes,
    ]);
    this.#tell(task.id, 'failed');
    this.#context.metrics.add('tasks', { state: 'failed' });
  }

  #keep(id: string, change: Parameters<typeof updateTasks>[3][number] extends infer T ? Omit<T, 'id'> : never): Promise<void> {
    return updateTasks(this.#context, this.#generation.id, this.#of.round, [{ id, attempt: this.#of.pass, ...change }]);
  }

  #tell(task: string, state: TaskState): void {
    this.#context.progress({ stage: 'tasks', generation: this.#generation.id, task, state });
  }

  #result(): TasksDone {
    const { tasks } = this.#generation;
    const of = (state: TaskState) => tasks.filter(({ id }) => this.#states.get(id) === state).map(({ id }) => id);
    return {
      kind: 'done',
      completed: of('completed'),
      failed: of('failed').map((id) => ({ id, reason: (this.#reasons.get(id) ?? '').slice(0, 500) })),
      skipped: of('skipped'),
      unaffordable: of('unaffordable'),
      noModel: this.#noModel,
    };
  }
}
