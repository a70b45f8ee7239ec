/** A stay as a slot of a dialogue: read from several messages, asked for piece by piece, told what cannot be. */
import type { IsoDate, NamedThing } from '../../language/contract.ts';
import type { Slot, SlotTurn } from '../slots.ts';
import type { MissingOfStay, Stay, StayDraft } from './contract.ts';
import { mergeStay, missingOf, wholeStay } from './draft.ts';
import { askForStay, type StayQuestions } from './questions.ts';
import { readStay } from './read.ts';

/** How the slot is set up. */
export interface StaySlot {
  /** The list of the vocabulary that holds the room types. */
  types?: string;
  /** Days off of the country, for "finde largo". */
  holidays?: readonly IsoDate[];
  questions?: Partial<StayQuestions>;
}

/** Where the state of a dialogue keeps the stay as far as it is known. */
export const stayDraftSlot = 'stayDraft';

/** What is known of the stay. */
export function stayDraft({ state }: Pick<SlotTurn, 'state'>): StayDraft {
  return (state.slots[stayDraftSlot] ?? {}) as StayDraft;
}

/** Replaces what is known of the stay. */
export function keepStay({ state }: Pick<SlotTurn, 'state'>, draft: StayDraft): void {
  state.slots[stayDraftSlot] = JSON.parse(JSON.stringify(draft));
}

const absorbed = new WeakSet<SlotTurn>();

/** Takes the message into the draft, once in a turn however often it is asked. */
export function absorbStay(turn: SlotTurn, { types, holidays = [] }: StaySlot = {}): StayDraft {
  const draft = stayDraft(turn);
  if (absorbed.has(turn)) return draft;
  absorbed.add(turn);
  const { now, heard, text, vocabulary, awaited } = turn;
  const asked: MissingOfStay | undefined = awaited === 'stay' ? missingOf(draft) : undefined;
  const list: readonly NamedThing[] = types === undefined ? [] : (vocabulary[types] ?? []);
  const said = readStay(text, { now, language: heard.language, asked, types: list, holidays, around: draft.checkIn });
  const merged = mergeStay(draft, said, asked, now);
  keepStay(turn, merged);
  return merged;
}

/** Check-in, check-out, guests with the ages of children, rooms. Whole, or asked for. */
export function stay(setup: StaySlot = {}): Slot<Stay & Record<string, never>> {
  const slot: Slot = {
    awaits: 'stay',
    named: /\b(fechas?|dias?|noches?|personas?|huespedes|estadia|dates?|nights?|guests?|people)\b/,
    read(turn) {
      const whole = wholeStay(absorbStay(turn, setup));
      if (whole === undefined) delete turn.state.slots['stay'];
      return whole === undefined ? undefined : JSON.parse(JSON.stringify(whole));
    },
    ask: (turn) => askForStay(turn, stayDraft(turn), setup.questions),
    again: (turn) => askForStay(turn, stayDraft(turn), setup.questions, true).text,
  };
  // A stay is JSON; its type says more than an index signature can.
  return slot as unknown as Slot<Stay & Record<string, never>>;
}
