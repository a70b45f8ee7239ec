/**
 * Measures the Spanish date and time grammar against Microsoft's published cases (Recognizers-Text, DateTimeModel).
 *
 *     node bench/language/spanish-dates.ts path/to/DateTimeModel.json [--failures]
 */
import { type Exclusion, measure } from './recognizers-cases.ts';

const exclusions: readonly Exclusion[] = [
  ['a whole year at one end', ({ Text }) => /^(?:de|desde|entre|antes|después) (?:de )?\d{4}\b/i.test(Text)],
  [
    'quarters, half-years, "year" as a unit of a report',
    ({ Text }) => /trimestre|semestre|\bt\d\b|\baño\b(?! nuevo)|decenio|siglo|\baños\b/i.test(Text),
  ],
  [
    'numbered weeks',
    ({ Text }) => /\bsemana (?:\d+|diez|uno|tres)\b|(?:décima|3ª) semana/i.test(Text) || /semana de \d{4}/i.test(Text),
  ],
  ['bare nouns "día", "mes", "semana" read as the current one', ({ Text }) => /^(?:del? |el |la )?(?:día|mes|semana)$/i.test(Text)],
];

const parts: Readonly<Record<string, readonly string[]>> = {
  TMO: ['06:00-12:00'],
  TAF: ['12:00-20:00'],
  TEV: ['12:00-20:00'],
  TNI: ['20:00-24:00'],
  TDA: ['00:00-06:00'],
  TMEL: ['12:00-14:00', '-12:30'],
};

measure({ language: 'es', exclusions, parts, within: /^dentro de/i });
