/** The nights that a text names, on top of the mentions of time that the language layer finds. */
import type { DateRange, IsoDate, Language, ReferenceTime, TimeMention } from '../../language/contract.ts';
import { foldText } from '../../language/text.ts';
import { addDays, addMonths, formatIsoDate, isoWeekday, parseIsoDate, partsOf } from '../../language/time/calendar.ts';
import { findTimeMentions } from '../../language/time/mentions.ts';
import type { StayReading } from './contract.ts';
import { longWeekend } from './long-weekends.ts';
import { quantity, readQuantity } from './quantity.ts';

export interface DatesReading
  extends Pick<StayReading, 'checkIn' | 'checkOut' | 'nights' | 'asDays' | 'nightsMore' | 'lone' | 'period' | 'problem'> {
  /** The folded text with what was read here blanked. */
  rest: string;
}

const nightWord = '(?:noches?|nochecitas?|nights?|nites?|nts)';
const moreNights = new RegExp(
  `\\b(?:(${quantity}) ${nightWord} (?:mas|more|extra|adicional(?:es)?|menos|less)|(${quantity}) (?:more|extra|additional|less|fewer) ${nightWord}|(?:quit|sac|rest|acort)\\w* (${quantity}) ${nightWord})`,
);
const nightsSaid = new RegExp(`\\b(${quantity})[ -]${nightWord}\\b(?! de(?:l)? la)`, 'g');
const daysSaid = new RegExp(
  `(?<!\\b(?:en|in|dentro de|within|hace|every|cada|los|next|proximos|last) )\\b(${quantity}) (?:dias?|days?)\\b(?! (?:antes|despues|before|after|later|mas tarde|ago))`,
  'g',
);
const weeksSaid = new RegExp(
  `(?<!\\b(?:en|in|dentro de|within|hace|de aca|esta|next|los) )\\b(${quantity}) (?:semanas?|weeks?)\\b(?! (?:antes|despues|before|after|later|de (?:enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre)|ago|santa))`,
  'g',
);
const fortnight = /\b(?:una quincena|la quincena completa|a fortnight|two weeks)\b/;

const arrives =
  /(?:lleg\w+|entr(?:o|a|ada|ando|amos|ar|aria\w*)|ingres\w+|arrib\w+|arriv\w+|check(?:ing)?[ -]?in\b|desde|from|starting|start|a partir|empez\w+|empiez\w+|comenz\w+|begin\w*|(?<!me |nos )(?:voy|vamos)|viajo)\s*(?:\S+\s+){0,3}$/;
const leaves =
  /(?:me voy|nos vamos|irme|irnos|me iria|nos iriamos|sal(?:go|gamos|imos|ida|iendo|dria\w*)|leav\w+|depart\w+|check(?:ing)?[ -]?out|hasta|until|till?|through|thru|retir\w+|vuelvo|volvemos|regres\w+|out|going home|egres\w+)\s*(?:\S+\s+){0,3}$/;
const corrects =
  /\b(?:perdon|digo|(?<!\bo |\by )sino|mejor|sorry|i mean|rather|actually|make it|en realidad|disculp\w*|no,? (?:el|del|from))\b/;
const ofMonth =
  /\b(?:ene|enero|feb|febrero|mar|marzo|abr|abril|mayo|jun|junio|jul|julio|ago|agosto|sep|sept|septiembre|setiembre|oct|octubre|nov|noviembre|dic|diciembre|jan|january|february|march|apr|april|may|june|july|aug|august|september|october|november|dec|december)\b|\d\s*[/.-]\s*\d/;
const weekend = /\b(?:finde|findes|fin de semana|fines de semana|fds|weekend|wknd)\b/;
const longOne = /\b(?:(?:finde|fin de semana|feriado) (?:xl|largo|extra ?largo)|long weekend|bank holiday weekend|puente)\b/;
const holyWeek = /\b(?:semana santa|pascuas?|holy week|easter)\b/;
const wholePeriod =
  /\b(?:semana|semanas|week|weeks|mes|meses|month|quincena|verano|invierno|primavera|otono|summer|winter|spring|autumn|ano|year|temporada|vacaciones)\b/;

type Dated = Extract<TimeMention, { kind: 'date' | 'date-range' }> & { said: string; before: string };

const blank = (text: string, start: number, end: number): string =>
  `${text.slice(0, start)}${' '.repeat(Math.max(0, end - start - 1))}¤${text.slice(end)}`;

/** A stay of more nights than this is asked about: a date was likely misread. */
export const mostNights = 60;

