import { describe, expect, it } from 'vitest';
import type { Language } from '../../language/contract.ts';
import type { MissingOfStay, StayDraft } from './contract.ts';
import { mergeStay, missingOf, wholeStay } from './draft.ts';
import { readStay } from './read.ts';

/** A Monday. */
const noon = { date: '2026-11-30', time: '12:00' };
const types = [
  { id: 'single', name: 'Single', aliases: ['simple'] },
  { id: 'double', name: 'Doble', aliases: ['matrimonial', 'double'] },
  { id: 'triple', name: 'Triple' },
];
const holidays = ['2027-02-08', '2027-02-09', '2027-03-24', '2027-03-26'];

function understand(language: Language, messages: string, now = noon): { draft: StayDraft; missing: MissingOfStay | undefined } {
  let draft: StayDraft = {};
  for (const message of messages.split(' >> ')) {
    const asked = missingOf(draft);
    const first = Object.keys(draft).length === 0;
    draft = mergeStay(
      draft,
      readStay(message, { now, language, types, holidays, around: draft.checkIn, asked: first ? undefined : asked }),
      first ? undefined : asked,
      now,
    );
  }
  return { draft, missing: missingOf(draft) };
}

/** `12-10/12-13 2+1 (4) 1 Doble`: dates without the year, adults and children, ages, rooms. */
function written({ checkIn, checkOut, adults, children, ages, rooms }: StayDraft): string {
  return [
    checkIn === undefined && checkOut === undefined ? '' : `${checkIn?.slice(5) ?? ''}/${checkOut?.slice(5) ?? ''}`,
    adults === undefined && children === undefined ? '' : `${adults ?? '?'}+${children ?? 0}`,
    ages === undefined ? '' : `(${ages.join(', ')})`,
    ...(rooms ?? []).map(({ type, count }) => `${count} ${type ?? 'room'}`),
  ]
    .filter((part) => part !== '')
    .join(' ');
}

describe('stays', () => {
  it.each([
    ['3 noches desde el 12/01', '01-12/01-15'],
    ['3 noches desde mañana', '12-01/12-04'],
    ['del 28 al 3', '12-28/01-03'],
    ['llego el viernes y me voy el domingo', '12-04/12-06'],
    ['entramos el 5 y salimos el 8 de enero', '01-05/01-08'],
    ['llego el 28 de diciembre y me voy el 3', '12-28/01-03'],
    ['finde largo de marzo', '03-26/03-28'],
    ['el finde para dos', '12-04/12-06 2+0'],
    ['semana santa, somos 4', '03-25/03-28 4+0'],
    ['las noches del 5 y 6 de enero, o sea 2 noches', '01-05/01-07'],
    ['del 10 no, del 12 al 14', '12-12/12-14'],
    ['2 adultos y 2 chicos de 4 y 9', '2+2 (4, 9)'],
    ['somos 4, 2 son chicos de 3 y 5', '2+2 (3, 5)'],
    ['mi mujer y yo con nuestros 2 hijos de 6 y 10 años', '2+2 (6, 10)'],
    ['somos 2 y un bebé de 6 meses', '2+1 (0)'],
    ['voy con mi hijo de 8 años', '1+1 (8)'],
    ['dos dobles y una triple para 7 personas', '7+0 2 Doble 1 Triple'],
    ['necesito 2 habitaciones, una para 2 y otra para 3', '5+0 2 room'],
    ['una cama doble', ''],
    ['quiero hablar con una persona', ''],
    ['para 2 personas >> del 20 al 23 de marzo', '03-20/03-23 2+0'],
    ['para 2 personas >> perdón, somos 3', '3+0'],
    ['del 10 al 12 >> mejor el 15', '12-15/12-17'],
    ['del 10 al 12 >> una noche más', '12-10/12-13'],
    ['finde largo de carnaval >> y si llegamos el sábado y nos vamos el martes', '02-06/02-09'],
    ['del 5 al 9 de febrero >> mejor de sábado a lunes', '02-06/02-08'],
    ['del 5 al 9 de febrero >> mejor este sábado', '12-05/12-09'],
    ['mañana >> 2 noches >> 2', '12-01/12-03 2+0'],
    ['desde el 10 >> 15', '12-10/12-15'],
    ['2 adultos y un nene, mañana una noche >> 7', '12-01/12-02 2+1 (7)'],
  ])('reads "%s"', (messages, expected) => {
    expect(written(understand('es', messages).draft)).toBe(expected);
  });

  it.each([
    ['for 2 nights from Friday', '12-04/12-06'],
    ['arriving Friday, leaving Sunday', '12-04/12-06'],
    ['checking out the 20th, arriving the 18th', '12-18/12-20'],
    ['from 5/3 to 5/8', '05-03/05-08'],
    ['Dec 30 - Jan 2, 2 adults and a 7 year old', '12-30/01-02 2+1 (7)'],
    ['family of four with two kids aged 3 and 6', '2+2 (3, 6)'],
    ['my wife and I, tonight', '11-30/12-01 2+0'],
    ['two rooms, one single and one double', '1 Single 1 Doble'],
    ['March 10 to 12 >> one more night', '03-10/03-13'],
    ['for two people >> sorry, we are 3', '3+0'],
    ['February 5 to 9 >> what if we arrive on Saturday and leave on Monday', '02-06/02-08'],
  ])('reads "%s" in English', (messages, expected) => {
    expect(written(understand('en', messages).draft)).toBe(expected);
  });

  it.each([
    ['del 20 al 18 de enero', 'order'],
    ['31 de junio', 'no-such-date'],
    ['400 noches desde mañana', 'too-long'],
    ['del 10 al 12, 5 noches', 'contradiction'],
    ['del 10 al 12 >> 4 noches', 'contradiction'],
    ['el 3 de enero de 2024, 2 noches', 'past'],
    ['llego mañana a la 1:00', 'after-midnight'],
  ])('asks about "%s"', (messages, kind) => {
    const { draft, missing } = understand('es', messages);
    expect(missing).toBe('problem');
    expect(draft.problem?.kind).toBe(kind);
    expect(wholeStay(draft)).toBeUndefined();
  });

  it('asks which night it is after midnight', () => {
    const { draft } = understand('es', 'hoy a la 1:00', { date: '2026-11-30', time: '00:30' });
    expect(draft.problem).toEqual({ kind: 'after-midnight', nights: ['2026-11-29', '2026-11-30'] });
  });

  it('asks for the ages of children and for what else is missing, one thing at a time', () => {
    expect(understand('es', 'del 10 al 12, 2 adultos y 1 niño').missing).toBe('ages');
    expect(understand('es', 'hola').missing).toBe('dates');
    expect(understand('es', 'del 10 al 12').missing).toBe('guests');
    expect(understand('es', 'para el 20 de octubre para 2').missing).toBe('checkOut');
  });
});
