/** Answers questions that need no appointment: prices, services, people, hours, promotions, address. Each is one sentence or list. */
import { consult } from '../../../src/dialogue.ts';
import type { ServiceView } from '../contract.ts';
import { ask, type Dialogue } from './dialogue.ts';
import { knowledge } from './knowledge.ts';
import { few, type Turn, wants } from './turn.ts';

type Question = (turn: Turn) => Dialogue<string>;

/** The answers to all that the message asks, in a sensible order. */
export function* answerQuestions(turn: Turn): Dialogue<string[]> {
  const answers: string[] = [];
  for (const question of questionsOf(turn)) answers.push(yield* question(turn));
  return answers;
}

function questionsOf(turn: Turn): Question[] {
  const { topics, heard, state } = turn;
  const asksPrice =
    !topics.anyPrice && (wants(turn, 'prices') || (topics.cheapest && !wants(turn, 'promotions') && heard.anyOf.service !== true));
  // While the service is being chosen "el más barato" is the answer, not a question.
  const picksCheapest =
    topics.cheapest &&
    !wants(turn, 'prices') &&
    (turn.awaited === 'service' || state.wish.service === undefined) &&
    wants(turn, 'book');
  const questions: Question[] = [];
  if (topics.details) questions.push(answerDetails);
  else if ((asksPrice && !picksCheapest) || asksForOne(turn)) questions.push(answerPrices);
  else if (!topics.services && wants(turn, 'services') && asksForServices(turn) && heard.unknownService === undefined)
    questions.push(answerServices);
  else if (heard.unknownService !== undefined && (state.wish.service !== undefined || heard.intent === 'services'))
    questions.push(answerNotOffered);
  // Asked for in so many words it is answered beside whatever else is asked; the prices of all of them say it as well.
  const listed = questions.includes(answerPrices) && namesOf(turn).length === 0;
  if (topics.services && !listed && state.held === undefined) questions.unshift(answerServices);
  if (topics.duration) questions.push(answerDuration);
  if (topics.staff && !topics.identity) questions.push(answerStaff);
  if (topics.identity) questions.push(answerIdentity);
  if (wants(turn, 'promotions')) questions.push(answerPromotions);
  else if (topics.dear && !asksPrice) questions.push(answerDear);
  // "¿Quién atiende?" sounds like "¿cuándo atienden?".
  const asksHours = wants(turn, 'hours') && !topics.noneOfThese && !(topics.recap && state.held !== undefined);
  if (asksHours && (!topics.staff || /\b(hora|horas|horarios?|abren|cierran|open|close|hours)\b/i.test(turn.text)))
    questions.push(answerHours);
  if (topics.address) questions.push(answerAddress);
  if (topics.payment || topics.whatIf || topics.house) questions.push(answerWithTeam);
  return questions;
}

/** "¿Y uñas?", "¿hacen manicura?": what it costs says yes as well. */
function asksForOne({ heard, awaited, state }: Turn): boolean {
  const { intent, slots, unknownService } = heard;
  return (
    intent === 'services' &&
    slots.service !== undefined &&
    unknownService === undefined &&
    awaited === undefined &&
    state.task === undefined
  );
}

/** Many a question sounds like one for the list of services; it is not read out again in the middle of a booking. */
function asksForServices({ topics, state, awaited, heard, text }: Turn): boolean {
  if (topics.staff || topics.duration || topics.address || topics.payment || topics.identity) return false;
  // "¿Hay algún descuento?", "¿tienen algo hoy?" sound like "¿qué hay?".
  if (heard.intent === 'promotions' || (heard.intent === 'availability' && !/servicio|service/i.test(text))) return false;
  return state.wish.service === undefined || (awaited === undefined && heard.slots.service === undefined);
}

/** The services that the message is about, or that the customer spoke of before. */
function namesOf({ heard, state, vocabulary }: Turn): string[] {
  const { service } = heard.slots;
  if (service === undefined) return state.wish.service === undefined ? [] : [state.wish.service];
  return vocabulary.services.some((thing) => thing.name === service) ? [service] : service.split(' + ');
}

function named(services: readonly ServiceView[], names: readonly string[]): ServiceView[] {
  return names.flatMap((name) => services.filter((service) => service.name === name));
}

