/** The load scenarios in short, and what their verdicts and comparisons make of figures that are made up. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseSync } from 'oxc-parser';
import { afterAll, describe, expect, it } from 'vitest';
import { calendarFigures } from '../../bench/load/calendar.ts';
import { rankSumChance } from '../../bench/load/compare.ts';
import type { LoadReport } from '../../bench/load/report.ts';
import { scenarios } from '../../bench/load/scenarios.ts';
import { judge, verdictOf } from '../../bench/load/verdict.ts';
import { compileCache } from '../compile-cache.ts';

const folder = mkdtempSync(join(tmpdir(), 'timonel-load-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const bench = (name: string, ...args: string[]) =>
  new Promise<{ code: number; out: string; err: string }>((resolve) => {
    const program = join(import.meta.dirname, '../../bench', name);
    execFile(
      process.execPath,
      [program, ...args],
      { env: { ...process.env, NODE_COMPILE_CACHE: compileCache } },
      (error, out, err) => resolve({ code: error === null ? 0 : Number(error.code), out, err }),
    );
  });

describe('npm run bench:load', () => {
  it('sends the smoke scenario to a Timonel of its own, and has enough answers for a verdict', async () => {
    const file = join(folder, 'smoke.json');
    const { out, err } = await bench('load.ts', 'smoke', '--model-ms', '20', '--seed', '7', '--json', file);
    expect(err).toBe('');
    expect(out).toMatch(/^smoke \(seed 7\): /);
    const { machine, store, runs } = JSON.parse(readFileSync(file, 'utf8')) as LoadReport;
    expect({ store, node: machine.node }).toEqual({ store: 'embedded', node: process.versions.node });
    const [run] = runs;
    expect(run?.failures).toEqual({});
    const verdicts = Object.fromEntries(run?.judged.map(({ figure, verdict }) => [figure, verdict]) ?? []);
    // How long it took is the machine's to say.
    expect(verdicts).toMatchObject({ failed: 'pass', '5xx': 'pass' });
    expect(run?.figures['failed']?.samples).toBeGreaterThanOrEqual(30);
    expect(run?.figures['turns p50']?.samples).toBeGreaterThanOrEqual(10);
    expect(run?.figures['cache hits']?.value).toBeGreaterThan(0);
  });

  it('says what there is, and books in no running system by itself', async () => {
    expect(await bench('load.ts', 'weather')).toMatchObject({ code: 2, err: expect.stringContaining('reservation') });
    const { code, err } = await bench('load.ts', 'reservation', '--url', 'http://127.0.0.1:1');
    expect({ code, err }).toMatchObject({ code: 2, err: expect.stringContaining('--write') });
  });
});

describe('verdicts', () => {
  const bounds = [{ figure: 'p95', most: 350, samples: 100 }];

  it('needs as many samples as the table says, for good and for bad', () => {
    const of = (value: number, samples: number) => verdictOf(judge({ p95: { value, samples } }, bounds));
    expect([of(200, 100), of(351, 100), of(200, 99), of(351, 99)]).toEqual(['pass', 'fail', 'no verdict', 'no verdict']);
    expect(verdictOf(judge({}, bounds))).toBe('no verdict');
  });

  it('finds appointments that overlap, that are lost and that nobody was told of', () => {
    const at = (code: string, staff: string, from: string, to: string) => ({
      code,
      staff,
      startsAt: `2026-12-02T${from}:00.000Z`,
      endsAt: `2026-12-02T${to}:00.000Z`,
    });
    const calendar = [at('A1', 'Ana', '09:00', '10:00'), at('B2', 'Ana', '10:00', '10:45'), at('C3', 'Luz', '09:30', '10:30')];
    const values = (...args: Parameters<typeof calendarFigures>) =>
      Object.fromEntries(Object.entries(calendarFigures(...args)).map(([name, { value }]) => [name, value]));
    const fine = { bookings: 3, 'double bookings': 0, 'lost bookings': 0, 'bookings that nobody was told of': 0 };
    expect(values(calendar, new Set(), ['A1', 'B2', 'C3'])).toEqual(fine);
    expect(values([...calendar, at('D4', 'Ana', '09:45', '10:30')], new Set(), ['A1', 'B2', 'C3', 'D4'])).toMatchObject({
      'double bookings': 2,
    });
    expect(values(calendar, new Set(['A1']), ['B2', 'C3', 'Z9'])).toMatchObject({ bookings: 2, 'lost bookings': 1 });
    expect(values(calendar, new Set(), ['A1', 'C3', 'C3'])).toMatchObject({
      'lost bookings': 1,
      'bookings that nobody was told of': 1,
    });
  });
});

describe('npm run bench:compare', () => {
  /** Five runs of p95 about `at`, `wide` of it apart, and as many that failed. */
  const write = (name: string, at: number, { wide = 0.02, runs = 5, failed = 0, node = '24.0.0' } = {}): string => {
    const path = join(folder, name);
    const figures = (number: number) => ({
      p95: { value: at * (1 + wide * (number - 2)), samples: 1_000 },
      'requests/s': { value: 10_000 / at, samples: 1_000 },
      failed: { value: failed, samples: 1_000 },
    });
    const machine = { processor: 'p', cores: 2, memoryGb: 1, system: 's', node, loadBefore: 0, timonel: 't' };
    const conditions = { scenario: 'load', store: 'embedded', processes: 1, redis: false, modelMs: 250, scale: 1 };
    const list = Array.from({ length: runs }, (_, number) => ({ seed: number, figures: figures(number) }));
    writeFileSync(path, JSON.stringify({ date: 'd', machine, ...conditions, runs: list }));
    return path;
  };
  const verdicts = async (before: string, after: string) => {
    const { code, out } = await bench('compare.ts', before, after);
    return [code, ...[...out.matchAll(/ (faster|slower|same|unknown)\b/g)].map(([, verdict]) => verdict)];
  };

  it('tells faster, slower and the same, and ends with 1 for slower', async () => {
    const base = write('base.json', 100);
    expect(await verdicts(base, write('slow.json', 130))).toEqual([1, 'slower', 'slower', 'same']);
    expect(await verdicts(base, write('fast.json', 70))).toEqual([0, 'faster', 'faster', 'same']);
    expect(await verdicts(base, write('alike.json', 101))).toEqual([0, 'same', 'same', 'same']);
    expect(await verdicts(base, write('failing.json', 100, { failed: 1 }))).toEqual([1, 'same', 'same', 'slower']);
  });

  it('knows nothing of runs that lie far apart, are few, or are of another machine', async () => {
    const base = write('base.json', 100);
    expect(await verdicts(base, write('wide.json', 103, { wide: 0.2 }))).toEqual([0, 'unknown', 'same', 'same']);
    expect(await verdicts(base, write('few.json', 200, { runs: 4 }))).toEqual([0, 'unknown', 'unknown', 'unknown']);
    const elsewhere = await bench('compare.ts', base, write('elsewhere.json', 200, { node: '25.0.0' }));
    expect(elsewhere).toMatchObject({ code: 0, out: expect.stringContaining('node: 24.0.0 and 25.0.0') });
    expect(await bench('compare.ts', base, join(folder, 'missing.json'))).toMatchObject({ code: 2 });
  });

  it('counts chances exactly', () => {
    // Of 252 ways to draw five of ten, one is the lowest and one the highest.
    expect(rankSumChance([1, 2, 3, 4, 5], [6, 7, 8, 9, 10])).toBeCloseTo(2 / 252, 12);
    expect(rankSumChance([1, 3, 5, 7, 9], [2, 4, 6, 8, 10])).toBeGreaterThan(0.6);
    expect(rankSumChance([0, 0, 0, 0, 0], [0, 0, 0, 0, 0])).toBe(1);
  });
});

it('k6 has the same table', () => {
  const path = join(import.meta.dirname, '../../bench/load/k6.js');
  const { errors, module } = parseSync('k6.js', readFileSync(path, 'utf8'));
  expect(errors).toEqual([]);
  expect(module.staticImports.map((each) => each.moduleRequest.value)).toContain('./scenarios.ts');
  const exported = module.staticExports.flatMap(({ entries }) => entries.map(({ exportName }) => exportName.name));
  expect(exported).toEqual(expect.arrayContaining(['options', ...new Set(Object.values(scenarios).map(({ flow }) => flow))]));
});
