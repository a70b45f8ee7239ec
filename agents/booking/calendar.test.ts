import { expect, it } from 'vitest';
import { type CalendarEntry, calendarFile } from './calendar.ts';

const entry: CalendarEntry = {
  id: '01990000-0000-7000-8000-000000000001',
  code: 'K7M2QX',
  service: 'Corte; y, barba',
  staff: 'Carlos Medina',
  start: Date.parse('2026-11-20T15:00:00-03:00'),
  end: Date.parse('2026-11-20T16:00:00-03:00'),
  status: 'confirmed',
  revision: 0,
};
const settings = { name: 'Salón Timonel', address: 'Av. Siempreviva 742, Córdoba', phone: null };
const stamp = Date.parse('2026-11-19T12:00:00-03:00');

it('is a calendar with one event in UTC, its text escaped', () => {
  const unfolded = calendarFile(entry, settings, stamp).replaceAll('\r\n ', '');
  expect(unfolded.split('\r\n')).toEqual(
    expect.arrayContaining([
      'BEGIN:VCALENDAR',
      'METHOD:PUBLISH',
      'UID:01990000-0000-7000-8000-000000000001@timonel',
      'SEQUENCE:0',
      'DTSTAMP:20261119T150000Z',
      'DTSTART:20261120T180000Z',
      'DTEND:20261120T190000Z',
      'SUMMARY:Corte\\; y\\, barba – Salón Timonel',
      'LOCATION:Av. Siempreviva 742\\, Córdoba',
      'STATUS:CONFIRMED',
    ]),
  );
});

it('takes a cancelled appointment out of the calendar', () => {
  const text = calendarFile({ ...entry, status: 'cancelled', revision: 2 }, settings, stamp);
  expect(text).toContain('METHOD:CANCEL');
  expect(text).toContain('STATUS:CANCELLED');
  expect(text).toContain('SEQUENCE:2');
});
