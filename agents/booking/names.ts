/**
 * Names as people type them: case, accents, plurals and small words make no difference, spelling errors do. Guessing what a customer
 * may have meant belongs to whoever reads the message; a tool that books must not guess.
 */

import { foldName } from '../../src/index.ts';

/** What a name search needs to know of a thing. */
export interface Named {
  name: string;
  aliases: readonly string[];
}

const smallWords = new Set([
  'de',
  'del',
  'la',
  'el',
  'los',
  'las',
  'un',
  'una',
  'y',
  'e',
  'con',
  'a',
  'and',
  'the',
  'of',
  'with',
  'mas',
]);

/** Words that carry the meaning, in the singular, sorted: "Corte + barba" and "barba y cortes" have the same. */
function essence(text: string): string {
  const words = foldName(text).split(' ');
  const telling = words.filter((word) => !smallWords.has(word));
  return (telling.length > 0 ? telling : words).map(singular).sort().join(' ');
}

function singular(word: string): string {
  if (word.length > 5 && /[lnrd]es$/.test(word)) return word.slice(0, -2);
  return word.length > 3 && word.endsWith('s') ? word.slice(0, -1) : word;
}

/** The thing that `text` names; `undefined` when none or when several fit equally. */
export function findNamed<Thing extends Named>(things: readonly Thing[], text: string): Thing | undefined {
  const exact = foldName(text);
  if (exact === '') return undefined;
  const byName = things.filter((thing) => foldName(thing.name) === exact);
  if (byName.length > 0) return only(byName);
  const byAlias = things.filter((thing) => thing.aliases.some((alias) => foldName(alias) === exact));
  if (byAlias.length > 0) return only(byAlias);
  const wanted = essence(text);
  return only(things.filter((thing) => [thing.name, ...thing.aliases].some((name) => essence(name) === wanted)));
}

/** The person that `text` names: the full name, an alias, or a first name that only one of them has. */
export function findPerson<Person extends Named>(people: readonly Person[], text: string): Person | undefined {
  const found = findNamed(people, text);
  if (found !== undefined) return found;
  const wanted = foldName(text);
  return only(people.filter((person) => foldName(person.name).split(' ')[0] === wanted));
}

function only<Thing>(things: readonly Thing[]): Thing | undefined {
  return things.length === 1 ? things[0] : undefined;
}
