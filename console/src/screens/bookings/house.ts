/** Rows of the agent `booking`, as its resources answer them. */
import { type QueryClient, useQuery } from '@tanstack/react-query';
import { queryText, request } from '../../api/client.ts';
import type { ApiProblem } from '../../api/problem.ts';
import { localNow } from '../../parts/days.ts';
import { minutesOf, type OpeningHours, type Period, type SpecialDate } from './hours.ts';

const root = '/api/v1/agents/booking';
/** Agents book in runs: what ends a run has everything under this name read anew. */
const live = 'GET /api/v1/runs';

export interface Appointment {
  id: string;
  version: number;
  code: string;
  date: string;
  time: string;
  service: string;
  staff: string;
  name: string | null;
  phone: string | null;
  email: string | null;
  status: 'confirmed' | 'cancelled';
  price: number;
  currency: string;
  promotion: string | null;
  startsAt: string;
  endsAt: string;
}

export interface StaffMember {
  id: string;
  name: string;
  active: boolean;
  services: readonly string[];
}

export interface Service {
  id: string;
  name: string;
  active: boolean;
  durationMinutes: number;
}

export interface House {
  staff: readonly StaffMember[];
  services: readonly Service[];
  hours: readonly OpeningHours[];
  /** Distance of the times that are offered, in minutes. */
  step: number;
}

export interface Day {
  appointments: readonly Appointment[];
  specials: readonly SpecialDate[];
}

async function rowsOf<T>(resource: string, query: Record<string, string>, signal: AbortSignal): Promise<T[]> {
  const rows: T[] = [];
  let after: string | undefined;
  do {
    const address = `${root}/${resource}${queryText({ ...query, limit: 100, after })}`;
    const { value } = await request<{ items: T[]; next: string | null }>('GET', address, { signal });
    rows.push(...value.items);
    after = value.next ?? undefined;
  } while (after !== undefined);
  return rows;
}

export function useHouse() {
  return useQuery<House, ApiProblem>({
    queryKey: ['bookings', 'house'],
    queryFn: async ({ signal }) => {
      const [staff, services, hours, settings] = await Promise.all([
        rowsOf<StaffMember>('staff', { active: 'true', sort: 'position' }, signal),
        rowsOf<Service>('services', { active: 'true', sort: 'position' }, signal),
        rowsOf<OpeningHours>('opening-hours', {}, signal),
        rowsOf<{ slotStepMinutes: number }>('settings', {}, signal),
      ]);
      return { staff, services, hours, step: settings[0]?.slotStepMinutes ?? 30 };
    },
    staleTime: 60_000,
  });
}

export function useDay(date: string) {
  return useQuery<Day, ApiProblem>({
    queryKey: [live, 'bookings', date],
    queryFn: async ({ signal }) => {
      const [appointments, specials] = await Promise.all([
        rowsOf<Appointment>('appointments', { date, status: 'confirmed', sort: 'startsAt' }, signal),
        rowsOf<SpecialDate>('special-dates', { date }, signal),
      ]);
      return { appointments, specials };
    },
    // People of the house book by other means, too, of which no event tells.
    refetchInterval: 30_000,
  });
}

/** Has the days that are shown read anew, and waits for them. */
export function readAgain(client: QueryClient): Promise<void> {
  return client.invalidateQueries({ queryKey: [live, 'bookings'] });
}

export interface Asked {
  service: string;
  date: string;
  time: string;
  staff?: string | undefined;
  name: string;
  phone?: string | undefined;
  email?: string | undefined;
}

export async function book(asked: Asked): Promise<Appointment> {
  return (await request<Appointment>('POST', `${root}/appointments`, { body: asked })).value;
}

export async function move(
  { id, version }: Pick<Appointment, 'id' | 'version'>,
  changes: { date?: string; time?: string; staff?: string },
): Promise<Appointment> {
  const headers = { 'if-match': `"${version}"` };
  return (await request<Appointment>('PATCH', `${root}/appointments/${id}`, { body: changes, headers })).value;
}

export async function cancel({ id, version }: Pick<Appointment, 'id' | 'version'>): Promise<void> {
  await request('DELETE', `${root}/appointments/${id}`, { headers: { 'if-match': `"${version}"` } });
}

/** The hours of a person, or of the house, on one date in place of those of the week. */
export async function setHours(
  before: SpecialDate | undefined,
  row: { date: string; staff: string | null; periods: readonly { from: string; to: string }[]; reason: string },
): Promise<void> {
  if (before === undefined) await request('POST', `${root}/special-dates`, { body: row });
  else
    await request('PATCH', `${root}/special-dates/${before.id}`, {
      body: { periods: row.periods, reason: row.reason },
      headers: { 'if-match': `"${before.version}"` },
    });
}

export async function removeHours({ id, version }: SpecialDate): Promise<void> {
  await request('DELETE', `${root}/special-dates/${id}`, { headers: { 'if-match': `"${version}"` } });
}

/** When it is, on the clock of the workspace. */
export function periodOf({ time, startsAt, endsAt }: Appointment): Period {
  const from = minutesOf(time);
  return { from, to: Math.min(1_440, from + Math.round((Date.parse(endsAt) - Date.parse(startsAt)) / 60_000)) };
}

export function now(): { date: string; minutes: number } {
  const { date, time } = localNow();
  return { date, minutes: minutesOf(time) };
}
