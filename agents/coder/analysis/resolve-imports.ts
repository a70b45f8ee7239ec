/** Which file of the project an import means, by the rules of its language. What is not found is a library. */
import { posix } from 'node:path';
import type { ImportStatement, ParsedFile, Project, Snapshot } from './contract.ts';

/** One file that uses another. */
export interface Dependency {
  from: string;
  to: string;
  line: number;
  /** Names taken, as the other file has them; `*` is all of it. */
  names: readonly string[];
}

export interface ImportGraph {
  dependencies: readonly Dependency[];
  /** Imports of what is not in the project, by the first part of the name. */
  libraries: ReadonlyMap<string, number>;
}

/** Addresses of modules in `tsconfig.json`, and names of packages in the project's own `package.json` files. */
interface ScriptAddresses {
  paths: readonly (readonly [string, readonly string[]])[];
  packages: ReadonlyMap<string, string>;
}

export async function importGraph(project: Project, snapshot: Snapshot): Promise<ImportGraph> {
  const addresses = await scriptAddresses(project, snapshot);
  const javaTypes = typesOfJava(snapshot);
  const dependencies: Dependency[] = [];
  const libraries = new Map<string, number>();
  for (const [from, file] of snapshot.files) {
    for (const statement of file.imports) {
      const targets = targetsOf(snapshot, from, file, statement, addresses, javaTypes);
      if (targets.length === 0 && isLibrary(file, statement.specifier)) {
        const name = libraryName(file, statement.specifier);
        libraries.set(name, (libraries.get(name) ?? 0) + 1);
      }
      for (const { path, names } of targets) if (path !== from) dependencies.push({ from, to: path, line: statement.line, names });
    }
    if (file.language === 'java') dependencies.push(...withinPackage(from, file, javaTypes));
  }
  return { dependencies, libraries };
}

interface Target {
  path: string;
  names: readonly string[];
}

function targetsOf(
  snapshot: Snapshot,
  from: string,
  file: ParsedFile,
  statement: ImportStatement,
  addresses: ScriptAddresses,
  javaTypes: JavaTypes,
): Target[] {
  const names = statement.names.map(({ name }) => name);
  switch (file.language) {
    case 'typescript':
    case 'tsx':
    case 'javascript': {
      const path = scriptTarget(snapshot, from, statement.specifier, addresses);
      return path === undefined ? [] : [{ path, names }];
    }
    case 'python':
      return pythonTargets(snapshot, from, statement);
    case 'java': {
      const exact = javaTypes.byName.get(statement.specifier) ?? javaTypes.byName.get(statement.specifier.replace(/\.\w+$/, ''));
      if (exact !== undefined) return [{ path: exact, names }];
      return [...(javaTypes.byPackage.get(statement.specifier)?.values() ?? [])].map((path) => ({ path, names: ['*'] }));
    }
    case 'go': {
      const folder = [...snapshot.files.keys()].find(
        (path) => path.endsWith('.go') && `/${statement.specifier}`.endsWith(`/${posix.dirname(path)}`),
      );
      return folder === undefined ? [] : [{ path: folder, names }];
    }
    default:
      return [];
  }
}

const scriptEndings = [
  '',
  '.ts',
  '.tsx',
  '.d.ts',
  '.js',
  '.jsx',
  '.mjs',
  '.cjs',
  '.mts',
  '.cts',
  '/index.ts',
  '/index.tsx',
  '/index.js',
  '/index.mjs',
];

function scriptTarget(
  snapshot: Snapshot,
  from: string,
  specifier: string,
  { paths, packages }: ScriptAddresses,
): string | undefined {
  const asFile = (address: string) => {
    const plain = posix.normalize(address);
    // TypeScript names the file that it will become.
    const source = plain.replace(/\.([cm]?)js(x?)$/, '.$1ts$2');
    for (const base of source === plain ? [plain] : [plain, source]) {
      for (const ending of scriptEndings) if (snapshot.files.has(base + ending)) return base + ending;
    }
    return undefined;
  };
  if (specifier.startsWith('.')) return asFile(posix.join(posix.dirname(from), specifier));
  for (const [pattern, targets] of paths) {
    const [head = '', tail] = pattern.split('*');
    const fits = tail === undefined ? specifier === head : specifier.startsWith(head) && specifier.endsWith(tail);
    if (!fits) continue;
    const middle = tail === undefined ? '' : specifier.slice(head.length, specifier.length - tail.length);
    for (const target of targets) {
      const found = asFile(target.replace('*', middle));
      if (found !== undefined) return found;
    }
  }
  for (const [name, folder] of packages) {
    if (specifier !== name && !specifier.startsWith(`${name}/`)) continue;
    const rest = specifier.slice(name.length + 1);
    const found = asFile(posix.join(folder, rest)) ?? asFile(posix.join(folder, 'src', rest));
    if (found !== undefined) return found;
  }
  return undefined;
}

