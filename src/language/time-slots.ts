import type { BaseSlots, ClockTime, IsoDate, ReferenceTime, TimeMention, Understanding } from './contract.ts';
import { isClauseNegated, isRejected } from './rejection.ts';
import { storyWords } from './stories.ts';
import { addDays } from './time/calendar.ts';
import type { Word } from './words.ts';

/** What the dates and times of a message come to. */
export interface TimeReading {
  slots: Pick<BaseSlots, 'date' | 'dateRange' | 'time' | 'timeRange'>;
  ambiguous: Pick<Understanding['ambiguous'], 'date' | 'time'>;
  invalid: Understanding['invalid'];
  /** A date or time was refused or replaced ("el jueves no, el viernes"). */
  corrected: boolean;
}

/** How the rest of the message bears on its dates. */
export interface TimeContext {
  text: string;
  words: Word[];
  now: ReferenceTime;
  /** The customer moves an appointment: of two dates the first is the old one. */
  moving: boolean;
  /** The customer names an appointment that exists: a refused date ("no puedo el jueves, cancelalo") still says which. */
  pointing: boolean;
}

type Of<K extends TimeMention['kind']> = Extract<TimeMention, { kind: K }>;

const corrections =
  /\b(?:mejor|sino|perd[oó]n|digo|en realidad|quise decir|me equivoqu[eé]|actually|instead|i mean|rather|sorry|no|not)\b/i;
const alternatives =
  /^[\s,]*(?:o|u|ó|or|either|o sino|o si no|o bien|o el|o la|o a las|or on|or at|or maybe|o tal vez)[\s\w]{0,12}$/i;

const wordsOf = (words: Word[], mention: TimeMention): [number, number] => {
  const first = words.findIndex((word) => word.end > mention.start);
  if (first < 0) return [words.length, words.length];
  let next = first;
  while (next < words.length && (words[next]?.start ?? mention.end) < mention.end) next++;
  return [first, next];
};

/** Of several mentions the one that holds, and the rest where the customer leaves it open. */
function settle<T extends TimeMention>(
  mentions: T[],
  context: TimeContext,
): { chosen: T | undefined; open: T[]; corrected: boolean } {
  const [first] = mentions;
  const last = mentions.at(-1);
  if (first === undefined || last === undefined || mentions.length === 1) return { chosen: first, open: [], corrected: false };
  const previous = mentions.at(-2) ?? first;
  const between = context.text.slice(previous.end, last.start);
  if (alternatives.test(between)) return { chosen: first, open: mentions, corrected: false };
  if (corrections.test(between)) return { chosen: last, open: [], corrected: true };
  if (context.moving) return { chosen: last, open: [], corrected: false };
  return { chosen: first, open: mentions, corrected: false };
}

const nowWords = new Set(
  'ya ahora ahorita mismo momento cuanto posible inmediatamente inmediato now asap immediately possible away'.split(' '),
);

/** "Un turno ya" asks for the first hour from now on, not for this minute; "no puedo ahora" and "decime ya" name no hour at all. */
function openNow(mentions: readonly TimeMention[], context: TimeContext): TimeMention[] {
  return mentions.flatMap((mention): TimeMention[] => {
    const [first, next] = wordsOf(context.words, mention);
    if (!context.words.slice(first, next).some((word) => nowWords.has(word.text))) return [mention];
    if (isClauseNegated(context.words, first)) return [];
    if (mention.kind !== 'time' || mention.time !== context.now.time) return [mention];
    return [{ kind: 'time-range', start: mention.start, end: mention.end, range: { from: mention.time } }];
  });
}

/** Days behind us in which "el 2 de noviembre" still means the one that has passed and not that of the next year. */
const recentPast = 60;
const dayAndMonth = /\d\s*[/.-]\s*\d|(?:ene|feb|mar|abr|may|jun|jul|ago|sep|set|oct|nov|dic|jan|apr|aug|dec)[a-zé]*/iu;
const namesYear = /\b(?:19|20)\d\d\b|[/.-]\s*\d{1,2}\s*[/.-]\s*\d\d\s*$|\b(?:a[nñ]o|year|pr[oó]xim[oa]|que viene|next)\b/iu;

