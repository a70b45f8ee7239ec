import { weekdayAfter, weekdayInWeek } from './calendar.ts';
import type { Connectives } from './connectives.ts';
import { dateAfter, weekendOf } from './date-phrases.ts';
import type { Context, Grammar, Match } from './grammar.ts';
import type { DateSpec, DaySpan, Duration, MeaningPiece } from './meaning.ts';
import { resolveDay } from './resolve-date.ts';

/** Lengths of time counted from now ("the next 3 days") and from a day that is named ("2 weeks after Easter"). */
export function addDistances(grammar: Grammar, words: Connectives): void {
  addFromNow(grammar, words);
  addFromDay(grammar, words);
  addBounds(grammar, words);
  addWeekdaysFromNow(grammar, words);
  addLasting(grammar, words);
}

/** The days or hours that follow now. "Within" counts today, "the next 3 days" begins tomorrow. */
function following(context: Context, amount: Duration, fromToday: boolean): MeaningPiece[] | undefined {
  if (amount.minutes !== undefined) return hoursFrom(context, context.minutes, amount.minutes);
  const to = dateAfter(context.today, amount)?.fixed;
  const from = context.today + (fromToday ? 0 : 1);
  return to === undefined || to < from ? undefined : [{ kind: 'span', span: { from, to } }];
}

/** The days or hours up to now. */
function preceding(context: Context, amount: Duration): MeaningPiece[] | undefined {
  if (amount.minutes !== undefined) return hoursFrom(context, context.minutes - amount.minutes, amount.minutes);
  const from = dateAfter(context.today, amount, -1)?.fixed;
  return from === undefined ? undefined : [{ kind: 'span', span: { from, to: context.today } }];
}

const minutesPerDay = 1440;

/** Hours of the day that they begin on; a range of hours ends with its day. */
function hoursFrom(context: Context, begin: number, minutes: number): MeaningPiece[] | undefined {
  if (minutes > minutesPerDay) return undefined;
  const days = Math.floor(begin / minutesPerDay);
  const from = begin - days * minutesPerDay;
  return [
    { kind: 'date', date: { fixed: context.today + days } },
    { kind: 'hours', hours: { from, to: Math.min(from + minutes, minutesPerDay) } },
  ];
}

/** "The next hours" without a number. */
const few = 3;

function addFromNow(grammar: Grammar, words: Connectives): void {
  const { article, ahead, behind, aheadAfter, behindAfter, withinAhead } = words;
  const counted = (match: Match, context: Context): Duration | undefined => {
    const { minutes, days, months } = match.get('unit');
    const plural = context.tokens[match.end - 1]?.text.endsWith('s') === true;
    const count = match.find('number') ?? (plural ? few : 1);
    // "only 3 next week" counts no weeks.
    if (count > 1 && minutes === undefined && !plural) return undefined;
    if (!Number.isSafeInteger(count) || count < 1 || count > 999) return undefined;
    if (minutes !== undefined) return { minutes: minutes * count };
    return months === undefined ? { days: (days ?? 0) * count } : { months: months * count };
  };
  const next = (match: Match, context: Context): MeaningPiece[] | undefined => {
    const amount = match.find('amount') ?? counted(match, context);
    return amount === undefined ? undefined : following(context, amount, false);
  };
  const last = (match: Match, context: Context): MeaningPiece[] | undefined => {
    const amount = match.find('amount') ?? counted(match, context);
    return amount === undefined ? undefined : preceding(context, amount);
  };
  grammar.rule('mention', `${article} ${ahead} <amount>`, next);
  grammar.rule('mention', `${article} <number> ${ahead} <unit>`, next);
  grammar.rule('mention', `${article} ${ahead} <number> ${words.orSo} <amount>`, next);
  grammar.rule('mention', `${article} <amount> ${aheadAfter}`, next);
  grammar.rule('mention', `${article} ${behind} <amount>`, last);
  grammar.rule('mention', `${article} <number> ${behind} <unit>`, last);
  // "10 minutos pasadas las 8" is a time.
  grammar.rule('mention', `${article} <amount> ${behindAfter}`, (match, context) =>
    match.get('amount').minutes === undefined ? preceding(context, match.get('amount')) : undefined,
  );
  grammar.rule('date', `${article} ${words.nextOne} ${words.day}`, (_, context) => ({ fixed: context.today + 1 }));
  grammar.rule('mention', `${withinAhead} (the|los|las)? ${ahead} <amount>`, (match, context) =>
    following(context, match.get('amount'), true),
  );
  // "the next hour", "the last minute"; the next week and month are those of the calendar.
  // "The last hour of the afternoon" is none of now.
  const short = (rule: typeof next) => (match: Match, context: Context) =>
    match.get('unit').minutes === undefined || ['de', 'of'].includes(context.tokens[match.end]?.text ?? '')
      ? undefined
      : rule(match, context);
  grammar.rule('mention', `${article} ${ahead} <unit>`, short(next));
  grammar.rule('mention', `${article} ${behind} <unit>`, short(last));
}

