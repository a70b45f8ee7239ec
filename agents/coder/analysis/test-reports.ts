/** Reads what test runners print. */
import { posix } from 'node:path';
import type { TestRunner } from './test-runners.ts';

export interface FailedTest {
  name: string;
  /** Relative to the project. */
  path: string | undefined;
  line: number | undefined;
  message: string;
}

export interface TestReport {
  passed: number | undefined;
  failed: number;
  skipped: number | undefined;
  failures: readonly FailedTest[];
  /** The counts were found; otherwise only the exit code tells. */
  understood: boolean;
}

/** Paths of Java and Gradle reports are names of classes: `paths` finds their files. */
export function readTestReport(runner: TestRunner, printed: string, root: string, paths: readonly string[] = []): TestReport {
  const output = plainOutput(printed);
  const inProject = (path: string) => relativePath(root, path);
  switch (runner) {
    case 'vitest':
      return vitest(output, inProject);
    case 'jest':
      return jest(output, inProject);
    case 'node':
      return tap(output, inProject);
    case 'pytest':
      return pytest(output, inProject);
    case 'unittest':
      return unittest(output, inProject);
    case 'maven':
    case 'gradle':
      return java(output, paths);
    case 'go':
      return go(output, paths);
    case 'cargo':
      return cargo(output, inProject);
    case 'npm':
      return unknownRunner(output, root, paths);
  }
}

