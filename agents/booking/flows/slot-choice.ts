/** From the wish to one free slot, or to the question that gets there. */
import { daysOf, isWithinPeriods, settleMoment } from '../../../src/dialogue.ts';
import type { Slot } from '../contract.ts';
import type { Dialogue } from './dialogue.ts';
import { chooseFew, type DayPrice, type Found, findReading, findSlots, searchFor } from './search.ts';
import { askFor, type Ending, few as fewNames, paragraph, type Turn, wants } from './turn.ts';

/** For what a slot is looked for. */
export interface Purpose {
  service: string;
  staff: string | undefined;
  /** Tried where the wish names a day and no time (the time that a moved appointment had). */
  usualTime?: string;
  /** Code of the appointment to be moved. */
  moving?: string;
}

export type Chosen = { kind: 'slot'; slot: Slot } | { kind: 'ending'; ending: Ending };

/** Settles day and time. The caller has made sure that the wish names a day. */
export function* chooseSlot(turn: Turn, purpose: Purpose): Dialogue<Chosen> {
  const { state, now, say } = turn;
  const { wish } = state;
  const days = daysOf(wish, now.date);
  if (days === undefined) return ending(askFor(turn, 'date', say.askDate(purpose.service)));

  const [reading, ...others] = wish.timeReadings;
  let found: Found;
  if (reading !== undefined && others.length > 0) {
    const settledReading = yield* findReading(searchFor(turn, purpose, days), [reading, ...others], now);
    if ('openAt' in settledReading) {
      const { openAt } = settledReading;
      return ending(askFor(turn, 'time', say.askTimeReading(openAt), openAt));
    }
    wish.time = settledReading.time;
    wish.timeReadings = [];
    found = settledReading.found;
  } else {
    const search = searchFor(turn, purpose, days);
    const open = wish.time === undefined && wish.timeRange === undefined && !wish.anyTime;
    if (open && purpose.usualTime !== undefined && days.from === days.to) {
      const usual = yield* findSlots({ ...search, time: purpose.usualTime });
      if (usual.kind === 'free') return settled(turn, usual.slot);
    }
    found = yield* findSlots(search);
  }
  if (found.kind === 'free') return settled(turn, found.slot);
  if (found.kind === 'choice' && (wish.anyTime || (wish.anyDate && wish.time !== undefined)) && found.slots[0] !== undefined) {
    return settled(turn, found.slots[0]);
  }
  return ending(answerWith(turn, purpose, found, days));
}

function ending(made: Ending): Chosen {
  return { kind: 'ending', ending: made };
}

function settled({ state: { wish } }: Turn, slot: Slot): Chosen {
  settleMoment(wish, slot);
  return { kind: 'slot', slot };
}

/** What is said where the wish did not lead to one slot. */
export function answerWith(
  turn: Turn,
  purpose: Purpose,
  found: Exclude<Found, { kind: 'free' }>,
  days?: { from: string; to: string },
): Ending {
  const { say, state } = turn;
  const { wish } = state;
  const oneDay = days !== undefined && days.from === days.to ? days.from : undefined;
  if (found.kind === 'unknown-service') {
    const unknown = wish.service;
    wish.service = undefined;
    return askFor(turn, 'service', say.serviceUnknown(unknown, ...fewNames(found.services)), fewNames(found.services)[0]);
  }
  if (found.kind === 'unknown-staff') {
    wish.staff = undefined;
    const text = purpose.staff === undefined ? say.askStaff(found.staff) : say.notWith(purpose.staff, purpose.service, found.staff);
    return askFor(turn, 'staff', text, found.staff);
  }
  if (found.kind === 'choice') return offer(turn, purpose, found.slots, '', found.price);
  const elsewhere = days !== undefined && found.alternatives.some((slot) => days.from <= slot.date && slot.date <= days.to);
  return offer(turn, purpose, found.alternatives, whyNot(turn, purpose, found, oneDay, elsewhere));
}

/** The reason in the terms of what was asked for: a day, a part of it, or one time. */
function whyNot(
  turn: Turn,
  purpose: Purpose,
  { reason, hours }: Extract<Found, { kind: 'none' }>,
  day: string | undefined,
  otherTimes: boolean,
): string {
  const { say, state, now } = turn;
  const { time, timeRange } = state.wish;
  const opens = hours === undefined ? otherTimes : hours.length > 0;
  if (reason === 'closed' && opens && time !== undefined) {
    const period = hours?.find((one) => isWithinPeriods(time, [one]));
    // Open then, but not for long enough.
    return period === undefined ? say.outsideHours(time) : say.endsTooLate(time, period.to);
  }
  if (reason === 'closed' && opens && timeRange !== undefined) return say.closedThen(day, now.date);
  if (reason === 'full' && timeRange !== undefined) return say.noSlotsThen(day, now.date);
  if (reason === 'full' && time !== undefined) return say.wantedNotFree(time, day, now.date);
  return say.noSlots(reason, day, now.date, purpose.staff);
}

/** Names a few slots and asks which; without any asks for another day. */
export function offer(turn: Turn, purpose: Purpose, slots: readonly Slot[], lead = '', price?: DayPrice): Ending {
  const { say, state, now } = turn;
  const few = chooseFew(slots);
  const sameAsBefore = few.length > 0 && JSON.stringify(few) === JSON.stringify(state.offered);
  state.offered = few;
  if (few.length === 0) return askFor(turn, 'date', paragraph(lead || say.nothingFree(), say.askOtherDay()));
  // Another service with the same free times is named.
  const otherService = turn.changed && turn.heard.slots.service !== undefined;
  if (sameAsBefore && !otherService) return askAmong(turn, lead);
  state.reasked = 0;
  state.proposed = undefined;
  const service = lead === '' ? purpose.service : undefined;
  const cheaper = price !== undefined && wants(turn, 'prices', 'promotions') ? say.dayPrice(price) : undefined;
  const options = { service, staff: state.wish.staff, extra: cheaper };
  return askFor(turn, 'time', paragraph(lead, say.offer(few, now.date, options)), slotOptions(turn));
}

/**
 * Asks again which of the slots that were named. Who answers something else each time is asked in ever fewer words, and in the end
 * whether the first of them will do.
 */
export function askAmong(turn: Turn, lead = '', propose = false): Ending {
  const { say, state, now } = turn;
  const { offered } = state;
  const [first] = offered;
  if (first === undefined) return askFor(turn, 'date', paragraph(lead, say.askOtherDay()));
  if (propose || state.reasked > 0) {
    state.proposed = first;
    const text = say.propose(first, now.date, offered.length > 1);
    return askFor(turn, 'time', paragraph(lead, text), [say.short.yes, ...slotOptions(turn).slice(1)]);
  }
  state.reasked += 1;
  const sameDay = offered.every((slot) => slot.date === first.date);
  return askFor(turn, 'time', paragraph(lead, sameDay ? say.whichOne(offered, now.date) : say.whichOfThese()), slotOptions(turn));
}

/** The slots that were named, as quick answers. */
export function slotOptions({ say, state: { offered }, now }: Turn): string[] {
  const sameDay = offered.every((slot) => slot.date === offered[0]?.date);
  return offered.map((slot) => (sameDay ? slot.time : say.shortSlot(slot, now.date)));
}
