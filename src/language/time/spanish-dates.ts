import { partsOf, weekdayInWeek } from './calendar.ts';
import {
  agree,
  agreeing,
  beginsTime,
  dateAfter,
  dayFromToday,
  isEndedByComma,
  listedDays,
  monthAhead,
  shortYear,
  weekdaySpec,
  withWeekday,
} from './date-phrases.ts';
import type { Context, Grammar, Match } from './grammar.ts';
import type { DateSpec } from './meaning.ts';
import { resolveDate } from './resolve-date.ts';

const next = '(que viene|que sigue|que entra|proximo|proxima|proximos|siguiente|venidero|entrante)';
const nextBefore = '(proximo|proxima|siguiente)';
const past = '(pasado|pasada|anterior|ultimo)';
const the = '(el|este|ese|al)';

/** Spanish dates. */
export function addSpanishDates(grammar: Grammar): void {
  addDays(grammar);
  addWeekdays(grammar);
  addDaysOfMonth(grammar);
  addDistances(grammar);
}

function addDays(grammar: Grammar): void {
  const relative: readonly (readonly [string, number])[] = [
    ['(hoy|hoy mismo|el dia de hoy|hoy dia)', 0],
    ['(manana|manana mismo|el dia de manana|dia siguiente)', 1],
    ['(pasado manana|pasado de manana|pasadomanana)', 2],
    ['ayer', -1],
    ['(anteayer|antiayer|antier|antes de ayer)', -2],
  ];
  for (const [pattern, days] of relative) grammar.rule('relativeDay', pattern, () => days);
  // "pasado" alone follows "hoy o mañana" or stands where a date is asked for; elsewhere it is a participle or "lunes pasado".
  grammar.rule('relativeDay', '(el|para) pasado', (match, context) => (endsClause(context, match.end) ? 2 : undefined));
  grammar.rule('relativeDay', 'pasado', (match, context) => {
    const before = context.tokens[match.start - 1];
    const wanted =
      before === undefined || ['o', 'y', 'ni', 'para', 'mejor', 'entonces', ',', 'bueno', 'dale', 'seria'].includes(before.text);
    return wanted && endsClause(context, match.end) ? 2 : undefined;
  });
  grammar.rule('date', '<relativeDay>', (match, context) => dayFromToday(context, match.get('relativeDay')));
  grammar.rule('date', `<relativeDay> ,? (el|dia)? <weekday>`, (match, context) =>
    withWeekday(dayFromToday(context, match.get('relativeDay')), match.get('weekday')),
  );
  grammar.rule('date', `<relativeDay> ,? (el|dia)? <weekday>? ,? (el|dia)? <dayOfMonth>`, (match, context) => {
    const weekday = match.find('weekday');
    const date = match.get('dayOfMonth');
    return agree(context.today + match.get('relativeDay'), weekday === undefined ? date : withWeekday(date, weekday));
  });
  grammar.rule('date', `<relativeDay> ,? (el|dia)? <weekday>? ,? (el|dia)? <dayNumber>`, (match, context) => {
    if (beginsTime(context, match.place('dayNumber'), match.end)) return undefined;
    const day = context.today + match.get('relativeDay');
    if (partsOf(day).day !== match.get('dayNumber')) return undefined;
    return { fixed: day, ...(match.find('weekday') === undefined ? {} : { weekday: match.get('weekday') }) };
  });
}

/** True where a phrase that ends here is not followed by a word that belongs to it. */
function endsClause(context: Context, end: number): boolean {
  const after = context.tokens[end];
  return (
    after === undefined ||
    after.kind === 'symbol' ||
    ['a', 'al', 'por', 'tipo', 'puede', 'si', 'o', 'y', 'tenes', 'hay', 'para'].includes(after.text)
  );
}

