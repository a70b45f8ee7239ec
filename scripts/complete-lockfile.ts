/**
 * Makes `package-lock.json` the same for everyone, whichever registry mirror wrote it.
 *
 * - Download addresses are left out: npm then asks the registry that the machine is configured for.
 * - A mirror that does not carry the binaries of other platforms makes npm drop their entries, and `npm ci` then refuses the
 *   lock file everywhere. The entries are optional and pinned by their parent to one exact version, so they can be written down.
 *
 * Run it after each `npm install <package>`: `node scripts/complete-lockfile.ts`.
 */
import { readFileSync, writeFileSync } from 'node:fs';

interface LockEntry {
  version?: string;
  resolved?: string;
  dev?: boolean;
  optional?: boolean;
  os?: string[];
  cpu?: string[];
  libc?: string[];
  optionalDependencies?: Record<string, string>;
}

const lockPath = new URL('../package-lock.json', import.meta.url);
const lock = JSON.parse(readFileSync(lockPath, 'utf8')) as { packages: Record<string, LockEntry> };

const platforms: Record<string, string> = { windows: 'win32', sunos: 'sunos' };
const systems = ['android', 'darwin', 'linux', 'win32', 'windows', 'freebsd', 'openbsd', 'netbsd', 'sunos', 'aix', 'openharmony'];

const parents = Object.entries(lock.packages);
for (const [path, entry] of parents) {
  delete entry.resolved;
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    const nested = `${path}/node_modules/${name}`;
    if (lock.packages[`node_modules/${name}`] !== undefined || lock.packages[nested] !== undefined) continue;
    const words = (name.split('/').at(-1) ?? name).split('-');
    const system = words.find((word) => systems.includes(word));
    const added: LockEntry = { version, optional: true };
    if (entry.dev === true) added.dev = true;
    // A package for every platform (wasm builds) is not installed when its native sibling was; "none" keeps npm from fetching it.
    added.os = [system === undefined ? 'none' : (platforms[system] ?? system)];
    const cpu = words.find((word) =>
      ['x64', 'arm64', 'arm', 'ia32', 'ppc64', 'ppc64le', 's390x', 'riscv64', 'loong64', 'mips64el'].includes(word),
    );
    if (cpu !== undefined) added.cpu = [cpu];
    if (words.includes('musl')) added.libc = ['musl'];
    lock.packages[`node_modules/${name}`] = added;
  }
}

const sorted = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
writeFileSync(lockPath, `${JSON.stringify({ ...lock, packages: sorted }, null, 2)}\n`);
