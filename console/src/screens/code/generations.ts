/** Generations of the agent `codegen`, as its routes answer them. */
import { type InfiniteData, type QueryClient, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { queryText, refreshed, request, send } from '../../api/client.ts';
import type { Json } from '../../api/operations.ts';
import { type ApiProblem, readProblem } from '../../api/problem.ts';

const root = '/api/v1/agents/codegen';
/** A generation is made by runs: what ends one, or has it wait, has everything under this name read anew. */
const live = 'GET /api/v1/runs';
/** While it is worked on, no event tells of its stages. */
const workingMs = 3_000;

export const stages = ['analysis', 'question', 'plan', 'tasks', 'checks', 'review', 'approval', 'apply', 'ended'] as const;
export type Stage = (typeof stages)[number];
export type Result = 'committed' | 'written' | 'rejected' | 'designed' | 'failed' | 'cancelled' | 'stale';
export type TaskState = 'planned' | 'running' | 'completed' | 'failed' | 'skipped' | 'unaffordable' | 'cancelled';
export type PartName = 'parses' | 'types' | 'tests' | 'coverage' | 'forbidden' | 'documentation' | 'review';

export interface Listed {
  id: string;
  project: string;
  request: string;
  stage: Stage;
  result: Result | null;
  reason: string | null;
  conversationId: string;
  runId: string;
  round: number;
  /** US dollars. */
  budget: number;
  spent: number;
  commit: string | null;
  branch: string | null;
  approvedBy: string | null;
  merged: string | null;
  reverted: string | null;
  createdAt: string;
}

export interface Task {
  id: string;
  kind: 'implementation' | 'testing' | 'documentation';
  description: string;
  files: readonly { path: string; action: string }[];
  dependsOn: readonly string[];
  state: TaskState;
  attempt: number;
  runId: string | null;
  reason: string | null;
  cost: number;
}

export interface Finding {
  path: string;
  line?: number;
  level: 'error' | 'warning' | 'note';
  check: string;
  message: string;
}

export interface Round {
  round: number;
  feedback: string | null;
  tree: string | null;
  score: { value: number; executed: boolean; parts: readonly { name: PartName; points: number; of: number; why: string }[] } | null;
  report: {
    tests: { passed: number; failed: number; failures: readonly { name: string; message: string }[] };
    findings: readonly Finding[];
  } | null;
  review: { score: number; findings: readonly Finding[] } | null;
}

export interface Generation extends Listed {
  tasks: readonly Task[];
  rounds: readonly Round[];
}

interface ListPage {
  executions: Listed[];
  next: string | null;
}

/** It waits for a person, or is over. */
export function rests({ stage }: Pick<Listed, 'stage'>): boolean {
  return stage === 'ended' || stage === 'approval' || stage === 'question' || stage === 'plan';
}

export function useGenerations(project: string | undefined) {
  return useInfiniteQuery<ListPage, ApiProblem, InfiniteData<ListPage>, unknown[], string | undefined>({
    queryKey: [live, 'codegen', 'list', project],
    queryFn: async ({ pageParam, signal }) =>
      (await request<ListPage>('GET', `${root}/executions${queryText({ project, limit: 50, after: pageParam })}`, { signal }))
        .value,
    initialPageParam: undefined,
    getNextPageParam: ({ next }) => next ?? undefined,
    refetchInterval: ({ state }) =>
      state.data?.pages.some(({ executions }) => executions.some((each) => !rests(each))) === true ? workingMs : false,
  });
}

export function useGeneration(id: string) {
  return useQuery<Generation, ApiProblem>({
    queryKey: [live, 'codegen', id],
    queryFn: async ({ signal }) => (await request<Generation>('GET', `${root}/executions/${id}`, { signal })).value,
    refetchInterval: ({ state }) => (state.data !== undefined && !rests(state.data) ? workingMs : false),
  });
}

/** What a round changes, as one text. @param tree what makes it another one */
export function useDifference(id: string, round: number | undefined, tree: string | null) {
  return useQuery<string, ApiProblem>({
    queryKey: [live, 'codegen', id, 'diff', round, tree],
    queryFn: ({ signal }) => textOf(`${root}/executions/${id}/diff${queryText({ round })}`, signal),
    enabled: round !== undefined,
    // The changes of a tree are always the same: an event of a run has them read no second time.
    ...(tree === null ? {} : { staleTime: 'static' as const }),
  });
}

export function useLog(id: string, enabled: boolean) {
  return useQuery<Json, ApiProblem>({
    queryKey: [live, 'codegen', id, 'log'],
    queryFn: async ({ signal }) => (await request<{ log: Json }>('GET', `${root}/executions/${id}/log`, { signal })).value.log,
    enabled,
  });
}

export function useProjects() {
  return useQuery<string[], ApiProblem>({
    queryKey: ['codegen', 'projects'],
    queryFn: async ({ signal }) =>
      (await request<{ items: { name: string }[] }>('GET', `${root}/projects?limit=100`, { signal })).value.items.map(
        ({ name }) => name,
      ),
    staleTime: 60_000,
  });
}

export function readAgain(client: QueryClient): Promise<void> {
  return client.invalidateQueries({ queryKey: [live, 'codegen'] });
}

/** @throws ApiProblem */
async function textOf(address: string, signal: AbortSignal): Promise<string> {
  const options = { headers: { accept: 'text/plain' }, signal };
  let response = await send('GET', address, options);
  if (response.status === 401 && (await refreshed())) response = await send('GET', address, options);
  if (!response.ok) throw await readProblem(response);
  return response.text();
}

export interface FileDifference {
  path: string;
  text: string;
  added: number;
  removed: number;
}

/** A unified diff file by file. */
export function filesOf(difference: string): FileDifference[] {
  return difference
    .split(/^(?=diff --git )/m)
    .filter((text) => text.startsWith('diff --git '))
    .map((text) => {
      const named = (sign: string) => new RegExp(`^${sign} "?[ab]/(.+?)"?$`, 'm').exec(text)?.[1];
      const path = named('\\+\\+\\+') ?? named('---') ?? /^diff --git .* "?b\/(.+?)"?$/m.exec(text)?.[1] ?? '';
      const lines = text.slice(Math.max(0, text.search(/^@@/m))).split('\n');
      const count = (sign: string) => (/^@@/m.test(text) ? lines.filter((line) => line.startsWith(sign)).length : 0);
      return { path, text, added: count('+'), removed: count('-') };
    });
}
