/** Phone numbers that are said in words: "tres cinco uno, cinco cinco cinco, cero uno nueve nueve", "once 5555 1234". */
import { readNumber } from '../numbers.ts';
import { type Token, tokenise } from '../text.ts';
import type { FoundText } from './found.ts';

const phoneWords = new Set(
  'tel telefono telefonos cel celu celular movil whatsapp wsp wpp phone mobile number numero cell'.split(' '),
);
const between = new Set([',', '.', '-', '\n', '(', ')', '/']);
const fewestParts = 3;
const fewestDigits = 8;
const mostDigits = 15;

interface Part {
  digits: string;
  word: boolean;
  next: number;
}

/** A part of a number: figures, or words of at most three figures. "Doble cero" and "triple cinco" count too. */
function readPart(tokens: readonly Token[], at: number): Part | undefined {
  const token = tokens[at];
  if (token === undefined) return undefined;
  if (token.kind === 'number') return { digits: token.text, word: false, next: at + 1 };
  const times = { doble: 2, double: 2, triple: 3 }[token.text];
  if (times !== undefined) {
    const digit = readNumber(tokens, at + 1, 'es') ?? readNumber(tokens, at + 1, 'en');
    return digit !== undefined && digit.value < 10
      ? { digits: String(digit.value).repeat(times), word: true, next: digit.next }
      : undefined;
  }
  if (token.text === 'oh') return { digits: '0', word: true, next: at + 1 };
  const number = readNumber(tokens, at, 'es') ?? readNumber(tokens, at, 'en');
  if (number === undefined || number.ordinal || number.digits || number.value > 999) return undefined;
  return { digits: String(number.value), word: true, next: number.next };
}

/**
 * First phone number of which a part is said in words. Hours and dates have words too, so that it counts only where the conversation asked for it,
 * where the message says that it is a number, or where nothing else has so many figures.
 */
export function findSpokenPhone(text: string, awaited: boolean): FoundText | undefined {
  const tokens = tokenise(text);
  let announced = awaited;
  for (let at = 0; at < tokens.length; at++) {
    announced ||= phoneWords.has(tokens[at]?.text ?? '');
    const first = readPart(tokens, at);
    if (first === undefined) continue;
    const parts = [first];
    let end = first.next;
    while (parts.length < mostDigits) {
      let next = end;
      while (between.has(tokens[next]?.text ?? '')) next++;
      const part = readPart(tokens, next);
      if (part === undefined) break;
      parts.push(part);
      end = part.next;
    }
    const digits = parts.map((part) => part.digits).join('');
    const enough = digits.length >= fewestDigits || (announced && digits.length >= 7);
    const clear = announced ? parts.length >= fewestParts : parts.length >= 7;
    if (parts.some((part) => part.word) && enough && clear && digits.length <= mostDigits) {
      const plus = tokens[at - 1]?.text === '+' || tokens[at - 1]?.text === 'mas';
      return {
        value: `${plus ? '+' : ''}${digits}`,
        start: tokens[plus ? at - 1 : at]?.start ?? 0,
        end: tokens[end - 1]?.end ?? text.length,
      };
    }
    at = end - 1;
  }
  return undefined;
}
