/** How the tests of a project are run, and what it is checked with: told from its files, nothing is started. */
import type { Project } from './contract.ts';
import { listFiles } from './listing.ts';

export type TestRunner = 'vitest' | 'jest' | 'node' | 'npm' | 'pytest' | 'unittest' | 'maven' | 'gradle' | 'go' | 'cargo';
export type Checker = 'tsc' | 'eslint' | 'biome' | 'ruff' | 'mypy' | 'pyright' | 'javac';

/** A program to start, without a shell. */
export interface Command<Name> {
  name: Name;
  argv: readonly string[];
  /** The file that says so. */
  because: string;
}

interface PackageFile {
  scripts?: Record<string, string>;
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
}

interface Look {
  paths: readonly string[];
  has(path: string): boolean;
  text(path: string): Promise<string>;
  packages: PackageFile | undefined;
}

async function lookAt(project: Project): Promise<Look> {
  const { paths } = await listFiles(project);
  const all = new Set(paths);
  const text = (path: string) =>
    all.has(path)
      ? project.read(path).then(
          (read) => read.text,
          () => '',
        )
      : Promise.resolve('');
  let packages: PackageFile | undefined;
  try {
    packages = all.has('package.json') ? (JSON.parse(await text('package.json')) as PackageFile) : undefined;
  } catch {
    packages = undefined;
  }
  return { paths, has: (path) => all.has(path), text, packages };
}

/** Of several languages each has its runner. `only`: a file or folder of tests. */
export async function testCommands(project: Project, only?: string): Promise<Command<TestRunner>[]> {
  const look = await lookAt(project);
  const found = [await scriptTests(look), await pythonTests(look), javaTests(look), goTests(look), cargoTests(look)];
  return found.flatMap((each) => (each === undefined ? [] : [only === undefined ? each : narrowed(each, only)]));
}

async function scriptTests({ packages, paths, has }: Look): Promise<Command<TestRunner> | undefined> {
  const because = 'package.json';
  const script = packages?.scripts?.['test'] ?? '';
  const uses = (name: string) => packages?.devDependencies?.[name] !== undefined || packages?.dependencies?.[name] !== undefined;
  if (packages === undefined) return undefined;
  if (uses('vitest') || /\bvitest\b/.test(script))
    return { name: 'vitest', argv: ['npx', '--no-install', 'vitest', 'run'], because };
  if (uses('jest') || /\bjest\b/.test(script)) return { name: 'jest', argv: ['npx', '--no-install', 'jest', '--ci'], because };
  if (/\bnode\b.*--test\b/.test(script)) return { name: 'node', argv: ['node', '--test', '--test-reporter=tap'], because };
  if (script !== '' && !/no test specified/.test(script)) {
    const manager = has('pnpm-lock.yaml') ? 'pnpm' : has('yarn.lock') ? 'yarn' : 'npm';
    return { name: 'npm', argv: [manager, 'test'], because };
  }
  const own = paths.find((path) => /(^|\/)[^/]+\.test\.[cm]?[jt]s$/.test(path));
  return own === undefined ? undefined : { name: 'node', argv: ['node', '--test', '--test-reporter=tap'], because: own };
}

async function pythonTests({ paths, has, text }: Look): Promise<Command<TestRunner> | undefined> {
  const tests = paths.filter((path) => /(^|\/)(test_[^/]*|[^/]*_test)\.py$/.test(path));
  const pytest: [string, RegExp][] = [
    ['pyproject.toml', /pytest/],
    ['setup.cfg', /pytest/],
    ['tox.ini', /pytest/],
    ['requirements.txt', /^pytest\b/m],
    ['requirements-dev.txt', /^pytest\b/m],
  ];
  const argv = ['python3', '-m', 'pytest', '-q', '--tb=short'];
  const settings = ['pytest.ini', 'conftest.py', 'tests/conftest.py'].find(has);
  if (settings !== undefined) return { name: 'pytest', argv, because: settings };
  for (const [path, says] of pytest) if (says.test(await text(path))) return { name: 'pytest', argv, because: path };
  const [first] = tests;
  if (first === undefined) return undefined;
  return /\bunittest\b/.test(await text(first)) || !/^def test_/m.test(await text(first))
    ? {
        name: 'unittest',
        argv: [
          'python3',
          '-m',
          'unittest',
          ...(first.includes('/') ? ['discover', '-s', first.replace(/\/[^/]*$/, ''), '-t', '.'] : []),
        ],
        because: first,
      }
    : { name: 'pytest', argv, because: first };
}

