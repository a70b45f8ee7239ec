/** What this dialogue has to say of a call that was refused. */
import { forgetTime, type Refusals } from '../../../src/dialogue.ts';
import { endTask } from './state.ts';
import { askFor, paragraph, type Turn } from './turn.ts';

/** What the customer's words were not taken for a yes to, once more and whole. */
function questionAgain({ state, say, now, contact }: Turn): string | undefined {
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
function forget({ state }: Turn): void {
  state.held = undefined;
  state.target = undefined;
  state.offered = [];
  forgetTime(state.wish);
}

export const refusals: Omit<Refusals<Turn>, 'escalate'> = {
  escalates: 'escalate_to_human',
  byRule: {
    'notice-and-horizon': (turn, why) => askFor(turn, 'date', paragraph(why, turn.say.askOtherDay())),
    'open-bookings': ({ state, say }, why) => {
      endTask(state);
      return { text: why, outcome: 'denied', options: [say.short.person] };
    },
  },
  questionAgain,
  forget,
};
