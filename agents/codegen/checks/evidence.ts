/** What a runner in the sandbox told, and what counts of it. */
import type { SandboxBackendName, SandboxResult } from '../../../src/sandbox.ts';
import type { Finding, TestRun, TestRunner } from './contract.ts';
import type { Subject } from './subject.ts';

export interface ToldTest {
  name: string;
  outcome: 'passed' | 'failed' | 'skipped';
  message: string;
  path: string | undefined;
  line: number | undefined;
  /** It ran an assertion that could have failed. */
  asserted: boolean;
  /** It ran a function that changed. */
  reached: boolean;
}

/** What is known of a changed file. */
export interface AnalysedFile {
  path: string;
  syntax: { line: number | undefined; message: string } | undefined;
  /** Lines that can be run. */
  executable: readonly number[];
  /** Exported declarations: name, line, first and last line, and whether they are documented. */
  documented: readonly (readonly [name: string, line: number, first: number, last: number, documented: boolean])[];
  findings: readonly Finding[];
}

export interface RunEvidence {
  files: readonly AnalysedFile[];
  runner: TestRunner;
  backend: SandboxBackendName | undefined;
  /** Why nothing was run. */
  reason: string | undefined;
  tests: readonly ToldTest[];
  /** It ended as it should, with everything told. */
  complete: boolean;
  /** Why it did not. */
  ended: string | undefined;
  tampered: readonly string[];
  /** Lines that ran, by path. */
  ran: ReadonlyMap<string, ReadonlySet<number>>;
  wallMs: number;
}

export const nothingRun: Omit<RunEvidence, 'files' | 'reason'> = {
  runner: 'none',
  backend: undefined,
  tests: [],
  complete: false,
  ended: undefined,
  tampered: [],
  ran: new Map(),
  wallMs: 0,
};

/** Lines of a report in the order in which the runner wrote them. One that is out of order was not written by it. */
export function reportLines(stdout: string, nonce: string): { lines: Record<string, unknown>[]; inOrder: boolean } {
  const lines: Record<string, unknown>[] = [];
  let inOrder = true;
  let next = 1;
  for (const line of stdout.split('\n')) {
    if (!line.startsWith(`${nonce} `)) continue;
    try {
      const told: unknown = JSON.parse(line.slice(nonce.length + 1));
      if (typeof told !== 'object' || told === null) continue;
      const { number } = told as { number?: unknown };
      if (number !== undefined && number !== next++) inOrder = false;
      lines.push(told as Record<string, unknown>);
    } catch {
      // The last line of a run that was stopped.
    }
  }
  return { lines, inOrder };
}

const text = (value: unknown) => (typeof value === 'string' ? value : '');
const whole = (value: unknown) => (typeof value === 'number' ? value : undefined);

/** Reads the report of an embedded runner. */
export function readRun(
  result: SandboxResult,
  nonce: string,
  runner: TestRunner,
): Omit<RunEvidence, 'files'> & { analysed: Record<string, unknown>[] } {
  const { lines, inOrder } = reportLines(result.stdout, nonce);
  const tests: ToldTest[] = [];
  const tampered = inOrder ? [] : ['the report'];
  const missing: string[] = [];
  const styles = new Set<string>();
  const ran = new Map<string, ReadonlySet<number>>();
  let began: string | undefined;
  let finished = false;
  for (const line of lines) {
    switch (line['kind']) {
      case 'began':
        began = text(line['name']);
        break;
      case 'style':
        styles.add(text(line['style']));
        break;
      case 'missing':
        missing.push(text(line['module']));
        break;
      case 'tampered':
        tampered.push(text(line['what']));
        break;
      case 'test':
        began = undefined;
        tests.push(toldTest(line));
        break;
      case 'finished':
        finished = true;
        for (const [path, numbers] of Array.isArray(line['ran']) ? (line['ran'] as [string, number[]][]) : [])
          ran.set(path, new Set(numbers));
        break;
    }
  }
  const complete = finished && result.verdict === 'completed' && tampered.length === 0;
  const style = [...styles][0];
  const known = style === 'asserts' || style === 'unittest' || style === 'pytest-style' ? style : runner;
  return {
    analysed: lines.filter(({ kind }) => kind === 'analysed'),
    runner: styles.has('pytest-style') ? 'pytest-style' : styles.has('unittest') ? 'unittest' : known,
    backend: result.backend,
    reason:
      missing.length > 0
        ? `The tests need what is not here: ${[...new Set(missing)].slice(0, 5).join(', ')}.`
        : result.verdict === 'sandbox-error'
          ? 'The sandbox failed.'
          : undefined,
    tests,
    complete,
    ended: complete ? undefined : endOf(result, began),
    tampered: [...new Set(tampered)],
    ran,
    wallMs: result.wallMs,
  };
}

function toldTest(line: Record<string, unknown>): ToldTest {
  const outcome = line['outcome'];
  return {
    name: text(line['name']),
    outcome: outcome === 'passed' || outcome === 'skipped' ? outcome : 'failed',
    message: text(line['message']),
    path: text(line['path']) || undefined,
    line: whole(line['line']),
    asserted: line['asserted'] === true,
    reached: line['reached'] === true,
  };
}

