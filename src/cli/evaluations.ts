import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Command } from 'commander';
import type { z } from 'zod';
import { messageOf } from '../errors.ts';
import { type EvaluationCase, parseCases } from '../evaluations/case.ts';
import type { agentEvaluationShape, caseShape, comparisonShape, resultShape } from '../http/evaluation-schemas.ts';
import { ApiClient } from './api-client.ts';
import { UsageError } from './usage-error.ts';

type Case = z.infer<typeof caseShape>;
type Evaluation = z.infer<typeof agentEvaluationShape>;
type Result = z.infer<typeof resultShape>;
type Comparison = z.infer<typeof comparisonShape>;

const base = '/api/v1/evaluations';

/** Everything here goes over the API, as the key of this machine may. */
export function evaluationsCommand(): Command {
  const evaluations = new Command('evaluations').description(
    'Quality cases that a workspace keeps, played against versions of an agent and compared',
  );
  evaluations
    .command('cases <agent>')
    .description('The cases of an agent; with --json as lines that import takes')
    .option('--json', 'print JSON, one a line')
    .action(async (agent: string, { json }: { json?: boolean }) => {
      const cases = await casesOf(agent);
      if (json === true) for (const { name: id, now, turns } of cases) console.log(JSON.stringify({ id, now, turns }));
      else if (cases.length === 0) console.log(`No cases. Take those that it brings: timonel evaluations import ${agent}`);
      else for (const { name, turns, id } of cases) console.log(`${name}  ${turns.length} turns  ${id}`);
    });
  evaluations
    .command('import <agent> [file]')
    .description('Add the cases of a JSONL file, or those that the agent brings, and change those of the same name')
    .action(async (agent: string, file: string | undefined) => {
      const cases = file === undefined ? {} : { cases: casesIn(file) };
      const done = await ApiClient.here().post<Record<string, number>>(`${base}/cases/import`, { agent, ...cases });
      console.log(`${done['added']} added, ${done['changed']} changed, ${done['unchanged']} as they were.`);
    });
  evaluations
    .command('from-run <run>')
    .description('Make a case of the conversation of a run, with what came of it; change what should have come instead')
    .option('--name <name>', 'name of the case')
    .action(async (runId: string, options: { name?: string }) => {
      const made = await ApiClient.here().post<Case>(`${base}/cases/from-run`, { runId, ...options });
      const { name: id, now, turns } = made;
      console.log(JSON.stringify({ id, now, turns }));
      console.error(`Case ${made.id}. Change the line, and: timonel evaluations import ${made.agent} <file>`);
    });
  evaluations
    .command('remove <case>')
    .description('Remove a case by its id; results that it had stay')
    .action(async (id: string) => {
      await ApiClient.here().delete(`${base}/cases/${id}`);
      console.log(`${id} is removed.`);
    });
  evaluations
    .command('run <agent>')
    .description('Play the cases of an agent and wait for the results; exit code 1 when a case fails')
    .option('--agent-version <version>', 'the one in force where absent')
    .option('--cases <names...>', 'all where absent')
    .option('--models', 'ask the model of the agent, on the account of the workspace')
    .option('--min <share>', 'share of cases that must pass', '1')
    .option('--json', 'print JSON')
    .action(run);
  evaluations
    .command('list [agent]')
    .description('The latest evaluations')
    .action(async (agent: string | undefined) => {
      const query = agent === undefined ? '' : `?agent=${encodeURIComponent(agent)}`;
      const { evaluations: found } = await ApiClient.here().get<{ evaluations: Evaluation[] }>(`${base}${query}`);
      if (found.length === 0) console.log('No evaluations. Begin one: timonel evaluations run <agent>');
      for (const each of found) console.log(lineOf(each));
    });
  evaluations
    .command('show <evaluation>')
    .description('An evaluation with its results')
    .option('--failed', 'those that failed only')
    .action(async (id: string, { failed }: { failed?: boolean }) => {
      const evaluation = await ApiClient.here().get<Evaluation>(`${base}/${encodeURIComponent(id)}`);
      await print(evaluation, failed === true);
    });
  evaluations
    .command('compare <base> <other>')
    .description(
      'Two evaluations or versions of one agent, case by case: what the other fixed, and what it broke; exit code 1 where it broke something',
    )
    .option('--agent <agent>', 'take versions of this agent: the latest evaluation of each that is finished')
    .option('--json', 'print JSON')
    .action(async (one: string, other: string, { agent, json }: { agent?: string; json?: boolean }) => {
      const query = new URLSearchParams({ base: one, other, ...(agent === undefined ? {} : { agent }) });
      const comparison = await ApiClient.here().get<Comparison>(`${base}/compare?${query}`);
      if (json === true) console.log(JSON.stringify(comparison));
      else printComparison(comparison);
      if (comparison.broken > 0) process.exitCode = 1;
    });
  return evaluations;
}

