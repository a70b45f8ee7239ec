import { foldStretched } from './text.ts';

const ordinals: readonly (readonly string[])[] = [
  ['primero', 'primera', 'primer', 'first', '1', 'uno', 'una', 'one', '1ro', '1ra', '1st'],
  ['segundo', 'segunda', 'second', '2', 'dos', 'two', '2do', '2da', '2nd'],
  ['tercero', 'tercera', 'tercer', 'third', '3', 'tres', 'three', '3ro', '3ra', '3rd'],
  ['cuarto', 'cuarta', 'fourth', '4', 'cuatro', 'four', '4to', '4ta', '4th'],
  ['quinto', 'quinta', 'fifth', '5', 'cinco', 'five', '5to', '5ta', '5th'],
  ['sexto', 'sexta', 'sixth', '6', 'seis', 'six', '6to', '6ta', '6th'],
];
const lasts = new Set(['ultimo', 'ultima', 'last']);
const around = new Set(
  'me sirve gusta viene bien va elijo tomo reservo reservame dame esta listo okay works good works ese esa eso opciones turnos horarios porfa gracias thanks thank you un una fine is for me el la lo los las the opcion option numero number nro n one horario turno hora dia de please por favor me quedo con dale si ese esa quiero prefiero ok perfecto slot time i ill take want go with that and y mejor entonces bueno para'.split(
    ' ',
  ),
);

/** Characters that are read; a longer message is more than a choice. */
const longestChoice = 120;
const spokenOf = /\b(?:el|la|lo|the|opcion|option|numero|number)\b/;
const ordinalWord =
  /\b(?:primer[oa]?|segund[oa]|tercer[oa]?|cuart[oa]|quint[oa]|sext[oa]|ultim[oa]|first|second|third|fourth|fifth|sixth|last|opcion|option)\b/;

/** The choice of a message that is clearly one though none was asked for: "la segunda opción", "the last one", but not "2". */
export function readClearChoice(text: string): number | undefined {
  const folded = foldStretched(text.slice(0, longestChoice));
  return spokenOf.test(folded) && ordinalWord.test(folded) ? readChoice(text) : undefined;
}

/**
 * Which of the offered choices an answer picks, counted from 1; -1 for the last. Undefined where the message is more than a choice.
 * Meant for `awaiting: 'choice'`, where "el primero" is not the first of the month.
 */
export function readChoice(text: string): number | undefined {
  const words = foldStretched(text.slice(0, longestChoice)).match(/[a-z0-9]+/g) ?? [];
  let choice: number | undefined;
  for (const [position, word] of words.entries()) {
    const ordinal = ordinals.findIndex((forms) => forms.includes(word));
    if (lasts.has(word)) choice = -1;
    else if (ordinal >= 0 && !(word === 'one' && choice !== undefined)) {
      if (choice !== undefined && position > 0) return undefined;
      choice = ordinal + 1;
    } else if (!around.has(word)) return undefined;
  }
  return choice;
}
