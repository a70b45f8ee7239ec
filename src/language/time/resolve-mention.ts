import type { DateRange, TimeMention, TimeRange } from '../contract.ts';
import { formatClockTime, formatIsoDate } from './calendar.ts';
import { clockReadings } from './clock.ts';
import type { Context } from './grammar.ts';
import type { DaySpan, HourSpan, MeaningPiece } from './meaning.ts';
import { resolveDate } from './resolve-date.ts';

/** Words and signs between the times of a list. */
export const listJoiners: ReadonlySet<string> = new Set([',', 'o', 'u', 'y', 'or', 'and']);

/** A phrase of the text and what it says. */
export interface ResolvedMention {
  /** Index of its first token. */
  start: number;
  /** Index of the token after its last. */
  end: number;
  pieces: MeaningPiece[];
}

/** Phrases between a time and the part of the day that settles it: "a las 7 el domingo a la tarde". */
const settlingDistance = 2;

/** Settles a bare time by a part of the day that is said next to it in the same sentence. */
export function settleTimes(context: Context, found: readonly ResolvedMention[]): void {
  // From the last one on, so that what settles the end of a list settles all of it.
  for (const [index, phrase] of [...found.entries()].reverse()) {
    for (const piece of phrase.pieces) {
      if (piece.kind !== 'clock' || piece.clock.settled) continue;
      const readings = clockReadings(piece.clock);
      // "a las 3 o 4 de la tarde": what settles the second settles the first.
      const listed = found[index + 1];
      const [other] =
        listed?.start === phrase.end + 1 && listJoiners.has(context.tokens[phrase.end]?.text ?? '') ? (listed?.pieces ?? []) : [];
      if (other?.kind === 'clock' && other.clock.settled && other.clock.impossible !== true) {
        const { minutes } = other.clock;
        const sameHalf = readings.find((reading) => reading < 720 === minutes < 720);
        if (sameHalf !== undefined) piece.clock = { ...piece.clock, minutes: sameHalf, settled: true };
        continue;
      }
      for (let distance = 1; distance <= settlingDistance; distance++) {
        const settled = [found[index + distance], found[index - distance]]
          .filter((other) => other !== undefined && sameSentence(context, phrase, other))
          .flatMap((other) => other?.pieces ?? [])
          .flatMap((other) => (other.kind === 'hours' && other.part !== undefined ? [readingWithin(readings, other.hours)] : []))
          .find((reading) => reading !== undefined);
        if (settled === undefined) continue;
        piece.clock = { ...piece.clock, minutes: settled, settled: true };
        break;
      }
    }
  }
}

const readingWithin = (readings: readonly number[], { from = 0, to = 1440 }: HourSpan): number | undefined =>
  readings.find((reading) => reading >= from && reading < to);

function sameSentence(context: Context, one: ResolvedMention, other: ResolvedMention): boolean {
  const [from, to] = one.start < other.start ? [one.end, other.start] : [other.end, one.start];
  for (let index = from; index < to; index++)
    if (['?', '!', '\n', ';', '.', 'o', 'or'].includes(context.tokens[index]?.text ?? '')) return false;
  return true;
}

/** Words before the first one with a meaning. */
const leading = new Set(
  'a al de del en el la los las lo por para durante dentro hace unos unas at in on over for during within the of about'.split(' '),
);

/** Writes a phrase as the mentions of the contract. */
export function writeMention(context: Context, phrase: ResolvedMention): TimeMention[] {
  const start = context.tokens[phrase.start]?.start ?? 0;
  const end = context.tokens[phrase.end - 1]?.end ?? start;
  const [first, second, ...others] = phrase.pieces;
  if (first === undefined) return [];
  if (second === undefined) return [writePiece(context, first, start, end)];
  if (others.length > 0) return writeList(context, phrase);
  // Two mentions must not overlap, so the phrase is shared out: behind its first word with a meaning, or inside its only one.
  if (phrase.end - phrase.start > 1) {
    let head = phrase.start;
    while (head < phrase.end - 2 && leading.has(context.tokens[head]?.text ?? '')) head++;
    return [
      writePiece(context, first, start, context.tokens[head]?.end ?? end),
      writePiece(context, second, context.tokens[head + 1]?.start ?? end, end),
    ];
  }
  const middle = start + Math.floor((end - start) / 2);
  return [writePiece(context, first, start, middle), writePiece(context, second, middle, end)];
}

/** A list of days: each ends before the number of the next one. */
function writeList(context: Context, { start, end, pieces }: ResolvedMention): TimeMention[] {
  const numbers: number[] = [];
  for (let at = start; at < end; at++) {
    if (numbers.length < pieces.length && context.read('dayNumber', at).length > 0) numbers.push(at);
  }
  return pieces.map((piece, index) => {
    const [from, to] = [index === 0 ? start : (numbers[index] ?? start), numbers[index + 1] ?? end];
    // The word or comma between two days belongs to neither.
    const last = index + 1 < pieces.length ? Math.max(from, to - 2) : to - 1;
    return writePiece(context, piece, context.tokens[from]?.start ?? 0, context.tokens[last]?.end ?? 0);
  });
}

function writePiece(context: Context, piece: MeaningPiece, start: number, end: number): TimeMention {
  const place = { start, end };
  switch (piece.kind) {
    case 'date': {
      const resolved = resolveDate(piece.date, context.today);
      if ('problem' in resolved) {
        if (resolved.problem === 'no-such-date') return { ...place, kind: 'invalid', reason: resolved.problem };
        return { ...place, kind: 'invalid', reason: resolved.problem, date: formatIsoDate(resolved.day) };
      }
      const { day, alternatives, weekday } = resolved;
      return {
        ...place,
        kind: 'date',
        date: formatIsoDate(day),
        ...(alternatives.length === 0 ? {} : { alternatives: alternatives.map(formatIsoDate) }),
        ...(weekday === undefined ? {} : { weekday }),
      };
    }
    case 'span':
      return { ...place, kind: 'date-range', range: writeSpan(piece.span) };
    case 'clock': {
      if (piece.clock.impossible === true) return { ...place, kind: 'invalid', reason: 'no-such-time' };
      const [time = 0, ...others] = clockReadings(piece.clock);
      return {
        ...place,
        kind: 'time',
        time: formatClockTime(time),
        ...(others.length === 0 ? {} : { alternatives: others.map(formatClockTime) }),
        ...(piece.clock.approximate === true ? { approximate: true } : {}),
      };
    }
    case 'hours':
      return { ...place, kind: 'time-range', range: writeHours(piece.hours) };
    case 'amount': {
      const { minutes, days, months } = piece.amount;
      return minutes === undefined
        ? { ...place, kind: 'duration', days: (days ?? 0) + (months ?? 0) * daysPerMonth }
        : { ...place, kind: 'duration', minutes };
    }
    case 'impossible-date':
      return { ...place, kind: 'invalid', reason: 'no-such-date' };
  }
}

const daysPerMonth = 30;

const writeSpan = ({ from, to }: DaySpan): DateRange => ({
  ...(from === undefined ? {} : { from: formatIsoDate(from) }),
  ...(to === undefined ? {} : { to: formatIsoDate(to) }),
});

const writeHours = ({ from, to }: HourSpan): TimeRange => ({
  ...(from === undefined ? {} : { from: formatClockTime(from) }),
  ...(to === undefined ? {} : { to: formatClockTime(to) }),
});
