import { fold, type Token } from '../text.ts';
import type { Context } from './grammar.ts';
import type { Lexicon } from './lexicon.ts';

/** Marks the tokens of e-mail addresses, links and handles, which hold no dates. */
export function markAddresses(tokens: readonly Token[]): boolean[] {
  const blocked = new Array<boolean>(tokens.length).fill(false);
  let start = 0;
  let address = false;
  for (let index = 0; index <= tokens.length; index++) {
    const token = tokens[index];
    if (token === undefined || token.spaced || token.text === '\n') {
      if (address) blocked.fill(true, start, index);
      start = index;
      address = false;
    }
    if (token === undefined) break;
    const scheme = token.text === ':' && tokens[index + 1]?.text === '/' && tokens[index + 2]?.text === '/';
    if (token.text === '@' || token.text === 'www' || scheme) address = true;
  }
  return blocked;
}

const moneyBefore = new Set(['$', '€', '£', '#', 'usd', 'ars', 'us', 'nro', 'numero', 'n°', 'nº', 'no.']);
/** Right before a number without a space, these make it part of something longer. */
const gluedBefore = new Set(['+', '@', '_', '=', '*', '#']);
/** The same, where yet another number or word comes before them. */
const joinedBefore = new Set(['-', '/', '.', ',', ':']);
const moneyAfter = new Set(['$', '€', '£', '%']);

/** True where the number that a phrase begins or ends with is part of a price, phone number or code. */
export function isPartOfNumber(tokens: readonly Token[], start: number, end: number): boolean {
  const first = tokens[start];
  const last = tokens[end - 1];
  if (first?.kind === 'number') {
    const before = tokens[start - 1];
    if (before !== undefined && moneyBefore.has(before.text)) return true;
    if (before !== undefined && !first.spaced) {
      if (before.kind !== 'symbol' || gluedBefore.has(before.text)) return true;
      const earlier = tokens[start - 2];
      if (
        joinedBefore.has(before.text) &&
        !before.spaced &&
        earlier !== undefined &&
        (earlier.kind === 'number' || before.text === '/')
      )
        return true;
    }
  }
  if (last?.kind !== 'number') return false;
  const after = tokens[end];
  if (after === undefined) return false;
  if (moneyAfter.has(after.text)) return true;
  if (after.spaced || after.text === '\n') return false;
  if (after.kind === 'word') return true;
  const later = tokens[end + 1];
  return later !== undefined && !later.spaced && later.kind === 'number' && after.text !== '(' && after.text !== ')';
}

/** True where the number that a phrase ends with counts what follows: "del 2 al 4 personas", "el 15 %". */
export function isCount(context: Context, end: number, lexicon: Lexicon): boolean {
  const last = context.tokens[end - 1];
  if (last === undefined) return false;
  const number = last.kind === 'number' || context.read('number', end - 1).length > 0;
  return number && lexicon.counted.has(context.tokens[end]?.text ?? '');
}

/** True where a month or weekday is a person's name ("con Julio", "soy Abril"), or a date is a street ("calle 9 de julio", "25 de Mayo 1234"). */
export function isName(context: Context, start: number, end: number, lexicon: Lexicon): boolean {
  const before = context.tokens[start - 1]?.text ?? '';
  if (end - start === 1 && lexicon.names.has(context.tokens[start]?.text ?? '') && lexicon.beforeNames.has(before)) return true;
  const beyond = before === '.' ? (context.tokens[start - 2]?.text ?? '') : before;
  if (lexicon.beforeStreets.has(beyond)) return true;
  const last = context.tokens[end - 1];
  const after = context.tokens[end];
  if (last === undefined || after?.kind !== 'number' || after.text.length < 3 || after.text.length > 5) return false;
  return context.read('month', end - 1).length > 0;
}

/** True for "24/7" and the like, which say "always". */
export function isIdiom(text: string): boolean {
  return idioms.has(fold(text));
}
const idioms = new Set(['24/7']);

/** Words that may stand between the verb and the dates: "cambiar mi turno de corte del jueves al viernes". */
const reach = 8;

/** True where a verb before a phrase moves something: "pasar el turno del jueves al viernes", "change it from June 5 to June 7". */
export function isMove(context: Context, start: number, lexicon: Lexicon): boolean {
  let moved = false;
  for (let index = start - 1; index >= Math.max(0, start - reach); index--) {
    const text = context.tokens[index]?.text ?? '';
    if (['.', '?', '!', '\n', ';'].includes(text)) return false;
    if (lexicon.moved.has(text)) moved = true;
    if (lexicon.moving.has(text)) return moved || /(?:lo|la)$/.test(text);
  }
  return false;
}