/** The day that was meant where a day and month without a year have just passed; the grammar puts it into the next year. */
function justPassed(date: IsoDate, { start, end }: { start: number; end: number }, context: TimeContext): IsoDate | undefined {
  const text = context.text.slice(start, end);
  if (!dayAndMonth.test(text) || namesYear.test(text)) return undefined;
  const before = `${Number(date.slice(0, 4)) - 1}${date.slice(4)}`;
  return before < context.now.date && before >= addDays(context.now.date, -recentPast) ? before : undefined;
}

/** Dates that have just passed, said as what they are. */
function settlePast(mentions: readonly TimeMention[], context: TimeContext): TimeMention[] {
  return mentions.map((mention): TimeMention => {
    if (mention.kind === 'date') {
      const passed = justPassed(mention.date, mention, context);
      return passed === undefined ? mention : { kind: 'date', start: mention.start, end: mention.end, date: passed };
    }
    if (mention.kind !== 'date-range' || mention.range.from === undefined || mention.range.to === undefined) return mention;
    const [from, to] = [justPassed(mention.range.from, mention, context), justPassed(mention.range.to, mention, context)];
    return from === undefined || to === undefined ? mention : { ...mention, range: { from, to } };
  });
}

const isDay = ({ kind }: TimeMention): boolean => kind === 'date' || kind === 'date-range';

/** Leaves out days and hours of a story where the rest of the message names its own. */
function withoutStories(mentions: TimeMention[], context: TimeContext): TimeMention[] {
  if (mentions.length < 2) return mentions;
  const story = storyWords(context.words);
  if (story.size === 0) return mentions;
  const told = new Set(mentions.filter((mention) => story.has(wordsOf(context.words, mention)[0])));
  const wished = mentions.filter((mention) => !told.has(mention));
  const [day, hour] = [wished.some(isDay), wished.some((mention) => !isDay(mention))];
  return mentions.filter((mention) => !told.has(mention) || !(isDay(mention) ? day : day || hour));
}

/** Fills the date and time slots from the mentions of a message. */
export function readTimes(found: readonly TimeMention[], context: TimeContext): TimeReading {
  const mentions = withoutStories(settlePast(openNow(found, context), context), context);
  const reading: TimeReading = { slots: {}, ambiguous: {}, invalid: {}, corrected: false };
  const refused = new Set(mentions.filter((mention) => isRejected(context.words, ...wordsOf(context.words, mention))));
  const standing = mentions.filter((mention) => !refused.has(mention));
  if (refused.size > 0) reading.corrected = true;
  const usable = standing.length === 0 && context.pointing ? [...mentions] : standing;
  const of = <K extends TimeMention['kind']>(kind: K): Of<K>[] =>
    usable.filter((mention): mention is Of<K> => mention.kind === kind);

  readInvalid(of('invalid'), reading, context);
  readDates(of('date'), of('date-range'), of('duration'), reading, context);
  readClock(of('time'), of('time-range'), reading, context);
  return reading;
}

function readInvalid(mentions: Of<'invalid'>[], reading: TimeReading, context: TimeContext): void {
  for (const mention of mentions) {
    const text = context.text.slice(mention.start, mention.end);
    if (mention.reason === 'no-such-time') reading.invalid.time ??= { text, reason: mention.reason };
    else reading.invalid.date ??= { text, reason: mention.reason, ...(mention.date === undefined ? {} : { date: mention.date }) };
  }
}

