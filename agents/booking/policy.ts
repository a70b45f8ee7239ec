/**
 * What the booking agent may do. Every rule is pure and knows its reason in the customer's words; what a rule cannot read it does not
 * let through.
 */
import {
  type CallRecord,
  defineRule,
  type JsonObject,
  type LocalizedText,
  normaliseCode,
  type PolicyFacts,
  type ProposedCall,
  type Rule,
  type RuleAnswer,
} from '../../src/index.ts';
import { changesConfirmed } from './confirmed.ts';
import { bookingFacts } from './facts.ts';
import { addDays, localDay, localTime, minutesOf } from './local-time.ts';
import { codesIn, heldSlot, showsSlot } from './shown.ts';

const minuteMs = 60_000;

/** Reads are cheap, so that only a conversation that runs in circles reaches this. */
const readsPerConversation = 100;
/** A person must stay within reach, but not be called without end. */
const escalationsPerConversation = 10;

function deny(es: string, en: string): RuleAnswer {
  const reason: LocalizedText = { es, en };
  return { kind: 'deny', reason };
}

/** @throws where a text is missing: a rule that throws denies. */
function textArgument(call: ProposedCall, name: string): string {
  const value = call.args[name];
  if (typeof value !== 'string') throw new TypeError(`The argument "${name}" of ${call.tool} is missing.`);
  return value;
}

function isText(value: JsonObject[string] | undefined): value is string {
  return typeof value === 'string' && value.trim() !== '';
}

/** Calls that the conversation knows the answers of, the latest first. */
function completedCalls(facts: PolicyFacts): CallRecord[] {
  return [...facts.calls.toReversed(), ...Object.values(facts.latest)].filter((call) => call.status === 'completed');
}

export const requiredSlots = defineRule({
  id: 'required-slots',
  description: 'A booking needs a name and a phone number or an e-mail address, whichever the customer has.',
  tools: ['book_appointment'],
  evaluate(call, facts) {
    const { name, phone, email } = call.args;
    if (!isText(name) || !/\p{L}{2}/u.test(name)) {
      return deny('Para reservar necesito tu nombre.', 'To book I need your name.');
    }
    if (isText(phone) || isText(email) || isText(facts.contact?.phone) || isText(facts.contact?.email)) return undefined;
    return deny(
      'Para reservar necesito un teléfono o un e-mail, el que prefieras.',
      'To book I need a phone number or an e-mail address, whichever you prefer.',
    );
  },
});

export const availabilityFirst = defineRule({
  id: 'availability-first',
  description: 'Only a slot that an earlier turn of this conversation showed as free is booked or moved to.',
  tools: ['book_appointment', 'reschedule_appointment'],
  evaluate(call, facts) {
    const { serviceNames } = bookingFacts.parse(facts.loaded);
    // No such service or appointment: nothing will be booked, and the tool says so better.
    if (serviceNames === null) return undefined;
    const wanted = { date: textArgument(call, 'date'), time: textArgument(call, 'time'), serviceNames };
    if (Object.values(facts.earlier).some((record) => record.status === 'completed' && showsSlot(record, wanted))) return undefined;
    return deny(
      'Antes de reservar tengo que fijarme si ese horario está libre.',
      'Before I book I have to check whether that time is free.',
    );
  },
});

export const ownAppointments = defineRule({
  id: 'own-appointments',
  description:
    "Only the customer's own appointments are moved or cancelled: found or booked in this conversation, or of a verified contact.",
  tools: ['reschedule_appointment', 'cancel_appointment'],
  evaluate(call, facts) {
    const { appointment } = bookingFacts.parse(facts.loaded);
    const code = normaliseCode(textArgument(call, 'code'));
    if (appointment?.code === code && (appointment.bookedHere || appointment.ofVerifiedContact)) return undefined;
    if (completedCalls(facts).some((record) => codesIn(record).includes(code))) return undefined;
    // The same answer for a code that does not exist: nobody can find out which codes do.
    return deny(
      'No encuentro ese turno entre los tuyos. Pasame el código, o tu teléfono o e-mail junto con tu nombre, y lo busco.',
      'I cannot find that appointment among yours. Give me the code, or your phone or e-mail together with your name, and I will look it up.',
    );
  },
});

