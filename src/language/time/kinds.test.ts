import { describe, expect, test } from 'vitest';
import type { Language } from '../contract.ts';
import { brief } from './brief-mention.ts';
import { findTimeMentions } from './mentions.ts';

/** A Wednesday. Each row holds the same meaning in both languages: the rule is one, only its words differ. */
const now = { date: '2026-05-13', time: '11:20' };
const briefly = (text: string, language: Language): string => findTimeMentions(text, now, language).map(brief).join(', ');

const kinds: Readonly<Record<string, readonly (readonly [spanish: string, english: string, meaning: string])[]>> = {
  'positions in a period': [
    ['el primer día del mes que viene', 'the first day of next month', '2026-06-01'],
    ['el último día del año', 'the last day of the year', '2026-12-31'],
    ['el tercer viernes del mes', 'the third Friday of the month', '2026-05-15'],
    ['el último viernes del año', 'the last Friday of the year', '2026-12-25'],
    ['primer lunes a la tarde del mes que viene', 'first Monday afternoon of next month', '2026-06-01, 12:00..'],
    ['los primeros 10 días de junio', 'the first 10 days of June', '2026-06-01..2026-06-10'],
    ['las últimas dos semanas de junio', 'the last two weeks of June', '2026-06-15..2026-06-28'],
    ['la tercera semana de 2027', 'the third week of 2027', '2027-01-18..2027-01-24'],
    ['el primer fin de semana de junio', 'the first weekend of June', '2026-06-06..2026-06-07'],
    ['el primer lunes de 13 a 15 hs del mes que viene', 'the first Monday 1pm to 3pm of next month', '2026-06-01, 13:00..15:00'],
    ['el vigésimo segundo día del mes que viene', 'the twenty-second day of next month', '2026-06-22'],
  ],
  'parts of a period': [
    ['a principios de la semana que viene', 'at the beginning of next week', '2026-05-18..2026-05-20'],
    ['a mediados de año', 'in the middle of the year', '2026-05-01..2026-08-31'],
    ['a finales del año que viene', 'at the end of next year', '2027-10-01..2027-12-31'],
    ['la segunda mitad de junio', 'the second half of June', '2026-06-16..2026-06-30'],
    ['el resto del mes', 'the rest of the month', '2026-05-13..2026-05-31'],
    ['antes de fin de mes', 'before the end of the month', '..2026-05-31'],
    ['desde principios de junio', 'since the beginning of June', '2026-06-01..'],
    ['temprano el jueves', 'early on Thursday', '..11:00, 2026-05-14'],
    ['fin de mes', 'end of month', '2026-05-21..2026-05-31'],
    ['fin de la semana que viene', 'the end of next week', '2026-05-21..2026-05-24'],
    ['toda la semana', 'the whole week', '2026-05-11..2026-05-17'],
    ['toda la semana que viene', 'all next week', '2026-05-18..2026-05-24'],
    ['más tarde en el día', 'later in the day', '2026-05-13, 11:20..'],
    ['el resto del día', 'the rest of the day', '2026-05-13, 11:20..'],
  ],
  'lengths from now': [
    ['los próximos 3 días', 'the next 3 days', '2026-05-14..2026-05-16'],
    ['dentro de los próximos 10 días', 'within the next 10 days', '2026-05-13..2026-05-23'],
    ['en los próximos 30 minutos', 'in the next 30 minutes', '2026-05-13, 11:20..11:50'],
    ['la próxima hora', 'the next hour', '2026-05-13, 11:20..12:20'],
    ['las últimas dos semanas', 'the last two weeks', '2026-04-29..2026-05-13'],
    ['las próximas 2 o 3 semanas', 'the next 2 or 3 weeks', '2026-05-14..2026-06-03'],
    ['hace tres martes', 'three Tuesdays ago', '2026-04-28'],
    ['dentro de dos lunes', 'in two Mondays', '2026-05-25'],
    ['de hoy en una semana', 'a week today', '2026-05-20'],
    ['de mañana en dos semanas', 'two weeks tomorrow', '2026-05-28'],
    ['el día siguiente', 'the day after', '2026-05-14'],
    ['en más de 2 semanas', 'in more than 2 weeks', '2026-05-27..'],
    ['hace más de 3 días', 'more than 3 days ago', '..2026-05-10'],
  ],
  'lengths from a day': [
    ['dos semanas después de navidad', 'two weeks after Christmas', '2027-01-08'],
    ['3 días antes de año nuevo', '3 days before new year', '2026-12-29'],
    ['el lunes después del 10 de junio', 'the Monday after 10 June', '2026-06-15'],
    ['el viernes antes del 10 de junio', 'the Friday before 10 June', '2026-06-05'],
    ['el viernes en tres semanas', 'Friday in three weeks', '2026-06-05'],
    ['la primera semana de octubre, el viernes', 'the first week of October, on Friday', '2026-10-02'],
    ['del lunes en ocho', 'Monday week', '2026-05-25'],
    ['el día después de navidad', 'the day after Christmas', '2026-12-26'],
    ['menos de 5 días después de hoy', 'less than 5 days after today', '2026-05-13..2026-05-18'],
    ['3 noches desde el 12 de junio', '3 nights from 12 June', '2026-06-12..2026-06-15'],
    ['por una semana a partir del 1 de junio', 'for a week from 1 June', '2026-06-01..2026-06-08'],
    ['la navidad pasada', 'last Christmas', '2025-12-25'],
  ],
  ranges: [
    ['de diciembre a febrero', 'from December to February', '2026-12-01..2027-02-28'],
    ['ene-mar 2027', 'Jan-Mar 2027', '2027-01-01..2027-03-31'],
    ['del 28 de diciembre al 3 de enero', 'from 28 December to 3 January', '2026-12-28..2027-01-03'],
    ['desde la semana que viene hasta el 20 de junio', 'from next week to 20 June', '2026-05-18..2026-06-20'],
    ['de acá al viernes', 'from now until Friday', '2026-05-13..2026-05-15'],
    ['entre mayo y hoy', 'between May and now', '2026-05-01..2026-05-13'],
    ['de martes a jueves de la semana que viene', 'from Tuesday to Thursday of next week', '2026-05-19..2026-05-21'],
    ['el 20 de mayo y después', '20 May and later', '2026-05-20..'],
    ['el viernes o antes', 'Friday or earlier', '..2026-05-15'],
    ['a más tardar el viernes', 'no later than Friday', '..2026-05-15'],
    ['en dic 2026', 'in Dec 2026', '2026-12-01..2026-12-31'],
    ['15-ago-26', '15-Aug-26', '2026-08-15'],
    ['el 18 y 19 de junio', '18 and 19 June', '2026-06-18, 2026-06-19'],
    ['los días 3, 4 y 5 de junio', 'June 3, 4 and 5', '2026-06-03, 2026-06-04, 2026-06-05'],
    ['del 4 al 23 del próximo mes', 'from 4 to 23 next month', '2026-06-04..2026-06-23'],
    ['dic. 2026 - may. 2027', 'Dec/2026-May/2027', '2026-12-01..2027-05-31'],
  ],
  'hours beside a day': [
    ['lunes 6-8', 'Monday 6-8', '2026-05-18, 18:00..20:00'],
    ['lunes por la mañana 9-11', 'Monday morning 9-11', '2026-05-18, 09:00..11:00'],
    ['esta noche después de las 9', 'tonight after 9', '2026-05-13, 21:00..'],
    ['mañana 10 : 30', 'tomorrow 10 : 30', '2026-05-14, 10:30 or 22:30'],
    ['de 0900 a 1030', 'from 0900 to 1030', '09:00..10:30'],
    ['desde las 2 pm por dos horas', 'from 2 pm for two hours', '14:00..16:00'],
    ['a las 3, 4 o 5 pm', 'at 3, 4 or 5 pm', '15:00, 16:00, 17:00'],
    ['mañana pm', 'tomorrow pm', '2026-05-14, 12:00..'],
    [
      'del lunes por la mañana al martes por la mañana',
      'from Monday morning to Tuesday morning',
      '2026-05-18, 06:00..12:00, 2026-05-19, 06:00..12:00',
    ],
    ['6-8 el próximo lunes', '6-8 next Monday', '18:00..20:00, 2026-05-18'],
    ['entre las 3 y las 5 esta tarde', 'between 3 and 5 this afternoon', '2026-05-13, 15:00..17:00'],
    ['entre ahora y las 8', 'between now and 8 pm', '2026-05-13, 11:20..20:00'],
    ['8 a 10 el 20 de mayo', '8-10 on May 20', '08:00..10:00, 2026-05-20'],
    ['la mañana siguiente', 'the next morning', '2026-05-14, 06:00..12:00'],
    ['2026-06-01T15:30', '2026-06-01T15:30', '2026-06-01, 15:30'],
  ],
  'a comma ends a date': [
    ['el lunes, 4', 'Monday, 4', '2026-05-18'],
    ['jueves, 14', 'Thursday, 14', '2026-05-14'],
    ['el lunes, 2 cortes', 'on Monday, 2 haircuts', '2026-05-18'],
  ],
};

