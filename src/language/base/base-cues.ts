import type { BaseIntent } from '../contract.ts';
import type { CueTable } from '../cue-table.ts';

/** Cues of one language that every trade shares. A domain adds its own, or leaves out what it does not tell apart. */
export interface BaseCues extends Pick<CueTable, 'classes' | 'negators' | 'betweenNegation'> {
  cues: Readonly<Record<Exclude<BaseIntent, 'other'>, readonly string[]>>;
}
