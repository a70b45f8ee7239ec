import type { Word } from './words.ts';

const between = new Set(
  'el la los las lo un una a al para con por en de del mejor ese esa este esta on with the at for this an of by to next que quede sea es is its any'.split(
    ' ',
  ),
);
const negators = new Set(
  'no ni not nor neither except excepto menos salvo dont cant cannot wont never tampoco isnt doesnt nunca'.split(' '),
);
const refusing = new Set(
  'digas digan des den pongas pongan anotes agendes quise puedo podemos podre podria quiero queremos llego llegamos voy puede sirve queda viene conviene va dije me nos do make come want work suit works can cant able like need necesito mencione hablo hable llegar ir venir pasar'.split(
    ' ',
  ),
);
const opening = new Set(['no', 'not', 'dont', 'cant', 'cannot', 'wont', 'doesnt', 'ni', 'tampoco']);

/**
 * True where the words `[first, next)` are named only to be refused: "el jueves no", "no con Juan", "mañana no puedo", "I can't do Friday".
 */
export function isRejected(words: Word[], first: number, next: number): boolean {
  const clause = words[first]?.clause;
  const inClause = (index: number): Word | undefined => (words[index]?.clause === clause ? words[index] : undefined);

  const after = inClause(next);
  if (after !== undefined && opening.has(after.text)) {
    const following = inClause(next + 1);
    if (following === undefined || refusing.has(following.text)) return true;
  }
  let index = first - 1;
  while (index >= 0 && between.has(inClause(index)?.text ?? '')) index--;
  const before = inClause(index);
  if (before === undefined) return false;
  // "Por lo menos los cortes" refuses nothing.
  if (before.text === 'menos' && ['lo', 'al'].includes(inClause(index - 1)?.text ?? '')) return false;
  if (negators.has(before.text)) return !startsQuestion(words, index);
  for (let back = 0; back < 4; back++) {
    const verb = inClause(index - back);
    const negator = inClause(index - back - 1);
    if (verb === undefined) return false;
    if (opening.has(verb.text)) return true;
    if (!refusing.has(verb.text) && verb.text !== 'nada') return false;
    if (negator !== undefined && opening.has(negator.text)) return !startsQuestion(words, index - back - 1);
  }
  return false;
}

/** "¿No tenés el jueves?" asks for Thursday. */
const startsQuestion = (words: Word[], index: number): boolean => {
  const word = words[index];
  return word?.question === true && words[index - 1]?.clause !== word.clause;
};

/** True where anything is denied in the clause of a word. */
export const isClauseNegated = (words: Word[], index: number): boolean =>
  words.some((word) => word.clause === words[index]?.clause && opening.has(word.text));
