/** Reads what the project's runner printed. */
import type { ProjectRunner } from './detect.ts';

export interface ReadReport {
  passed: number;
  failed: number;
  failures: readonly { name: string; message: string }[];
}

/** @returns `undefined` where its counts are not there: the runner did not come to its end, or is not installed */
export function readReport(kind: ProjectRunner['kind'], printed: string): ReadReport | undefined {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the colours of terminals are taken out
  const text = printed.replaceAll(/\u001b\[[0-9;?]*[A-Za-z]/g, '').replaceAll('\r\n', '\n');
  switch (kind) {
    case 'node':
      return tap(text);
    case 'pytest':
      return pytest(text);
    case 'unittest':
      return unittest(text);
    case 'go':
      return go(text);
    case 'npm':
      return tap(text) ?? spec(text) ?? named(text);
  }
}

/** The last number: a program that prints the same before the runner does changes nothing. */
function last(text: string, pattern: RegExp): number | undefined {
  const found = [...text.matchAll(pattern)].at(-1)?.[1];
  return found === undefined ? undefined : Number(found);
}

function tap(text: string): ReadReport | undefined {
  const passed = last(text, /^# pass (\d+)$/gm);
  const failed = last(text, /^# fail (\d+)$/gm);
  if (passed === undefined || failed === undefined) return undefined;
  const failures = [...text.matchAll(/^ *not ok \d+ - (.*)\n *---\n([\s\S]*?)\n *\.\.\.$/gm)]
    .filter(([, , body = '']) => !/failureType: 'subtestsFailed'/.test(body))
    .map(([, name = '', body = '']) => ({
      name,
      message: (
        /error: (?:'(.*)'|\|-\n\s*(.*))/
          .exec(body)
          ?.slice(1)
          .find((each) => each !== undefined) ?? ''
      ).trim(),
    }));
  return {
    passed: passed - (last(text, /^# skipped (\d+)$/gm) ?? 0),
    failed: failed + (last(text, /^# cancelled (\d+)$/gm) ?? 0),
    failures,
  };
}

/** What `node --test` prints for people. */
function spec(text: string): ReadReport | undefined {
  const passed = last(text, /^ℹ pass (\d+)$/gm);
  const failed = last(text, /^ℹ fail (\d+)$/gm);
  return passed === undefined || failed === undefined ? undefined : { passed, failed, failures: [] };
}

/** vitest, jest, mocha, by the words of their sums. */
function named(text: string): ReadReport | undefined {
  const line = [...text.matchAll(/^\s*Tests:?\s+(.*(?:passed|failed).*)$/gm)].at(-1)?.[1];
  if (line !== undefined) {
    const failures = [...text.matchAll(/^\s*(?:FAIL|●)\s+(.+)$/gm)].map(([, name = '']) => ({ name: name.trim(), message: '' }));
    return { passed: last(line, /(\d+) passed/g) ?? 0, failed: last(line, /(\d+) failed/g) ?? 0, failures };
  }
  const passing = last(text, /^\s*(\d+) passing\b/gm);
  return passing === undefined ? undefined : { passed: passing, failed: last(text, /^\s*(\d+) failing\b/gm) ?? 0, failures: [] };
}

function pytest(text: string): ReadReport | undefined {
  const sum = [...text.matchAll(/^=* ?((?:\d+ \w+(?:, )?)+) in [\d.]+s/gm)].at(-1)?.[1];
  if (sum === undefined) return undefined;
  const failures = [...text.matchAll(/^(?:FAILED|ERROR) (\S+)(?: - (.*))?$/gm)].map(([, name = '', message = '']) => ({
    name,
    message,
  }));
  return {
    passed: last(sum, /(\d+) passed/g) ?? 0,
    failed: (last(sum, /(\d+) failed/g) ?? 0) + (last(sum, /(\d+) errors?/g) ?? 0),
    failures,
  };
}

function unittest(text: string): ReadReport | undefined {
  const ran = last(text, /^Ran (\d+) tests?/gm);
  if (ran === undefined) return undefined;
  const failed = (last(text, /failures=(\d+)/g) ?? 0) + (last(text, /errors=(\d+)/g) ?? 0);
  const failures = [...text.matchAll(/^(?:FAIL|ERROR): (\S+) \(([^)]*)\)/gm)].map(([, name = '', where = '']) => ({
    name: `${where}.${name}`,
    message: '',
  }));
  return { passed: Math.max(0, ran - failed - (last(text, /skipped=(\d+)/g) ?? 0)), failed, failures };
}

function go(text: string): ReadReport | undefined {
  const failures = [...text.matchAll(/^\s*--- FAIL: (\S+)/gm)].map(([, name = '']) => ({ name, message: '' }));
  const good = [...text.matchAll(/^ok\s+\S+/gm)].length;
  const bad = [...text.matchAll(/^FAIL\s+\S+/gm)].length;
  return good + bad === 0 ? undefined : { passed: good, failed: Math.max(bad, failures.length), failures };
}
