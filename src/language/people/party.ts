import { smallNumbers } from '../numbers.ts';
import type { Word } from '../words.ts';

const numbers: Readonly<Record<string, number>> = { ...smallNumbers, un: 1, una: 1, uno: 1, one: 1, couple: 2, pareja: 2 };
const heads = new Set(
  (
    'persona personas pers pax huesped huespedes adulto adultos comensal comensales invitado invitados pasajero pasajeros mayores ' +
    'person persons people guest guests adult adults us'
  ).split(' '),
);
const children = new Set(
  'nino ninos nina ninas menor menores chico chicos nene nenes bebe bebes kid kids child children infant infants'.split(' '),
);
const openers = new Set(['somos', 'seremos', 'seriamos', 'vamos', 'iriamos']);
const forWords = new Set(['para', 'for']);
const partyWords = new Set([
  'party',
  'table',
  'group',
  'mesa',
  'reserva',
  'habitacion',
  'room',
  'grupo',
  'lugar',
  'turno',
  'dinner',
  'cena',
]);
const largestParty = 500;

const readNumber = (word: Word | undefined): number | undefined => {
  if (word === undefined) return undefined;
  const value = numbers[word.text] ?? (/^\d{1,3}$/.test(word.text) ? Number(word.text) : undefined);
  return value !== undefined && value > 0 && value <= largestParty ? value : undefined;
};

/** Number of people that the message names: "para 4 personas", "2 adultos y 1 niño", "somos tres", "table for two". */
export function countPeople(words: Word[], isTaken: (index: number) => boolean): number | undefined {
  let adults: number | undefined;
  let minors = 0;
  let grouped: number | undefined;
  for (const [index, word] of words.entries()) {
    const value = readNumber(word);
    if (value === undefined) continue;
    const next = words[index + 1];
    const previous = words[index - 1];
    const sameClause = next?.clause === word.clause;
    if (sameClause && next !== undefined && heads.has(next.text)) {
      // "quiero hablar con una persona" counts nobody; "para una persona" does.
      if (value > 1 || /\d/.test(word.text) || (previous !== undefined && forWords.has(previous.text)))
        adults = value + (next.text.startsWith('adult') ? (adults ?? 0) : 0);
    } else if (sameClause && next !== undefined && children.has(next.text)) {
      if (value > 1 || adults !== undefined) minors += value;
    } else if (sameClause && next?.text === 'of' && words[index + 2]?.text === 'us') adults = value;
    else if (previous !== undefined && openers.has(previous.text) && previous.clause === word.clause) {
      if (next?.clause !== word.clause || !isTaken(index)) grouped = value;
    } else if (
      previous !== undefined &&
      (forWords.has(previous.text) || previous.text === 'of') &&
      previous.clause === word.clause
    ) {
      const before = words[index - 2];
      const ended =
        next?.clause !== word.clause ||
        next?.text === 'del' ||
        next?.text === 'el' ||
        next?.text === 'on' ||
        next?.text === 'at' ||
        next?.text === 'a';
      // "Del 20 al 27 para 5": behind the dates of a stay it can only be people.
      const behindDates = isTaken(index - 2) && !isTaken(index) && next?.clause !== word.clause;
      if (before !== undefined && (partyWords.has(before.text) || behindDates) && ended && value > 1) grouped = value;
    }
  }
  if (adults !== undefined) return adults + minors;
  if (minors > 0 && grouped === undefined) return minors;
  return grouped;
}
