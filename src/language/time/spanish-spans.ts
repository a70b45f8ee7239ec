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
  weekdaySpec,
  weekendOf,
  weekOf,
  weekSpan,
  wholeMonth,
  wholeYear,
  workingWeek,
} from './date-phrases.ts';
import type { Context, Grammar, Match } from './grammar.ts';
import { isPlausibleYear } from './terminals.ts';

const next = '(que viene|que sigue|que entra|proximo|proxima|proximos|siguiente|venidero|entrante)';
const nextBefore = '(proximo|proxima|siguiente)';
const past = '(pasado|pasada|anterior|ultimo)';

/** Spanish weeks, months, weekends and everything from … to. */
export function addSpanishSpans(grammar: Grammar): void {
  grammar.rule('monthOfYear', '<month> ((de|del|,|en|del ano|/|-)? <year>)?', (match, context) => {
    const year = match.find('year');
    return year === undefined ? monthSpec(context, match.get('month')) : { year, month: match.get('month') };
  });
  grammar.rule('monthOfYear', '(el|este)? <month> (del|de)? (ano que viene|proximo ano|ano proximo)', (match, context) => ({
    year: partsOf(context.today).year + 1,
    month: match.get('month'),
  }));
  grammar.rule('monthOfYear', '<month> (del|de) <number>', (match) => {
    const digits = match.get('number');
    return digits < 24 || digits > 99 ? undefined : { month: match.get('month'), year: digits + (digits >= 60 ? 1900 : 2000) };
  });
  grammar.rule('monthOfYear', '<year> (,)? <month>', (match, context) =>
    context.tokens[match.start]?.text.length === 4 ? { year: match.get('year'), month: match.get('month') } : undefined,
  );
  grammar.rule('monthOfYear', `(el|este)? (proximo) <month>`, (match, context) => monthSpec(context, match.get('month')));
  grammar.rule('monthOfYear', `este <month>`, (match, context) => ({
    year: partsOf(context.today).year,
    month: match.get('month'),
  }));
  grammar.rule('monthOfYear', '<monthShort> (.)? (de|del|,|/|-)? <year>', (match) => ({
    year: match.get('year'),
    month: match.get('monthShort'),
  }));
  grammar.rule('monthOfYear', '<monthShort> . ((de|del)? <year>)?', (match, context) => {
    const month = match.get('monthShort');
    const year = match.find('year');
    return year === undefined ? monthSpec(context, month) : { year, month };
  });
  grammar.rule('monthOfYear', '(<monthNumber> (/|-|.|~) <year>|<year> (/|-|.) <monthNumber>)', (match) => ({
    year: match.get('year'),
    month: match.get('monthNumber'),
  }));
  grammar.rule('monthOfYear', `(el)? ((pasado|ultimo) <anyMonth>|<anyMonth> (pasado|ultimo|anterior))`, (match, context) =>
    lastMonthNamed(context, match.get('anyMonth')),
  );
  grammar.rule('monthOfYear', '((el|este)? (mismo|presente)? mes|(el)? mes (actual|en curso|presente|corriente))', (_, context) =>
    monthAhead(context, 0),
  );
  grammar.rule('monthOfYear', `(el)? (mes ${next}|${nextBefore} mes|otro mes)`, (_, context) => monthAhead(context, 1));
  grammar.rule('monthOfYear', `(el)? (mes ${past}|(pasado|ultimo) mes)`, (_, context) => monthAhead(context, -1));

  grammar.rule('period', '<week>', (match, context) => weekSpan(context, match.get('week')));
  grammar.rule(
    'period',
    '(la)? semana (del|de|que va del|que empieza el|que arranca el|a partir del) (lunes)? <rangeEnd>',
    (match, context) => weekOf(context, match.get('rangeEnd')),
  );
  grammar.rule('period', '(la)? semana (despues de|posterior a) (la)? (proxima|siguiente|que viene)', (_, context) =>
    weekSpan(context, 2),
  );
  grammar.rule('period', '(la)? (proxima|siguiente)', (match, context) =>
    ['la', 'y', 'o', 'ir', 'para'].includes(context.tokens[match.start]?.text ?? '') && endsPhrase(context, match.end)
      ? weekSpan(context, 1)
      : undefined,
  );

  // "a mediados de semana"; "fin de semana" is the weekend.
  grammar.rule('container', 'semana', (match, context) => {
    if (context.tokens[match.start - 2]?.text.startsWith('fin') === true) return undefined;
    const { from = 0, to = 0 } = weekSpan(context, 0);
    return { kind: 'week', from, to };
  });
  const weekend = '(finde|fin de semana|fines de semana|findes|finde largo|fin de semana largo)';
  grammar.rule('period', `(el|este|al)? ${weekend}`, (_, context) => weekendOf(context.today));
  grammar.rule('period', `(el|este)? (${weekend} ${next}|${nextBefore} ${weekend})`, (_, context) => {
    // Said before Friday it is the coming one; from Friday on that one is "este finde".
    const late = (context.today + 3) % 7 > 3;
    return weekendOf(context.today + (late ? 7 : 0));
  });
  grammar.rule('period', `(el)? ${weekend} pasado`, (_, context) => weekendOf(context.today - 7));
  grammar.rule('period', `(el)? ${weekend} (del|de|de la|de el) <rangeEnd>`, (match, context) => {
    const week = weekOf(context, match.get('rangeEnd'));
    return week?.from === undefined ? undefined : weekendOf(week.from);
  });
  grammar.rule('period', `(el)? ${weekend} (de|en) (la)? <week>`, (match, context) =>
    weekendOf(context.today + match.get('week') * 7),
  );

  grammar.rule('period', '(en|durante|para|por|todo|el mes de|en el mes de|el)? <monthOfYear>', (match, context) =>
    monthNamed(match, context) ? wholeMonth(match.get('monthOfYear')) : undefined,
  );
  grammar.rule('period', '(la)? (primera|segunda) quincena (de|del) <monthOfYear>', (match) => {
    const { from = 0, to = 0 } = wholeMonth(match.get('monthOfYear'));
    return match.says('primera') ? { from, to: from + 14 } : { from: from + 15, to };
  });
  grammar.rule('period', '(la|esta)? semana (laboral|habil)', (_, context) => workingWeek(context, 0));
  grammar.rule('period', `(la)? (semana (laboral|habil) ${next}|${nextBefore} semana (laboral|habil))`, (_, context) =>
    workingWeek(context, 1),
  );
  grammar.rule('period', '(este|el corriente) ano', (_, context) => wholeYear(partsOf(context.today).year));
  grammar.rule('period', `(el)? (ano ${next}|proximo ano)`, (_, context) => wholeYear(partsOf(context.today).year + 1));
  grammar.rule('period', `(el)? ano (pasado|anterior)`, (_, context) => wholeYear(partsOf(context.today).year - 1));
  grammar.rule('period', '(en el|el|del|en|durante el|durante) ano? <year>', (match, context) =>
    isPlausibleYear(match.get('year')) && endsPhrase(context, match.end) ? wholeYear(match.get('year')) : undefined,
  );
  grammar.rule('period', '(en|durante)? (los|estos) (proximos)? dias', (match, context) =>
    match.says('proximos') || match.says('estos') ? { from: context.today + 1, to: context.today + 7 } : undefined,
  );
  addRanges(grammar);
}

