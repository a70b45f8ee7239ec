import type { NamedThing } from './contract.ts';
import { type Phrase, singulars, smallWords, type ThingIndex, verbStem } from './vocabulary-index.ts';
import type { Word } from './words.ts';

/** A thing of the vocabulary that a message names. */
export interface ThingMention {
  /** More than one where the words fit several and the customer has to be asked. */
  things: NamedThing[];
  /** Index of its first word and of the word after its last. */
  first: number;
  next: number;
}

const articles = new Set(['un', 'una', 'el', 'la', 'los', 'las', 'a', 'an', 'the', 'of', 'de']);

/** True for two words that differ by at most `most` letters inserted, left out, changed or swapped with a neighbour. */
export function isWithinEdits(left: string, right: string, most: number): boolean {
  if (Math.abs(left.length - right.length) > most) return false;
  let beforeLast: number[] = [];
  let last = Array.from({ length: right.length + 1 }, (_, column) => column);
  for (let row = 1; row <= left.length; row++) {
    const current = [row];
    let least = row;
    for (let column = 1; column <= right.length; column++) {
      const same = left[row - 1] === right[column - 1];
      let cost = Math.min((last[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1, (last[column - 1] ?? 0) + (same ? 0 : 1));
      const swapped = left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1];
      if (row > 1 && column > 1 && swapped) cost = Math.min(cost, (beforeLast[column - 2] ?? 0) + 1);
      current.push(cost);
      least = Math.min(least, cost);
    }
    if (least > most) return false;
    beforeLast = last;
    last = current;
  }
  return (last[right.length] ?? most + 1) <= most;
}

/** Tokens of the vocabulary that a word may stand for, the surest kind only: itself, its singular, its verb, a spelling error. */
function tokensFor({ text: word, raw }: Word, index: ThingIndex): string[] {
  // "Una" is no nail ("uña"), though folding makes them alike.
  if (smallWords.has(word) && !/ñ/i.test(raw)) return [];
  const bucket = index.tokens.get(word.slice(0, 1)) ?? [];
  for (const form of singulars(word)) if (bucket.includes(form)) return [form];
  const plural = bucket.filter((token) => singulars(token).includes(word));
  if (plural.length > 0) return plural;
  if (!index.people) {
    const stem = verbStem(word);
    const related = stem === undefined ? undefined : index.byStem.get(stem);
    if (related !== undefined) return related;
  }
  if (word.length < (index.people ? 6 : 5) || word.length > 30 || index.isOrdinary(word)) return [];
  const most = word.length >= 8 && !index.people ? 2 : 1;
  return bucket.filter((token) => token.length >= 5 && isWithinEdits(word, token, most));
}

/** Index after the phrase when it is said from `first` on; small words in between are passed over. */
function readPhrase(phrase: Phrase, words: Word[], first: number, tokens: (index: number) => string[]): number {
  let at = first;
  const clause = words[first]?.clause;
  for (const [position, token] of phrase.tokens.entries()) {
    let skipped = 0;
    while (position > 0 && skipped < 3 && smallWords.has(words[at]?.text ?? '') && !tokens(at).includes(token)) {
      at++;
      skipped++;
    }
    if (words[at]?.clause !== clause || !tokens(at).includes(token)) return -1;
    at++;
  }
  return at;
}

/** All things that the words name, in order, longest reading first. */
export function findThings(words: Word[], index: ThingIndex, isFree: (index: number) => boolean): ThingMention[] {
  const known = new Map<number, string[]>();
  const tokens = (at: number): string[] => {
    const word = words[at];
    if (word === undefined) return [];
    let found = known.get(at);
    if (found === undefined) {
      found = tokensFor(word, index);
      known.set(at, found);
    }
    return found;
  };
  const mentions: ThingMention[] = [];
  let at = 0;
  while (at < words.length) {
    const mention = isFree(at) ? (wholePhrase(words, index, at, tokens) ?? partialPhrase(words, index, at, tokens)) : undefined;
    if (mention === undefined) at++;
    else {
      mentions.push(mention);
      at = mention.next;
    }
  }
  return mentions;
}

function wholePhrase(words: Word[], index: ThingIndex, at: number, tokens: (index: number) => string[]): ThingMention | undefined {
  let best: { phrases: Phrase[]; next: number; length: number } | undefined;
  for (const token of tokens(at)) {
    for (const phrase of index.byFirst.get(token) ?? []) {
      const next = readPhrase(phrase, words, at, tokens);
      if (next < 0) continue;
      if (best === undefined || phrase.tokens.length > best.length)
        best = { phrases: [phrase], next, length: phrase.tokens.length };
      else if (phrase.tokens.length === best.length) best.phrases.push(phrase);
    }
  }
  return best === undefined
    ? undefined
    : { things: [...new Set(best.phrases.map((phrase) => phrase.thing))], first: at, next: best.next };
}

/** "coloración" for "Coloración completa"; "la doble" for "Habitación doble". */
function partialPhrase(
  words: Word[],
  index: ThingIndex,
  at: number,
  tokens: (index: number) => string[],
): ThingMention | undefined {
  for (const token of tokens(at)) {
    const heads = index.byHead.get(token);
    if (heads !== undefined && !index.people) {
      const refined = refine(heads, words, at, tokens);
      return { things: refined.things, first: at, next: refined.next };
    }
    const inner = index.byInner.get(token);
    if (inner !== undefined && (words.length === 1 || articles.has(words[at - 1]?.text ?? '')))
      return { things: inner, first: at, next: at + 1 };
  }
  return undefined;
}

/** Among things with the same head keeps those that the next words point at ("corte ... nene"). */
function refine(
  heads: NamedThing[],
  words: Word[],
  at: number,
  tokens: (index: number) => string[],
): { things: NamedThing[]; next: number } {
  for (let ahead = at + 1; ahead < Math.min(at + 4, words.length); ahead++) {
    if (words[ahead]?.clause !== words[at]?.clause) break;
    if (smallWords.has(words[ahead]?.text ?? '')) continue;
    const pointed = heads.filter((thing) =>
      tokens(ahead).some((token) =>
        thing.name
          .normalize('NFD')
          .replace(/\p{M}/gu, '')
          .toLowerCase()
          .split(/[^a-z0-9]+/)
          .includes(token),
      ),
    );
    if (pointed.length > 0 && pointed.length < heads.length) return { things: pointed, next: ahead + 1 };
  }
  return { things: heads, next: at + 1 };
}
