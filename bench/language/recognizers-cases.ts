/**
 * Measures the date and time grammar against the published cases of Microsoft's Recognizers-Text (DateTimeModel), one language at a time.
 *
 * Their ranges of dates end exclusively where they are periods ("next week") and name the last day where they are "from … to …";
 * where a case has a past and a future value, ours may be either. Hours of parts of the day, thirds of a month and the end of
 * "from May to July" are conventions and compared as such. "Within five days" is a span for them and its last day for us.
 */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { Language, TimeMention } from '../../src/language/contract.ts';
import { findTimeMentions } from '../../src/language/time/mentions.ts';

export interface Value {
  timex?: string;
  value?: string;
  start?: string;
  end?: string;
  Mod?: string;
}
export interface Expected {
  Text: string;
  Start?: number;
  TypeName?: string;
  Type?: string;
  Resolution?: { values?: Value[] } | null;
}
interface Case {
  Input: string;
  Context?: { ReferenceDateTime?: string };
  Results?: Expected[];
}

export const measured = ['date', 'time', 'datetime', 'daterange', 'timerange', 'datetimerange'] as const;
type Measured = (typeof measured)[number];

/** A reason why a result is not one that the customer of an appointment agent could mean, and when it holds. */
export type Exclusion = readonly [
  reason: string,
  holds: (expected: Expected, values: Value[], type: string, reference: string) => boolean,
];

const commonExclusions: readonly Exclusion[] = [
  ['type is a set, a length of time, a time zone or untyped', (_, __, type) => !(measured as readonly string[]).includes(type)],
  [
    'their resolution is "not resolved"',
    (_, values) => values.length === 0 || values.every((value) => value.value === 'not resolved'),
  ],
  [
    'whole years, decades, centuries',
    (_, values) => values.every(({ timex = '' }) => /^(?:\d{4}|XX\d\d|FY.*|SY.*)$/.test(timex) || /,P\d+Y\)$/.test(timex)),
  ],
  [
    'only a past reading of a date without a year',
    (_, values, __, reference) =>
      values.every(({ timex = '', end, value }) => /^\(?XXXX/.test(timex) && (end ?? value ?? '9') < reference),
  ],
  ['seconds', (_, values) => values.every(({ value, start }) => /:\d\d:(?!00)\d\d$/.test(value ?? start ?? ''))],
  ['undefined reference ("ese", "mismo")', (_, values) => values.every(({ Mod }) => Mod === 'ref_undef')],
  [
    'years before 2000 or a year-long history',
    (_, values) => values.every(({ start, value }) => Number((start ?? value ?? '2016').slice(0, 4)) < 2000),
  ],
  ['working days', (_, values) => values.some(({ timex = '' }) => timex.includes('BD'))],
];

/** What the measurement has to know of a language. */
export interface Conventions {
  language: Language;
  /** Its own, behind those of every language; the first that holds counts. */
  exclusions: readonly Exclusion[];
  /** Our parts of the day by their abbreviation in the cases. */
  parts: Readonly<Record<string, readonly string[]>>;
  /** How a length of time begins that is a span for them and its last day for us. */
  within: RegExp;
  /** Dates in which the other order of day and month is right as well, because the cases put the month first. */
  monthFirst?: RegExp;
}

