import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { analyseByRules } from './analysis-rules.ts';

it.each([
  ['Create a function that reverses words with a cache', 'function', /\.py$/],
  ['Build an invoice module', 'module', /invoice/],
  ['Creá una clase Inventario en TypeScript', 'class', /inventario.*\.ts$/],
  ['Build a Room Booking API', 'api', /room_booking/],
  ['Diseñá un sistema de colas', 'design', undefined],
  ['Design a queue for events', 'design', undefined],
  ['Create performance test', 'tests', /^test_performance/],
  ['Create an Order model, then create tests for it, then create API endpoints', 'api', undefined],
  ['Escribí la documentación de cobros', 'documentation', /\.md$/],
  ['Fix the rounding bug in src/totals.py', 'change', /^src\/totals\.py$/],
  ['Make a thing', 'unclear', undefined],
  ['Haceme algo lindo', 'unclear', undefined],
  ['make an app please', 'unclear', undefined],
  ['', 'unclear', undefined],
] as const)('%s → %s', (request, kind, file) => {
  const analysis = analyseByRules(request, { language: 'en' });
  expect(analysis.kind).toBe(kind);
  if (file !== undefined) expect(analysis.file).toMatch(file);
  expect(analysis.questions.length).toBe(kind === 'unclear' ? 1 : 0);
});

const folder = process.env['TIMONEL_TEST_CODEGEN_CASES'] ?? '';

/** Requests of others, one JSON a line, in a folder outside of the repository. */
it.skipIf(!existsSync(join(folder, 'codegen_requests.jsonl')))('knows what requests of others ask for', () => {
  type Case = { request: string; expected: { filename_contains?: string; no_code?: boolean; note?: string } };
  const lines = readFileSync(join(folder, 'codegen_requests.jsonl'), 'utf8').trim().split('\n');
  for (const { request, expected } of lines.map((line) => JSON.parse(line) as Case)) {
    const { kind, file } = analyseByRules(request, { language: 'en' });
    if (expected.filename_contains !== undefined) expect(file, request).toContain(expected.filename_contains);
    expect(kind === 'design', request).toBe(expected.no_code === true);
    expect(kind === 'unclear', request).toBe(expected.note?.startsWith('vague') === true);
  }
});
