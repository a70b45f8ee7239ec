/** How the latest generation of a conversation stands. */
import { z } from 'zod';
import { type AnyTool, defineTool } from '../../../src/index.ts';
import type { Generation, GenerationPlan, GenerationStage } from '../contract.ts';
import { listProjects } from '../projects.ts';
import { findGeneration, latestGeneration, loadRounds } from '../rows/generations.ts';
import { stateName } from '../workshop.ts';
import { mayBeOffered } from './check.ts';

export interface Looked {
  kind: 'generation';
  generation: string;
  project: string;
  request: string;
  stage: GenerationStage;
  result: string | null;
  reason: string | null;
  round: number;
  pass: number;
  plan: GenerationPlan | null;
  tasks: { id: string; kind: string; state: string; reason: string | null; cost: number; files: string[] }[];
  rounds: { round: number; score: number | null; executed: boolean }[];
  best: { round: number; tree: string; score: number } | null;
  base: string;
  budget: number;
  spent: number;
  commit: string | null;
  branch: string | null;
  merged: string | null;
  reverted: string | null;
  questions: readonly string[];
  ownRun: boolean;
}

export function lookTool(): AnyTool {
  return defineTool({
    name: 'look',
    description: 'Shows how a generation stands; the latest of the conversation where none is named.',
    input: z.object({ generation: z.uuid().optional() }),
    effect: 'read',
    permission: 'codegen:use',
    maxOutputBytes: 262_144,
    async execute({ generation: id }, context): Promise<Looked | { kind: 'none' }> {
      const found = id === undefined ? await latestGeneration(context, context.conversationId) : await findGeneration(context, id);
      if (found === undefined) return { kind: 'none' };
      const rounds = await loadRounds(context, found.id);
      const best = rounds
        .filter(mayBeOffered)
        .sort((one, other) => (other.score?.value ?? 0) - (one.score?.value ?? 0) || other.round - one.round)[0];
      return {
        ...lookedOf(found),
        rounds: rounds.map(({ round, score }) => ({ round, score: score?.value ?? null, executed: score?.executed ?? false })),
        best: best?.tree === undefined ? null : { round: best.round, tree: best.tree, score: best.score?.value ?? 0 },
        ownRun: found.runId === context.runId,
      };
    },
  });
}

function lookedOf(found: Generation): Omit<Looked, 'rounds' | 'best' | 'ownRun'> {
  return {
    kind: 'generation',
    generation: found.id,
    project: found.project,
    request: found.request,
    stage: found.stage,
    result: found.result ?? null,
    reason: found.reason ?? null,
    round: found.round,
    pass: Math.max(1, ...found.tasks.map(({ attempt }) => attempt)),
    plan: found.plan ?? null,
    tasks: found.tasks.map(({ id, kind, state, reason, cost, files }) => ({
      id,
      kind,
      state,
      reason: reason ?? null,
      cost,
      files: files.map(({ path }) => path),
    })),
    base: stateName(found.base),
    budget: found.budget,
    spent: found.spent,
    commit: found.commit ?? null,
    branch: found.branch ?? null,
    merged: found.merged ?? null,
    reverted: found.reverted ?? null,
    questions: found.analysis?.questions ?? [],
  };
}

export function projectsTool(): AnyTool {
  return defineTool({
    name: 'projects',
    description: 'Lists the projects of the workspace.',
    input: z.object({}),
    effect: 'read',
    permission: 'codegen:use',
    execute: async (_input, context) => ({ projects: (await listProjects(context)).map(({ name }) => name) }),
  });
}
