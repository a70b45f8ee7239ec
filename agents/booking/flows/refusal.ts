/** A call that did not answer: says why, in the customer's language, and offers a way on. */
import type { CallRecord } from '../../../src/index.ts';
import type { Dialogue } from './dialogue.ts';
import { escalate } from './escalate.ts';
import { endTask } from './state.ts';
import { askFor, askToConfirm, type Ending, offerPerson, paragraph, type Turn, tell } from './turn.ts';

export function* explainRefusal(turn: Turn, record: CallRecord): Dialogue<Ending> {
  const { state, say } = turn;
  const reason = record.reason?.[say.language];
  const { person } = say.short;
  const escalating = record.tool === 'escalate_to_human';
  const again = record.rule === 'confirmed-first' ? repeatQuestion(turn) : undefined;
  if (again !== undefined) return { ...askToConfirm(turn, again), outcome: 'denied' };
  if (record.status === 'denied' || record.status === 'rejected') {
    forgetMoment(turn);
    const why = reason ?? (record.status === 'rejected' ? say.notApproved() : say.technicalTrouble());
    if (escalating) return { text: paragraph(why, say.whatICanDo()), outcome: 'denied' };
    if (record.rule === 'notice-and-horizon') {
      return { ...askFor(turn, 'date', paragraph(why, say.askOtherDay())), outcome: 'denied' };
    }
    if (record.rule === 'open-bookings') {
      endTask(state);
      return { text: why, outcome: 'denied', options: [person] };
    }
    return { ...offerPerson(turn, why), outcome: 'denied' };
  }
  state.misunderstandings += 1;
  if (state.misunderstandings > 1 && !escalating) return yield* escalate(turn, `${record.tool} failed twice`);
  const why = paragraph(say.technicalTrouble(), reason);
  // The yes was given for exactly this; a second yes tries it again.
  if (turn.confirmed) return askToConfirm(turn, paragraph(why, say.tryAgain()));
  return tell(paragraph(why, escalating ? say.whatICanDo() : say.wayOn()), escalating ? [] : [person]);
}

/** What the customer's words were not taken for a yes to, once more and whole. */
function repeatQuestion({ state, say, now, contact }: Turn): string | undefined {
  const { held, target } = state;
  const name = state.customer.name ?? contact?.name;
  if (state.task === 'book' && held !== undefined && name !== undefined)
    return say.confirmBooking({ ...held, ...held.slot, name }, now.date);
  const appointment = state.appointments.find(({ code }) => code === state.chosen);
  if (appointment === undefined) return undefined;
  if (state.task === 'cancel') return say.confirmCancel(appointment, now.date);
  return state.task === 'reschedule' && target !== undefined ? say.confirmMove(appointment, target, now.date) : undefined;
}

/** The moment that was refused is not tried again by itself; day, service and customer stay. */
function forgetMoment({ state }: Turn): void {
  state.held = undefined;
  state.target = undefined;
  state.offered = [];
  state.wish.time = undefined;
  state.wish.timeReadings = [];
}
