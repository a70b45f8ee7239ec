import { partsOf } from './calendar.ts';
import {
  beginsTime,
  goesOn,
  lastMonthNamed,
  monthAhead,
  monthSpec,
  openPeriod,
  openSpan,
  opensMoments,
  runsOn,
  spanOf,
  weekendOf,
  weekOf,
  weekSpan,
  wholeMonth,
  wholeYear,
  workingWeek,
} from './date-phrases.ts';
import type { Context, Grammar, Match } from './grammar.ts';

/** English weeks, months, weekends and everything from … to. */
export function addEnglishSpans(grammar: Grammar): void {
  addMonths(grammar);
  addPeriods(grammar);
  addRanges(grammar);
}

function addMonths(grammar: Grammar): void {
  grammar.rule('monthOfYear', '(<month>|<monthShort> .?) ((,|of|in|-|/)? <year>)?', (match, context) => {
    const year = match.find('year');
    const month = match.find('month') ?? match.get('monthShort');
    return year === undefined ? monthSpec(context, month) : { year, month };
  });
  grammar.rule('monthOfYear', '<year> (of)? <month>', (match, context) =>
    context.tokens[match.start]?.text.length === 4 ? { year: match.get('year'), month: match.get('month') } : undefined,
  );
  grammar.rule('monthOfYear', '(this|next|coming) <month>', (match, context) => monthSpec(context, match.get('month')));
  grammar.rule('monthOfYear', '<month> (of)? next year', (match, context) => ({
    year: partsOf(context.today).year + 1,
    month: match.get('month'),
  }));
  grammar.rule('monthOfYear', '(<monthNumber> (/|-|.|~) <year>|<year> (/|-|.) <monthNumber>)', (match) => ({
    year: match.get('year'),
    month: match.get('monthNumber'),
  }));
  grammar.rule('monthOfYear', '(last|past|this past|previous) <month>', (match, context) =>
    lastMonthNamed(context, match.get('month')),
  );
  grammar.rule('monthOfYear', '(the|this) (current|present|same)? month', (_, context) => monthAhead(context, 0));
  grammar.rule('monthOfYear', '(the)? (next|following|coming) month', (_, context) => monthAhead(context, 1));
  grammar.rule('monthOfYear', '(the)? (last|previous|past) month', (_, context) => monthAhead(context, -1));
}

function addPeriods(grammar: Grammar): void {
  grammar.rule('period', '<week>', (match, context) => weekSpan(context, match.get('week')));
  grammar.rule('period', '(the)? week (of|commencing|beginning|starting) (the)? <rangeEnd>', (match, context) =>
    weekOf(context, match.get('rangeEnd')),
  );
  grammar.rule('period', '(on|over|at|for)? (this|the|this coming|coming)? (weekend|long weekend)', (_, context) =>
    weekendOf(context.today),
  );
  grammar.rule('period', '(the)? next (long)? weekend', (_, context) => weekendOf(context.today + 7));
  grammar.rule('period', '(the)? last weekend', (_, context) => weekendOf(context.today - 7));
  grammar.rule('period', '(on|over|at|for)? (the)? weekend (of|after) (the)? <rangeEnd>', (match, context) => {
    const week = weekOf(context, match.get('rangeEnd'));
    return week?.from === undefined ? undefined : weekendOf(week.from);
  });
  grammar.rule('period', '(in|during|for|throughout)? <monthOfYear>', (match, context) =>
    monthNamed(match, context) ? wholeMonth(match.get('monthOfYear')) : undefined,
  );
  grammar.rule('period', '(this|the)? (working week|work week|workweek)', (_, context) => workingWeek(context, 0));
  grammar.rule('period', '(on)? (the)? next (working week|work week|workweek)', (_, context) => workingWeek(context, 1));
  grammar.rule('period', 'this year', (_, context) => wholeYear(partsOf(context.today).year));
  grammar.rule('period', '(the)? next year', (_, context) => wholeYear(partsOf(context.today).year + 1));
  grammar.rule('period', '(in|during|over|within)? (the)? (next|coming) (few|couple of) days', (_, context) => ({
    from: context.today + 1,
    to: context.today + 7,
  }));
}

/** "may", "march" and "sun" are other words as well: a bare month needs a word before it that a date would have, or a year. */
function monthNamed(match: Match, context: Context): boolean {
  const first = context.tokens[match.start];
  // "this may take longer"
  if (
    /^(?:this|next) may$/.test(context.text.slice(first?.start, context.tokens[match.end - 1]?.end).toLowerCase()) &&
    goesOnAsVerb(context, match.end)
  )
    return false;
  if (runsOn(match, context)) return false;
  if (match.place('monthOfYear') > match.start || match.find('year') !== undefined || match.end - match.start > 1) return true;
  if (first?.text === 'may' || first?.text === 'march' || context.read('monthShort', match.start).length > 0) return false;
  return context.read('month', match.start).length > 0;
}

/** Words between two moments: "from Monday morning until Tuesday noon". */
const moments = new Set(['to', 'until', 'till', 'through', '-']);

