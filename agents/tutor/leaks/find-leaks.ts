import type { SandboxLanguage } from '../../../src/sandbox.ts';
import type { Exercise, ExerciseTest, GradedProgram, Grader } from '../contract.ts';
import { editsOf } from './edits.ts';
import { type Candidate, candidatesOf, type Fragment, fragmentsOf, unique } from './programs.ts';
import { similarityLimits, similarityTo } from './similarity.ts';
import { translatedExpression } from './syntax.ts';
import { plainText, viewsOf } from './undisguise.ts';

/** What a reply gives away. */
export interface LeakFinding {
  /**
   * `whole-solution`: a program that can be copied out of the reply, alone or with the last replies, passes where the student's code fails.
   * `fixing-edit`: an edit of the student's code that the reply spells out passes. `partial`: such a program passes at least half of the tests.
   * `undecided`: not every program could be run; treat it as a whole solution, and do not deliver the reply.
   */
  kind: 'none' | 'partial' | 'fixing-edit' | 'whole-solution' | 'undecided';
  evidence?: LeakEvidence | undefined;
  /** Programs that were run. */
  tried: number;
}

export interface LeakEvidence {
  /** How the program was taken out of the reply, e.g. "base64, fenced, renamed". */
  how: string;
  /** The program; not for the student. `undefined` where texts were compared. */
  code: string | undefined;
  passed: number;
  tests: number;
}

export interface LeakOptions {
  exercise: Exercise;
  reply: string;
  /** The last replies of the conversation, the oldest first. At most the last twelve are read. */
  earlierReplies: readonly string[];
  /** The student's latest code; empty where there is none. */
  studentCode: string;
  /** Tests that the student's code fails, where a run of it is known. They are run first. An empty list: it passes all, and nothing can leak. */
  failingTests?: readonly string[] | undefined;
  /** Aborted, the finding is `undecided`. */
  signal?: AbortSignal | undefined;
}

/** Programs of a reply that are run at most, and edits. */
const mostPrograms = 24;
const mostEdits = 10;
const mostEarlier = 12;
/** Characters of a reply that are read; a longer one with code in it is not decided. */
const readable = 40_000;

/**
 * Finds whole solutions in a reply of the tutor by running what can be copied out of it. A reply without code costs no run.
 * Never throws for what a reply holds: a grader that fails, or a signal that is aborted, gives `undecided`.
 */
export async function findLeaks(grader: Grader, options: LeakOptions): Promise<LeakFinding> {
  const { exercise, reply, studentCode, failingTests, signal } = options;
  if (failingTests?.length === 0) return { kind: 'none', tried: 0 };
  const own = fragmentsOf(reply.slice(0, readable));
  const edits = studentCode.trim() === '' ? [] : editsOf(reply.slice(0, readable), studentCode).slice(0, mostEdits);
  if (own.length === 0 && edits.length === 0)
    return { kind: reply.length > readable && fragmentsOf(reply.slice(readable)).length > 0 ? 'undecided' : 'none', tried: 0 };
  if (exercise.tests.length === 0) return similar(options);
  const fragments = [...own, ...joined(options.earlierReplies, reply, own)];
  const seen = new Set([keyOf(studentCode), keyOf(exercise.starterCode)]);
  const programs = unique(inTurn(fragments.map((fragment) => candidatesOf(fragment, exercise, studentCode)))).filter(
    ({ code }) => !seen.has(keyOf(code)),
  );
  const run = new Run(grader, options);
  try {
    const leak = await run.first(programs.slice(0, mostPrograms));
    // An edit may be told as a block; a program that differs from the student's in a line or two is one.
    if (leak !== undefined && (await run.studentFails()))
      return {
        kind: isEdit(leak.candidate, studentCode, exercise) ? 'fixing-edit' : 'whole-solution',
        evidence: leak.evidence,
        tried: run.tried,
      };
    const edited = await run.first(edits.map(({ code, how }) => ({ language: exercise.language, code, how })));
    if (edited !== undefined && (await run.studentFails()))
      return { kind: 'fixing-edit', evidence: edited.evidence, tried: run.tried };
    if (run.failed || programs.length > mostPrograms || reply.length > readable || signal?.aborted === true)
      return { kind: 'undecided', evidence: undefined, tried: run.tried };
    if (run.best !== undefined && run.best.passed * 2 >= run.best.tests)
      return { kind: 'partial', evidence: run.best, tried: run.tried };
    return { kind: 'none', tried: run.tried };
  } catch (error) {
    if (isOff(error)) return similar(options);
    return { kind: 'undecided', tried: run.tried };
  }
}

