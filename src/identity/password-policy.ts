/**
 * Which passwords people may choose: long enough, and not what somebody who tries the usual ones, or knows the person, would try. What
 * counts is what is left to guess once everything guessable was taken out (after zxcvbn, Wheeler 2016); NIST SP 800-63B asks for a list
 * and advises against rules of composition, which a workspace may ask for all the same.
 */
import { TimonelError } from '../errors.ts';
import type { LocalizedText } from '../vocabulary.ts';
import { commonWords, keyboardWalks } from './common-passwords.ts';
import { isLeaked } from './leaked-passwords.ts';

export interface PasswordContext {
  email?: string | undefined;
  /** The person's name. */
  name?: string | undefined;
  /** Names of the workspace, its id or its company. */
  workspace?: readonly string[] | undefined;
  /** Asks for an upper-case letter, a lower-case letter and a digit too. */
  classicRule?: boolean | undefined;
}

/** In characters as people count them (code points). */
export const shortestPassword = 8;
export const longestPassword = 128;

/** So many unguessable characters or pieces have to be in it. */
const leastToGuess = 6;

/** Why a piece of a password counts as one character only. */
type Weakness = 'leaked' | 'common' | 'personal' | 'walk' | 'repeat' | 'year';

/**
 * What is wrong with a password, in sentences for the person who chose it; empty when nothing is.
 */
export function passwordFaults(password: string, context: PasswordContext = {}): LocalizedText[] {
  const characters = [...password.normalize('NFKC')];
  if (characters.length < shortestPassword) {
    return [
      {
        es: `La contraseña tiene ${characters.length} caracteres; hacen falta ${shortestPassword} como mínimo. Cuatro palabras que no vayan juntas son fáciles de recordar.`,
        en: `The password has ${characters.length} characters; it takes ${shortestPassword} at least. Four words that do not belong together are easy to remember.`,
      },
    ];
  }
  if (characters.length > longestPassword) {
    return [
      {
        es: `La contraseña tiene ${characters.length} caracteres; se aceptan hasta ${longestPassword}.`,
        en: `The password has ${characters.length} characters; up to ${longestPassword} are taken.`,
      },
    ];
  }
  const faults: LocalizedText[] = [];
  const { left, weaknesses } = reduce(characters, personalWords(context));
  if (left < leastToGuess) faults.push(guessable(weaknesses));
  else if (isLeaked(password)) faults.push(guessable(new Set(['leaked'])));
  if (context.classicRule === true) faults.push(...classicFaults(password));
  return faults;
}

/** @throws TimonelError `password_refused`, with all that is wrong in `faults` */
export function requireGoodPassword(password: string, context: PasswordContext = {}): void {
  const faults = passwordFaults(password, context);
  if (faults.length === 0) return;
  throw new TimonelError('password_refused', faults.map(({ en }) => en).join(' '), { details: { faults } });
}

/**
 * Covers the password with as few pieces as can be: what is guessable counts as one, however long, any other character counts by itself.
 */
function reduce(characters: readonly string[], personal: ReadonlySet<string>): { left: number; weaknesses: ReadonlySet<Weakness> } {
  const readings = foldings.map((fold) => characters.map((character) => fold(plain(character))).join(''));
  const best: { left: number; from: number; weakness: Weakness | undefined }[] = [{ left: 0, from: 0, weakness: undefined }];
  for (let end = 1; end <= characters.length; end++) {
    let found = { left: (best[end - 1]?.left ?? 0) + 1, from: end - 1, weakness: undefined as Weakness | undefined };
    for (let from = 0; from <= end - 2; from++) {
      const left = (best[from]?.left ?? 0) + 1;
      if (left >= found.left) continue;
      const weakness = weaknessOf(readings, from, end, personal);
      if (weakness !== undefined) found = { left, from, weakness };
    }
    best.push(found);
  }
  const weaknesses = new Set<Weakness>();
  for (let at = characters.length; at > 0; at = best[at]?.from ?? 0) {
    const weakness = best[at]?.weakness;
    if (weakness !== undefined) weaknesses.add(weakness);
  }
  return { left: best[characters.length]?.left ?? 0, weaknesses };
}

