/** Rules out: a task of operations whose command is not there (docs/operations-by-task.md). */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const rows = read('docs/operations-by-task.md')
  .split('\n')
  .filter((line) => /^\| (?!task |---)/.test(line))
  .map((line) => line.split('|').map((cell) => cell.trim()));
const scripts = Object.keys((JSON.parse(read('package.json')) as { scripts: object }).scripts);
const commands = [...read('docs/reference/cli.md').matchAll(/^##+ timonel ([a-z -]+)$/gm)].map(([, name = '']) => name);
const nightly = read('scripts/nightly.ts');
const settings = read('.env.example');

/** Why a command cannot be run as it stands there. */
function faultOf(command: string): string | undefined {
  const [program, first = '', second = '', third = '', fourth = ''] = command.split(' ');
  if (program === 'timonel') {
    const name = commands.includes(`${first} ${second}`) ? `${first} ${second}` : first;
    return commands.includes(name) ? undefined : 'no such command of timonel';
  }
  if (program === 'npm' && second === 'nightly') return nightly.includes(`${fourth}`) ? undefined : 'no such long run';
  if (program === 'npm' && first === 'run') return scripts.includes(second) ? undefined : 'no such script';
  if (program === 'npx' && first === 'vitest') return existsSync(join(root, third)) ? undefined : 'no such test';
  if (/^TIMONEL_[A-Z_]+(?:=|$)/.test(program ?? ''))
    return settings.includes(`#${program?.split('=')[0]}=`) ? undefined : 'no such setting';
  if (/^(?:bench|deploy)\/[\w./-]+$/.test(program ?? '')) return existsSync(join(root, program ?? '')) ? undefined : 'no such file';
  return undefined;
}

it('has a command, or a page, for each of the tasks', () => {
  expect(rows).toHaveLength(29);
  for (const [, task, how] of rows) expect([task, how]).toEqual([task, expect.stringMatching(/`|\]\(/)]);
});

it('names commands that there are', () => {
  const named = rows.flatMap((cells) => [...cells.join('|').matchAll(/`([^`]+)`/g)].map(([, command = '']) => command));
  expect(named.length).toBeGreaterThan(40);
  expect(named.map((command) => [command, faultOf(command)]).filter(([, fault]) => fault !== undefined)).toEqual([]);
});

it('would tell of one that is not there', () => {
  for (const command of [
    'timonel rewind',
    'npm run drill',
    'npm run nightly -- moon',
    'npx vitest run test/none.test.ts',
    'TIMONEL_NONE',
  ])
    expect([command, faultOf(command)]).toEqual([command, expect.stringMatching(/^no such/)]);
});