function endOf({ verdict, exitCode, stderr }: SandboxResult, began: string | undefined): string {
  const where = began === undefined ? 'The tests' : `"${began}"`;
  switch (verdict) {
    case 'timeout':
      return `${where} did not end in time.`;
    case 'memory':
      return `${where} used more memory than a test may.`;
    case 'output':
      return `${where} printed more than a test may.`;
    case 'completed':
      return `${where} ended the run before all tests had been run.`;
    default:
      return `${where} ended the run with code ${exitCode ?? 'none'}. ${stderr.trim().split('\n').at(-1)?.slice(0, 300) ?? ''}`.trim();
  }
}

/** The verdict on a run: a test that asserts nothing, is skipped, or never calls what changed is no evidence. */
export function judgeRun(evidence: RunEvidence, mostFailures = 50): { run: TestRun; findings: Finding[] } {
  const { tests, runner, backend, reason, wallMs, tampered, complete, ended } = evidence;
  if (runner === 'none' || reason !== undefined)
    return {
      run: {
        runner: 'none',
        backend: undefined,
        reason: reason ?? 'There are no tests of what changed.',
        passed: 0,
        failed: 0,
        failures: [],
        ok: false,
        wallMs,
      },
      findings: [],
    };
  const findings: Finding[] = [];
  const failures = tests.filter(({ outcome }) => outcome === 'failed').map(({ name, message }) => ({ name, message }));
  if (tampered.length > 0)
    failures.push({
      name: 'tampering',
      message: `The code changed what runs the tests (${tampered.slice(0, 5).join(', ')}); no result counts.`,
    });
  else if (!complete) failures.push({ name: 'run', message: ended ?? 'The run did not end as it should.' });
  for (const { name, message, path, line } of tests.filter(({ outcome }) => outcome === 'failed').slice(0, mostFailures))
    findings.push({ path: path ?? fileOf(name), line, level: 'error', check: 'tests', message: `${shortName(name)}: ${message}` });
  if (tampered.length > 0 || !complete)
    findings.push({
      path: fileOf(tests[0]?.name ?? ''),
      line: undefined,
      level: 'error',
      check: 'tests',
      message: failures.at(-1)?.message ?? '',
    });
  const passed = tests.filter(({ outcome }) => outcome === 'passed');
  const counted = passed.filter(({ asserted, reached }) => asserted && reached);
  for (const [test, why] of [
    ...tests.filter(({ outcome }) => outcome === 'skipped').map((test) => [test, 'is skipped'] as const),
    ...passed.filter(({ asserted }) => !asserted).map((test) => [test, 'asserts nothing that could fail'] as const),
    ...passed.filter(({ asserted, reached }) => asserted && !reached).map((test) => [test, 'never calls what changed'] as const),
  ].slice(0, 20))
    findings.push({
      path: fileOf(test.name),
      line: test.line,
      level: counted.length === 0 ? 'error' : 'warning',
      check: 'tests',
      message: `${shortName(test.name)} ${why}: it is no evidence.`,
    });
  return {
    run: {
      runner,
      backend,
      reason: undefined,
      passed: tampered.length > 0 ? 0 : counted.length,
      failed: failures.length,
      failures: failures.slice(0, mostFailures),
      ok: complete && failures.length === 0 && counted.length > 0,
      wallMs,
    },
    findings,
  };
}

const fileOf = (name: string) => name.split('::')[0] ?? name;
const shortName = (name: string) => name.split('::').slice(1).join('.') || name;

/** Share of the changed lines that ran; `undefined` where none of them can be measured. */
export function coveredShare(
  subject: Subject,
  evidence: readonly RunEvidence[],
): { covered: number | undefined; missed: Finding[] } {
  let all = 0;
  let hit = 0;
  const missed: Finding[] = [];
  for (const { files, ran, complete } of evidence) {
    if (!complete) continue;
    for (const { path, executable } of files) {
      const file = subject.changed.find((each) => each.path === path);
      if (file === undefined || file.isTest) continue;
      const lines = executable.filter((line) => file.lines === undefined || file.lines.has(line));
      const found = ran.get(path);
      const left = lines.filter((line) => found?.has(line) !== true);
      all += lines.length;
      hit += lines.length - left.length;
      if (left.length > 0)
        missed.push({ path, line: left[0], level: 'note', check: 'coverage', message: `No test runs the lines ${ranges(left)}.` });
    }
  }
  return { covered: all === 0 ? undefined : hit / all, missed };
}

function ranges(lines: readonly number[]): string {
  const parts: [number, number][] = [];
  for (const line of lines) {
    const last = parts.at(-1);
    if (last !== undefined && last[1] === line - 1) last[1] = line;
    else parts.push([line, line]);
  }
  const shown = parts.slice(0, 10).map(([from, to]) => (from === to ? `${from}` : `${from}–${to}`));
  return `${shown.join(', ')}${parts.length > 10 ? ' and more' : ''}`;
}
