/** `timonel clean --homes`: directories of killed processes and of deleted repositories go, and nothing else does. */
import { spawn } from 'node:child_process';
import {
  existsSync,
  lutimesSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { codeHome } from '../../src/cli/code-home.ts';
import { lockDirectory } from '../../src/store/embedded/lock.ts';
import { makeTemporaryHome } from '../../src/store/temporary-home.ts';
import { commandHere } from '../command.ts';

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'clean-homes-')));
const temporary = join(folder, 'tmp');
const data = join(folder, 'data');
const before = { TMPDIR: process.env['TMPDIR'], XDG_DATA_HOME: process.env['XDG_DATA_HOME'] };
const clean = commandHere(folder, 'clean');

beforeAll(() => {
  mkdirSync(temporary);
  Object.assign(process.env, { TMPDIR: temporary, XDG_DATA_HOME: data });
});
afterAll(() => {
  for (const [name, value] of Object.entries(before)) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
  rmSync(folder, { recursive: true, force: true });
});

/** Makes it look as if nothing had changed in it for eight days. */
function age(path: string): string {
  const then = new Date(Date.now() - 8 * 86_400_000);
  for (const name of readdirSync(path, { recursive: true, encoding: 'utf8' })) lutimesSync(join(path, name), then, then);
  lutimesSync(path, then, then);
  return path;
}

/** What a process leaves that is killed while it has a temporary store. */
async function leftByKilled(): Promise<string> {
  const module = new URL('../../src/store/temporary-home.ts', import.meta.url).href;
  const program = `import { makeTemporaryHome } from ${JSON.stringify(module)}; console.log(makeTemporaryHome('evaluation')); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
  const path = await new Promise<string>((resolve) => child.stdout.once('data', (part: Buffer) => resolve(part.toString().trim())));
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await ended;
  writeFileSync(join(path, 'rows'), Buffer.alloc(2_000_000));
  return path;
}

interface Told {
  removed: boolean;
  homes: { path: string; kind: string; bytes: number; kept: string | null }[];
}
const homes = async (...options: string[]) => JSON.parse((await clean('--homes', '--json', ...options)).out) as Told;

it('removes what killed processes left, after it was shown', async () => {
  const old = age(await leftByKilled());
  const fresh = await leftByKilled();
  const { out } = await clean('--homes', '--dry-run');
  expect(out).toContain(`${old}  evaluation, 1.9 MiB, unchanged for 8 days: would go`);
  expect(out).toContain(`${fresh}  evaluation, 1.9 MiB, unchanged for 0 days: stays: used lately`);
  expect(out).toMatch(/Would remove 1 of 2 marked directories, 1\.9 MiB\.\n$/);
  expect([existsSync(old), existsSync(fresh)]).toEqual([true, true]);
  expect(await homes()).toMatchObject({ removed: true });
  expect([existsSync(old), existsSync(fresh)]).toEqual([false, true]);
  expect((await clean('--homes', '--older-than', '0h')).out).toContain('Removed 1 of 1 marked directories');
  expect(existsSync(fresh)).toBe(false);
});

it('leaves what is alive, open, not marked or only a link', async () => {
  const alive = age(makeTemporaryHome('test'));
  const open = await leftByKilled();
  mkdirSync(join(open, 'home'));
  const release = lockDirectory(join(open, 'home'));
  age(open);
  const unmarked = age(mkdtempSync(join(temporary, 'timonel-test-')));
  const forged = mkdtempSync(join(temporary, 'timonel-test-'));
  writeFileSync(join(forged, '.timonel-temporary.json'), '{"madeBy":"somebody"}');
  age(forged);
  const elsewhere = join(folder, 'elsewhere');
  mkdirSync(elsewhere);
  const moved = await leftByKilled();
  for (const name of readdirSync(moved)) writeFileSync(join(elsewhere, name), name);
  rmSync(moved, { recursive: true });
  symlinkSync(elsewhere, join(temporary, 'timonel-link'));
  const told = await homes();
  expect(Object.fromEntries(told.homes.map(({ path, kept }) => [path, kept]))).toEqual({
    [alive]: `process ${process.pid} runs, which made it`,
    [open]: 'a process has it open',
  });
  expect([alive, open, unmarked, forged, elsewhere].filter((path) => !existsSync(path))).toEqual([]);
  release();
  await homes();
  expect([alive, open].map(existsSync)).toEqual([true, false]);
  rmSync(alive, { recursive: true });
});

it('removes the home of a deleted repository, and none that may be needed', async () => {
  const repository = (name: string) => {
    const root = join(folder, 'work', name);
    mkdirSync(root, { recursive: true });
    return { root, home: age(codeHome(root)) };
  };
  const there = repository('there');
  const gone = repository('gone');
  const used = repository('used');
  const unmounted = repository('disk/repository');
  for (const { root } of [gone, used]) rmSync(root, { recursive: true });
  rmSync(join(folder, 'work', 'disk'), { recursive: true });
  writeFileSync(join(used.home, 'asked-today'), 'x');
  const copied = join(data, 'timonel', 'code', 'a-copy');
  mkdirSync(copied);
  writeFileSync(join(copied, 'project.json'), JSON.stringify({ root: gone.root }));
  age(copied);
  const told = await homes();
  const ofCode = told.homes.filter(({ kind }) => kind === 'code');
  expect(Object.fromEntries(ofCode.map(({ path, kept }) => [basename(path), kept]))).toEqual({
    [basename(there.home)]: `${there.root} is there`,
    [basename(gone.home)]: null,
    [basename(used.home)]: 'used lately',
    [basename(unmounted.home)]: expect.stringContaining('not mounted'),
  });
  expect([there, gone, used, unmounted].map(({ home }) => existsSync(home))).toEqual([true, false, true, true]);
  expect(existsSync(copied)).toBe(true);
});

it('asks what to clean', async () => {
  expect(await clean('--dry-run')).toMatchObject({ code: 2, err: expect.stringContaining('--homes') });
  expect(await clean('--homes', '--older-than', 'soon')).toMatchObject({ code: 2, err: expect.stringContaining('7d') });
  expect(await clean('--test-data', '--older-than', '7d')).toMatchObject({ code: 2, err: expect.stringContaining('Add --homes') });
});
