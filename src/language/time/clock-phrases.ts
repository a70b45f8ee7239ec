import { clockOf, shiftClock, withMeridiem, withPart } from './clock.ts';
import type { Context, Match } from './grammar.ts';
import type { ClockSpec, DayPart, HourSpan, MeaningPiece, SymbolName, Symbols } from './meaning.ts';

/** "5 y media", "half past five": minutes past an hour. */
export function minutesPast(hour: ClockSpec, minutes: number): ClockSpec {
  return hour.impossible === true ? hour : { ...shiftClock(hour, minutes), marked: true };
}

/** "5 menos cuarto", "quarter to five". */
export function minutesTo(hour: ClockSpec, minutes: number): ClockSpec {
  return hour.impossible === true ? hour : { ...shiftClock(hour, -minutes), marked: true };
}

/** Applies what stands behind a time: "pm", "de la tarde", "hs", "en punto". */
export function withTail(clock: ClockSpec, tail: Symbols['tail'] | undefined): ClockSpec {
  switch (tail) {
    case undefined:
      return clock;
    case 'am':
    case 'pm':
      return withMeridiem(clock, tail);
    case 'sharp':
      return { ...clock, marked: true };
    case 'hours':
      // "9 hs" is the notation of the 24-hour clock; "5 hs" is said of the afternoon all the same.
      return { ...clock, marked: true, settled: clock.settled || (clock.minutes >= 480 && clock.minutes < 780) };
    default:
      return withPart(clock, tail);
  }
}

/** Marks a time as roughly meant. */
export function roughly(clock: ClockSpec): ClockSpec {
  return { ...clock, approximate: true, marked: true };
}

/** True where a number behind an hour is its minutes ("las cinco cuarenta", "5 30"): two digits, by fives, or a word from ten on. */
export function readsAsMinutes(context: Context, place: number, minutes: number): boolean {
  const token = context.tokens[place];
  if (token === undefined || minutes < 10) return false;
  return token.kind === 'word' || (token.text.length === 2 && minutes % 5 === 0 && token.spaced);
}

/** Minutes from now, with the day that they fall on: "en una hora". */
export function momentFromNow(context: Context, minutes: number): MeaningPiece[] | undefined {
  if (minutes > 100_000) return undefined;
  const total = context.minutes + minutes;
  const days = Math.floor(total / 1440);
  return [
    { kind: 'date', date: { fixed: context.today + days } },
    { kind: 'clock', clock: clockOf(Math.floor((total - days * 1440) / 60), (total - days * 1440) % 60, true) },
  ];
}

/** Today's part of the day: "esta tarde", "tonight". */
export function partOfDay(context: Context, days: number, part: DayPart, hours: HourSpan): MeaningPiece[] {
  return [
    { kind: 'date', date: { fixed: context.today + days } },
    { kind: 'hours', hours, part },
  ];
}

/** The same with a time in it: "esta noche a las 9". */
export function timeInPart(context: Context, days: number, part: DayPart, clock: ClockSpec): MeaningPiece[] {
  return [
    { kind: 'date', date: { fixed: context.today + days } },
    { kind: 'clock', clock: withPart(clock, part) },
  ];
}

/** True where the word behind a phrase is a noun that the number counts, so that "las 5" or "de 2 a 4" is no time. */
export function countsSomething(context: Context, end: number, counted: ReadonlySet<string>): boolean {
  const after = context.tokens[end];
  return after !== undefined && (counted.has(after.text) || after.text === '%');
}

/** Number of tokens between two phrases of a match, for rules that need something to be said between them. */
export function isMarked(match: Match, nth: number): boolean {
  return match.get('rangeClock', nth).marked === true;
}

/** True where a day or a part of a day ends right before a phrase: "Monday 6-8", "el 3 de mayo 10:30", "mañana a la tarde 5 a 7". */
export function isBehindDay(context: Context, place: number): boolean {
  const before = context.tokens[place - 1]?.text === ',' ? place - 2 : place - 1;
  for (const name of ['weekday', 'relativeDay', 'part'] as const satisfies SymbolName[]) {
    if (before >= 0 && context.read(name, before).some((reading) => reading.end === before + 1)) return true;
  }
  return endsDayOfMonth(context, before);
}

/** Tokens that the longest day of a month takes: "18 de septiembre de 2026". */
const longestDay = 7;

function endsDayOfMonth(context: Context, last: number): boolean {
  for (let at = Math.max(0, last - longestDay); at <= last; at++) {
    if (context.read('numericDate', at).some((reading) => reading.end === last + 1)) return true;
  }
  // A month with a day on either side, with or without a year.
  const month = context.read('year', last).length > 0 ? last - 1 : last;
  for (let at = Math.max(0, month - 3); at <= month; at++) {
    if (context.read('month', at).length === 0 && context.read('monthShort', at).length === 0) continue;
    const day = context.read('dayNumber', at + 1).some((reading) => reading.end === last + 1);
    const earlier = [at - 1, at - 2].some((place) => place >= 0 && context.read('dayNumber', place).length > 0);
    if (day || (earlier && at >= month - 1)) return true;
  }
  return false;
}

/** True where a day follows right behind a phrase: "6-8 today", "9 a 11 el lunes". */
export function isBeforeDay(context: Context, end: number): boolean {
  const at = ['on', 'el', 'del', 'de', 'this'].includes(context.tokens[end]?.text ?? '') ? end + 1 : end;
  if (at > end && context.read('dayOfMonth', at).some((reading) => reading.end > at + 1)) return context.tokens[end]?.text !== 'de';
  const named = at + (['next', 'proximo', 'coming'].includes(context.tokens[at]?.text ?? '') ? 1 : 0);
  return context.read('weekday', named).length > 0 || context.read('relativeDay', at).length > 0;
}

/** Hours that a part of the day settles: "Monday morning 6-8", "esta noche después de las 9". */
export function hoursWithin(hours: HourSpan, part: HourSpan): HourSpan {
  const { from, to } = hours;
  const said = from ?? to;
  if (said === undefined || isIn(said, part)) return hours;
  for (const shift of [-halfDay, halfDay]) {
    const moved: HourSpan = {
      ...(from === undefined ? {} : { from: from + shift }),
      ...(to === undefined ? {} : { to: to + shift }),
    };
    if (isIn(said + shift, part) && (moved.to ?? 0) <= 2 * halfDay) return moved;
  }
  return hours;
}

const halfDay = 720;
const isIn = (minutes: number, { from = 0, to = 2 * halfDay }: HourSpan): boolean => minutes >= from && minutes < to;

/** The hours of a part of today: "esta noche después de las 9", "tonight from 8 to 10". */
export function hoursInPart(context: Context, hours: HourSpan, part: HourSpan): MeaningPiece[] {
  return [
    { kind: 'date', date: { fixed: context.today } },
    { kind: 'hours', hours: hoursWithin(hours, part) },
  ];
}
