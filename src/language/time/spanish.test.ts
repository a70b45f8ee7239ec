import { describe, expect, test } from 'vitest';
import { brief } from './brief-mention.ts';
import { findTimeMentions } from './mentions.ts';

/** A Wednesday. */
const now = { date: '2026-05-13', time: '11:20' };
const find = (text: string) => findTimeMentions(text, now, 'es');

const briefly = (text: string): string => find(text).map(brief).join(', ');

describe('days', () => {
  test.each([
    ['tenés algo para hoy?', '2026-05-13'],
    ['Mañana puedo', '2026-05-14'],
    ['mejor pasado mañana', '2026-05-15'],
    ['mañana o pasado, lo que haya', '2026-05-14, 2026-05-15'],
    ['anteayer fui y ayer también', '2026-05-11, 2026-05-12'],
    ['el jueves', '2026-05-14'],
    ['miércoles', '2026-05-20'],
    ['este sábado', '2026-05-16'],
    ['anotame el lunes que viene', '2026-05-18'],
    ['el próximo viernes', '2026-05-22 or 2026-05-15'],
    ['el martes de la semana que viene', '2026-05-19'],
    ['la semana que viene, el jueves', '2026-05-21'],
    ['el domingo pasado', '2026-05-10'],
    ['del viernes en ocho', '2026-05-22'],
    ['de hoy en ocho', '2026-05-20'],
    ['en 3 días', '2026-05-16'],
    ['dentro de dos semanas', '2026-05-27'],
    ['en un mes', '2026-06-13'],
    ['hace dos semanas', '2026-04-29'],
    ['dos días después de mañana', '2026-05-16'],
  ])('%s', (text, expected) => {
    expect(briefly(text)).toBe(expected);
  });
});

describe('days of the month', () => {
  test.each([
    ['el 20', '2026-05-20'],
    ['para el 4', '2026-06-04'],
    ['el 13', '2026-05-13 or 2026-06-13'],
    ['el 31', '2026-05-31'],
    ['2 de junio', '2026-06-02'],
    ['el dos de marzo', '2027-03-02'],
    ['18/6', '2026-06-18'],
    ['1/2/27', '2027-02-01'],
    ['18-06-2026', '2026-06-18'],
    ['2026-06-18', '2026-06-18'],
    ['12/25', '2026-12-25'],
    ['3 jul', '2026-07-03'],
    ['7 de agosto del 2027', '2027-08-07'],
    ['el 1ro de julio', '2026-07-01'],
    ['el primero de julio', '2026-07-01'],
    ['el 21 del 6', '2026-06-21'],
    ['viernes 22', '2026-05-22'],
    ['el lunes 1 de junio', '2026-06-01'],
    ['mié. 3 de junio', '2026-06-03'],
    ['mañana jueves 14', '2026-05-14'],
    ['el lunes 11', '2026-05-11'],
    ['el primer martes de junio', '2026-06-02'],
    ['el último viernes del mes', '2026-05-29'],
    ['29 de febrero', '2028-02-29'],
    ['navidad', '2026-12-25'],
    ['para año nuevo', '2027-01-01'],
    ['el día de la madre', '2026-10-18'],
    ['viernes santo', '2027-03-26'],
  ])('%s', (text, expected) => {
    expect(briefly(text)).toBe(expected);
  });

  test.each([
    ['31 de junio', 'no-such-date'],
    ['el 30/2', 'no-such-date'],
    ['el viernes 21 de mayo', 'weekday-mismatch 2026-05-21'],
    ['mañana sábado', 'weekday-mismatch 2026-05-14'],
    ['a las 25', 'no-such-time'],
    ['25:00', 'no-such-time'],
    ['10:75', 'no-such-time'],
  ])('%s cannot be', (text, expected) => {
    expect(briefly(text)).toBe(expected);
  });

  test('the weekday of a date is told', () => {
    expect(find('el viernes 22')).toEqual([{ kind: 'date', start: 0, end: 13, date: '2026-05-22', weekday: 5 }]);
  });
});

