/** The customer's own appointments: finds them, moves and cancels them. */
import { daysOf, shiftFrom } from '../../../src/dialogue.ts';
import type { AppointmentView, RescheduleAppointmentOutput, Slot } from '../contract.ts';
import { contactOf } from './book.ts';
import { ask, type Dialogue } from './dialogue.ts';
import { escalate } from './escalate.ts';
import { answerWith, chooseSlot, offer } from './slot-choice.ts';
import { type ConversationState, endTask } from './state.ts';
import { askFor, askToConfirm, type Ending, offerPerson, type Turn, tell } from './turn.ts';

/** What is known of the appointment that the customer speaks of: the appointment itself, or the reply that gets there. */
type Located = { kind: 'appointment'; appointment: AppointmentView } | { kind: 'ending'; ending: Ending };

function* locate(turn: Turn): Dialogue<Located> {
  const { state, say, now } = turn;
  const known = state.appointments.find((appointment) => appointment.code === state.chosen);
  if (known !== undefined) return { kind: 'appointment', appointment: known };
  if (state.appointments.length === 0) {
    const missing = yield* findAppointments(turn);
    if (missing !== undefined) return { kind: 'ending', ending: missing };
  }
  const meant = narrow(state);
  if (!meant.some((appointment) => fits(appointment, state.origin))) turn.asides.push(say.notThatOne());
  const [only] = meant;
  if (meant.length === 1 && only !== undefined) {
    state.chosen = only.code;
    return { kind: 'appointment', appointment: only };
  }
  state.appointments = meant;
  const options = meant.map((_, index) => String(index + 1));
  return { kind: 'ending', ending: askFor(turn, 'appointment', say.askWhichAppointment(meant, now.date), options) };
}

/** Fills `state.appointments`; answers the question for what is missing, if anything is. */
function* findAppointments(turn: Turn): Dialogue<Ending | undefined> {
  const { state, say } = turn;
  const { code, name } = state.customer;
  // Who does not know what was asked for will not know it a second time.
  const asked = turn.awaited === 'contact' || turn.awaited === 'name';
  if (asked && !turn.changed && (turn.topics.noIdea || turn.heard.intent === 'deny')) {
    endTask(state);
    return offerPerson(turn, say.cannotFind());
  }
  const facts = { ...contactOf(turn), ...(name === undefined ? {} : { name }), ...(code === undefined ? {} : { code }) };
  const output = yield* ask('find_appointments', facts);
  if (output.kind === 'code-needed') return askFor(turn, 'contact', say.codeNeeded(output.appointments, turn.now.date));
  if (output.kind === 'not-enough') {
    if (output.missing.includes('code')) return askFor(turn, 'contact', say.askCode());
    const nothingKnown = facts.phone === undefined && facts.email === undefined && code === undefined;
    if (output.missing.includes('contact') || nothingKnown) return askFor(turn, 'contact', say.askWhoseAppointment());
    return askFor(turn, 'name', say.askNameOrCode());
  }
  state.appointments = output.appointments.filter((appointment) => appointment.status === 'confirmed');
  if (state.appointments.length > 0) return undefined;
  // What was given leads nowhere: other facts are asked for, and a person helps where those lead nowhere either.
  state.customer = {};
  state.fruitless += 1;
  if (state.fruitless > 1) return yield* escalate(turn, 'no appointment found with what the customer gave');
  return askFor(turn, 'contact', code === undefined ? say.notFound() : say.noSuchCode(code));
}

function fits(appointment: AppointmentView, origin: ConversationState['origin']): boolean {
  return (
    (origin.date === undefined || appointment.date === origin.date) &&
    (origin.time === undefined || appointment.time === origin.time) &&
    (origin.service === undefined || appointment.service === origin.service)
  );
}

/** Of several appointments those that fit what the customer said of it; all where nothing fits. */
function narrow({ appointments, origin, task, wish }: ConversationState): AppointmentView[] {
  const said = appointments.filter((appointment) => fits(appointment, origin));
  if (said.length === 1 || task !== 'reschedule') return said.length > 0 ? said : appointments;
  // "Cambiame el turno del martes": a day that has an appointment, named without a new time, is the old one.
  const onThatDay = appointments.filter((appointment) => appointment.date === wish.date);
  if (onThatDay.length > 0 && wish.time === undefined) return onThatDay;
  return said.length > 0 ? said : appointments;
}

