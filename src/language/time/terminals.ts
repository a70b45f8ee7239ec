import { type ReadNumber, readNumber } from '../numbers.ts';
import { dayOf } from './calendar.ts';
import { clockOf } from './clock.ts';
import type { Context, Grammar, Reading } from './grammar.ts';
import type { Lexicon } from './lexicon.ts';
import type { ClockSpec, DateSpec, SymbolName, Symbols } from './meaning.ts';
import { plausibleYears } from './resolve-date.ts';

const isoDate = /(\d{4})([-/. ])(\d{1,2})\2(\d{1,2})(?!\d)/y;
const fullDate = /(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})(?!\d)/y;
const slashedDate = /(\d{1,2})\/(\d{1,2})(?!\d)/y;
const dashedDate = /(\d{1,2})[-.](\d{1,2})(?!\d)/y;
/** A blank beside the colon is a slip of the thumb: "10 : 30". */
const digitalClock = /(\d{1,2})(?: ?: ?|h(?=\d\d))(\d{2})(?::\d{2})?(?!\d)/iy;
const joinedClock = /(\d{1,2})(\d{2})(?![\d:])/y;
const dottedClock = /(\d{1,2})\.(\d{2})(?!\d|[.,]\d)/y;

/** Two digits of a year: 70 to 99 are of the last century. */
const fullYear = (digits: string): number =>
  digits.length === 4 ? Number(digits) : Number(digits) + (Number(digits) >= 70 ? 1900 : 2000);

/** Reads with a sticky pattern; gives the groups and the index of the token that follows. */
function scan(context: Context, at: number, pattern: RegExp): { groups: string[]; end: number } | undefined {
  const token = context.tokens[at];
  if (token === undefined || token.kind !== 'number') return undefined;
  pattern.lastIndex = token.start;
  const match = pattern.exec(context.text);
  if (match === null) return undefined;
  const endOffset = token.start + match[0].length;
  let end = at;
  while (end < context.tokens.length && (context.tokens[end]?.start ?? endOffset) < endOffset) end++;
  return { groups: match.map((group) => group ?? ''), end };
}

/**
 * A date of two numbers, the day first. Where that cannot be, the month first; undefined where the numbers are no date at all and
 * where only one reading would be far-fetched.
 */
function dayFirst(context: Context, first: number, second: number, year?: number): DateSpec | undefined {
  const withYear = year === undefined ? {} : { year };
  const possible = (day: number, month: number): boolean =>
    month >= 1 && month <= 12 && day >= 1 && dayOf(year ?? 2024, month, day) !== undefined;
  if (possible(first, second)) {
    const swapped =
      context.language === 'en' && year !== undefined && first !== second && possible(second, first)
        ? dayOf(year, first, second)
        : undefined;
    return { day: first, month: second, ...withYear, ...(swapped === undefined ? {} : { alternatives: [swapped] }) };
  }
  if (possible(second, first)) return { day: second, month: first, ...withYear };
  return first <= 31 && second <= 12 && first > 0 && second > 0 ? { day: first, month: second, ...withYear } : undefined;
}

function readNumericDate(context: Context, at: number): Reading<'numericDate'>[] {
  const iso = scan(context, at, isoDate);
  if (iso !== undefined) {
    const [, year = '', , month = '', day = ''] = iso.groups;
    if (!isPlausibleYear(Number(year)) || Number(month) > 12 || Number(day) > 31) return [];
    return [{ end: iso.end, value: { year: Number(year), month: Number(month), day: Number(day) } }];
  }
  const full = scan(context, at, fullDate);
  if (full !== undefined) {
    const [, first = '', , second = '', yearDigits = ''] = full.groups;
    const year = fullYear(yearDigits);
    const value = isPlausibleYear(year) ? dayFirst(context, Number(first), Number(second), year) : undefined;
    return value === undefined ? [] : [{ end: full.end, value }];
  }
  const short = scan(context, at, slashedDate);
  if (short === undefined) return [];
  const [, first = '', second = ''] = short.groups;
  const value = dayFirst(context, Number(first), Number(second));
  return value === undefined ? [] : [{ end: short.end, value }];
}

