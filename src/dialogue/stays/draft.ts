/** A stay over several messages: what each says is taken into the draft. */
import type { IsoDate, ReferenceTime } from '../../language/contract.ts';
import { addDays, parseIsoDate } from '../../language/time/calendar.ts';
import type { MissingOfStay, Stay, StayDraft, StayReading } from './contract.ts';
import { mostNights } from './dates.ts';

/** Nights from one date to another. */
export const nightsBetween = (from: IsoDate, to: IsoDate): number => parseIsoDate(to) - parseIsoDate(from);

/** Takes a message into what is known. A later value replaces an earlier one; what no longer fits is asked for again. */
export function mergeStay(draft: StayDraft, said: StayReading, asked: MissingOfStay | undefined, now: ReferenceTime): StayDraft {
  const merged: StayDraft = { ...draft };
  delete merged.problem;
  mergeDates(merged, said, asked);
  mergeParty(merged, said);
  if (said.rooms !== undefined) merged.rooms = mergeRooms(draft.rooms, said);
  const problem = problemOf(merged, said, now);
  if (problem !== undefined) merged.problem = problem;
  if (merged.checkIn !== undefined && merged.checkOut !== undefined && problem === undefined) {
    merged.nights = nightsBetween(merged.checkIn, merged.checkOut);
    delete merged.period;
  }
  return merged;
}

function mergeDates(merged: StayDraft, said: StayReading, asked: MissingOfStay | undefined): void {
  const { checkIn: hadIn, checkOut: hadOut } = merged;
  const hadBoth = hadIn !== undefined && hadOut !== undefined;
  const had = hadBoth ? nightsBetween(hadIn, hadOut) : merged.nights;
  const leaving = said.lone !== undefined && asked === 'checkOut' && hadIn !== undefined && said.lone > hadIn;
  const checkIn = said.checkIn ?? (leaving ? undefined : said.lone);
  const checkOut = said.checkOut ?? (leaving ? said.lone : undefined);
  if (checkIn !== undefined) {
    merged.checkIn = checkIn;
    if (checkOut === undefined) {
      // The stay moves as a whole: "mejor el 15".
      const nights = said.nights ?? had;
      if (nights === undefined) delete merged.checkOut;
      else merged.checkOut = addDays(checkIn, nights);
    }
  }
  if (checkOut !== undefined) {
    merged.checkOut = checkOut;
    if (checkIn === undefined && hadIn === undefined && said.nights !== undefined) merged.checkIn = addDays(checkOut, -said.nights);
    if (checkIn === undefined && hadIn !== undefined && checkOut <= hadIn) delete merged.checkIn;
  }
  if (said.nights !== undefined) {
    merged.nights = said.nights;
    if (merged.checkIn !== undefined && (checkOut === undefined || merged.checkOut === undefined)) {
      const dated = asked === 'dates' || asked === 'checkIn' || asked === 'checkOut' || asked === 'problem';
      if (!hadBoth || said.correction || checkIn !== undefined || dated) merged.checkOut = addDays(merged.checkIn, said.nights);
    }
  }
  // "Una noche más, hasta el 5" says the end twice.
  if (said.nightsMore !== undefined && said.checkOut === undefined && merged.checkOut !== undefined)
    merged.checkOut = addDays(merged.checkOut, said.nightsMore);
  if (said.period !== undefined && checkIn === undefined) {
    merged.period = said.period;
    if (hadBoth && (said.correction || hadIn < (said.period.from ?? '') || hadIn > (said.period.to ?? '9999'))) {
      delete merged.checkIn;
      delete merged.checkOut;
    }
  }
}

