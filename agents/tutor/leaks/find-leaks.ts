import type { SandboxLanguage } from '../../../src/sandbox.ts';
import type { Exercise, ExerciseTest, GradedProgram, Grader } from '../contract.ts';
import { canRunTogether } from '../grading/together.ts';
import { editsOf } from './edits.ts';
import { type Candidate, candidatesOf, type Fragment, fragmentsOf, holdsCode, unique } from './programs.ts';
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
const mostEdits = 32;
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
  const fragments = [...own, ...joined(options.earlierReplies, reply.slice(0, readable))];
  if (fragments.length === 0 && edits.length === 0)
    return { kind: reply.length > readable && fragmentsOf(reply.slice(readable)).length > 0 ? 'undecided' : 'none', tried: 0 };
  if (exercise.tests.length === 0) return similar(options);
  const seen = new Set([keyOf(studentCode), keyOf(exercise.starterCode)]);
  const programs = unique(inTurn(fragments.map((fragment) => candidatesOf(fragment, exercise, studentCode)))).filter(
    ({ code }) => !seen.has(keyOf(code)),
  );
  const tried = programs.slice(0, mostPrograms);
  const edited = edits.map(({ code, how }) => ({ language: exercise.language, code, how }));
  if (tried.length + edited.length === 0) return { kind: reply.length > readable ? 'undecided' : 'none', tried: 0 };
  const run = new Run(grader, options, [...tried, ...edited]);
  try {
    const leak = await run.first(tried);
    // An edit may be told as a block; a program that differs from the student's in a line or two is one.
    if (leak !== undefined && (await run.studentFails()))
      return {
        kind: isEdit(leak.candidate, studentCode, exercise) ? 'fixing-edit' : 'whole-solution',
        evidence: leak.evidence,
        tried: run.tried,
      };
    const edit = await run.first(edited);
    if (edit !== undefined && (await run.studentFails())) return { kind: 'fixing-edit', evidence: edit.evidence, tried: run.tried };
    if (run.failed || programs.length > mostPrograms || reply.length > readable || signal?.aborted === true)
      return { kind: 'undecided', evidence: undefined, tried: run.tried };
    if (run.best !== undefined && run.best.passed * 2 >= run.best.tests)
      return { kind: 'partial', evidence: run.best, tried: run.tried };
    return { kind: 'none', tried: run.tried };
  } catch (error) {
    if (isOff(error)) return similar(options);
    return { kind: 'undecided', tried: run.tried };
  } finally {
    run.end();
  }
}

const keyOf = (code: string) => code.replace(/\s+/g, ' ').trim();

/** The first of each list, then the second of each: what is likeliest in every form goes before the unlikely. */
function inTurn(lists: readonly (readonly Candidate[])[]): Candidate[] {
  const longest = Math.max(0, ...lists.map(({ length }) => length));
  return Array.from({ length: longest }, (_, at) => lists.flatMap((list) => list[at] ?? [])).flat();
}

/**
 * The reply's code behind that of the replies before it: one line each turn is a program in the end. What the replies before hold without this one was
 * looked at when they were given; a reply that looks like no code by itself may be what completes them.
 */
function joined(earlier: readonly string[], reply: string): Fragment[] {
  const given = earlier.slice(-mostEarlier).map((text) => text.slice(0, readable));
  if (!given.some(holdsCode)) return [];
  const before = new Set(together(given).map(({ code }) => code));
  return together([...given, reply]).filter(({ code }) => !before.has(code));
}

