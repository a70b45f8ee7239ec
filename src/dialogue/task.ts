import type { JsonValue } from '../vocabulary.ts';
import type { Dialogue } from './ask.ts';
import type { Slot, SlotTurn, Spoken } from './slots.ts';
import type { Ending } from './turn.ts';

export type TaskSlots = Readonly<Record<string, Slot>>;
type ValueOf<S> = S extends Slot<infer Value extends JsonValue> ? Value : never;
export type SlotValuesOf<S extends TaskSlots, Needs extends keyof S> = { readonly [name in Needs]: ValueOf<S[name]> };

/** Something that is done for a person once what it needs is known. */
export interface Task<S extends TaskSlots, Needs extends keyof S & string> {
  /** Intents that ask for it; the task's own name where nothing is said. */
  intents?: readonly string[];
  /** Asked for in this order, as far as they are not told. */
  needs: readonly Needs[];
  /** What a yes is asked for, whole, before it is done. Absent: it is done at once, so it must be harmless. */
  confirm?: Spoken<[values: SlotValuesOf<S, Needs>, turn: SlotTurn]>;
  /**
   * Does it, by asking tools: `yield* ask('renew_loan', { … })`. Pure but for that. A reply that asks for something (`askFor`) keeps the task;
   * any other ends it.
   */
  run(turn: SlotTurn, values: SlotValuesOf<S, Needs>): Dialogue<Ending>;
}