/** Without the sequences that colour a terminal. */
export function plainOutput(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that it takes out
  return text.replaceAll(/\u001b\[[0-9;?]*[A-Za-z]/g, '').replaceAll('\r\n', '\n');
}

export function relativePath(root: string, path: string): string {
  const plain = path.replace(/^file:\/\//, '');
  return posix.normalize(plain.startsWith(`${root}/`) ? plain.slice(root.length + 1) : plain);
}

type InProject = (path: string) => string;

function count(output: string, pattern: RegExp): number | undefined {
  const found = pattern.exec(output)?.[1];
  return found === undefined ? undefined : Number(found);
}

/** `npm test` of a runner that nothing names: the first whose words are there. */
function unknownRunner(output: string, root: string, paths: readonly string[]): TestReport {
  for (const runner of ['vitest', 'jest', 'node', 'pytest', 'go', 'maven'] as const) {
    const report = readTestReport(runner, output, root, paths);
    if (report.understood) return report;
  }
  return { passed: undefined, failed: 0, skipped: undefined, failures: [], understood: false };
}

function vitest(output: string, inProject: InProject): TestReport {
  const summary = /^\s*Tests\s+(.*)$/m.exec(output)?.[1] ?? '';
  const failures = output
    .split(/^ ?(?=FAIL {1,2}\S)/m)
    .slice(1)
    .map((block): FailedTest => {
      const [head = '', ...rest] = block.split('\n');
      const [path = '', ...names] = head.replace(/^FAIL\s+/, '').split(' > ');
      const place = /❯ (?:.* )?(\S+?):(\d+):\d+/.exec(block);
      const message = rest.find((line) => line.trim() !== '')?.trim() ?? '';
      return {
        name: names.join(' > ').trim(),
        path: inProject(path.trim().replace(/\s.*$/, '')),
        line: place === null ? undefined : Number(place[2]),
        message,
      };
    });
  return {
    passed: count(summary, /(\d+) passed/) ?? 0,
    failed: count(summary, /(\d+) failed/) ?? failures.length,
    skipped: count(summary, /(\d+) skipped/) ?? 0,
    failures,
    understood: summary !== '',
  };
}

function jest(output: string, inProject: InProject): TestReport {
  const summary = /^Tests:\s+(.*)$/m.exec(output)?.[1] ?? '';
  const failures: FailedTest[] = [];
  let path = '';
  for (const block of output.split(/^(?=FAIL |PASS | {2}● )/m)) {
    if (/^(FAIL|PASS) /.test(block)) path = inProject(block.replace(/^\w+ /, '').split(/\s/)[0] ?? '');
    const name = /^ {2}● (.*)$/m.exec(block)?.[1];
    // The last part of the output says the failures once more.
    if (name === undefined || !block.startsWith('  ●') || failures.some((each) => each.name === name && each.path === path))
      continue;
    const place = [...block.matchAll(/\((\S+?):(\d+):\d+\)/g)].find(([, at = '']) => !at.includes('node_modules'));
    const message =
      block
        .split('\n')
        .slice(1)
        .find((line) => line.trim() !== '')
        ?.trim() ?? '';
    failures.push({ name, path, line: place === undefined ? undefined : Number(place[2]), message });
  }
  return {
    passed: count(summary, /(\d+) passed/) ?? 0,
    failed: count(summary, /(\d+) failed/) ?? 0,
    skipped: count(summary, /(\d+) skipped/) ?? 0,
    failures,
    understood: summary !== '',
  };
}

function tap(output: string, inProject: InProject): TestReport {
  const failures: FailedTest[] = [];
  for (const [, name = '', body = ''] of output.matchAll(/^ *not ok \d+ - (.*)\n *---\n([\s\S]*?)\n *\.\.\.$/gm)) {
    // A suite fails because of what is in it.
    if (/failureType: 'subtestsFailed'/.test(body)) continue;
    const place = /location: '(.*):(\d+):\d+'/.exec(body);
    const path = place?.[1];
    // The line that failed, in the same file, says more than where the test begins.
    const inside =
      path === undefined
        ? null
        : new RegExp(`${path.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}:(\\d+):\\d+\\)`).exec(body.slice(body.indexOf('stack:')));
    const message = /error: (?:'(.*)'|\|-\n\s*(.*))/.exec(body);
    failures.push({
      name: name.replace(/ # .*$/, ''),
      path: path === undefined ? undefined : inProject(path),
      line: place === null ? undefined : Number(inside?.[1] ?? place[2]),
      message: `${message?.[1] ?? message?.[2] ?? ''}`.trim(),
    });
  }
  const passed = count(output, /^# pass (\d+)$/m);
  return {
    passed,
    failed: count(output, /^# fail (\d+)$/m) ?? failures.length,
    skipped: count(output, /^# skipped (\d+)$/m),
    failures,
    understood: passed !== undefined,
  };
}

function pytest(output: string, inProject: InProject): TestReport {
  const messages = new Map(
    [...output.matchAll(/^(?:FAILED|ERROR) (\S+?)(?: - (.*))?$/gm)].map(([, id = '', message = '']) => [id, message]),
  );
  const failures = [...messages].map(([id, message]): FailedTest => {
    const [path = '', ...names] = id.split('::');
    const name = names.join('.');
    const title = new RegExp(
      `^_{3,} (?:ERROR (?:collecting|at \\w+ of) )?${(name === '' ? path : name).replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')} _{3,}$`,
      'm',
    ).exec(output);
    const block = title === null ? '' : (output.slice(title.index + title[0].length).split(/^(?:_{3,} |={3,} )/m)[0] ?? '');
    const places = [...block.matchAll(/^(\S+?):(\d+): in /gm)].filter(([, at = '']) => inProject(at) === inProject(path));
    const line = places.at(-1)?.[2] ?? /^E?\s*.*line (\d+)/m.exec(block)?.[1];
    const said = message === '' ? (/^E\s+(.*)$/m.exec(block)?.[1] ?? '') : message;
    return {
      name: name === '' ? path : name,
      path: inProject(path),
      line: line === undefined ? undefined : Number(line),
      message: said,
    };
  });
  const summary = /^=* ?((?:\d+ \w+(?:, )?)+) in [\d.]+s/m.exec(output)?.[1] ?? '';
  return {
    passed: count(summary, /(\d+) passed/) ?? 0,
    failed: (count(summary, /(\d+) failed/) ?? 0) + (count(summary, /(\d+) errors?/) ?? 0),
    skipped: count(summary, /(\d+) skipped/) ?? 0,
    failures,
    understood: summary !== '',
  };
}

function unittest(output: string, inProject: InProject): TestReport {
  const failures = [
    ...output.matchAll(/^(?:FAIL|ERROR): (\S+) \(([^)]*)\)[^\n]*\n(?:[^\n]*\n)??-{20,}\n([\s\S]*?)(?=\n\n(?:={20,}|-{20,}))/gm),
  ].map(([, name = '', , body = '']): FailedTest => {
    const places = [...body.matchAll(/File "(.*?)", line (\d+)/g)].filter(([, path = '']) => inProject(path) !== path);
    const place = places.at(-1);
    return {
      name,
      path: place === undefined ? undefined : inProject(place[1] ?? ''),
      line: place === undefined ? undefined : Number(place[2]),
      message: body.trimEnd().split('\n').at(-1)?.trim() ?? '',
    };
  });
  const ran = count(output, /^Ran (\d+) tests?/m);
  const failed = (count(output, /failures=(\d+)/) ?? 0) + (count(output, /errors=(\d+)/) ?? 0);
  const skipped = count(output, /skipped=(\d+)/) ?? 0;
  return {
    passed: ran === undefined ? undefined : ran - failed - skipped,
    failed,
    skipped,
    failures,
    understood: ran !== undefined,
  };
}

function java(output: string, paths: readonly string[]): TestReport {
  const fileOf = (name: string) => paths.find((path) => path.endsWith(`/${name}.java`) || path === `${name}.java`);
  const failures: FailedTest[] = [];
  for (const [, type = '', method = '', line, message = ''] of output.matchAll(
    /^\[ERROR\] {3}(\w+)\.(\w+):(\d+)(?:->\S+)?\s+(.*)$/gm,
  )) {
    failures.push({ name: `${type}.${method}`, path: fileOf(type), line: Number(line), message });
  }
  for (const [, type = '', method = '', message = '', file = '', line] of output.matchAll(
    /^(\w+) > (.+?)(?:\(\))? FAILED\n\s+(.*?)(?: at (\w+)\.java:(\d+))?$/gm,
  )) {
    failures.push({
      name: `${type}.${method}`,
      path: fileOf(file === '' ? type : file),
      line: line === undefined ? undefined : Number(line),
      message,
    });
  }
  // The last line is the sum; those before it are of single classes.
  const total = [...output.matchAll(/Tests run: (\d+), Failures: (\d+), Errors: (\d+), Skipped: (\d+)/g)]
    .at(-1)
    ?.slice(1)
    .map(Number);
  const gradle = /^(\d+) tests? completed, (\d+) failed/m.exec(output);
  const [run = 0, failed = 0, errors = 0, skipped = 0] = total ?? [Number(gradle?.[1] ?? 0), Number(gradle?.[2] ?? 0), 0, 0];
  return {
    passed: run - failed - errors - skipped,
    failed: failed + errors,
    skipped,
    failures,
    understood: total !== undefined || gradle !== null,
  };
}

function go(output: string, paths: readonly string[]): TestReport {
  const failures = [...output.matchAll(/^\s*--- FAIL: (\S+)[^\n]*\n\s+(\S+\.go):(\d+): (.*)$/gm)].map(
    ([, name = '', file = '', line, message = '']): FailedTest => ({
      name,
      path: paths.find((path) => path === file || path.endsWith(`/${file}`)) ?? file,
      line: Number(line),
      message,
    }),
  );
  return {
    passed: undefined,
    failed: failures.length,
    skipped: undefined,
    failures,
    understood: /^(ok|FAIL|---|\?)\s/m.test(output) && /\.go:|\bgo\b|^ok\s+\S+/m.test(output),
  };
}

function cargo(output: string, inProject: InProject): TestReport {
  const failures = [...output.matchAll(/^thread '(.*?)' (?:\(\d+\) )?panicked at (\S+?):(\d+):\d+:\n(.*)$/gm)].map(
    ([, name = '', path = '', line, message = '']): FailedTest => ({
      name,
      path: inProject(path),
      line: Number(line),
      message,
    }),
  );
  const sums = [...output.matchAll(/^test result: \w+\. (\d+) passed; (\d+) failed; (\d+) ignored/gm)];
  const sum = (at: number) => sums.reduce((all, found) => all + Number(found[at]), 0);
  return { passed: sum(1), failed: sum(2), skipped: sum(3), failures, understood: sums.length > 0 };
}
