/**
 * Prints the bill of materials of what is shipped, as CycloneDX: `node scripts/write-bill.ts > dist/sbom.cdx.json`. It is read from the lock files of Timonel and
 * of its console.
 * `npm sbom --omit=dev` leaves out packages that a development dependency needs too, a quarter of them.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isInstalled, type Lock, type LockEntry, nameOf, readLock } from './scan/packages.ts';

interface Package {
  name: string;
  version: string;
  description: string;
  license: string;
}

/** Lock files of what is shipped. */
export const shippedLocks = ['package-lock.json', 'console/package-lock.json'];

/** The same text for the same lock files. */
export function billOfMaterials(locks: readonly Lock[], { name, version, description, license }: Package): string {
  const components = new Map<string, object>();
  for (const [path, entry] of locks.flatMap((lock) => Object.entries(lock))) {
    if (path === '' || entry.dev === true || !isInstalled(entry)) continue;
    const component = componentOf(nameOf(path), entry);
    components.set(component['bom-ref'], component);
  }
  const sorted = [...components.entries()].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, component]) => component);
  const digest = createHash('sha256').update(JSON.stringify(sorted)).digest('hex');
  // A UUID of version 8: made of the content.
  const uuid = digest.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, '$1-$2-8$3-8$4-$5');
  const bill = {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    serialNumber: `urn:uuid:${uuid}`,
    version: 1,
    metadata: {
      component: {
        'bom-ref': `${name}@${version}`,
        type: 'application',
        name,
        version,
        description,
        licenses: [{ license: { id: license } }],
      },
    },
    components: sorted,
  };
  return `${JSON.stringify(bill, null, 2)}\n`;
}

function componentOf(name: string, { version = '', integrity = '', license, optional }: LockEntry) {
  return {
    'bom-ref': `${name}@${version}`,
    type: 'library',
    name,
    version,
    scope: optional === true ? 'optional' : 'required',
    purl: `pkg:npm/${name.replace('@', '%40')}@${version}`,
    hashes: [{ alg: 'SHA-512', content: Buffer.from(integrity.replace(/^sha512-/, ''), 'base64').toString('hex') }],
    ...(license === undefined
      ? {}
      : { licenses: [/ (OR|AND) /.test(license) ? { expression: license } : { license: { name: license } }] }),
  };
}

if (import.meta.main) {
  const read = (path: string) => readFileSync(join(import.meta.dirname, '..', path), 'utf8');
  process.stdout.write(
    billOfMaterials(
      shippedLocks.map((file) => readLock(read(file))),
      JSON.parse(read('package.json')) as Package,
    ),
  );
}