function mergeParty(merged: StayDraft, said: StayReading): void {
  if (said.adults !== undefined) {
    merged.adults = said.adults;
    if (said.children === undefined && merged.children === undefined) merged.children = 0;
  }
  if (said.children !== undefined) {
    if (said.children !== merged.children) delete merged.ages;
    // "Uno es un nene" of people who were counted already.
    if (said.adults === undefined && said.guests === undefined && merged.adults !== undefined && merged.children === undefined)
      merged.adults = Math.max(1, merged.adults);
    merged.children = said.children;
    if (said.children === 0) delete merged.ages;
  }
  if (said.guests !== undefined) {
    const children = merged.children ?? 0;
    merged.adults = said.guests > children ? said.guests - children : said.guests;
    if (said.guests <= children) {
      merged.children = 0;
      delete merged.ages;
    } else merged.children = children;
  }
  if (said.guestsMore !== undefined && merged.adults !== undefined) merged.adults += said.guestsMore;
  if (said.ages !== undefined && said.ages.length > 0) {
    const wanted = merged.children ?? said.ages.length;
    merged.children = Math.max(wanted, said.ages.length);
    const before = said.children === undefined ? (merged.ages ?? []) : [];
    merged.ages = before.length + said.ages.length <= merged.children ? [...before, ...said.ages] : said.ages;
  }
}

/** "Doble" said of rooms that were counted before keeps the count. */
function mergeRooms(had: StayDraft['rooms'], { rooms = [] }: StayReading): NonNullable<StayDraft['rooms']> {
  const [one] = rooms;
  const [before] = had ?? [];
  if (rooms.length !== 1 || one === undefined || had?.length !== 1 || before === undefined) return rooms;
  if (one.type === undefined && before.type !== undefined) return [{ type: before.type, count: one.count }];
  if (one.type !== undefined && before.type === undefined && one.count === 1) return [{ type: one.type, count: before.count }];
  return rooms;
}

function problemOf(merged: StayDraft, said: StayReading, now: ReferenceTime): StayDraft['problem'] {
  if (said.problem !== undefined) {
    delete merged.checkIn;
    delete merged.checkOut;
    return said.problem;
  }
  const { checkIn, checkOut } = merged;
  // Until five in the morning the night before is still to be had.
  const running = now.time < '05:00' ? addDays(now.date, -1) : now.date;
  if (checkIn !== undefined && checkIn < running) {
    delete merged.checkIn;
    delete merged.checkOut;
    return { kind: 'past' };
  }
  const nights = checkIn === undefined || checkOut === undefined ? merged.nights : nightsBetween(checkIn, checkOut);
  if (nights !== undefined && nights > mostNights) {
    delete merged.checkOut;
    delete merged.nights;
    return { kind: 'too-long', nights };
  }
  if (checkIn === undefined || checkOut === undefined || nights === undefined) return undefined;
  if (nights < 1) {
    delete merged.checkOut;
    return { kind: 'order', checkIn, checkOut };
  }
  const contradicts = said.nights !== undefined && said.nights !== nights && !(said.asDays === true && said.nights === nights + 1);
  return contradicts ? { kind: 'contradiction', nights: said.nights ?? nights, checkIn, checkOut } : undefined;
}

/** What has to be asked for next; `undefined` where the stay is whole. */
export function missingOf({
  problem,
  checkIn,
  checkOut,
  nights,
  adults,
  children = 0,
  ages = [],
}: StayDraft): MissingOfStay | undefined {
  if (problem !== undefined) return 'problem';
  if (checkIn === undefined) return nights === undefined && checkOut === undefined ? 'dates' : 'checkIn';
  if (checkOut === undefined) return 'checkOut';
  if (adults === undefined) return 'guests';
  return ages.length < children ? 'ages' : undefined;
}

/** The stay, where it is whole. */
export function wholeStay(draft: StayDraft): Stay | undefined {
  const { checkIn, checkOut, adults, children = 0, ages = [], rooms = [] } = draft;
  if (missingOf(draft) !== undefined || checkIn === undefined || checkOut === undefined || adults === undefined) return undefined;
  return { checkIn, checkOut, nights: nightsBetween(checkIn, checkOut), adults, children, ages: ages.slice(0, children), rooms };
}
