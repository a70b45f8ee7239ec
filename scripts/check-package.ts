/**
 * Packs the package, installs it in an empty folder as a user would, and uses it: up, chat, a new agent, its tests and types, the agent
 * served. Prints what it does; ends with an exit code other than 0 at the first thing that does not work.
 */
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

const root = process.cwd();
const folder = mkdtempSync(join(tmpdir(), 'timonel-package-'));
const nodeFolder = join(folder, 'node_modules', '.bin');
const environment = {
  ...process.env,
  PATH: [nodeFolder, dirname(process.execPath), process.env['PATH'] ?? ''].join(delimiter),
  NODE_OPTIONS: '',
};
let server: ChildProcess | undefined;

const started = performance.now();
function check(what: string, holds: boolean, detail = ''): void {
  console.log(`${holds ? 'ok  ' : 'FAIL'} ${what} (${Math.round((performance.now() - started) / 1000)} s)`);
  if (!holds) throw new Error(`${what}\n${detail}`);
}

function timonel(args: string[], input = ''): { status: number | null; said: string; output: string } {
  const { status, stdout, stderr } = spawnSync('npx', ['--no-install', 'timonel', ...args], {
    cwd: folder,
    env: environment,
    input,
  });
  return { status, said: String(stdout).trim(), output: `${stdout}${stderr}` };
}

