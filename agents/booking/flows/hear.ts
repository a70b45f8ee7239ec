/** Hears a message: understands it, and leaves out what is said and not meant. */
import { type FlowTurn, type Intent, type ReferenceTime, type Understanding, understand } from '../../../src/index.ts';
import { addDays, localNow } from './calendar.ts';
import { english } from './sentences/en.ts';
import { spanish } from './sentences/es.ts';
import { type ConversationState, parseState } from './state.ts';
import { foldText, readTopics, type Topics } from './topics.ts';
import type { Turn } from './turn.ts';

/** A date without a year that lies further ahead was meant to be this year's. */
const daysMeantByADate = 300;

/** What stands at the beginning of a turn. */
export function hear(input: FlowTurn): Turn {
  const state = parseState(input.state);
  const now = localNow(input.now, input.timeZone);
  const { vocabulary, text } = input;
  const topics = readTopics(text);
  const understood = understand(text, { now, vocabulary, awaiting: state.awaiting, language: state.language });
  const heard = withBareHour(withoutSayings(understood, topics, input, now), input, now, state);
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
function withoutSayings(heard: Understanding, topics: Topics, { text, vocabulary }: FlowTurn, now: ReferenceTime): Understanding {
  const slots = { ...heard.slots };
  const folded = foldText(text);
  const saysNow = topics.soonest || /\b(ahora|ahorita|ya|momento|now)\b/.test(folded);
  const isNow = saysNow && (slots.time === now.time || (slots.timeRange?.from === now.time && slots.timeRange.to === undefined));
  if (isNow) {
    delete slots.time;
    delete slots.timeRange;
    if (slots.date === now.date && !topics.soonest && !/\b(hoy|today)\b/i.test(text)) delete slots.date;
  }
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
