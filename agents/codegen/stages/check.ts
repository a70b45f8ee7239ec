/** Checks of what the tasks made, the score, and a review that can only lower it. */
import { z } from 'zod';
import { type AnyTool, defineTool, type ToolContext } from '../../../src/index.ts';
import { readJson } from '../answers/read-json.ts';
import type { CheckReport, Finding, Review, Score } from '../checks/contract.ts';
import type { Generation, GenerationRound, KeptChanges } from '../contract.ts';
import { roleMoney } from '../limits.ts';
import type { CodegenProject } from '../project/contract.ts';
import { loadContents } from '../rows/contents.ts';
import { loadGeneration, loadRounds, saveRound, updateGeneration } from '../rows/generations.ts';
import { inFolder, stateName, type Workshop } from '../workshop.ts';
import { askRole, type Reading } from './ask-role.ts';
import { filesAsData, requestPart, textsOf } from './texts.ts';

export type Checked =
  | {
      kind: 'checked';
      round: number;
      tree: string;
      base: string;
      score: Score;
      tests: Pick<CheckReport['tests'], 'runner' | 'backend' | 'passed' | 'failed' | 'ok' | 'reason'>;
      findings: readonly Finding[];
      files: readonly string[];
      reviewed: boolean;
      /** What the next round is told; absent where it is good enough, or no round is left. */
      revise?: string;
      /** The round that is offered; absent where none can be. */
      best?: { round: number; tree: string; score: number };
    }
  | { kind: 'nothing' };

const reviewAnswer = z.object({
  score: z.number().min(0).max(10),
  findings: z
    .array(
      z.object({
        path: z.string().max(400).catch(''),
        line: z.number().int().positive().nullish(),
        level: z.enum(['error', 'warning', 'note']).catch('note'),
        message: z.string().min(1).max(2_000),
      }),
    )
    .max(50)
    .catch([]),
});

/** A review below has the code made anew, while rounds are left. */
const leastReview = 6;
const shownFindings = 20;

export function checkTool(workshop: Workshop): AnyTool {
  return defineTool({
    name: 'check',
    description: 'Checks and scores what the tasks of a round made, and has it reviewed.',
    input: z.object({ generation: z.string(), round: z.number().int() }),
    effect: 'write',
    target: 'outside',
    permission: 'codegen:use',
    timeoutMs: 180_000,
    retries: 1,
    maxOutputBytes: 262_144,
    reconcile: async () => ({ kind: 'did-not-happen' }),
    async execute({ generation: id, round }, context): Promise<Checked> {
      const generation = await loadGeneration(context, id);
      const project = await workshop.open(generation.folder);
      const rounds = await loadRounds(context, id);
      const own = rounds.find((each) => each.round === round);
      const before = rounds.find((each) => each.round === round - 1)?.changes ?? {};
      const brought = own !== undefined && generation.tasks.length === 0 ? own.changes : {};
      const changes = changesOf(generation, { ...before, ...brought });
      if (Object.keys(changes).length === 0) return { kind: 'nothing' };
      if (generation.stage !== 'checks' && generation.stage !== 'review')
        await updateGeneration(context, id, { stage: 'checks', runId: context.runId });
      const checked = await reportOf(workshop, context, project, generation, { round, changes, own });
      const review = own?.review ?? (await reviewOf(context, project, generation, checked));
      const score = workshop.scoreOf(checked.report, review);
      const done: GenerationRound = { ...checked, review, score, feedback: own?.feedback };
      await saveRound(context, id, done);
      await updateGeneration(context, id, { stage: 'approval' });
      context.progress({ stage: 'checks', generation: id, round, score: score.value });
      return answerOf(generation, done, [...rounds.filter((each) => each.round !== round), done]);
    },
  });
}

/** What completed tasks wrote, in the order of the plan, over what was there. */
export function changesOf({ tasks }: Generation, before: KeptChanges): KeptChanges {
  return Object.assign({}, before, ...tasks.filter(({ state }) => state === 'completed').map(({ changes }) => changes));
}

type Reported = Pick<GenerationRound, 'round' | 'changes'> & { tree: string; report: CheckReport };

/** Made once for a tree: after a wait for the reviewer it is as it was stored. */
async function reportOf(
  workshop: Workshop,
  context: ToolContext,
  project: CodegenProject,
  generation: Generation,
  { round, changes, own }: { round: number; changes: KeptChanges; own: GenerationRound | undefined },
): Promise<Reported> {
  const { id, base } = generation;
  const contents = await loadContents(context, changes);
  const tree = await project.treeOf(base, contents);
  if (own?.tree === tree && own.report !== undefined) return { round, changes, tree, report: own.report };
  context.progress({ stage: 'checks', generation: id, round });
  const options = {
    sandbox: context.sandbox,
    signal: context.signal,
    base: project.tree(base),
    inFolder: inFolder(project, base, contents),
  };
  const report = await workshop.checkTree(project.tree(base, contents), contents, options);
  await saveRound(context, id, {
    round,
    changes,
    tree,
    report,
    review: undefined,
    score: workshop.scoreOf(report),
    feedback: own?.feedback,
  });
  return { round, changes, tree, report };
}

