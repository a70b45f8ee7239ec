/** Addresses as they are told on the phone, or typed without the "@": "juan guion bajo perez arroba gmail punto com". */
import { readNumber } from '../numbers.ts';
import { type Token, tokenise } from '../text.ts';
import type { FoundText } from './found.ts';
import type { IsOrdinaryWord } from './ordinary-words.ts';
import { wordLikeSurnames } from './surnames.ts';

/** Hosts that are said without what follows, and hosts behind which "com" needs no "punto". */
const hosts: Readonly<Record<string, string>> = { gmail: '.com', icloud: '.com', outlook: '.com' };
const commonHosts = new Set('gmail hotmail yahoo outlook live icloud protonmail msn'.split(' '));
/** "See you at noon. Ok": what follows a plain "at" has to end as addresses do. */
const endings = new Set(
  'com net org edu gov gob info io co me app dev biz eu ar es mx cl uy pe py bo br us uk ca de fr it pt'.split(' '),
);
/** Signs as they are said, by their words; the longest first. What is said about how to write it stands for nothing. */
const saidSigns: readonly (readonly [words: readonly string[], sign: string])[] = [
  [['todo', 'en', 'minuscula'], ''],
  [['en', 'minuscula'], ''],
  [['en', 'minusculas'], ''],
  [['todo', 'junto'], ''],
  [['sin', 'punto'], ''],
  [['sin', 'espacio'], ''],
  [['sin', 'espacios'], ''],
  [['guion', 'bajo'], '_'],
  [['raya', 'abajo'], '_'],
  [['raya', 'baja'], '_'],
  [['barra', 'baja'], '_'],
  [['linea', 'baja'], '_'],
  [['guion', 'al', 'medio'], '-'],
  [['guion', 'del', 'medio'], '-'],
  [['guion', 'medio'], '-'],
  [['guionbajo'], '_'],
  [['underscore'], '_'],
  [['guion'], '-'],
  [['dash'], '-'],
  [['hyphen'], '-'],
  [['punto'], '.'],
  [['dot'], '.'],
  [['mas'], '+'],
  [['plus'], '+'],
];
const written = new Set(['.', '_', '-', '+']);
const brackets = new Set(['(', ')', '[', ']']);
/** Words before an address that are no part of it. */
const openers = new Set(
  (
    'es is mi my mail mails email emails correo correos electronico direccion address e y o u con a al en el la lo un de para por te le anota ' +
    'anotalo anotame apunta escribime mandame mandamelo manda dale si ok bueno claro tambien and or at to send use usa this seria todo junto minuscula minusculas'
  ).split(' '),
);
const furthest = 24;
const mostMarks = 8;

/** The sign that is said in the words that end before `end`, and where they begin. */
function signBefore(tokens: readonly Token[], end: number): { sign: string; first: number } | undefined {
  const last = tokens[end - 1];
  if (last?.kind === 'symbol') return written.has(last.text) ? { sign: last.text, first: end - 1 } : undefined;
  for (const [words, sign] of saidSigns) {
    const first = end - words.length;
    if (first >= 0 && words.every((word, index) => tokens[first + index]?.text === word)) return { sign, first };
  }
  return undefined;
}

function signAt(tokens: readonly Token[], at: number): { sign: string; next: number } | undefined {
  const first = tokens[at];
  if (first?.kind === 'symbol') return written.has(first.text) ? { sign: first.text, next: at + 1 } : undefined;
  for (const [words, sign] of saidSigns)
    if (words.every((word, index) => tokens[at + index]?.text === word)) return { sign, next: at + words.length };
  return undefined;
}

/** An ordinary word is no part of an address of several words, unless it is a surname too. */
const opensAddress = (token: Token | undefined, isOrdinary: IsOrdinaryWord): boolean =>
  token !== undefined && (openers.has(token.text) || (isOrdinary(token.text) && !wordLikeSurnames.has(token.text)));

const isWord = (token: Token | undefined): token is Token => token !== undefined && token.kind !== 'symbol';

/** The words of a local part as it is written: numbers as digits. */
function joined(tokens: readonly Token[], first: number, end: number): string {
  let text = '';
  for (let at = first; at < end; ) {
    const said = signAt(tokens, at);
    if (said !== undefined && at > first) {
      text += said.sign;
      at = said.next;
      continue;
    }
    const number = tokens[at]?.kind === 'word' ? (readNumber(tokens, at, 'es') ?? readNumber(tokens, at, 'en')) : undefined;
    if (number !== undefined && !number.ordinal && number.next <= end && tokens[at]?.text !== 'un' && tokens[at]?.text !== 'una') {
      text += String(number.value);
      at = number.next;
    } else {
      text += tokens[at]?.text ?? '';
      at++;
    }
  }
  return text;
}