function addFromDay(grammar: Grammar, words: Connectives): void {
  const anchored = (match: Match, context: Context, sign: 1 | -1): DateSpec | undefined => {
    const anchor = match.find('date');
    // "3 nights from the 12th" is a stay.
    if (saysNights(match)) return undefined;
    const day = anchor === undefined ? context.today : resolveDay(anchor, context.today);
    return day === undefined ? undefined : dateAfter(day, match.get('amount'), sign);
  };
  const sides = [
    [words.after, words.dayAfter, 1],
    [words.before, words.dayBefore, -1],
  ] as const;
  for (const [pattern, neighbour, sign] of sides) {
    grammar.rule('date', `${words.article} ${neighbour} <date>`, (match, context) => {
      const day = resolveDay(match.get('date'), context.today);
      return day === undefined ? undefined : { fixed: day + sign };
    });
    grammar.rule('date', `<amount> ${pattern} ${words.now}`, (match, context) =>
      dateAfter(context.today, match.get('amount'), sign),
    );
    grammar.rule('date', `(in|en|dentro de)? <amount> ${pattern} <date>`, (match, context) => anchored(match, context, sign));
    // "Two weeks after Holy Week", "3 days before the end of the month".
    grammar.rule('date', `(in|en|dentro de)? <amount> ${pattern} <period>`, (match) => {
      const { from, to } = match.get('period');
      const day = sign > 0 ? to : from;
      return day === undefined ? undefined : dateAfter(day, match.get('amount'), sign);
    });
    const beyond = (match: Match, context: Context, days: number): DaySpan | undefined => {
      const day = anchored(match, context, sign)?.fixed;
      if (day === undefined) return undefined;
      return sign > 0 ? { from: day + days } : { to: day - days };
    };
    grammar.rule('span', `${words.moreThan} <amount> ${pattern} <date>`, (match, context) => beyond(match, context, 0));
    grammar.rule('span', `${words.lessThan} <amount> ${pattern} <date>`, (match, context) => {
      const day = anchored(match, context, sign)?.fixed;
      const anchor = resolveDay(match.get('date'), context.today);
      if (day === undefined || anchor === undefined) return undefined;
      return { from: Math.min(day, anchor), to: Math.max(day, anchor) };
    });
  }
}

/** "In more than 2 weeks", "in less than 3 days", "hace más de un mes": open on the far side, or up to it. */
function addBounds(grammar: Grammar, words: Connectives): void {
  const dayAt = (match: Match, context: Context, sign: 1 | -1) => dateAfter(context.today, match.get('amount'), sign)?.fixed;
  const { inTime, agoBefore, agoAfter, moreThan, lessThan } = words;
  grammar.rule('span', `${inTime} ${moreThan} <amount>`, (match, context) => {
    const from = dayAt(match, context, 1);
    return from === undefined ? undefined : { from };
  });
  grammar.rule('span', `${inTime} ${lessThan} <amount>`, (match, context) => {
    const to = dayAt(match, context, 1);
    return to === undefined ? undefined : { from: context.today, to };
  });
  grammar.rule('span', `${agoBefore} ${moreThan} <amount> ${agoAfter}`, (match, context) => {
    const to = dayAt(match, context, -1);
    return to === undefined ? undefined : { to };
  });
  grammar.rule('span', `${agoBefore} ${lessThan} <amount> ${agoAfter}`, (match, context) => {
    const from = dayAt(match, context, -1);
    return from === undefined ? undefined : { from, to: context.today };
  });
}