const dayBefore = (date: string): string => new Date(Date.parse(`${date}T00:00:00Z`) - 86_400_000).toISOString().slice(0, 10);
const dayAfter = (date: string): string => new Date(Date.parse(`${date}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);
const lastOfMonth = (date: string): string =>
  new Date(Date.UTC(Number(date.slice(0, 4)), Number(date.slice(5, 7)), 0)).toISOString().slice(0, 10);
const clock = (time: string): string => time.slice(0, 5);

function datesOf(mentions: TimeMention[], swapped = false): string[] {
  return mentions.flatMap((mention) => {
    if (mention.kind === 'date') return [mention.date, ...(swapped ? (mention.alternatives ?? []) : [])];
    // A weekday that does not match is reported by us and ignored by them; the date that the numbers say is compared.
    return mention.kind === 'invalid' && mention.date !== undefined ? [mention.date] : [];
  });
}
const timesOf = (mentions: TimeMention[]): string[] =>
  mentions.flatMap((mention) => (mention.kind === 'time' ? [mention.time] : []));

function spanMatches(mentions: TimeMention[], { start, end, timex = '', Mod = '' }: Value): boolean {
  return mentions.some((mention) => {
    if (mention.kind !== 'date-range') return false;
    const { from, to } = mention.range;
    if (start !== undefined && end === undefined)
      return to === undefined && (from === start || (Mod === 'after' && from === dayAfter(start)));
    if (end !== undefined && start === undefined) return from === undefined && (to === end || to === dayBefore(end));
    if (start === undefined || end === undefined) return false;
    if (Mod === 'end' || Mod === 'mid') return from !== undefined && from >= start && to !== undefined && to <= dayBefore(end);
    if (from !== start) return false;
    if (Mod === 'start') return to !== undefined && to <= dayBefore(end);
    // From month to month: their range ends where the last month begins, ours with its last day.
    if (timex.startsWith('(') && end.endsWith('-01') && to === lastOfMonth(end)) return true;
    return to === dayBefore(end) || (timex.startsWith('(') && to === end);
  });
}

function hoursMatch(mentions: TimeMention[], { start, end, timex = '' }: Value, parts: Conventions['parts']): boolean {
  return mentions.some((mention) => {
    if (mention.kind !== 'time-range') return false;
    const { from, to } = mention.range;
    const part = /T(?:MO|AF|EV|NI|DA|MEL)$/.exec(timex)?.[0];
    if (part !== undefined && parts[part] !== undefined) return parts[part].includes(`${from ?? ''}-${to ?? ''}`);
    const begin = start === undefined ? undefined : clock(start);
    const finish = end === undefined ? undefined : clock(end);
    return from === begin && to === finish;
  });
}

/** How one result is compared. */
interface Reading {
  within: boolean;
  swapped: boolean;
  parts: Conventions['parts'];
}

function matches(type: Measured, mentions: TimeMention[], value: Value, reading: Reading): boolean {
  const { within, swapped, parts } = reading;
  const [date = '', time = ''] = (value.value ?? '').split(' ');
  switch (type) {
    case 'date':
      return datesOf(mentions, swapped).includes(date);
    case 'time':
      return timesOf(mentions).includes(clock(value.value ?? ''));
    case 'datetime':
      return datesOf(mentions, swapped).includes(date) && timesOf(mentions).includes(clock(time));
    case 'daterange':
      if (within) return datesOf(mentions).includes(value.end ?? '');
      return spanMatches(mentions, value);
    case 'timerange':
      return hoursMatch(mentions, value, parts);
    case 'datetimerange': {
      const [startDate = '', startTime] = (value.start ?? '').split(' ');
      const [endDate = '', endTime] = (value.end ?? '').split(' ');
      const ranges = {
        timex: value.timex ?? '',
        ...(startTime === undefined ? {} : { start: startTime }),
        ...(endTime === undefined ? {} : { end: endTime }),
      };
      const day = startDate === '' ? endDate : startDate;
      if (datesOf(mentions, swapped).includes(day) && hoursMatch(mentions, ranges, parts)) return true;
      // "dentro de 5 minutos" is a span up to then for them and the moment itself for us.
      return datesOf(mentions).includes(endDate) && endTime !== undefined && timesOf(mentions).includes(clock(endTime));
    }
  }
}

const rate = (name: string, right: number, all: number): string =>
  `${name.padEnd(14)} ${String(right).padStart(4)} / ${String(all).padEnd(4)} ${((100 * right) / Math.max(all, 1)).toFixed(1).padStart(6)} %`;

/** Reads the file that the command line names, measures it and prints the rates; with `--failures` each case that is not right. */
export function measure({ language, exclusions, parts, within, monthFirst }: Conventions): void {
  const { positionals, values: options } = parseArgs({
    allowPositionals: true,
    options: { failures: { type: 'boolean', default: false } },
  });
  const [path] = positionals;
  if (path === undefined) throw new Error('Give the path of DateTimeModel.json.');
  const cases = JSON.parse(readFileSync(path, 'utf8').replace(/^\uFEFF/, '')) as Case[];
  const tally = new Map<string, { right: number; all: number }>();
  const left = new Map<string, number>();
  const count = (type: string, right: boolean): void => {
    const entry = tally.get(type) ?? { right: 0, all: 0 };
    tally.set(type, { right: entry.right + (right ? 1 : 0), all: entry.all + 1 });
  };

  for (const { Input, Context, Results = [] } of cases) {
    const reference = Context?.ReferenceDateTime ?? '2019-01-01T00:00:00';
    const mentions = findTimeMentions(Input, { date: reference.slice(0, 10), time: reference.slice(11, 16) }, language);
    const ours = mentions.map((mention) => `[${Input.slice(mention.start, mention.end)}] ${JSON.stringify(mention)}`).join(' ');
    if (Results.length === 0) {
      const silent = mentions.every((mention) => mention.kind === 'duration');
      count('nothing', silent);
      if (!silent && options.failures) console.log(`nothing        ${Input}\n    ours:   ${ours}`);
    }
    for (const expected of Results) {
      const type = (expected.TypeName ?? expected.Type ?? '').replace('datetimeV2.', '');
      const values = expected.Resolution?.values ?? [];
      const reason = [...commonExclusions, ...exclusions].find(([, holds]) => holds(expected, values, type, reference))?.[0];
      if (reason !== undefined) {
        left.set(reason, (left.get(reason) ?? 0) + 1);
        continue;
      }
      const start = expected.Start ?? Input.toLowerCase().indexOf(expected.Text.toLowerCase());
      const end = start + expected.Text.length;
      const overlapping = mentions.filter((mention) => mention.start < end && mention.end > start);
      const reading = { within: within.test(expected.Text), swapped: monthFirst?.test(expected.Text) === true, parts };
      const right = values.some((value) => matches(type as Measured, overlapping, value, reading));
      count(type, right);
      if (right || !options.failures) continue;
      const theirs = values.map((value) => JSON.stringify(value)).join(' ');
      console.log(
        `${type.padEnd(14)} ${reference.slice(0, 16)} ${Input}\n    theirs: [${expected.Text}] ${theirs}\n    ours:   ${ours}`,
      );
    }
  }

  console.log('Left out, by rule:');
  for (const [reason, number] of left) console.log(`${String(number).padStart(5)}  ${reason}`);
  console.log('\nMeasured:');
  for (const type of [...measured, 'nothing']) {
    const { right, all } = tally.get(type) ?? { right: 0, all: 0 };
    if (all > 0) console.log(rate(type, right, all));
  }
  for (const [name, types] of [
    ['points', ['date', 'time', 'datetime']],
    ['ranges', ['daterange', 'timerange', 'datetimerange']],
  ] as const) {
    const group = types.map((type) => tally.get(type) ?? { right: 0, all: 0 });
    const sum = (key: 'right' | 'all'): number => group.reduce((total, entry) => total + entry[key], 0);
    console.log(rate(name, sum('right'), sum('all')));
  }
}
