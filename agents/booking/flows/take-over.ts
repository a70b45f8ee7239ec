/** A booking that the model planner began. */
import type { ReservationVocabulary } from '../../../src/dialogue.ts';
import type { FlowTurn } from '../../../src/index.ts';
import { bookedAnswer, type ConversationState, endTask, heldAnswer } from './state.ts';

/**
 * The model planner served before and kept a slot: the booking goes on with it, so that a "sí" is not lost on a planner that was not
 * there. Name and contact are asked again, for they were said to the model.
 */
export function takeOver(state: ConversationState, { latest, now }: FlowTurn<ReservationVocabulary>): boolean {
  const hold = heldAnswer.safeParse(latest['hold_slot']?.output).data;
  if (hold === undefined || hold.expiresAt === state.knownHold || Date.parse(hold.expiresAt) <= now.getTime()) return false;
  state.knownHold = hold.expiresAt;
  const booked = bookedAnswer.safeParse(latest['book_appointment']?.output).data?.appointment;
  if (booked?.date === hold.slot.date && booked.time === hold.slot.time) return false;
  endTask(state);
  const { kind: _kind, ...held } = hold;
  const { slot, service } = held;
  state.task = 'book';
  state.held = held;
  state.wish = { ...state.wish, service, date: slot.date, time: slot.time };
  return true;
}