async function scriptAddresses(project: Project, snapshot: Snapshot): Promise<ScriptAddresses> {
  const read = async (path: string): Promise<unknown> => {
    try {
      // Comments and last commas are usual in tsconfig.json.
      const text = (await project.read(path)).text;
      return JSON.parse(text.replaceAll(/("(?:\\.|[^"\\])*")|\/\/[^\n]*|\/\*[\s\S]*?\*\//g, '$1').replaceAll(/,(\s*[}\]])/g, '$1'));
    } catch {
      return undefined;
    }
  };
  const { paths: all } = snapshot.listing;
  const settings = all.includes('tsconfig.json') ? await read('tsconfig.json') : undefined;
  const options = (settings as { compilerOptions?: { baseUrl?: string; paths?: Record<string, string[]> } } | undefined)
    ?.compilerOptions;
  const base = options?.baseUrl ?? '.';
  const packages = new Map<string, string>();
  for (const path of all.filter((each) => posix.basename(each) === 'package.json').slice(0, 200)) {
    const name = ((await read(path)) as { name?: unknown } | undefined)?.name;
    if (typeof name === 'string') packages.set(name, posix.dirname(path));
  }
  return {
    paths: Object.entries(options?.paths ?? {}).map(([pattern, targets]) => [
      pattern,
      targets.map((each) => posix.join(base, each)),
    ]),
    packages,
  };
}

function pythonTargets(snapshot: Snapshot, from: string, { specifier, names }: ImportStatement): Target[] {
  const dots = /^\.*/.exec(specifier)?.[0].length ?? 0;
  const parts = specifier
    .slice(dots)
    .split('.')
    .filter((part) => part !== '');
  const here = posix.dirname(from);
  const up = (folder: string, times: number) => posix.normalize(posix.join(folder, ...new Array<string>(times).fill('..')));
  const roots = dots > 0 ? [up(here, dots - 1)] : ['.', 'src', ...ancestors(here)];
  const module = (root: string, path: readonly string[]) => {
    const base = posix.join(root, ...path);
    return [`${base}.py`, `${base}/__init__.py`, `${base}.pyi`].map(posix.normalize).find((each) => snapshot.files.has(each));
  };
  for (const root of roots) {
    const whole = parts.length === 0 ? module(root, ['__init__']) : module(root, parts);
    const targets: Target[] = [];
    const taken: string[] = [];
    for (const { name } of names) {
      // `from package import module`
      const inner = name === '*' ? undefined : module(root, [...parts, name]);
      if (inner === undefined) taken.push(name);
      else targets.push({ path: inner, names: ['*'] });
    }
    if (whole !== undefined && taken.length > 0) targets.push({ path: whole, names: taken });
    if (targets.length > 0) return targets;
  }
  return [];
}

function ancestors(folder: string): string[] {
  const found: string[] = [];
  for (let at = folder; at !== '.' && at !== '/'; at = posix.dirname(at)) found.push(at);
  return found;
}

interface JavaTypes {
  byName: ReadonlyMap<string, string>;
  byPackage: ReadonlyMap<string, ReadonlyMap<string, string>>;
}

function typesOfJava(snapshot: Snapshot): JavaTypes {
  const byName = new Map<string, string>();
  const byPackage = new Map<string, Map<string, string>>();
  for (const [path, { language, packageName = '', symbols }] of snapshot.files) {
    if (language !== 'java') continue;
    for (const { name, container, kind } of symbols) {
      if (container !== '' || !['class', 'interface', 'enum', 'record'].includes(kind)) continue;
      byName.set(packageName === '' ? name : `${packageName}.${name}`, path);
      const types = byPackage.get(packageName) ?? new Map<string, string>();
      byPackage.set(packageName, types.set(name, path));
    }
  }
  return { byName, byPackage };
}

/** Types of one package use each other without an import. */
function withinPackage(from: string, { packageName = '', names }: ParsedFile, { byPackage }: JavaTypes): Dependency[] {
  return [...(byPackage.get(packageName) ?? [])].flatMap(([name, path]) =>
    path !== from && names.has(name) ? [{ from, to: path, line: 1, names: [name] }] : [],
  );
}

function isLibrary({ language }: ParsedFile, specifier: string): boolean {
  return language === 'python' || !specifier.startsWith('.');
}

function libraryName({ language }: ParsedFile, specifier: string): string {
  if (language === 'python') return specifier.replace(/^\.+/, '').split('.')[0] ?? specifier;
  if (language === 'java') return specifier.split('.').slice(0, 2).join('.');
  if (language === 'go') return specifier;
  return /^(@[^/]+\/[^/]+|[^/]+)/.exec(specifier)?.[0] ?? specifier;
}
