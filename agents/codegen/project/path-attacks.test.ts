import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { needs } from '../../../test/needs.ts';
import type { ChangedFiles, CodegenProject } from './contract.ts';
import { createCodegenProject, projectNameFault } from './create-project.ts';
import { openCodegenProject } from './open-project.ts';
import { ProjectRefused } from './project-refused.ts';
import { pathAttacks } from './rehearsal/path-attacks.ts';
import {
  file,
  filesOf,
  inFolder,
  pictureOf,
  type TestRepository,
  testFolder,
  testJournal,
  testRepository,
} from './rehearsal/repository-under-test.ts';

/** What lies in the way of the last attacks. */
function plant({ root, put, git }: TestRepository, outside: string): void {
  symlinkSync(outside, join(root, 'link-out'));
  symlinkSync('.git', join(root, 'link-to-git'));
  symlinkSync(join(outside, 'canary'), join(root, 'link-file'));
  symlinkSync(join(outside, 'not-there'), join(root, 'link-nowhere'));
  symlinkSync('src', join(root, 'link-inside'));
  put('nested/own.txt', 'its own\n');
  git('init', '-q', 'nested');
  execFileSync('mkfifo', [join(root, 'fifo')]);
}

describe.skipIf(!needs('Git'))('paths that lead astray', () => {
  const base = testFolder();
  const outside = inFolder(join(base.root, 'outside'));
  const repository = testRepository();
  const plainFolder = testRepository();
  let project: CodegenProject;
  let folder: CodegenProject;
  beforeAll(async () => {
    outside.put('canary', 'as it was\n');
    plant(repository, outside.root);
    plant(plainFolder, outside.root);
    project = await openCodegenProject(repository.root);
    // A folder without git, which has a name of git's in it all the same.
    execFileSync('mv', [join(plainFolder.root, '.git'), join(base.root, 'moved')]);
    mkdirSync(join(plainFolder.root, 'sub'));
    folder = await openCodegenProject(plainFolder.root);
  });
  afterAll(() => {
    for (const each of [base, repository, plainFolder]) each.remove();
  });

  it('are refused wherever a path may stand, and leave no trace', async () => {
    expect(pathAttacks.length).toBeGreaterThanOrEqual(60);
    expect(folder.kind).toBe('folder');
    const before = [
      pictureOf(repository),
      readdirSync(join(repository.root, '.git')),
      filesOf(plainFolder.root),
      filesOf(base.root),
    ];
    const state = await project.state();
    const without = await folder.state([]);
    const journal = testJournal();
    const author = { name: 'Ann', email: 'ann@example.org' };
    const open: string[] = [];
    for (const path of pathAttacks) {
      const changes: ChangedFiles = Object.fromEntries([
        ['src/good.py', file('good\n')],
        [path, file('bad\n')],
      ]);
      const given = { state, changes, tree: '0'.repeat(40), run: 'attack', message: 'x', author, at: new Date(), hooks: false };
      const target = join(base.root, 'copy');
      // What lies in the way of a file is a good name for a project elsewhere.
      const named = /^[a-z-]+$/.test(path);
      const refused = await Promise.all([
        project.fault(path).then((fault) => fault !== undefined),
        folder.fault(path).then((fault) => fault !== undefined),
        project.treeOf(state, changes).then(() => false, isRefusal),
        folder.treeOf(without, changes).then(() => false, isRefusal),
        project.diff(state, changes).then(() => false, isRefusal),
        folder.diff(without, changes).then(() => false, isRefusal),
        project.materialise(state, changes, target).then(() => false, isRefusal),
        folder.materialise(without, changes, target).then(() => false, isRefusal),
        project.commit(given).then(({ kind }) => kind === 'refused'),
        project.write(state, changes, 'attack', journal).then(({ kind }) => kind === 'refused'),
        folder.write(without, changes, 'attack', journal).then(({ kind }) => kind === 'refused'),
        project
          .tree(state)
          .has(path)
          .then((has) => !has),
        folder
          .tree(without)
          .has(path)
          .then((has) => !has),
        project
          .tree(state)
          .read(path)
          .then(() => false, isRefusal),
        folder
          .tree(without)
          .read(path)
          .then((content) => `${content}`.startsWith('def '), isRefusal),
        folder.state([path]).then(({ kind }) => kind === 'folder', isRefusal),
        Promise.resolve(named || projectNameFault(path) !== undefined),
        (named ? Promise.reject(new ProjectRefused('')) : createCodegenProject(join(base.root, 'projects'), path)).then(
          () => false,
          isRefusal,
        ),
        project.commitOf(path).then((found) => found === undefined, isRefusal),
        project.merge(path, 'attack', author, journal).then(({ kind }) => kind === 'refused'),
        project.revert(path, 'attack', author).then(({ kind }) => kind === 'refused'),
        project.merge('0'.repeat(40), path, author, journal).then(({ kind }) => kind === 'refused'),
        project.commit({ ...given, run: path }).then(({ kind }) => kind === 'refused'),
        project.treeOf({ kind: 'git', commit: path, branch: 'main' }, {}).then(() => false, isRefusal),
      ]);
      for (const [place, held] of refused.entries()) if (!held) open.push(`${JSON.stringify(path)} at place ${place}`);
    }
    expect(open).toEqual([]);
    expect([
      pictureOf(repository),
      readdirSync(join(repository.root, '.git')),
      filesOf(plainFolder.root),
      filesOf(base.root),
    ]).toEqual(before);
    expect(journal.kept.size).toBe(0);
    expect(existsSync(join(base.root, 'copy'))).toBe(false);
    expect(repository.git('for-each-ref', 'refs/heads/timonel')).toBe('');
  });

  it('do not hide among good ones: two that are one file, or lie in one another', async () => {
    const state = await project.state();
    const pairs = [
      ['new/Name.py', 'new/name.py'],
      ['new/a', 'new/a/b'],
      ['New/a', 'new/b'],
      ['caf\u00e9.py', 'cafe\u0301.py'],
      ['stra\u00dfe.py', 'STRASSE.py'],
      ['\ufb01le.py', 'file.py'],
    ];
    for (const [one = '', two = ''] of pairs)
      await expect(project.treeOf(state, { [one]: file('1\n'), [two]: file('2\n') }), one).rejects.toThrow(
        'cannot both be written',
      );
  });

  it('lets names be that are only unusual', async () => {
    const names = [
      '-rf',
      '--help',
      'ñandú/日本.txt',
      'a "b" c.txt',
      "it's",
      ' x',
      'x~',
      '.github/workflows/ci.yml',
      '.gitignore',
      '.gitattributes',
      '[id].ts',
      'a+b=c@d.txt',
      'console.py',
      'auxiliary/nullable.py',
      'git/x',
      'x.git/y',
      '.env.example',
      '*',
      'a;b|c<d>e?f',
    ];
    for (const name of names) expect(await project.fault(name), name).toBeUndefined();
  });
});

const isRefusal = (error: unknown) => error instanceof Error && ['ProjectRefused', 'PathRefused'].includes(error.name);
