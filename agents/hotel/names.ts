/** Names as people write them. */
import { randomInt } from 'node:crypto';

/** Small letters without accents, words apart by one blank. */
export function plain(text: string): string {
  return text
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

const singular = (word: string) => (word.length > 4 ? word.replace(/(?<=[aeiou])s$|(?<=[^aeiou])es$/, '') : word);
const wordsOf = (text: string) => plain(text).split(' ').map(singular);

interface Named {
  name: string;
  aliases?: readonly string[];
}

/** What is called so: by its whole name or alias first, else the only one whose name has all of the words. */
export function findNamed<Thing extends Named>(things: readonly Thing[], called: string): Thing | undefined {
  const wanted = wordsOf(called);
  const said = wanted.join(' ');
  const names = ({ name, aliases = [] }: Thing) => [name, ...aliases].map((each) => wordsOf(each));
  const exact = things.find((thing) => names(thing).some((words) => words.join(' ') === said));
  if (exact !== undefined) return exact;
  const having = things.filter((thing) => names(thing).some((words) => wanted.every((word) => words.includes(word))));
  if (having.length === 1) return having[0];
  // "una doble estándar con vista": the longest name that is in it.
  const within = things
    .flatMap((thing) => names(thing).map((words) => ({ thing, words })))
    .filter(({ words }) => words.every((word) => wanted.includes(word)))
    .sort((one, other) => other.words.length - one.words.length);
  const [longest, second] = within;
  return longest !== undefined && (second?.thing === longest.thing || (second?.words.length ?? 0) < longest.words.length)
    ? longest.thing
    : undefined;
}

/** Whether two names are of one person, as far as names tell: the words of the shorter one are in the other, two at least or all. */
export function sameName(one: string, other: string): boolean {
  const [shorter, longer] = [plain(one).split(' '), plain(other).split(' ')].sort((a, b) => a.length - b.length);
  if (shorter === undefined || longer === undefined || shorter[0] === '') return false;
  return shorter.every((word) => longer.includes(word)) && (shorter.length > 1 || longer.length === 1);
}

/** Addresses differ in case only by accident. */
export function emailKey(email: string): string {
  return email.trim().toLowerCase();
}

/** No 0, O, 1, I or L: read aloud or copied by hand they get mixed up. */
const codeLetters = '23456789ABCDEFGHJKMNPQRSTUVWXYZ';

/** Random code of a stay: seven characters, at least one of them a digit and one a letter so that no word looks like a code. */
export function newCode(): string {
  for (;;) {
    const code = Array.from({ length: 7 }, () => codeLetters.charAt(randomInt(codeLetters.length))).join('');
    if (/\d/.test(code) && /[A-Z]/.test(code)) return code;
  }
}

/** A code as stored, from one as typed ("k7m-2qx4"). */
export function normaliseCode(code: string): string {
  return code.toUpperCase().replace(/[^A-Z0-9]/g, '');
}
