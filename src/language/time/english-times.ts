import { hoursBetween, likelyReading, withPart } from './clock.ts';
import {
  countsSomething,
  hoursInPart,
  isBeforeDay,
  isBehindDay,
  isMarked,
  minutesPast,
  minutesTo,
  momentFromNow,
  partOfDay,
  readsAsMinutes,
  roughly,
  timeInPart,
  withTail,
} from './clock-phrases.ts';
import type { Context, Grammar, Match } from './grammar.ts';
import type { Lexicon } from './lexicon.ts';
import type { ClockSpec, DayPart, Duration, HourSpan } from './meaning.ts';

/** Minutes since midnight that a part of the day spans. */
export const englishDayParts: Readonly<Record<DayPart, HourSpan>> = {
  dawn: { from: 0, to: 360 },
  morning: { from: 360, to: 720 },
  noon: { from: 720, to: 840 },
  afternoon: { from: 720, to: 1080 },
  evening: { from: 1020, to: 1320 },
  night: { from: 1080, to: 1440 },
};

/** English times of day and lengths of time. */
export function addEnglishTimes(grammar: Grammar, lexicon: () => Lexicon): void {
  addReadings(grammar);
  addClocks(grammar, lexicon);
  addDayParts(grammar);
  addHours(grammar, lexicon);
  addAmounts(grammar);
}

function addReadings(grammar: Grammar): void {
  grammar.rule('meridiem', '(am|a . m .?|a m)', () => 'am');
  grammar.rule('meridiem', '(pm|p . m .?|p m)', () => 'pm');
  // "9a", "7p": glued to the number.
  grammar.rule('meridiem', '(a|p)', (match, context) =>
    context.tokens[match.start]?.spaced === false ? (match.says('a') ? 'am' : 'pm') : undefined,
  );
  grammar.rule('tail', '<meridiem>', (match) => match.get('meridiem'));
  grammar.rule('tail', '(oclock|sharp|on the dot)', () => 'sharp');
  grammar.rule('tail', '(oclock)? (in the)? (morning|afternoon|evening)', (match, context) => wordOfPart(context, match.end - 1));
  grammar.rule('tail', '(oclock)? at night', () => 'night');

  grammar.rule('reading', '<hour>', (match) => match.get('hour'));
  grammar.rule('reading', '(half past|30 past|half) <hour>', (match) => minutesPast(match.get('hour'), 30));
  grammar.rule('reading', '(a)? quarter (past|after) <hour>', (match) => minutesPast(match.get('hour'), 15));
  grammar.rule('reading', '(a)? quarter (to|of|till|before) <hour>', (match) => minutesTo(match.get('hour'), 15));
  grammar.rule('reading', '<minute> (minutes|minute|min|mins)? (past|after) <hour>', (match) =>
    minutesPast(match.get('hour'), match.get('minute')),
  );
  grammar.rule(
    'reading',
    '(five|ten|twenty|twenty - five|5|10|20|25) (minutes|min|mins)? (to|till|before|of) <hour>',
    (match, context) => minutesTo(match.get('hour'), context.read('minute', match.start).at(-1)?.value ?? 0),
  );
  grammar.rule('reading', '<hour> (-)? <minute>', (match, context) =>
    readsAsMinutes(context, match.place('minute'), match.get('minute'))
      ? minutesPast(match.get('hour'), match.get('minute'))
      : undefined,
  );
  grammar.rule('reading', '<digital>', (match) => match.get('digital'));
  grammar.rule('reading', '<dotted>', (match) => match.get('dotted'));
}

function wordOfPart(context: Context, place: number): DayPart {
  const text = context.tokens[place]?.text;
  return text === 'morning' ? 'morning' : text === 'afternoon' ? 'afternoon' : 'evening';
}

