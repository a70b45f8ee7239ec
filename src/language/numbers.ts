import type { Language } from './contract.ts';
import type { Token } from './text.ts';

/** A number read from one or more tokens. */
export interface ReadNumber {
  value: number;
  /** Index of the token after the last one read. */
  next: number;
  /** True for "primero", "3ro", "21st". */
  ordinal: boolean;
  /** True where the number was written in digits. */
  digits: boolean;
}

interface NumberWords {
  /** Values that may stand alone or behind a ten: 0 to 29. */
  units: Readonly<Record<string, number>>;
  tens: Readonly<Record<string, number>>;
  hundreds: Readonly<Record<string, number>>;
  thousand: string;
  ordinals: Readonly<Record<string, number>>;
  /** Stands between tens and units ("treinta y uno") or is a hyphen ("twenty-one"). */
  joiner: string;
  /** Written right behind digits: "3ro", "21st". */
  ordinalEndings: ReadonlySet<string>;
}

const listed = (words: string, first: number, step = 1): Record<string, number> =>
  Object.fromEntries(words.split(' ').flatMap((group, index) => group.split('/').map((word) => [word, first + index * step])));

const spanish: NumberWords = {
  units: listed(
    'cero un/uno/una dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciseis diecisiete dieciocho diecinueve ' +
      'veinte veintiuno/veintiun/veintiuna/ventiuno veintidos/ventidos veintitres/ventitres veinticuatro/venticuatro veinticinco/venticinco ' +
      'veintiseis/ventiseis veintisiete/ventisiete veintiocho/ventiocho veintinueve/ventinueve',
    0,
  ),
  tens: listed('veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa', 20, 10),
  hundreds: listed(
    'cien/ciento doscientos/doscientas trescientos cuatrocientos quinientos seiscientos setecientos ochocientos novecientos',
    100,
    100,
  ),
  thousand: 'mil',
  ordinals: listed(
    'primero/primer/primera/primeros segundo/segunda tercero/tercer/tercera cuarto/cuarta quinto/quinta sexto/sexta septimo/septima octavo/octava noveno/novena decimo/decima ' +
      'undecimo/decimoprimero duodecimo/decimosegundo decimotercero/decimotercer decimocuarto decimoquinto decimosexto decimoseptimo decimoctavo decimonoveno',
    1,
  ),
  joiner: 'y',
  ordinalEndings: new Set('ro er ero do to mo vo no ra da ta º ª °'.split(' ')),
};

const english: NumberWords = {
  units: listed(
    'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty',
    0,
  ),
  tens: listed('twenty thirty forty/fourty fifty sixty seventy eighty ninety', 20, 10),
  hundreds: {},
  thousand: 'thousand',
  ordinals: listed(
    'first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth ' +
      'seventeenth eighteenth nineteenth twentieth',
    1,
  ),
  joiner: '-',
  ordinalEndings: new Set('st nd rd th'.split(' ')),
};
/** Spanish ordinals from ten on, which may be followed by another: "vigésimo segundo". */
const ordinalTens: Readonly<Record<string, number>> = {
  decimo: 10,
  decima: 10,
  vigesimo: 20,
  vigesima: 20,
  trigesimo: 30,
  trigesima: 30,
};
const thirtieth: Readonly<Record<string, number>> = { thirtieth: 30 };

const languages: Readonly<Record<Language, NumberWords>> = { es: spanish, en: english };
/** Every word that is part of a number in a language. */
export function numberWords(language: Language): ReadonlySet<string> {
  const { units, tens, hundreds, ordinals, thousand } = languages[language];
  const own = Object.keys({ ...units, ...tens, ...hundreds, ...ordinals });
  return new Set([...own, thousand, ...Object.keys(language === 'en' ? thirtieth : ordinalTens)]);
}

/** Longer runs of digits are phone numbers and identifiers. */
const longestDigits = 9;

function readDigits(tokens: readonly Token[], index: number, token: Token, words: NumberWords): ReadNumber | undefined {
  if (token.text.length > longestDigits) return undefined;
  const following = tokens[index + 1];
  const ordinal = following !== undefined && !following.spaced && words.ordinalEndings.has(following.text);
  return { value: Number(token.text), next: index + (ordinal ? 2 : 1), ordinal, digits: true };
}

