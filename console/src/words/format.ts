/** Times, amounts and sizes in the language of the page and the time zone of the workspace. */
import { currentLanguage, type Language } from './language.ts';

let zone: string | undefined;

/** The zone of the workspace, in which all times are shown. */
export function setTimeZone(timeZone: string): void {
  zone = timeZone;
}

export function timeZone(): string | undefined {
  return zone;
}

const locales: Record<Language, string> = { es: 'es-AR', en: 'en-GB' };
const made = new Map<string, Intl.DateTimeFormat | Intl.NumberFormat | Intl.RelativeTimeFormat>();

function kept<T extends Intl.DateTimeFormat | Intl.NumberFormat | Intl.RelativeTimeFormat>(
  key: string,
  make: (locale: string) => T,
): T {
  const full = `${currentLanguage()} ${zone} ${key}`;
  const known = made.get(full) as T | undefined;
  if (known !== undefined) return known;
  const format = make(locales[currentLanguage()]);
  made.set(full, format);
  return format;
}

const dated = (key: string, options: Intl.DateTimeFormatOptions) =>
  kept(key, (locale) => new Intl.DateTimeFormat(locale, { ...options, ...(zone === undefined ? {} : { timeZone: zone }) }));

/** 14:05, in the zone of the workspace. */
export function clock(at: string | Date): string {
  return dated('clock', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(new Date(at));
}

/** Mon 30 Nov */
export function day(at: string | Date): string {
  return dated('day', { weekday: 'short', day: 'numeric', month: 'short' }).format(new Date(at));
}

/** With date, time and zone: what a short time shows when it is pointed at. */
export function exactTime(at: string | Date): string {
  return dated('exact', { dateStyle: 'medium', timeStyle: 'long' }).format(new Date(at));
}

/** "2 min ago" within a day, the date before. */
export function ago(at: string | Date, now = new Date()): string {
  const seconds = Math.round((new Date(at).getTime() - now.getTime()) / 1000);
  const relative = kept('ago', (locale) => new Intl.RelativeTimeFormat(locale, { style: 'narrow', numeric: 'auto' }));
  const distance = Math.abs(seconds);
  if (distance < 60) return relative.format(0, 'second');
  if (distance < 3600) return relative.format(Math.trunc(seconds / 60), 'minute');
  if (distance < 86_400) return relative.format(Math.trunc(seconds / 3600), 'hour');
  return dated('date', { day: 'numeric', month: 'short', ...(distance > 300 * 86_400 ? { year: 'numeric' } : {}) }).format(
    new Date(at),
  );
}

/** US dollars to the micro-dollar where they are small. `US$`: the sign alone is that of the peso in Argentina. */
export function money(dollars: number): string {
  const digits = dollars !== 0 && Math.abs(dollars) < 1 ? 6 : 2;
  return kept(
    `money ${digits}`,
    (locale) =>
      new Intl.NumberFormat(locale, {
        style: 'currency',
        currency: 'USD',
        currencyDisplay: 'symbol',
        minimumFractionDigits: 2,
        maximumFractionDigits: digits,
      }),
  ).format(dollars);
}

/** The instant at which a day begins on the clock of the workspace. @param date e.g. 2026-11-30 */
export function startOfDay(date: string): string {
  const named = new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short', ...(zone === undefined ? {} : { timeZone: zone }) });
  // Zones are whole quarters of an hour away from UTC, by 14 hours at most.
  let at = Date.parse(`${date}T00:00:00Z`) - 14 * 3_600_000;
  while (named.format(at) < date) at += 15 * 60_000;
  return new Date(at).toISOString();
}

export function count(value: number): string {
  return kept('count', (locale) => new Intl.NumberFormat(locale)).format(value);
}

/** With three significant digits: of scores, which differ far behind the point. */
export function significant(value: number): string {
  return kept('significant', (locale) => new Intl.NumberFormat(locale, { maximumSignificantDigits: 3 })).format(value);
}

export function percent(share: number, digits = 0): string {
  return kept(
    `percent ${digits}`,
    (locale) => new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: digits }),
  ).format(share);
}

/** 850 ms, 1.2 s, 3 min 4 s */
export function duration(milliseconds: number): string {
  if (milliseconds < 1_000) return `${Math.round(milliseconds)} ms`;
  if (milliseconds < 60_000) return `${count(Math.round(milliseconds / 100) / 10)} s`;
  if (milliseconds < 3_600_000) return `${Math.floor(milliseconds / 60_000)} min ${Math.round((milliseconds % 60_000) / 1_000)} s`;
  return `${Math.floor(milliseconds / 3_600_000)} h ${Math.round((milliseconds % 3_600_000) / 60_000)} min`;
}

export function bytes(size: number): string {
  if (size < 1_000) return `${size} B`;
  if (size < 1_000_000) return `${count(Math.round(size / 100) / 10)} kB`;
  return `${count(Math.round(size / 100_000) / 10)} MB`;
}