interface DatesScene {
  now: ReferenceTime;
  language: Language;
  /** Days off of the hotel's country, for long weekends. */
  holidays: readonly IsoDate[];
  /** The check-in that is talked about. */
  around: IsoDate | undefined;
}

export function readDates(text: string, { now, language, holidays, around }: DatesScene): DatesReading {
  // Folding keeps the length of composed letters, so that positions hold in both.
  const composed = text.normalize('NFC');
  let folded = foldText(composed);
  const reading: DatesReading = { rest: folded };
  folded = readNights(folded, reading);
  const kept = [...composed].length === [...folded].length ? keepCase(composed, folded) : folded;
  const mentions = findTimeMentions(kept, now, language).map((mention) =>
    around === undefined ? mention : aroundStay(mention, folded.slice(mention.start, mention.end), around, now.date),
  );
  const long = longOne.exec(folded);
  const dated: Dated[] = [];
  let previous = 0;
  for (const mention of mentions) {
    if (mention.kind === 'date' || mention.kind === 'date-range')
      dated.push({
        ...mention,
        said: folded.slice(mention.start, mention.end),
        before: folded.slice(Math.max(previous, mention.start - 48), mention.start),
      });
    if (mention.kind === 'invalid' && reading.problem === undefined) {
      const said = composed.slice(mention.start, mention.end);
      if (mention.reason === 'no-such-date') reading.problem = { kind: 'no-such-date', text: said };
      if (mention.reason === 'weekday-mismatch')
        reading.problem = { kind: 'weekday-mismatch', text: said, ...(mention.date === undefined ? {} : { date: mention.date }) };
    }
    previous = mention.end;
  }
  let rest = folded;
  for (const mention of mentions)
    if (mention.kind !== 'time' && mention.kind !== 'duration') rest = blank(rest, mention.start, mention.end);
  reading.rest = rest.replaceAll(/ {2,}/g, ' ');
  if (long !== null) {
    const within = dated.flatMap((each) => (each.kind === 'date-range' && !weekend.test(each.said) ? [each.range] : []))[0];
    const found = longWeekend(holidays, now.date, within);
    if (found === undefined) reading.period = within ?? { from: now.date };
    else Object.assign(reading, found);
    return reading;
  }
  placeDates(dated, folded, reading, now, language);
  readSmallHours(mentions, dated, reading, now, folded);
  return reading;
}

const weekdayWord = '(?:lun|mar|mie|jue|vie|sab|dom|mon|tue|wed|thu|fri|sat|sun)[a-z]*';
const bareWeekdays = new RegExp(
  `^(?:(?:el|un|on|the|a|de|del|desde|from|desde el) )*${weekdayWord}(?: (?:al?|hasta|to|until|-) (?:el |the )?${weekdayWord})?$`,
);

/** "Y si llegamos el sábado", of a stay in February, is the Saturday next to the check-in that was talked about. */
function aroundStay(mention: TimeMention, said: string, around: IsoDate, today: IsoDate): TimeMention {
  if (parseIsoDate(around) - parseIsoDate(today) <= 6 || !bareWeekdays.test(said)) return mention;
  const nearest = (date: IsoDate): IsoDate => addDays(around, ((isoWeekday(date) - isoWeekday(around) + 10) % 7) - 3);
  if (mention.kind === 'date') {
    const { alternatives: _, ...rest } = mention;
    return { ...rest, date: nearest(mention.date) };
  }
  if (mention.kind !== 'date-range' || mention.range.from === undefined || mention.range.to === undefined) return mention;
  const from = nearest(mention.range.from);
  return { ...mention, range: { from, to: addDays(from, parseIsoDate(mention.range.to) - parseIsoDate(mention.range.from)) } };
}

/** The original where letters were kept, blanks where something was read: the grammar knows names by their capitals. */
function keepCase(composed: string, folded: string): string {
  return [...composed]
    .map((letter, index) => (folded[index] === ' ' || folded[index] === '¤' ? (folded[index] ?? letter) : letter))
    .join('');
}

