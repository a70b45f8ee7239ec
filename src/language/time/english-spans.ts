import { partsOf } from './calendar.ts';
import {
  beginsTime,
  dateAfter,
  daysAhead,
  joinPeriods,
  monthAhead,
  monthSpec,
  openPeriod,
  openSpan,
  restOf,
  spanOf,
  weekendOf,
  weekOf,
  weekSpan,
  wholeMonth,
  wholeYear,
} from './date-phrases.ts';
import type { Context, Grammar, Match } from './grammar.ts';
import { partOfMonth, weekOfMonth } from './resolve-date.ts';

/** English weeks, months, weekends and everything from … to. */
export function addEnglishSpans(grammar: Grammar): void {
  addMonths(grammar);
  addPeriods(grammar);
  addRanges(grammar);
}

function addMonths(grammar: Grammar): void {
  grammar.rule('monthOfYear', '(<month>|<monthShort> .?) ((,|of|in)? <year>)?', (match, context) => {
    const year = match.find('year');
    const month = match.find('month') ?? match.get('monthShort');
    return year === undefined ? monthSpec(context, month) : { year, month };
  });
  grammar.rule('monthOfYear', '(this|next|coming) <month>', (match, context) => monthSpec(context, match.get('month')));
  grammar.rule('monthOfYear', '<month> (of)? next year', (match, context) => ({
    year: partsOf(context.today).year + 1,
    month: match.get('month'),
  }));
  grammar.rule('monthOfYear', '<monthNumber> (/|-) <year>', (match) => ({
    year: match.get('year'),
    month: match.get('monthNumber'),
  }));
  grammar.rule('monthOfYear', '(the|this) month', (_, context) => monthAhead(context, 0));
  grammar.rule('monthOfYear', '(the)? (next|following|coming) month', (_, context) => monthAhead(context, 1));
  grammar.rule('monthOfYear', '(last|previous) month', (_, context) => monthAhead(context, -1));
}

function addPeriods(grammar: Grammar): void {
  grammar.rule('period', '<week>', (match, context) => weekSpan(context, match.get('week')));
  grammar.rule('period', '(the)? week (of|commencing|beginning|starting) (the)? <rangeEnd>', (match, context) =>
    weekOf(context, match.get('rangeEnd')),
  );
  grammar.rule('period', '(the)? <ordinal> week (of|in) <monthOfYear>', (match) =>
    weekOfMonth(match.get('monthOfYear'), match.get('ordinal')),
  );
  grammar.rule('period', '(the)? last week (of|in) <monthOfYear>', (match) => weekOfMonth(match.get('monthOfYear'), -1));
  grammar.rule('period', '(on|over|at|for)? (this|the|this coming|coming)? (weekend|long weekend)', (_, context) =>
    weekendOf(context.today),
  );
  grammar.rule('period', '(the)? next (long)? weekend', (_, context) => weekendOf(context.today + 7));
  grammar.rule('period', '(the)? last weekend', (_, context) => weekendOf(context.today - 7));
  grammar.rule('period', '(the)? weekend (of|after) (the)? <rangeEnd>', (match, context) => {
    const week = weekOf(context, match.get('rangeEnd'));
    return week?.from === undefined ? undefined : weekendOf(week.from);
  });
  grammar.rule('period', '(in|during|for|throughout)? <monthOfYear>', (match, context) =>
    monthNamed(match, context) ? wholeMonth(match.get('monthOfYear')) : undefined,
  );
  const parts: readonly (readonly [string, 'beginning' | 'middle' | 'end'])[] = [
    ['(beginning|start|first days|first half)', 'beginning'],
    ['middle', 'middle'],
    ['(end|last days|second half)', 'end'],
  ];
  for (const [pattern, part] of parts) {
    grammar.rule('period', `(at|in|by|towards)? (the)? ${pattern} of <monthOfYear>`, (match) =>
      partOfMonth(match.get('monthOfYear'), part),
    );
    grammar.rule('period', `(at|in|by|towards)? (the)? ${pattern} of (<week>|the week)`, (match, context) => {
      const { from = 0 } = weekSpan(context, match.find('week') ?? 0);
      return part === 'beginning'
        ? { from, to: from + 2 }
        : part === 'middle'
          ? { from: from + 2, to: from + 3 }
          : { from: from + 3, to: from + 6 };
    });
  }
  grammar.rule('period', '(in)? (early|mid|late) (-)? <monthOfYear>', (match) =>
    partOfMonth(match.get('monthOfYear'), match.says('early') ? 'beginning' : match.says('mid') ? 'middle' : 'end'),
  );
  grammar.rule('period', 'later (in)? <monthOfYear>', (match, context) =>
    restOf(wholeMonth(match.get('monthOfYear')), context.today),
  );
  grammar.rule('period', 'later this week', (_, context) => restOf(weekSpan(context, 0), context.today));
  grammar.rule('period', 'this year', (_, context) => wholeYear(partsOf(context.today).year));
  grammar.rule('period', '(the)? next year', (_, context) => wholeYear(partsOf(context.today).year + 1));
  grammar.rule('period', '(in|during|over|within)? (the)? (next|following|coming) <amount>', (match, context) =>
    match.get('amount').days === 7 ? weekSpan(context, 1) : daysAhead(context, match.get('amount')),
  );
  grammar.rule('period', '(in|during|over|within)? (the)? (next|coming) (few|couple of) days', (_, context) => ({
    from: context.today + 1,
    to: context.today + 7,
  }));
  grammar.rule('period', '(in|during|over)? (the)? (last|past) <amount>', (match, context) => {
    const from = dateAfter(context.today, match.get('amount'), -1)?.fixed;
    return from === undefined ? undefined : { from, to: context.today };
  });
  grammar.rule('period', '(the)? rest of (the|this) week', (_, context) => ({
    from: context.today,
    to: weekSpan(context, 0).to ?? context.today,
  }));
}