describe.each(Object.entries(kinds))('%s', (_, rows) => {
  test.each(rows)('%s | %s', (spanish, english, meaning) => {
    // The afternoon ends later in Spanish; the rows leave its end open.
    const withoutEnd = (text: string): string => (meaning.endsWith('..') ? text.replace(/\.\.\d\d:\d\d$/, '..') : text);
    expect([withoutEnd(briefly(spanish, 'es')), withoutEnd(briefly(english, 'en'))]).toEqual([meaning, meaning]);
  });
});

test.each([
  ['somos 20 para las 8', 'es', '08:00 or 20:00'],
  ['a las 5, 4 personas', 'es', '17:00 or 05:00'],
  ['el finde, si hay lugar', 'es', '2026-05-16..2026-05-17'],
  ['la semana del 11 de mayo', 'es', '2026-05-11..2026-05-17'],
  ['después del 1 de junio y después de las 6 de la tarde', 'es', '2026-06-02.., 18:00..'],
  ['a las 7 de mañana', 'es', '19:00 or 07:00, 2026-05-14'],
  ['this may take longer', 'en', ''],
  ['we are only 3 next week', 'en', '2026-05-18..2026-05-24'],
  ['one morning', 'en', ''],
  ['the 1st week', 'en', ''],
  ['20 min past eight', 'en', '08:20 or 20:20'],
] as const)('%s', (text, language, meaning) => {
  expect(briefly(text, language)).toBe(meaning);
});