function readNights(folded: string, reading: DatesReading): string {
  let rest = folded;
  const more = moreNights.exec(rest);
  if (more !== null) {
    const count = readQuantity(more[1] ?? more[2] ?? more[3] ?? '1');
    reading.nightsMore = /menos|less|fewer|quit|sac|rest|acort/.test(more[0]) ? -count : count;
    return blank(rest, more.index, more.index + more[0].length);
  }
  const takenOut = (expression: RegExp, nightsEach: number, asDays = false): void => {
    for (const match of [...rest.matchAll(expression)]) {
      const count = readQuantity(match[1] ?? '');
      if (!(count > 0)) continue;
      // "5 días y 4 noches": the nights are what is sold.
      if (!asDays || reading.nights === undefined) {
        reading.nights = count * nightsEach;
        if (asDays) reading.asDays = true;
      }
      rest = blank(rest, match.index, match.index + match[0].length);
    }
  };
  takenOut(nightsSaid, 1);
  if (fortnight.test(rest) && reading.nights === undefined) {
    const found = fortnight.exec(rest);
    reading.nights = /week/.test(found?.[0] ?? '') ? 14 : 15;
    if (found !== null) rest = blank(rest, found.index, found.index + found[0].length);
  }
  takenOut(weeksSaid, 7, true);
  takenOut(daysSaid, 1, true);
  if (reading.nights === undefined && /\b(?:esta noche|solo por hoy|hoy a la noche|tonight|just (?:for )?tonight)\b/.test(rest))
    reading.nights = 1;
  return rest;
}

/** Friday to Sunday of a weekend that is named; the rest of it where it has begun. */
function nightsOfWeekend(
  { from = '' }: DateRange,
  today: IsoDate,
  nights: number | undefined,
): { checkIn: IsoDate; checkOut: IsoDate } {
  const saturday = isoWeekday(from) === 6 ? from : addDays(from, (6 - isoWeekday(from) + 7) % 7);
  const friday = addDays(saturday, -1);
  const checkIn = nights === 1 || friday < today ? (saturday < today ? today : saturday) : friday;
  return { checkIn, checkOut: nights === undefined ? addDays(saturday, 1) : addDays(checkIn, nights) };
}

const isPeriod = (said: string): boolean =>
  wholePeriod.test(said) || (ofMonth.test(said) && !/\d|\b(?:primero|first)\b/.test(said));

function placeDates(dated: readonly Dated[], folded: string, reading: DatesReading, now: ReferenceTime, language: Language): void {
  let firstSaid = '';
  const setIn = (date: IsoDate, said: string): void => {
    reading.checkIn = date;
    firstSaid = said;
  };
  for (const [index, mention] of dated.entries()) {
    const { said, before } = mention;
    const correctsEarlier = index > 0 && corrects.test(before);
    if (mention.kind === 'date-range') {
      const { range } = mention;
      const { from, to } = range;
      if (from !== undefined && to === undefined) setIn(from, said);
      else if (to !== undefined && from === undefined) reading.checkOut = to;
      else if (from !== undefined && to !== undefined) {
        if (reading.checkIn !== undefined && reading.checkOut !== undefined && !correctsEarlier) continue;
        if (weekend.test(said)) Object.assign(reading, nightsOfWeekend(range, now.date, reading.nights));
        else if (isPeriod(said) && !holyWeek.test(said)) reading.period = range;
        else settleRange(said, { from, to }, reading, language);
      }
      continue;
    }
    const { date } = mention;
    const leaving = leaves.exec(before);
    const arriving = arrives.exec(before);
    if (leaving !== null && (arriving === null || leaving.index > arriving.index)) {
      reading.checkOut = date;
      alignEnds(reading, firstSaid, said);
    } else if (arriving !== null) setIn(date, said);
    else if (
      reading.checkIn !== undefined &&
      reading.checkOut === undefined &&
      /^\s*(?:,|y|al?|and|to|-|–|hasta|until)\s*(?:el|the)?\s*$/.test(before)
    ) {
      reading.checkOut = reading.nights === undefined ? date : addDays(reading.checkIn, reading.nights);
      alignEnds(reading, firstSaid, said);
    } else if (reading.lone !== undefined && /^\s*(?:,|y|al?|and|to|-|–)\s*(?:el|the)?\s*$/.test(before)) {
      setIn(reading.lone, firstSaid);
      delete reading.lone;
      // "5 y 6 de enero, 2 noches" names the nights, not the morning after.
      reading.checkOut = date;
      alignEnds(reading, firstSaid, said);
      if (reading.nights !== undefined) reading.checkOut = addDays(reading.checkIn ?? date, reading.nights);
    } else if (reading.checkIn === undefined || correctsEarlier) {
      const nightBefore = /\b([0-3]?\d) y (?:el )?$/.exec(before);
      if (correctsEarlier && reading.checkIn !== undefined) setIn(date, said);
      else if (nightBefore !== null && Number(nightBefore[1]) === Number(date.slice(8)) - 1) {
        // "5 y 6 de enero, 2 noches" names the nights, not the morning after.
        setIn(addDays(date, -1), said);
        reading.checkOut = addDays(date, (reading.nights ?? 1) - 1);
      } else {
        reading.lone = date;
        firstSaid = said;
      }
    }
  }
  if (reading.lone !== undefined && reading.checkOut !== undefined && reading.checkIn === undefined) {
    if (reading.lone < reading.checkOut) reading.checkIn = reading.lone;
    delete reading.lone;
  }
  const open = reading.checkIn !== undefined && reading.checkOut !== undefined;
  if (open && reading.checkOut !== undefined && reading.checkIn !== undefined && reading.checkOut <= reading.checkIn)
    alignEnds(reading, firstSaid, /\b(?:hasta|until|till)\b/.test(folded) ? '0' : folded);
}

