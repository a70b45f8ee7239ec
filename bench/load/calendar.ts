/** The calendar after a run of reservations, compared with what customers were told. */
import type { Origin } from './customers.ts';
import type { Figures } from './recorder.ts';

interface Appointment {
  code: string;
  staff: string;
  startsAt: string;
  endsAt: string;
}

/** All confirmed appointments, page by page, over HTTP. */
async function confirmed({ url, apiKey }: Origin): Promise<Appointment[]> {
  const found: Appointment[] = [];
  let after: string | null = null;
  do {
    const query = new URLSearchParams({ status: 'confirmed', limit: '100', ...(after === null ? {} : { after }) });
    const answer = await fetch(`${url}/api/v1/agents/booking/appointments?${query}`, {
      headers: { authorization: `Bearer ${apiKey}` },
    });
    if (!answer.ok) throw new Error(`The calendar could not be read: ${answer.status} ${await answer.text()}`);
    const page = (await answer.json()) as { items: Appointment[]; next: string | null };
    found.push(...page.items);
    after = page.next;
  } while (after !== null);
  return found;
}

/**
 * @param before codes that were in the calendar before the run
 * @param told codes that customers were told
 */
export function calendarFigures(calendar: readonly Appointment[], before: ReadonlySet<string>, told: readonly string[]): Figures {
  const codes = new Set(calendar.map(({ code }) => code));
  const known = new Set(told);
  const fresh = calendar.filter(({ code }) => !before.has(code));
  const figure = (value: number) => ({ value, samples: told.length });
  return {
    bookings: figure(fresh.length),
    'double bookings': figure(overlaps(calendar)),
    // Two customers with one code would be one appointment for two.
    'lost bookings': figure(told.filter((code) => !codes.has(code)).length + (told.length - known.size)),
    'bookings that nobody was told of': figure(fresh.filter(({ code }) => !known.has(code)).length),
  };
}

export async function readCalendar(origin: Origin) {
  const appointments = await confirmed(origin);
  return { appointments, codes: new Set(appointments.map(({ code }) => code)) };
}

function overlaps(calendar: readonly Appointment[]): number {
  const byStaff = Map.groupBy(calendar, ({ staff }) => staff);
  let count = 0;
  for (const appointments of byStaff.values()) {
    let busyUntil = '';
    for (const { startsAt, endsAt } of appointments.toSorted((one, other) => (one.startsAt < other.startsAt ? -1 : 1))) {
      if (startsAt < busyUntil) count++;
      if (endsAt > busyUntil) busyUntil = endsAt;
    }
  }
  return count;
}
