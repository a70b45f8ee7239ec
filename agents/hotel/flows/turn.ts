/** What the tasks of the hotel have in common: their sentences, what they keep, whose stay it is. */
import { ask, askFor, type Dialogue, type Ending, offerPerson, pickIndex, type SlotTurn } from '../../../src/dialogue.ts';
import type { FindStayOutput, StayView } from '../contract.ts';
import type { Sentences } from './sentences/contract.ts';
import { english } from './sentences/en.ts';
import { spanish } from './sentences/es.ts';

export const say = ({ say: { language } }: SlotTurn): Sentences => (language === 'es' ? spanish : english);

/** A value that the task at hand keeps. */
export function kept<Value>({ state }: SlotTurn, name: string): Value | undefined {
  return state.slots[name] as Value | undefined;
}

export function keep({ state }: SlotTurn, name: string, value: unknown): void {
  if (value === undefined) delete state.slots[name];
  else state.slots[name] = JSON.parse(JSON.stringify(value));
}

/** The hotel that the guest named, where the house has several. */
export function hotelOf({ state }: SlotTurn): { hotel?: string } {
  const hotel = state.notes['hotel'];
  return typeof hotel === 'string' ? { hotel } : {};
}

/** The hotels that the question which one names, for its answer. */
export function rememberWhich({ state }: SlotTurn, hotels: readonly string[]): void {
  state.notes['hotels'] = [...hotels];
}

export function askWhichHotel(turn: SlotTurn, hotels: readonly string[]): Ending {
  rememberWhich(turn, hotels);
  return askFor(turn, 'hotel', say(turn).whichHotel(hotels), hotels);
}

/** A code as the confirmation has it: letters and digits, at least one of them a digit, or announced as one. */
const codeLike = /\b(?=[A-Z0-9-]*\d)(?=[A-Z0-9-]*[A-Z])[A-Z0-9]{2,}(?:-[A-Z0-9]+)*\b/i;
const announced =
  /\b(?:c[oó]digo|code|reserva|reservation|booking|localizador|n[uú]mero|number)(?:\s+(?:es|is|de reserva|nro|n°|number))?\s*[:#]?\s*#?([A-Z0-9]{5,12})\b/;

/** The code of a stay that a message gives. */
export function codeIn(text: string, asked: boolean): string | undefined {
  const found = codeLike.exec(text)?.[0] ?? announced.exec(text)?.[1];
  if (found !== undefined && found.length >= 5 && found.length <= 20 && !/^\d+(?:st|nd|rd|th|hs|am|pm|h|km)$/i.test(found))
    return found.toUpperCase();
  const bare = asked ? /^\W*([A-Z0-9]{5,12})\W*$/i.exec(text.trim())?.[1] : undefined;
  return bare?.toUpperCase();
}

/**
 * The guest's own stay: the only one, the one whose code they gave, or the one that they choose. Where there is none, or it cannot be told, the
 * ending that asks or says so.
 */
export function* ownStay(turn: SlotTurn): Dialogue<{ stay: StayView } | { ending: Ending }> {
  const s = say(turn);
  const { state, contact, awaited } = turn;
  const code = kept<string>(turn, 'code') ?? state.customer.code;
  const { name, phone, email } = state.customer;
  const claim =
    code !== undefined ? { code } : awaited === 'code' || phone !== undefined || email !== undefined ? { name, phone, email } : {};
  const found = yield* ask<FindStayOutput>('find_stay', claim);
  if (found.kind === 'code-needed') return { ending: askFor(turn, 'code', s.codeNeeded(found.stays, turn.now.date)) };
  const stays =
    found.kind === 'found' ? found.stays.filter(({ status }) => status !== 'cancelled' && status !== 'checked_out') : [];
  if (stays.length === 0) {
    // A code that is nobody's, or somebody else's, is answered alike.
    if (code !== undefined) {
      keep(turn, 'code', undefined);
      delete state.customer.code;
      return { ending: offerPerson(turn, s.notFound()) };
    }
    const cannotSay = turn.topics.noIdea || turn.heard.intent === 'deny' || turn.changed;
    if (awaited === 'code' && cannotSay) return { ending: offerPerson(turn, s.notFound()) };
    return {
      ending: askFor(
        turn,
        'code',
        found.kind === 'found' && contact !== undefined ? `${s.noStays()} ${s.askCode(state.task)}` : s.askCode(state.task),
      ),
    };
  }
  const chosen = kept<string>(turn, 'whose');
  const picked = awaited === 'whose' ? stays[pickIndex(turn.folded, stays.length, { numbered: true }) ?? -1] : undefined;
  const stay = picked ?? stays.find((one) => one.code === (chosen ?? code)) ?? (stays.length === 1 ? stays[0] : undefined);
  if (stay === undefined)
    return {
      ending: askFor(
        turn,
        'whose',
        s.whichStay(stays, turn.now.date),
        stays.map((one) => one.code),
      ),
    };
  keep(turn, 'whose', stay.code);
  return { stay };
}
