import { englishBase } from '../language/base/english-base.ts';
import { spanishBase } from '../language/base/spanish-base.ts';
import type { BaseIntent, Language } from '../language/contract.ts';
import type { CueTable } from '../language/cue-table.ts';
import type { Domain, Judgement, Kind } from '../language/domain.ts';
import type { StoredWeights } from '../language/likelihood.ts';
import type { WordClasses } from '../language/pattern.ts';

/** A trade in its own words; what every trade shares is added. */
export interface TradeDefinition<I extends string, K extends string> {
  /** Intents of the trade; the order breaks ties. */
  intents: readonly I[];
  /** Those of them that are wishes or orders, which a "no" turns round; the others are questions. All where nothing is said. */
  wishes?: readonly I[];
  /** Cues of each intent in each language, as {@link CueTable} has them: `'5 renov*|extender .. prestamo|<book>'`. */
  cues: Readonly<Record<Language, Readonly<Partial<Record<I | BaseIntent, readonly string[]>>>>>;
  /** Classes of words for the cues (`@loan`), beside those of every trade: `@want`, `@wish`, `@can`, `@talk`, `@person`. */
  classes?: Readonly<Partial<Record<Language, WordClasses>>>;
  kinds: Readonly<Record<K, Kind>>;
  /** Patterns whose words mean nothing, in each language: "no importa el precio" asks for no price. */
  ignore?: Readonly<Partial<Record<Language, readonly string[]>>>;
  /** Intents that are not decided on a guess; `confirm` where nothing is said. */
  grave?: readonly (I | BaseIntent)[];
  /** Changes the weights of the cues by what else was found. */
  weigh?: Judgement<I | BaseIntent>['weigh'];
  /** A model over words, trained for exactly these intents and those of every trade, in this order. */
  weights?: StoredWeights;
}

const baseIntents: readonly BaseIntent[] = [
  'confirm',
  'deny',
  'repeat',
  'undo',
  'handoff',
  'greeting',
  'thanks',
  'goodbye',
  'smalltalk',
  'other',
];

/** Makes a domain of what is a trade's own: courtesies, yes and no, "repeat", "undo" and calls for a person are understood beside it. */
export function defineDomain<const I extends string, const K extends string>(trade: TradeDefinition<I, K>): Domain {
  const { intents, wishes = intents, cues, classes = {}, kinds, ignore = {}, grave = ['confirm'], weigh, weights } = trade;
  const table = (language: Language): CueTable => {
    const base = language === 'es' ? spanishBase : englishBase;
    const own = cues[language] as Readonly<Record<string, readonly string[] | undefined>>;
    const all = [...intents, ...baseIntents].map((intent) => {
      const shared = intent === 'other' ? [] : ((base.cues as Readonly<Record<string, readonly string[]>>)[intent] ?? []);
      return [intent, [...shared, ...(own[intent] ?? [])]];
    });
    return {
      classes: { ...base.classes, ...classes[language] },
      negators: base.negators,
      betweenNegation: base.betweenNegation,
      ignore: ignore[language] ?? [],
      ignoreFirst: [],
      cues: Object.fromEntries(all),
    };
  };
  return {
    intents: [...intents, ...baseIntents],
    cues: { es: table('es'), en: table('en') },
    kinds,
    judgement: {
      tasks: [...intents, 'handoff'],
      negatable: [...wishes, 'handoff', 'confirm'],
      grave,
      // It is asked about intents of this domain only.
      ...(weigh === undefined ? {} : { weigh: weigh as unknown as NonNullable<Judgement['weigh']> }),
    },
    ...(weights === undefined ? {} : { weights }),
  };
}