export function* find(turn: Turn): Dialogue<Ending> {
  const missing = yield* findAppointments(turn);
  if (missing !== undefined) return missing;
  const { state, say, now } = turn;
  const text = say.found(state.appointments, now.date);
  const { appointments } = state;
  endTask(state);
  // They stay at hand for "cancelalo" or "pasalo al viernes".
  state.appointments = appointments;
  return tell(text);
}

export function* cancel(turn: Turn): Dialogue<Ending> {
  const { state, say, now } = turn;
  const located = yield* locate(turn);
  if (located.kind === 'ending') return located.ending;
  const { appointment } = located;
  if (!turn.confirmed) return askToConfirm(turn, say.confirmCancel(appointment, now.date));
  const output = yield* ask('cancel_appointment', { code: appointment.code });
  endTask(state);
  return output.kind === 'cancelled' ? cancelled(turn, output.appointment) : tell(say.notFound());
}

export function cancelled(turn: Turn, appointment: AppointmentView): Ending {
  endTask(turn.state);
  turn.state.cancelled = appointment;
  turn.state.latest = undefined;
  return tell(turn.say.cancelled(appointment, turn.now.date));
}

export function* reschedule(turn: Turn): Dialogue<Ending> {
  const { state, say, now } = turn;
  const located = yield* locate(turn);
  if (located.kind === 'ending') return located.ending;
  const { appointment } = located;
  if (turn.confirmed && state.target !== undefined) return yield* move(turn, appointment, state.target);

  const { wish } = state;
  shiftFrom(wish, appointment);
  const named = daysOf(wish, now.date) !== undefined;
  const timed = wish.time !== undefined || wish.timeRange !== undefined || wish.anyTime;
  if (wish.date === appointment.date && !timed) wish.date = undefined;
  if (daysOf(wish, now.date) === undefined) {
    if (named || !timed) return askFor(turn, 'date', say.askNewDate(appointment, now.date));
    wish.date = appointment.date;
  }
  const chosen = yield* chooseWithSameStaff(turn, appointment);
  if (chosen.kind === 'ending') return chosen.ending;
  if (chosen.slot.date === appointment.date && chosen.slot.time === appointment.time && chosen.slot.staff === appointment.staff) {
    wish.date = undefined;
    wish.time = undefined;
    return askFor(turn, 'date', say.alreadyThen(appointment, now.date));
  }
  state.target = chosen.slot;
  return askToConfirm(turn, say.confirmMove(appointment, chosen.slot, now.date));
}

/** With whom the appointment is, unless the customer says otherwise; with anyone where that person has no time. */
function* chooseWithSameStaff(turn: Turn, appointment: AppointmentView): ReturnType<typeof chooseSlot> {
  const { wish } = turn.state;
  const { service, staff, time, code } = appointment;
  const purpose = { service, staff: wish.staff ?? staff, usualTime: time, moving: code };
  const chosen = yield* chooseSlot(turn, purpose);
  if (chosen.kind === 'slot' || wish.staff !== undefined || turn.state.offered.length > 0) return chosen;
  return yield* chooseSlot(turn, { ...purpose, staff: undefined });
}

function* move(turn: Turn, appointment: AppointmentView, target: Slot): Dialogue<Ending> {
  const { date, time, staff } = target;
  const output = yield* ask('reschedule_appointment', { code: appointment.code, date, time, staff });
  if (output.kind === 'moved') return moved(turn, output);
  turn.state.target = undefined;
  if (output.kind === 'not-found') {
    endTask(turn.state);
    return tell(turn.say.notFound());
  }
  const purpose = { service: appointment.service, staff: turn.state.wish.staff, moving: appointment.code };
  if (output.kind === 'taken') return offer(turn, purpose, output.alternatives, turn.say.taken());
  return answerWith(turn, purpose, output, { from: date, to: date });
}

export function moved(turn: Turn, output: Extract<RescheduleAppointmentOutput, { kind: 'moved' }>): Ending {
  endTask(turn.state);
  turn.state.latest = output.appointment;
  return tell(turn.say.moved(output.appointment, output.from, turn.now.date));
}