function addClocks(grammar: Grammar, lexicon: () => Lexicon): void {
  const read = (match: Match): ClockSpec => ({ ...withTail(match.get('reading'), match.find('tail')), marked: true });
  const uncounted = (match: Match, context: Context): ClockSpec | undefined =>
    match.find('tail') === undefined &&
    (countsSomething(context, match.end, lexicon().counted) || isAddress(context, match.end, lexicon()))
      ? undefined
      : read(match);
  grammar.rule('clock', '(at|for)? <digital> <tail>?', (match) => withTail(match.get('digital'), match.find('tail')));
  grammar.rule('clock', 'at <reading> <tail>?', uncounted);
  grammar.rule('clock', '<reading> <tail>', (match, context) =>
    (match.get('reading').impossible === true && context.tokens[match.start + 1]?.text !== ':') || isCountedPart(match, context)
      ? undefined
      : read(match),
  );
  // "march eighteenth nine thirty": behind a day a time with minutes needs no "at".
  grammar.rule('clock', '<reading>', (match, context) =>
    match.find('reading')?.marked === true && isBehindDay(context, match.start) ? uncounted(match, context) : undefined,
  );
  // "half past three" and "five to six" are times without "at"; "five thirty" is not always.
  grammar.rule('clock', '(for)? <reading>', (match, context) => {
    const spoken =
      ['past', 'quarter', 'half'].some((word) => match.says(word)) || (match.says('to') && match.get('reading').marked === true);
    return spoken ? uncounted(match, context) : undefined;
  });
  grammar.rule(
    'clock',
    '(at)? (around|about|approximately|approx|roughly|circa|like|say) (at)? <reading> <tail>?',
    (match, context) => {
      const clock = uncounted(match, context);
      const vague = match.says('like') || match.says('say');
      if (clock === undefined || (vague && !match.says('at') && match.find('tail') === undefined)) return undefined;
      // "how about 6?" proposes six sharp.
      return ['how', 'what'].includes(context.tokens[match.start - 1]?.text ?? '') ? clock : roughly(clock);
    },
  );
  grammar.rule('clock', '(at|around|about)? <reading> (-)? ish', (match) => roughly(read(match)));
  grammar.rule('clock', '(at|around|about)? <reading> <tail> (-)? (ish|or so)', (match) => roughly(read(match)));
  grammar.rule('clock', '(at)? (noon|midday|12 noon|twelve noon)', () => ({ minutes: 720, settled: true }));
  grammar.rule('clock', '(at|around)? (noonish|noon ish)', () => ({ minutes: 720, settled: true, approximate: true }));
  grammar.rule('clock', '(at)? midnight', () => ({ minutes: 0, settled: true }));
  grammar.rule('clock', '<dayPart> ,? <clock>', (match) =>
    match.get('clock').impossible === true ? match.get('clock') : withPart(match.get('clock'), match.get('dayPart')),
  );
}

/** "One morning" counts mornings; it is not one o'clock. */
function isCountedPart(match: Match, context: Context): boolean {
  return ['one', '1'].includes(context.tokens[match.start]?.text ?? '') && context.read('part', match.start + 1).length > 0;
}

/** "at 10 Main Street": the number of a house. */
function isAddress(context: Context, end: number, lexicon: Lexicon): boolean {
  return [end, end + 1, end + 2].some((place) => lexicon.beforeStreets.has(context.tokens[place]?.text ?? ''));
}

