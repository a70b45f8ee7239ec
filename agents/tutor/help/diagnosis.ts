/** What went wrong with a program, and where: from the outcome of its first failing visible test. No model, and nothing of hidden tests. */
import type { SandboxLanguage } from '../../../src/sandbox.ts';
import type { ExerciseTest, TestVerdict } from '../contract.ts';

/** What a student can be told of. Each has its explanation and its concept in `concepts.ts`. */
export const troubles = [
  'syntax',
  'indentation',
  'unknown-name',
  'not-defined',
  'unset-local',
  'wrong-type',
  'nothing-returned',
  'not-callable',
  'index',
  'key',
  'attribute',
  'zero-division',
  'bad-value',
  'recursion',
  'missing-module',
  'input-over',
  'other-error',
  'endless',
  'memory',
  'flood',
  'forbidden',
  'left-early',
  'no-value',
  'printed-instead',
  'text-for-number',
  'off-by-one',
  'empty-case',
  'order',
  'wrong-kind',
  'wrong-value',
  'hidden',
] as const;
export type Trouble = (typeof troubles)[number];

/** A failing visible test as the student may see it. */
export interface FailedTest {
  test: ExerciseTest & { visible: true };
  verdict: TestVerdict;
  printed: string;
  error: string | undefined;
  got: string | undefined;
}

export interface Diagnosis {
  trouble: Trouble;
  /** Line of the student's file, from 1. */
  line?: number | undefined;
  /** What stands there. */
  source?: string | undefined;
  /** The name, key or module that the error is about. */
  name?: string | undefined;
  /** The last line of the error, as the interpreter says it. */
  message?: string | undefined;
}

/** @param language of the program @param entry file that its code is in */
export function diagnose(failed: FailedTest, code: string, language: SandboxLanguage, entry: string): Diagnosis {
  const place = placeOf(failed.error ?? '', code, entry);
  const message = messageOf(failed.error ?? '', language);
  const base = { ...place, ...(message === undefined ? {} : { message }) };
  switch (failed.verdict) {
    case 'timeout':
      return { trouble: 'endless', ...loopOf(code) };
    case 'memory':
      return { ...base, trouble: 'memory' };
    case 'output':
      return { trouble: 'flood', ...loopOf(code) };
    case 'forbidden':
      return { ...base, trouble: 'forbidden' };
    case 'compile-error':
      return { ...base, trouble: /^(Indentation|Tab)Error/.test(message ?? '') ? 'indentation' : 'syntax' };
    case 'runtime-error':
      return { ...base, ...notDefined(failed, ofError(message ?? '')) };
    default:
      return { trouble: ofValue(failed, code) };
  }
}

