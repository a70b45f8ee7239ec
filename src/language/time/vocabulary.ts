import type { DayPart, Duration, HolidayRule } from './meaning.ts';

/** Words of a language that name days, months, units and parts of the day. Folded; several words for one thing are separated by "/". */
export interface TimeVocabulary {
  /** From Sunday on. */
  weekdays: string;
  weekdaysShort: string;
  months: string;
  monthsShort: string;
  units: readonly (readonly [string, Duration])[];
  parts: readonly (readonly [string, DayPart])[];
  /** Words that people misspell and that are recognised with a letter doubled, swapped, missing or confused. */
  misspelled: string;
  /** Letters that are confused in writing. */
  confusions: readonly (readonly [string, string])[];
  /** Words that look like a misspelling and are none. */
  exempt: string;
  /** After these a number counts something: "2 personas". */
  counted: string;
  /** Before these names ("julio", "abril", "may") a person speaks of a person. */
  beforeNames: string;
  /** Months and weekdays that are also names or verbs. */
  names: string;
  /** Before a day and month these name a street: "calle 9 de julio". */
  beforeStreets: string;
  /** Words that may follow a bare "las 5" without making it a count of things. */
  afterHour: string;
  /** Verbs that move an appointment: after them "from … to …" names two dates and no range. */
  moving: string;
  /** What is moved, where the verb alone does not tell ("pasar", "change"). */
  moved: string;
  /** Patterns of holidays with the day that they fall on: fixed, counted from Easter, or the nth weekday of a month. */
  holidays: readonly (readonly [pattern: string, rule: HolidayRule])[];
}
