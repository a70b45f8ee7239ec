/**
 * Packs the package, installs it in an empty folder as a user would, and uses it: up, chat, a new agent and its tests, the agent served.
 * Prints what it does; ends with an exit code other than 0 at the first thing that does not work.
 */
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const root = process.cwd();
const folder = mkdtempSync(join(tmpdir(), 'timonel-package-'));
const nodeFolder = join(folder, 'node_modules', '.bin');
const environment = { ...process.env, PATH: `${nodeFolder}${delimiter}${process.env['PATH'] ?? ''}`, NODE_OPTIONS: '' };
let server: ChildProcess | undefined;

function check(what: string, holds: boolean, detail = ''): void {
  console.log(`${holds ? 'ok  ' : 'FAIL'} ${what}`);
  if (!holds) throw new Error(`${what}\n${detail}`);
}

function timonel(args: string[], input = ''): { status: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync('npx', ['--no-install', 'timonel', ...args], {
    cwd: folder,
    env: environment,
    input,
  });
  return { status, output: `${stdout}${stderr}` };
}

async function up(): Promise<void> {
  server = spawn(join(nodeFolder, 'timonel'), ['up', '--port', '0', '--json'], {
    cwd: folder,
    env: environment,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const { stdout } = server;
  if (stdout === null) throw new Error('no output');
  await Promise.race([
    new Promise<void>((resolve) => stdout.once('data', () => resolve())),
    sleep(60_000).then(() => Promise.reject(new Error('timonel up said nothing for a minute'))),
  ]);
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
    .filter((path) => !/^(bin|dist)\/|^(README(\.es)?\.md|CHANGELOG\.md|LICENSE|package\.json)$/.test(path));
  check('the package holds the program and its documents alone', strange.length === 0, strange.join('\n'));
  check('no test is in it', !files.some(({ path }) => /\.test\.|rehearsal/.test(path)));
  check(`it is small: ${(size / 1e6).toFixed(1)} MB`, size < 12e6);

  writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module", "allowScripts": { "node": true } }\n');
  execFileSync('npm', ['install', '--prefer-offline', '--no-fund', '--no-audit', '--loglevel=error', `./${filename}`, 'node@24'], {
    cwd: folder,
    stdio: 'inherit',
  });
  const tooOld = oldNode();
  if (tooOld === undefined) console.log('skip no Node older than 22 is installed here, so what it is told was not tried');
  else {
    const { status, stderr } = spawnSync(tooOld, [join(folder, 'node_modules/timonel/bin/timonel.mjs'), 'up'], { cwd: folder });
    check('an old Node is told which one is needed', status === 1 && /needs Node 22\.15/.test(String(stderr)), String(stderr));
  }

  check(
    'it knows its version',
    timonel(['--version']).output.trim() ===
      (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }).version,
  );
  check('a wrong command ends with exit code 2', timonel(['upp']).status === 2);
  await up();
  const chat = timonel(['chat', 'booking'], 'hola\n¿cuánto sale un corte?\n');
  check('the bundled booking agent answers', chat.status === 0 && chat.output.includes('$'), chat.output);
  await down();

  const made = timonel(['new', 'agent', 'front-desk']);
  check('an agent is written', made.status === 0, made.output);
  const tests = spawnSync('node', ['--test', 'agents/front-desk/*.test.ts'], { cwd: folder, env: environment });
  check('its tests pass', tests.status === 0, `${tests.stdout}${tests.stderr}`);
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

/** A Node that is too old, where the machine has one. */
function oldNode(): string | undefined {
  const candidates = (process.env['PATH'] ?? '').split(delimiter).map((path) => join(path, 'node'));
  return candidates.find((path) => {
    const { stdout, status } = spawnSync(path, ['--version']);
    return status === 0 && Number(/^v(\d+)/.exec(String(stdout))?.[1]) < 22;
  });
}
