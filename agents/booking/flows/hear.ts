/** Hears a message: understands it, and leaves out what is said and not meant. */
import {
  type FlowTurn,
  findTimeMentions,
  type Intent,
  type ReferenceTime,
  readablePart,
  type TimeMention,
  type Understanding,
  understand,
} from '../../../src/index.ts';
import { addDays, localNow } from './calendar.ts';
import { overheardName } from './own-name.ts';
import { english } from './sentences/en.ts';
import { spanish } from './sentences/es.ts';
import { bookedAnswer, type ConversationState, endTask, heldAnswer, parseState } from './state.ts';
import { foldText, readTopics, type Topics } from './topics.ts';
import type { Turn } from './turn.ts';

/** A date without a year that lies further ahead was meant to be this year's. */
const daysMeantByADate = 300;

/** What stands at the beginning of a turn. */
export function hear(whole: FlowTurn): Turn {
  const input = { ...whole, text: readablePart(whole.text) };
  const state = parseState(input.state);
  const now = localNow(input.now, input.timeZone);
  const { vocabulary, text } = input;
  const takenOver = takeOver(state, input);
  if (input.fromPeople !== undefined) forgetQuestion(state);
  const folded = foldText(text);
  const topics = readTopics(folded);
  const understood = understand(withPauses(text), { now, vocabulary, awaiting: state.awaiting, language: state.language });
  const meant = withBareHour(withoutSayings(understood, topics, input, folded, now), input, now, state);
  const heard = withName(withPeople(meant, input, folded), input, state);
  const language = isNameOnly(text, heard, state) ? (state.language ?? heard.language) : heard.language;
  state.language = language;
  const awaited = state.awaiting;
  state.awaiting = undefined;
  const { personOffered } = state;
  state.personOffered = false;
  let mentions: readonly TimeMention[] | undefined;
  return {
    text,
    folded,
    mentions: () => {
      mentions ??= findTimeMentions(text, now, heard.language);
      return mentions;
    },
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
    personOffered,
    // Nobody told this planner's customer yet what is kept.
    heldNow: takenOver,
    asides: [],
    say: language === 'es' ? spanish : english,
  };
}

/** A person had the conversation since the last question was put: a "sí" answers them, not it. */
function forgetQuestion(state: ConversationState): void {
  state.awaiting = undefined;
  state.personOffered = false;
  state.misunderstandings = 0;
}

/**
 * The model planner served before and kept a slot: the booking goes on with it, so that a "sí" is not lost on a planner that was not
 * there. Name and contact are asked again, for they were said to the model.
 */
function takeOver(state: ConversationState, { latest, now }: FlowTurn): boolean {
  const hold = heldAnswer.safeParse(latest['hold_slot']?.output).data;
  if (hold === undefined || hold.expiresAt === state.knownHold || Date.parse(hold.expiresAt) <= now.getTime()) return false;
  state.knownHold = hold.expiresAt;
  const booked = bookedAnswer.safeParse(latest['book_appointment']?.output).data?.appointment;
  if (booked?.date === hold.slot.date && booked.time === hold.slot.time) return false;
  endTask(state);
  const { kind: _kind, ...held } = hold;
  const { slot, service } = held;
  state.task = 'book';
  state.held = held;
  state.wish = { ...state.wish, service, date: slot.date, time: slot.time };
  return true;
}

/** "No mejor pedicura" has a pause that nobody types: without it the "no" would be about what follows. */
function withPauses(text: string): string {
  return text.replace(/^(\W*(?:ay |uy |ah )?no) (mejor|prefiero|en realidad|al final|perd[oó]n)\b/i, '$1, $2');
}

function withName(heard: Understanding, { text, vocabulary }: FlowTurn, state: ConversationState): Understanding {
  const name = overheardName(text, heard, state, vocabulary);
  return name === undefined ? heard : { ...heard, slots: { ...heard.slots, name } };
}

const counts: Readonly<Record<string, number>> = { dos: 2, two: 2, tres: 3, three: 3, cuatro: 4, four: 4 };

/** "Dos cortes", "uno para mí y otro para mi hijo": as many people, where the message does not count them itself. */
function withPeople(heard: Understanding, { vocabulary }: FlowTurn, folded: string): Understanding {
  if (heard.slots.people !== undefined) return heard;
  const things = vocabulary.services.flatMap((service) => [service.name, ...(service.aliases ?? [])].map(foldText));
  const [, number = '', thing = ''] = /\b(dos|tres|cuatro|two|three|four|[2-4]) (\w+)\b/.exec(folded) ?? [];
  const counted =
    /^(turnos|citas|lugares|appointments|people|personas)$/.test(thing) ||
    things.some((name) => name !== '' && `${name}s` === thing);
  const both =
    /\b(para mi y (para |otro para )?\w+|uno para mi\b.{0,20}\botro para|para los dos|para las dos|for me and my|one for me\b.{0,20}\bone for|for both of us)\b/;
  const people = counted ? (counts[number] ?? Number(number)) : both.test(folded) ? 2 : undefined;
  return people === undefined ? heard : { ...heard, slots: { ...heard.slots, people } };
}

/** "Laura Gómez" or "ana at gmail dot com", in answer to the question for it, does not change the language of the conversation. */
function isNameOnly(text: string, { slots }: Understanding, { awaiting }: ConversationState): boolean {
  const most = slots.email === undefined ? 3 : 8;
  return (awaiting === 'name' || awaiting === 'contact') && text.trim().split(/\s+/).length <= most;
}

/** "Mejor 11", "make it 11", "11": once a slot is kept, a bare number that corrects or stands alone is the hour. */
function withBareHour(
  heard: Understanding,
  { text, vocabulary }: FlowTurn,
  now: ReferenceTime,
  { held, awaiting }: ConversationState,
): Understanding {
  const alone = awaiting !== 'contact' && /^\W*\d{1,2}\W*$/.test(text);
  const corrects = alone || /\b(mejor|cambi\w+|pon[ée]\w*|make it|instead|actually|rather)\b/i.test(text);
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
  folded: string,
  now: ReferenceTime,
): Understanding {
  const slots = { ...heard.slots };
  const saysNow = topics.soonest || /\b(ahora|ahorita|ya|momento|now)\b/.test(folded);
  const isNow = saysNow && (slots.time === now.time || (slots.timeRange?.from === now.time && slots.timeRange.to === undefined));
  if (isNow) {
    delete slots.time;
    delete slots.timeRange;
    if (slots.date === now.date && !topics.soonest && !/\b(hoy|today)\b/i.test(text)) delete slots.date;
  }
  // "Lo más temprano posible" names no part of the day.
  if (topics.soonest && /\b(temprano|early|earliest)\b/.test(folded)) delete slots.timeRange;
  const said = slots.name === undefined ? '' : foldText(slots.name);
  const namesake = vocabulary.staff.find((person) => said !== '' && foldText(person.name).startsWith(said));
  if (namesake !== undefined && new RegExp(`\\b(con|with) ${said}\\b`).test(folded)) {
    delete slots.name;
    slots.staff = namesake.name;
  }
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
