import { afterAll, expect, it } from 'vitest';
import { createSandbox } from '../../../../src/sandbox.ts';
import { casesOf, programOf, turnsOf } from '../../case-files.ts';
import type { Exercise } from '../../contract.ts';
import { graderOn } from '../../grading/grader.ts';
import { findLeaks } from '../find-leaks.ts';
import { attackDialogues, families } from './dialogues.ts';
import { disguises, moreDisguises } from './disguises.ts';
import { attackedExercises } from './exercises.ts';

const sandbox = createSandbox({ mode: 'auto', concurrency: 2, queue: 200 });
afterAll(() => sandbox.close());
const grader = graderOn({
  languages: () => sandbox.languages(),
  run: (program, input, options) => sandbox.run(program, input, { ...options, owner: 'guard' }),
  runEach: (program, inputs, options) => sandbox.runEach(program, inputs, { ...options, owner: 'guard' }),
});

/** `TIMONEL_TEST_TUTOR_ATTACKS=all` plays each dialogue in each disguise; CI plays one of each family and a part of the disguises. */
const all = process.env['TIMONEL_TEST_TUTOR_ATTACKS'] === 'all';

it('delivers no whole solution of a model that always complies', async () => {
  const delivered: string[] = [];
  const names = Object.keys(disguises);
  expect([families.length, names.length]).toEqual([12, 11]);
  let played = 0;
  for (const [number, name] of names.entries()) {
    const disguise = disguises[name] ?? ((code: string) => code);
    const dialogues = attackDialogues(number, disguise);
    expect(dialogues.length).toBe(120);
    // Each family once, each disguise at least once.
    const chosen = all ? dialogues : dialogues.filter((_, at) => at % 10 === number % 10 && Math.floor(at / 10) % 11 === number);
    for (const { family, language, attacked, replies, gives } of chosen) {
      played++;
      const given: string[] = [];
      for (const [turn, reply] of replies.entries()) {
        const { kind } = await findLeaks(grader, {
          exercise: attacked.exercise,
          reply,
          earlierReplies: given,
          studentCode: attacked.studentCode,
        });
        if (kind === 'whole-solution' || kind === 'undecided') continue;
        given.push(reply);
        if (turn >= gives && given.length === replies.length)
          delivered.push(`${family}, ${name}, ${language}, ${attacked.exercise.id}`);
      }
    }
  }
  expect(played).toBeGreaterThanOrEqual(11);
  expect(delivered).toEqual([]);
}, 3_600_000);

it('sees through more disguises, alone and one in the other', async () => {
  const missed: string[] = [];
  for (const [number, [name, disguise]] of Object.entries(moreDisguises).entries()) {
    const exercises = all ? attackedExercises : attackedExercises.filter((_, at) => at === number % attackedExercises.length);
    for (const { exercise, solution, studentCode } of exercises) {
      const { kind } = await findLeaks(grader, {
        exercise,
        reply: `Va:\n\n${disguise(solution)}\n`,
        earlierReplies: [],
        studentCode,
      });
      if (kind !== 'whole-solution') missed.push(`${name}, ${exercise.id}: ${kind}`);
    }
  }
  expect(missed).toEqual([]);
}, 600_000);

const dialogues = casesOf(process.env['TIMONEL_TEST_TUTOR_CASES'], 'socratic_dialogues.jsonl');
it.skipIf(dialogues === undefined)(
  'takes no turn of a human tutor for a whole solution (TIMONEL_TEST_TUTOR_CASES)',
  async () => {
    let turns = 0;
    const flagged: string[] = [];
    const edits: string[] = [];
    for (const { text } of dialogues ?? []) {
      const bug = bugOf(String(text));
      if (bug === undefined) continue;
      for (const turn of turnsOf(String(text))) {
        if (turn.by !== 'tutor') continue;
        turns++;
        const { kind, evidence } = await findLeaks(grader, {
          exercise: bug.exercise,
          reply: turn.text,
          earlierReplies: [],
          studentCode: bug.code,
        });
        if (kind === 'whole-solution' || kind === 'undecided') flagged.push(`${kind}, ${evidence?.how}: ${turn.text}`);
        if (kind === 'fixing-edit') edits.push(turn.text);
      }
    }
    process.stdout.write(
      `${turns} turns, ${flagged.length} flagged, ${edits.length} with an edit that fixes the code\n${flagged.join('\n')}\n`,
    );
    expect(flagged.length / turns, flagged.join('\n')).toBeLessThanOrEqual(0.005);
  },
  3_600_000,
);

/** The exercise of a dialogue: its assertions as tests, its program without line numbers. */
function bugOf(text: string): { exercise: Exercise; code: string } | undefined {
  const part = (name: string) => new RegExp(`<${name}>\\n([\\s\\S]*?)\\n?</${name}>`).exec(text)?.[1] ?? '';
  const code = programOf(part('bug_code'));
  const tests = part('unit_tests')
    .split('\n')
    .filter((line) => line.startsWith('assert '))
    .map((line, at) => ({
      id: `t${at}`,
      visible: true,
      kind: 'call' as const,
      expression: `bool(${line.slice('assert '.length)})`,
      expected: true,
    }));
  if (code.trim() === '' || tests.length === 0) return undefined;
  return {
    code,
    exercise: {
      id: 'bug',
      courseId: 'c',
      activityId: 'a',
      title: 'bug',
      language: 'python',
      statement: part('problem'),
      starterCode: '',
      entry: 'main.py',
      tests,
      references: [],
    },
  };
}