/** "Two Sundays from now", "three Tuesdays ago", "the Monday after 10 June". */
function addWeekdaysFromNow(grammar: Grammar, words: Connectives): void {
  const counted = (match: Match, context: Context, sign: 1 | -1): DateSpec | undefined => {
    const [count, weekday] = [match.get('number'), match.get('weekday')];
    if (count < 2 || count > 52) return undefined;
    const coming = weekdayAfter(context.today, weekday);
    const first = sign > 0 ? coming : weekdayAfter(context.today - 8, weekday);
    return { fixed: first + sign * (count - 1) * 7, weekday };
  };
  grammar.rule('date', `${words.inTime} <number> <weekday>`, (match, context) => counted(match, context, 1));
  grammar.rule('date', `${words.agoBefore} <number> <weekday> ${words.agoAfter}`, (match, context) => counted(match, context, -1));
  grammar.rule('period', `${words.inTime} <number> ${words.weekends}`, (match, context) => {
    const count = match.get('number');
    return count < 2 || count > 52 ? undefined : weekendOf(context.today + (count - 1) * 7);
  });
  const beside = (match: Match, context: Context, sign: 1 | -1): DateSpec | undefined => {
    const [day, weekday] = [resolveDay(match.get('date'), context.today), match.get('weekday')];
    return day === undefined ? undefined : { fixed: weekdayAfter(sign > 0 ? day : day - 8, weekday), weekday };
  };
  // "Monday, two weeks from now", "3 weeks after Easter, on Friday": that weekday in the week of the day.
  const inWeekOf = (day: number | undefined, weekday: number): DateSpec | undefined =>
    day === undefined ? undefined : { fixed: weekdayInWeek(day, weekday), weekday };
  const weeksAhead = (match: Match, context: Context): DateSpec | undefined => {
    const amount = match.get('amount');
    return (amount.days ?? 0) % 7 === 0 && amount.minutes === undefined
      ? inWeekOf(dateAfter(context.today, amount)?.fixed, match.get('weekday'))
      : undefined;
  };
  for (const length of [`${words.inTime} <amount>`, `<amount> ${words.after} ${words.now}`]) {
    grammar.rule('date', `${words.article} <weekday> ,? ${length}`, weeksAhead);
    grammar.rule('date', `${length} ,? ${words.article} <weekday>`, weeksAhead);
  }
  const weeksAfter = (match: Match, context: Context): DateSpec | undefined => {
    const [day, amount] = [resolveDay(match.get('date'), context.today), match.get('amount')];
    if (day === undefined || amount.minutes !== undefined || (amount.days ?? 0) % 7 !== 0) return undefined;
    return inWeekOf(dateAfter(day, amount)?.fixed, match.get('weekday'));
  };
  grammar.rule('date', `${words.article} <weekday> ,? <amount> ${words.behindDay} <date>`, weeksAfter);
  grammar.rule('date', `<amount> ${words.behindDay} <date> ,? ${words.article} <weekday>`, weeksAfter);
  // "the first week of October, on Friday"
  grammar.rule('date', `<period> ,? ${words.article} <weekday>`, (match) => {
    const { from, to } = match.get('period');
    return from !== undefined && to === from + 6 ? inWeekOf(from, match.get('weekday')) : undefined;
  });
  grammar.rule('date', `${words.article} <weekday> ${words.behindDay} <date>`, (match, context) => beside(match, context, 1));
  grammar.rule('date', `${words.article} <weekday> ${words.aheadOfDay} <date>`, (match, context) => beside(match, context, -1));
  grammar.rule('date', `<number> <weekday> ${words.after} ${words.now}`, (match, context) => {
    const count = match.get('number');
    const weekday = match.get('weekday');
    return count < 1 || count > 52 ? undefined : { fixed: weekdayAfter(context.today, weekday) + (count - 1) * 7, weekday };
  });
}

/** "3 nights from the 12th", "for 2 weeks starting Monday": days that begin with a day. The last one is the day of leaving. */
function addLasting(grammar: Grammar, words: Connectives): void {
  const { lasting, fromThen, startingFrom } = words;
  const span = (match: Match, context: Context): DaySpan | undefined => {
    const from = resolveDay(match.get('date'), context.today);
    const to = from === undefined ? undefined : dateAfter(from, match.get('amount'))?.fixed;
    return from === undefined || to === undefined ? undefined : { from, to };
  };
  grammar.rule('span', `${lasting} <amount> ,? (${fromThen}|${startingFrom}) <date>`, span);
  grammar.rule('span', `<amount> ,? ${startingFrom} <date>`, span);
  grammar.rule('span', `<amount> ${fromThen} <date>`, (match, context) => (saysNights(match) ? span(match, context) : undefined));
}

const saysNights = (match: Match): boolean => ['noche', 'noches', 'night', 'nights'].some((word) => match.says(word));