function addWeekdays(grammar: Grammar): void {
  grammar.rule('weekday', '<weekdayShort> .', (match) => match.get('weekdayShort'));
  // "mar" is the sea as well; without a full stop it needs a day number.
  grammar.rule('weekday', '<weekdayShort>', (match, context) =>
    context.tokens[match.start]?.text === 'mar' ? undefined : match.get('weekdayShort'),
  );
  const weeks: readonly (readonly [string, number])[] = [
    ['(esta (misma)? semana|(la)? (presente semana|semana (actual|en curso|presente)))', 0],
    [`(la)? (semana ${next}|${nextBefore} semana|otra semana)`, 1],
    ['(la)? (semana pasada|semana anterior|pasada semana|ultima semana)', -1],
    ['(dentro de|en) (dos|2) semanas', 2],
  ];
  for (const [pattern, count] of weeks) grammar.rule('week', pattern, () => count);

  grammar.rule('date', `${the}? dia? <weekday>`, (match, context) => weekdaySpec(context, match.get('weekday'), 'coming'));
  grammar.rule('date', `${the}? dia? <weekday> ${next}`, (match, context) => weekdaySpec(context, match.get('weekday'), 'next'));
  grammar.rule('date', `${the}? ${nextBefore} (dia)? <weekday>`, (match, context) =>
    weekdaySpec(context, match.get('weekday'), 'next'),
  );
  grammar.rule('date', `el? <weekday> ${past}`, (match, context) => weekdaySpec(context, match.get('weekday'), 'last'));
  grammar.rule('date', `el? (pasado|ultimo) <weekday>`, (match, context) => weekdaySpec(context, match.get('weekday'), 'last'));
  grammar.rule('date', `este <weekday> ${past}`, (match, context) => weekdaySpec(context, match.get('weekday'), 'previous'));
  grammar.rule('date', `${the}? <weekday> mismo`, (match, context) => weekdaySpec(context, match.get('weekday'), 'coming'));
  const inWeek = (match: Match, context: Context): DateSpec => ({
    fixed: weekdayInWeek(context.today + match.get('week') * 7, match.get('weekday')),
    weekday: match.get('weekday'),
  });
  grammar.rule('date', `${the}? dia? <weekday> ,? (de|en)? <week>`, inWeek);
  grammar.rule('date', `<week> (,|-)? el? dia? <weekday>`, inWeek);
  grammar.rule('date', `(el|del)? <weekday> en (ocho|quince|8|15) (dias)?`, (match, context) => {
    const days = match.says('ocho') || match.says('8') ? 7 : 14;
    const { fixed = context.today } = weekdaySpec(context, match.get('weekday'), 'coming');
    return { fixed: fixed + days, weekday: match.get('weekday') };
  });
}

