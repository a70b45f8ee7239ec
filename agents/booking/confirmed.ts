/** Nothing is booked, moved or cancelled without the customer's yes to exactly that. */
import {
  type CallRecord,
  confirmedFirst,
  normaliseCode,
  type PolicyFacts,
  type ProposedCall,
  type Subject,
} from '../../src/index.ts';
import { bookingFacts } from './facts.ts';
import { findPerson } from './names.ts';
import { appointmentsIn, heldIn, showsSlot } from './shown.ts';

export const changesConfirmed = confirmedFirst({
  description:
    'Nothing is booked, moved or cancelled before the customer has read exactly that in an earlier turn and says yes to it, or names it, in this one.',
  tools: {
    book_appointment: { verb: /\b(reserv|agend|anot|confirm|guard|book)\w*/, intent: 'book' },
    reschedule_appointment: {
      verb: /\b((cambi|muev|mov|reprogram|reschedul|chang)\w*|pas(o|e|a|ar|amos|arlo|alo)\b(?! con\b))/,
      intent: 'reschedule',
    },
    cancel_appointment: { verb: /\b((cancel|anul|borr)\w*|(dar|doy|damos|de)(lo|te)? (de )?baja)\b/, intent: 'cancel' },
  },
  shown(call, earlier, facts) {
    const records = Object.values(earlier).filter(({ status }) => status === 'completed');
    if (call.tool === 'book_appointment') return heldSubjects(call, earlier['hold_slot'], facts);
    const { appointment, serviceNames } = bookingFacts.parse(facts.loaded);
    if (appointment === null || serviceNames === null || appointment.code !== normaliseCode(String(call.args['code']))) return [];
    const { code, date, time } = appointment;
    const lists = records.map(appointmentsIn).filter((list) => list.some((one) => one.code === code));
    // What was moved by somebody else since is not what the customer read of.
    const asItIs = lists.filter((list) => list.some((one) => one.code === code && one.date === date && one.time === time));
    if (asItIs.length === 0) return [];
    if (call.tool === 'cancel_appointment') {
      const alone = asItIs.some((list) => list.every((one) => one.code === code || one.date !== date));
      return [{ date, time }, { says: [code] }, ...(alone ? [{ date }] : [])];
    }
    const target = { date: String(call.args['date']), time: String(call.args['time']) };
    return records.some((record) => showsSlot(record, { ...target, serviceNames })) ? [target] : [];
  },
});

/** The slot that an earlier turn kept, where it is the one to be booked: same service, moment and person. */
function heldSubjects({ args }: ProposedCall, hold: CallRecord | undefined, facts: PolicyFacts): Subject[] {
  const { serviceNames } = bookingFacts.parse(facts.loaded);
  const held = hold === undefined ? undefined : heldIn(hold);
  if (held === undefined || hold === undefined || serviceNames === null) return [];
  const { date, time, staff } = held.slot;
  if (!showsSlot(hold, { date: String(args['date']), time: String(args['time']), serviceNames })) return [];
  const person = args['staff'];
  const same =
    typeof person !== 'string' || staff === undefined || findPerson([{ name: staff, aliases: [] }], person) !== undefined;
  return same ? [{ date, time }] : [];
}
