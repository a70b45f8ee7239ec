/// <reference path="./snowball-stemmers.d.ts" />
/**
 * From a text to the terms that it is found by: folded words without function words, cut to their stem; identifiers also by their parts, and
 * scripts without spaces by pairs of characters.
 */
import { newStemmer, type Stemmer } from 'snowball-stemmers';
import type { TextLanguage } from '../contract.ts';
import { stopWords } from './stop-words.ts';

/** Changes when the same text gives other terms: what was stored before is then computed again. */
export const analyserVersion = 1;

const stemmers: Readonly<Record<TextLanguage, Stemmer>> = { es: newStemmer('spanish'), en: newStemmer('english') };
const stems: Readonly<Record<TextLanguage, Map<string, string>>> = { es: new Map(), en: new Map() };
const mostStems = 60_000;
/** Longer words are data: keys, base64. */
const longestWord = 64;

const words = /[\p{L}\p{N}_](?:[\p{L}\p{M}\p{N}_]|['’](?=\p{L}))*/gu;
const marks = /\p{M}/gu;
const identifier = /_|\p{Ll}\p{Lu}|\p{Lu}{2}\p{Ll}/u;
const borders = /_+|(?<=[\p{Ll}\p{N}])(?=\p{Lu})|(?<=\p{Lu})(?=\p{Lu}\p{Ll})/u;
const unspaced = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/u;

/** Lower case without marks: "Ñandú" is "nandu". */
export function folded(text: string): string {
  return text.normalize('NFKD').replace(marks, '').toLowerCase();
}

/** The terms of a text, in order, each as often as it is there. */
export function termsOf(text: string, language: TextLanguage): string[] {
  const terms: string[] = [];
  for (const [word] of text.normalize('NFC').matchAll(words)) {
    if (word.length > longestWord) continue;
    if (unspaced.test(word)) {
      terms.push(...pairsOf(word));
      continue;
    }
    if (!identifier.test(word)) {
      add(terms, word, language);
      continue;
    }
    const parts = word.split(borders).filter((part) => part !== '');
    for (const part of parts) add(terms, part, language);
    // Whole too: who asks for the exact name finds the place where it is written.
    if (parts.length > 1) terms.push(folded(word).replaceAll('_', ''));
  }
  return terms;
}

function add(terms: string[], word: string, language: TextLanguage): void {
  const plain = folded(word)
    .replace(/['’](?:s|re|ve|ll|d|m)?$/, '')
    .replaceAll(/['’]/g, '');
  if (plain === '' || stopWords[language].has(plain)) return;
  terms.push(stemOf(plain, language));
}

function stemOf(word: string, language: TextLanguage): string {
  const known = stems[language];
  let stem = known.get(word);
  if (stem === undefined) {
    // Folding took the accent that the Spanish rules look for.
    const written = language === 'es' ? word.replace(/([cs])ion$/, '$1ión') : word;
    stem = /^\d+$/.test(word) ? word : folded(stemmers[language].stem(written));
    if (known.size >= mostStems) known.clear();
    known.set(word, stem);
  }
  return stem;
}

function pairsOf(word: string): string[] {
  const characters = [...folded(word)];
  if (characters.length === 1) return characters;
  return characters.slice(1).map((character, at) => `${characters[at]}${character}`);
}

/** FNV-1a over UTF-16 units with a final mix: 32 bits that stand for a term. Of 200,000 terms about five share theirs. */
export function termsHashOf(term: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < term.length; at++) {
    const unit = term.charCodeAt(at);
    hash = Math.imul(hash ^ (unit & 0xff), 0x01000193);
    if (unit > 0xff) hash = Math.imul(hash ^ (unit >>> 8), 0x01000193);
  }
  hash ^= hash >>> 16;
  hash = Math.imul(hash, 0x7feb352d);
  hash ^= hash >>> 15;
  return hash >>> 0;
}

/** Bytes of one term in {@link packedTerms}: its hash, little-endian, and how often it is there, 255 at most. */
export const termBytes = 5;

/** The terms of a text as they are stored: sorted by hash. */
export function packedTerms(terms: readonly string[]): Buffer {
  const counts = new Map<number, number>();
  for (const term of terms) count(counts, termsHashOf(term));
  return packed(counts);
}

/** Hashes of the terms that a word gives, by language; an ingest meets the same words again and again. */
const hashes: Readonly<Record<TextLanguage, Map<string, readonly number[]>>> = { es: new Map(), en: new Map() };

/** {@link packedTerms} of {@link termsOf}, with what a word gives remembered. */
export function packedTermsOf(text: string, language: TextLanguage): Buffer {
  const known = hashes[language];
  const counts = new Map<number, number>();
  for (const [word] of text.normalize('NFC').matchAll(words)) {
    let own = known.get(word);
    if (own === undefined) {
      own = termsOf(word, language).map(termsHashOf);
      if (known.size >= mostStems) known.clear();
      known.set(word, own);
    }
    for (const hash of own) count(counts, hash);
  }
  return packed(counts);
}

function count(counts: Map<number, number>, hash: number): void {
  counts.set(hash, Math.min(255, (counts.get(hash) ?? 0) + 1));
}

function packed(counts: ReadonlyMap<number, number>): Buffer {
  const bytes = Buffer.allocUnsafe(counts.size * termBytes);
  const sorted = Uint32Array.from(counts.keys()).sort();
  for (const [number, hash] of sorted.entries()) {
    bytes.writeUInt32LE(hash, number * termBytes);
    bytes[number * termBytes + 4] = counts.get(hash) ?? 0;
  }
  return bytes;
}