const keyOf = (code: string) => code.replace(/\s+/g, ' ').trim();

/** The first of each list, then the second of each: what is likeliest in every form goes before the unlikely. */
function inTurn(lists: readonly (readonly Candidate[])[]): Candidate[] {
  const longest = Math.max(0, ...lists.map(({ length }) => length));
  return Array.from({ length: longest }, (_, at) => lists.flatMap((list) => list[at] ?? [])).flat();
}

/** The reply's code behind that of the replies before it: one line each turn is a program in the end. */
function joined(earlier: readonly string[], reply: string, own: readonly Fragment[]): Fragment[] {
  const before = earlier.slice(-mostEarlier).filter((text) => fragmentsOf(text.slice(0, readable)).length > 0);
  if (before.length === 0 || own.length === 0) return [];
  const views = [...earlier.slice(-mostEarlier), reply].map((text) => viewsOf(text.slice(0, readable)));
  const texts = views.map((each) => each.map((view) => view.text).join('\n'));
  // A short line alone does not show that it is turned around; its neighbours do.
  const turned = views.some((each) => each.some(({ how }) => how.includes('reversed')))
    ? fragmentsOf(views.map(([plain]) => reversedLines(plain?.text ?? '')).join('\n'))
    : [];
  const whole = fragmentsOf(texts.join('\n\n')).map((fragment) => ({ ...fragment, how: `with earlier replies, ${fragment.how}` }));
  const lines = texts.flatMap((text) => (fragmentsOf(text)[0]?.code ?? '').split('\n'));
  const once = lines.filter((line, at) => lines.indexOf(line) === at);
  const again = fragmentsOf(once.join('\n')).map((fragment) => ({ ...fragment, how: `with earlier replies, ${fragment.how}` }));
  return [...turned.slice(0, 4), ...again.slice(0, 8), ...whole.slice(0, 8)];
}

function reversedLines(text: string): string {
  return text
    .split('\n')
    .map((line) => [...line.trimEnd()].reverse().join(''))
    .join('\n');
}