function addDaysOfMonth(grammar: Grammar): void {
  grammar.rule('anyMonth', '(<month>|<monthShort> .?)', (match) => match.find('month') ?? match.get('monthShort'));
  const year = '((de|del|,|en|/|-|del ano|de ano)? <year>)?';
  grammar.rule('dayOfMonth', `<dayNumber> (.)? (º|°|ª)? (de|/|-|el)? <anyMonth> ${year}`, (match) =>
    dated(match, match.get('anyMonth')),
  );
  grammar.rule('dayOfMonth', `<ordinal> de <anyMonth> ${year}`, (match) => ({
    ...dated(match, match.get('anyMonth'), match.get('ordinal')),
  }));
  grammar.rule('dayOfMonth', `<anyMonth> (-|/)? <dayNumber> ((,|-|/|de|del)? <year>)?`, (match, context) =>
    beginsTime(context, match.place('dayNumber'), match.end) ? undefined : dated(match, match.get('anyMonth')),
  );
  grammar.rule('dayOfMonth', `<year> (-|/) <anyMonth> (-|/) <dayNumber>`, (match) => dated(match, match.get('anyMonth')));
  grammar.rule('dayOfMonth', `<dayNumber> (de|-|/)? <anyMonth> (de|del|-|/) <number>`, (match) =>
    shortYear(dated(match, match.get('anyMonth')), match.get('number')),
  );
  grammar.rule('dayOfMonth', '(<dayNumber> (-|/) <year>|<year> (-|/) <dayNumber>) (-|/) <anyMonth>', (match) =>
    dated(match, match.get('anyMonth')),
  );
  // "el 18 y 19 de junio", "18 o 19 de junio": the month holds for both.
  grammar.rule('mention', `(el|para el)? <dayNumber> (y|o|,|u) (el)? <dayNumber> (de|/)? <anyMonth> ${year}`, listedDays);
  grammar.rule(
    'mention',
    `(el|los|los dias|para el)? <dayNumber> , (el)? <dayNumber> (y|o|u) (el)? <dayNumber> de <anyMonth> ${year}`,
    listedDays,
  );
  // "Somos 4 del 12 al 16" counts people; the 12 begins a range.
  grammar.rule('dayOfMonth', '<dayNumber> del <monthNumber>', (match, context) =>
    opensRange(context, match) || namesMonth(context, match.end) ? undefined : dated(match, match.get('monthNumber')),
  );
  grammar.rule('dayOfMonth', '<dayNumber> (de|del) <monthNumber> (de|del) <year>', (match) =>
    dated(match, match.get('monthNumber')),
  );
  // "el 32 de mayo" was meant as a date and has to be told apart from "32 de las que pedí".
  grammar.rule('dayOfMonth', `<number> de <anyMonth> ${year}`, (match) =>
    match.get('number') > 31 && match.get('number') < 100 ? dated(match, match.get('anyMonth'), match.get('number')) : undefined,
  );
  grammar.rule('dayOfMonth', '<numericDate>', (match) => match.get('numericDate'));
  grammar.rule('dayOfMonth', '<dayNumber> (de|del) <monthOfYear>', (match) => ({
    day: match.get('dayNumber'),
    ...match.get('monthOfYear'),
  }));
  grammar.rule('dayOfMonth', '<dayNumber> (este mes|de este|del corriente)', (match, context) => ({
    day: match.get('dayNumber'),
    ...monthAhead(context, 0),
  }));

  grammar.rule('date', `(${the}|del)? (dia|${nextBefore})? <dayOfMonth>`, (match) => match.get('dayOfMonth'));
  grammar.rule('date', `${the}? (dia|${nextBefore})? <weekday> ,? \\(? (${the}|dia|el dia)? <dayOfMonth>`, (match) =>
    withWeekday(match.get('dayOfMonth'), match.get('weekday')),
  );
  grammar.rule('date', `${the}? (dia)? <dayOfMonth> (,|\\()? <weekday> (\\))?`, (match, context) =>
    agreeing(withWeekday(match.get('dayOfMonth'), match.get('weekday')), context),
  );
  grammar.rule('date', `${the}? <weekdayShort> <dayOfMonth>`, (match) =>
    withWeekday(match.get('dayOfMonth'), match.get('weekdayShort')),
  );
  grammar.rule('date', `${the}? (dia|${nextBefore})? <weekday> ,? (${the}|dia|el dia)? <dayNumber>`, (match, context) => {
    const date = { day: match.get('dayNumber'), weekday: match.get('weekday') };
    if (isEndedByComma(context, match.place('dayNumber'), date)) return undefined;
    if (!beginsTime(context, match.place('dayNumber'), match.end)) return date;
    // "viernes 4 a la tarde" is the 4th where that is a Friday; "viernes 4 de la tarde" and "lunes 9 a 12" are times.
    const beside =
      ['a', 'por', 'en'].includes(context.tokens[match.end]?.text ?? '') && context.tokens[match.end + 1]?.text === 'la';
    return beside && !('problem' in resolveDate(date, context.today)) ? date : undefined;
  });
  grammar.rule('date', `(el|del|al|este) (dia)? ${nextBefore}? <dayNumber>`, bareDay);
  grammar.rule('date', `(dia|el dia) <dayNumber>`, bareDay);
  grammar.rule('date', '(el|dia|para|del) <weakDate>', (match, context) =>
    match.says('para') && context.tokens[match.start + 2]?.text === '.' ? undefined : match.get('weakDate'),
  );
  // "miércoles 10-4" is a date where that day is a Wednesday, and hours otherwise.
  grammar.rule('date', '(el)? <weekday> <weakDate>', (match, context) => {
    const date = withWeekday(match.get('weakDate'), match.get('weekday'));
    return 'problem' in resolveDate(date, context.today) ? undefined : date;
  });
  grammar.rule('date', `(para el|el dia|al) <weakDate>`, (match) => match.get('weakDate'));
}