describe('ranges of dates', () => {
  test.each([
    ['la semana que viene', '2026-05-18..2026-05-24'],
    ['esta semana', '2026-05-11..2026-05-17'],
    ['este finde', '2026-05-16..2026-05-17'],
    ['el finde que viene', '2026-05-16..2026-05-17'],
    ['el mes que viene', '2026-06-01..2026-06-30'],
    ['en enero', '2027-01-01..2027-01-31'],
    ['fin de mes', '2026-05-21..2026-05-31'],
    ['a principios de junio', '2026-06-01..2026-06-10'],
    ['mediados de agosto', '2026-08-10..2026-08-20'],
    ['del 3 al 5 de julio', '2026-07-03..2026-07-05'],
    ['del 20 al 23', '2026-05-20..2026-05-23'],
    ['del 28 al 2 de junio', '2026-05-28..2026-06-02'],
    ['desde el lunes hasta el jueves', '2026-05-18..2026-05-21'],
    ['entre el 2 y el 9 de junio', '2026-06-02..2026-06-09'],
    ['del viernes 22 al domingo 24', '2026-05-22..2026-05-24'],
    ['del 20/6 al 4/7', '2026-06-20..2026-07-04'],
    ['de diciembre a febrero', '2026-12-01..2027-02-28'],
    ['los próximos 5 días', '2026-05-14..2026-05-18'],
    ['la semana del 8 de junio', '2026-06-08..2026-06-14'],
    ['la primera semana de julio', '2026-06-29..2026-07-05'],
    ['a partir del lunes', '2026-05-18..'],
    ['después del 20', '2026-05-21..'],
    ['hasta el viernes', '..2026-05-15'],
    ['antes del 20 de mayo', '..2026-05-19'],
    ['semana santa', '2027-03-25..2027-03-28'],
    ['del 10 al 31 de abril', 'no-such-date'],
  ])('%s', (text, expected) => {
    expect(briefly(text)).toBe(expected);
  });
});

describe('times', () => {
  test.each([
    ['a las 5', '17:00 or 05:00'],
    ['a las 9', '09:00 or 21:00'],
    ['a la 1', '13:00 or 01:00'],
    ['a las 17', '17:00'],
    ['a las 09', '09:00'],
    ['a las 3 de la tarde', '15:00'],
    ['a las diez de la noche', '22:00'],
    ['a las doce de la noche', '00:00'],
    ['4pm', '16:00'],
    ['a las 8 a.m.', '08:00'],
    ['18hs', '18:00'],
    ['18 hs', '18:00'],
    ['9 hs', '09:00'],
    ['18:45', '18:45'],
    ['a las 3:15', '15:15 or 03:15'],
    ['10.30 hs', '10:30'],
    ['las 5 y media', '17:30 or 05:30'],
    ['cinco menos cuarto', '16:45 or 04:45'],
    ['6 y cuarto', '18:15 or 06:15'],
    ['a las cuatro cuarenta', '16:40 or 04:40'],
    ['cuarto para las seis', '17:45 or 05:45'],
    ['tipo 6', '~18:00 or 06:00'],
    ['a eso de las 11', '~11:00 or 23:00'],
    ['al mediodía', '12:00'],
    ['a medianoche', '00:00'],
    ['a la tarde tipo 5', '~17:00'],
    ['a las 8 el viernes a la noche', '20:00, 2026-05-15, 20:00..24:00'],
  ])('%s', (text, expected) => {
    expect(briefly(text)).toBe(expected);
  });

  test.each([
    ['a la tarde', '12:00..20:00'],
    ['por la mañana', '06:00..12:00'],
    ['sábado a la noche', '2026-05-16, 20:00..24:00'],
    ['después de las 6', '18:00..'],
    ['a partir de las 15', '15:00..'],
    ['antes del mediodía', '..12:00'],
    ['hasta las 7 de la tarde', '..19:00'],
    ['entre las 3 y las 5', '15:00..17:00'],
    ['de 9 a 12', '09:00..12:00'],
    ['de 10 a 2', '10:00..14:00'],
    ['de 18 a 24 hs', '18:00..24:00'],
    ['5 a 6 pm', '17:00..18:00'],
    ['a primera hora', '..10:00'],
    ['mañana temprano', '2026-05-14, ..11:00'],
  ])('range: %s', (text, expected) => {
    expect(briefly(text)).toBe(expected);
  });

  test.each([
    ['media hora', '30 minutes'],
    ['hora y media', '90 minutes'],
    ['dura 1 hora', '60 minutes'],
    ['2 hs', '120 minutes'],
    ['por 3 noches', '3 days'],
    ['dos semanas', '14 days'],
  ])('length: %s', (text, expected) => {
    expect(briefly(text)).toBe(expected);
  });

  test.each([
    ['¿puedo ir ahora?', '2026-05-13, 11:20'],
    ['quiero un turno YA', '2026-05-13, 11:20'],
    ['en una hora', '2026-05-13, 12:20'],
    ['esta noche', '2026-05-13, 20:00..24:00'],
    ['esta noche a las 9', '2026-05-13, 21:00'],
  ])('a day and a time in one: %s', (text, expected) => {
    expect(briefly(text)).toBe(expected);
  });
});

