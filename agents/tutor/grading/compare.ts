/** Whether what a program gave is what was expected. Outside of the sandbox, on plain data. */
import { runInNewContext } from 'node:vm';
import type { Comparison, ValueProperty } from '../contract.ts';

/** How far two numbers may be apart, as a part of the larger one, or as they stand near zero. */
const tolerance = 1e-6;
/** Milliseconds that a pattern of a teacher may take. */
const patternMs = 200;

export function sameOutput(printed: string, expected: string, compare: Comparison): boolean {
  switch (compare) {
    case 'exact':
      return printed === expected;
    case 'trimmed':
      return trimmed(printed) === trimmed(expected);
    case 'tokens':
      return words(printed).join(' ') === words(expected).join(' ');
    case 'numbers':
      return sameWords(words(printed), words(expected));
    case 'pattern':
      return matches(printed, expected);
  }
}

function trimmed(text: string): string {
  return text
    .split(/\r?\n/)
    .map((line) => line.trimEnd())
    .join('\n')
    .trim();
}

function words(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}

function sameWords(given: readonly string[], expected: readonly string[]): boolean {
  return given.length === expected.length && given.every((word, at) => sameWord(word, expected[at] ?? ''));
}

function sameWord(given: string, expected: string): boolean {
  if (given === expected) return true;
  const number = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
  return number.test(given) && number.test(expected) && near(Number(given), Number(expected));
}

function near(one: number, other: number): boolean {
  return Math.abs(one - other) <= tolerance * Math.max(1, Math.abs(one), Math.abs(other));
}

/** In a context with a time limit: a pattern that backtracks without end holds nobody up. */
function matches(text: string, pattern: string): boolean {
  try {
    const found: unknown = runInNewContext(
      'new RegExp(pattern, "su").test(text)',
      { pattern, text: text.trim() },
      { timeout: patternMs },
    );
    return found === true;
  } catch {
    return false;
  }
}

/** Equal as JSON has it; whole numbers exactly, others within 1e-9 of each other; `true` is not 1. */
export function sameValue(given: unknown, expected: unknown): boolean {
  if (typeof given === 'number' && typeof expected === 'number')
    return given === expected || (!(Number.isInteger(given) && Number.isInteger(expected)) && close(given, expected));
  if (Array.isArray(given) && Array.isArray(expected))
    return given.length === expected.length && given.every((each, at) => sameValue(each, expected[at]));
  if (isObject(given) && isObject(expected)) {
    const names = Object.keys(expected);
    return (
      names.length === Object.keys(given).length &&
      names.every((name) => Object.hasOwn(given, name) && sameValue(given[name], expected[name]))
    );
  }
  return given === expected;
}

function close(one: number, other: number): boolean {
  return Math.abs(one - other) <= 1e-9 * Math.max(1, Math.abs(one), Math.abs(other));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The exception that a `call` expects, written `{"$raises": "ValueError"}`; `undefined` where it expects a value. */
export function expectedError(expected: unknown): string | undefined {
  return isObject(expected) && typeof expected['$raises'] === 'string' ? expected['$raises'] : undefined;
}

export function hasProperty(value: unknown, property: ValueProperty): boolean {
  switch (property.is) {
    case 'one-of':
      return property.values.some((each) => sameValue(value, each));
    case 'between':
      return typeof value === 'number' && value >= property.least && value <= property.most;
    case 'length':
      return lengthOf(value) >= property.least && lengthOf(value) <= property.most;
    case 'sorted':
      return Array.isArray(value) && isSorted(value, property.order);
    case 'permutation-of':
      return Array.isArray(value) && isPermutation(value, property.values);
    case 'type':
      return typeOf(value) === property.type;
  }
}

function lengthOf(value: unknown): number {
  if (typeof value === 'string') return [...value].length;
  if (Array.isArray(value)) return value.length;
  return isObject(value) ? Object.keys(value).length : Number.NaN;
}

function isSorted(values: readonly unknown[], order: 'ascending' | 'descending'): boolean {
  return values.every((value, at) => {
    const before = values[at - 1];
    if (at === 0) return typeof value === 'number' || typeof value === 'string';
    if (typeof value !== typeof before || (typeof value !== 'number' && typeof value !== 'string')) return false;
    const comparison = value === before ? 0 : value > (before as typeof value) ? 1 : -1;
    return order === 'ascending' ? comparison >= 0 : comparison <= 0;
  });
}

function isPermutation(values: readonly unknown[], wanted: readonly unknown[]): boolean {
  const left = [...wanted];
  for (const value of values) {
    const at = left.findIndex((each) => sameValue(value, each));
    if (at < 0) return false;
    left.splice(at, 1);
  }
  return left.length === 0;
}

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'list';
  return typeof value;
}
