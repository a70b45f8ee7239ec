import type { ReferenceTime } from '../language/contract.ts';

const formats = new Map<string, Intl.DateTimeFormat>();

/** The wall clock of a time zone at an instant. */
export function localReference(now: Date, timeZone: string): ReferenceTime {
  let format = formats.get(timeZone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('sv-SE', {
      timeZone,
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    });
    formats.set(timeZone, format);
  }
  const [date = '', time = ''] = format.format(now).split(' ');
  return { date, time };
}
