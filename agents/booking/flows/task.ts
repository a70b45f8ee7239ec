/** Which task the message belongs to: the one at hand, another one, or none. */

import { forgetMoment, forgetTime, readShift, refusesMoment } from '../../../src/dialogue.ts';
import type { ConversationState } from './state.ts';
import { endTask } from './state.ts';
import { type Turn, wants } from './turn.ts';

type Task = NonNullable<ConversationState['task']>;

/** True where the customer gives up the task at hand and wants nothing in its place. */
export function abandons(turn: Turn): boolean {
  const { state, topics, heard, awaited } = turn;
  if (state.task === undefined || (state.task === 'book' && refusesMoment(turn))) return false;
  // "No te voy a dar mi teléfono" is no goodbye: it is told what the number is for.
  if (topics.keepsPrivate && state.held !== undefined) return false;
  // "Cancelar" in answer to "¿Cancelo tu turno?" insists.
  if (state.task === 'cancel' && heard.intent === 'cancel') return false;
  const unbooked = state.task === 'book' && !topics.ownAppointment;
  if (heard.intent === 'cancel' && unbooked && !wants(turn, 'book', 'availability')) return true;
  if (wants(turn, 'book', 'availability', 'reschedule') || heard.correction) return false;
  const told = heard.slots.date ?? heard.slots.time ?? heard.slots.dateRange ?? heard.slots.timeRange;
  if (topics.abandons && told === undefined) return true;
  const refuses = heard.intent === 'deny' && told === undefined;
  return refuses && (awaited === 'choice' || (awaited === 'confirmation' && state.task !== 'book'));
}

/** Starts, keeps or changes the task as the message says. */
export function settleTask(turn: Turn): void {
  const { state, heard, topics } = turn;
  const { task } = state;
  if (undoesCancelling(turn)) return;
  if (wants(turn, 'cancel') && !changesUnbooked(turn)) {
    if (task !== 'cancel') start(state, 'cancel', task === 'reschedule');
  } else if ((wants(turn, 'reschedule') || shiftsBooked(turn)) && !changesUnbooked(turn)) {
    if (task !== 'reschedule') start(state, 'reschedule', task === 'cancel' || task === undefined);
  } else if (asksToFind(turn)) {
    if (task !== 'find') start(state, 'find', false);
  } else if (wantsToBook(turn) || takesUpSuggestion(turn) || namesAMoment(turn)) {
    const within = task === 'book' || task === 'reschedule' || (task !== undefined && !wantsToBook(turn));
    if (!within) start(state, 'book', task === undefined);
    else if (
      task === 'reschedule' &&
      /\b(otro turno|turno nuevo|nuevo turno|another appointment|new appointment)\b/.test(turn.folded)
    ) {
      start(state, 'book', false);
    }
  }
  if (topics.ownAppointment && state.task === undefined && heard.intent === 'other') start(state, 'find', false);
  state.suggested = false;
}

/** What was told without a task (a price asked before) stays; what belonged to another task goes. */
function start(state: ConversationState, task: Task, keep: boolean): void {
  if (!keep) {
    endTask(state);
  }
  state.task = task;
}

/** "Me equivoqué, ese no era", right after something was cancelled: it is booked again, if its time is still free. */
function undoesCancelling({ state, topics }: Turn): boolean {
  const { cancelled, task } = state;
  if (!topics.undo || cancelled === undefined || task !== undefined) return false;
  start(state, 'book', false);
  state.wish = { ...state.wish, service: cancelled.service, date: cancelled.date, time: cancelled.time, staff: cancelled.staff };
  state.customer.name ??= cancelled.name;
  state.cancelled = undefined;
  return true;
}

/** "¿Media hora más tarde puede ser?" or "uy, mejor el miércoles", said when nothing is being booked and something is. */
function shiftsBooked({ state, folded, heard }: Turn): boolean {
  if (state.task !== undefined || state.latest === undefined) return false;
  if (readShift(folded) !== undefined) return true;
  const { date, dateRange, time, timeRange, service } = heard.slots;
  const moment = date ?? dateRange ?? time ?? timeRange;
  return (heard.correction || prefers.test(folded)) && moment !== undefined && service === undefined && !bookingWords.test(folded);
}