function goesOnAsVerb(context: Context, end: number): boolean {
  const after = context.tokens[end];
  return (
    after?.kind === 'word' &&
    !['or', 'and', 'in', 'at', 'on', 'for', 'to', 'if', 'with', 'please', 'would', 'works', 'is'].includes(after.text)
  );
}

function addRanges(grammar: Grammar): void {
  // What comes again and again names no date to settle on.
  grammar.rule('mention', '(every|each) (<weekday>|<amount>|<unit>|<part>)', () => []);
  grammar.rule('rangeEnd', '<date>', (match) => match.get('date'));
  grammar.rule('rangeEnd', 'now', (_, context) => ({ fixed: context.today }));
  grammar.rule('rangeEnd', '(the)? <dayNumber>', (match) => ({ day: match.get('dayNumber') }));
  const dated = (context: Context, place: number): boolean =>
    context.tokens[place]?.text === 'the' || context.read('date', place).some((reading) => reading.end > place);
  grammar.rule(
    'mention',
    '(from|between|starting)? <rangeEnd> (to|until|till|through|thru|and|-|–) <rangeEnd> (inclusive)?',
    (match, context) => {
      const opened = match.place('rangeEnd') > match.start;
      const between = match.says('between');
      if (between !== match.says('and')) return undefined;
      const [first, second] = [match.place('rangeEnd'), match.place('rangeEnd', 1)];
      // "from 3 to 5" are hours; one end has to look like a date.
      if (
        !(dated(context, first) || dated(context, second)) ||
        (!opened && !dated(context, first) && context.tokens[second]?.text === 'the')
      )
        return undefined;
      return spanOf(context, match.get('rangeEnd'), match.get('rangeEnd', 1));
    },
  );
  grammar.rule(
    'mention',
    '(from|between)? (the)? <dayNumber> (to|until|till|through|and|-|–) (the)? <dayOfMonth>',
    (match, context) =>
      match.says('and') && !match.says('between')
        ? undefined
        : spanOf(context, { day: match.get('dayNumber') }, match.get('dayOfMonth')),
  );
  grammar.rule(
    'mention',
    '(from|between)? <anyMonth> (the)? <dayNumber> (to|until|till|through|and|-|–) (the)? <dayNumber> ((,|of|in)? <year>)?',
    (match, context) => {
      if (match.says('and') && !match.says('between')) return undefined;
      const year = match.find('year');
      if (year === undefined && beginsTime(context, match.place('dayNumber', 1), match.end)) return undefined;
      const rest = { month: match.get('anyMonth'), ...(year === undefined ? {} : { year }) };
      return spanOf(context, { day: match.get('dayNumber'), ...rest }, { day: match.get('dayNumber', 1), ...rest });
    },
  );
  // "from 4 to 23 next month": the month tells that the numbers are days.
  grammar.rule(
    'mention',
    '(from|between) (the)? <dayNumber> (to|until|till|through|and|-|–) (the)? <dayNumber> (of|in)? <monthOfYear>',
    (match, context) =>
      match.says('and') !== match.says('between') && !match.says('-')
        ? undefined
        : spanOf(
            context,
            { day: match.get('dayNumber'), ...match.get('monthOfYear') },
            { day: match.get('dayNumber', 1), ...match.get('monthOfYear') },
          ),
  );
  const open: readonly (readonly [string, 'from' | 'to', boolean])[] = [
    [
      '(from|since|starting|starting on|starting from|beginning|beginning on|commencing|commencing on|as of|not before|as early as|no earlier than)',
      'from',
      false,
    ],
    ['(after|later than|past)', 'from', true],
    ['(until|till|by|up to|no later than|through|as late as|at the latest by)', 'to', false],
    ['(before|earlier than|prior to|sooner than)', 'to', true],
  ];
  for (const [pattern, side, excluded] of open) {
    const tail = side === 'from' ? '(onwards|onward|on|forward)?' : '(inclusive)?';
    grammar.rule('span', `${pattern} <date> ${tail}`, (match, context) =>
      // "from Thursday at 4 to …" names a moment.
      context.tokens[match.end]?.text === 'at' || context.tokens[match.end]?.text === 'to' || opensMoments(context, match, moments)
        ? undefined
        : openSpan(context, match.get('date'), side, excluded),
    );
    grammar.rule('span', `${pattern} <period>`, (match) => openPeriod(match.get('period'), side, excluded));
    grammar.rule('span', `${pattern} <monthOfYear>`, (match, context) =>
      runsOn(match, context) ? undefined : openPeriod(wholeMonth(match.get('monthOfYear')), side, excluded),
    );
  }
  grammar.rule(
    'span',
    '<date> (onwards|onward|forward|(or|and) (later|after|afterwards|thereafter|onwards|onward|beyond|on))',
    (match, context) => (goesOn(context, match.end) ? undefined : openSpan(context, match.get('date'), 'from')),
  );
  grammar.rule('span', '<date> (or|and) (before|earlier)', (match, context) => openSpan(context, match.get('date'), 'to'));
}
