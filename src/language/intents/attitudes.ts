import type { Awaiting, Understanding } from '../contract.ts';
import { compilePattern, matchPattern, type Pattern, PatternIndex } from './pattern.ts';
import type { Word } from './words.ts';

type AnySlot = keyof Understanding['anyOf'];
type Meaning = AnySlot | 'whatever' | 'correction';

/** Ways to say that any will do, or that something said before was wrong, in both languages. */
const phrases: Readonly<Record<Meaning, readonly string[]>> = {
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
  staff: [
    'con quien|cualquiera|el|la que? sea|este|quieras|tengas|este',
    'con cualquiera',
    'quien|quienquiera sea|este|venga .. libre|disponible|$',
    'cualquier|cualquiera .. profesional|peluquero|peluquera|estilista|barbero',
    'no me? importa|interesa .. quien|profesional|peluquero|peluquera|estilista|barbero',
    'anyone|anybody|whoever',
    'any .. stylist|barber|hairdresser|staff|therapist',
    'no preference',
    'dont mind|care who',
  ],
  service: [
    'cualquier .. cosa|servicio|tratamiento',
    'no me? importa .. servicio',
    'lo que sea',
    'any service|treatment',
    'anything|whatever is|works|goes',
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

const index = new PatternIndex<Entry>(
  (Object.entries(phrases) as [Meaning, readonly string[]][]).flatMap(([meaning, sources]) =>
    sources.map((source) => ({ meaning, pattern: compilePattern(source, {}) })),
  ),
);

const anySlots: readonly AnySlot[] = ['service', 'date', 'time', 'staff'];

/** What a message says about its own values. */
export interface Attitudes {
  anyOf: Understanding['anyOf'];
  correcting: boolean;
}

/** Finds "cualquier horario", "con quien sea", "no, mejor …" and their like. A bare "cualquiera" answers what was asked. */
export function readAttitudes(words: Word[], awaiting: Awaiting | undefined): Attitudes {
  const found = new Set<Meaning>();
  for (const [start, word] of words.entries()) {
    for (const entry of index.candidates(word)) {
      if (!found.has(entry.meaning) && matchPattern(entry.pattern, words, start) >= 0) found.add(entry.meaning);
    }
  }
  const anyOf: Understanding['anyOf'] = {};
  for (const slot of anySlots) if (found.has(slot) || (found.has('whatever') && awaiting === slot)) anyOf[slot] = true;
  return { anyOf, correcting: found.has('correction') };
}
