import { partsOf, weekdayInWeek } from './calendar.ts';
import {
  agree,
  agreeing,
  beginsTime,
  dateAfter,
  dayFromToday,
  isEndedByComma,
  listedDays,
  monthAhead,
  shortYear,
  weekdaySpec,
  withWeekday,
} from './date-phrases.ts';
import type { Context, Grammar, Match } from './grammar.ts';
import type { DateSpec } from './meaning.ts';
import { resolveDate } from './resolve-date.ts';

const on = '(on|for)?';

/** English dates. */
export function addEnglishDates(grammar: Grammar): void {
  addDays(grammar);
  addWeekdays(grammar);
  addDaysOfMonth(grammar);
  addDistances(grammar);
}

function addDays(grammar: Grammar): void {
  const relative: readonly (readonly [string, number])[] = [
    ['today', 0],
    ['tomorrow', 1],
    ['(the)? (day after tomorrow|overmorrow)', 2],
    ['yesterday', -1],
    ['(the)? day before yesterday', -2],
  ];
  for (const [pattern, days] of relative) grammar.rule('relativeDay', pattern, () => days);
  grammar.rule('date', '<relativeDay>', (match, context) => dayFromToday(context, match.get('relativeDay')));
  grammar.rule('date', '<relativeDay> ,? <weekday>', (match, context) =>
    withWeekday(dayFromToday(context, match.get('relativeDay')), match.get('weekday')),
  );
  grammar.rule('date', '<relativeDay> ,? <weekday>? ,? (the)? <dayOfMonth>', (match, context) => {
    const weekday = match.find('weekday');
    const date = match.get('dayOfMonth');
    return agree(context.today + match.get('relativeDay'), weekday === undefined ? date : withWeekday(date, weekday));
  });
  grammar.rule('date', '<relativeDay> ,? <weekday>? ,? (the)? <dayNumber>', (match, context) => {
    if (beginsTime(context, match.place('dayNumber'), match.end)) return undefined;
    const day = context.today + match.get('relativeDay');
    if (partsOf(day).day !== match.get('dayNumber')) return undefined;
    return { fixed: day, ...(match.find('weekday') === undefined ? {} : { weekday: match.get('weekday') }) };
  });
}

/** Short weekdays that are words of their own: they need a day number, a full stop or a word like "this" with them. */
const ambiguousShort = new Set(['sun', 'sat', 'wed', 'mon']);

function addWeekdays(grammar: Grammar): void {
  grammar.rule('weekday', '<weekdayShort> .', (match, context) =>
    shortWeekdayMeant(match, context) ? match.get('weekdayShort') : undefined,
  );
  grammar.rule('weekday', '<weekdayShort>', (match, context) =>
    shortWeekdayMeant(match, context) ? match.get('weekdayShort') : undefined,
  );
  const weeks: readonly (readonly [string, number])[] = [
    ['(this (current)?|the (current|present)) week', 0],
    ['(the)? (next|following|coming|upcoming) week', 1],
    ['(the)? (week after next|week after)', 2],
    ['(the)? (last|past|previous) week', -1],
  ];
  for (const [pattern, count] of weeks) grammar.rule('week', pattern, () => count);

  grammar.rule('date', `${on} (this|the|coming|this coming|upcoming)? <weekday>`, (match, context) =>
    weekdaySpec(context, match.get('weekday'), 'coming'),
  );
  grammar.rule('date', `${on} (the)? next <weekday>`, (match, context) => weekdaySpec(context, match.get('weekday'), 'next'));
  grammar.rule('date', `${on} (the)? following <weekday>`, (match, context) => weekdaySpec(context, match.get('weekday'), 'next'));
  grammar.rule('date', `${on} <weekday> week`, (match, context) => {
    const { fixed = context.today } = weekdaySpec(context, match.get('weekday'), 'coming');
    return { fixed: fixed + 7, weekday: match.get('weekday') };
  });
  grammar.rule('date', `${on} (the)? (last|previous) <weekday>`, (match, context) =>
    weekdaySpec(context, match.get('weekday'), 'last'),
  );
  grammar.rule('date', `${on} (this|the)? past <weekday>`, (match, context) =>
    weekdaySpec(context, match.get('weekday'), 'previous'),
  );
  const inWeek = (match: Match, context: Context): DateSpec => ({
    fixed: weekdayInWeek(context.today + match.get('week') * 7, match.get('weekday')),
    weekday: match.get('weekday'),
  });
  grammar.rule('date', `${on} <weekday> (of|in|,)? <week>`, inWeek);
  grammar.rule('date', '<week> (on|,|-)? <weekday>', inWeek);
  grammar.rule('date', `${on} (a week|one week) (from|on) (this)? <weekday>`, (match, context) => {
    const { fixed = context.today } = weekdaySpec(context, match.get('weekday'), 'coming');
    return { fixed: fixed + 7, weekday: match.get('weekday') };
  });
}

