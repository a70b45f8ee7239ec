/**
 * Generation of code: a request becomes an analysis, a plan, tasks that run in parallel, one tree of files, its checks and score, a person's approval, and a
 * commit. The order is code; models only fill in each stage. Until it is approved, nothing is written to the project: a generation is a list of changed
 * files over the state that the project had when it began.
 */
import type { Environment } from '../../src/shell.ts';
import type { CheckReport, Review, Score } from './checks/contract.ts';
import type { RoleName } from './limits.ts';
import type { ProjectState } from './project/contract.ts';

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
  /** What it wrote. */
  changes: KeptChanges;
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
  tree: string | undefined;
  changes: KeptChanges;
  report: CheckReport | undefined;
  review: Review | undefined;
  score: Score | undefined;
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
  /** Of the current round. */
  tasks: readonly GenerationTask[];
  /** Number of the current round. */
  round: number;
  /** US dollars it may spend, and has spent. */
  budget: number;
  spent: number;
  createdAt: Date;
  /** Absolute path of the project. */
  folder: string;
  options: GenerateOptions;
  /** Why it ended so, where that needs a word. */
  reason: string | undefined;
  /** `user:…` or `api-key:…`; `undefined` where nobody with an account asked. */
  askedBy: string | undefined;
  commit: string | undefined;
  branch: string | undefined;
  approvedBy: string | undefined;
  /** What its files were before they were written, in a folder without git. */
  before: KeptChanges | undefined;
  /** Commit of the branch that it was merged to, and the one that took it back. */
  merged: string | undefined;
  reverted: string | undefined;
}

/** What a request may say beside its words. */
export interface GenerateOptions {
  /** US dollars that it may spend, 2 by default. */
  budget: number;
  /** `plan`: it stops after the plan, and waits until a person goes on. */
  confirm: 'plan' | undefined;
  /** Commit without a question, where a rule of the workspace allows that. */
  autoApprove: boolean;
  /** `false`: approved files are written into the folder, and nothing is committed. */
  git: boolean;
  /** Tasks at once, 1 to 8; 4 by default. */
  maxWorkers: number;
  /** Rounds at most, 1 to 3; 3 by default. */
  rounds: number;
  /** The repository's own hooks run when it is committed. */
  hooks: boolean;
  /** Nothing is made: the plan is kept, and can be gone on with. */
  designOnly: boolean;
}

/** Content of a file by its hash, as rows keep it; `null`: the file is removed. */
export type KeptChanges = Readonly<Record<string, { hash: string; mode: number } | null>>;

export interface CodegenOptions {
  /** Where new projects are made, in `codegen/projects`, e.g. the data directory. */
  dataFolder: string;
  /** Folders in which a project may lie, beside those that are made; absolute. */
  roots?: readonly string[];
  /** Who asks may approve it: for a machine with one user. Only what a fresh workspace begins with; its rules are changed as the resource `rules`. */
  singleUser?: boolean;
  /** The user's environment: git's settings are looked up by it. With `singleUser` they name the author of commits that a key of this machine approved. */
  environment?: Environment;
  /** Models or routes by role; the default route where absent. */
  routes?: Partial<Record<RoleName, string>>;
}
