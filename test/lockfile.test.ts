/** What `npm ci` installs is what was looked at: each package by its content, on every platform, and under a licence that lets us ship it. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

interface LockEntry {
  version?: string;
  integrity?: string;
  resolved?: string;
  license?: string;
  dev?: boolean;
  link?: boolean;
  os?: string[];
}

// `complete-lockfile.ts` gives the system "none" to what is installed nowhere.
const entries = ['package-lock.json', 'console/package-lock.json'].flatMap((file) => {
  const { packages } = JSON.parse(readFileSync(new URL(`../${file}`, import.meta.url), 'utf8')) as {
    packages: Record<string, LockEntry>;
  };
  return Object.entries(packages).filter(([path, { os }]) => path !== '' && os?.[0] !== 'none');
});

/** Licences that ask for no more than to be named. */
const permissive = [
  'MIT',
  'MIT-0',
  'Apache-2.0',
  'ISC',
  'BSD-2-Clause',
  // As duck (two clauses) and usearch write theirs.
  'BSD',
  'Apache 2.0',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  '0BSD',
  'CC0-1.0',
  'Zlib',
  'Unlicense',
];

/** Licences that ask for the source of what is changed in their own files: these packages are shipped as they come. */
const unmodified: Readonly<Record<string, string>> = { 'node_modules/ical.js': 'MPL-2.0' };

it('every package is held to its content (node scripts/complete-lockfile.ts)', () => {
  expect(entries.length).toBeGreaterThan(400);
  expect(entries.filter(([, { integrity }]) => !/^sha512-[\w+/]{86}==$/.test(integrity ?? '')).map(([path]) => path)).toEqual([]);
});

it('no package is fetched from an address of its own', () => {
  expect(entries.filter(([, { resolved, link }]) => resolved !== undefined || link === true).map(([path]) => path)).toEqual([]);
});

it('every package of production may be shipped with an Apache-2.0 program', () => {
  const alternatives = (license = 'none') => license.replaceAll(/[()]/g, '').split(' OR ');
  const strange = entries.filter(
    ([path, { dev, license }]) =>
      dev !== true &&
      unmodified[path] !== license &&
      !alternatives(license).some((each) => each.split(' AND ').every((one) => permissive.includes(one))),
  );
  expect(strange.map(([path, { license }]) => `${path}: ${license}`)).toEqual([]);
});