describe('several in a sentence', () => {
  test.each([
    ['mañana a la mañana', '2026-05-14, 06:00..12:00'],
    ['mañana a las 3 y media de la tarde', '2026-05-14, 15:30'],
    ['15 de junio a las 10', '2026-06-15, 10:00 or 22:00'],
    ['el 5 a las 10', '2026-06-05, 10:00 or 22:00'],
    ['viernes 2 de la tarde', '2026-05-15, 14:00'],
    ['lunes 9 a 12', '2026-05-18, 09:00..12:00'],
    ['viernes 22/5 18:30hs', '2026-05-22, 18:30'],
    ['puede ser el lunes o el martes?', '2026-05-18, 2026-05-19'],
    ['quiero cambiar mi turno del jueves al viernes', '2026-05-14, 2026-05-15'],
    ['pasarlo del 20 al 22', '2026-05-20, 2026-05-22'],
    ['pasar unos días del 20 al 22', '2026-05-20..2026-05-22'],
    ['el 26 a la mañana', '2026-05-26, 06:00..12:00'],
    ['a las 3 o 4 de la tarde', '15:00, 16:00'],
    ['mañana jueves a las 11', '2026-05-14, 11:00 or 23:00'],
  ])('%s', (text, expected) => {
    expect(briefly(text)).toBe(expected);
  });
});

describe('spelling', () => {
  test.each([
    ['manana', '2026-05-14'],
    ['MAÑANA', '2026-05-14'],
    ['mañanaaa', '2026-05-14'],
    ['maniana', '2026-05-14'],
    ['miercoles', '2026-05-20'],
    ['mircoles', '2026-05-20'],
    ['el sabdo', '2026-05-16'],
    ['el juebes', '2026-05-14'],
    ['vierness', '2026-05-15'],
    ['el sabado x la tarde', '2026-05-16, 12:00..20:00'],
    ['la semana q viene', '2026-05-18..2026-05-24'],
  ])('%s', (text, expected) => {
    expect(briefly(text)).toBe(expected);
  });
});

describe('what is no date and no time', () => {
  test.each([
    'somos 2 personas',
    'mesa para 4',
    'cuesta $3500',
    'me sale $ 15',
    'sale 15% menos',
    'mi celular es 11 4523-8890',
    '+54 9 11 2345 6789',
    'estoy en Av. 25 de Mayo 1234',
    'vivo en calle 9 de Julio',
    'buenas tardes',
    'buenos días, buenas noches',
    'soy Julio',
    'quiero con Abril',
    'escribime a maria.mayo15@correo.com',
    'de 2 a 4 personas',
    'las 3 chicas',
    'entre los dos, el más barato',
    'ya reservé, por ahora nada más',
    'pero ahora no sé',
    'el costo por noche',
    'prefiero el primero',
    'la manzana y el mate',
    'abren 24/7',
    'reserva #45321',
    'es muy tarde',
    'todos los lunes',
    'hace dos meses que no voy',
    'tengo 25 años',
    'llamame al 15 5123-4567',
  ])('%s', (text) => {
    expect(briefly(text)).toBe('');
  });
});
