/**
 * The reply guard: no reply, alone or with those before it, holds a program that passes where the student's fails; nothing goes beyond the terms. What
 * a model was talked into does not matter: code is taken out of the reply and run against the tests.
 */
import { sql } from '../../src/database.ts';
import { foldText } from '../../src/dialogue.ts';
import type { CallRecord, GuardAnswer, GuardContext, GuardedTurn, LocalizedText, Reply } from '../../src/index.ts';
import type { Terms, Want } from './contract.ts';
import { type Desk, deskOf, loadDeskOf, resetTime } from './desk.ts';
import { loadExercises, type PlacedExercise } from './exercises.ts';
import { languageOf, readMessage, wantIn } from './flows/read.ts';
import { english, spanish } from './flows/sentences.ts';
import { graderOn } from './grading/grader.ts';
import { helpFor } from './help/ladder.ts';
import { asksForHelp } from './help-tools.ts';
import { findLeaks, type LeakFinding } from './leaks/find-leaks.ts';
import { holdsCode, requiredNames } from './leaks/programs.ts';
import { coursesOf, personOf } from './people.ts';
import { hintOf } from './record.ts';
import { findingOf } from './results.ts';

/** Milliseconds: some programs of a reply are run, each against tests. */
export const guardTimeoutMs = 20_000;
/** Exercises beside the one on the desk that a reply is held against, where the conversation names them: asking for one is a way around it. */
const mostOthers = 4;

export async function guard(reply: Reply, turn: GuardedTurn, context: GuardContext): Promise<GuardAnswer> {
  const principal = await context.principal();
  const person = personOf(principal, turn.conversationId);
  const { desk, others } = await context.query(async (database) => {
    const on = await deskOf(database, context, turn.conversationId);
    const exerciseId = on?.person === person ? on.exerciseId : null;
    const found = exerciseId === null ? undefined : await loadDeskOf(database, context, person, exerciseId);
    // Only what has code in it can be a solution of something else.
    const hasCode = readMessage(reply.text).code !== undefined;
    return {
      desk: found,
      others: hasCode ? await loadExercises(database, context, othersFor(person, exerciseId)) : [],
    };
  });
  const limit = desk && withinLimits(desk, turn, context.timeZone);
  if (limit !== undefined) return { kind: 'template', reply: { text: limit[languageFor(turn, desk)] } };
  const finding = (desk && beyondTerms(reply.text, desk)) ?? (await leaksIn(reply.text, turn, context, desk, others));
  if (finding === undefined) return { kind: 'pass' };
  if (turn.mayRetry) return { kind: 'retry', finding };
  return { kind: 'template', reply: templateFor(turn, desk) };
}

/** Exercises of the student's courses that they did not pass yet. */
function othersFor(person: string, exerciseId: string | null) {
  return sql`e.active AND a.status = 'active' AND ${coursesOf(person)} AND e.id IS DISTINCT FROM ${exerciseId}::uuid
    AND NOT EXISTS (SELECT FROM tutor_work w WHERE w.workspace_id = e.workspace_id AND w.exercise_id = e.id AND w.person = ${person}
      AND w.passed_at IS NOT NULL)`;
}

/** No help, or none any more today: whatever a model would say. Running, submitting and choosing are no help. */
function withinLimits({ terms, requests }: Desk, turn: GuardedTurn, timeZone: string): LocalizedText | undefined {
  const want = wantOfTurn(turn);
  const worked = turn.calls.some(
    ({ tool, status }) => tool !== 'look_at_desk' && tool !== 'hint' && (status === 'completed' || status === 'denied'),
  );
  if (!asksForHelp(want) || worked || turn.calls.length === 0) return undefined;
  if (terms.terms.helpLevel === 'none') return noHelp(terms.terms);
  const { limit, used, resetsAt } = requests;
  if (limit === undefined || used < limit || hintOf(turn.calls)?.kind === 'hint') return undefined;
  const until = { es: resetTime(resetsAt, timeZone, 'es'), en: resetTime(resetsAt, timeZone, 'en') };
  return {
    es: `Ya usaste los ${limit} pedidos de ayuda de hoy en este curso. Vuelve a haber ayuda el ${until.es}. Mientras tanto podés probar y entregar.`,
    en: `You have used the ${limit} requests for help of today in this course. There is help again on ${until.en}. You can run and submit meanwhile.`,
  };
}

function noHelp(terms: Terms): LocalizedText {
  return helpFor({ ...nothing, want: 'hint', terms, mode: 'socratic' }).text;
}

const nothing = { step: 0, hasCode: false, hasPlan: true, failed: undefined, diagnosis: undefined, hints: [] };

function wantOfTurn({ text }: GuardedTurn): Want {
  return wantIn(readMessage(text));
}