/** "El jueves mejor, ¿puede ser?"; "el mejor horario" prefers nothing. */
const prefers = /\b(?<!(?:el|la|lo|los|las|the) )(?:mejor|better|instead)\b(?! (?:horario|precio|hora|dia|time|price))/;

function asksToFind(turn: Turn): boolean {
  const { heard, topics, awaited, state } = turn;
  if (topics.somebodysAppointment) return true;
  if (topics.recap && state.task === undefined && state.latest !== undefined) return true;
  if (heard.intent !== 'find' || awaited === 'appointment' || changesUnbooked(turn)) return false;
  // "¿A qué hora era mi turno?" of the one that is being booked: who asks has no other here.
  return state.held === undefined || state.latest !== undefined;
}

/** "Cambialo para las 6" or "¿a qué hora es?" said of a booking that is not made yet. */
function changesUnbooked({ state, topics }: Turn): boolean {
  return state.task === 'book' && !topics.ownAppointment;
}

/** "¿Qué horarios tienen?" is heard as a question for free times too; without a day or a service it asks for the opening hours. */
function wantsToBook(turn: Turn): boolean {
  const { intent, slots } = turn.heard;
  if (isBareAnswer(turn) || turn.topics.somebodysAppointment) return false;
  if (intent === 'book' || wants(turn, 'book')) return true;
  const when = slots.date ?? slots.dateRange ?? slots.time ?? slots.timeRange;
  if (intent === 'availability') return when !== undefined || slots.service !== undefined || !wants(turn, 'hours');
  return wants(turn, 'availability') && (slots.service !== undefined || (intent === 'prices' && when !== undefined));
}

const bookingWords = /\b(turnos?|citas?|reservar?|agendar|sacar|book|appointment)\b/;

/** A phone number or a name alone is heard as part of a booking; here it answers what the task at hand asked for. */
function isBareAnswer({ state, awaited, folded }: Turn): boolean {
  const answering = awaited === 'contact' || awaited === 'name' || awaited === 'appointment' || awaited === 'confirmation';
  return answering && state.task !== 'book' && !bookingWords.test(folded);
}

function takesUpSuggestion({ state, heard, topics }: Turn): boolean {
  return state.suggested && (heard.intent === 'confirm' || topics.sameDay);
}

/** A day, a time or a service said out of the blue is a wish for an appointment. */
function namesAMoment(turn: Turn): boolean {
  const { heard, state } = turn;
  if (state.task !== undefined || wants(turn, 'hours', 'prices', 'services', 'promotions', 'handoff')) return false;
  const { date, dateRange, time, timeRange, service } = heard.slots;
  return [date, dateRange, time, timeRange, service].some((slot) => slot !== undefined) || heard.invalid.date !== undefined;
}

/** What to change, said in words only ("el día", "otro horario"): forgets it, so that it is asked again. True where something was. */
export function loosen(turn: Turn): boolean {
  const { state, folded } = turn;
  const { wish } = state;
  if (/\b(dia|fecha|day|date)\b/.test(folded)) {
    forgetMoment(wish);
    wish.anyDate = false;
  } else if (/\b(hora|horas|horario|horarios|time|hour)\b/.test(folded)) {
    wish.timeRange = undefined;
  } else if (/\b(servicio|service)\b/.test(folded)) {
    wish.service = undefined;
  } else if (/\b(nombre|name)\b/.test(folded)) {
    state.customer.name = undefined;
    return true;
  } else if (/\b(telefono|mail|contacto|phone|contact)\b/.test(folded)) {
    state.customer.phone = undefined;
    state.customer.email = undefined;
    return true;
  } else return false;
  forgetTime(wish);
  wish.anyTime = false;
  state.held = undefined;
  state.target = undefined;
  state.offered = [];
  return true;
}
