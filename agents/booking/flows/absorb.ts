/** Takes what a message tells into the state: who the customer is, and what they wish for. */
import type { ReservationSlots } from '../../../src/dialogue.ts';
import { bookAppointmentInput } from '../contract.ts';
import { addDays, isWithin, toClock, toMinutes } from './calendar.ts';
import { exclude } from './excluded.ts';
import { pickIndex } from './pick.ts';
import { daysOf } from './search.ts';
import type { Wish } from './state.ts';
import { readCode, readShift } from './topics.ts';
import { type Turn, wants } from './turn.ts';

/** Days named together ("mañana o el martes") are offered together up to this distance; beyond it the customer is asked. */
const daysOfferedTogether = 13;

/** ReservationSlots that lie this far apart, in minutes, are a picture of the day and not a point in it. */
const wideOffer = 4 * 60;

type TimeRange = NonNullable<ReservationSlots['timeRange']>;

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
      if (!exclude(turn)) absorbWhen(turn);
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
  const { heard, state } = turn;
  if (which === 'all') {
    const { date, time, service } = heard.slots;
    const said = { ...(date && { date }), ...(time && { time }), ...(service && { service }) };
    state.origin = { ...state.origin, ...said };
    // "No, el del martes": another one than the one at hand.
    if (Object.keys(said).length > 0) state.chosen = undefined;
    return;
  }
  if (heard.slots.service !== undefined) state.origin.service = heard.slots.service;
  const mentions = turn.mentions();
  const dates = mentions.filter((mention) => mention.kind === 'date').map((mention) => mention.date);
  const times = mentions.filter((mention) => mention.kind === 'time').map((mention) => mention.time);
  const [date] = dates;
  const [time] = times;
  if (dates.length > 1 && date !== undefined && date !== heard.slots.date) state.origin.date = date;
  if (times.length > 1 && time !== undefined && time !== heard.slots.time) state.origin.time = time;
}

/** Takes one of the slots that the last reply named. */
function pickOffered(turn: Turn): boolean {
  const { heard, state, text, folded, awaited, topics } = turn;
  const { wish, offered, proposed } = state;
  if (awaited !== 'time' || offered.length === 0 || topics.noneOfThese) return false;
  const { date, time, dateRange, timeRange, staff } = heard.slots;
  const readings = time === undefined ? undefined : (heard.ambiguous.time ?? [time]);
  const fitting = offered.filter(
    (slot) =>
      (date === undefined || slot.date === date) &&
      (readings === undefined || readings.includes(slot.time)) &&
      // "¿Y el lunes a la tarde?" does not take Monday morning.
      (timeRange === undefined || isWithin(slot.time, [{ from: timeRange.from ?? '00:00', to: timeRange.to ?? '24:00' }])) &&
      (staff === undefined || slot.staff === staff),
  );
  const told = date !== undefined || readings !== undefined;
  const index =
    told || dateRange !== undefined || timeRange !== undefined || text.split(/\s+/).length > 8
      ? undefined
      : pickIndex(folded, offered.length, { numbered: false });
  const agreed =
    !told &&
    text.split(/\s+/).length <= 8 &&
    dateRange === undefined &&
    timeRange === undefined &&
    (heard.intent === 'confirm' || pickIndex(folded, 1, { numbered: false }) === 0);
  const chosen = index === undefined ? (agreed ? proposed : undefined) : offered[index];
  const picked = told ? onlyOne(fitting) : chosen;
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
  const picked = turn.awaited === 'service' ? pickIndex(turn.folded, wish.choices.length, { numbered: true }) : undefined;
  const settled = wish.service !== undefined && state.task === 'book';
  if (service === undefined && picked !== undefined) {
    wish.service = wish.choices[picked];
    wish.choices = [];
  }
  if (service !== undefined && state.task !== 'reschedule' && !(aside && settled)) {
    const known = vocabulary.services.some((thing) => thing.name === service);
    const [first, ...others] = known ? [service] : service.split(' + ');
    wish.service = first;
    wish.alsoServices = others;
    wish.choices = [];
  }
  if (heard.ambiguous.service !== undefined && !settled) {
    wish.service = undefined;
    wish.choices = heard.ambiguous.service;
  }
  if ((heard.slots.people ?? 1) > 1) wish.people = heard.slots.people;
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
  absorbSame(turn);
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
  absorbLaterOrEarlier(turn);
}

/** "El mismo día", "a la misma hora" as what is booked or moved; "después" is after it. */
function absorbSame({ topics, state, folded }: Turn): void {
  const { wish, latest, held } = state;
  const moving = state.appointments.find((appointment) => appointment.code === state.chosen);
  if (topics.sameDay) {
    wish.date ??= held?.slot.date ?? moving?.date ?? latest?.date;
    const after = /\b(despues|luego|after(wards)?|later)\b/.test(folded);
    if (after && latest !== undefined && wish.date === latest.date && wish.time === undefined) {
      wish.timeRange = { from: toClock(toMinutes(latest.time) + latest.durationMinutes) };
    }
  }
  if (topics.sameTime) wish.time ??= moving?.time ?? latest?.time;
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
  wish.except = wish.except.filter((one) => one !== date);
  wish.date = date;
  wish.dateRange = date === undefined ? dateRange : undefined;
  const readings = heard.ambiguous.date?.toSorted() ?? [];
  const [first, last] = [readings[0], readings.at(-1)];
  const near = first !== undefined && last !== undefined && last <= addDays(first, daysOfferedTogether);
  wish.dates = near ? readings : [];
}

