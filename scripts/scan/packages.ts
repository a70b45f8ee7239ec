/** Packages that are shipped: each by its content, from the configured registry alone, under a licence that lets us ship it, and in the bill of materials. */
import { type Finding, judged } from './contract.ts';

export interface LockEntry {
  version?: string;
  integrity?: string;
  resolved?: string;
  license?: string;
  dev?: boolean;
  optional?: boolean;
  link?: boolean;
  os?: string[];
}

export type Lock = Readonly<Record<string, LockEntry>>;

export function readLock(text: string): Lock {
  return (JSON.parse(text) as { packages: Lock }).packages;
}

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

/** `complete-lockfile.ts` gives the system "none" to what is installed nowhere. */
export function isInstalled({ os }: LockEntry): boolean {
  return os?.[0] !== 'none';
}

/** Name of the package at a path of the lock file. */
export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
}

function installed(lock: Lock): [path: string, entry: LockEntry][] {
  return Object.entries(lock).filter(([path, entry]) => path !== '' && isInstalled(entry));
}

/** `node scripts/complete-lockfile.ts` makes a lock file pass. */
export function checkLock(lock: Lock): Finding {
  const entries = installed(lock);
  return judged(`${entries.length} packages`, [
    ...entries
      .filter(([, { integrity }]) => !/^sha512-[\w+/]{86}==$/.test(integrity ?? ''))
      .map(([path]) => `${path} is not held to its content: node scripts/complete-lockfile.ts`),
    ...entries
      .filter(([, { resolved, link }]) => resolved !== undefined || link === true)
      .map(([path]) => `${path} is fetched from an address of its own: node scripts/complete-lockfile.ts`),
  ]);
}

/** Packages of production alone: they are shipped with an Apache-2.0 program. */
export function checkLicences(lock: Lock): Finding {
  const alternatives = (license = 'none') => license.replaceAll(/[()]/g, '').split(' OR ');
  const shipped = installed(lock).filter(([, { dev }]) => dev !== true);
  const strange = shipped.filter(
    ([path, { license }]) =>
      unmodified[path] !== license &&
      !alternatives(license).some((each) => each.split(' AND ').every((one) => permissive.includes(one))),
  );
  return judged(
    `${shipped.length} packages of production`,
    strange.map(([path, { license }]) => `${path} is under ${license}, which is not on the list of scripts/scan/packages.ts`),
  );
}

interface BillOfMaterials {
  bomFormat?: string;
  specVersion?: string;
  components?: { name: string; version: string; purl?: string; hashes?: { alg: string; content: string }[] }[];
}

/** A CycloneDX document has every package of production once, with the hash that the lock file has. */
export function checkBill(text: string, locks: readonly Lock[]): Finding {
  const { bomFormat, specVersion, components = [] } = JSON.parse(text) as BillOfMaterials;
  const listed = new Map(
    components.map((each) => [`${each.name}@${each.version}`, each.hashes?.find(({ alg }) => alg === 'SHA-512')?.content]),
  );
  const faults = bomFormat === 'CycloneDX' ? [] : ['It is no CycloneDX document.'];
  for (const [path, { version, dev, integrity = '' }] of locks.flatMap(installed)) {
    const name = `${nameOf(path)}@${version}`;
    if (dev === true) continue;
    const hash = Buffer.from(integrity.replace(/^sha512-/, ''), 'base64').toString('hex');
    if (!listed.has(name)) faults.push(`${name} is not listed`);
    else if (listed.get(name) !== hash) faults.push(`${name} has another hash than in the lock file`);
  }
  return judged(`CycloneDX ${specVersion}, ${components.length} components`, faults);
}
