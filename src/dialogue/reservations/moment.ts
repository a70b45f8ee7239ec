/** The day and the time that a customer wishes for, as messages narrow it down. */
import { z } from 'zod';
import type { TimeRange } from '../../language/contract.ts';
import { addDays, clockWithinDay, isoWeekday, parseClockTime } from '../../language/time/calendar.ts';
import type { BaseState } from '../state.ts';
import { type Shape, type Turn, wants } from '../turn.ts';
import type { ReservationUnderstanding, ReservationVocabulary } from './contract.ts';
import { type ReservationTopics, readFollowing, readShift } from './topics.ts';

const range = z.object({ from: z.string().optional(), to: z.string().optional() });

export const moment = z.object({
  date: z.string().optional(),
  /** Days between which the customer chooses, when more than one was named ("mañana o el martes"). */
  dates: z.array(z.string()).default([]),
  dateRange: range.optional(),
  time: z.string().optional(),
  /** Both readings of "a las 5", until one is settled. */
  timeReadings: z.array(z.string()).default([]),
  timeRange: range.optional(),
  /** "Una hora más tarde" than the moment at hand, in minutes. */
  shift: z.number().optional(),
  /** "El lunes siguiente" to the day of the appointment that is moved: a weekday, Monday = 1 … Sunday = 7, or a number of days. */
  following: z.union([z.object({ weekday: z.number().int().min(1).max(7) }), z.object({ days: z.number().int() })]).optional(),
  /** Days that the customer cannot come. */
  except: z.array(z.string()).default([]),
  anyDate: z.boolean().default(false),
  anyTime: z.boolean().default(false),
});

export type Moment = z.infer<typeof moment>;

interface DateAndTime {
  date: string;
  time: string;
}

/** What a reservation remembers of moments. */
export interface MomentState extends BaseState {
  wish: Moment;
  /** What is kept for the customer while they answer. */
  held?: { slot: DateAndTime } | undefined;
  /** Where an appointment would move to. */
  target?: DateAndTime | undefined;
  /** What the last reply named. */
  offered: readonly DateAndTime[];
  /** What was last booked. */
  latest?: (DateAndTime & { durationMinutes: number }) | undefined;
}

export interface MomentShape extends Shape {
  heard: ReservationUnderstanding;
  topics: ReservationTopics;
  vocabulary: ReservationVocabulary;
  state: MomentState;
}

export type MomentTurn = Turn<MomentShape>;

/** Days named together ("mañana o el martes") are offered together up to this distance; beyond it the customer is asked. */
const daysOfferedTogether = 13;

/** Moments that lie this far apart, in minutes, are a picture of the day and not a point in it. */
const wideOffer = 4 * 60;

/** Days to look ahead where the customer names none. */
const horizonDays = 13;

/** Forgets day and time; days that the customer cannot come stay. */
export function forgetMoment(wish: Moment): void {
  forgetDays(wish);
  forgetTime(wish);
}

function forgetDays(wish: Moment): void {
  wish.date = undefined;
  wish.dates = [];
  wish.dateRange = undefined;
}

export function forgetTime(wish: Moment): void {
  wish.time = undefined;
  wish.timeReadings = [];
}

/** One day and time, and nothing else that was open. */
export function settleMoment(wish: Moment, { date, time }: DateAndTime): void {
  forgetMoment(wish);
  wish.date = date;
  wish.time = time;
  wish.timeRange = undefined;
  wish.anyDate = false;
  wish.anyTime = false;
}

/**
 * Takes the day and time of a message into the wish.
 * @param moving the moment of the appointment that is moved, if one is
 */
