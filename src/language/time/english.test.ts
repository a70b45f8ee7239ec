import { describe, expect, test } from 'vitest';
import { brief } from './brief-mention.ts';
import { findTimeMentions } from './mentions.ts';

/** A Wednesday. */
const now = { date: '2026-05-13', time: '11:20' };

const briefly = (text: string): string => findTimeMentions(text, now, 'en').map(brief).join(', ');

describe('days', () => {
  test.each([
    ['anything today?', '2026-05-13'],
    ['tomorrow works', '2026-05-14'],
    ['the day after tomorrow', '2026-05-15'],
    ['on Friday', '2026-05-15'],
    ['this Saturday', '2026-05-16'],
    ['next Monday', '2026-05-18'],
    ['next Friday', '2026-05-22 or 2026-05-15'],
    ['Tuesday next week', '2026-05-19'],
    ['in two weeks', '2026-05-27'],
    ['two weeks from Friday', '2026-05-29'],
    ['Monday 1st', '2026-06-01'],
    ['Friday the 22nd', '2026-05-22'],
    ['June 5th', '2026-06-05'],
    ['on 5 June 2027', '2027-06-05'],
    ['the 5th of June', '2026-06-05'],
    ['the 20th', '2026-05-20'],
    ['18/6', '2026-06-18'],
    ['6/18', '2026-06-18'],
    ['5/6/2027', '2027-06-05 or 2027-05-06'],
    ['the first Monday of June', '2026-06-01'],
    ["New Year's Eve", '2026-12-31'],
    ['thanksgiving', '2026-11-26'],
    ['tommorow', '2026-05-14'],
    ['wensday', '2026-05-20'],
    ['31 June', 'no-such-date'],
    ['Friday 21 May', 'weekday-mismatch 2026-05-21'],
  ])('%s', (text, expected) => {
    expect(briefly(text)).toBe(expected);
  });
});

describe('ranges of dates', () => {
  test.each([
    ['next week', '2026-05-18..2026-05-24'],
    ['this weekend', '2026-05-16..2026-05-17'],
    ['next weekend', '2026-05-23..2026-05-24'],
    ['in August', '2026-08-01..2026-08-31'],
    ['early June', '2026-06-01..2026-06-10'],
    ['at the end of the month', '2026-05-21..2026-05-31'],
    ['from the 3rd to the 5th of June', '2026-06-03..2026-06-05'],
    ['from June 2 to June 5', '2026-06-02..2026-06-05'],
    ['June 2-5', '2026-06-02..2026-06-05'],
    ['between the 3rd and the 9th', '2026-06-03..2026-06-09'],
    ['Monday to Thursday', '2026-05-18..2026-05-21'],
    ['after Friday', '2026-05-16..'],
    ['until the 20th of May', '..2026-05-20'],
  ])('%s', (text, expected) => {
    expect(briefly(text)).toBe(expected);
  });
});

describe('times', () => {
  test.each([
    ['at 5', '17:00 or 05:00'],
    ['at 9', '09:00 or 21:00'],
    ['3pm', '15:00'],
    ['3:30 p.m.', '15:30'],
    ['at half past three', '15:30 or 03:30'],
    ['quarter to five', '16:45 or 04:45'],
    ['ten to five', '16:50 or 04:50'],
    ['five o’clock', '17:00 or 05:00'],
    ['at five thirty', '17:30 or 05:30'],
    ['3ish', '~15:00 or 03:00'],
    ['around 5', '~17:00 or 05:00'],
    ['at 9 in the morning', '09:00'],
    ['noon', '12:00'],
    ['25:00', 'no-such-time'],
    ['between 3 and 5', '15:00..17:00'],
    ['from 9 to 5', '09:00..17:00'],
    ['9am-1pm', '09:00..13:00'],
    ['after 6', '18:00..'],
    ['before noon', '..12:00'],
    ['in the afternoon', '12:00..18:00'],
    ['tomorrow morning at 9', '2026-05-14, 09:00'],
    ['tonight', '2026-05-13, 18:00..24:00'],
    ['tonight at 8', '2026-05-13, 20:00'],
    ['in an hour', '2026-05-13, 12:20'],
    ['half an hour', '30 minutes'],
    ['how about 6?', '18:00 or 06:00'],
    ['the 20th at 2pm', '2026-05-20, 14:00'],
    ['move my appointment from Thursday at 4 to Friday at 6', '2026-05-14, 16:00 or 04:00, 2026-05-15, 18:00 or 06:00'],
    ['change the booking from June 5 to June 7', '2026-06-05, 2026-06-07'],
    ['check in December 24, check out January 2', '2026-12-24, 2027-01-02'],
    ['for 5 nights', '5 days'],
  ])('%s', (text, expected) => {
    expect(briefly(text)).toBe(expected);
  });
});

describe('what is no date and no time', () => {
  test.each([
    'for 2 people',
    'table for 4',
    'it costs $35',
    'good morning',
    'may I book?',
    'with June please',
    'my name is April',
    'call 555-1234',
    'the first one',
    'price per night',
    'not now',
    'booking #BC9876',
    'I live at 10 Main Street',
  ])('%s', (text) => {
    expect(briefly(text)).toBe('');
  });
});
