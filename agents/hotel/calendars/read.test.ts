/** What calendars of channels say is taken, in every form that they say it. The hotel's day is 1 December 2026, in Buenos Aires. */
import ICAL from 'ical.js';
import { describe, expect, it } from 'vitest';
import { composeCalendar } from './compose.ts';
import { readCalendar } from './read.ts';

const place = { timeZone: 'America/Argentina/Buenos_Aires', checkInFrom: '15:00', from: '2026-12-01', to: '2028-11-30' };
const calendar = (...lines: string[]) =>
  ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//t//EN', ...lines, 'END:VCALENDAR'].join('\r\n');
const event = (...lines: string[]) => ['BEGIN:VEVENT', 'UID:a@b', ...lines, 'END:VEVENT'];
const nights = (text: string) => {
  const read = readCalendar(text, place);
  if (typeof read === 'string') throw new Error(read);
  return read.events.map(({ uid, from, to }) => [uid, from, to]);
};
const one = (...lines: string[]) => nights(calendar(...event(...lines)));

const berlin = [
  'BEGIN:VTIMEZONE',
  'TZID:W. Europe Standard Time',
  'BEGIN:STANDARD',
  'DTSTART:16010101T030000',
  'TZOFFSETFROM:+0200',
  'TZOFFSETTO:+0100',
  'END:STANDARD',
  'END:VTIMEZONE',
];

describe('a calendar', () => {
  it.each<[string, string[], string, string]>([
    ['whole days', ['DTSTART;VALUE=DATE:20261210', 'DTEND;VALUE=DATE:20261213'], '2026-12-10', '2026-12-13'],
    ['a day without an end', ['DTSTART;VALUE=DATE:20261210'], '2026-12-10', '2026-12-11'],
    ['a day that ends as it begins', ['DTSTART;VALUE=DATE:20261210', 'DTEND;VALUE=DATE:20261210'], '2026-12-10', '2026-12-11'],
    ['a duration', ['DTSTART;VALUE=DATE:20261210', 'DURATION:P3D'], '2026-12-10', '2026-12-13'],
    ['hours of check-in and check-out', ['DTSTART:20261210T150000', 'DTEND:20261212T110000'], '2026-12-10', '2026-12-12'],
    ['the end of a whole day', ['DTSTART:20261210T000000', 'DTEND:20261211T235959'], '2026-12-10', '2026-12-12'],
    ['UTC, by the day of the hotel', ['DTSTART:20261211T010000Z', 'DTEND:20261213T130000Z'], '2026-12-10', '2026-12-13'],
    [
      'a named zone',
      ['DTSTART;TZID=Asia/Tokyo:20261211T020000', 'DTEND;TZID=Asia/Tokyo:20261213T230000'],
      '2026-12-10',
      '2026-12-13',
    ],
  ])('says %s', (_name, lines, from, to) => {
    expect(one(...lines)).toEqual([['a@b', from, to]]);
  });

  it('brings the rules of a zone, and folds its lines', () => {
    const zone = 'TZID=W. Europe Standard Time';
    const text = calendar(...berlin, ...event(`DTSTART;${zone}:20261211T010000`, `DTEND;${zone}:20261213T\r\n 120000`));
    expect(nights(text)).toEqual([['a@b', '2026-12-10', '2026-12-13']]);
  });

  it('repeats, leaves occurrences out, and moves one', () => {
    const text = calendar(
      ...event(
        'DTSTART;VALUE=DATE:20261204',
        'DTEND;VALUE=DATE:20261206',
        'RRULE:FREQ=WEEKLY;COUNT=4',
        'EXDATE;VALUE=DATE:20261211',
      ),
      ...event('RECURRENCE-ID;VALUE=DATE:20261218', 'DTSTART;VALUE=DATE:20261220', 'DTEND;VALUE=DATE:20261222'),
    );
    expect(nights(text).map(([, from, to]) => [from, to])).toEqual([
      ['2026-12-04', '2026-12-06'],
      ['2026-12-25', '2026-12-27'],
      ['2026-12-20', '2026-12-22'],
    ]);
  });

  it('leaves out what is over, cancelled or takes no time, and keeps nothing of a guest', () => {
    const text = calendar(
      ...event('DTSTART;VALUE=DATE:20261101', 'DTEND;VALUE=DATE:20261103'),
      ...event('DTSTART;VALUE=DATE:20261210', 'TRANSP:TRANSPARENT'),
      'BEGIN:VEVENT',
      'UID:gone',
      'STATUS:CANCELLED',
      'DTSTART;VALUE=DATE:20261210',
      'END:VEVENT',
      'BEGIN:VEVENT',
      'UID:r1',
      'SUMMARY:Reserved - Ana Gómez',
      'DESCRIPTION:Phone 1234',
      'DTSTART;VALUE=DATE:20261215',
      'END:VEVENT',
    );
    expect(readCalendar(text, place)).toEqual({
      events: [{ uid: 'r1', from: '2026-12-15', to: '2026-12-16', booked: true }],
      cancelled: ['gone'],
      unreadable: 0,
    });
  });

  it('tells events of one name apart by their nights', () => {
    const text = calendar(...event('DTSTART;VALUE=DATE:20261210'), ...event('DTSTART;VALUE=DATE:20261220'));
    expect(nights(text).map(([uid]) => uid)).toEqual(['a@b 2026-12-10 2026-12-11', 'a@b 2026-12-20 2026-12-21']);
  });

  it.each([
    ['is a page', '<html><body>Sign in</body></html>'],
    ['is empty', ''],
    ['was cut', calendar(...event('DTSTART;VALUE=DATE:20261210')).slice(0, -20)],
    ['is another thing', 'BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Ana\r\nEND:VCARD'],
  ])('is refused where it %s', (_name, text) => {
    expect(readCalendar(text, place)).toEqual(expect.stringContaining('iCalendar'));
  });

  it('counts the events that nobody understands', () => {
    const text = calendar(
      ...event('SUMMARY:No day'),
      ...event('DTSTART;VALUE=DATE:20261210', 'DTEND;VALUE=DATE:20261208'),
      ...event('DTSTART;TZID=Nowhere/Land:20261210T100000'),
    );
    expect(readCalendar(text, place)).toEqual({ events: [], cancelled: [], unreadable: 3 });
  });

  it('that is written here is read the same by another reader, without a name in it', () => {
    const told = [
      { from: '2026-12-10', to: '2026-12-13' },
      { from: '2027-03-28', to: '2027-03-29' },
    ];
    const text = composeCalendar('Posada del Sur', 'c1', told, new Date('2026-12-01T12:00:00Z'));
    const events = new ICAL.Component(ICAL.parse(text)).getAllSubcomponents('vevent').map((each) => new ICAL.Event(each));
    expect(events.map(({ startDate, endDate }) => [startDate.toString(), endDate.toString(), startDate.isDate])).toEqual(
      told.map(({ from, to }) => [from, to, true]),
    );
    expect(text.split('\r\n').every((line) => Buffer.byteLength(line) <= 75)).toBe(true);
    // What we told and what comes back by our names is known to be ours.
    expect(nights(text).every(([uid]) => uid?.endsWith('@calendars.timonel'))).toBe(true);
  });
});
