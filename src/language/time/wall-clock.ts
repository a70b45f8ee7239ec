import type { ReferenceTime } from '../contract.ts';

/** Making a formatter costs a hundred times as much as using it, and there are only so many time zones. */
class Formats {
  readonly #made = new Map<string, Intl.DateTimeFormat>();
  readonly #locale: string;
  readonly #options: Intl.DateTimeFormatOptions;

  constructor(locale: string, options: Intl.DateTimeFormatOptions) {
    this.#locale = locale;
    this.#options = options;
  }

  format(now: Date, timeZone: string): string {
    let format = this.#made.get(timeZone);
    if (format === undefined) {
      format = new Intl.DateTimeFormat(this.#locale, { ...this.#options, timeZone });
      this.#made.set(timeZone, format);
    }
    return format.format(now);
  }
}

const toTheMinute: Intl.DateTimeFormatOptions = {
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
};
const iso = new Formats('sv-SE', toTheMinute);
const spoken = new Formats('en-CA', { ...toTheMinute, weekday: 'long' });

/** The wall clock of a time zone at an instant. */
export function localReference(now: Date, timeZone: string): ReferenceTime {
  const [date = '', time = ''] = iso.format(now, timeZone).split(' ');
  return { date, time };
}

/** The same with its weekday, for a model: "Friday, 2026-11-20, 12:00". */
export function spokenDate(now: Date, timeZone: string): string {
  return spoken.format(now, timeZone);
}
