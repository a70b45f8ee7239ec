import { compilePattern, matchPattern, PatternIndex } from '../../language/pattern.ts';
import { givenNames } from '../../language/people/given-names.ts';
import type { Word } from '../../language/words.ts';
import { englishClasses } from './english-classes.ts';
import { spanishClasses } from './spanish-classes.ts';

/** What stands before the name of a service that somebody asks for. */
const openers = [
  'turno|turnos|cita|hora|reserva para|de el|la|los|las|un|una|unos|unas?',
  'hacerme|hacerte|hacerle|hacerse|hago|haga|darme|ponerme el|la|los|las|un|una|unos|unas|mis?',
  'hacen|haces|ofrecen|ofreces|realizan|brindan|hace|dan|venden el|la|un|una?',
  'tienen|tenes|hay servicio|servicios|clases|sesiones|turnos? de',
  'quiero|necesito|quisiera|busco|gustaria|queria|buscando un|una|unos|unas',
  'cuanto sale|cuesta|salen|cuestan|cobran un|una|unos|unas|el|la|los|las',
  'appointment|booking|session|price|book|slot for|of a|an|the|some|my?',
  'do you do|offer|have|provide|sell a|an|any|some?',
  'book|want|need|like|get a|an|some',
].map((source) => ({ pattern: compilePattern(source, {}) }));

const index = new PatternIndex(openers);
const joiners = new Set(['de', 'del', 'con', 'a', 'la', 'en', 'of', 'and']);
const longest = 4;
/** What a house may have beside its services: no service by itself, but an answer when a service was asked for ("masajes"). */
const amenities = new Set(`${spanishClasses['amenity'] ?? ''} ${englishClasses['amenity'] ?? ''}`.split(' '));

/** Words of the cues that are things to ask for all the same. */
const offered = new Set(
  'limpieza masaje masajes extensiones cejas pestanas eyebrows extensions massage massages perms perm tatuajes tatuaje botox maquillaje peeling cutis'.split(
    ' ',
  ),
);
/** "A quiet room" and "una habitación accesible" are what they say last or first: no service. */
const rooms = new Set('room rooms habitacion habitaciones cuarto suite cabana table mesa'.split(' '));

const isNoun = (word: Word | undefined, isOrdinary: (word: string) => boolean): word is Word =>
  word !== undefined &&
  word.text.length >= 4 &&
  /^\p{L}+$/u.test(word.raw) &&
  (offered.has(word.text) || !isOrdinary(word.text)) &&
  !givenNames.has(word.text);

/** A service asked for in words that the vocabulary does not know. */
export function findUnknownService(
  words: Word[],
  isFree: (index: number) => boolean,
  awaited: boolean,
  isOrdinary: (word: string) => boolean,
): { first: number; next: number } | undefined {
  // Asked which service, people answer with its bare name.
  const isName = (word: Word, at: number): boolean =>
    isFree(at) && (joiners.has(word.text) || amenities.has(word.text) || isNoun(word, isOrdinary));
  if (awaited && words.length > 0 && words.length <= longest && words.every(isName)) return { first: 0, next: words.length };
  for (const [start, word] of words.entries()) {
    for (const { pattern } of index.candidates(word)) {
      const first = matchPattern(pattern, words, start);
      if (first < 0 || words[first]?.clause !== word.clause || !isFree(first) || !isNoun(words[first], isOrdinary)) continue;
      let next = first + 1;
      while (next < first + longest && words[next]?.clause === word.clause && isFree(next)) {
        const joined =
          joiners.has(words[next]?.text ?? '') &&
          words[next + 1]?.clause === word.clause &&
          isFree(next + 1) &&
          isNoun(words[next + 1], isOrdinary);
        if (joined) next += 2;
        else if (isNoun(words[next], isOrdinary)) next++;
        else break;
      }
      const beside = words.slice(next, next + 2).some(({ text, clause }) => clause === word.clause && rooms.has(text));
      if (!beside) return { first, next };
    }
  }
  return undefined;
}
