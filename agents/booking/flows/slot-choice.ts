/** From the wish to one free slot, or to the question that gets there. */
import type { Slot } from '../contract.ts';
import type { Dialogue } from './dialogue.ts';
import { chooseFew, daysOf, type Found, findSlots, readingsWhileOpen, searchFor } from './search.ts';
import { askFor, type Ending, few as fewNames, paragraph, type Turn } from './turn.ts';

/** For what a slot is looked for. */
export interface Purpose {
  service: string;
  staff: string | undefined;
  /** Tried where the wish names a day and no time (the time that a moved appointment had). */
  usualTime?: string;
}

export type Chosen = { kind: 'slot'; slot: Slot } | { kind: 'ending'; ending: Ending };

/** Settles day and time. The caller has made sure that the wish names a day. */
export function* chooseSlot(turn: Turn, purpose: Purpose): Dialogue<Chosen> {
  const { state, now, say } = turn;
  const { wish } = state;
  const days = daysOf(wish, now.date);
  if (days === undefined) return ending(askFor(turn, 'date', say.askDate(purpose.service)));

  if (wish.timeReadings.length > 1) {
    const readings = yield* readingsWhileOpen(wish.timeReadings, days.from === days.to ? days.from : undefined);
    if (readings.length > 1) return ending(askFor(turn, 'time', say.askTimeReading(readings), readings));
    wish.time = readings[0] ?? wish.time;
    wish.timeReadings = [];
  }

  const search = searchFor(turn, purpose.service, purpose.staff, days);
  const open = wish.time === undefined && wish.timeRange === undefined && !wish.anyTime;
  if (open && purpose.usualTime !== undefined && days.from === days.to) {
    const usual = yield* findSlots({ ...search, time: purpose.usualTime });
    if (usual.kind === 'free') return settled(turn, usual.slot);
  }
  const found = yield* findSlots(search);
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
  wish.date = slot.date;
  wish.time = slot.time;
  wish.dates = [];
  wish.dateRange = undefined;
  wish.timeRange = undefined;
  wish.anyDate = false;
  wish.anyTime = false;
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
  if (found.kind === 'choice') return offer(turn, purpose, found.slots);
  const elsewhere = days !== undefined && found.alternatives.some((slot) => days.from <= slot.date && slot.date <= days.to);
  return offer(turn, purpose, found.alternatives, whyNot(turn, purpose, found, oneDay, elsewhere));
}

/** The reason in the terms of what was asked for: a day, a part of it, or one time. */
function whyNot(
  turn: Turn,
  purpose: Purpose,
  found: Extract<Found, { kind: 'none' }>,
  day: string | undefined,
  otherTimes: boolean,
): string {
  const { say, state, now } = turn;
  const { wish } = state;
  if (found.reason === 'closed' && otherTimes && wish.time !== undefined) return say.outsideHours(wish.time);
  if ((found.reason === 'closed' || found.reason === 'full') && wish.timeRange !== undefined) return say.noSlotsThen(day, now.date);
  if (found.reason === 'full' && wish.time !== undefined) return say.wantedNotFree(wish.time, day, now.date);
  return say.noSlots(found.reason, day, now.date, purpose.staff);
}

/** Names a few slots and asks which; without any asks for another day. */
export function offer(turn: Turn, purpose: Purpose, slots: readonly Slot[], lead = ''): Ending {
  const { say, state, now } = turn;
  const few = chooseFew(slots);
  const sameAsBefore = few.length > 0 && JSON.stringify(few) === JSON.stringify(state.offered);
  state.offered = few;
  if (few.length === 0) return askFor(turn, 'date', paragraph(lead || say.nothingFree(), say.askOtherDay()));
  const sameDay = few.every((slot) => slot.date === few[0]?.date);
  const options = few.map((slot) => (sameDay ? slot.time : say.shortSlot(slot, now.date)));
  if (sameAsBefore) return askFor(turn, 'time', say.whichOne(few, now.date), options);
  const service = lead === '' ? purpose.service : undefined;
  return askFor(turn, 'time', paragraph(lead, say.offer(few, now.date, { service, staff: state.wish.staff })), options);
}