function* answerPrices(turn: Turn): Dialogue<string> {
  const { heard, topics, say, state } = turn;
  const names = namesOf(turn);
  // "El servicio más barato" is looked for among all of them.
  const anyService = topics.everything || (topics.cheapest && /\b(servicio|service)\b/i.test(turn.text));
  const spokenOf = heard.slots.service !== undefined || (!anyService && names.length > 0);
  const [only] = names;
  const one = spokenOf && names.length === 1 && heard.ambiguous.service === undefined && heard.unknownService === undefined;
  // What is kept has a price of its day, which is the one that will be paid.
  const { held } = state;
  if (one && held?.service === only && held !== undefined && !topics.cheapest) return say.heldPrice(held);
  const { services } = yield* ask('get_services', one && only !== undefined ? { service: only } : {});
  if (heard.ambiguous.service !== undefined) return say.prices(named(services, heard.ambiguous.service));
  const chosen = spokenOf ? named(services, names) : [];
  const [first, ...others] = chosen;
  const missing = heard.unknownService === undefined ? '' : `${say.notOffered(heard.unknownService)} `;
  if (first !== undefined) {
    if (others.length > 0) return `${missing}${say.priceTotal(chosen)}`;
    return `${missing}${topics.cheapest ? say.noCheaper(first) : say.price(first)}`;
  }
  const cheapest = services.toSorted((left, right) => left.price - right.price)[0];
  if (topics.cheapest && !topics.everything && cheapest !== undefined) return `${missing}${say.cheapest(cheapest)}`;
  return `${missing}${say.prices(services)}`;
}

function* answerServices({ say, topics, lookedUp }: Turn): Dialogue<string> {
  const { services } = yield* ask('get_services', {});
  // Most questions sound like one for what there is; which one it was is not known.
  return lookedUp && !topics.services ? `${say.cannotAnswer()} ${say.services(services)}` : say.services(services);
}

function* answerNotOffered({ say, heard }: Turn): Dialogue<string> {
  const { services } = yield* ask('get_services', {});
  const names = services.map((service) => service.name);
  return say.serviceUnknown(heard.unknownService, ...few(names));
}

function* answerDuration(turn: Turn): Dialogue<string> {
  const { services } = yield* ask('get_services', {});
  const chosen = named(services, namesOf(turn));
  return chosen.length === 0 ? turn.say.prices(services) : chosen.map((service) => turn.say.duration(service)).join(' ');
}

function* answerStaff(turn: Turn): Dialogue<string> {
  const { heard, say, state } = turn;
  const { services } = yield* ask('get_services', {});
  const person = heard.slots.staff;
  if (state.held !== undefined && person === undefined) return say.attends(state.held.slot.staff);
  if (person !== undefined) {
    return say.doesAttend(
      person,
      services.filter((service) => service.staff.includes(person)).map((service) => service.name),
    );
  }
  const chosen = named(services, namesOf(turn));
  const people = new Set((chosen.length > 0 ? chosen : services).flatMap((service) => service.staff));
  return say.whoWorks([...people], chosen.length === 1 ? chosen[0]?.name : undefined);
}

/** What a service consists of, in the words of the catalogue. */
function* answerDetails(turn: Turn): Dialogue<string> {
  const { services } = yield* ask('get_services', {});
  const chosen = turn.topics.everything ? [] : named(services, namesOf(turn));
  return turn.say.describe(chosen.length > 0 ? chosen : services);
}

/** What the documents of the house say, or else only its people know. */
function* answerWithTeam(turn: Turn): Dialogue<string> {
  const quote = turn.lookedUp ? undefined : yield* consult(turn, knowledge);
  turn.own.quoted = quote !== undefined;
  return quote ?? turn.say.teamKnows();
}

// biome-ignore lint/correctness/useYield: an answer like the others, which needs no tool
function* answerIdentity({ say }: Turn): Dialogue<string> {
  return say.identity();
}

/** Whoever finds it dear may like to hear of the promotions. */
function* answerDear(turn: Turn): Dialogue<string> {
  const { promotions } = yield* ask('get_promotions', {});
  return promotions.length === 0 ? turn.say.sympathy() : `${turn.say.sympathy()} ${turn.say.promotions(promotions)}`;
}

function* answerPromotions(turn: Turn): Dialogue<string> {
  const { vocabulary, say, heard, state } = turn;
  const spokenOf = heard.slots.service ?? state.wish.service;
  const service = vocabulary.services.find((thing) => thing.name === spokenOf)?.name;
  const { promotions } = yield* ask('get_promotions', service === undefined ? {} : { service });
  if (promotions.length > 0) return say.promotions(promotions);
  return service === undefined ? say.noPromotions() : say.noPromotionsFor(service);
}

function* answerHours(turn: Turn): Dialogue<string> {
  const { heard, say, now } = turn;
  const { date } = heard.slots;
  const hours = yield* ask('get_business_hours', date === undefined ? {} : { date });
  return date === undefined || hours.day === undefined
    ? say.hoursOfWeek(hours.week)
    : say.hoursOfDay(date, hours.day.periods, hours.day.reason, now.date);
}

function* answerAddress({ say }: Turn): Dialogue<string> {
  const { address, phone } = yield* ask('get_business_hours', {});
  return say.address(address, phone);
}
