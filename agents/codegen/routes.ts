/** What a client asks beside conversations: generations with their plans, tasks, diffs and logs, and the files of a project. */
import { z } from 'zod';
import { type AnyRoute, defineRoute, type RouteContext, TimonelError } from '../../src/index.ts';
import { type Generation, generationStages } from './contract.ts';
import { projectStatus } from './project/project-status.ts';
import { listProjects } from './projects.ts';
import { loadContents } from './rows/contents.ts';
import { findGeneration, listGenerations, loadRounds } from './rows/generations.ts';
import { changesOf } from './stages/check.ts';
import type { Workshop } from './workshop.ts';

const permission = 'codegen:use';
const one = z.object({ id: z.uuid() });
const task = z.object({
  id: z.string(),
  kind: z.string(),
  description: z.string(),
  files: z.array(z.object({ path: z.string(), action: z.string() })),
  dependsOn: z.array(z.string()),
  state: z.string(),
  attempt: z.number(),
  runId: z.string().nullable(),
  reason: z.string().nullable(),
  cost: z.number(),
});
const execution = z.object({
  id: z.string(),
  project: z.string(),
  request: z.string(),
  stage: z.enum(generationStages),
  result: z.string().nullable(),
  reason: z.string().nullable(),
  conversationId: z.string(),
  runId: z.string(),
  round: z.number(),
  budget: z.number(),
  spent: z.number(),
  commit: z.string().nullable(),
  branch: z.string().nullable(),
  approvedBy: z.string().nullable(),
  merged: z.string().nullable(),
  reverted: z.string().nullable(),
  createdAt: z.string(),
});
const workflow = z.object({
  id: z.string(),
  project: z.string(),
  request: z.string(),
  summary: z.string(),
  mostCost: z.number(),
  tasks: z.array(
    z.object({
      id: z.string(),
      kind: z.string(),
      description: z.string(),
      dependsOn: z.array(z.string()),
      files: z.array(z.string()),
    }),
  ),
});
const page = z.object({
  project: z.string().max(60).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(50),
  after: z.uuid().optional(),
});

