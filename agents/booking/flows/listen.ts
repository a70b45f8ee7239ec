/** Hears a message: understands it and takes what it tells into the state. */
import {
  type FlowTurn,
  findTimeMentions,
  type Intent,
  type ReferenceTime,
  type Understanding,
  understand,
} from '../../../src/index.ts';
import { bookAppointmentInput } from '../contract.ts';
import { addDays, localNow, toClock, toMinutes } from './calendar.ts';
import { pickIndex } from './pick.ts';
import { daysOf } from './search.ts';
import { english } from './sentences/en.ts';
import { spanish } from './sentences/es.ts';
import { type ConversationState, parseState } from './state.ts';
import { foldText, readCode, readTopics, type Topics } from './topics.ts';
import type { Turn } from './turn.ts';

/** Days named together ("mañana o el martes") are offered together up to this distance; beyond it the customer is asked. */
const daysOfferedTogether = 13;
/** A date without a year that lies further ahead was meant to be this year's. */
const daysMeantByADate = 300;

export function hear(input: FlowTurn): Turn {
  const state = parseState(input.state);
  const now = localNow(input.now, input.timeZone);
  const { vocabulary, text } = input;
  const topics = readTopics(text);
  const understood = understand(text, { now, vocabulary, awaiting: state.awaiting, language: state.language });
  const heard = withBareHour(withoutSayings(understood, topics, input, now, state), input, now, state);
  const language = isNameOnly(text, state) ? (state.language ?? heard.language) : heard.language;
  state.language = language;
  const awaited = state.awaiting;
  state.awaiting = undefined;
  return {
    text,
    now,
    instant: input.now,
    timeZone: input.timeZone,
    vocabulary,
    contact: input.contact,
    heard,
    topics,
    state,
    awaited,
    confirmed: false,
    changed: false,
    heldNow: false,
    asides: [],
    say: language === 'es' ? spanish : english,
  };
}

/** "Laura Gómez" in answer to the question for a name does not change the language of the conversation. */
function isNameOnly(text: string, { awaiting }: ConversationState): boolean {
  return (awaiting === 'name' || awaiting === 'contact') && text.trim().split(/\s+/).length <= 3;
}

/** "Mejor 11", "make it 11": once a slot is kept, a bare number that corrects is the hour. */
function withBareHour(
  heard: Understanding,
  { text, vocabulary }: FlowTurn,
  now: ReferenceTime,
  { held }: ConversationState,
): Understanding {
  const corrects = /\b(mejor|cambi\w+|pon[ée]\w*|make it|instead|actually|rather)\b/i.test(text);
  const hour = /\b([01]?\d|2[0-3])\b(?![/:.%-])/.exec(text)?.[1];
  if (held === undefined || !corrects || hour === undefined || Object.keys(heard.slots).length > 0) return heard;
  const read = understand(hour, { now, vocabulary, awaiting: 'time', language: heard.language });
  return { ...heard, slots: read.slots, ambiguous: read.ambiguous, intent: 'book', confidence: read.confidence };
}

/**
 * Takes out what is heard and not meant:
 * - "ahora" opens many a sentence ("ahora quiero…", "quiero ir ahora") and is no time that could be booked
 * - "¿y si cancelo?" cancels nothing
 * - a day of a month that has passed is a mistake, not next year's
 * - "con Carlos" is who attends, not the customer's name
 */
