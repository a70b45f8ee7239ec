/**
 * The project's own tests, by its own runner, in bubblewrap: without network, secrets and environment. That runner's report can be forged by code that runs
 * in it. So a good report counts only where a control fails: the same run again with one more test that imports what changed and cannot pass.
 */
import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, posix } from 'node:path';
import { CommandNotStarted, type CommandResult, runCommand, sandboxState } from '../../../../src/shell.ts';
import type { CheckOptions, TestRun } from '../contract.ts';
import type { Subject } from '../subject.ts';
import { detectRunners, type ProjectRunner } from './detect.ts';
import { type ReadReport, readReport } from './read-report.ts';

const outputBytes = 1024 * 1024;

export interface ProjectRun {
  run: TestRun;
  declared: boolean;
}

/** @returns `undefined` where the project has no runner that is known, or it cannot be run here */
export async function runProject(
  subject: Subject,
  options: CheckOptions,
  left: () => number,
  onlyDeclared: boolean,
): Promise<ProjectRun | undefined> {
  const { inFolder } = options;
  if (inFolder === undefined) return undefined;
  const runners = (await detectRunners(subject)).filter(({ declared }) => declared || !onlyDeclared);
  if (runners.length === 0 || !(await sandboxState()).available) return undefined;
  const runs: TestRun[] = [];
  for (const runner of runners) {
    const run = await inFolder((folder) => runOne(subject, runner, folder, options, left));
    if (run !== undefined) runs.push(run);
  }
  const [first] = runs;
  if (first === undefined) return undefined;
  return {
    declared: runners.some(({ declared }) => declared),
    run: {
      ...first,
      passed: runs.reduce((sum, { passed }) => sum + passed, 0),
      failed: runs.reduce((sum, { failed }) => sum + failed, 0),
      failures: runs.flatMap(({ failures }) => failures).slice(0, 50),
      ok: runs.every(({ ok }) => ok),
      wallMs: runs.reduce((sum, { wallMs }) => sum + wallMs, 0),
    },
  };
}

async function runOne(
  subject: Subject,
  runner: ProjectRunner,
  folder: string,
  options: CheckOptions,
  left: () => number,
): Promise<TestRun | undefined> {
  const ran = await command(runner, folder, options.signal, left());
  if (ran === undefined) return undefined;
  const report = readReport(runner.kind, ran.output);
  if (report === undefined && !ran.timedOut) return undefined;
  const { passed = 0, failed = 0, failures = [] } = report ?? {};
  const base = { runner: 'project' as const, backend: 'bubblewrap' as const, reason: undefined, wallMs: ran.wallMs };
  if (ran.timedOut)
    return {
      ...base,
      passed: 0,
      failed: 1,
      failures: [{ name: 'run', message: `${runner.argv[0]} did not end in time.` }],
      ok: false,
    };
  if (failed > 0 || ran.exitCode !== 0)
    return {
      ...base,
      passed,
      failed: Math.max(1, failed),
      failures:
        failures.length > 0
          ? failures.slice(0, 50)
          : [{ name: 'run', message: `The runner ended with code ${ran.exitCode ?? 'none'}.` }],
      ok: false,
    };
  if (passed === 0) return { ...base, passed, failed, failures: [], ok: false };
  const forged = await controlPasses(subject, runner, folder, options.signal, left(), passed);
  if (forged === undefined) return { ...base, passed, failed, failures: [], ok: true };
  return { ...base, passed: 0, failed: 1, failures: [{ name: 'control', message: forged }], ok: false };
}

async function command(
  { argv }: ProjectRunner,
  root: string,
  signal: AbortSignal,
  wallMs: number,
): Promise<CommandResult | undefined> {
  try {
    return await runCommand({
      command: { argv },
      root,
      where: 'sandboxed',
      wallMs: Math.round(Math.min(wallMs, 300_000)),
      outputBytes,
      signal,
      environment: {},
    });
  } catch (error) {
    if (error instanceof CommandNotStarted) return undefined;
    throw error;
  }
}

/** @returns why the report cannot be believed */
async function controlPasses(
  subject: Subject,
  runner: ProjectRunner,
  folder: string,
  signal: AbortSignal,
  wallMs: number,
  passed: number,
): Promise<string | undefined> {
  const control = controlOf(subject, runner);
  // The tests of Go run in a process that the runner watches: leaving it is a failure there.
  if (control === undefined) return runner.kind === 'go' ? undefined : 'There is no control for this runner.';
  const place = join(folder, control.path);
  await mkdir(dirname(place), { recursive: true });
  await writeFile(place, control.text, { flag: 'wx' });
  const ran = await command(runner, folder, signal, wallMs);
  const report = ran === undefined ? undefined : readReport(runner.kind, ran.output);
  if (ran?.exitCode === 0 || report === undefined || report.failed === 0)
    return "A test that cannot pass was not reported as failed: the report is not the runner's.";
  return sameAsBefore(report, passed) ? undefined : 'With one more test, fewer passed: the report changes by itself.';
}

function sameAsBefore(report: ReadReport, passed: number): boolean {
  return report.passed >= passed;
}

function controlOf(subject: Subject, { kind }: ProjectRunner): { path: string; text: string } | undefined {
  const name = randomBytes(6).toString('hex');
  const one = randomBytes(3).readUIntBE(0, 3);
  const sources = subject.changed.filter(({ isTest }) => !isTest);
  const beside =
    subject.paths.find((path) =>
      (kind === 'node' || kind === 'npm' ? /[._-](test|spec)\.[mc]?[jt]sx?$/ : /(^|\/)(test_[^/]*|[^/]*_test)\.py$/).test(path),
    ) ?? '';
  const here = posix.dirname(beside || 'x');
  if (kind === 'pytest' || kind === 'unittest') {
    const modules = sources.flatMap(({ path }) =>
      /\.py$/.test(path)
        ? [
            path
              .replace(/^src\//, '')
              .replace(/\.py$/, '')
              .replaceAll('/', '.'),
          ]
        : [],
    );
    const imports = modules
      .map((module) => `try:\n    importlib.import_module(${JSON.stringify(module)})\nexcept Exception:\n    pass\n`)
      .join('');
    return {
      path: posix.join(here, `test_${name}.py`),
      text: `import importlib\nimport unittest\n\n${imports}\n\nclass Test${name}(unittest.TestCase):\n    def test_equal(self):\n        self.assertEqual(${one}, ${one + 1})\n\n    def test_plain(self):\n        assert ${one} == ${one + 1}\n`,
    };
  }
  if (kind !== 'node' && kind !== 'npm') return undefined;
  const imports = sources.flatMap(({ path }) =>
    /\.[mc]?[jt]s$/.test(path) ? [`await import(${JSON.stringify(relative(here, path))}).catch(() => undefined);`] : [],
  );
  const ending = /\.(test|spec)\.[mc]?[jt]sx?$/.exec(beside)?.[0] ?? '.test.mjs';
  const isOther = kind === 'npm';
  const framework = isOther ? '' : "import test from 'node:test';\nimport assert from 'node:assert/strict';\n";
  const body = isOther
    ? `it('${name}', () => { if (${one} !== ${one + 1}) throw new Error('control'); });`
    : `test('${name}', () => assert.equal(${one}, ${one + 1}));`;
  return {
    path: posix.join(here, `${name}${isOther ? ending : '.test.mjs'}`),
    text: `${framework}${isOther ? '' : `${imports.join('\n')}\n`}${body}\n`,
  };
}

function relative(from: string, path: string): string {
  const found = posix.relative(from, path);
  return found.startsWith('.') ? found : `./${found}`;
}