/** "Entrando el 5 y saliendo el 8 de enero": the month that one end names is that of both; an end without one follows the beginning. */
function alignEnds(reading: DatesReading, first: string, second: string): void {
  const { checkIn, checkOut } = reading;
  if (checkIn === undefined || checkOut === undefined) return;
  const [start, end] = [parseIsoDate(checkIn), parseIsoDate(checkOut)];
  const bare = (said: string): boolean => /\d/.test(said) && !ofMonth.test(said);
  if (bare(first) && ofMonth.test(second) && end - start > 27) {
    const { year, month } = partsOf(end);
    const { day } = partsOf(start);
    const moved = `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
    if (moved < checkOut) reading.checkIn = moved;
  } else if (end <= start && bare(second)) {
    let later = end;
    for (let months = 1; later <= start && months < 24; months++) later = addMonths(end, months);
    reading.checkOut = formatIsoDate(later);
  } else if (end <= start && !ofMonth.test(second)) reading.checkOut = addDays(checkOut, Math.ceil((start - end + 1) / 7) * 7);
}

function settleRange(said: string, { from, to }: { from: IsoDate; to: IsoDate }, reading: DatesReading, language: Language): void {
  const nights = parseIsoDate(to) - parseIsoDate(from);
  const numeric = [...said.matchAll(/\b(\d{1,2})\s*\/\s*(\d{1,2})\b/g)];
  // "From 5/3 to 5/8" in English is May where March to August would be a stay of months.
  if (language === 'en' && nights > mostNights && numeric.length === 2) {
    const [one, other] = numeric.map(([, month, day]) => `${from.slice(0, 4)}-${month?.padStart(2, '0')}-${day?.padStart(2, '0')}`);
    if (one !== undefined && other !== undefined && one < other && parseIsoDate(other) - parseIsoDate(one) <= mostNights) {
      reading.checkIn = one;
      reading.checkOut = other;
      return;
    }
  }
  const days = [...said.matchAll(/\b(\d{1,2})\b/g)].map(([, day]) => Number(day));
  const months = said.match(new RegExp(ofMonth.source, 'g')) ?? [];
  const [first = 0, second = 0] = days;
  // "Del 20 al 18 de enero" is a slip more often than four weeks.
  const oneMonth = months.length === 1 || (months.length === 2 && months[0]?.trim() === months[1]?.trim());
  if (oneMonth && !/\/|\d{4}/.test(said) && first >= second && second > 0 && nights > 21) {
    reading.problem = { kind: 'order', checkIn: `${to.slice(0, 8)}${String(first).padStart(2, '0')}`, checkOut: to };
    return;
  }
  reading.checkIn = from;
  reading.checkOut = to;
}

/** An arrival at one in the morning of a day is in the night of the day before. */
function readSmallHours(
  mentions: readonly TimeMention[],
  dated: readonly Dated[],
  reading: DatesReading,
  now: ReferenceTime,
  folded: string,
): void {
  const date = reading.checkIn ?? reading.lone;
  if (date === undefined || reading.problem !== undefined || /\b(?:check ?-?out|sal(?:go|ida|ir)|late)\b/.test(folded)) return;
  const hours = mentions.find((mention) => mention.kind === 'time');
  const small = (time: string): boolean => time < '05:00';
  const early =
    (hours?.kind === 'time' &&
      (small(hours.time) || hours.alternatives?.some(small) === true) &&
      /\b(?:hoy|today|manana|tomorrow)\b|madrugada|am\b|a\.m/.test(folded)) ||
    /\bde (?:la )?madrugada\b|\bin the small hours\b/.test(folded);
  const duringNight = small(now.time) && date === now.date && dated.some(({ said }) => /\b(?:hoy|today|esta|ton)\b/.test(said));
  if (!early && !duringNight) return;
  // At noon "hoy a la 1" can only be one of the afternoon or of the night that comes: the night of today either way.
  if (date === now.date && !small(now.time)) return;
  reading.problem = { kind: 'after-midnight', nights: [addDays(date, -1), date] };
}