/** Index of the first token of the local part that ends before `end`. */
function readLocal(
  text: string,
  tokens: readonly Token[],
  end: number,
  awaited: boolean,
  isOrdinary: IsOrdinaryWord,
): number | undefined {
  if (!isWord(tokens[end - 1])) return undefined;
  let first = end - 1;
  // What is held together by signs, by figures or by single letters is one address for certain.
  while (first > 0 && end - first < furthest) {
    const said = signBefore(tokens, first);
    if (said !== undefined) {
      const word = tokens[said.first - 1];
      // A dot with a space behind it ends a sentence, "mail - ana": a dash that stands alone is none of the address.
      const loose = tokens[first - 1]?.kind === 'symbol' && tokens[first]?.spaced && said.sign !== '_';
      if (!isWord(word) || loose || (said.sign === '' && openers.has(word.text))) break;
      first = said.first - 1;
      continue;
    }
    const here = tokens[first] as Token;
    const before = tokens[first - 1];
    if (!isWord(before)) break;
    const figures = here.kind === 'number' || (readNumber(tokens, first, 'es') !== undefined && here.text !== 'un');
    const numeral = before.kind === 'number' || readNumber(tokens, first - 1, 'es') !== undefined;
    const letters = here.text.length === 1 && before.text.length === 1 && here.kind === 'word';
    if (!((figures && (numeral || !openers.has(before.text))) || letters || !here.spaced)) break;
    first--;
  }
  // An address has no spaces: words before it that are no sentence are its beginning, "juan perez arroba gmail".
  let start = first;
  while (start > 0 && first - start < 4 && tokens[start - 1]?.kind === 'word' && !opensAddress(tokens[start - 1], isOrdinary))
    start--;
  if (start === first) return first;
  const opener = tokens[start - 1];
  const begins = opener === undefined || (opener.kind === 'symbol' && opener.text !== ':');
  const clear = begins ? awaited : opensAddress(opener, isOrdinary) || opener.text === ':';
  const capital = (index: number): boolean => /^\p{Lu}\p{Ll}/u.test(text.slice(tokens[index]?.start, tokens[index]?.end));
  const ownName = capital(start) && !capital(first);
  return clear && !ownName && first - start < 4 ? start : first;
}

/** The host behind the mark, and the index after its last token. */
function readHost(tokens: readonly Token[], from: number, plainAt: boolean): { value: string; next: number } | undefined {
  let at = from;
  while (brackets.has(tokens[at]?.text ?? '')) at++;
  if (!isWord(tokens[at])) return undefined;
  let value = tokens[at]?.text ?? '';
  let spelled = false;
  at++;
  while (at - from < furthest) {
    let sign = at;
    while (brackets.has(tokens[sign]?.text ?? '')) sign++;
    const said = signAt(tokens, sign);
    if (said !== undefined && (said.sign === '.' || said.sign === '-')) {
      let next = said.next;
      while (brackets.has(tokens[next]?.text ?? '')) next++;
      const word = tokens[next];
      const symbol = tokens[sign]?.kind === 'symbol';
      if (!isWord(word) || (symbol && word.spaced && !/^[a-z]{2,3}$/.test(word.text))) break;
      if (symbol && word.spaced && !endings.has(word.text)) break;
      value += said.sign + word.text;
      spelled ||= !symbol;
      at = next + 1;
      continue;
    }
    const word = tokens[at];
    if (word?.text === 'puntocom') {
      value += '.com';
      at++;
    } else if (
      (commonHosts.has(value) && word?.text === 'com') ||
      (/\.com$/.test(value) && /^(?:ar|mx|uy|br|pe|co|ve)$/.test(word?.text ?? '') && !plainAt)
    ) {
      value += `.${word?.text ?? ''}`;
      at++;
    } else break;
  }
  if (!value.includes('.')) value += hosts[value] ?? '';
  const last = value.split('.').at(-1) ?? '';
  if (!value.includes('.') || !/^\p{L}{2,}$/u.test(last)) return undefined;
  const spaced = tokens.slice(from + 1, at).some((token) => token.spaced);
  if (plainAt && !(endings.has(last) && (spelled || !spaced))) return undefined;
  return { value, next: at };
}

/**
 * First address that is spelled out in the text.
 * @param awaited the conversation asked for it: words at the beginning of the message belong to the address.
 */
export function findSpelledAddress(text: string, awaited: boolean, isOrdinary: IsOrdinaryWord): FoundText | undefined {
  if (!/arroba|\bat\b|@/i.test(text)) return undefined;
  const tokens = tokenise(text);
  let marks = 0;
  for (const [index, token] of tokens.entries()) {
    if (token.text !== 'arroba' && token.text !== 'at' && token.text !== '@') continue;
    if (++marks > mostMarks) return undefined;
    let end = index;
    while (brackets.has(tokens[end - 1]?.text ?? '')) end--;
    const bracketed = end < index;
    const first = readLocal(text, tokens, end, awaited, isOrdinary);
    const host = readHost(tokens, index + 1, token.text === 'at' && !bracketed);
    if (first === undefined || host === undefined) continue;
    const local = joined(tokens, first, end);
    if (local === 'at' || !/^[a-z0-9][a-z0-9._+-]*$/.test(local)) continue;
    return {
      value: `${local}@${host.value}`,
      start: tokens[first]?.start ?? 0,
      end: tokens[host.next - 1]?.end ?? text.length,
    };
  }
  return undefined;
}