/** A value below 100 in words. */
function readSmall(tokens: readonly Token[], index: number, words: NumberWords): ReadNumber | undefined {
  const text = tokens[index]?.text;
  if (text === undefined) return undefined;
  const ordinalTen = words === spanish ? ordinalTens[text] : undefined;
  if (ordinalTen !== undefined) {
    const unit = words.ordinals[tokens[index + 1]?.text ?? ''] ?? 10;
    const joined = unit < 10;
    return { value: ordinalTen + (joined ? unit : 0), next: index + (joined ? 2 : 1), ordinal: true, digits: false };
  }
  const ordinal = words.ordinals[text] ?? (words === english ? thirtieth[text] : undefined);
  if (ordinal !== undefined) return { value: ordinal, next: index + 1, ordinal: true, digits: false };
  const ten = words.tens[text];
  if (ten !== undefined) {
    const joined = tokens[index + 1]?.text === words.joiner;
    const unitAt = joined ? index + 2 : words === english ? index + 1 : -1;
    const unitText = tokens[unitAt]?.text ?? '';
    const unit = words.units[unitText];
    if (unit !== undefined && unit > 0 && unit < 10) return { value: ten + unit, next: unitAt + 1, ordinal: false, digits: false };
    const ordinalUnit = words === english ? words.ordinals[unitText] : undefined;
    if (ordinalUnit !== undefined && ordinalUnit < 10)
      return { value: ten + ordinalUnit, next: unitAt + 1, ordinal: true, digits: false };
    return { value: ten, next: index + 1, ordinal: false, digits: false };
  }
  const unit = words.units[text];
  return unit === undefined ? undefined : { value: unit, next: index + 1, ordinal: false, digits: false };
}

/** A value below 1000 in words. */
function readMiddle(tokens: readonly Token[], index: number, words: NumberWords): ReadNumber | undefined {
  const hundred = words.hundreds[tokens[index]?.text ?? ''];
  if (hundred !== undefined) {
    const rest = readSmall(tokens, index + 1, words);
    if (rest === undefined || rest.ordinal) return { value: hundred, next: index + 1, ordinal: false, digits: false };
    return { ...rest, value: hundred + rest.value };
  }
  const small = readSmall(tokens, index, words);
  if (small === undefined || small.ordinal || words !== english || tokens[small.next]?.text !== 'hundred') return small;
  const restAt = tokens[small.next + 1]?.text === 'and' ? small.next + 2 : small.next + 1;
  const rest = readSmall(tokens, restAt, words);
  if (rest === undefined || rest.ordinal) return { ...small, value: small.value * 100, next: small.next + 1 };
  return { ...rest, value: small.value * 100 + rest.value };
}

/**
 * Reads the number that begins at a token: digits ("15", "3ro", "21st") or words ("veintiuno", "treinta y cinco", "twenty-one",
 * "dos mil veintiséis"). Undefined where there is none.
 */
export function readNumber(tokens: readonly Token[], index: number, language: Language): ReadNumber | undefined {
  const token = tokens[index];
  if (token === undefined) return undefined;
  const words = languages[language];
  if (token.kind === 'number') return readDigits(tokens, index, token, words);
  if (token.kind !== 'word') return undefined;
  const head: ReadNumber | undefined =
    token.text === words.thousand ? { value: 1, next: index, ordinal: false, digits: false } : readMiddle(tokens, index, words);
  if (head === undefined || head.ordinal || tokens[head.next]?.text !== words.thousand) return head;
  // "two thousand and five"
  const joined = words === english && tokens[head.next + 1]?.text === 'and' ? head.next + 2 : head.next + 1;
  const rest = readMiddle(tokens, joined, words);
  if (rest === undefined || rest.ordinal) return { ...head, value: head.value * 1000, next: head.next + 1 };
  return { ...rest, value: head.value * 1000 + rest.value };
}

/** Two to twelve as people say them, folded, in both languages: hours, days and heads. "Un" and "a" are articles more often than numbers. */
export const smallNumbers: Readonly<Record<string, number>> = {
  dos: 2,
  tres: 3,
  cuatro: 4,
  cinco: 5,
  seis: 6,
  siete: 7,
  ocho: 8,
  nueve: 9,
  diez: 10,
  once: 11,
  doce: 12,
  two: 2,
  three: 3,
  four: 4,
  five: 5,
  six: 6,
  seven: 7,
  eight: 8,
  nine: 9,
  ten: 10,
  eleven: 11,
  twelve: 12,
};
