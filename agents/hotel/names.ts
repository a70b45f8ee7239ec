/** Names as people write them. */
import { foldName, newConfirmationCode } from '../../src/index.ts';

const singular = (word: string) => (word.length > 4 ? word.replace(/(?<=[aeiou])s$|(?<=[^aeiou])es$/, '') : word);
const wordsOf = (text: string) => foldName(text).split(' ').map(singular);

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

/** Code of a stay. */
export const newCode = () => newConfirmationCode(7);
