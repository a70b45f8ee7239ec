import type { DayNumber } from './calendar.ts';

/** A date as it was said. What the text leaves open (month, year) is settled when it is resolved against today. */
export interface DateSpec {
  /** The date itself, where it follows from today ("mañana", "el viernes"). */
  fixed?: DayNumber;
  day?: number;
  month?: number;
  year?: number;
  /** Weekday that was said, 0 for Sunday. */
  weekday?: number;
  /** True where the weekday is all that was said: at the end of a range it follows the range's beginning. */
  bareWeekday?: boolean;
  alternatives?: DayNumber[];
}

/** Both ends included; an open end is absent. */
export interface DaySpan {
  from?: DayNumber;
  to?: DayNumber;
}

/** A month of a year. */
export interface MonthSpec {
  year: number;
  month: number;
  /** True where the text leaves the year open, so that the other end of a range may settle it. */
  open?: boolean;
}

export interface Container {
  kind: 'week' | 'month' | 'year';
  from: DayNumber;
  to: DayNumber;
}

/** One end of a range of days; `month` where its year is open or may be given by the other end. */
export interface Edge {
  from: DayNumber;
  to: DayNumber;
  month?: MonthSpec;
}

/** Where a holiday falls in a year: a day, a day counted from Easter, or the nth weekday of a month (the last one where `nth` is -1). */
export type HolidayRule =
  | { month: number; day: number }
  | { easter: number; through?: number }
  | { month: number; weekday: number; nth: number; plus?: number };

export type Meridiem = 'am' | 'pm';

/** A time as it was said. */
export interface ClockSpec {
  /** Minutes since midnight, of the hour as said: 5:30 for "las 5 y media". */
  minutes: number;
  /** True where the text settles which half of the day it is. */
  settled: boolean;
  approximate?: boolean;
  /** Set for 25:00 or 12:75. */
  impossible?: boolean;
  /** True where more than a bare number says that it is a time. */
  marked?: boolean;
}

export type DayPart = 'dawn' | 'morning' | 'noon' | 'afternoon' | 'evening' | 'night';

/** Minutes since midnight; `from` included, `to` excluded. */
export interface HourSpan {
  from?: number;
  to?: number;
}

/** A length of time. Months stay months so that "en un mes" keeps the day. */
export interface Duration {
  minutes?: number;
  days?: number;
  months?: number;
}

/** What one phrase says. Two pieces for phrases that name a date and a time at once ("esta noche"). */
export type MeaningPiece =
  | { kind: 'date'; date: DateSpec }
  /** `joined` where two dates were named: "from … to …". */
  | { kind: 'span'; span: DaySpan; joined?: boolean }
  | { kind: 'clock'; clock: ClockSpec }
  | { kind: 'hours'; hours: HourSpan; part?: DayPart }
  | { kind: 'amount'; amount: Duration }
  | { kind: 'impossible-date' };

/** The kinds of phrase that the grammar knows, with the type of what they mean. */
export interface Symbols {
  number: number;
  ordinal: number;
  /** Day of the month, 1 to 31. */
  dayNumber: number;
  monthNumber: number;
  year: number;
  /** An hour as said, 0 to 24 (and a little more, which is impossible). */
  hour: ClockSpec;
  minute: number;
  digital: ClockSpec;
  dotted: ClockSpec;
  /** Hours and minutes without a sign between: "0730", "1140". */
  joinedClock: ClockSpec;
  numericDate: DateSpec;
  weakDate: DateSpec;
  weekday: number;
  weekdayShort: number;
  month: number;
  monthShort: number;
  anyMonth: number;
  unit: Duration;
  part: DayPart;
  /** Days from today. */
  relativeDay: number;
  /** Weeks from this one. */
  week: number;
  monthOfYear: MonthSpec;
  dayOfMonth: DateSpec;
  date: DateSpec;
  rangeEnd: DateSpec;
  period: DaySpan;
  /** A week, month or year that has days, weekdays, weeks and parts in it. */
  container: Container;
  holiday: HolidayRule;
  /** Words that join phrases, shared by many rules: before a noun phrase, "of", and the names of the parts of a period. */
  lead: true;
  of: true;
  beginning: true;
  middle: true;
  end: true;
  /** One end of "from … to …" where it is more than a day: a month, a week, a year, now. */
  edge: Edge;
  span: DaySpan;
  meridiem: Meridiem;
  reading: ClockSpec;
  tail: Meridiem | DayPart | 'hours' | 'sharp';
  rangeClock: ClockSpec;
  clock: ClockSpec;
  dayPart: DayPart;
  hours: HourSpan;
  amount: Duration;
  mention: MeaningPiece[];
}
export type SymbolName = keyof Symbols;
