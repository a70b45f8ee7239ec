/** Dates, times and money as each language writes them. */
import type { Language } from '../../language/contract.ts';
import { addDays } from '../../language/time/calendar.ts';

const locales: Readonly<Record<Language, string>> = { es: 'es-AR', en: 'en-US' };

function formatDay(date: string, language: Language, options: Intl.DateTimeFormatOptions): string {
  return new Intl.DateTimeFormat(locales[language], { ...options, timeZone: 'UTC' }).format(new Date(`${date}T00:00:00Z`));
}

/** "martes 24 de noviembre", "Tuesday, November 24"; with the year where it is not this one. */
export function fullDay(date: string, today: string, language: Language): string {
  const year = date.slice(0, 4) === today.slice(0, 4) ? {} : ({ year: 'numeric' } as const);
  const written = formatDay(date, language, { weekday: 'long', day: 'numeric', month: 'long', ...year });
  return language === 'es' ? written.replace(',', '') : written;
}

/** How far ahead a day needs no month. */
const daysWithoutMonth = 20;

/** "martes 24", "Tuesday 24"; with the month where it could be another one. */
export function shortDay(date: string, today: string, language: Language): string {
  if (date > addDays(today, daysWithoutMonth) || date < today) return fullDay(date, today, language);
  return `${formatDay(date, language, { weekday: 'long' })} ${Number(date.slice(8))}`;
}

/** "24 de noviembre", "November 24". */
export function dayAndMonth(date: string, language: Language): string {
  return formatDay(date, language, { day: 'numeric', month: 'long' });
}

/** Monday = 1 … Sunday = 7, in words. */
export function weekdayName(weekday: number, language: Language): string {
  // 2024-01-01 was a Monday.
  return formatDay(`2024-01-0${weekday}`, language, { weekday: 'long' });
}

/** "$ 12.000" in Spanish, "$12,000" in English; cents only where there are any. */
export function money(amount: number, currency: string, language: Language): string {
  return new Intl.NumberFormat(locales[language], {
    style: 'currency',
    currency,
    currencyDisplay: 'narrowSymbol',
    minimumFractionDigits: Number.isInteger(amount) ? 0 : 2,
    maximumFractionDigits: 2,
  })
    .format(amount)
    .replaceAll(/[\u00a0\u202f]/g, ' ');
}

/** "a, b y c", "a, b and c". */
export function joined(items: readonly string[], last: string): string {
  if (items.length < 2) return items.join('');
  return `${items.slice(0, -1).join(', ')} ${last} ${items.at(-1)}`;
}

/** The first letter in upper case, past an opening "¿" or "¡". */
export function capitalized(text: string): string {
  return text.replace(/^[¿¡]?\p{Ll}/u, (start) => start.toUpperCase());
}
