/** Books an appointment: asks for the first thing that is missing, holds the slot, repeats it all, and books on a yes. */
import { daysOf, foldText, localNow } from '../../../src/dialogue.ts';
import type { NamedThing } from '../../../src/index.ts';
import { type BookAppointmentOutput, bookAppointmentInput } from '../contract.ts';
import { ask, type Dialogue } from './dialogue.ts';
import { escalate } from './escalate.ts';
import { answerWith, chooseSlot, offer } from './slot-choice.ts';
import { endTask, freshWish, type Held } from './state.ts';
import { askFor, askToConfirm, type Ending, few, paragraph, type Turn, tell, wants } from './turn.ts';

/** The next move of a booking. The first question that applies is asked; where none does, it is booked. */
export function* book(turn: Turn): Dialogue<Ending> {
  if ((turn.heard.slots.people ?? 1) > 1) turn.asides.push(turn.say.onePersonEach());
  return (
    (yield* needService(turn)) ??
    needStaff(turn) ??
    needDay(turn) ??
    (yield* needHold(turn)) ??
    needName(turn) ??
    needContact(turn) ??
    needYes(turn) ??
    (yield* bookNow(turn))
  );
}

function* needService(turn: Turn): Dialogue<Ending | undefined> {
  const { heard, state, say, vocabulary, topics } = turn;
  const { wish } = state;
  if (heard.ambiguous.service !== undefined && wish.service === undefined) {
    return askFor(turn, 'service', say.askWhichService(heard.ambiguous.service), heard.ambiguous.service);
  }
  if (wish.service !== undefined) {
    chooseAgeGroup(turn);
    return undefined;
  }
  const names = vocabulary.services.map((service) => service.name);
  if (wish.choices.length > 0) return askFor(turn, 'service', say.askWhichService(wish.choices), wish.choices);
  const notOurs = heard.unknownService ?? serviceInOtherWords(turn);
  if (notOurs !== undefined) {
    // Who asks again for what is not on offer is better served by a person.
    if (turn.awaited === 'service') state.misunderstandings += 1;
    if (state.misunderstandings > 1) return yield* escalate(turn, 'asks for a service that is not offered');
    return askFor(turn, 'service', say.serviceUnknown(notOurs, ...few(names)), few(names)[0]);
  }
  // Who is in a hurry or does not care is not asked twice: the first of the catalogue is what most people come for.
  const undecided = heard.anyOf.service === true || (turn.awaited === 'service' && (topics.soonest || heard.anyOf.time === true));
  const listed = turn.asides.length > 0 && wants(turn, 'services', 'prices');
  const question = listed ? say.askOneOfThem() : say.askService(...few(names));
  if (!undecided && !topics.cheapest) return askFor(turn, 'service', question, few(names)[0]);
  const { services } = yield* ask('get_services', {});
  const taken = topics.cheapest ? services.toSorted((left, right) => left.price - right.price)[0] : services[0];
  if (taken === undefined) return askFor(turn, 'service', question, few(names)[0]);
  wish.service = taken.name;
  turn.asides.push(say.assumedService(taken.name));
  return undefined;
}

