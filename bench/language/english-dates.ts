/**
 * Measures the English date and time grammar against Microsoft's published cases (Recognizers-Text, DateTimeModel).
 *
 *     node bench/language/english-dates.ts path/to/DateTimeModel.json [--failures]
 */
import { type Exclusion, measure } from './recognizers-cases.ts';

const exclusions: readonly Exclusion[] = [
  [
    'a whole year at one end',
    ({ Text }) => /(?:^|\b(?:from|since|between|before|after|to|until|till|and|by) )(?:the )?(?:year )?\d{4}$/i.test(Text),
  ],
  [
    'quarters, half-years, "year" as a unit of a report',
    ({ Text }) =>
      /quarter(?! (?:past|to|of))|\bq[1-4]\b|\bh[12]\b|half(?: of)? (?:the )?(?:year|\d{4})|first half|second half|\byears?\b(?<!new year)(?!s? (?:eve|day))|decade|century|\bytd\b|\d{4}s/i.test(
        Text,
      ),
  ],
  [
    'numbered weeks',
    ({ Text }) => /\bweek (?:number )?(?:\d+|ten|one|three)\b|\b(?:tenth|3rd) week|week of \d{4}|\bw\d+\b/i.test(Text),
  ],
  ['bare nouns "day", "month", "week" read as the current one', ({ Text }) => /^(?:of )?(?:the )?(?:day|month|week)$/i.test(Text)],
];

const parts: Readonly<Record<string, readonly string[]>> = {
  TMO: ['06:00-12:00'],
  TAF: ['12:00-18:00'],
  TEV: ['17:00-22:00'],
  TNI: ['18:00-24:00'],
  TDA: ['00:00-06:00'],
  TMEL: ['12:00-14:00', '-12:30'],
};

measure({ language: 'en', exclusions, parts, within: /^within/i, monthFirst: /\d[/.-]\d/ });