function withoutSayings(
  heard: Understanding,
  topics: Topics,
  { text, vocabulary }: FlowTurn,
  now: ReferenceTime,
  { awaiting }: ConversationState,
): Understanding {
  const slots = { ...heard.slots };
  const folded = foldText(text);
  const saysNow = /\b(ahora|ahorita|ya|momento|now)\b/.test(folded);
  const isNow = saysNow && (slots.time === now.time || (slots.timeRange?.from === now.time && slots.timeRange.to === undefined));
  if (isNow) {
    delete slots.time;
    delete slots.timeRange;
    if (slots.date === now.date && !topics.soonest && !/\b(hoy|today)\b/i.test(text)) delete slots.date;
  }
  const worksHere = vocabulary.staff.some(
    (person) => slots.name !== undefined && foldText(person.name).startsWith(foldText(slots.name)),
  );
  if (worksHere && awaiting !== 'name' && /\b(con|with)\b/.test(folded) && !/\b(soy|llamo|nombre|name|i'?m)\b/.test(folded))
    delete slots.name;
  // "El 2 de noviembre", said on the 20th, is no wish for next year.
  const nextYear =
    slots.date !== undefined && slots.date > addDays(now.date, daysMeantByADate) && !text.includes(slots.date.slice(0, 4));
  const invalid =
    nextYear && slots.date !== undefined
      ? { ...heard.invalid, date: { text, reason: 'past' as const, date: slots.date } }
      : heard.invalid;
  if (nextYear) delete slots.date;
  const meant = (intent: Intent): boolean => !topics.whatIf || (intent !== 'cancel' && intent !== 'reschedule');
  const alsoIntents = heard.alsoIntents.filter(meant);
  return { ...heard, slots, invalid, alsoIntents, intent: meant(heard.intent) ? heard.intent : (alsoIntents[0] ?? 'other') };
}

/** True where the message carries the intent, alone or beside others. */
export function wants(turn: Turn, ...intents: readonly Intent[]): boolean {
  return intents.some((intent) => turn.heard.intent === intent || turn.heard.alsoIntents.includes(intent));
}

/** Takes into the state what the message tells; sets {@link Turn.changed} and {@link Turn.confirmed}. */
export function absorb(turn: Turn): void {
  const { state } = turn;
  const told = (): string => JSON.stringify([state.wish, state.customer, state.origin, state.chosen]);
  const before = told();
  absorbCustomer(turn);
  if (state.task === 'cancel' || state.task === 'find') absorbOrigin(turn, 'all');
  else {
    if (state.task === 'reschedule' && state.chosen === undefined) absorbOrigin(turn, 'first');
    if (!pickOffered(turn)) {
      absorbService(turn);
      absorbWhen(turn);
    }
  }
  pickAppointment(turn);
  turn.changed = told() !== before;
}

function absorbCustomer({ heard, state, text, awaited }: Turn): void {
  const { name, phone, email } = heard.slots;
  const { shape } = bookAppointmentInput;
  if (name !== undefined && shape.name.safeParse(name).success) state.customer.name = name.trim();
  if (phone !== undefined && shape.phone.safeParse(phone).success) state.customer.phone = phone;
  if (email !== undefined && shape.email.safeParse(email).success) state.customer.email = email;
  const code = state.task === 'book' && awaited !== undefined ? undefined : readCode(text);
  if (code !== undefined) state.customer.code = code;
}

/** How the customer names the appointment: by its date, time or service. Of a move, what is named before the new moment. */
function absorbOrigin(turn: Turn, which: 'all' | 'first'): void {
  const { heard, state, text, now } = turn;
  if (which === 'all') {
    const { date, time, service } = heard.slots;
    state.origin = { ...state.origin, ...(date && { date }), ...(time && { time }), ...(service && { service }) };
    return;
  }
  if (heard.slots.service !== undefined) state.origin.service = heard.slots.service;
  const mentions = findTimeMentions(text, now, heard.language);
  const dates = mentions.filter((mention) => mention.kind === 'date').map((mention) => mention.date);
  const times = mentions.filter((mention) => mention.kind === 'time').map((mention) => mention.time);
  const [date] = dates;
  const [time] = times;
  if (dates.length > 1 && date !== undefined && date !== heard.slots.date) state.origin.date = date;
  if (times.length > 1 && time !== undefined && time !== heard.slots.time) state.origin.time = time;
}

/** Takes one of the slots that the last reply named. */
function pickOffered(turn: Turn): boolean {
  const { heard, state, text, awaited, topics } = turn;
  const { wish, offered } = state;
  if (awaited !== 'time' || offered.length === 0 || topics.noneOfThese) return false;
  const { date, time, dateRange, timeRange, staff } = heard.slots;
  const readings = time === undefined ? undefined : (heard.ambiguous.time ?? [time]);
  const fitting = offered.filter(
    (slot) =>
      (date === undefined || slot.date === date) &&
      (readings === undefined || readings.includes(slot.time)) &&
      (staff === undefined || slot.staff === staff),
  );
  const told = date !== undefined || readings !== undefined;
  const index =
    told || dateRange !== undefined || timeRange !== undefined || text.split(/\s+/).length > 8
      ? undefined
      : pickIndex(text, offered.length, { numbered: false });
  const picked = told ? onlyOne(fitting) : index === undefined ? undefined : offered[index];
  if (picked === undefined) return false;
  wish.date = picked.date;
  wish.time = picked.time;
  wish.dates = [];
  wish.dateRange = undefined;
  wish.timeRange = undefined;
  wish.timeReadings = [];
  wish.anyDate = false;
  wish.anyTime = false;
  if (staff !== undefined || (wish.staff !== undefined && wish.staff !== picked.staff)) wish.staff = picked.staff;
  return true;
}

function onlyOne<Item>(items: readonly Item[]): Item | undefined {
  return items.length === 1 ? items[0] : undefined;
}

function absorbService(turn: Turn): void {
  const { heard, state, vocabulary } = turn;
  const { wish } = state;
  const { service, staff } = heard.slots;
  const aside = wants(turn, 'prices', 'services', 'promotions') && !wants(turn, 'book', 'availability') && !heard.correction;
  const settled = wish.service !== undefined && state.task === 'book';
  if (service !== undefined && state.task !== 'reschedule' && !(aside && settled)) {
    const known = vocabulary.services.some((thing) => thing.name === service);
    const [first, ...others] = known ? [service] : service.split(' + ');
    wish.service = first;
    wish.alsoServices = others;
  }
  if (heard.ambiguous.service !== undefined && !settled) wish.service = undefined;
  if (heard.anyOf.staff) wish.staff = undefined;
  else if (heard.ambiguous.staff !== undefined) wish.staff = undefined;
  else if (staff !== undefined) wish.staff = staff;
}

function absorbWhen(turn: Turn): void {
  const { heard, state, topics } = turn;
  const { wish } = state;
  // "¿Abren el domingo?" asks about Sunday and wishes for nothing yet.
  const answersToo = (turn.awaited === 'date' || turn.awaited === 'time') && heard.intent !== 'hours';
  if (wants(turn, 'hours') && !wants(turn, 'book', 'availability', 'reschedule') && !answersToo) return;
  absorbDate(turn);
  absorbTime(turn);
  // "¿Qué días tenés?" in answer to the question for a day is answered with days.
  if (
    turn.awaited === 'date' &&
    (topics.whatIsFree || heard.intent === 'availability') &&
    daysOf(wish, turn.now.date) === undefined
  )
    wish.anyDate = true;
  if (heard.anyOf.date) wish.anyDate = wish.date === undefined && wish.dateRange === undefined;
  if (heard.anyOf.time) {
    wish.anyTime = true;
    wish.time = undefined;
    wish.timeReadings = [];
  }
  if (topics.soonest && !wants(turn, 'prices', 'services', 'promotions')) {
    wish.anyDate = wish.date === undefined && wish.dateRange === undefined;
    wish.anyTime = wish.time === undefined;
  }
  absorbLaterOrEarlier(state, turn.text);
}

/** A day that has passed, said while a slot is kept and something else was asked, is told and not wished for ("ayer pasé a mirar"). */
export function isBesidesThePoint({ heard, state, awaited }: Turn): boolean {
  return heard.invalid.date?.reason === 'past' && state.held !== undefined && (awaited === 'name' || awaited === 'contact');
}

function absorbDate(turn: Turn): void {
  const { heard, state } = turn;
  const { wish } = state;
  const { date, dateRange } = heard.slots;
  if (isBesidesThePoint(turn)) return;
  if (heard.invalid.date !== undefined) {
    wish.date = undefined;
    wish.dates = [];
    wish.dateRange = undefined;
    return;
  }
  if (date === undefined && dateRange === undefined) return;
  wish.anyDate = false;
  wish.date = date;
  wish.dateRange = date === undefined ? dateRange : undefined;
  const readings = heard.ambiguous.date?.toSorted() ?? [];
  const [first, last] = [readings[0], readings.at(-1)];
  const near = first !== undefined && last !== undefined && last <= addDays(first, daysOfferedTogether);
  wish.dates = near ? readings : [];
}

function absorbTime({ heard, state }: Turn): void {
  const { wish } = state;
  const { time, timeRange } = heard.slots;
  if (heard.invalid.time !== undefined) {
    wish.time = undefined;
    wish.timeReadings = [];
    return;
  }
  if (time !== undefined) {
    wish.time = time;
    wish.timeReadings = heard.ambiguous.time ?? [];
    wish.timeRange = undefined;
    wish.anyTime = false;
  } else if (timeRange !== undefined) {
    // "De la tarde" settles which five was meant.
    const { from = '00:00', to = '24:00' } = timeRange;
    const meant = onlyOne(wish.timeReadings.filter((reading) => from <= reading && reading < to));
    wish.timeReadings = [];
    if (meant !== undefined) {
      wish.time = meant;
      return;
    }
    wish.time = undefined;
    wish.timeRange = timeRange;
    wish.anyTime = false;
  }
}

/** "¿Algo más tarde?" is seen from the slots that were named. */
function absorbLaterOrEarlier({ wish, offered }: ConversationState, text: string): void {
  const [first, last] = [offered[0], offered.at(-1)];
  if (first === undefined || last === undefined || wish.time !== undefined) return;
  const folded = foldText(text);
  if (/\b(algo|otro|un poco|anything|something|any)?\s*(mas tarde|later)\b/.test(folded))
    wish.timeRange = { from: toClock(toMinutes(last.time) + 1) };
  else if (/\b(mas temprano|earlier|sooner)\b/.test(folded)) wish.timeRange = { to: first.time };
}

/** Takes one of the appointments that the last reply listed. */
function pickAppointment(turn: Turn): void {
  const { state, text, awaited } = turn;
  if (awaited !== 'appointment') return;
  const index = pickIndex(text, state.appointments.length, { numbered: true });
  const picked = index === undefined ? undefined : state.appointments[index];
  if (picked !== undefined) state.chosen = picked.code;
}