function weaknessOf(readings: readonly string[], from: number, end: number, personal: ReadonlySet<string>): Weakness | undefined {
  const length = end - from;
  for (const reading of readings) {
    const piece = reading.slice(from, end);
    if (length >= 3 && personal.has(piece)) return 'personal';
    if (length >= 3 && commonWords.has(piece)) return 'common';
  }
  const typed = readings[0]?.slice(from, end) ?? '';
  if (length >= 3 && keyboardWalks.includes(typed)) return 'walk';
  if (length === 4 && /^(19|20)\d\d$/.test(typed)) return 'year';
  if (length >= 3 && typed === typed.charAt(0).repeat(length)) return 'repeat';
  const before = readings[0]?.slice(Math.max(0, from - length), from);
  return before === typed ? 'repeat' : undefined;
}

/** One lower-case character without its accent, so that positions stay what they are. */
function plain(character: string): string {
  return character.normalize('NFD').charAt(0).toLowerCase().charAt(0);
}

const substitutes: Readonly<Record<string, string>> = {
  '0': 'o',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  '8': 'b',
  '@': 'a',
  $: 's',
};

/** How a character may be meant: as typed, or as the letter that it looks like. */
const foldings: readonly ((character: string) => string)[] = [
  (character) => character,
  (character) => ({ '1': 'i', '!': 'i', '|': 'i', '9': 'g', '2': 'z' })[character] ?? substitutes[character] ?? character,
  (character) => ({ '1': 'l', '!': 'l', '|': 'l', '6': 'g', '+': 't' })[character] ?? substitutes[character] ?? character,
];

/** Words that somebody who knows the person would try. */
function personalWords({ email, name, workspace }: PasswordContext): ReadonlySet<string> {
  const texts = [email, email?.split('@')[0], name, ...(workspace ?? []), 'timonel'];
  const words = new Set<string>();
  for (const text of texts) {
    if (text === undefined) continue;
    const folded = [...text.normalize('NFKC')].map(plain).join('');
    const parts = folded.split(/[^\p{L}\p{N}]+/u);
    for (const word of [folded, parts.join(''), ...parts]) if (word.length >= 3) words.add(word);
  }
  return words;
}

const reasons: Readonly<Record<Weakness, LocalizedText>> = {
  leaked: { es: 'está en las listas de contraseñas filtradas', en: 'it is in the lists of leaked passwords' },
  common: { es: 'palabras o nombres que todo el mundo usa', en: 'words or names that everybody uses' },
  personal: { es: 'tu nombre, tu correo, la empresa o Timonel', en: 'your name, your address, the company or Timonel' },
  walk: { es: 'teclas o letras seguidas', en: 'keys or letters in a row' },
  repeat: { es: 'repeticiones', en: 'repetitions' },
  year: { es: 'un año', en: 'a year' },
};

function guessable(weaknesses: ReadonlySet<Weakness>): LocalizedText {
  const of = (language: keyof LocalizedText) => [...weaknesses].map((weakness) => reasons[weakness][language]).join(', ');
  return {
    es: `La contraseña se adivina fácilmente (${of('es')}). Elegí cuatro palabras que no vayan juntas, o dejá que un gestor de contraseñas haga una.`,
    en: `The password is easy to guess (${of('en')}). Take four words that do not belong together, or let a password manager make one.`,
  };
}

function classicFaults(password: string): LocalizedText[] {
  const missing: LocalizedText[] = [];
  if (!/\p{Lu}/u.test(password)) missing.push({ es: 'una letra mayúscula', en: 'an upper-case letter' });
  if (!/\p{Ll}/u.test(password)) missing.push({ es: 'una letra minúscula', en: 'a lower-case letter' });
  if (!/\p{Nd}/u.test(password)) missing.push({ es: 'un número', en: 'a digit' });
  if (missing.length === 0) return [];
  return [
    {
      es: `A la contraseña le falta ${missing.map(({ es }) => es).join(' y ')}.`,
      en: `The password lacks ${missing.map(({ en }) => en).join(' and ')}.`,
    },
  ];
}
