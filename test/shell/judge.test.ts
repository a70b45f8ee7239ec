import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { commandScope, judgeCommand, openWord, scopeCovers } from '../../src/shell.ts';
import { destructive, doubtful, harmless } from './command-lines.ts';
import { chanceOf, faithful, mutated, unfaithful } from './mutations.ts';
import { type ProjectFolder, projectFolder } from './project-folder.ts';

let project: ProjectFolder;
const judge = (line: string, more = {}) => judgeCommand(line, { root: project.root, home: '/home/ann', ...more });

beforeAll(() => {
  project = projectFolder();
});
afterAll(() => project.remove());

it('lets through what is proven to change nothing', () => {
  expect(harmless.filter((line) => judge(line).verdict !== 'allow')).toEqual([]);
});

it('asks for what may change something, run something, or read what is not the project’s', () => {
  expect(doubtful.filter((line) => judge(line).verdict === 'allow')).toEqual([]);
  for (const line of doubtful) expect(judge(line).reasons, line).not.toEqual([]);
});

it('denies what cannot be made good again', () => {
  expect(destructive.filter((line) => judge(line).verdict !== 'deny')).toEqual([]);
});

it('is not misled by quotes, wrappers, substitutions, marks and chains', () => {
  const asked = doubtful.filter((line) => /^\S/.test(line) && !/["|;]$/.test(line) && !line.startsWith('#'));
  const chance = chanceOf(Number(process.env['TIMONEL_TEST_SHELL_SEED'] ?? 1));
  const rounds = Number(process.env['TIMONEL_TEST_SHELL_MUTATIONS'] ?? 3_000);
  for (let round = 0; round < rounds; round++) {
    const lines = round % 2 === 0 ? destructive : asked;
    const base = lines[Math.floor(chance() * lines.length)] ?? '';
    const stays = chance() < 0.6;
    const line = mutated(base, chance, stays ? faithful : [...faithful, ...unfaithful]);
    const { verdict } = judge(line);
    expect(verdict, `${JSON.stringify(line)} of ${base}`).not.toBe('allow');
    if (stays && lines === destructive) expect(verdict, `${JSON.stringify(line)} of ${base}`).toBe('deny');
  }
});

it('judges lines that nest or repeat without end in bounded steps', () => {
  for (const line of [
    `${'env '.repeat(2_000)}rm -rf /`,
    `${'for i in 1 2; do '.repeat(40)}ls${'; done'.repeat(40)}`,
    `${'$('.repeat(2_000)}ls${')'.repeat(2_000)}`,
    `${'bash -c "'.repeat(300)}`,
    `echo ${'{a,b}'.repeat(200)}`,
    `ls ${'('.repeat(5_000)}`,
    'x'.repeat(200_000),
  ])
    expect(judge(line).verdict, line.slice(0, 40)).not.toBe('allow');
});

it('shows what runs: controls, directions and invisible characters escaped', () => {
  expect(judge('ls \u202etxt\u200b\u001b[2K\r\tx\ny')).toMatchObject({
    verdict: 'ask',
    shown: 'ls \\u{202e}txt\\u{200b}\\u{1b}[2K\\r\\tx\ny',
    line: 'ls \u202etxt\u200b\u001b[2K\r\tx\ny',
  });
  expect(judge('echo "ñandú 日本"')).toMatchObject({ verdict: 'allow', shown: 'echo "ñandú 日本"' });
});

it('gives the words of a single command of literal words, and no others', () => {
  expect(judge(`gr""ep -n 'a b' "c"\\ d`).argv).toEqual(['grep', '-n', 'a b', 'c d']);
  for (const line of ['ls | wc', 'ls $HOME', 'ls *', 'ls > x', 'A=b ls', 'cd lib', 'ls &', 'ls ~', 'ls {a,b}', 'ls; ls'])
    expect(judge(line).argv, line).toBeUndefined();
});

it('follows the folder in which a line goes on', () => {
  expect(judge('cat one.ts', { folder: 'lib' }).verdict).toBe('allow');
  expect(judge('cat ../notes.md', { folder: 'lib' }).verdict).toBe('allow');
  expect(judge('cat ../../x', { folder: 'lib' }).verdict).toBe('ask');
  expect(judge('cd lib && cat ../.env').verdict).toBe('ask');
  expect(judge('cd lib; cd ..; cd ..; ls').verdict).toBe('ask');
  expect(judge('(cd lib); cat lib/one.ts').verdict).toBe('allow');
});

it('asks where git would show a secret that it knows, or work in a repository within the project', () => {
  const committed = projectFolder({ repository: true });
  const at = (line: string) => judgeCommand(line, { root: committed.root, home: '/home/ann' }).verdict;
  expect([at('git show HEAD'), at('git log -p'), at('cd lib && git status')]).toEqual(['allow', 'allow', 'allow']);
  execFileSync('git', ['init', '-q', 'lib/inner'], { cwd: committed.root });
  expect([at('cd lib/inner && git status'), at('git -C lib/inner diff')]).toEqual(['ask', 'ask']);
  execFileSync('git', ['add', '-f', '.env'], { cwd: committed.root });
  expect([at('git show HEAD'), at('git log -p'), at('git grep x'), at('git log --oneline'), at('git show HEAD:notes.md')]).toEqual([
    'ask',
    'ask',
    'ask',
    'allow',
    'allow',
  ]);
  committed.remove();
});

it('says whether the network is reached', () => {
  expect(judge('ls').network).toBe('no');
  expect(judge('npm install').network).toBe('yes');
  expect(judge('git fetch').network).toBe('yes');
  expect(judge('./tool').network).toBe('unknown');
  expect(judge('ls && curl http://127.0.0.1/').network).toBe('yes');
});

it('covers exact words by an approval, or words with holes that are named, never the beginning of a text', () => {
  const options = { root: project.root, home: '/home/ann' };
  const scope = commandScope(judge('npm test lib/one.ts'));
  const covers = (line: string, by = scope) => scopeCovers(by, judge(line), options);
  expect(covers('npm  test "lib/one.ts"')).toBe(true);
  for (const line of [
    'npm test lib/one.ts x',
    'npm test',
    'npm test lib/one.ts; rm x',
    'npm test lib/one.ts > x',
    'A=b npm test lib/one.ts',
  ])
    expect(covers(line), line).toBe(false);
  expect(scopeCovers(scope, judge('npm test lib/one.ts', { folder: 'lib' }), options)).toBe(false);

  const open = openWord(scope, 2, 'file');
  expect(open.shown).toBe('npm test ‹file›');
  expect(covers('npm test lib/two.ts', open)).toBe(true);
  for (const line of [
    'npm test --watch',
    'npm test .env',
    'npm test /etc/passwd',
    'npm test ../x',
    'npm test a b',
    'npm run lib/two.ts',
  ])
    expect(covers(line, open), line).toBe(false);
  expect(() => openWord(scope, 0, 'program')).toThrow(RangeError);

  const chain = commandScope(judge('npm test && npm run lint'));
  expect(covers('npm test && npm run lint', chain)).toBe(true);
  expect(covers('npm test && npm run lint ', chain)).toBe(false);
  expect(commandScope(judge('npm test  lib/one.ts')).key).toBe(scope.key);
});

it('takes a few microseconds', () => {
  const times: number[] = [];
  for (let round = 0; round < 60; round++)
    for (const line of harmless) {
      const from = process.cpuUsage();
      for (let again = 0; again < 5; again++) judge(line);
      const { user, system } = process.cpuUsage(from);
      if (round > 10) times.push((user + system) / 5);
    }
  times.sort((one, other) => one - other);
  // The median is below 50 on a machine with nothing else to do; this is for a busy one.
  expect(times[Math.floor(times.length / 2)]).toBeLessThan(500);
});
