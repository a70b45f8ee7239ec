/** What a message to a house that takes reservations says and does not mean, and what only the conversation tells of it. */
import { foldText } from '../../language/text.ts';
import { addDays } from '../../language/time/calendar.ts';
import type { Scene } from '../hear.ts';
import { overheardName } from '../own-name.ts';
import type { Intent, ReservationUnderstanding } from './contract.ts';
import type { MomentShape } from './moment.ts';
import { understand } from './understand.ts';

/** A date without a year that lies further ahead was meant to be this year's. */
const daysMeantByADate = 300;

/** What is meant, of what was heard. */
export function refineReservation(heard: ReservationUnderstanding, scene: Scene<MomentShape>): ReservationUnderstanding {
  const { input, state } = scene;
  const meant = withPeople(withBareHour(withoutSayings(heard, scene), scene), scene);
  const { services, staff } = input.vocabulary;
  const name = overheardName(input.text, meant, state, [...services, ...staff]);
  return name === undefined ? meant : { ...meant, slots: { ...meant.slots, name } };
}

const counts: Readonly<Record<string, number>> = { dos: 2, two: 2, tres: 3, three: 3, cuatro: 4, four: 4 };

/** "Dos cortes", "uno para mí y otro para mi hijo": as many people, where the message does not count them itself. */
function withPeople(
  heard: ReservationUnderstanding,
  { input: { vocabulary }, folded }: Scene<MomentShape>,
): ReservationUnderstanding {
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

/** "Mejor 11", "make it 11", "11": once a slot is kept, a bare number that corrects or stands alone is the hour. */
function withBareHour(
  heard: ReservationUnderstanding,
  { input: { text, vocabulary }, now, state: { held, awaiting } }: Scene<MomentShape>,
): ReservationUnderstanding {
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
  heard: ReservationUnderstanding,
  { topics, input: { text, vocabulary }, folded, now }: Scene<MomentShape>,
): ReservationUnderstanding {
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
