import fc from 'fast-check';
import { expect, it } from 'vitest';
import { split, type TextFormat } from './splitter.ts';

const formats: TextFormat[] = ['text', 'markdown', 'csv', 'json', 'pages'];
/** All ten thousand: TIMONEL_TEST_DOCUMENTS=10000. */
const documents = Number(process.env['TIMONEL_TEST_DOCUMENTS'] ?? 600);

/** Texts of all planes, of marks, joiners and pairs, with the marks that the formats look for. */
const piece = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.string({ unit: 'grapheme', maxLength: 60 }),
  fc.constantFrom(
    '\n\n',
    '\n',
    '# Título\n',
    '## \n',
    'Uno\n===\n',
    '```\n# no\n```\n',
    '\f',
    '"',
    ',',
    '{"a":',
    '[',
    ']',
    '. ',
    '👩‍👩‍👧‍👦',
    'e\u0301',
  ),
  fc.nat(2_500).map((length) => 'palabra '.repeat(length / 8)),
  fc.nat(2_500).map((length) => '𝒳'.repeat(length)),
  fc.nat(300).map((length) => `a${'\u0301'.repeat(length)}`),
);
const text = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join('').toWellFormed());

it('gives well-formed passages that are what is written at their places, with white space between them', () => {
  fc.assert(
    fc.property(text, fc.constantFrom(...formats), (written, format) => {
      const chunks = split(written, format);
      const points = [...written];
      let end = 0;
      for (const chunk of chunks) {
        expect(chunk.text.isWellFormed()).toBe(true);
        expect(chunk.heading.every((title) => title.isWellFormed())).toBe(true);
        expect(points.slice(chunk.start, chunk.end).join('')).toBe(chunk.text);
        expect(points.slice(end, chunk.start).join('').trim()).toBe('');
        expect(chunk.text.length).toBeLessThanOrEqual(1_600);
        expect(chunk.text).not.toBe('');
        end = chunk.end;
      }
      expect(points.slice(end).join('').trim()).toBe('');
      expect(split(written, format)).toEqual(chunks);
    }),
    { numRuns: documents },
  );
}, 600_000);

it('cuts at headings and keeps the path of them, but not those in code', () => {
  const written =
    '# Casa\n## Horario\nAbrimos a las 9.\n\n```\n# no es un título\n```\n## Precios\nCorte: 10.\nNotas\n-----\nFin.\n';
  expect(split(written, 'markdown').map(({ heading, text: found }) => [heading, found])).toEqual([
    [['Casa', 'Horario'], '# Casa\n## Horario\nAbrimos a las 9.\n\n```\n# no es un título\n```'],
    [['Casa', 'Precios'], '## Precios\nCorte: 10.'],
    [['Casa', 'Notas'], 'Notas\n-----\nFin.'],
  ]);
});

it('keeps the records of tables and of JSON whole', () => {
  const rows = Array.from({ length: 40 }, (_, at) => `${at},"línea\núna y otra",${'x'.repeat(60)}`);
  const chunks = split(`id,texto,más\n${rows.join('\n')}\n`, 'csv');
  expect(chunks.length).toBeGreaterThan(5);
  for (const chunk of chunks) {
    expect(chunk.heading).toEqual(['id,texto,más']);
    expect(chunk.text.split('"').length % 2).toBe(1);
  }
  expect(split('{"horario": {"lunes": "9, a 18"},\n"precios": [1, 2]}', 'json').map(({ heading }) => heading)).toEqual([
    ['horario'],
    ['precios'],
  ]);
});
