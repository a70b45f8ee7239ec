import { clockOf, shiftClock, withMeridiem, withPart } from './clock.ts';
import type { Context, Match } from './grammar.ts';
import type { ClockSpec, DayPart, HourSpan, MeaningPiece, Symbols } from './meaning.ts';

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