function shortWeekdayMeant(match: Match, context: Context): boolean {
  if (!ambiguousShort.has(context.tokens[match.start]?.text ?? '')) return true;
  const before = context.tokens[match.start - 1]?.text ?? '';
  const after = context.tokens[match.end];
  return (
    ['on', 'this', 'next', 'for', 'or', 'and', 'last', 'past', 'previous', 'to', '-', 'week'].includes(before) ||
    after?.kind === 'number' ||
    ['at', '-', 'to', 'through'].includes(after?.text ?? '')
  );
}

function addDaysOfMonth(grammar: Grammar): void {
  grammar.rule('anyMonth', '(<month>|<monthShort> .?)', (match) => match.find('month') ?? match.get('monthShort'));
  const year = '((,|of|in|/|-)? <year>)?';
  grammar.rule('dayOfMonth', `<dayNumber> (of|-|/)? <anyMonth> ${year}`, (match) => dated(match));
  grammar.rule('dayOfMonth', `<anyMonth> (the|-|/)? <dayNumber> ${year}`, (match, context) =>
    match.find('year') === undefined && beginsTime(context, match.place('dayNumber'), match.end) ? undefined : dated(match),
  );
  grammar.rule('dayOfMonth', '<year> (-|/) <anyMonth> (-|/) <dayNumber>', (match) => dated(match));
  // "12-May-26": two digits of a year behind a month in the same notation.
  grammar.rule('dayOfMonth', '<dayNumber> (-|/)? <anyMonth> (-|/) <number>', (match) =>
    shortYear(dated(match), match.get('number')),
  );
  grammar.rule('dayOfMonth', '(<dayNumber> (-|/) <year>|<year> (-|/) <dayNumber>) (-|/) <anyMonth>', (match) => dated(match));
  // "18 and 19 June", "June 18 or 19": the month holds for both.
  grammar.rule('mention', `${on} (the)? <dayNumber> (and|or|,|&) (the)? <dayNumber> (of)? <anyMonth> ${year}`, listedDays);
  const three = '<dayNumber> , (the)? <dayNumber> ,? (and|or|&) (the)? <dayNumber>';
  grammar.rule('mention', `${on} (the)? ${three} (of)? <anyMonth> ${year}`, listedDays);
  grammar.rule('mention', `${on} <anyMonth> (the)? ${three} ${year}`, (match, context) =>
    beginsTime(context, match.place('dayNumber', 2), match.end) ? undefined : listedDays(match, context),
  );
  grammar.rule('mention', `${on} <anyMonth> (the)? <dayNumber> (and|or|,|&) (the)? <dayNumber>`, (match, context) =>
    beginsTime(context, match.place('dayNumber', 1), match.end) ? undefined : listedDays(match, context),
  );
  grammar.rule('dayOfMonth', '<numericDate>', (match) => match.get('numericDate'));
  grammar.rule('dayOfMonth', '<dayNumber> of <monthOfYear>', (match) => ({
    day: match.get('dayNumber'),
    ...match.get('monthOfYear'),
  }));
  grammar.rule('dayOfMonth', '<dayNumber> of this month', (match, context) => ({
    day: match.get('dayNumber'),
    ...monthAhead(context, 0),
  }));

  grammar.rule('date', `${on} (the|this|next)? <dayOfMonth>`, (match) => match.get('dayOfMonth'));
  grammar.rule('date', `${on} (the|this|next)? <weekday> ,? (the)? \\(? <dayOfMonth>`, (match, context) =>
    monthFirst(withWeekday(match.get('dayOfMonth'), match.get('weekday')), context),
  );
  grammar.rule('date', `${on} (the)? <dayOfMonth> (,|\\()? <weekday> (\\))?`, (match, context) =>
    agreeing(withWeekday(match.get('dayOfMonth'), match.get('weekday')), context),
  );
  grammar.rule('date', `${on} (the|this|next)? <weekday> ,? (the)? <dayNumber>`, (match, context) => {
    const date = { day: match.get('dayNumber'), weekday: match.get('weekday') };
    if (beginsTime(context, match.place('dayNumber'), match.end)) return undefined;
    return isEndedByComma(context, match.place('dayNumber'), date) ? undefined : date;
  });
  grammar.rule('date', `${on} the <dayNumber>`, bareDay);
  grammar.rule('date', '(on|for|the)? <dayNumber>', (match, context) =>
    context.tokens[match.end - 1]?.kind === 'word' && /^[0-9]/.test(context.tokens[match.place('dayNumber')]?.text ?? '')
      ? bareDay(match, context)
      : undefined,
  );
  grammar.rule('date', '(on|the) <weakDate>', (match) => match.get('weakDate'));
  grammar.rule('date', `${on} <weekday> <weakDate>`, (match, context) => {
    const said = withWeekday(match.get('weakDate'), match.get('weekday'));
    // "Monday 6-8" are hours; the month comes first in "Friday 7.6" only.
    const date = match.says('-') ? said : monthFirst(said, context);
    return 'problem' in resolveDate(date, context.today) ? undefined : date;
  });
}

