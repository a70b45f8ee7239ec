import type { Language, ReferenceTime, TimeMention } from './contract.ts';
import { smallNumbers } from './numbers.ts';
import { findTimeMentions } from './time/mentions.ts';
import type { Word } from './words.ts';

/** Words that may stand around a number that answers "a qué hora?" or "qué día?": "que sea 7", "let's do 5 then". */
const around = new Set(
  (
    'el la las los a al tipo como para que sea seria mejor entonces dale ok okay si bueno listo perfecto quiero prefiero puede ser pone ponele ponme poneme anota anotame dia hora horas ' +
    'eso esta bien va y por favor gracias de una ese the at on lets let do make it ill take id go for with say how about around then yes sure please works is fine thanks good me have'
  ).split(' '),
);
const longestAnswer = 8;

/** "17" where the hour was asked for, "el 15" where the day was, as a mention; nothing where the message says more than a number. */
export function readBareNumber(
  words: readonly Word[],
  awaiting: string | undefined,
  now: ReferenceTime,
  language: Language,
): TimeMention[] {
  if ((awaiting !== 'time' && awaiting !== 'date') || words.length === 0 || words.length > longestAnswer) return [];
  let number: number | undefined;
  for (const { text } of words) {
    const value = /^\d{1,2}$/.test(text) ? Number(text) : smallNumbers[text];
    if (value === undefined ? !around.has(text) : number !== undefined) return [];
    number ??= value;
  }
  const first = words[0];
  const last = words.at(-1);
  if (number === undefined || first === undefined || last === undefined) return [];
  const asked = awaiting === 'time' ? { es: `a las ${number}`, en: `at ${number}` } : { es: `el ${number}`, en: `the ${number}th` };
  const found = findTimeMentions(asked[language], now, language);
  return found.map((mention) => ({ ...mention, start: first.start, end: last.end }));
}