const isInRange = (time: string, { from = '00:00', to = '24:00' }: TimeRange): boolean => from <= time && time < to;

/**
 * "A las 10", heard as 22:00 for a "noche" that stands elsewhere in the message, may be ten in the morning: both are looked for, as heard
 * first. What names the half of the day itself ("a las 10 de la noche", "22 hs") is that.
 */
function readingsOf(time: string, said: string): string[] {
  const hour = Number(time.slice(0, 2));
  const half = /^\s*(hs? )?(y \w+ )?(pm|p\.m|am|a\.m|(de|por|a|in) (la|the) \w+)/;
  const bare = [...said.matchAll(/\b0?(\d{1,2})(:\d\d)?\b/g)].some(
    (found) => Number(found[1]) === hour - 12 && !half.test(said.slice(found.index + found[0].length)),
  );
  return hour > 12 && bare ? [time, `${String(hour - 12).padStart(2, '0')}${time.slice(2)}`] : [time];
}

function absorbTime({ heard, state, folded }: Turn): void {
  const { wish } = state;
  const { timeRange } = heard.slots;
  // "A las 10… o mejor a la tarde": two wishes, of which the wider one leads to a question.
  const outside = heard.slots.time !== undefined && timeRange !== undefined && !isInRange(heard.slots.time, timeRange);
  const time = outside ? undefined : heard.slots.time;
  if (heard.invalid.time !== undefined) {
    wish.time = undefined;
    wish.timeReadings = [];
    return;
  }
  const readings = time === undefined ? [] : (heard.ambiguous.time ?? readingsOf(time, folded));
  // The time that is settled already is not asked about again when it is said again.
  const settled = state.held?.slot.time ?? state.target?.time;
  if (settled !== undefined && readings.includes(settled)) {
    wish.time = settled;
    wish.timeReadings = [];
  } else if (time !== undefined) {
    wish.time = time;
    wish.timeReadings = readings.length > 1 ? [...readings] : [];
    wish.timeRange = undefined;
    wish.anyTime = false;
  } else if (timeRange !== undefined) {
    // "De la tarde" settles which five was meant.
    const meant = onlyOne(wish.timeReadings.filter((reading) => isInRange(reading, timeRange)));
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

/** "¿Algo más tarde?", "una hora antes": seen from the slot that is kept or from those that were named. */
function absorbLaterOrEarlier({ state, folded, heard, topics }: Turn): void {
  const { wish, offered, held } = state;
  if (heard.slots.time !== undefined || heard.slots.timeRange !== undefined) return;
  const shift = readShift(folded);
  const later = /\b(mas tarde|later|no tan temprano|not (so|that) early)\b/.test(folded);
  const earlier = /\b(mas temprano|earlier|sooner)\b/.test(folded);
  if (shift !== undefined) {
    wish.shift = shift;
    if (held !== undefined) shiftFrom(wish, held.slot);
    return;
  }
  if (topics.later || topics.soonest || topics.abandons) return;
  const times = held === undefined ? offered.map(({ time }) => time).toSorted() : [held.slot.time];
  const [first, last] = [times[0], times.at(-1)];
  if (first === undefined || last === undefined) return;
  // Where the whole day was offered "más tarde" means the later part of it.
  const middle = toClock(Math.round((toMinutes(first) + toMinutes(last)) / 2));
  const wide = toMinutes(last) - toMinutes(first) >= wideOffer;
  if (later) wish.timeRange = { from: wide ? middle : toClock(toMinutes(last) + 1) };
  else if (earlier) wish.timeRange = { to: wide ? middle : first };
  else if (held === undefined || !topics.whatIsFree) return;
  wish.time = undefined;
  wish.timeReadings = [];
}

/** Moves the wish by so many minutes from a moment. */
export function shiftFrom(wish: Wish, from: { date: string; time: string }): void {
  if (wish.shift === undefined) return;
  wish.date ??= from.date;
  wish.time = toClock(toMinutes(from.time) + wish.shift);
  wish.shift = undefined;
}

/** Takes one of the appointments that the last reply listed. */
function pickAppointment(turn: Turn): void {
  const { state, folded, awaited } = turn;
  if (awaited !== 'appointment') return;
  const index = pickIndex(folded, state.appointments.length, { numbered: true });
  const picked = index === undefined ? undefined : state.appointments[index];
  if (picked !== undefined) state.chosen = picked.code;
}
