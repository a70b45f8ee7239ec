import { partsOf, weekdayInWeek } from './calendar.ts';
import type { Connectives } from './connectives.ts';
import { monthEdge, monthSpec, runsOn, wholeYear } from './date-phrases.ts';
import type { Context, Grammar, Match } from './grammar.ts';
import type { DaySpan, Edge, MeaningPiece, MonthSpec } from './meaning.ts';
import { resolveDay } from './resolve-date.ts';

/**
 * "From … to …" with a month, week, year, part of a period or "now" at either end: the first day of the one to the last day of the other.
 * Two days are ranges of their own, because the end lends the beginning its month.
 */
export function addEdges(grammar: Grammar, words: Connectives): void {
  grammar.rule('edge', '<monthOfYear>', (match, context) =>
    runsOn(match, context) ? undefined : monthEdge(match.get('monthOfYear')),
  );
  grammar.rule('edge', '<period>', (match) => closed(match.get('period')));
  grammar.rule('edge', '<year>', (match, context) =>
    context.tokens[match.start]?.text.length === 4 && context.tokens[match.start]?.kind === 'number'
      ? closed(wholeYear(match.get('year')))
      : undefined,
  );
  grammar.rule('edge', words.now, (_, context) => ({ from: context.today, to: context.today }));
  const join = (match: Match, context: Context): MeaningPiece[] | undefined => {
    const [first, last] = [edgeOf(match, context, 'first'), edgeOf(match, context, 'last')];
    const span = first === undefined || last === undefined ? undefined : joinEdges(first, last, context.today);
    return span === undefined ? undefined : [{ kind: 'span', span, joined: true }];
  };
  for (const ends of ['<edge> TO <edge>', '<edge> TO <date>', '<date> TO <edge>']) {
    const [from, between] = [ends.replace('TO', words.to), ends.replace('TO', words.and)];
    grammar.rule('mention', `${words.from} ${from}`, join);
    grammar.rule('mention', `${words.between} ${between}`, join);
  }
  // Months that both say their year need no word before them: "Dec/2026-May/2027".
  grammar.rule('mention', `<monthOfYear> ${words.to} <monthOfYear>`, (match, context) => {
    const named = (from: number, to: number): boolean => context.tokens.slice(from, to).some(({ kind }) => kind === 'number');
    const second = match.place('monthOfYear', 1);
    if (!named(match.start, second) || !named(second, match.end)) return undefined;
    const span = joinEdges(monthEdge(match.get('monthOfYear')), monthEdge(match.get('monthOfYear', 1)), context.today);
    return span === undefined ? undefined : [{ kind: 'span', span, joined: true }];
  });
  // "From Tuesday to Thursday of next week", "next week from Tuesday to Thursday".
  const weekdays = (match: Match, context: Context): MeaningPiece[] | undefined => {
    const day = (nth: number) => weekdayInWeek(context.today + match.get('week') * 7, match.get('weekday', nth));
    const [from, to] = [day(0), day(1)];
    return to < from ? undefined : [{ kind: 'span', span: { from, to }, joined: true }];
  };
  for (const [before, between] of [
    [`${words.from}?`, words.to],
    [words.between, words.and],
  ] as const) {
    grammar.rule('mention', `${before} <weekday> ${between} <weekday> (${words.of}|,)? <week>`, weekdays);
    grammar.rule('mention', `<week> ,? ${before} <weekday> ${between} <weekday>`, weekdays);
  }
  // Months alone need no word before them: "Jan-Feb 2017", "nov a feb". The year at the end holds for both.
  const months = `<anyMonth> TO <anyMonth> (${words.of}|,)? <year>?`;
  const joinMonths = (match: Match, context: Context): MeaningPiece[] | undefined => {
    if (context.read('dayOfMonth', match.place('anyMonth', 1)).some((reading) => reading.end > match.end)) return undefined;
    const year = match.find('year');
    const named = (nth: number) => monthSpec(context, match.get('anyMonth', nth));
    const last = year === undefined ? named(1) : { year, month: match.get('anyMonth', 1) };
    const span = joinEdges(monthEdge(named(0)), monthEdge(last), context.today);
    return span === undefined ? undefined : [{ kind: 'span', span, joined: true }];
  };
  grammar.rule('mention', `${words.from}? ${months.replace('TO', words.to)}`, joinMonths);
  grammar.rule('mention', `${words.between} ${months.replace('TO', words.and)}`, joinMonths);
}

const closed = ({ from, to }: DaySpan): Edge | undefined => (from === undefined || to === undefined ? undefined : { from, to });

function edgeOf(match: Match, context: Context, which: 'first' | 'last'): Edge | undefined {
  const date = match.find('date');
  const edges = [match.find('edge'), match.find('edge', 1)];
  const dateFirst = date !== undefined && match.place('date') < match.place('edge');
  if (date === undefined) return which === 'first' ? edges[0] : edges[1];
  if (dateFirst !== (which === 'first')) return edges[0];
  const day = resolveDay(date, context.today);
  return day === undefined ? undefined : { from: day, to: day };
}

const inYear = (month: MonthSpec, year: number): Edge => monthEdge({ year, month: month.month });

/** Settles the years that months leave open: by the other end, or so that the range is running or lies ahead. */
export function joinEdges(first: Edge, last: Edge, today: number): DaySpan | undefined {
  let [begin, end] = [first, last];
  const [from, to] = [first.month?.open === true ? first.month : undefined, last.month?.open === true ? last.month : undefined];
  if (from !== undefined && to !== undefined) {
    // Over the turn of the year where the first month comes later; already running where today lies in it.
    const length = (to.month - from.month + 12) % 12;
    const running = (partsOf(today).month - from.month + 12) % 12;
    const year = partsOf(today).year - (running <= length && partsOf(today).month < from.month ? 1 : 0);
    const started = running <= length || partsOf(today).month <= from.month ? year : year + 1;
    begin = inYear(from, started);
    end = inYear(to, started + (to.month < from.month ? 1 : 0));
  } else if (from !== undefined) {
    const { year, month } = partsOf(last.to);
    begin = inYear(from, from.month <= month ? year : year - 1);
  } else if (to !== undefined) {
    const { year, month } = partsOf(first.from);
    end = inYear(to, to.month >= month ? year : year + 1);
  }
  return end.to < begin.from ? undefined : { from: begin.from, to: end.to };
}
