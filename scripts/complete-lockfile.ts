/**
 * Makes `package-lock.json` the same for everyone, whichever registry mirror wrote it.
 *
 * - Download addresses are left out: npm then asks the registry that the machine is configured for.
 * - A mirror that does not carry the binaries of other platforms makes npm drop their entries, and `npm ci` then refuses the
 *   lock file everywhere. The entries are optional and pinned by their parent to one exact version, so they can be written down.
 * - Each entry says what its package's content has to be (`integrity`): what npm did not download here is asked of the registry. npm checks
 *   nothing of a package whose entry does not say it.
 *
 * Run it after each `npm install <package>`: `node scripts/complete-lockfile.ts`, or with the path of another lock file, such as
 * `console/package-lock.json`. `test/lockfile.test.ts` holds the file to it.
 */
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { promisify } from 'node:util';

interface LockEntry {
  version?: string;
  resolved?: string;
  integrity?: string;
  license?: string;
  dev?: boolean;
  optional?: boolean;
  os?: string[];
  cpu?: string[];
  libc?: string[];
  optionalDependencies?: Record<string, string>;
}

const lockPath = new URL(`../${process.argv[2] ?? 'package-lock.json'}`, import.meta.url);
const lock = JSON.parse(readFileSync(lockPath, 'utf8')) as { packages: Record<string, LockEntry> };

const platforms: Record<string, string> = { windows: 'win32', sunos: 'sunos' };
const systems = ['android', 'darwin', 'linux', 'win32', 'windows', 'freebsd', 'openbsd', 'netbsd', 'sunos', 'aix', 'openharmony'];

/** A system that no machine is: npm fetches the package nowhere. */
const nowhere = 'none';

for (const [path, entry] of Object.entries(lock.packages)) {
  delete entry.resolved;
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    if (isThere(path, name)) continue;
    const words = (name.split('/').at(-1) ?? name).split('-');
    const system = words.find((word) => systems.includes(word));
    const added: LockEntry = { version, optional: true };
    if (entry.dev === true) added.dev = true;
    // A package for every platform (wasm builds) is not installed when its native sibling was.
    added.os = [system === undefined ? nowhere : (platforms[system] ?? system)];
    const cpu = words.find((word) =>
      ['x64', 'arm64', 'arm', 'ia32', 'ppc64', 'ppc64le', 's390x', 'riscv64', 'loong64', 'mips64el'].includes(word),
    );
    if (cpu !== undefined) added.cpu = [cpu];
    if (words.includes('musl')) added.libc = ['musl'];
    lock.packages[`node_modules/${name}`] = added;
  }
}

/** Whether a package finds another one: below itself, or beside itself or one of those that it is below. */
function isThere(path: string, name: string): boolean {
  for (let at = path; at !== ''; at = at.slice(0, Math.max(0, at.lastIndexOf('/node_modules/')))) {
    if (lock.packages[`${at}/node_modules/${name}`] !== undefined) return true;
  }
  return lock.packages[`node_modules/${name}`] !== undefined;
}

const incomplete = Object.entries(lock.packages).filter(
  ([path, { integrity, os }]) => path !== '' && integrity === undefined && os?.[0] !== nowhere,
);
const unknown: string[] = [];
for (const [path, entry] of incomplete) {
  const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
  const known = await publishedAs(`${name}@${entry.version}`);
  if (known !== undefined) Object.assign(entry, known);
  // A tool that is not there on a rare platform is better than one that nobody checks.
  else if (entry.dev === true && entry.optional === true) entry.os = [nowhere];
  else unknown.push(`${name}@${entry.version}`);
}

const sorted = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
writeFileSync(lockPath, `${JSON.stringify({ ...lock, packages: sorted }, null, 2)}\n`);
if (unknown.length > 0) {
  console.error(
    `The registry does not have, so nobody can check: ${unknown.join(', ')}. Take another version, or another registry.`,
  );
  process.exit(1);
}

/** What the registry says of one version; absent where it does not have it. */
async function publishedAs(wanted: string): Promise<Pick<LockEntry, 'integrity' | 'license'> | undefined> {
  const asked = ['view', wanted, 'dist.integrity', 'license', '--json'];
  const stdout = await promisify(execFile)('npm', asked).then(
    (said) => said.stdout,
    () => '{}',
  );
  const { 'dist.integrity': integrity, license } = JSON.parse(stdout === '' ? '{}' : stdout) as Record<string, string | undefined>;
  return integrity === undefined ? undefined : { integrity, ...(license === undefined ? {} : { license }) };
}