function readDates(
  dates: Of<'date'>[],
  ranges: Of<'date-range'>[],
  durations: Of<'duration'>[],
  reading: TimeReading,
  context: TimeContext,
): void {
  const future = dates.filter((mention) => mention.date >= context.now.date);
  const past = dates.find((mention) => mention.date < context.now.date);
  const different = future.filter((mention, index) => future.findIndex((other) => other.date === mention.date) === index);
  const { chosen, open, corrected } = settle(different, context);
  reading.corrected ||= corrected;
  if (chosen !== undefined) {
    reading.slots.date = chosen.date;
    const others = [...open.map((mention) => mention.date), ...(chosen.alternatives ?? [])];
    const readings = [...new Set([chosen.date, ...others.filter((date) => date >= context.now.date)])];
    if (readings.length > 1) reading.ambiguous.date = readings;
  } else if (past !== undefined) {
    reading.invalid.date ??= { text: context.text.slice(past.start, past.end), reason: 'past', date: past.date };
  }
  const range = settle(ranges, context).chosen;
  if (range !== undefined) readRange(range, reading, context);
  const days = durations.find((mention) => mention.days !== undefined)?.days;
  const from = reading.slots.date;
  if (days !== undefined && days > 0 && days < 400 && from !== undefined && range === undefined && !context.moving) {
    reading.slots.dateRange = { from, to: addDays(from, days) };
  }
}

function readRange(range: Of<'date-range'>, reading: TimeReading, context: TimeContext): void {
  const { from, to } = range.range;
  if (to !== undefined && to < context.now.date) {
    reading.invalid.date ??= { text: context.text.slice(range.start, range.end), reason: 'past', date: to };
    return;
  }
  // "Pasalo del jueves al viernes": the second day is the new one, not the end of a stay.
  if (context.moving && reading.slots.date === undefined && from !== undefined && to !== undefined && isFromTo(context.text, range))
    reading.slots.date = to;
  else if (reading.slots.date === undefined || !isWithin(reading.slots.date, range.range)) reading.slots.dateRange = range.range;
}

const isFromTo = (text: string, range: { start: number; end: number }): boolean =>
  /^\s*(?:del?|from|between)\b/i.test(text.slice(range.start, range.end)) ||
  /(?:\bdel?|\bfrom)\s*$/i.test(text.slice(0, range.start));

const isWithin = (date: IsoDate, range: { from?: IsoDate; to?: IsoDate }): boolean =>
  (range.from === undefined || range.from <= date) && (range.to === undefined || date <= range.to);

const fits = (time: ClockTime, range: { from?: ClockTime; to?: ClockTime }): boolean =>
  (range.from === undefined || range.from <= time) && (range.to === undefined || time < range.to);

function readClock(times: Of<'time'>[], ranges: Of<'time-range'>[], reading: TimeReading, context: TimeContext): void {
  const different = times.filter((mention, index) => times.findIndex((other) => other.time === mention.time) === index);
  const { chosen, open, corrected } = settle(different, context);
  reading.corrected ||= corrected;
  const range = settle(ranges, context).chosen?.range;
  if (chosen !== undefined) {
    const own = [chosen.time, ...(chosen.alternatives ?? [])];
    // "A la tarde, tipo 5": the part of the day settles which five.
    const settled = range === undefined ? own : own.filter((time) => fits(time, range));
    const readings = settled.length > 0 ? settled : own;
    const [time = chosen.time] = readings;
    reading.slots.time = time;
    const all = [...new Set([...readings, ...open.map((mention) => mention.time)])];
    if (all.length > 1) reading.ambiguous.time = all;
    if (range !== undefined && settled.length === 0) reading.slots.timeRange = range;
  } else if (range !== undefined) {
    if (context.moving && range.from !== undefined && range.to !== undefined && isClockChange(context.text, ranges[0]))
      reading.slots.time = range.to;
    else reading.slots.timeRange = range;
  }
}

const isClockChange = (text: string, range: { start: number; end: number } | undefined): boolean =>
  range !== undefined && /\bde las?\b.*\ba las?\b|\bfrom\b.*\bto\b/i.test(text.slice(Math.max(0, range.start - 8), range.end));
