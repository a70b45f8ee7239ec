/**
 * Folding and tokenisation that every reader of customer text starts from. Offsets always refer to the original text (UTF-16).
 */

/** Characters of a message that are read. Chat messages are shorter; what follows is padding or abuse. */
export const readableLength = 1000;

/** The part of a message that is read. A pair of surrogates at its end is not halved. */
export function readablePart(text: string): string {
  return text.length <= readableLength ? text : text.slice(0, readableLength).toWellFormed();
}

/** A word, a run of digits or a single other character. */
export interface Token {
  /** Folded form: lower case, no accents, no apostrophes. */
  text: string;
  kind: 'word' | 'number' | 'symbol';
  /** First character in the original text. */
  start: number;
  /** One past the last character. */
  end: number;
  /** True where white space (or the beginning of the text) comes before it. */
  spaced: boolean;
}

const tokenPattern = /[\p{L}\p{M}]+(?:['’´`][\p{L}\p{M}]+)*|[0-9]+|\n|[^\s]/gu;
const plainWord = /^[a-z]+$/;
const letter = /^[\p{L}\p{M}]/u;
const marks = /\p{M}/gu;
const apostrophes = /['’´`]/g;

/** Lower case without accents and apostrophes, for comparison. The result may be shorter than the text. */
export function fold(text: string): string {
  if (plainWord.test(text)) return text;
  return text.normalize('NFD').replace(marks, '').replace(apostrophes, '').toLowerCase();
}

const stretched = /([a-z])\1{2,}/g;
/** No word that matters ends in these twice; "free" and "too" keep theirs. */
const stretchedEnd = /([aiu])\1+\b/g;

/** Folded text in which letters that are drawn out ("holaaa", "sii") stand once. */
export function foldStretched(text: string): string {
  return fold(text).replace(stretched, '$1').replace(stretchedEnd, '$1');
}

/** Lower case without accents, of a whole text: apostrophes stay, each as "'". */
export function foldText(text: string): string {
  return text.toLowerCase().normalize('NFD').replaceAll(marks, '').replaceAll('’', "'");
}

/** One letter where the text says it twice or more ("mañanaa", "hooooy"). */
export function squeeze(folded: string): string {
  return folded.replace(/([a-z])\1+/g, '$1');
}

/** Splits the readable part of a text into tokens, in one pass. A line break is a token of its own. */
export function tokenise(text: string): Token[] {
  const tokens: Token[] = [];
  let previousEnd = -1;
  for (const match of readablePart(text).matchAll(tokenPattern)) {
    const raw = match[0];
    const start = match.index;
    const first = raw.charCodeAt(0);
    const kind = first >= 48 && first <= 57 ? 'number' : letter.test(raw) ? 'word' : 'symbol';
    tokens.push({ text: kind === 'word' ? fold(raw) : raw, kind, start, end: start + raw.length, spaced: start !== previousEnd });
    previousEnd = start + raw.length;
  }
  return tokens;
}