async function reviewOf(
  context: ToolContext,
  project: CodegenProject,
  generation: Generation,
  { round, changes, report }: Reported,
): Promise<Review | undefined> {
  const { id, base, budget } = generation;
  const { spent } = await loadGeneration(context, id);
  // What does not stand by itself needs no opinion.
  const stands = report.parses && (report.tests.ok || report.tests.runner === 'none');
  if (!stands || generation.tasks.length === 0 || budget - spent < roleMoney.reviewer) return undefined;
  const contents = await loadContents(context, changes);
  const { tests } = report;
  const input = [
    requestPart(generation),
    `Tests: ${tests.runner === 'none' ? `not executed (${tests.reason ?? 'none'})` : `${tests.passed} passed, ${tests.failed} failed (${tests.runner})`}.`,
    `What was made:\n\n${filesAsData(textsOf(contents))}`,
  ].join('\n\n');
  if (generation.stage !== 'review') await updateGeneration(context, id, { stage: 'review' });
  const paths = new Set(await project.tree(base, contents).paths());
  const asked = await askRole(context, { role: 'reviewer', generation: id, key: `review/${round}`, input, changes }, (text) =>
    readReview(text, paths),
  );
  return asked.kind === 'answer' ? asked.value : undefined;
}

function readReview(text: string, paths: ReadonlySet<string>): Reading<Review> {
  const json = readJson(text);
  if (json.kind === 'malformed') return json;
  const parsed = reviewAnswer.safeParse(json.value);
  if (!parsed.success) return { kind: 'malformed', message: 'The review must be {"score": 0 to 10, "findings": [...]}.' };
  const findings = parsed.data.findings.map(
    ({ path, line, level, message }): Finding => ({
      path: paths.has(path) ? path : '',
      line: line ?? undefined,
      level,
      check: 'review',
      message,
    }),
  );
  return { kind: 'read', value: { score: parsed.data.score, findings } };
}

function answerOf({ base, options }: Generation, round: GenerationRound, rounds: readonly GenerationRound[]): Checked {
  const { report, review, score, tree } = round;
  if (report === undefined || score === undefined || tree === undefined) return { kind: 'nothing' };
  const { runner, backend, passed, failed, ok, reason } = report.tests;
  const findings = [...report.findings, ...(review?.findings ?? [])];
  const offerable = rounds
    .filter(mayBeOffered)
    .sort((one, other) => (other.score?.value ?? 0) - (one.score?.value ?? 0) || other.round - one.round);
  const [best] = offerable;
  const wanting = !mayBeOffered(round) || (review !== undefined && review.score < leastReview);
  const revise = wanting && round.round < options.rounds ? feedbackOf(round) : undefined;
  return {
    kind: 'checked',
    round: round.round,
    tree,
    base: stateName(base),
    score,
    tests: { runner, backend, passed, failed, ok, reason },
    findings: findings.slice(0, shownFindings),
    files: Object.keys(round.changes).sort(),
    reviewed: review !== undefined,
    ...(revise === undefined ? {} : { revise }),
    ...(best?.tree === undefined ? {} : { best: { round: best.round, tree: best.tree, score: best.score?.value ?? 0 } }),
  };
}

/** It parses, nothing forbidden is in it, and no test that ran failed. */
export function mayBeOffered({ report, tree }: GenerationRound): boolean {
  if (report === undefined || tree === undefined || !report.parses) return false;
  if (report.findings.some(({ check, level }) => check === 'forbidden' && level === 'error')) return false;
  return (
    report.tests.ok ||
    report.tests.runner === 'none' ||
    (report.tests.failed === 0 && report.tests.failures.length === 0 && report.testFiles.length === 0)
  );
}

function feedbackOf({ report, review }: GenerationRound): string {
  const failures = (report?.tests.failures ?? [])
    .slice(0, 10)
    .map(({ name, message }) => `The test ${name} fails: ${message.slice(0, 1_000)}`);
  const findings = [...(report?.findings ?? []), ...(review?.findings ?? [])]
    .filter(({ level }) => level !== 'note')
    .slice(0, 15)
    .map(({ path, line, message }) => `${path}${line === undefined ? '' : `:${line}`}: ${message}`);
  const said = [...failures, ...findings];
  return said.length > 0 ? said.join('\n').slice(0, 8_000) : 'The review found it wanting.';
}
