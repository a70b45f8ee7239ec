/**
 * Names as people type them: case, accents, plurals and small words make no difference, spelling errors do. Guessing what a customer
 * may have meant belongs to whoever reads the message; a tool that books must not guess.
 */

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

/** Lower case, no accents, words separated by one space. */
export function fold(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

/** Words that carry the meaning, in the singular, sorted: "Corte + barba" and "barba y cortes" have the same. */
function essence(text: string): string {
  const words = fold(text).split(' ');
  const telling = words.filter((word) => !smallWords.has(word));
  return (telling.length > 0 ? telling : words).map(singular).sort().join(' ');
}

function singular(word: string): string {
  if (word.length > 5 && /[lnrd]es$/.test(word)) return word.slice(0, -2);
  return word.length > 3 && word.endsWith('s') ? word.slice(0, -1) : word;
}

/** The thing that `text` names; `undefined` when none or when several fit equally. */
export function findNamed<Thing extends Named>(things: readonly Thing[], text: string): Thing | undefined {
  const exact = fold(text);
  if (exact === '') return undefined;
  const byName = things.filter((thing) => fold(thing.name) === exact);
  if (byName.length > 0) return only(byName);
  const byAlias = things.filter((thing) => thing.aliases.some((alias) => fold(alias) === exact));
  if (byAlias.length > 0) return only(byAlias);
  const wanted = essence(text);
  return only(things.filter((thing) => [thing.name, ...thing.aliases].some((name) => essence(name) === wanted)));
}

/** The person that `text` names: the full name, an alias, or a first name that only one of them has. */
export function findPerson<Person extends Named>(people: readonly Person[], text: string): Person | undefined {
  const found = findNamed(people, text);
  if (found !== undefined) return found;
  const wanted = fold(text);
  return only(people.filter((person) => fold(person.name).split(' ')[0] === wanted));
}

/** Parts of a name that thousands have: they tell nobody from anybody. */
const particles = new Set('de del la las los el y e i da do dos das di du van von der den ter le san santa'.split(' '));

/** Words by which a claimed name may exceed the one that is known: a second name, a second surname. */
const wordsBeyond = 2;

const tellingWords = (name: string): string[] =>
  fold(name)
    .split(' ')
    .filter((word) => word.length >= 2 && !particles.has(word));

/**
 * True when a claimed name is that of an appointment: every word of the shorter is in the longer. Particles count for nothing. Where the known
 * name has a given name and a family name, a word of each is needed; what stands between the first and the last counts for either. A claim
 * that is much longer than the name is a list of names, and is none.
 */
export function sameName(known: string, claimed: string): boolean {
  const knownWords = tellingWords(known);
  const claimedWords = [...new Set(tellingWords(claimed))];
  if (knownWords.length === 0 || claimedWords.length === 0) return false;
  if (tellingWords(claimed).length > knownWords.length + wordsBeyond) return false;
  const [shorter, longer] = claimedWords.length <= knownWords.length ? [claimedWords, knownWords] : [knownWords, claimedWords];
  if (!shorter.every((word) => longer.includes(word))) return false;
  if (knownWords.length === 1) return true;
  const given = knownWords.slice(0, -1);
  const family = knownWords.slice(1);
  return claimedWords.some((one) => given.includes(one) && claimedWords.some((other) => other !== one && family.includes(other)));
}

function only<Thing>(things: readonly Thing[]): Thing | undefined {
  return things.length === 1 ? things[0] : undefined;
}