/** Differs from the student's program in a third of its lines at most, and is no new body. */
function isEdit({ code }: Candidate, studentCode: string, { starterCode }: Exercise): boolean {
  const lines = (text: string) =>
    text
      .split('\n')
      .map((line) => line.replace(/#.*$/, '').trim())
      .filter((line) => line !== '');
  const own = new Set(lines(studentCode));
  const starter = new Set(lines(starterCode));
  const written = lines(code);
  const fresh = written.filter((line) => !own.has(line)).length;
  const ofStudent = written.filter((line) => own.has(line) && !starter.has(line)).length;
  return fresh <= 2 && ofStudent >= 2 && fresh <= written.length / 3;
}

class Run {
  readonly #grader: Grader;
  readonly #options: LeakOptions;
  readonly #tests: readonly ExerciseTest[];
  tried = 0;
  /** A run was not decided. */
  failed = false;
  best: LeakEvidence | undefined;
  #studentFails: Promise<boolean> | undefined;

  constructor(grader: Grader, options: LeakOptions) {
    this.#grader = grader;
    this.#options = options;
    const failing = new Set(options.failingTests ?? []);
    const { tests } = options.exercise;
    this.#tests = [...tests.filter(({ id }) => failing.has(id)), ...tests.filter(({ id }) => !failing.has(id))];
  }

  /** The first program that passes every test. Two run at once. */
  async first(programs: readonly Candidate[]): Promise<{ candidate: Candidate; evidence: LeakEvidence } | undefined> {
    const { signal } = this.#options;
    let next = 0;
    let found: { candidate: Candidate; evidence: LeakEvidence } | undefined;
    const enough = new AbortController();
    const either = signal === undefined ? enough.signal : AbortSignal.any([signal, enough.signal]);
    const worker = async () => {
      for (let candidate = programs[next++]; candidate !== undefined && found === undefined; candidate = programs[next++]) {
        signal?.throwIfAborted();
        const evidence = await this.#grade(candidate, either).catch((error: unknown) => {
          if (found !== undefined && enough.signal.aborted) return undefined;
          throw error;
        });
        if (evidence === undefined) continue;
        if (evidence.passed === evidence.tests && found === undefined) {
          found = { candidate, evidence };
          enough.abort();
        } else if (evidence.passed > (this.best?.passed ?? 0)) this.best = evidence;
      }
    };
    await Promise.all([worker(), worker()]);
    return found;
  }

  async #grade(candidate: Candidate, signal: AbortSignal): Promise<LeakEvidence | undefined> {
    const tests = testsIn(this.#tests, this.#options.exercise.language, candidate.language);
    if (tests === undefined) return undefined;
    this.tried++;
    const { language, entry } = this.#options.exercise;
    const place = candidate.language === language ? entry : (entryOf[candidate.language] ?? entry);
    const graded = await this.#grader.grade({ language: candidate.language, entry: place, tests }, candidate.code, {
      signal,
      stopAtFirstFailure: true,
    });
    if (graded.outcomes.some(({ verdict }) => verdict === 'sandbox-error')) {
      this.failed = true;
      return undefined;
    }
    return {
      how: candidate.how,
      code: candidate.code,
      passed: graded.passedAll ? tests.length : Math.min(passedOf(graded), tests.length - 1),
      tests: tests.length,
    };
  }

  /** A reply cannot give away what the student has. */
  studentFails(): Promise<boolean> {
    const { exercise, studentCode, failingTests, signal } = this.#options;
    if ((failingTests?.length ?? 0) > 0 || studentCode.trim() === '') return Promise.resolve(true);
    this.#studentFails ??= this.#grader
      .grade(exercise, studentCode, { signal, stopAtFirstFailure: true })
      .then(({ passedAll }) => !passedAll);
    return this.#studentFails;
  }
}

const passedOf = ({ outcomes }: GradedProgram) => outcomes.filter(({ verdict }) => verdict === 'passed').length;
const entryOf: Readonly<Partial<Record<SandboxLanguage, string>>> = { python: 'main.py', javascript: 'main.js' };

/** The tests for a program in another language: those that read and print stay, expressions are translated. */
function testsIn(tests: readonly ExerciseTest[], from: SandboxLanguage, to: SandboxLanguage): readonly ExerciseTest[] | undefined {
  if (from === to) return tests;
  const translated: ExerciseTest[] = [];
  for (const test of tests) {
    if (test.kind === 'stdio') translated.push(test);
    else {
      const expression = translatedExpression(test.expression, from, to);
      if (expression === undefined) return undefined;
      translated.push({ ...test, expression });
    }
  }
  return translated;
}

function isOff(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'sandbox_language_off';
}

/** Where nothing can be run, texts are compared. */
function similar({ exercise, reply, earlierReplies, studentCode }: LeakOptions): LeakFinding {
  const text = [...earlierReplies.slice(-mostEarlier), reply]
    .flatMap((each) => viewsOf(each.slice(0, readable)).map((view) => view.text))
    .join('\n');
  const seen = [exercise.statement, exercise.starterCode, studentCode].map(plainText);
  for (const reference of exercise.references) {
    const { exact, normalised } = similarityTo(reference, text, seen);
    if (exact >= similarityLimits.exact || normalised >= similarityLimits.normalised) {
      const how = `alike to a reference: ${exact.toFixed(2)} of its runs of words, ${normalised.toFixed(2)} with names made one`;
      return { kind: 'whole-solution', evidence: { how, code: undefined, passed: 0, tests: 0 }, tried: 0 };
    }
  }
  return { kind: 'none', tried: 0 };
}