export function routesOf(workshop: Workshop): readonly AnyRoute[] {
  return [
    defineRoute({
      method: 'GET',
      path: '/executions',
      summary: 'Generations of code, the latest first',
      permission,
      query: page,
      answer: z.object({ executions: z.array(execution), next: z.string().nullable() }),
      async handle({ query }, context) {
        const found = await listGenerations(context, query);
        return { executions: found.map(executionOf), next: found.length === query.limit ? (found.at(-1)?.id ?? null) : null };
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/executions/:id',
      summary: 'A generation with its tasks, rounds and scores',
      description:
        'Its events are those of its run: GET /api/v1/runs/:id/events. POST /api/v1/runs/:id/cancel cancels it, with all that it started.',
      permission,
      params: one,
      answer: execution.extend({
        analysis: z.unknown(),
        tasks: z.array(task),
        rounds: z.array(
          z.object({
            round: z.number(),
            feedback: z.string().nullable(),
            tree: z.string().nullable(),
            score: z.unknown(),
            report: z.unknown(),
            review: z.unknown(),
          }),
        ),
      }),
      async handle({ params }, context) {
        const found = await required(context, params.id);
        const rounds = await loadRounds(context, found.id);
        return {
          ...executionOf(found),
          analysis: found.analysis ?? null,
          tasks: tasksOf(found),
          rounds: rounds.map(({ round, feedback, tree, score, report, review }) => ({
            round,
            feedback: feedback ?? null,
            tree: tree ?? null,
            score: score ?? null,
            report: report ?? null,
            review: review ?? null,
          })),
        };
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/executions/:id/tasks',
      summary: 'The tasks of a generation',
      permission,
      params: one,
      answer: z.object({ tasks: z.array(task) }),
      handle: async ({ params }, context) => ({ tasks: tasksOf(await required(context, params.id)) }),
    }),
    defineRoute({
      method: 'GET',
      path: '/executions/:id/diff',
      summary: 'What a generation changes, as a unified diff: the round that is named, or the latest',
      permission,
      params: one,
      query: z.object({ round: z.coerce.number().int().min(1).max(10).optional() }),
      mediaType: 'text/plain; charset=utf-8',
      async handle({ params, query }, context) {
        const found = await required(context, params.id);
        const rounds = await loadRounds(context, found.id);
        const own = rounds.find(({ round }) => round === (query.round ?? found.round));
        const kept = own === undefined || Object.keys(own.changes).length === 0 ? changesOf(found, {}) : own.changes;
        const project = await workshop.open(found.folder);
        return project.diff(found.base, await loadContents(context, kept));
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/executions/:id/log',
      summary: 'The log of a generation: request, analysis, plan, rounds, tests, approver, tree, commit and cost',
      permission,
      params: one,
      answer: z.object({ log: z.record(z.string(), z.unknown()) }),
      async handle({ params }, context) {
        const found = await required(context, params.id);
        const rounds = await loadRounds(context, found.id);
        const own = rounds.find(({ round }) => round === found.round);
        return {
          log: {
            id: found.id,
            timestamp: found.createdAt.toISOString(),
            workspaceId: found.workspaceId,
            userRequest: found.request,
            approvalStatus: found.result === 'committed' || found.result === 'written' ? 'approved' : (found.result ?? 'pending'),
            qualityScore: own?.score?.value ?? null,
            analysis: found.analysis ?? null,
            plan: found.plan ?? null,
            rounds: rounds.map(({ round, feedback, score, report }) => ({
              round,
              feedback: feedback ?? null,
              score: score ?? null,
              tests: report?.tests ?? null,
            })),
            approvedBy: found.approvedBy ?? null,
            tree: own?.tree ?? null,
            commit: found.commit ?? null,
            branch: found.branch ?? null,
            cost: found.spent,
          },
        };
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/workflows',
      summary: 'Plans, the latest first: those that were only asked for too',
      permission,
      query: page,
      answer: z.object({ workflows: z.array(workflow), next: z.string().nullable() }),
      async handle({ query }, context) {
        const found = await listGenerations(context, query);
        return { workflows: found.flatMap(workflowOf), next: found.length === query.limit ? (found.at(-1)?.id ?? null) : null };
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/workflows/:id',
      summary: 'A plan',
      permission,
      params: one,
      answer: workflow,
      async handle({ params }, context) {
        const [found] = workflowOf(await required(context, params.id));
        if (found === undefined) throw new TimonelError('not_found', 'It has no plan yet. Look again once it is at a later stage.');
        return found;
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/files',
      summary: 'Files of a project, or what one of them says',
      permission,
      query: z.object({ project: z.string().min(1).max(60), path: z.string().min(1).max(1_000).optional() }),
      answer: z.object({
        branch: z.string().nullable(),
        commit: z.string().nullable(),
        paths: z.array(z.string()),
        text: z.string().nullable(),
      }),
      async handle({ query: { project: name, path } }, context) {
        const project = await workshop.open(await folderOf(workshop, name, context));
        const state = await project.state();
        const tree = project.tree(state);
        const place =
          state.kind === 'git' ? { branch: state.branch ?? null, commit: state.commit ?? null } : { branch: null, commit: null };
        if (path === undefined) return { ...place, paths: (await tree.paths()).slice(0, 5_000), text: null };
        const bytes = await tree.read(path).catch((error: unknown) => {
          throw new TimonelError('not_found', error instanceof Error ? error.message : String(error));
        });
        return { ...place, paths: [path], text: bytes.includes(0) ? null : Buffer.from(bytes).toString('utf8') };
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/git-status',
      summary: 'What git says of a project',
      permission,
      query: z.object({ project: z.string().min(1).max(60) }),
      answer: z.object({
        branch: z.string().nullable(),
        commit: z.string().nullable(),
        upstream: z.string().nullable(),
        ahead: z.number(),
        behind: z.number(),
        staged: z.array(z.string()),
        modified: z.array(z.string()),
        untracked: z.array(z.string()),
        unmerged: z.array(z.string()),
        elsewhere: z.number(),
      }),
      async handle({ query: { project: name } }, context) {
        const status = await projectStatus(await workshop.open(await folderOf(workshop, name, context)));
        if (status === undefined) throw new TimonelError('invalid_request', `The project "${name}" is a folder without git.`);
        const { branch = null, commit = null, upstream = null, staged, modified, untracked, unmerged, ...counts } = status;
        const paths = { staged: [...staged], modified: [...modified], untracked: [...untracked], unmerged: [...unmerged] };
        return { branch, commit, upstream, ...paths, ...counts };
      },
    }),
  ];
}

/** The folder of a project, as long as the operator allows it. */
async function folderOf({ roots }: Workshop, name: string, context: RouteContext): Promise<string> {
  const known = (await listProjects(context)).find((each) => each.name === name);
  if (known === undefined) throw new TimonelError('not_found', `There is no project "${name}" in this workspace.`);
  const found = await roots.folder(context.workspaceId, known.folder);
  if ('fault' in found) throw new TimonelError('invalid_request', found.fault);
  return found.folder;
}

async function required(context: RouteContext, id: string): Promise<Generation> {
  const found = await findGeneration(context, id);
  if (found === undefined) throw new TimonelError('not_found', `There is no generation ${id} in this workspace.`);
  return found;
}

function executionOf(found: Generation): z.infer<typeof execution> {
  const { id, project, request, stage, conversationId, runId, round, budget, spent } = found;
  return {
    id,
    project,
    request,
    stage,
    conversationId,
    runId,
    round,
    budget,
    spent,
    result: found.result ?? null,
    reason: found.reason ?? null,
    commit: found.commit ?? null,
    branch: found.branch ?? null,
    approvedBy: found.approvedBy ?? null,
    merged: found.merged ?? null,
    reverted: found.reverted ?? null,
    createdAt: found.createdAt.toISOString(),
  };
}

function tasksOf({ tasks }: Generation): z.infer<typeof task>[] {
  return tasks.map(({ id, kind, description, files, dependsOn, state, attempt, runId, reason, cost }) => ({
    id,
    kind,
    description,
    files: files.map(({ path, action }) => ({ path, action })),
    dependsOn: [...dependsOn],
    state,
    attempt,
    runId: runId ?? null,
    reason: reason ?? null,
    cost,
  }));
}

function workflowOf({ id, project, request, plan }: Generation): z.infer<typeof workflow>[] {
  if (plan === undefined) return [];
  const tasks = plan.tasks.map(({ files, dependsOn, id: name, kind, description }) => ({
    id: name,
    kind,
    description,
    dependsOn: [...dependsOn],
    files: files.map(({ path }) => path),
  }));
  return [{ id, project, request, summary: plan.summary, mostCost: plan.mostCost, tasks }];
}
