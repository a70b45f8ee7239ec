import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Language } from '../contract.ts';
import { findTimeMentions } from './mentions.ts';

const languages: Language[] = ['es', 'en'];
const isoDate = /^\d{4}-\d{2}-\d{2}$/;
const clockTime = /^(?:[01]\d|2[0-3]):[0-5]\d$|^24:00$/;

/** Words that the grammars know, so that random texts are near to real ones. */
const words =
  'el la las los del de al a en y por para desde hasta entre mañana pasado hoy tarde noche semana mes viene próximo lunes viernes sábado mayo enero ' +
  'media cuarto menos tipo finde fin mediodía hora días dentro primer último tomorrow next the of at half past to from friday may june week weekend ' +
  'night noon tonight in 3 5 15 31 29 2026 0 99 3:30 25:61 15/5 31/6 2026-05-15 pm hs . , - / : ( $ % 1er 3rd ya YA ahora now\n';
const sentence = fc
  .array(fc.oneof(fc.constantFrom(...words.split(/ /)), fc.string({ maxLength: 6 }), fc.nat({ max: 100_000 }).map(String)), {
    maxLength: 14,
  })
  .chain((parts) => fc.constantFrom(' ', ' ', '').map((separator) => parts.join(separator)));
const reference = fc.record({
  date: fc
    .date({ min: new Date('2020-01-01'), max: new Date('2039-12-31'), noInvalidDate: true })
    .map((date) => date.toISOString().slice(0, 10)),
  time: fc
    .tuple(fc.nat({ max: 23 }), fc.nat({ max: 59 }))
    .map((parts) => parts.map((part) => String(part).padStart(2, '0')).join(':')),
});

describe('findTimeMentions', () => {
  test('never throws; mentions are valid, ordered and do not overlap', () => {
    fc.assert(
      fc.property(sentence, reference, fc.constantFrom(...languages), (text, now, language) => {
        let previous = 0;
        for (const mention of findTimeMentions(text, now, language)) {
          expect(mention.start).toBeGreaterThanOrEqual(previous);
          expect(mention.end).toBeGreaterThan(mention.start);
          expect(mention.end).toBeLessThanOrEqual(text.length);
          previous = mention.end;
          if (mention.kind === 'date') {
            for (const date of [mention.date, ...(mention.alternatives ?? [])]) expect(date).toMatch(isoDate);
            expect(mention.alternatives ?? []).not.toContain(mention.date);
          }
          if (mention.kind === 'time')
            for (const time of [mention.time, ...(mention.alternatives ?? [])]) expect(time).toMatch(clockTime);
          if (mention.kind === 'date-range' && mention.range.from !== undefined && mention.range.to !== undefined) {
            expect(mention.range.from <= mention.range.to).toBe(true);
          }
          if (mention.kind === 'time-range' && mention.range.from !== undefined && mention.range.to !== undefined) {
            expect(mention.range.from < mention.range.to).toBe(true);
          }
        }
      }),
      { numRuns: 1500 },
    );
  });

  test.each(['a las 5 ', 'de 1 a ', 'desde el lunes hasta el ', '15/5 ', '1', '.', '@', 'the 3rd to '])(
    'reads no more of a megabyte of %j than of its beginning',
    (unit) => {
      const now = { date: '2026-05-13', time: '11:20' };
      for (const language of languages) {
        const timeOf = (text: string) => {
          const times = Array.from({ length: 5 }, () => {
            const before = performance.now();
            findTimeMentions(text, now, language);
            return performance.now() - before;
          });
          return Math.min(...times);
        };
        const beginning = timeOf(unit.repeat(Math.ceil(4_000 / unit.length)));
        expect(timeOf(unit.repeat(Math.ceil(1_000_000 / unit.length))) / beginning).toBeLessThan(20);
      }
    },
  );

  test('a phrase that names a day and a time is shared out between two mentions', () => {
    const text = 'puedo esta noche';
    const mentions = findTimeMentions(text, { date: '2026-05-13', time: '11:20' }, 'es');
    expect(mentions.map(({ kind, start, end }) => [kind, text.slice(start, end)])).toEqual([
      ['date', 'esta'],
      ['time-range', 'noche'],
    ]);
  });
});
