import type { ReservationUnderstanding as Understanding } from '../../src/dialogue/reservations/contract.ts';
import type { IsoDate } from '../../src/language/contract.ts';
import { fold } from '../../src/language/text.ts';
import type { Case } from './cases.ts';

/** Right, missing and surplus values, by slot. */
export type SlotCounts = Map<string, { right: number; missing: number; surplus: number }>;

const weekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

const addDays = (date: IsoDate, days: number): IsoDate =>
  new Date(Date.parse(`${date}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);

/** Values that a relative label accepts. Said on a Wednesday, "miércoles" is fair as today and as in a week. */
function acceptedDates(label: string, today: IsoDate): string[] {
  const relative = /^TODAY(?:\+(\d+))?$/.exec(label);
  if (relative !== null) return [addDays(today, Number(relative[1] ?? 0))];
  const weekday = /^WEEKDAY:(\w{3})$/.exec(label)?.[1];
  if (weekday !== undefined) {
    const ahead = (weekdays.indexOf(weekday) - new Date(`${today}T00:00:00Z`).getUTCDay() + 7) % 7;
    return [addDays(today, ahead), addDays(today, ahead + 7)];
  }
  if (label === 'next_week') return ['range', addDays(today, 7), addDays(today, 13)];
  if (label === 'this_week') return ['range', today, addDays(today, 6)];
  return [label];
}

const fitsDate = (expected: string[], result: Understanding, today: IsoDate): boolean => {
  const range = result.slots.dateRange;
  return expected.some((label) => {
    // "Mañana sábado" cannot hold on the day that is assumed here; saying so is the right answer.
    if (label.startsWith('WEEKDAY') && result.invalid.date?.reason === 'weekday-mismatch') return true;
    const dates = acceptedDates(label, today);
    if (dates[0] !== 'range') return dates.includes(result.slots.date ?? '');
    const [, from = '', to = ''] = dates;
    return range !== undefined && (range.from ?? from) <= to && (range.to ?? to) >= from;
  });
};

/** "Corte de Cabello + Barba" and the vocabulary's "Corte y barba" are the same thing. */
const serviceKey = (name: string): string =>
  (fold(name).match(/[a-z]+/g) ?? [])
    .filter((word) => !['de', 'y', 'cabello', 'completa'].includes(word))
    .toSorted()
    .join(' ');

function isRight(slot: string, expected: string[], result: Understanding, today: IsoDate): boolean {
  const value = result.slots[slot as keyof typeof result.slots];
  if (slot === 'date') return fitsDate(expected, result, today);
  if (slot === 'dateRange') {
    const range = result.slots.dateRange;
    const [first = '', last = ''] = (expected[0] ?? '').split('/');
    if (last !== '') return range?.from === first && range.to === last;
    const [from, to] = (expected[0] ?? '').replace('DAYS:', '').split('-');
    return (
      Number(result.slots.dateRange?.from?.slice(8)) === Number(from) && Number(result.slots.dateRange?.to?.slice(8)) === Number(to)
    );
  }
  if (value === undefined) return false;
  if (slot === 'service') return expected.some((name) => serviceKey(name) === serviceKey(String(value)));
  if (slot === 'staff') return expected.some((name) => fold(String(value)).split(' ').includes(fold(name)));
  return expected.some((name) => fold(name) === fold(String(value)));
}

const isFilled = (slot: string, result: Understanding): boolean =>
  slot === 'date'
    ? result.slots.date !== undefined || result.slots.dateRange !== undefined
    : result.slots[slot as keyof typeof result.slots] !== undefined;

const scored = ['service', 'date', 'dateRange', 'time', 'staff', 'name', 'email', 'phone', 'people'];

/** Counts one row; returns what was wrong in it, in words. */
export function countSlots(entry: Case, result: Understanding, today: IsoDate, counts: SlotCounts): string[] {
  if (entry.slots === undefined) return [];
  const wrong: string[] = [];
  for (const slot of scored) {
    if (entry.unscored.has(slot)) continue;
    // A range is the "date" of the appointment set.
    if (slot === 'dateRange' && entry.slots['dateRange'] === undefined) continue;
    if (slot === 'date' && entry.slots['dateRange'] !== undefined) continue;
    const expected = entry.slots[slot];
    const count = counts.get(slot) ?? { right: 0, missing: 0, surplus: 0 };
    counts.set(slot, count);
    const right = expected !== undefined && isRight(slot, expected, result, today);
    if (right) count.right++;
    else {
      if (expected !== undefined) count.missing++;
      if (isFilled(slot, result)) count.surplus++;
      if (expected !== undefined || isFilled(slot, result)) {
        const got =
          slot === 'date' ? (result.slots.date ?? result.slots.dateRange) : result.slots[slot as keyof typeof result.slots];
        wrong.push(`${slot}: ${expected?.join('|') ?? '-'} but ${got === undefined ? '-' : JSON.stringify(got)}`);
      }
    }
  }
  return wrong;
}
