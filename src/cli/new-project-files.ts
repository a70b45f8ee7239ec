/** What a folder needs around an agent to install, check and test it; what is there already stays as it is. */
import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { packageFile } from '../package-file.ts';
import { UsageError } from './usage-error.ts';

/** Path → text of the files of the project that are new or change. */
export function projectFiles(folder: string): Map<string, string> {
  const files = new Map<string, string>();
  const set = (path: string, change: (before: string | undefined) => string) => {
    const before = existsSync(join(folder, path)) ? readFileSync(join(folder, path), 'utf8') : undefined;
    const after = change(before);
    if (after !== before) files.set(path, after);
  };
  set('package.json', (before) => packageText(before, basename(folder)));
  set('tsconfig.json', (before) => before ?? `${JSON.stringify(compilerSettings, null, 2)}\n`);
  set('.gitignore', (before = '') => withLines(before, ['node_modules/', '.timonel/', '.env']));
  return files;
}

const scripts = {
  start: 'timonel up',
  test: 'node --test "agents/**/*.test.ts"',
  types: 'tsc --noEmit',
};

/** Strict, and as Node runs it: by leaving the types out. */
const compilerSettings = {
  compilerOptions: {
    target: 'es2024',
    module: 'nodenext',
    strict: true,
    noEmit: true,
    noUncheckedIndexedAccess: true,
    exactOptionalPropertyTypes: true,
    erasableSyntaxOnly: true,
    verbatimModuleSyntax: true,
    allowImportingTsExtensions: true,
    skipLibCheck: true,
    types: ['node'],
  },
  include: ['agents', 'timonel.config.ts'],
};

type Manifest = Record<string, unknown> & Partial<Record<'scripts' | 'dependencies' | 'devDependencies', Record<string, string>>>;

function packageText(before: string | undefined, folderName: string): string {
  const manifest = before === undefined ? { name: packageName(folderName), private: true } : parsed(before);
  const { version, dependencies, devDependencies } = packageFile;
  const own = (name: string) => dependencies[name] ?? devDependencies[name] ?? 'latest';
  const added: Manifest = {
    ...manifest,
    type: manifest['type'] ?? 'module',
    scripts: { ...scripts, ...manifest.scripts },
    // What the agent imports is a dependency of its own: an installation that keeps packages apart finds no other.
    dependencies: { timonel: version, zod: own('zod'), ...manifest.dependencies },
    devDependencies: {
      '@types/node': own('@types/node'),
      typescript: own('typescript'),
      ...manifest.devDependencies,
    },
  };
  return JSON.stringify(added) === JSON.stringify(manifest) ? (before ?? '') : `${JSON.stringify(added, null, 2)}\n`;
}

function parsed(text: string): Manifest {
  try {
    return JSON.parse(text) as Manifest;
  } catch (error) {
    throw new UsageError(`package.json is not JSON (${error instanceof Error ? error.message : ''}). Correct it first.`);
  }
}

const packageName = (folder: string) =>
  folder
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]+/g, '-')
    .replaceAll(/^-+|-+$/g, '') || 'agents';

function withLines(text: string, wanted: readonly string[]): string {
  const there = new Set(text.split('\n').map((line) => line.trim().replace(/\/$/, '')));
  const missing = wanted.filter((line) => !there.has(line.replace(/\/$/, '')));
  if (missing.length === 0) return text;
  return `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}${missing.join('\n')}\n`;
}