/** "Friday 7/6": the month first, where that day is a Friday and the other order is none. */
function monthFirst(date: DateSpec, context: Context): DateSpec {
  const { day = 0, month = 0 } = date;
  if (day > 12 || !('problem' in resolveDate(date, context.today))) return date;
  const swapped: DateSpec = { ...date, day: month, month: day };
  return 'problem' in resolveDate(swapped, context.today) ? date : swapped;
}

/** "the first one" picks from a list and "the 2 of us" counts; "the 15th" and "on the 15" are days. */
function bareDay(match: Match, context: Context): DateSpec | undefined {
  const place = match.place('dayNumber');
  if (beginsTime(context, place, match.end) || context.tokens[place]?.kind === 'word') return undefined;
  const after = context.tokens[match.end]?.text;
  const ordinal = context.tokens[match.end - 1]?.kind === 'word';
  if (context.read('unit', match.end).length > 0) return undefined;
  return after === 'of' || after === 'one' || (!ordinal && context.tokens[match.end]?.kind === 'number')
    ? undefined
    : { day: match.get('dayNumber') };
}

function dated(match: Match): DateSpec {
  const year = match.find('year');
  return { day: match.get('dayNumber'), month: match.get('anyMonth'), ...(year === undefined ? {} : { year }) };
}

function addDistances(grammar: Grammar): void {
  grammar.rule('date', '(in|within) (about)? <amount> (time)?', (match, context) => dateAfter(context.today, match.get('amount')));
  grammar.rule('date', '(in)? <amount> from now', (match, context) => dateAfter(context.today, match.get('amount')));
  // "a week today", "two weeks tomorrow"
  grammar.rule('date', '(in)? <amount> <relativeDay>', (match, context) => {
    const { days = 0 } = match.get('amount');
    const day = match.get('relativeDay');
    return days > 0 && days % 7 === 0 && day >= 0 ? dayFromToday(context, days + day) : undefined;
  });
  grammar.rule('date', '(the)? day (before|after)', (match, context) => {
    const after = context.tokens[match.end];
    return after === undefined || after.kind === 'symbol' ? dayFromToday(context, match.says('after') ? 1 : -1) : undefined;
  });
  grammar.rule('date', '(about)? <amount> ago', (match, context) => dateAfter(context.today, match.get('amount'), -1));
}
