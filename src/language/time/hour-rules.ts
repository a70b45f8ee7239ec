import { clockReadings, likelyReading } from './clock.ts';
import { withTail } from './clock-phrases.ts';
import type { Connectives } from './connectives.ts';
import type { Context, Grammar, Match } from './grammar.ts';
import type { ClockSpec, HourSpan } from './meaning.ts';

const minutesPerDay = 1440;

/** Times and hours that every language writes alike: "0730", "1140 am", "from 2 pm for 2 hours". */
export function addHourRules(grammar: Grammar, words: Connectives): void {
  grammar.rule('clock', '<joinedClock> <tail>', (match) => possible(withTail(match.get('joinedClock'), match.find('tail'))));
  grammar.rule('clock', `${words.at} <joinedClock> <tail>?`, (match, context) =>
    context.tokens[match.place('joinedClock')]?.text.length === 4
      ? possible(withTail(match.get('joinedClock'), match.find('tail')))
      : undefined,
  );
  const joined = (match: Match, context: Context): HourSpan | undefined => {
    // Three digits are as often a price or a number of a flight.
    if ([0, 1].some((nth) => context.tokens[match.place('joinedClock', nth)]?.text.length !== 4)) return undefined;
    const [from, to] = [match.get('joinedClock'), match.get('joinedClock', 1)];
    if (from.impossible === true || to.impossible === true) return undefined;
    const end = clockReadings(to).find((reading) => reading > from.minutes);
    return end === undefined ? undefined : { from: from.minutes, to: end };
  };
  grammar.rule('hours', `(${words.from}|${words.between}) <joinedClock> (${words.to}|${words.and}) <joinedClock>`, joined);

  grammar.rule(
    'mention',
    `(${words.between} ${words.now} ${words.and}|${words.from} ${words.now} ${words.to}) <clock>`,
    (match, context) => {
      const clock = match.get('clock');
      const end =
        clock.impossible === true
          ? undefined
          : clockReadings(clock)
              .toSorted((one, other) => one - other)
              .find((reading) => reading > context.minutes);
      return end === undefined
        ? undefined
        : [
            { kind: 'date', date: { fixed: context.today } },
            { kind: 'hours', hours: { from: context.minutes, to: end } },
          ];
    },
  );
  // "2026-06-01T15:30"
  grammar.rule('mention', '<numericDate> t <digital> z?', (match) => [
    { kind: 'date', date: match.get('numericDate') },
    { kind: 'clock', clock: { ...match.get('digital'), settled: true } },
  ]);

  const lasting = (match: Match): HourSpan | undefined => {
    const [clock, { minutes }] = [match.get('rangeClock'), match.get('amount')];
    if (clock.impossible === true || minutes === undefined) return undefined;
    const from = likelyReading(clock);
    return { from, to: Math.min(from + minutes, minutesPerDay) };
  };
  grammar.rule('hours', `${words.startingAt} <rangeClock> ,? ${words.lasting} <amount>`, lasting);
  grammar.rule('hours', `${words.lasting} <amount> ,? ${words.startingAt} <rangeClock>`, lasting);
}

const possible = (clock: ClockSpec): ClockSpec | undefined => (clock.impossible === true ? undefined : { ...clock, marked: true });