/** "may", "march" and "sun" are other words as well: a bare month needs a word before it that a date would have, or a year. */
function monthNamed(match: Match, context: Context): boolean {
  const first = context.tokens[match.start];
  if (runsOn(match, context)) return false;
  if (match.place('monthOfYear') > match.start || match.find('year') !== undefined || match.end - match.start > 1) return true;
  if (first?.text === 'may' || first?.text === 'march' || context.read('monthShort', match.start).length > 0) return false;
  return context.read('month', match.start).length > 0;
}

/** "check in December 24" goes on to a day. */
function runsOn(match: Match, context: Context): boolean {
  return context.read('dayOfMonth', match.place('monthOfYear')).some((reading) => reading.end > match.end);
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
    '(from|between)? <anyMonth> (the)? <dayNumber> (to|until|till|through|and|-|–) (the)? <dayNumber>',
    (match, context) => {
      if (match.says('and') && !match.says('between')) return undefined;
      if (beginsTime(context, match.place('dayNumber', 1), match.end)) return undefined;
      const month = match.get('anyMonth');
      return spanOf(context, { day: match.get('dayNumber'), month }, { day: match.get('dayNumber', 1), month });
    },
  );
  grammar.rule('span', '(from|between) <monthOfYear> (to|until|till|through|and|-|–) <monthOfYear>', (match) => {
    const first = match.get('monthOfYear');
    const last = match.get('monthOfYear', 1);
    const end =
      last.year < first.year || (last.year === first.year && last.month < first.month) ? { ...last, year: first.year + 1 } : last;
    return joinPeriods(wholeMonth(first), wholeMonth(end));
  });
  const open: readonly (readonly [string, 'from' | 'to', boolean])[] = [
    ['(from|since|starting|starting from|as of|not before)', 'from', false],
    ['after', 'from', true],
    ['(until|till|by|up to|no later than|through)', 'to', false],
    ['before', 'to', true],
  ];
  for (const [pattern, side, excluded] of open) {
    const tail = side === 'from' ? '(onwards|onward|on|forward)?' : '(inclusive)?';
    grammar.rule('span', `${pattern} <date> ${tail}`, (match, context) =>
      // "from Thursday at 4 to …" names a moment.
      context.tokens[match.end]?.text === 'at' || context.tokens[match.end]?.text === 'to'
        ? undefined
        : openSpan(context, match.get('date'), side, excluded),
    );
    grammar.rule('span', `${pattern} <period>`, (match) => openPeriod(match.get('period'), side, excluded));
    grammar.rule('span', `${pattern} <monthOfYear>`, (match, context) =>
      runsOn(match, context) ? undefined : openPeriod(wholeMonth(match.get('monthOfYear')), side, excluded),
    );
  }
  grammar.rule('span', '<date> (onwards|onward|or later|or after)', (match, context) =>
    openSpan(context, match.get('date'), 'from'),
  );
}