/** Words and code that the terms keep out. What the exercise itself says, and the student's own lines, may be repeated. */
function beyondTerms(text: string, { exercise, work, terms }: Desk): string | undefined {
  const { avoid, allowCodeFragments } = terms.terms;
  const own = new Set(
    [exercise.statement, exercise.starterCode, work?.code ?? ''].flatMap((each) => each.split('\n')).map((line) => line.trim()),
  );
  const lines = text.split('\n').filter((line) => !own.has(line.trim()));
  const said = lines.join('\n').toLowerCase();
  const avoided = avoid.find((word) => word.trim() !== '' && said.includes(word.trim().toLowerCase()));
  if (avoided !== undefined) return `The teacher wants "${avoided}" not to be mentioned. Say it without it.`;
  const code = readMessage(lines.join('\n')).code;
  const inside = lines.some((line) => /^\s*(```|~~~)/.test(line)) ? readMessage(text).code : code;
  const foreign = inside?.split('\n').some((line) => line.trim() !== '' && !own.has(line.trim())) ?? false;
  if (!allowCodeFragments && foreign) return 'This activity allows no code in replies. Say it in words.';
  return undefined;
}

async function leaksIn(
  text: string,
  turn: GuardedTurn,
  context: GuardContext,
  desk: Desk | undefined,
  others: readonly PlacedExercise[],
): Promise<string | undefined> {
  // What this turn's tools said is nothing that a reply adds: where there is no code beside it, what is beside it counts alone.
  const beside = besideTold(text, turn.calls);
  const reply = holdsCode(beside) ? text : beside;
  const earlierReplies = turn.history.filter(({ role }) => role === 'assistant').map((each) => each.text);
  const grader = graderOn(context.sandbox);
  const look = (exercise: PlacedExercise, studentCode: string, failingTests?: readonly string[]): Promise<LeakFinding> =>
    findLeaks(grader, { exercise, reply, earlierReplies, studentCode, failingTests, signal: context.signal });
  const { terms } = desk?.terms ?? {};
  if (desk !== undefined && terms?.blockWholeSolutions === true && desk.work?.passedAt == null) {
    const finding = told(await look(desk.exercise, desk.work?.code ?? '', failingOf(desk)), terms.allowFixingEdits);
    if (finding !== undefined) return finding;
  }
  if (terms !== undefined && !terms.blockWholeSolutions) return undefined;
  const said = foldText([text, turn.text, ...turn.history.map((each) => each.text)].join('\n'));
  for (const exercise of others.filter((each) => isMentioned(each, said)).slice(0, mostOthers)) {
    const { kind } = await look(exercise, exercise.starterCode);
    if (kind === 'whole-solution') return 'The reply holds a solution of another exercise. Leave all code out of it.';
    context.signal.throwIfAborted();
  }
  return undefined;
}

/** Visible tests that the student's program fails, where its last result says so: it need not be run again. */
function failingOf({ work }: Desk): string[] | undefined {
  const failing = work?.result?.failing.map(({ test }) => test) ?? [];
  return failing.length > 0 ? failing : undefined;
}

/** The lines of a reply that are not, as a whole, what the tools of this turn answered, or what the flows say of themselves. */
function besideTold(text: string, calls: readonly CallRecord[]): string {
  const told = new Set([spanish.howTo, english.howTo, spanish.noCode, english.noCode]);
  const gather = (value: unknown): void => {
    if (typeof value === 'string') for (const line of value.split('\n')) told.add(line.trim());
    else if (typeof value === 'object' && value !== null) for (const each of Object.values(value)) gather(each);
  };
  // Notes are written by others, and may hold what nobody is to be given.
  for (const { status, output, tool } of calls) if (status === 'completed' && tool !== 'course_notes') gather(output);
  const bare = (line: string) => line.trim().replace(/^(?:[-✗] )/u, '');
  const lines = text.split('\n').filter((line) => !told.has(bare(line)) && !/^\s*```\w*\s*$/.test(line));
  return lines.join('\n');
}

/** By its title, its code, or the names that its tests call. */
function isMentioned(exercise: PlacedExercise, said: string): boolean {
  return [exercise.code, exercise.title, ...requiredNames(exercise)].some((name) => name !== '' && said.includes(foldText(name)));
}

/** What the model is told: what it did, and what to do instead. Never the program. */
function told({ kind }: LeakFinding, allowFixingEdits: boolean): string | undefined {
  switch (kind) {
    case 'whole-solution':
      return "The reply holds a program that passes the tests where the student's fails. Give one hint less: a question about their own line, without code.";
    case 'fixing-edit':
      return allowFixingEdits
        ? undefined
        : "The reply spells out the edit that mends the student's program. Ask about that line instead of saying what to write.";
    case 'undecided':
      return 'It could not be decided whether the code in the reply is a solution. Say it in words, without code.';
    default:
      return undefined;
  }
}

function languageFor(turn: GuardedTurn, desk: Desk | undefined): 'es' | 'en' {
  return languageOf(readMessage(turn.text).words) ?? desk?.exercise.course.language ?? 'es';
}

/** The lowest step of the ladder, in place of a reply that did not pass. */
function templateFor(turn: GuardedTurn, desk: Desk | undefined): Reply {
  const language = languageFor(turn, desk);
  if (desk === undefined) return guardTemplate(turn);
  const { work, exercise, mode } = desk;
  const found = findingOf(exercise, work?.result ?? null, work?.code ?? '');
  const terms: Terms = { ...desk.terms.terms, helpLevel: 'low', allowPseudoCode: false, requirePlan: false };
  const help = helpFor({
    ...nothing,
    want: wantOfTurn(turn) === 'delegation' ? 'delegation' : 'hint',
    terms,
    mode,
    hasCode: (work?.code ?? '') !== '',
    failed: found?.failed,
    diagnosis: found?.diagnosis,
  });
  return { text: help.text[language] };
}

/** Sent where the guard failed, or took too long: it says nothing of anything. */
export function guardTemplate(turn: GuardedTurn): Reply {
  const text: LocalizedText = {
    es: 'Vamos paso a paso: contame qué esperabas que hiciera tu programa y qué hizo, o pegá tu código y lo probamos.',
    en: 'Step by step: tell me what you expected your program to do and what it did, or paste your code and we run it.',
  };
  return { text: text[languageOf(readMessage(turn.text).words) ?? 'es'] };
}