async function up(): Promise<void> {
  server = spawn(join(nodeFolder, 'timonel'), ['up', '--port', '0', '--json'], {
    cwd: folder,
    env: environment,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const { stdout } = server;
  if (stdout === null) throw new Error('no output');
  // It ends without a word, or says that it is up; a timer of its own would keep this script alive.
  const first = await Promise.race([once(stdout, 'data', { signal: AbortSignal.timeout(60_000) }), once(server, 'exit')]);
  check('it starts', String(first[0]).startsWith('{'), 'timonel up ended at once');
}

/** A page, a table and a program become a collection, and a passage is found in each: by the parsers and grammars that came along. */
function checkKnowledge(): void {
  const documents = join(folder, 'documents');
  mkdirSync(documents);
  writeFileSync(join(documents, '.gitignore'), 'draft.md\n');
  writeFileSync(join(documents, 'draft.md'), 'A draft about parking.\n');
  writeFileSync(join(documents, 'house.html'), '<h1>House</h1><h2>Parking</h2><p>There are twelve places behind the house.</p>');
  writeFileSync(join(documents, 'till.ts'), 'export function openDrawer(): void {\n  // counts the coins of the morning\n}\n');
  const steps = [
    ['create', 'house', '--language', 'en'],
    ['add', 'house', documents],
    ['query', 'where can I park?'],
    ['query', 'who opens the drawer?'],
  ];
  const [, added, parking, drawer] = steps.map((args) => timonel(['knowledge', ...args]).output);
  check(
    'a folder becomes knowledge, as its ignore rules leave it',
    added?.includes('[2/2]') === true && !added.includes('draft'),
    added,
  );
  check('a passage of a page is found', parking?.includes('twelve places') === true, parking);
  check('a declaration of a program is found', /till\.ts · openDrawer/.test(drawer ?? ''), drawer);
}

async function down(): Promise<void> {
  const stopping = server;
  server = undefined;
  if (stopping === undefined || stopping.exitCode !== null) return;
  const ended = new Promise((resolve) => stopping.once('exit', resolve));
  stopping.kill('SIGTERM');
  await ended;
}

try {
  const packed = JSON.parse(
    execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], { cwd: root }).toString(),
  ) as {
    filename: string;
    size: number;
    files: { path: string }[];
  }[];
  const [{ filename, size, files }] = packed as [(typeof packed)[number]];
  const strange = files
    .map(({ path }) => path)
    .filter(
      (path) =>
        !/^(bin|dist|docs|deploy|bench\/results)\/|^(README(\.es)?\.md|CHANGELOG\.md|LICENSE|package\.json|\.env\.example)$/.test(
          path,
        ),
    );
  check('the package holds the program and its documents alone', strange.length === 0, strange.join('\n'));
  check('no installed package is in it', !files.some(({ path }) => path.includes('node_modules/')));
  check('no test is in it', !files.some(({ path }) => /\.test\.[cm]?[jt]sx?$|\/rehearsal\//.test(path)));
  const absent = [
    'LICENSE',
    'CHANGELOG.md',
    'README.md',
    'README.es.md',
    'dist/src/index.d.ts',
    'dist/src/database.d.ts',
    'dist/src/dialogue.d.ts',
    'dist/src/dialogue/reservations/weights.json',
    'dist/console/dist/index.html',
    'dist/agents/booking/migrations/0001_booking.sql',
    'dist/agents/booking/prompt.md',
    'dist/agents/hotel/migrations/0001_hotel.sql',
    'dist/agents/hotel/prompt.md',
    'dist/agents/codegen/examples/clamp.py.txt',
    'dist/agents/codegen/migrations/0001_codegen.sql',
    'dist/agents/codegen/roles/prompts/planner.md',
    'dist/agents/coder/migrations/0001_coder.sql',
    'dist/agents/coder/prompt.md',
    'dist/agents/tutor/migrations/0001_tutor.sql',
    'dist/agents/tutor/prompt.md',
  ].filter((path) => !files.some((file) => file.path === path));
  check('nothing that belongs in it is missing', absent.length === 0, absent.join('\n'));
  const broken = brokenLinks(files.map(({ path }) => path));
  check('the links of its documents lead to files that are in it', broken.length === 0, broken.join('\n'));
  check(`it is small: ${(size / 1e6).toFixed(1)} MB`, size < 12e6);

  writeFileSync(join(folder, 'package.json'), '{ "private": true, "allowScripts": { "node": true } }\n');
  execFileSync('npm', ['install', '--prefer-offline', '--no-fund', '--no-audit', '--loglevel=error', `./${filename}`, 'node@24'], {
    cwd: folder,
    stdio: 'inherit',
  });
  const tooOld = oldNode();
  if (tooOld === undefined) console.log('skip no Node older than 24 is installed here, so what it is told was not tried');
  else {
    const { status, stderr } = spawnSync(tooOld, [join(folder, 'node_modules/timonel/bin/timonel.mjs'), 'up'], { cwd: folder });
    check('an old Node is told which one is needed', status === 1 && /needs Node 24 or/.test(String(stderr)), String(stderr));
  }

  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  const told = timonel(['--version']);
  check('it knows its version', told.said === version, told.output);
  check('a fresh store opens from the template that came along', existsSync(await installedTemplate()));
  check('a wrong command ends with exit code 2', timonel(['upp']).status === 2);
  await up();
  const chat = timonel(['chat', 'booking'], 'hola\n¿cuánto sale un corte?\n');
  check('the bundled booking agent answers', chat.status === 0 && chat.output.includes('$'), chat.output);
  checkKnowledge();
  await down();

  const made = timonel(['new', 'agent', 'front-desk']);
  check('an agent is written', made.status === 0, made.output);
  // Each package sees its own dependencies alone: what the agent imports has to be in the project's package file.
  rmSync(join(folder, 'node_modules'), { recursive: true });
  rmSync(join(folder, 'package-lock.json'));
  // Without the package "node": its install script starts another npm, which takes the strategy over and starts the next one.
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { dependencies: Record<string, string> };
  delete manifest.dependencies['node'];
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
  const quiet = ['--ignore-scripts', '--prefer-offline', '--no-fund', '--no-audit', '--loglevel=error'];
  const strict = ['install', '--install-strategy=linked', ...quiet];
  execFileSync('npm', strict, { cwd: folder, stdio: 'inherit', timeout: 120_000 });
  const tests = spawnSync('npm', ['test'], { cwd: folder, env: environment });
  check('its tests pass', tests.status === 0, `${tests.stdout}${tests.stderr}`);
  check('without a warning of Node', !/MODULE_TYPELESS/.test(`${tests.stdout}${tests.stderr}`), String(tests.stderr));
  const evaluated = timonel(['eval', 'front-desk']);
  check('its evals pass', evaluated.status === 0, evaluated.output);
  const typed = spawnSync('npm', ['run', 'types'], { cwd: folder, env: environment });
  check('its types are those of the package, by its own tsconfig.json', typed.status === 0, `${typed.stdout}${typed.stderr}`);
  const blank = timonel(['new', 'agent', 'second-desk', '--template', 'blank']);
  check('an empty agent is written beside it', blank.status === 0, blank.output);
  const blankTests = spawnSync('node', ['--test', 'agents/second-desk/*.test.ts'], { cwd: folder, env: environment });
  check('its tests pass', blankTests.status === 0, `${blankTests.stdout}${blankTests.stderr}`);
  mkdirSync(join(folder, 'agents/hello'));
  const shown = readFileSync(join(root, 'examples/hello/agent.ts'), 'utf8').replace("'../../src/index.ts'", "'timonel'");
  writeFileSync(join(folder, 'agents/hello/agent.ts'), shown);
  const loaded = spawnSync('node', ['agents/hello/agent.ts'], { cwd: folder, env: environment });
  check('the example of the README loads', loaded.status === 0, String(loaded.stderr));
  cpSync(join(root, 'examples/library-desk/agents/library-desk'), join(folder, 'agents/library-desk'), { recursive: true });
  const desk = spawnSync('node', ['--test', 'agents/library-desk/*.test.ts'], { cwd: folder, env: environment });
  check('the tests of examples/library-desk pass', desk.status === 0, `${desk.stdout}${desk.stderr}`);
  const wellTyped = checkTypes();
  check('the types of all four fit the public API', wellTyped.status === 0, wellTyped.output);
  const wrong = join(folder, 'agents/front-desk/wrong.ts');
  writeFileSync(wrong, "import { defineRule } from 'timonel';\nexport const rule = defineRule({ id: 1 });\n");
  check('and a wrong type is found', /wrong\.ts\(2,/.test(checkTypes().output));
  rmSync(wrong);
  await up();
  const asked = timonel(['chat', 'front-desk'], 'Where is 1001?\n');
  check('it is served, and answers', asked.output.includes('Your order is shipped.'), asked.output);
  await down();
  console.log('\nThe package works where it is installed.');
} catch (error) {
  await down();
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Where the installed package looks for its template; empty where it finds none. */
async function installedTemplate(): Promise<string> {
  const store = pathToFileURL(join(folder, 'node_modules/timonel/dist/src/store/')).href;
  const { migrationsHash } = (await import(`${store}migrate.js`)) as typeof import('../src/store/migrate.ts');
  const { templatePath } = (await import(`${store}embedded/template.js`)) as typeof import('../src/store/embedded/template.ts');
  return templatePath(migrationsHash()) ?? '';
}

/** What a strict compiler says to the written agent. The compiler and Node's types are the checkout's: a user brings their own. */
function checkTypes(): { status: number | null; output: string } {
  const compilerOptions = {
    ...{ target: 'es2024', module: 'nodenext', strict: true, noEmit: true, skipLibCheck: true, allowImportingTsExtensions: true },
    ...{ noUncheckedIndexedAccess: true, exactOptionalPropertyTypes: true, noPropertyAccessFromIndexSignature: true },
    ...{ erasableSyntaxOnly: true, verbatimModuleSyntax: true, types: ['node'], typeRoots: [join(root, 'node_modules/@types')] },
  };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['agents', '*.config.ts'] }));
  const { status, stdout, stderr } = spawnSync(join(root, 'node_modules/.bin/tsc'), ['-p', '.'], { cwd: folder });
  return { status, output: `${stdout}${stderr}` };
}

/** A Node that is too old, where the machine has one. */
function oldNode(): string | undefined {
  const candidates = (process.env['PATH'] ?? '').split(delimiter).map((path) => join(path, 'node'));
  return candidates.find((path) => {
    const { stdout, status } = spawnSync(path, ['--version']);
    return status === 0 && Number(/^v(\d+)/.exec(String(stdout))?.[1]) < 24;
  });
}

/** Relative links of the documents that lead out of the package. Sources are named for those who have a checkout. */
function brokenLinks(paths: readonly string[]): string[] {
  const there = new Set(paths.flatMap((path) => [path, dirname(path)]));
  return paths
    .filter((path) => path.endsWith('.md') && !path.startsWith('dist/'))
    .flatMap((path) =>
      [...readFileSync(join(root, path), 'utf8').matchAll(/\]\((?!https?:|mailto:|#)([^)#\s]+)/g)]
        .map(([, target = '']) => join(dirname(path), target).replace(/\/$/, ''))
        .filter((target) => !there.has(target) && !/^(src|scripts|test|examples)\//.test(target))
        .map((target) => `${path}: ${target}`),
    );
}
