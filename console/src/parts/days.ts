/** Calendar days of the workspace, `YYYY-MM-DD`, whatever zone the browser is in. */
import { currentLanguage } from '../words/language.ts';
import { localInstant } from './described.ts';

export function addDays(date: string, days: number): string {
  return new Date(noonOf(date) + days * 86_400_000).toISOString().slice(0, 10);
}

/** Monday = 1 … Sunday = 7. */
export function weekdayOf(date: string): number {
  return ((new Date(noonOf(date)).getUTCDay() + 6) % 7) + 1;
}

/** Days from one to the other. */
export function daysBetween(from: string, to: string): number {
  return Math.round((noonOf(to) - noonOf(from)) / 86_400_000);
}

/** Date and time, `HH:MM`, on the clock of the workspace. */
export function localNow(): { date: string; time: string } {
  const [date = '', time = '00:00'] = localInstant(new Date().toISOString()).split('T');
  return { date, time };
}

/** The day that an address names; today where it names none. */
export function dayOf(text: string | undefined): string {
  const named = text ?? '';
  return /^\d{4}-\d\d-\d\d$/.test(named) && !Number.isNaN(Date.parse(named)) ? named : localNow().date;
}

/** Monday, 30 November 2026 */
export function longDate(date: string): string {
  const text = written(date, { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' });
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Mon 30 Nov */
export function shortDate(date: string): string {
  return written(date, { weekday: 'short', day: 'numeric', month: 'short' });
}

/** Mon */
export function weekdayName(date: string): string {
  return written(date, { weekday: 'short' });
}

function written(date: string, options: Intl.DateTimeFormatOptions): string {
  const format = new Intl.DateTimeFormat(currentLanguage() === 'es' ? 'es-AR' : 'en-GB', { ...options, timeZone: 'UTC' });
  return format.format(new Date(noonOf(date)));
}

function noonOf(date: string): number {
  return Date.parse(`${date}T12:00:00Z`);
}