export function absorbMoment(turn: MomentTurn, moving?: DateAndTime): void {
  const { heard, state, topics } = turn;
  const { wish } = state;
  // "¿Abren el domingo?" asks about Sunday and wishes for nothing yet.
  const answersToo = (turn.awaited === 'date' || turn.awaited === 'time') && heard.intent !== 'hours';
  if (wants(turn, 'hours') && !wants(turn, 'book', 'availability', 'reschedule') && !answersToo) return;
  absorbDate(turn);
  absorbFollowing(turn);
  absorbTime(turn);
  absorbSame(turn, moving);
  // "¿Qué días tenés?" in answer to the question for a day is answered with days.
  if (
    turn.awaited === 'date' &&
    (topics.whatIsFree || heard.intent === 'availability') &&
    daysOf(wish, turn.now.date) === undefined
  )
    wish.anyDate = true;
  if (heard.anyOf.date) wish.anyDate = wish.date === undefined && wish.dateRange === undefined;
  if (heard.anyOf.time) {
    wish.anyTime = true;
    wish.time = undefined;
    wish.timeReadings = [];
  }
  if (topics.soonest && !wants(turn, 'prices', 'services', 'promotions')) {
    wish.anyDate = wish.date === undefined && wish.dateRange === undefined;
    wish.anyTime = wish.time === undefined;
  }
  absorbLaterOrEarlier(turn);
}

/** "El mismo día", "a la misma hora" as what is booked or moved; "después" is after it. */
function absorbSame({ topics, state, folded }: MomentTurn, moving: DateAndTime | undefined): void {
  const { wish, latest, held } = state;
  if (topics.sameDay) {
    wish.date ??= held?.slot.date ?? moving?.date ?? latest?.date;
    const after = /\b(despues|luego|after(wards)?|later)\b/.test(folded);
    if (after && latest !== undefined && wish.date === latest.date && wish.time === undefined) {
      wish.timeRange = { from: clockWithinDay(parseClockTime(latest.time) + latest.durationMinutes) };
    }
  }
  if (topics.sameTime) wish.time ??= moving?.time ?? latest?.time;
}

/** A day that has passed, said while a slot is kept and something else was asked, is told and not wished for ("ayer pasé a mirar"). */
export function isBesidesThePoint({ heard, state, awaited }: MomentTurn): boolean {
  return heard.invalid.date?.reason === 'past' && state.held !== undefined && (awaited === 'name' || awaited === 'contact');
}

function absorbDate(turn: MomentTurn): void {
  const { heard, state } = turn;
  const { wish } = state;
  const { date, dateRange } = heard.slots;
  if (isBesidesThePoint(turn)) return;
  if (heard.invalid.date !== undefined) {
    forgetDays(wish);
    return;
  }
  if (date === undefined && dateRange === undefined) return;
  wish.anyDate = false;
  wish.except = wish.except.filter((one) => one !== date);
  wish.date = date;
  wish.dateRange = date === undefined ? dateRange : undefined;
  const readings = heard.ambiguous.date?.toSorted() ?? [];
  const [first, last] = [readings[0], readings.at(-1)];
  const near = first !== undefined && last !== undefined && last <= addDays(first, daysOfferedTogether);
  wish.dates = near ? readings : [];
}

/** A day that follows that of the appointment is known once the appointment is; counted from today it would be another one. */
function absorbFollowing({ state, folded, heard }: MomentTurn): void {
  const following = state.task === 'reschedule' ? readFollowing(folded) : undefined;
  if (following === undefined) {
    if (heard.slots.date !== undefined) state.wish.following = undefined;
    return;
  }
  forgetDays(state.wish);
  state.wish.following = following;
}

const isInRange = (time: string, { from = '00:00', to = '24:00' }: TimeRange): boolean => from <= time && time < to;

/**
 * "A las 10", heard as 22:00 for a "noche" that stands elsewhere in the message, may be ten in the morning: both are looked for, as heard
 * first. What names the half of the day itself ("a las 10 de la noche", "22 hs") is that.
 */
function readingsOf(time: string, said: string): string[] {
  const hour = Number(time.slice(0, 2));
  const half = /^\s*(hs? )?(y \w+ )?(pm|p\.m|am|a\.m|(de|por|a|in) (la|the) \w+)/;
  const bare = [...said.matchAll(/\b0?(\d{1,2})(:\d\d)?\b/g)].some(
    (found) => Number(found[1]) === hour - 12 && !half.test(said.slice(found.index + found[0].length)),
  );
  return hour > 12 && bare ? [time, `${String(hour - 12).padStart(2, '0')}${time.slice(2)}`] : [time];
}

