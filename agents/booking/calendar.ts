/** The iCalendar file (RFC 5545) of an appointment. */
import ical, { ICalCalendarMethod, ICalEventStatus } from 'ical-generator';
import type { Settings } from './catalogue.ts';

/** What the file is made of. */
export interface CalendarEntry {
  id: string;
  code: string;
  service: string;
  staff: string;
  /** Epoch milliseconds. */
  start: number;
  end: number;
  status: 'confirmed' | 'cancelled';
  /** Counts changes, so that calendars replace what they have. */
  revision: number;
  /** Where the customer changes it. */
  manageUrl?: string;
}

/**
 * The file's text. Times are in UTC, which every calendar shows in the zone of its owner; an appointment that moves keeps its UID.
 * @param stamp when the file is made, epoch milliseconds.
 */
export function calendarFile(
  appointment: CalendarEntry,
  settings: Pick<Settings, 'name' | 'address' | 'phone'>,
  stamp: number,
): string {
  const cancelled = appointment.status === 'cancelled';
  const calendar = ical({
    prodId: { company: 'Timonel', product: 'booking', language: 'ES' },
    method: cancelled ? ICalCalendarMethod.CANCEL : ICalCalendarMethod.PUBLISH,
  });
  const lines = [`${appointment.service}, ${appointment.staff}`, `Código / code: ${appointment.code}`];
  if (settings.phone !== null) lines.push(`Tel. ${settings.phone}`);
  const event = calendar.createEvent({
    id: `${appointment.id}@timonel`,
    sequence: appointment.revision,
    stamp: new Date(stamp),
    start: new Date(appointment.start),
    end: new Date(appointment.end),
    summary: `${appointment.service} – ${settings.name}`,
    description: lines.join('\n'),
    status: cancelled ? ICalEventStatus.CANCELLED : ICalEventStatus.CONFIRMED,
  });
  if (appointment.manageUrl !== undefined) event.url(appointment.manageUrl);
  if (settings.address !== null) event.location(settings.address);
  return calendar.toString();
}