/** Why a customer cannot change an appointment any more. Epoch milliseconds. */
export function tooLateToChange(start: number, now: number, changeMinutes: number): LocalizedText | undefined {
  if (start > now && now <= start - changeMinutes * minuteMs) return undefined;
  if (start <= now) return { es: 'Ese turno ya empezó.', en: 'That appointment has begun already.' };
  const hours = changeMinutes / 60;
  const [es, en] = Number.isInteger(hours)
    ? [`${hours} h`, `${hours} h`]
    : [`${changeMinutes} minutos`, `${changeMinutes} minutes`];
  return {
    es: `Los turnos se cambian o cancelan hasta ${es} antes. Para este ya es tarde: hablá con el local.`,
    en: `Appointments are moved or cancelled until ${en} before. It is too late for this one: talk to the house.`,
  };
}

export const changesInTime = defineRule({
  id: 'changes-in-time',
  description: 'An appointment is moved or cancelled only until so long before its start as the house says.',
  tools: ['reschedule_appointment', 'cancel_appointment'],
  evaluate(_call, facts) {
    const { appointment, limits } = bookingFacts.parse(facts.loaded);
    // Nothing to be late for; the tool says that there is none.
    if (appointment === null) return undefined;
    const start = localDay(appointment.date, facts.timeZone).edgeOf(minutesOf(appointment.time));
    const late = tooLateToChange(start, facts.now.getTime(), limits.changeMinutes);
    return late === undefined ? undefined : deny(late.es, late.en);
  },
});

export const noticeAndHorizon = defineRule({
  id: 'notice-and-horizon',
  description: 'Nothing is booked that starts too soon or lies too far ahead. A slot that is held was in time when it was held.',
  tools: ['book_appointment', 'reschedule_appointment'],
  evaluate(call, facts) {
    const { limits } = bookingFacts.parse(facts.loaded);
    const date = textArgument(call, 'date');
    const time = textArgument(call, 'time');
    const now = facts.now.getTime();
    const start = localDay(date, facts.timeZone).edgeOf(minutesOf(time));
    if (start <= now) return deny('Ese horario ya pasó.', 'That time has already passed.');
    if (date > addDays(localTime(now, facts.timeZone).date, limits.horizonDays)) {
      return deny(
        `Por ahora doy turnos hasta ${limits.horizonDays} días para adelante.`,
        `At the moment I book up to ${limits.horizonDays} days ahead.`,
      );
    }
    const held = heldSlot(completedCalls(facts), facts.now);
    if (start >= now + limits.noticeMinutes * minuteMs || (held?.date === date && held.time === time)) return undefined;
    return deny(
      `Los turnos se piden con al menos ${limits.noticeMinutes} minutos de anticipación.`,
      `Appointments are booked at least ${limits.noticeMinutes} minutes ahead.`,
    );
  },
});

export const openBookings = defineRule({
  id: 'open-bookings',
  description: 'One contact has at most so many coming appointments.',
  tools: ['book_appointment'],
  evaluate(_call, facts) {
    const { openBookings: open, limits } = bookingFacts.parse(facts.loaded);
    if (open < limits.maxOpenBookings) return undefined;
    return deny(
      `Ya tenés ${open} turnos por venir, que es el máximo. Si querés, cambiamos o cancelamos uno.`,
      `You already have ${open} coming appointments, which is the most. If you like, we can move or cancel one.`,
    );
  },
});

export const callLimits = defineRule({
  id: 'call-limits',
  description: 'One conversation calls each tool at most so many times.',
  tools: [
    'get_services',
    'get_business_hours',
    'get_promotions',
    'get_availability',
    'find_appointments',
    'hold_slot',
    'book_appointment',
    'reschedule_appointment',
    'cancel_appointment',
    'escalate_to_human',
    'retrieve',
  ],
  evaluate(call, facts) {
    if ((facts.counts[call.tool] ?? 0) < callLimit(call, facts)) return undefined;
    return deny('En esta conversación ya hicimos eso demasiadas veces.', 'We have done that too many times in this conversation.');
  },
});

function callLimit(call: ProposedCall, facts: PolicyFacts): number {
  if (call.effect === 'read') return readsPerConversation;
  if (call.tool === 'escalate_to_human') return escalationsPerConversation;
  const { maxCallsPerConversation } = bookingFacts.parse(facts.loaded).limits;
  // Customers try several times before they decide; each try is a hold.
  return call.tool === 'hold_slot' ? maxCallsPerConversation * 2 : maxCallsPerConversation;
}

export const policy: readonly Rule[] = [
  requiredSlots,
  availabilityFirst,
  ownAppointments,
  changesInTime,
  noticeAndHorizon,
  openBookings,
  callLimits,
  changesConfirmed,
];