function absorbTime({ heard, state, folded }: MomentTurn): void {
  const { wish } = state;
  const { timeRange } = heard.slots;
  // "A las 10… o mejor a la tarde": two wishes, of which the wider one leads to a question.
  const outside = heard.slots.time !== undefined && timeRange !== undefined && !isInRange(heard.slots.time, timeRange);
  const time = outside ? undefined : heard.slots.time;
  if (heard.invalid.time !== undefined) {
    wish.time = undefined;
    wish.timeReadings = [];
    return;
  }
  const readings = time === undefined ? [] : (heard.ambiguous.time ?? readingsOf(time, folded));
  // The time that is settled already is not asked about again when it is said again.
  const settled = state.held?.slot.time ?? state.target?.time;
  if (settled !== undefined && readings.includes(settled)) {
    wish.time = settled;
    wish.timeReadings = [];
  } else if (time !== undefined) {
    wish.time = time;
    wish.timeReadings = readings.length > 1 ? [...readings] : [];
    wish.timeRange = undefined;
    wish.anyTime = false;
  } else if (timeRange !== undefined) {
    // "De la tarde" settles which five was meant.
    const meant = onlyOne(wish.timeReadings.filter((reading) => isInRange(reading, timeRange)));
    wish.timeReadings = [];
    if (meant !== undefined) {
      wish.time = meant;
      return;
    }
    wish.time = undefined;
    wish.timeRange = timeRange;
    wish.anyTime = false;
  }
}

/** "¿Algo más tarde?", "una hora antes": seen from the slot that is kept or from those that were named. */
function absorbLaterOrEarlier({ state, folded, heard, topics }: MomentTurn): void {
  const { wish, offered, held } = state;
  if (heard.slots.time !== undefined || heard.slots.timeRange !== undefined) return;
  const shift = readShift(folded);
  const later = /\b(mas tarde|later|no tan temprano|not (so|that) early)\b/.test(folded);
  const earlier = /\b(mas temprano|earlier|sooner)\b/.test(folded);
  if (shift !== undefined) {
    wish.shift = shift;
    if (held !== undefined) shiftFrom(wish, held.slot);
    return;
  }
  if (topics.later || topics.soonest || topics.abandons) return;
  const times = held === undefined ? offered.map(({ time }) => time).toSorted() : [held.slot.time];
  const [first, last] = [times[0], times.at(-1)];
  if (first === undefined || last === undefined) return;
  // Where the whole day was offered "más tarde" means the later part of it.
  const middle = clockWithinDay(Math.round((parseClockTime(first) + parseClockTime(last)) / 2));
  const wide = parseClockTime(last) - parseClockTime(first) >= wideOffer;
  if (later) wish.timeRange = { from: wide ? middle : clockWithinDay(parseClockTime(last) + 1) };
  else if (earlier) wish.timeRange = { to: wide ? middle : first };
  else if (held === undefined || !topics.whatIsFree) return;
  wish.time = undefined;
  wish.timeReadings = [];
}

/** Moves the wish by so many minutes, or to a day that follows, from a moment. */
export function shiftFrom(wish: Moment, from: { date: string; time: string }): void {
  if (wish.following !== undefined) {
    const { following } = wish;
    const week = [1, 2, 3, 4, 5, 6, 7].map((days) => addDays(from.date, days));
    const day =
      'days' in following ? addDays(from.date, following.days) : week.find((one) => isoWeekday(one) === following.weekday);
    forgetDays(wish);
    wish.date = day;
    wish.following = undefined;
  }
  if (wish.shift === undefined) return;
  wish.date ??= from.date;
  wish.time = clockWithinDay(parseClockTime(from.time) + wish.shift);
  wish.shift = undefined;
}

/** The days that the wish comes to; undefined where it names none. */
export function daysOf(wish: Moment, today: string): { from: string; to: string } | undefined {
  if (wish.dates.length > 0) {
    const sorted = wish.dates.toSorted();
    return { from: sorted[0] ?? today, to: sorted.at(-1) ?? today };
  }
  if (wish.date !== undefined) return { from: wish.date, to: wish.date };
  if (wish.dateRange !== undefined) {
    const { from = today, to } = wish.dateRange;
    const first = from < today ? today : from;
    return { from: first, to: to === undefined || to < first ? addDays(first, horizonDays) : to };
  }
  return wish.anyDate ? { from: today, to: addDays(today, horizonDays) } : undefined;
}

/** The item, where there is exactly one. */
export function onlyOne<Item>(items: readonly Item[]): Item | undefined {
  return items.length === 1 ? items[0] : undefined;
}