function together(texts: readonly string[]): Fragment[] {
  const views = texts.map((text) => viewsOf(text));
  const joinedViews = views.map((each) => each.map((view) => view.text).join('\n'));
  // A short line alone does not show that it is turned around; its neighbours do.
  const turned = views.some((each) => each.some(({ how }) => how.includes('reversed')))
    ? fragmentsOf(views.map(([plain]) => reversedLines(plain?.text ?? '')).join('\n'))
    : [];
  const lines = joinedViews.flatMap((text) => (fragmentsOf(text)[0]?.code ?? '').split('\n'));
  const once = lines.filter((line, at) => lines.indexOf(line) === at);
  const found = [
    ...turned.slice(0, 4),
    ...fragmentsOf(once.join('\n')).slice(0, 8),
    ...fragmentsOf(joinedViews.join('\n\n')).slice(0, 8),
  ];
  return found.map((fragment) => ({ ...fragment, how: `with earlier replies, ${fragment.how}` }));
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
  readonly #ended = new AbortController();
  readonly #signal: AbortSignal;
  /** Those that can share an instance, in one for each language; what could not be decided there is run alone. */
  readonly #together: Promise<ReadonlyMap<string, GradedProgram>>;
  readonly #shared: ReadonlySet<string>;
  tried = 0;
  /** A run was not decided. */
  failed = false;
  best: LeakEvidence | undefined;
  #studentFails: Promise<boolean> | undefined;

  constructor(grader: Grader, options: LeakOptions, candidates: readonly Candidate[]) {
    this.#grader = grader;
    this.#options = options;
    const { exercise, failingTests, signal, studentCode } = options;
    const failing = new Set(failingTests ?? []);
    const { tests, language } = exercise;
    this.#tests = [...tests.filter(({ id }) => failing.has(id)), ...tests.filter(({ id }) => !failing.has(id))];
    this.#signal = signal === undefined ? this.#ended.signal : AbortSignal.any([signal, this.#ended.signal]);
    const asked = [...candidates, { language, code: studentCode, how: '' }].filter((each) =>
      canRunTogether(each.code, each.language),
    );
    this.#shared = new Set(asked.map(keyOfProgram));
    this.#together = this.#gradeTogether(asked);
    // Awaited by the first program that asks for it; where there is none, its failure is nobody's.
    this.#together.catch(() => undefined);
  }

  async #gradeTogether(candidates: readonly Candidate[]): Promise<Map<string, GradedProgram>> {
    const known = new Map<string, GradedProgram>();
    const graded = [...Map.groupBy(candidates, ({ language }) => language)].map(async ([language, own]) => {
      const { exercise } = this.#options;
      const tests = testsIn(this.#tests, exercise.language, language);
      if (tests === undefined) return;
      const codes = [...new Set(own.map(({ code }) => code))];
      const { entry } = exercise;
      const found = await this.#grader.gradeTogether({ language, entry, tests }, codes, { signal: this.#signal });
      for (const [at, code] of codes.entries()) {
        const each = found[at];
        if (each !== undefined) known.set(keyOfProgram({ language, code }), each);
      }
    });
    await Promise.all(graded);
    return known;
  }

  /** What still runs is stopped. */
  end(): void {
    this.#ended.abort();
  }

  /** The first program that passes every test. Two run at once; those that could not be run together come after those that could. */
  async first(programs: readonly Candidate[]): Promise<{ candidate: Candidate; evidence: LeakEvidence } | undefined> {
    const { signal } = this.#options;
    let found: { candidate: Candidate; evidence: LeakEvidence } | undefined;
    const enough = new AbortController();
    const either = AbortSignal.any([this.#signal, enough.signal]);
    const take = (candidate: Candidate, evidence: LeakEvidence | undefined) => {
      if (evidence === undefined || found !== undefined) return;
      if (evidence.passed === evidence.tests) {
        found = { candidate, evidence };
        enough.abort();
      } else if (evidence.passed > (this.best?.passed ?? 0)) this.best = evidence;
    };
    const alone = async (some: readonly Candidate[]) => {
      let next = 0;
      const worker = async () => {
        for (let candidate = some[next++]; candidate !== undefined && found === undefined; candidate = some[next++]) {
          signal?.throwIfAborted();
          const own = candidate;
          const evidence = await this.#grade(own, either).catch((error: unknown) => {
            if (found !== undefined && enough.signal.aborted) return undefined;
            throw error;
          });
          take(own, evidence);
        }
      };
      await Promise.all([worker(), worker()]);
    };
    const together = async () => {
      const known = await this.#together;
      const rest: Candidate[] = [];
      for (const candidate of programs.filter((each) => this.#shared.has(keyOfProgram(each)))) {
        const graded = known.get(keyOfProgram(candidate));
        if (graded === undefined) rest.push(candidate);
        else {
          this.tried++;
          take(candidate, evidenceOf(candidate, graded, this.#tests));
        }
      }
      await alone(rest);
    };
    await Promise.all([together(), alone(programs.filter((each) => !this.#shared.has(keyOfProgram(each))))]);
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
    return evidenceOf(candidate, graded, tests);
  }

  /** A reply cannot give away what the student has. */
  studentFails(): Promise<boolean> {
    const { exercise, studentCode, failingTests } = this.#options;
    if ((failingTests?.length ?? 0) > 0 || studentCode.trim() === '') return Promise.resolve(true);
    this.#studentFails ??= this.#together.then(async (known) => {
      const options = { signal: this.#signal, stopAtFirstFailure: true };
      const { passedAll } =
        known.get(keyOfProgram({ language: exercise.language, code: studentCode })) ??
        (await this.#grader.grade(exercise, studentCode, options));
      return !passedAll;
    });
    return this.#studentFails;
  }
}

const keyOfProgram = ({ language, code }: Pick<Candidate, 'language' | 'code'>) => `${language} ${code}`;

function evidenceOf({ how, code }: Candidate, graded: GradedProgram, tests: readonly ExerciseTest[]): LeakEvidence {
  const passed = graded.passedAll ? tests.length : Math.min(passedOf(graded), tests.length - 1);
  return { how, code, passed, tests: tests.length };
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
