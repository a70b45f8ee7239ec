/**
 * What the tutor's guard lets through, holds back and costs; what is understood without a model.
 *
 *     npm run bench:tutor
 *     npm run bench:tutor -- --words                          what is understood alone
 *     TIMONEL_TEST_TUTOR_CASES=…:… npm run bench:tutor        with dialogues of human tutors and prompts of others
 */
import { readFileSync } from 'node:fs';
import { casesOf, programOf, turnsOf } from '../agents/tutor/case-files.ts';
import type { Exercise, Terms } from '../agents/tutor/contract.ts';
import { isOffTopic } from '../agents/tutor/flows/off-topic.ts';
import { readMessage, wantIn } from '../agents/tutor/flows/read.ts';
import { graderOn } from '../agents/tutor/grading/grader.ts';
import { helpFor } from '../agents/tutor/help/ladder.ts';
import { attackDialogues } from '../agents/tutor/leaks/attacks/dialogues.ts';
import { disguises } from '../agents/tutor/leaks/attacks/disguises.ts';
import { findLeaks, type LeakOptions } from '../agents/tutor/leaks/find-leaks.ts';
import { createSandbox } from '../src/sandbox.ts';

const folders = process.env['TIMONEL_TEST_TUTOR_CASES'];
const dialogues = casesOf(folders, 'socratic_dialogues.jsonl') ?? [];
const prompts = casesOf(folders, 'tutor_prompts.jsonl') ?? [];
const own = readFileSync(new URL('../agents/tutor/wants/messages.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as { text: string; want: string | null });

const percent = (part: number, of: number) => `${part} of ${of}${of === 0 ? '' : ` (${((100 * part) / of).toFixed(1)} %)`}`;
const quantile = (sorted: readonly number[], share: number) => (sorted[Math.floor(sorted.length * share)] ?? 0).toFixed(1);

/** The guard over many replies, on one backend: what it found, how long it took and what CPU time the host and its threads used. */
async function guarded(mode: 'auto' | 'embedded', name: string, cases: readonly LeakOptions[]): Promise<void> {
  const sandbox = createSandbox({ mode, concurrency: 2, queue: 200 });
  const grader = graderOn({
    languages: () => sandbox.languages(),
    run: (program, input, options) => sandbox.run(program, input, { ...options, owner: 'bench' }),
    runEach: (program, inputs, options) => sandbox.runEach(program, inputs, { ...options, owner: 'bench' }),
  });
  const found = new Map<string, number>();
  const times: { withCode: number[]; without: number[] } = { withCode: [], without: [] };
  const [first] = cases;
  if (first !== undefined) await findLeaks(grader, first);
  const before = process.cpuUsage();
  for (const options of cases) {
    const started = performance.now();
    const { kind, tried } = await findLeaks(grader, options);
    times[tried > 0 ? 'withCode' : 'without'].push(performance.now() - started);
    found.set(kind, (found.get(kind) ?? 0) + 1);
  }
  const { user, system } = process.cpuUsage(before);
  await sandbox.close();
  const kinds = [...found].map(([kind, count]) => `${kind} ${count}`).join(', ');
  console.log(`${name}, ${mode}: ${cases.length} replies: ${kinds}`);
  for (const [label, list] of [
    ['with code', times.withCode],
    ['without', times.without],
  ] as const) {
    const sorted = list.toSorted((one, other) => one - other);
    if (sorted.length > 0)
      console.log(
        `  ${label}: ${sorted.length}, p50 ${quantile(sorted, 0.5)} ms, p95 ${quantile(sorted, 0.95)} ms, max ${quantile(sorted, 0.9999)} ms`,
      );
  }
  console.log(
    `  CPU of this process ${((user + system) / 1000 / Math.max(1, times.withCode.length)).toFixed(0)} ms for each reply with code`,
  );
}

function bugOf(text: string): { exercise: Exercise; code: string } | undefined {
  const part = (name: string) => new RegExp(`<${name}>\\n([\\s\\S]*?)\\n?</${name}>`).exec(text)?.[1] ?? '';
  const tests = part('unit_tests')
    .split('\n')
    .filter((line) => line.startsWith('assert '))
    .map((line, at) => ({
      id: `t${at}`,
      visible: true,
      kind: 'call' as const,
      expression: `bool(${line.slice(7)})`,
      expected: true,
    }));
  if (tests.length === 0) return undefined;
  const place = { id: 'bug', courseId: 'c', activityId: 'a', title: 'bug', language: 'python' as const, entry: 'main.py' };
  return {
    code: programOf(part('bug_code')),
    exercise: { ...place, statement: part('problem'), starterCode: '', tests, references: [] },
  };
}

const attacks = Object.values(disguises).flatMap((disguise, number) =>
  attackDialogues(number, disguise)
    .filter((_, at) => at % 10 === number % 10)
    .map(({ attacked: { exercise, studentCode }, replies }) => ({
      exercise,
      studentCode,
      reply: replies.at(-1) ?? '',
      earlierReplies: replies.slice(0, -1),
    })),
);
const human = dialogues.flatMap(({ text }) => {
  const bug = bugOf(String(text));
  if (bug === undefined) return [];
  const replies = turnsOf(String(text)).filter(({ by }) => by === 'tutor');
  return replies.map(({ text: reply }) => ({ exercise: bug.exercise, studentCode: bug.code, reply, earlierReplies: [] }));
});
const fixes = dialogues.flatMap(({ text }) => {
  const bug = bugOf(String(text));
  const told = /<bug_fixes>\n([\s\S]*?)\n?<\/bug_fixes>/.exec(String(text))?.[1] ?? '';
  return bug === undefined
    ? []
    : told.split(/\n(?=[A-Z])/).map((reply) => ({ exercise: bug.exercise, studentCode: bug.code, reply, earlierReplies: [] }));
});
const once = <Of extends { reply: string }>(list: readonly Of[]) => [...new Map(list.map((each) => [each.reply, each])).values()];

for (const mode of process.argv.includes('--words') ? [] : (['embedded', 'auto'] as const)) {
  await guarded(mode, 'attacks', attacks);
  await guarded(mode, 'turns of human tutors', human);
  await guarded(
    mode,
    'edits that mend the program',
    once(fixes).filter(({ reply }) => reply.trim() !== ''),
  );
}

const asked = [
  ...own,
  ...prompts.flatMap(({ text, expected }) => {
    const { delegation } = expected as { delegation?: string | null };
    return delegation === undefined ? [] : [{ text: String(text), want: delegation === null ? null : 'delegation' }];
  }),
  ...dialogues.flatMap(({ text }) =>
    turnsOf(String(text))
      .filter(({ by }) => by === 'student')
      .map((turn) => ({ text: turn.text, want: null })),
  ),
];
const wantsOf = asked.map((each) => ({ ...each, found: wantIn(readMessage(each.text)) }));
const delegations = wantsOf.filter(({ want }) => want === 'delegation');
const honest = wantsOf.filter(({ want }) => want !== 'delegation' && want !== 'small-talk');
console.log(`delegation found: ${percent(delegations.filter(({ found }) => found === 'delegation').length, delegations.length)}`);
console.log(
  `honest messages taken for delegation: ${percent(honest.filter(({ found }) => found === 'delegation').length, honest.length)}`,
);

const terms: Terms = {
  helpLevel: 'high',
  blockWholeSolutions: true,
  allowFixingEdits: false,
  requirePlan: true,
  allowCodeFragments: true,
  allowPseudoCode: true,
  avoid: [],
  proactiveHelp: false,
  requestsPerDay: undefined,
};
const nothing = { title: '', statement: '', starterCode: '' };
/** Under terms that want a plan, and a student who told none: what they get for their first question. */
const refused = honest.filter(({ text, found }) => {
  if (found === 'run-tests' || found === 'submit' || found === 'validation' || found === 'plan') return false;
  // Thanks are answered with thanks.
  if (found === 'small-talk') return false;
  if (found === 'delegation' || isOffTopic(text, nothing)) return true;
  const request = { want: found, terms, mode: 'socratic' as const, step: 0, hasCode: true, hasPlan: false, hints: [], about: text };
  const help = helpFor({ ...request, failed: undefined, diagnosis: { trouble: 'wrong-value' } });
  return help.kind === 'no-help' || (help.kind === 'ask-plan' && /^Antes de/.test(help.text.es));
});
console.log(`honest questions refused, or answered with a question for a plan alone: ${percent(refused.length, honest.length)}`);
if (process.argv.includes('--show'))
  for (const { text, found } of refused) console.log(`  ${found}: ${text.slice(0, 120).replaceAll('\n', ' ')}`);
