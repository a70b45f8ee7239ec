/** What `npm ci` installs is what was looked at: each package by its content, on every platform, and under a licence that lets us ship it. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { checkLicences, checkLock, readLock } from '../scripts/scan/packages.ts';

const lock = (folder: string) => readLock(readFileSync(new URL(`../${folder}package-lock.json`, import.meta.url), 'utf8'));

it('every package is held to its content, and fetched from no address of its own (node scripts/complete-lockfile.ts)', () => {
  expect(Object.keys(lock('')).length).toBeGreaterThan(400);
  for (const folder of ['', 'console/', 'deploy/kubernetes/', 'site/typedoc/'])
    expect([folder, checkLock(lock(folder)).faults]).toEqual([folder, []]);
});

it('every package of production may be shipped with an Apache-2.0 program', () => {
  for (const folder of ['', 'console/']) expect(checkLicences(lock(folder)).faults).toEqual([]);
});
