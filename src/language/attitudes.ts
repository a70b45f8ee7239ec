import { compilePattern, matchPattern, type Pattern, PatternIndex } from './pattern.ts';
import type { Word } from './words.ts';

type Meaning = string;

/** Ways to say that any will do, or that something said before was wrong, in both languages. */
const phrases: Readonly<Record<'date' | 'time' | 'whatever' | 'correction', readonly string[]>> = {
  time: [
    'cualquier .. horario|hora|horita|momento|turno',
    'a? la|el hora|horario que sea|quieras|puedas|tengas|tengan|haya',
    'no me? importa .. hora|horario',
    'hora|horario me? da|es igual|indistinto|indiferente|mismo|flexible',
    'igual|indistinto|mismo .. hora|horario',
    'any|whatever time',
    'anytime|whenever',
    'time doesnt|does not? matter',
    'flexible on|with|about time',
    'cuando|cuanto quieras|puedas|sea|tengas|antes|tengan',
  ],
  date: [
    'cualquier .. dia|fecha|momento',
    'el? dia que sea|quieras|puedas|tengas|haya',
    'no me? importa .. dia|fecha',
    'cuando quieras|puedas|sea|tengas|tengan',
    'any|whatever day|date',
    'whenever',
  ],
  whatever: [
    '^ cualquiera|cualquier|indistinto|indiferente',
    'da|es igual|mismo|indistinto',
    'el|la|lo mismo da',
    'no me? importa $',
    'el|la|lo que sea|quieras|prefieras|te|vos',
    'any|whatever|whichever|either $',
    'doesnt|does not? matter',
    'dont mind|care',
    'no preference',
    'up to you',
    'elegi|elige|decidi vos?',
  ],
  correction: [
    '^ mejor',
    'no .. mejor|sino|prefiero',
    'perdon|perdona|disculpa|sorry|oops|ups',
    'quise|queria decir|poner',
    'me equivoque|confundi',
    'en realidad',
    'digo $',
    'en vez|lugar de',
    'al final',
    '^ actually|wait|sorry',
    'i meant|mean',
    'instead',
    'rather|sooner',
    '^ make|change it|that',
    'no dije|pedi|era|es',
    'prefiero|preferiria',
    'scratch that',
  ],
};

interface Entry {
  pattern: Pattern;
  meaning: Meaning;
}

/** What a message says about its own values. */
export interface Attitudes {
  /** Slots for which any will do. */
  anyOf: Record<string, true>;
  correcting: boolean;
}

/** Finds "cualquier horario", "con quien sea", "no, mejor …" and their like. A bare "cualquiera" answers what was asked. */
export type AttitudeReader = (words: Word[], awaiting: string | undefined) => Attitudes;

/** @param ofKinds for each kind of thing, patterns that say that any of them will do: "con quien .. sea" */
export function createAttitudeReader(ofKinds: Readonly<Record<string, readonly string[]>>): AttitudeReader {
  const index = new PatternIndex<Entry>(
    Object.entries<readonly string[]>({ ...phrases, ...ofKinds }).flatMap(([meaning, sources]) =>
      sources.map((source) => ({ meaning, pattern: compilePattern(source, {}) })),
    ),
  );
  const anySlots = [...Object.keys(ofKinds), 'date', 'time'];
  return (words, awaiting) => {
    const found = new Set<Meaning>();
    for (const [start, word] of words.entries()) {
      for (const entry of index.candidates(word)) {
        if (!found.has(entry.meaning) && matchPattern(entry.pattern, words, start) >= 0) found.add(entry.meaning);
      }
    }
    const anyOf: Record<string, true> = {};
    for (const slot of anySlots) if (found.has(slot) || (found.has('whatever') && awaiting === slot)) anyOf[slot] = true;
    return { anyOf, correcting: found.has('correction') };
  };
}
