import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');
const page = readFileSync(join(root, 'docs/security.md'), 'utf8');
const rows = page
  .split('\n')
  .filter((line) => /^\| \d/.test(line))
  .map((line) => line.slice(2, -2).split(' | '));
const numbers = rows.flatMap(([list = '']) => list.split(', '));

it('names each requirement of levels 1 and 2 once', () => {
  expect(numbers.length).toBe(253);
  expect(new Set(numbers).size).toBe(numbers.length);
  for (const number of numbers) expect(number).toMatch(/^([1-9]|1[0-7])\.\d{1,2}\.\d{1,2}$/);
});

it('counts what is met as the table does', () => {
  const counted = { met: 0, partly: 0, no: 0, without: 0 };
  for (const [list = '', , , verdict] of rows) {
    const kind = verdict === 'met' || verdict === 'partly' || verdict === 'no' ? verdict : 'without';
    counted[kind] += list.split(', ').length;
  }
  const said = `${counted.met} are met, ${counted.partly} partly, ${counted.no} are not; ${counted.without} do not apply`;
  expect(page.replaceAll(/\s+/g, ' ')).toContain(said);
});

it('names tests that there are, for everything that is met by code', () => {
  const named = [...page.matchAll(/\]\(\.\.\/((?:src|test)\/[\w/.-]+\.test\.ts)\)/g)].map(([, path = '']) => path);
  expect(new Set(named).size).toBeGreaterThan(20);
  for (const path of named) expect([path, existsSync(join(root, path))]).toEqual([path, true]);
});