interface RunOptions {
  agentVersion?: string;
  cases?: string[];
  models?: boolean;
  min: string;
  json?: boolean;
}

async function run(agent: string, { agentVersion, cases, models, min, json }: RunOptions): Promise<void> {
  const least = Number(min);
  if (!(least >= 0 && least <= 1)) throw new UsageError('--min takes a share between 0 and 1, e.g. 0.9');
  const client = ApiClient.here();
  const asked = { agent, cases, models, version: agentVersion };
  let evaluation = await client.post<Evaluation>(base, asked);
  while (evaluation.status === 'queued' || evaluation.status === 'running') {
    await sleep(500);
    evaluation = await client.get<Evaluation>(`${base}/${evaluation.id}`);
  }
  if (json === true) console.log(JSON.stringify({ ...evaluation, results: await resultsOf(evaluation.id, false) }));
  else await print(evaluation, true);
  if (evaluation.status === 'failed' || evaluation.passed / evaluation.cases < least) process.exitCode = 1;
}

async function print(evaluation: Evaluation, failedOnly: boolean): Promise<void> {
  for (const { name, passed, faults } of await resultsOf(evaluation.id, failedOnly)) {
    console.log(`${passed === null ? 'waits' : passed ? 'pass ' : 'FAIL '}  ${name}`);
    for (const fault of faults) console.log(`       ${fault}`);
  }
  console.log(lineOf(evaluation));
  if (evaluation.failure !== null) console.log(evaluation.failure);
}

function printComparison({ changes, ...counts }: Comparison): void {
  for (const { name, change, base: before, other: after, faults } of changes) {
    console.log(`${change.padEnd(8)} ${name}: ${before} → ${after}`);
    if (change === 'broken') for (const fault of faults) console.log(`         ${fault}`);
  }
  const { fixed, broken, same, differs, added, gone } = counts;
  const more = Object.entries({ differs, added, gone }).map(([change, count]) => (count === 0 ? '' : `, ${count} ${change}`));
  console.log(`${fixed} fixed, ${broken} broken, ${same} the same${more.join('')}.`);
}

function lineOf({ id, agent, agentVersion, status, cases, passed, cost }: Evaluation): string {
  const money = cost > 0 ? `, $${cost.toFixed(4)}` : '';
  return `${id}  ${agent} ${agentVersion}: ${passed} of ${cases} cases passed, ${status}${money}`;
}

async function casesOf(agent: string): Promise<Case[]> {
  const all: Case[] = [];
  for (let after: string | null = ''; after !== null; ) {
    const query = new URLSearchParams({ agent, limit: '200', ...(after === '' ? {} : { after }) });
    const page: { cases: Case[]; next: string | null } = await ApiClient.here().get(`${base}/cases?${query}`);
    all.push(...page.cases);
    after = page.next;
  }
  return all;
}

async function resultsOf(id: string, failedOnly: boolean): Promise<Result[]> {
  const all: Result[] = [];
  for (let after: number | null = 0; after !== null; ) {
    const query = new URLSearchParams({ after: String(after), limit: '200', ...(failedOnly ? { passed: 'false' } : {}) });
    const page: { results: Result[]; next: number | null } = await ApiClient.here().get(`${base}/${id}/results?${query}`);
    all.push(...page.results);
    after = page.next;
  }
  return all;
}

function casesIn(file: string): EvaluationCase[] {
  let content: string;
  try {
    content = readFileSync(file, 'utf8');
  } catch (error) {
    throw new UsageError(`${file} cannot be read: ${messageOf(error)}`);
  }
  return parseCases(content, file);
}
