import type { ClockSpec, DayPart, HourSpan, Meridiem } from './meaning.ts';

const halfDay = 720;
const wholeDay = 1440;
/** A shop is open between these; a bare hour is read so that it falls between them. */
const opening = 480;

/** A time of an hour and minutes as said. */
export function clockOf(hour: number, minute: number, settled = false): ClockSpec {
  if (hour > 24 || minute > 59 || (hour === 24 && minute > 0)) return { minutes: 0, settled: true, impossible: true };
  return { minutes: (hour % 24) * 60 + minute, settled: settled || hour > 12 || hour === 0 };
}

/** Moves a time by minutes ("menos cuarto"). */
export function shiftClock(clock: ClockSpec, minutes: number): ClockSpec {
  return { ...clock, minutes: (clock.minutes + minutes + wholeDay) % wholeDay };
}

/** Both readings of a time, the one that a person at a counter would take first; one reading where the text settles it. */
export function clockReadings(clock: ClockSpec): number[] {
  if (clock.settled) return [clock.minutes];
  const morning = clock.minutes % halfDay;
  return morning >= opening ? [morning, morning + halfDay] : [morning + halfDay, morning];
}

/** The reading that a person at a counter would take. */
export function likelyReading(clock: ClockSpec): number {
  return clockReadings(clock)[0] ?? clock.minutes;
}

/** Applies "am" or "pm". An hour above 12 needs none and keeps what it says. */
export function withMeridiem(clock: ClockSpec, meridiem: Meridiem): ClockSpec {
  if (clock.impossible === true || clock.minutes >= 780) return { ...clock, settled: true, marked: true };
  const morning = clock.minutes % halfDay;
  return { ...clock, minutes: meridiem === 'am' ? morning : morning + halfDay, settled: true, marked: true };
}

/** Applies "de la tarde", "at night" and the like. */
export function withPart(clock: ClockSpec, part: DayPart): ClockSpec {
  if (clock.impossible === true || clock.minutes >= 780) return { ...clock, settled: true, marked: true };
  const morning = clock.minutes % halfDay;
  const settled = { ...clock, settled: true, marked: true };
  switch (part) {
    case 'dawn':
      return { ...settled, minutes: morning };
    case 'morning':
      // "las 12 de la mañana" is noon.
      return { ...settled, minutes: morning < 60 ? morning + halfDay : morning };
    case 'noon':
      return { ...settled, minutes: morning < 240 ? morning + halfDay : morning };
    case 'afternoon':
    case 'evening':
      return { ...settled, minutes: morning + halfDay };
    case 'night':
      // "las 12 de la noche" is midnight, "las 2 de la noche" comes after it.
      return { ...settled, minutes: morning < 300 ? morning : morning + halfDay };
  }
}

/** "de 9 a 12", "1-3 pm": settles both ends. Undefined where they make no range within a day. */
export function hoursBetween(from: ClockSpec, to: ClockSpec): HourSpan | undefined {
  if (from.impossible === true || to.impossible === true) return undefined;
  const ends = endReadings(to);
  if (from.settled) {
    const end = ends.find((reading) => reading > from.minutes);
    return end === undefined ? undefined : { from: from.minutes, to: end };
  }
  if (to.settled) {
    // The half of the day that was said at the end holds for the beginning as well, where it can.
    const begin = clockReadings(from)
      .toSorted((one, other) => other - one)
      .find((reading) => ends.some((end) => reading < end));
    const end = ends.find((reading) => begin !== undefined && reading > begin);
    return begin === undefined || end === undefined ? undefined : { from: begin, to: end };
  }
  const begin = likelyReading(from);
  const end = ends.find((reading) => reading > begin);
  return end === undefined ? undefined : { from: begin, to: end };
}

/** Readings of the end of a range, the earlier one first. Midnight at the end of a range is the end of the day. */
function endReadings(clock: ClockSpec): number[] {
  return clockReadings(clock)
    .map((reading) => (reading === 0 ? wholeDay : reading))
    .toSorted((one, other) => one - other);
}