/** "julio" and "abril" are people as well, "la próxima" may be anything: only what stands where a date would is one. */
function monthNamed(match: Match, context: Context): boolean {
  if (runsOn(match, context)) return false;
  if (match.place('monthOfYear') > match.start || match.find('year') !== undefined) return true;
  if (context.read('monthShort', match.start).length > 0) return false;
  if (match.end - match.start > 1) return true;
  const before = context.tokens[match.start - 1];
  const word = context.tokens[match.start]?.text;
  if (word === 'mes') return false;
  if (before === undefined) return endsPhrase(context, match.end);
  return word !== 'julio' && word !== 'abril' ? true : ['o', 'y', 'de', 'a', 'hasta', 'desde'].includes(before.text);
}

function endsPhrase(context: Context, end: number): boolean {
  const after = context.tokens[end];
  return (
    after === undefined ||
    after.kind !== 'word' ||
    ['con', 'o', 'y', 'si', 'a', 'por', 'para', 'en', 'puede', 'hay', 'tenes'].includes(after.text)
  );
}

/** Words between two moments: "desde el lunes a la mañana hasta el martes". */
const moments = new Set(['a', 'al', 'hasta', '-']);

function addRanges(grammar: Grammar): void {
  // What comes again and again, or tells since when, names no date to settle on.
  grammar.rule('mention', '(todos los|todas las|cada|cada uno de los) (<weekday>|<amount>|<unit>|<part>)', () => []);
  grammar.rule('mention', 'hace (como|mas de|casi)? <amount> que', () => []);
  grammar.rule('mention', '<weekday> (a|hasta|-) <weekday>', (match, context) =>
    spanOf(context, weekdaySpec(context, match.get('weekday'), 'coming'), weekdaySpec(context, match.get('weekday', 1), 'coming')),
  );
  grammar.rule('rangeEnd', '<date>', (match) => match.get('date'));
  grammar.rule('rangeEnd', 'ahora', (_, context) => ({ fixed: context.today }));
  grammar.rule('rangeEnd', '(el|dia|al|el dia)? <dayNumber>', (match) => ({ day: match.get('dayNumber') }));
  const dates = (match: Match, context: Context) => spanOf(context, match.get('rangeEnd'), match.get('rangeEnd', 1));
  grammar.rule(
    'mention',
    '(del|desde|desde el|de el|entre el) <rangeEnd> (al|hasta|hasta el|a|y|y el|-|a el) <rangeEnd> (inclusive|proximos)?',
    (match, context) =>
      match.says('entre') !== (match.says('y') || match.says('-')) && !match.says('-') ? undefined : dates(match, context),
  );
  grammar.rule('mention', '(de|entre) (<date>|ahora) (a|al|hasta|y|-) <rangeEnd> (inclusive|proximos|proximo)?', (match, context) =>
    spanOf(context, match.find('date') ?? { fixed: context.today }, match.get('rangeEnd')),
  );
  // "de 18 a 19 de noviembre", "9 al 12 de junio": the month tells that the first number is a day.
  grammar.rule(
    'mention',
    '(de|entre|del|desde|el|desde el|entre el)? <dayNumber> (a|al|hasta|hasta el|y|-|~) (el)? <dayOfMonth>',
    (match, context) =>
      match.says('y') && !match.says('entre')
        ? undefined
        : spanOf(context, { day: match.get('dayNumber') }, match.get('dayOfMonth')),
  );
  grammar.rule(
    'mention',
    '(de|entre|del|desde|el)? <dayOfMonth> (a|al|hasta|hasta el|y|-|~) (el)? <dayOfMonth>',
    (match, context) =>
      match.says('y') && !match.says('entre') ? undefined : spanOf(context, match.get('dayOfMonth'), match.get('dayOfMonth', 1)),
  );
  grammar.rule('mention', '<anyMonth> (del)? <dayNumber> (-|al|a) <dayNumber>', (match, context) => {
    const month = match.get('anyMonth');
    return spanOf(context, { day: match.get('dayNumber'), month }, { day: match.get('dayNumber', 1), month });
  });

  const open: readonly (readonly [string, 'from' | 'to', boolean])[] = [
    [
      '(desde|a partir de|a partir del|desde el|recien el|recien|empezando|comenzando|no antes de|no antes del|tan temprano como)',
      'from',
      false,
    ],
    [
      '(despues de|despues del|luego del|luego de|pasado el|mas tarde de|mas tarde del|mas tarde que|posterior a|posterior al|tras)',
      'from',
      true,
    ],
    [
      '(hasta|hasta el|no mas tarde que|no mas tarde de|no mas tarde del|a mas tardar|a mas tardar el|tan tarde como|como muy tarde|como mucho)',
      'to',
      false,
    ],
    ['(antes de|antes del|previo a|previo al|anterior a|anterior al)', 'to', true],
  ];
  for (const [pattern, side, excluded] of open) {
    const tail = side === 'from' ? '(en adelante)?' : '(inclusive)?';
    grammar.rule('span', `${pattern} <date> ${tail}`, (match, context) =>
      opensMoments(context, match, moments) ? undefined : openSpan(context, match.get('date'), side, excluded),
    );
    grammar.rule('span', `${pattern} <dayNumber> ${tail}`, (match, context) => {
      const article = context.tokens[match.place('dayNumber') - 1]?.text;
      if (article !== 'el' && article !== 'del') return undefined;
      return beginsTime(context, match.place('dayNumber'), match.end)
        ? undefined
        : openSpan(context, { day: match.get('dayNumber') }, side, excluded);
    });
    grammar.rule('span', `${pattern} <period>`, (match) => openPeriod(match.get('period'), side, excluded));
    grammar.rule('span', `${pattern} <monthOfYear>`, (match) => openPeriod(wholeMonth(match.get('monthOfYear')), side, excluded));
  }
  grammar.rule('span', 'del <dayNumber> en adelante', (match, context) =>
    openSpan(context, { day: match.get('dayNumber') }, 'from'),
  );
  grammar.rule(
    'span',
    '(el|del)? <date> (en adelante|para adelante|hacia adelante|(o|y) (despues|mas tarde|luego|posterior|posteriores|en adelante|mas adelante))',
    (match, context) => (goesOn(context, match.end) ? undefined : openSpan(context, match.get('date'), 'from')),
  );
  grammar.rule('span', '(el|del)? <date> (o|y) (antes|anterior|anteriores)', (match, context) =>
    openSpan(context, match.get('date'), 'to'),
  );
}