const forChildren = /\b(infantil(es)?|nin[oa]s?|nen[ea]s?|chic[oa]s|kids?|child(ren'?s?)?)\b/;
const ageOfChildren = 13;

/** "Para mi nene, de 8 años" means the children's kind of the service, where there is one; the customer is told. */
function chooseAgeGroup(turn: Turn): void {
  const { topics, folded, heard, vocabulary, state, say } = turn;
  const age = /\b(\d{1,2}) (anos|anitos|years?( old)?)\b/.exec(folded)?.[1];
  const small =
    age === undefined ? /\b(nen[ea]|nin[oa]|chiquit[oa]|ninit[oa]|kid|toddler|little)\b/.test(folded) : Number(age) < ageOfChildren;
  const { service } = state.wish;
  if (!topics.child || !small || service === undefined || (heard.slots.people ?? 1) > 1) return;
  const names = ({ name, aliases = [] }: NamedThing): string => foldText([name, ...aliases].join(' '));
  const [kind = ''] = foldText(service).split(' ');
  const childrens = vocabulary.services.filter((one) => forChildren.test(names(one)) && foldText(one.name).startsWith(kind));
  const [only] = childrens;
  if (only === undefined || childrens.length > 1 || only.name === service) return;
  state.wish.service = only.name;
  turn.asides.push(say.assumedService(only.name));
}

/** A word or two in answer to the question for a service, and none of ours: that is what was wanted. */
export function serviceInOtherWords({ awaited, text, heard }: Turn): string | undefined {
  const nothingHeard = heard.intent === 'other' || heard.intent === 'smalltalk';
  const words = text.split(/[,.!?¿¡]/)[0]?.trim() ?? '';
  return awaited === 'service' && nothingHeard && /^\p{L}{4,}( \p{L}+){0,2}$/u.test(words) ? words : undefined;
}

function needStaff(turn: Turn): Ending | undefined {
  const people = turn.heard.ambiguous.staff;
  return people === undefined || wants(turn, 'prices') ? undefined : askFor(turn, 'staff', turn.say.askStaff(people), people);
}

function needDay(turn: Turn): Ending | undefined {
  const { state, now, say, heard } = turn;
  const { wish } = state;
  const several = heard.ambiguous.date;
  if (several !== undefined && wish.dates.length === 0 && wish.date === heard.slots.date) {
    wish.date = undefined;
    return askFor(
      turn,
      'date',
      say.askDayReading(several, now.date),
      several.map((date) => say.day(date, now.date)),
    );
  }
  if (daysOf(wish, now.date) !== undefined) return undefined;
  if (wish.except.length > 0) return askFor(turn, 'date', say.askOtherDay());
  const { today, tomorrow, soonest } = say.short;
  return askFor(turn, 'date', say.askDate(wish.service ?? ''), [today, tomorrow, soonest]);
}

/** A slot that is kept for the customer and is the one wished for. */
function* needHold(turn: Turn): Dialogue<Ending | undefined> {
  const { state, instant } = turn;
  const { wish } = state;
  const service = wish.service ?? '';
  if (state.held !== undefined && isWished(state.held, turn)) {
    // A yes comes too late for the hold at times; booking then finds out by itself whether the slot is still free.
    if (turn.confirmed || new Date(state.held.expiresAt) > instant) return undefined;
  }
  state.held = undefined;
  const chosen = yield* chooseSlot(turn, { service, staff: wish.staff });
  if (chosen.kind === 'ending') return chosen.ending;
  const { date, time } = chosen.slot;
  const output = yield* ask('hold_slot', { service, date, time, ...(wish.staff === undefined ? {} : { staff: wish.staff }) });
  if (output.kind !== 'held') return slotGone(turn, output);
  const { slot, durationMinutes, price, currency, promotion, expiresAt } = output;
  state.knownHold = expiresAt;
  state.held = { slot, service: output.service, durationMinutes, price, currency, promotion, expiresAt };
  state.offered = [];
  turn.own.heldNow = true;
  return undefined;
}

function isWished(held: Held, { state: { wish } }: Turn): boolean {
  return (
    held.service === wish.service &&
    held.slot.date === wish.date &&
    held.slot.time === wish.time &&
    wish.timeReadings.length < 2 &&
    (wish.staff === undefined || held.slot.staff === wish.staff)
  );
}

/** Somebody else was quicker, or the slot cannot be had: says so and names others. */
function slotGone(turn: Turn, output: Exclude<BookAppointmentOutput, { kind: 'booked' }>): Ending {
  const { state, say } = turn;
  const { wish } = state;
  const purpose = { service: wish.service ?? '', staff: wish.staff };
  state.held = undefined;
  if (output.kind === 'taken') return offer(turn, purpose, output.alternatives, say.taken());
  const day = wish.date === undefined ? undefined : { from: wish.date, to: wish.date };
  return answerWith(turn, purpose, output, day);
}

function needName(turn: Turn): Ending | undefined {
  const { say, topics } = turn;
  if (nameOf(turn) !== undefined) return undefined;
  if (topics.later) return askFor(turn, 'name', say.waitsFor(heldUntil(turn)));
  return askFor(turn, 'name', paragraph(holding(turn), topics.keepsPrivate ? say.nameNeeded() : say.askName()));
}

function needContact(turn: Turn): Ending | undefined {
  const { say, topics, heard, awaited } = turn;
  const contact = contactOf(turn);
  if (contact.phone !== undefined || contact.email !== undefined) return undefined;
  if (topics.later) return askFor(turn, 'contact', say.waitsFor(heldUntil(turn)));
  if (topics.noEmail) return askFor(turn, 'contact', say.phoneWillDo());
  if (topics.keepsPrivate || (awaited === 'contact' && heard.intent === 'deny'))
    return askFor(turn, 'contact', say.contactNeeded());
  return askFor(turn, 'contact', paragraph(holding(turn), say.askContact()));
}

/** Says which slot is kept, when it was just found and where the customer asks what there is. */
function holding(turn: Turn): string | undefined {
  const { state, say, now, topics } = turn;
  const { held } = state;
  if (held === undefined || !(turn.own.heldNow || topics.soonest || topics.recap || wants(turn, 'availability', 'find')))
    return undefined;
  return topics.soonest ? say.soonestHeld(held.slot, now.date) : say.holding(held.service, held.slot, now.date);
}

function needYes(turn: Turn): Ending | undefined {
  const { state, say, now } = turn;
  const { held } = state;
  if (turn.confirmed || held === undefined) return undefined;
  const name = nameOf(turn) ?? '';
  return askToConfirm(turn, say.confirmBooking({ ...held, ...held.slot, name }, now.date));
}

function* bookNow(turn: Turn): Dialogue<Ending> {
  const { state } = turn;
  const { held, wish } = state;
  const slot = held?.slot ?? { date: wish.date ?? '', time: wish.time ?? '', staff: wish.staff ?? '' };
  const output = yield* ask('book_appointment', {
    service: held?.service ?? wish.service ?? '',
    date: slot.date,
    time: slot.time,
    staff: slot.staff,
    name: nameOf(turn) ?? '',
    ...contactOf(turn),
  });
  return output.kind === 'booked' ? booked(turn, output) : slotGone(turn, output);
}

/** Says what was booked; goes on with the next service where several were asked for. */
export function booked(turn: Turn, { appointment, manageUrl }: Extract<BookAppointmentOutput, { kind: 'booked' }>): Ending {
  const { state, say, now } = turn;
  const { alsoServices, people = 1 } = state.wish;
  const [next, ...others] = people > 1 ? [appointment.service, ...alsoServices] : alsoServices;
  endTask(state);
  state.latest = appointment;
  state.cancelled = undefined;
  state.thanked = false;
  const said = say.booked(appointment, now.date);
  const done = manageUrl === undefined ? said : paragraph(said, say.manageAt(manageUrl));
  if (next === undefined) return tell(done);
  state.suggested = true;
  state.wish = { ...freshWish(), service: next, alsoServices: others, people: people - 1 || undefined, date: appointment.date };
  return tell(paragraph(done, people > 1 ? say.bookNextPerson() : say.bookNextService(next)), [say.short.yes, say.short.no]);
}

function nameOf({ state, contact }: Turn): string | undefined {
  return state.customer.name ?? contact?.name;
}

/** The contact that the customer gave; what the channel knows fills in. */
export function contactOf({ state, contact }: Turn): { phone?: string; email?: string } {
  const { shape } = bookAppointmentInput;
  const phone = [state.customer.phone, contact?.phone].find((value) => value !== undefined && shape.phone.safeParse(value).success);
  const email = [state.customer.email, contact?.email].find((value) => value !== undefined && shape.email.safeParse(value).success);
  return { ...(phone === undefined ? {} : { phone }), ...(email === undefined ? {} : { email }) };
}

function heldUntil({ state, timeZone }: Turn): string | undefined {
  return state.held === undefined ? undefined : localNow(new Date(state.held.expiresAt), timeZone).time;
}
