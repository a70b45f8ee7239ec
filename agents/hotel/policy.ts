/**
 * What the hotel agent may do. Every rule is pure and knows its reason in the guest's words; what a rule cannot read it does not let through. Amounts
 * (fees, deposits) are the hotel's terms: a rule compares what a call says with what they make of the stay now.
 */
import {
  type CallRecord,
  defineRule,
  type LocalizedText,
  type PolicyFacts,
  type ProposedCall,
  type Rule,
  type RuleAnswer,
} from '../../src/index.ts';
import { effectsConfirmed } from './confirmed.ts';
import { hotelFacts } from './facts.ts';
import { codesIn, normalised, offersIn } from './shown.ts';

/** Reads are cheap, so that only a conversation that runs in circles reaches this. */
const readsPerConversation = 150;
const writesPerConversation = 20;
/** A person must stay within reach, but not be called without end. */
const callsForPeople = 10;

function deny(es: string, en: string): RuleAnswer {
  const reason: LocalizedText = { es, en };
  return { kind: 'deny', reason };
}

const isText = (value: unknown): value is string => typeof value === 'string' && value.trim() !== '';

/** @throws where a text is missing: a rule that throws denies. */
function textArgument(call: ProposedCall, name: string): string {
  const value = call.args[name];
  if (!isText(value)) throw new TypeError(`The argument "${name}" of ${call.tool} is missing.`);
  return value;
}

/** Calls that the conversation knows the answers of. */
const completedCalls = (facts: PolicyFacts): CallRecord[] =>
  [...facts.calls, ...Object.values(facts.latest)].filter(({ status }) => status === 'completed');

export const requiredData = defineRule({
  id: 'required-data',
  description: 'A booking needs a name and a phone number or an e-mail address, whichever the guest has.',
  tools: ['book_stay'],
  evaluate(call, facts) {
    const { name, phone, email } = call.args;
    if (!isText(name) || !/\p{L}{2}/u.test(name)) return deny('Para reservar necesito tu nombre.', 'To book I need your name.');
    if (isText(phone) || isText(email) || isText(facts.contact?.phone) || isText(facts.contact?.email)) return undefined;
    return deny(
      'Para reservar necesito un teléfono o un e-mail, el que prefieras.',
      'To book I need a phone number or an e-mail address, whichever you prefer.',
    );
  },
});

export const offerOfThisConversation = defineRule({
  id: 'offer-of-this-conversation',
  description: 'Only an offer that this conversation was given, and whose price still stands, is held, booked or changed to.',
  tools: ['hold_room', 'book_stay', 'change_stay'],
  evaluate(call, facts) {
    const { offer } = hotelFacts.parse(facts.loaded);
    const wanted = textArgument(call, 'offer');
    // No such offer: nothing will happen, and the tool says so better.
    if (offer === null || offer.id !== wanted) return undefined;
    const stale = completedCalls(facts).filter((record) => isStale(record) && offersIn(record).some((one) => one.offer === wanted));
    const fresh = completedCalls(facts).some((record) => !isStale(record) && offersIn(record).some((one) => one.offer === wanted));
    if (stale.length === 0 || fresh) return undefined;
    return deny(
      'Ese precio es de antes de que el sistema de reservas dejara de responder: no lo puedo confirmar.',
      'That price is from before the reservation system stopped answering: I cannot confirm it.',
    );
  },
});

/** Shown while the reservation system could not be asked. */
function isStale({ output }: CallRecord): boolean {
  return typeof output === 'object' && output !== null && !Array.isArray(output) && output['asOf'] !== undefined;
}

export const ownStays = defineRule({
  id: 'own-stays',
  description: "Only the guest's own stays are shown by code to others' tools, changed, cancelled or charged.",
  tools: [
    'quote_change',
    'change_stay',
    'quote_cancellation',
    'cancel_stay',
    'quote_late_checkout',
    'late_checkout',
    'early_arrival',
  ],
  evaluate(call, facts) {
    const code = normalised(textArgument(call, 'code'));
    // Quotes change nothing and load no facts: what the conversation was shown decides on them.
    const stay = call.effect === 'read' ? null : hotelFacts.parse(facts.loaded).stay;
    if (stay !== null && normalised(stay.code) === code && (stay.bookedHere || stay.ofVerifiedContact)) return undefined;
    if (completedCalls(facts).some((record) => codesIn(record).includes(code))) return undefined;
    // The same answer for a code that does not exist: nobody can find out which codes do.
    return deny(
      'No encuentro esa reserva entre las tuyas. Pasame el código de la confirmación.',
      'I cannot find that booking among yours. Give me the code in the confirmation.',
    );
  },
});

export const feesOfTheHouse = defineRule({
  id: 'fees-of-the-house',
  description: 'A cancellation is for the fee that the terms of the hotel make of it now.',
  tools: ['cancel_stay'],
  evaluate(call, facts) {
    const { stay } = hotelFacts.parse(facts.loaded);
    const { fee } = call.args;
    if (typeof fee !== 'number') throw new TypeError('The argument "fee" of cancel_stay is missing.');
    if (stay === null || fee === stay.cancelFee) return undefined;
    return deny(
      `Según los términos del hotel cancelarla ahora cuesta ${stay.cancelFee}. Te lo confirmo antes de hacerlo.`,
      `By the terms of the hotel cancelling it now costs ${stay.cancelFee}. I confirm that with you first.`,
    );
  },
});

export const openStays = defineRule({
  id: 'open-stays',
  description: 'One contact has at most so many coming stays.',
  tools: ['book_stay'],
  evaluate(_call, facts) {
    const { openStays: open, maxOpenStays } = hotelFacts.parse(facts.loaded);
    if (open < maxOpenStays) return undefined;
    return deny(
      `Ya tenés ${open} reservas por venir, que es el máximo por acá; para más te paso con una persona.`,
      `You already have ${open} coming bookings, which is the most here; for more I pass you to a person.`,
    );
  },
});

const people = new Set(['call_front_desk', 'payment_proof', 'special_request']);

export const callLimits = defineRule({
  id: 'call-limits',
  description: 'One conversation calls each tool at most so many times.',
  tools: [
    'search_rooms',
    'list_room_types',
    'hold_room',
    'book_stay',
    'find_stay',
    'quote_change',
    'change_stay',
    'quote_cancellation',
    'cancel_stay',
    'quote_late_checkout',
    'late_checkout',
    'early_arrival',
    'hotel_information',
    'house_rules',
    'room_photo',
    'special_request',
    'payment_proof',
    'answer_review',
    'call_front_desk',
  ],
  evaluate(call, facts) {
    const most = people.has(call.tool) ? callsForPeople : call.effect === 'read' ? readsPerConversation : writesPerConversation;
    if ((facts.counts[call.tool] ?? 0) < most) return undefined;
    return deny('En esta conversación ya hicimos eso demasiadas veces.', 'We have done that too many times in this conversation.');
  },
});

export const policy: readonly Rule[] = [
  requiredData,
  offerOfThisConversation,
  ownStays,
  feesOfTheHouse,
  openStays,
  callLimits,
  effectsConfirmed,
];