/** "el primero" picks the first of a list; "el 1ro" and "el quince" are days. */
function bareDay(match: Match, context: Context): DateSpec | undefined {
  // The article makes it a day even before "a la mañana"; before "hs" or "pm" it is none.
  if (timeMarks.has(context.tokens[match.end]?.text ?? '')) return undefined;
  // "llamame al 15 5123" is a phone; "pasarlo al 15" is a day.
  if (match.says('al') && context.tokens[match.end]?.kind === 'number') return undefined;
  const token = context.tokens[match.place('dayNumber')];
  const ordinalWord = token?.kind === 'word' && context.read('ordinal', match.place('dayNumber')).length > 0;
  return ordinalWord || token?.text === 'uno' || token?.text === 'un' || token?.text === 'una'
    ? undefined
    : { day: match.get('dayNumber') };
}

const timeMarks = new Set(['hs', 'h', 'hrs', 'horas', 'am', 'pm', ':']);

const beforeDay = new Set(['el', 'del', 'dia', 'al', 'desde', 'para', 'hasta']);

/** "de 8 a 2 del 9 de diciembre": the 9 is a day. */
const namesMonth = (context: Context, end: number): boolean =>
  context.tokens[end]?.text === 'de' && context.read('anyMonth', end + 1).length > 0;

const opensRange = (context: Context, match: Match): boolean =>
  ['al', 'hasta'].includes(context.tokens[match.end]?.text ?? '') &&
  context.tokens[match.end + 1]?.kind === 'number' &&
  !beforeDay.has(context.tokens[match.start - 1]?.text ?? '');

function dated(match: Match, month: number, day = match.get('dayNumber')): DateSpec {
  const year = match.find('year');
  return { day, month, ...(year === undefined ? {} : { year }) };
}

function addDistances(grammar: Grammar): void {
  grammar.rule('date', '(en|dentro de|de aca a|de aqui a) <amount>', (match, context) =>
    dateAfter(context.today, match.get('amount')),
  );
  grammar.rule('date', 'hace (como|unos|unas|mas o menos)? <amount>', (match, context) =>
    dateAfter(context.today, match.get('amount'), -1),
  );
  grammar.rule('date', '<amount> (atras|antes)', (match, context) => dateAfter(context.today, match.get('amount'), -1));
  // Counted as the week is: with both its ends, eight days make a week.
  grammar.rule('date', 'de hoy en (ocho|8) (dias)?', (_, context) => dayFromToday(context, 7));
  grammar.rule('date', 'de hoy en (quince|15) (dias)?', (_, context) => dayFromToday(context, 14));
  grammar.rule('date', '(de)? <relativeDay> en <amount>', (match, context) => {
    const day = match.get('relativeDay');
    return day < 0 ? undefined : dateAfter(context.today + day, match.get('amount'));
  });
  grammar.rule('date', 'de manana en (ocho|8) (dias)?', (_, context) => dayFromToday(context, 8));
  grammar.rule('date', '(el)? dia siguiente (de|a) <relativeDay>', (match, context) =>
    dayFromToday(context, match.get('relativeDay') + 1),
  );
  grammar.rule('date', '(el)? dia (anterior|previo)', (_, context) => dayFromToday(context, -1));
}