/** The name that is missing is what the test calls: another program, or another spelling. */
function notDefined({ test }: FailedTest, found: { trouble: Trouble; name?: string }): { trouble: Trouble; name?: string } {
  const called = test.kind === 'stdio' ? [] : [...test.expression.matchAll(/([A-Za-z_]\w*)\s*\(/g)].map(([, name]) => name);
  return found.trouble === 'unknown-name' && called.includes(found.name) ? { ...found, trouble: 'not-defined' } : found;
}

/** The deepest place in the student's own file. */
function placeOf(error: string, code: string, entry: string): { line?: number; source?: string } {
  const file = entry.replaceAll('.', '\\.');
  const places = [
    ...error.matchAll(new RegExp(`File "(?:\\./)?(?:[^"\\n]*/)?${file}", line (\\d+)|(?:^|[\\s(/])${file}:(\\d+)(?::\\d+)?`, 'gm')),
  ];
  const number = Number(places.at(-1)?.[1] ?? places[0]?.[2] ?? Number.NaN);
  if (!Number.isInteger(number) || number < 1) return {};
  const source = code.split('\n')[number - 1]?.trim();
  return source === undefined || source === '' ? { line: number } : { line: number, source };
}

function messageOf(error: string, language: SandboxLanguage): string | undefined {
  const lines = error.split('\n').map((line) => line.trim());
  const named = lines.filter((line) => /^[A-Za-z_][\w.]*(Error|Exception|Interrupt|Exit|Iteration)\b/.test(line));
  const found = language === 'python' ? named.at(-1) : named[0];
  return (found ?? lines.filter((line) => line !== '').at(-1))?.slice(0, 300);
}

function ofError(message: string): { trouble: Trouble; name?: string } {
  const named = (pattern: RegExp): { name?: string } => {
    const name = pattern.exec(message)?.[1];
    return name === undefined ? {} : { name };
  };
  if (/^UnboundLocalError/.test(message)) return { trouble: 'unset-local', ...named(/'([^']+)'/) };
  if (/^NameError/.test(message)) return { trouble: 'unknown-name', ...named(/name '([^']+)'/) };
  if (/^ReferenceError/.test(message)) return { trouble: 'unknown-name', ...named(/(?:Error: )'?([\w$]+)'? is not/) };
  if (/NoneType|of undefined|of null|undefined \(reading/.test(message)) return { trouble: 'nothing-returned' };
  if (/not callable|is not a function|not a function/.test(message))
    return { trouble: 'not-callable', ...named(/'(\w+)' object|([\w.]+) is not/) };
  if (/^TypeError/.test(message)) return { trouble: 'wrong-type' };
  if (/^IndexError/.test(message)) return { trouble: 'index' };
  if (/^KeyError/.test(message)) return { trouble: 'key', ...named(/KeyError: (.+)/) };
  if (/^AttributeError/.test(message)) return { trouble: 'attribute', ...named(/attribute '([^']+)'/) };
  if (/^ZeroDivisionError/.test(message)) return { trouble: 'zero-division' };
  if (/^ValueError/.test(message)) return { trouble: 'bad-value' };
  if (/^RecursionError|Maximum call stack|stack overflow/i.test(message)) return { trouble: 'recursion' };
  if (/^(ModuleNotFound|Import)Error|Cannot find module/.test(message)) return { trouble: 'missing-module', ...named(/'([^']+)'/) };
  if (/^EOFError/.test(message)) return { trouble: 'input-over' };
  if (/ended before it gave a value|^SystemExit/.test(message)) return { trouble: 'left-early' };
  return { trouble: 'other-error' };
}

/** The first loop: where a program that does not end most likely is. */
function loopOf(code: string): { line?: number; source?: string } {
  const lines = code.split('\n');
  const at = lines.findIndex((line) => /^\s*(while|for)\b/.test(line));
  return at < 0 ? {} : { line: at + 1, source: (lines[at] ?? '').trim() };
}

/** It ran, and its value is another one: what the two tell by being compared. */
function ofValue({ test, got, printed }: FailedTest, code: string): Trouble {
  if (test.kind === 'stdio')
    return test.expected.trim() !== '' && (got ?? '').trim() === '' ? 'no-value' : ofTexts(got ?? '', test.expected);
  const value = parsed(got);
  if (value === null || got === undefined)
    return printed.trim() !== '' || /\bprint\(|console\.log/.test(code) ? 'printed-instead' : 'no-value';
  if (test.kind === 'property') return 'wrong-value';
  return ofValues(value, test.expected, test.expression);
}

function ofTexts(got: string, expected: string): Trouble {
  const [one, other] = [got.trim(), expected.trim()];
  if (one !== other && one.replaceAll(/\s+/g, '') === other.replaceAll(/\s+/g, '')) return 'wrong-kind';
  return numbersApart(Number(one), Number(other)) ? 'off-by-one' : 'wrong-value';
}

function ofValues(value: unknown, expected: unknown, expression: string): Trouble {
  if (typeof value === 'string' && typeof expected === 'number') return 'text-for-number';
  if (typeof value !== typeof expected || Array.isArray(value) !== Array.isArray(expected)) return 'wrong-kind';
  if (/\(\s*(\[\s*\]|''|""|\{\s*\})\s*\)/.test(expression)) return 'empty-case';
  if (typeof value === 'number' && typeof expected === 'number')
    return numbersApart(value, expected) ? 'off-by-one' : 'wrong-value';
  if (Array.isArray(value) && Array.isArray(expected)) {
    if (Math.abs(value.length - expected.length) === 1) return 'off-by-one';
    const sorted = (list: readonly unknown[]) =>
      list
        .map((each) => JSON.stringify(each))
        .sort()
        .join();
    if (sorted(value) === sorted(expected)) return 'order';
  }
  return 'wrong-value';
}

function numbersApart(one: number, other: number): boolean {
  return Number.isInteger(one) && Number.isInteger(other) && Math.abs(one - other) === 1;
}

function parsed(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
