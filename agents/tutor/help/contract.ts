/** What a trouble is in words; `concepts.ts` and `value-concepts.ts` have one for each. */
import type { LocalizedText } from '../../../src/index.ts';

export interface Concept {
  /** What happened. `{name}` is what the error is about. */
  what: LocalizedText;
  question: LocalizedText;
  concept: LocalizedText;
  /** Of another problem: to be compared with one's own. */
  example: LocalizedText;
}
