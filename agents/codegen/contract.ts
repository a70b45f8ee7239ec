/**
 * Generation of code: a request becomes an analysis, a plan, tasks that run in parallel, one tree of files, its checks and score, a person's approval, and a
 * commit. The order is code; models only fill in each stage. Until it is approved, nothing is written to the project: a generation is a list of changed
 * files over the state that the project had when it began.
 */
import type { CheckReport, Score } from './checks/contract.ts';
import type { ChangedFiles, ProjectState } from './project/contract.ts';

/** What is asked for. `design`: a plan and no code. `unclear`: a question is asked, and no code is made. */
export const requestKinds = [
  'function',
  'class',
  'module',
  'api',
  'library',
  'change',
  'tests',
  'documentation',
  'design',
  'unclear',
] as const;
export type RequestKind = (typeof requestKinds)[number];

/** What is known of a request before a plan is made. */
export interface Analysis {
  kind: RequestKind;
  /** Of the code to write, e.g. `python`; where the request does not say, the project's own. */
  language: string;
  /** 0 for the simplest, 1 for the hardest. */
  complexity: number;
  /** In one sentence, in the language of the request. */
  summary: string;
  /** File that the request suggests, relative to the project. */
  file: string | undefined;
  /** What has to be known first; asked of the person. Not empty where `kind` is `unclear`. */
  questions: readonly string[];
  /** `rules`: no model was asked. */
  by: 'rules' | 'model';
}

export const taskKinds = ['implementation', 'testing', 'documentation'] as const;
export type TaskKind = (typeof taskKinds)[number];

/** A file that a task may write, and no other. `create`: it must not exist yet. */
export interface TaskFile {
  path: string;
  action: 'create' | 'edit';
}

/** A task of a plan. */
export interface PlannedTask {
  /** Letters, digits, `-` and `_`; unique within the plan. */
  id: string;
  kind: TaskKind;
  description: string;
  files: readonly TaskFile[];
  /** Tasks that have to be completed before. */
  dependsOn: readonly string[];
}

/** 1 to 10 tasks and up to 20 files; acyclic, with known ids; tasks that may run at once share no file. */
export interface GenerationPlan {
  summary: string;
  tasks: readonly PlannedTask[];
  /** US dollars that the tasks and the review can cost at most: the sum of what each may spend. */
  mostCost: number;
}

/** `skipped`: a task before it failed. `unaffordable`: the budget ends before it. */
export const taskStates = ['planned', 'running', 'completed', 'failed', 'skipped', 'unaffordable', 'cancelled'] as const;
export type TaskState = (typeof taskStates)[number];

export interface GenerationTask extends PlannedTask {
  state: TaskState;
  attempt: number;
  /** The child run that does it. */
  runId: string | undefined;
  /** Why it is in its state, where that needs a word. */
  reason: string | undefined;
  /** US dollars. */
  cost: number;
}

/** Stages in their order. A generation waits for a person in `question`, `plan` (where it was asked to stop there) and `approval`. */
export const generationStages = [
  'analysis',
  'question',
  'plan',
  'tasks',
  'checks',
  'review',
  'approval',
  'apply',
  'ended',
] as const;
export type GenerationStage = (typeof generationStages)[number];

/** How a generation ended. `designed`: a plan was asked for, and no code. */
export const generationResults = ['committed', 'written', 'rejected', 'designed', 'failed', 'cancelled', 'stale'] as const;
export type GenerationResult = (typeof generationResults)[number];

/** One way through tasks, checks and review; at most three and then the best one is offered. */
export interface GenerationRound {
  /** 1 for the first. */
  round: number;
  /** What the person asked to be changed; absent in the first round. */
  feedback: string | undefined;
  /** SHA-1 or SHA-256 of the git tree that an approval is bound to; of a folder without git a SHA-256 over paths, modes and contents. */
  tree: string;
  changes: ChangedFiles;
  report: CheckReport;
  score: Score;
}

export interface Generation {
  id: string;
  workspaceId: string;
  conversationId: string;
  runId: string;
  project: string;
  request: string;
  language: 'es' | 'en';
  stage: GenerationStage;
  result: GenerationResult | undefined;
  base: ProjectState;
  analysis: Analysis | undefined;
  plan: GenerationPlan | undefined;
  tasks: readonly GenerationTask[];
  /** Number of the current round. */
  round: number;
  /** US dollars it may spend, and has spent. */
  budget: number;
  spent: number;
  createdAt: Date;
}
