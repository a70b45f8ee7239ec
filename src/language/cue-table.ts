import type { WordClasses } from './pattern.ts';

/**
 * The cues of one language.
 *
 * Each line is a weight and one pattern or several, parted by " / " (see `pattern.ts`). Weights: 5 says it outright, 3 usually means it, 2 the word alone, 1 a hint.
 * A mark behind the weight narrows it: `?` only in a sentence that is asked, `!` also where it is negated ("no llego, cancelá").
 */
export interface CueTable<I extends string = string> {
  classes: WordClasses;
  cues: Readonly<Partial<Record<I, readonly string[]>>>;
  /** Patterns whose words mean nothing: "no importa el precio" is not a question about prices. */
  ignore: readonly string[];
  /** Patterns whose first word wants something else than an appointment: "quiero saber si …". */
  ignoreFirst: readonly string[];
  /** Words that turn the wish behind them round. */
  negators: readonly string[];
  /** Words that may stand between a negator and what it negates: "no [lo quiero] cancelar". */
  betweenNegation: readonly string[];
}