function readWeakDate(context: Context, at: number): Reading<'weakDate'>[] {
  const weak = scan(context, at, dashedDate);
  if (weak === undefined) return [];
  const value = dayFirst(context, Number(weak.groups[1]), Number(weak.groups[2]));
  return value === undefined ? [] : [{ end: weak.end, value }];
}

function readClock(context: Context, at: number, pattern: RegExp): { end: number; value: ClockSpec }[] {
  const found = scan(context, at, pattern);
  if (found === undefined) return [];
  const [, hour = '', minute = ''] = found.groups;
  return [{ end: found.end, value: { ...clockOf(Number(hour), Number(minute), hour.startsWith('0')), marked: true } }];
}

/** True for a year that a customer may speak of. */
export function isPlausibleYear(year: number): boolean {
  return year >= plausibleYears.first && year <= plausibleYears.last;
}

/** Words that are a number elsewhere but never an hour: "un", "uno". */
const neverHour = new Set(['un', 'uno', 'cero', 'zero']);

function numberReadings<Name extends SymbolName>(
  name: Name,
  accept: (read: ReadNumber, context: Context, at: number) => Symbols[Name] | undefined,
): [Name, (context: Context, at: number) => Reading<Name>[]] {
  return [
    name,
    (context, at) => {
      const read = readNumber(context.tokens, at, context.language);
      if (read === undefined) return [];
      const value = accept(read, context, at);
      return value === undefined ? [] : [{ end: read.next, value }];
    },
  ];
}

/** Adds to a grammar what single words and numbers mean. */
export function addTerminals(grammar: Grammar, lexicon: () => Lexicon): void {
  for (const name of ['weekday', 'weekdayShort', 'month', 'monthShort', 'unit', 'part'] as const) {
    grammar.terminal(name, (context, at) => {
      const meaning = lexicon()
        .meanings.get(context.tokens[at]?.text ?? '')
        ?.find((candidate) => candidate.name === name);
      return meaning === undefined ? [] : [{ end: at + 1, value: meaning.value as never }];
    });
  }
  grammar.terminal('numericDate', readNumericDate);
  grammar.terminal('weakDate', readWeakDate);
  grammar.terminal('digital', (context, at) => readClock(context, at, digitalClock));
  grammar.terminal('joinedClock', (context, at) => {
    const text = context.tokens[at]?.text ?? '';
    return text.length < 3 || text.length > 4 ? [] : readClock(context, at, joinedClock);
  });
  grammar.terminal('dotted', (context, at) => readClock(context, at, dottedClock));
  grammar.terminal(...numberReadings('number', (read) => (read.ordinal ? undefined : read.value)));
  grammar.terminal(...numberReadings('ordinal', (read) => (read.ordinal ? read.value : undefined)));
  grammar.terminal(
    ...numberReadings('dayNumber', (read, context, at) => {
      if (read.value < 1 || read.value > 31 || (read.digits && (context.tokens[at]?.text.length ?? 0) > 2)) return undefined;
      return read.value;
    }),
  );
  grammar.terminal(
    ...numberReadings('monthNumber', (read) =>
      read.digits && !read.ordinal && read.value >= 1 && read.value <= 12 ? read.value : undefined,
    ),
  );
  grammar.terminal(...numberReadings('year', (read) => (!read.ordinal && isPlausibleYear(read.value) ? read.value : undefined)));
  grammar.terminal(...numberReadings('minute', (read) => (read.ordinal || read.value > 59 ? undefined : read.value)));
  grammar.terminal(
    ...numberReadings('hour', (read, context, at) => {
      const text = context.tokens[at]?.text ?? '';
      if (read.ordinal || (read.digits && text.length > 2)) return undefined;
      if (!read.digits && (read.value > 24 || neverHour.has(text))) return undefined;
      return clockOf(read.value, 0, read.digits && text.startsWith('0'));
    }),
  );
}