function addDayParts(grammar: Grammar): void {
  grammar.rule('dayPart', '(in|during|for) the (early|late)? <part>', (match) => match.get('part'));
  grammar.rule('dayPart', '(in|during) <part>', (match) => match.get('part'));
  // "today pm", "tomorrow am".
  grammar.rule('dayPart', '<meridiem>', (match, context) =>
    isBehindDay(context, match.start) ? (match.get('meridiem') === 'am' ? 'morning' : 'afternoon') : undefined,
  );
  grammar.rule('dayPart', '(at night|at nighttime|in the evenings|in the mornings|in the afternoons)', (match) =>
    match.says('evenings') ? 'evening' : match.says('mornings') ? 'morning' : match.says('afternoons') ? 'afternoon' : 'night',
  );
  // "tomorrow morning", "Friday night", "any afternoon"; "good morning" and "per night" are no times.
  grammar.rule('dayPart', '<part>', (match, context) => {
    const before = context.tokens[match.start - 1];
    if (before === undefined)
      return match.end === context.tokens.length && match.get('part') !== 'night' ? match.get('part') : undefined;
    if (context.read('part', match.start - 1).length === 0 && isBehindDay(context, match.start)) return match.get('part');
    const open = ['any', 'early', 'late', 'some', 'mid', 'an', 'the', 'every', 'or', 'week', 'weekend', 'prefer'].includes(
      before.text,
    );
    return open && match.get('part') !== 'night' ? match.get('part') : undefined;
  });
  grammar.rule('mention', '<dayPart>', (match) => [
    { kind: 'hours', hours: englishDayParts[match.get('dayPart')], part: match.get('dayPart') },
  ]);
  grammar.rule('mention', 'the (next|following) <part>', (match, context) =>
    partOfDay(context, 1, match.get('part'), englishDayParts[match.get('part')]),
  );
  grammar.rule('mention', '(the|on the)? <part> of <date>', (match) => [
    { kind: 'hours', hours: englishDayParts[match.get('part')], part: match.get('part') },
    { kind: 'date', date: match.get('date') },
  ]);
  grammar.rule('mention', 'this <part>', (match, context) =>
    partOfDay(context, 0, match.get('part'), englishDayParts[match.get('part')]),
  );
  grammar.rule('mention', 'this <part> ,? <clock>', (match, context) =>
    timeInPart(context, 0, match.get('part'), match.get('clock')),
  );
  for (const time of ['<clock>', '<hour>'] as const) {
    grammar.rule('mention', `${time} ,? this <part>`, (match, context) =>
      timeInPart(context, 0, match.get('part'), match.find('clock') ?? match.get('hour')),
    );
  }
  grammar.rule('mention', 'tonight', (_, context) => partOfDay(context, 0, 'night', englishDayParts.night));
  grammar.rule('mention', 'tonight ,? <clock>', (match, context) => timeInPart(context, 0, 'night', match.get('clock')));
  grammar.rule('mention', '<clock> ,? tonight', (match, context) => timeInPart(context, 0, 'night', match.get('clock')));
  grammar.rule('mention', '<hour> ,? tonight', (match, context) => timeInPart(context, 0, 'night', match.get('hour')));
  grammar.rule('mention', 'this <part> ,? <hours>', (match, context) =>
    hoursInPart(context, match.get('hours'), englishDayParts[match.get('part')]),
  );
  grammar.rule('mention', '<hours> ,? this <part>', (match, context) =>
    hoursInPart(context, match.get('hours'), englishDayParts[match.get('part')]),
  );
  grammar.rule('mention', 'tonight ,? <hours>', (match, context) =>
    hoursInPart(context, match.get('hours'), englishDayParts.night),
  );
  grammar.rule('mention', '<hours> ,? tonight', (match, context) =>
    hoursInPart(context, match.get('hours'), englishDayParts.night),
  );
  grammar.rule('mention', 'last night', (_, context) => partOfDay(context, -1, 'night', englishDayParts.night));
  grammar.rule('mention', '(first thing|as early as possible)', () => [{ kind: 'hours', hours: { to: 600 } }]);
  grammar.rule('mention', 'later', (match, context) =>
    context.tokens[match.end]?.text === 'today' ? [{ kind: 'hours', hours: { from: context.minutes } }] : undefined,
  );
  grammar.rule('mention', 'first thing in the morning', () => [{ kind: 'hours', hours: { to: 600 } }]);
  grammar.rule('mention', '(right now|right away|immediately|asap|as soon as possible|straight away)', (_, context) =>
    momentFromNow(context, 0),
  );
  grammar.rule('mention', 'now', (match, context) => {
    const after = context.tokens[match.end];
    const before = context.tokens[match.start - 1]?.text ?? '';
    const ended = after === undefined || after.kind === 'symbol' || after.text === 'or';
    return ended && !['for', 'by', 'until', 'just', 'ok', 'from', 'till', 'not', 'right'].includes(before)
      ? momentFromNow(context, 0)
      : undefined;
  });
  grammar.rule('mention', '(in|within) (about)? <amount> (time)?', (match, context) => {
    const { minutes } = match.get('amount');
    return minutes === undefined || minutes >= 1440 ? undefined : momentFromNow(context, minutes);
  });
  grammar.rule('mention', '<amount> from now', (match, context) => {
    const { minutes } = match.get('amount');
    return minutes === undefined ? undefined : momentFromNow(context, minutes);
  });
}

