/** Nights as an iCalendar text that says they are taken, and nothing of who has them. */
import ical, { ICalCalendarMethod, ICalEventTransparency } from 'ical-generator';

/** UIDs of ours end so: where a channel sends them back they are known. */
export const uidEnd = '@calendars.timonel';

export interface ToldNights {
  from: string;
  to: string;
}

/** @param name of the calendar @param place what the UIDs are made unique with @param stamp when the nights were looked up */
export function composeCalendar(name: string, place: string, nights: readonly ToldNights[], stamp: Date): string {
  const calendar = ical({
    name,
    method: ICalCalendarMethod.PUBLISH,
    prodId: { company: 'Timonel', product: 'hotel', language: 'EN' },
  });
  for (const { from, to } of nights) {
    calendar.createEvent({
      id: `${place}-${from}-${to}${uidEnd}`,
      start: new Date(`${from}T00:00:00Z`),
      end: new Date(`${to}T00:00:00Z`),
      allDay: true,
      stamp,
      summary: 'Not available',
      transparency: ICalEventTransparency.OPAQUE,
    });
  }
  return calendar.toString();
}