function javaTests({ has }: Look): Command<TestRunner> | undefined {
  if (has('pom.xml')) return { name: 'maven', argv: [has('mvnw') ? './mvnw' : 'mvn', '-B', '-o', 'test'], because: 'pom.xml' };
  const gradle = ['build.gradle', 'build.gradle.kts'].find(has);
  if (gradle === undefined) return undefined;
  return {
    name: 'gradle',
    argv: [has('gradlew') ? './gradlew' : 'gradle', 'test', '--offline', '--console=plain'],
    because: gradle,
  };
}

function goTests({ has }: Look): Command<TestRunner> | undefined {
  return has('go.mod') ? { name: 'go', argv: ['go', 'test', './...'], because: 'go.mod' } : undefined;
}

function cargoTests({ has }: Look): Command<TestRunner> | undefined {
  return has('Cargo.toml') ? { name: 'cargo', argv: ['cargo', 'test', '--offline'], because: 'Cargo.toml' } : undefined;
}

function narrowed(command: Command<TestRunner>, only: string): Command<TestRunner> {
  const { name, argv } = command;
  switch (name) {
    case 'maven':
      return { ...command, argv: [...argv, `-Dtest=${simpleName(only)}`] };
    case 'gradle':
      return { ...command, argv: [...argv, '--tests', simpleName(only)] };
    case 'unittest':
      return { ...command, argv: ['python3', '-m', 'unittest', only] };
    case 'npm':
      return { ...command, argv: [...argv, '--', only] };
    case 'go':
      return { ...command, argv: ['go', 'test', `./${only.replace(/\/?[^/]*\.go$/, '')}`] };
    default:
      return { ...command, argv: [...argv, only] };
  }
}

function simpleName(path: string): string {
  return (path.split('/').at(-1) ?? path).replace(/\.\w+$/, '');
}

/** What the project checks its code with, by its own settings. */
export async function checkCommands(project: Project): Promise<Command<Checker>[]> {
  const { paths, has, text } = await lookAt(project);
  const found: Command<Checker>[] = [];
  const first = (...names: string[]) => names.find(has);
  const tsconfig = first('tsconfig.json');
  if (tsconfig !== undefined)
    found.push({ name: 'tsc', argv: ['npx', '--no-install', 'tsc', '--noEmit', '--pretty', 'false'], because: tsconfig });
  const eslint = paths.find((path) => /^(eslint\.config\.[cm]?[jt]s|\.eslintrc(\.\w+)?)$/.test(path));
  if (eslint !== undefined)
    found.push({ name: 'eslint', argv: ['npx', '--no-install', 'eslint', '.', '--format', 'json'], because: eslint });
  const biome = first('biome.json', 'biome.jsonc');
  if (biome !== undefined)
    found.push({ name: 'biome', argv: ['npx', '--no-install', 'biome', 'lint', '--reporter=github', '.'], because: biome });
  const pyproject = await text('pyproject.toml');
  const ruff = first('ruff.toml', '.ruff.toml') ?? (/\[tool\.ruff/.test(pyproject) ? 'pyproject.toml' : undefined);
  if (ruff !== undefined) found.push({ name: 'ruff', argv: ['ruff', 'check', '--output-format=json'], because: ruff });
  const mypy = first('mypy.ini', '.mypy.ini') ?? (/\[tool\.mypy/.test(pyproject) ? 'pyproject.toml' : undefined);
  if (mypy !== undefined)
    found.push({ name: 'mypy', argv: ['mypy', '.', '--show-column-numbers', '--no-error-summary'], because: mypy });
  const pyright = first('pyrightconfig.json') ?? (/\[tool\.pyright/.test(pyproject) ? 'pyproject.toml' : undefined);
  if (pyright !== undefined) found.push({ name: 'pyright', argv: ['pyright', '--outputjson'], because: pyright });
  if (has('pom.xml'))
    found.push({ name: 'javac', argv: [has('mvnw') ? './mvnw' : 'mvn', '-B', '-q', '-o', 'test-compile'], because: 'pom.xml' });
  else if (paths.some((path) => path.endsWith('.java')) && first('build.gradle', 'build.gradle.kts') === undefined) {
    // It stops after the check: no class is written.
    const sources = paths.filter((path) => path.endsWith('.java')).slice(0, 200);
    found.push({
      name: 'javac',
      argv: ['javac', '-proc:none', '-XDshould-stop.ifNoError=FLOW', ...sources],
      because: sources[0] ?? '',
    });
  }
  return found;
}