function addHours(grammar: Grammar, lexicon: () => Lexicon): void {
  grammar.rule('rangeClock', '(at)? <reading> <tail>?', (match) => withTail(match.get('reading'), match.find('tail')));
  grammar.rule('rangeClock', '(noon|midday)', () => ({ minutes: 720, settled: true, marked: true }));
  grammar.rule('rangeClock', 'midnight', () => ({ minutes: 0, settled: true, marked: true }));
  const between = (match: Match, context: Context): HourSpan | undefined => {
    if (!(isMarked(match, 0) || isMarked(match, 1)) && followedByCount(context, match.end, lexicon())) return undefined;
    return hoursBetween(match.get('rangeClock'), match.get('rangeClock', 1));
  };
  grammar.rule('hours', 'from <rangeClock> (to|until|till|-|–) <rangeClock>', between);
  grammar.rule('hours', 'between <rangeClock> (and|to|-|–) <rangeClock>', between);
  grammar.rule('hours', '(at)? <rangeClock> (to|until|till|-|–) <rangeClock>', (match, context) => {
    const day = isBehindDay(context, match.start) || isBeforeDay(context, match.end);
    // "ten to five" is 4:50.
    const spoken = match.says('to') && context.read('reading', match.start).some((reading) => reading.end >= match.end);
    return !spoken && (day || isMarked(match, 0) || isMarked(match, 1)) ? between(match, context) : undefined;
  });
  const bare = (match: Match, context: Context): ClockSpec | undefined => {
    const clock = match.find('clock') ?? match.find('rangeClock');
    if (clock === undefined || clock.impossible === true) return undefined;
    return clock.marked !== true && followedByCount(context, match.end, lexicon()) ? undefined : clock;
  };
  const from = (match: Match, context: Context): HourSpan | undefined => {
    const clock = bare(match, context);
    return clock === undefined ? undefined : { from: likelyReading(clock) };
  };
  const to = (match: Match, context: Context): HourSpan | undefined => {
    const clock = bare(match, context);
    return clock === undefined ? undefined : { to: likelyReading(clock) || 1440 };
  };
  grammar.rule(
    'hours',
    '(any time|anytime)? (after|from|since|past|starting at|starting from|not before|later than|no earlier than|as early as|as of) (<clock>|<rangeClock>) (onwards|onward|on)?',
    from,
  );
  grammar.rule('hours', '<clock> (onwards|onward|(or|and) (later|after|afterwards|onwards|onward|thereafter|beyond))', from);
  grammar.rule(
    'hours',
    '(any time|anytime)? (before|by|until|till|no later than|earlier than|prior to|as late as|up to) (<clock>|<rangeClock>)',
    to,
  );
  grammar.rule('hours', '<clock> (at the latest|(or|and) (earlier|before))', to);
  const meals: readonly (readonly [string, HourSpan])[] = [
    ['(in|during) the (daytime|day time)', { from: 480, to: 1080 }],
    ['after breakfast', { from: 600 }],
    ['(at|around|over|during) breakfast (time)?', { from: 480, to: 600 }],
    ['(before) (dinner|dinnertime|dinner time|supper)', { to: 1140 }],
    ['(after) (dinner|dinnertime|dinner time|supper)', { from: 1260 }],
    ['(at|around|over|during) (dinner|dinnertime|dinner time|supper)', { from: 1140, to: 1260 }],
    ['before lunch', { to: 750 }],
    ['after lunch', { from: 840 }],
    ['(at|around|over|during) (lunch|lunchtime|lunch time)', { from: 720, to: 840 }],
    ['after work', { from: 1080 }],
  ];
  for (const [pattern, hours] of meals) grammar.rule('hours', pattern, () => hours);
}

/** True where a bare number counts or is a day: "after 3 sessions", "from 3 May", "between 3 and 5 June". */
function followedByCount(context: Context, end: number, lexicon: Lexicon): boolean {
  return countsSomething(context, end, lexicon.counted) || context.read('anyMonth', end).length > 0;
}

function addAmounts(grammar: Grammar): void {
  const times = (amount: Duration, count: number): Duration | undefined => {
    if (!Number.isSafeInteger(count) || count <= 0 || count > 9999) return undefined;
    if (amount.minutes !== undefined) return { minutes: amount.minutes * count };
    return amount.days === undefined ? { months: (amount.months ?? 0) * count } : { days: amount.days * count };
  };
  grammar.rule('amount', '<number> (-)? <unit>', (match) => times(match.get('unit'), match.get('number')));
  grammar.rule('amount', '<number> (.|,) <number> <unit>', (match, context) => {
    const { minutes } = match.get('unit');
    const written = context.text.slice(context.tokens[match.start]?.start, context.tokens[match.place('unit') - 1]?.end);
    return minutes === undefined || !/^\d+[.,]\d$/.test(written)
      ? undefined
      : { minutes: Math.round(minutes * Number(written.replace(',', '.'))) };
  });
  grammar.rule('amount', '(a|an) <unit>', (match) => times(match.get('unit'), 1));
  grammar.rule('amount', '(a)? couple (of)? <unit>', (match) => times(match.get('unit'), 2));
  grammar.rule('amount', '(half an|half a|a half|1 / 2) hour', () => ({ minutes: 30 }));
  grammar.rule('amount', '(a)? quarter of an hour', () => ({ minutes: 15 }));
  grammar.rule('amount', '(an|one|1) hour and a half', () => ({ minutes: 90 }));
  grammar.rule('amount', '<number> and a half hours', (match) => times({ minutes: 1 }, match.get('number') * 60 + 30));
  grammar.rule('amount', '(<number>|an|a) <unit> (and)? <number> <unit>', (match) => {
    const counted = match.find('number', 1) !== undefined;
    const first = times(match.get('unit'), counted ? match.get('number') : 1);
    const second = times(match.get('unit', 1), counted ? match.get('number', 1) : match.get('number'));
    if (first?.minutes !== undefined && second?.minutes !== undefined) return { minutes: first.minutes + second.minutes };
    if (first === undefined || second === undefined || first.minutes !== undefined || second.minutes !== undefined)
      return undefined;
    return { days: (first.days ?? 0) + (second.days ?? 0), months: (first.months ?? 0) + (second.months ?? 0) };
  });
  // An age ("25 years") is no length of a visit.
  grammar.rule('mention', '(for)? <amount>', (match) =>
    (match.get('amount').months ?? 0) >= 12 ? undefined : [{ kind: 'amount', amount: match.get('amount') }],
  );
}
