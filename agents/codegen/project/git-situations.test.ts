import { chmodSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { needs } from '../../../test/needs.ts';
import type { ChangedFiles, CodegenProject } from './contract.ts';
import { openCodegenProject } from './open-project.ts';
import { file, inFolder, pictureOf, type TestRepository, testFolder, testRepository } from './rehearsal/repository-under-test.ts';

/** A repository in some state, and the folder in it that code is generated for. */
interface Situation {
  repository: TestRepository;
  /** Below the repository; the repository itself by default. */
  project?: string;
  changes?: ChangedFiles;
}

const usual: ChangedFiles = {
  'src/price.py': file('def price(night):\n    return 95\n'),
  'src/tax.py': file('TAX = 21\r\n'),
  'tools/check': file('#!/bin/sh\nexit 1\n', 0o755),
};

const made = (repository: TestRepository = testRepository(), more: Omit<Situation, 'repository'> = {}): Situation => ({
  repository,
  ...more,
});

const hookNames = ['pre-commit', 'commit-msg', 'post-commit', 'prepare-commit-msg', 'reference-transaction', 'post-index-change'];

const situations: Readonly<Record<string, () => Situation>> = {
  'staged, changed, untracked and ignored files'() {
    const { repository } = made();
    repository.put('.gitignore', 'build/\n');
    repository.git('add', '.gitignore');
    repository.put('src/price.py', 'half of a thought\n');
    repository.git('add', 'src/price.py');
    repository.put('src/price.py', 'half of a thought, and more\n');
    repository.put('src/tax.py', 'a file of the person\n');
    repository.put('build/out.bin', Buffer.from([0, 1, 2]));
    repository.git('rm', '-q', '--cached', 'README.md');
    return { repository };
  },
  'no branch checked out'() {
    const { repository } = made();
    repository.git('checkout', '-q', '--detach');
    return { repository };
  },
  'no commit yet'() {
    const repository = testFolder();
    repository.git('init', '-q', '-b', 'main');
    repository.put('notes.txt', 'not added\n');
    return { repository, changes: { 'src/first.py': file('print(1)\n') } };
  },
  'a second working tree'() {
    const main = testRepository();
    main.git('worktree', 'add', '-q', '-b', 'side', 'elsewhere');
    return { repository: inFolder(join(main.root, 'elsewhere'), main.remove) };
  },
  'a submodule, changed inside'() {
    const inner = testRepository();
    const { repository } = made();
    repository.git('submodule', '--quiet', 'add', inner.root, 'libs/inner');
    repository.git('commit', '-q', '-m', 'Add inner');
    inFolder(join(repository.root, 'libs/inner')).put('README.md', 'changed inside\n');
    onTestFinished(inner.remove);
    return { repository };
  },
  'the project is a submodule'() {
    const inner = testRepository();
    const outer = testRepository();
    outer.git('submodule', '--quiet', 'add', inner.root, 'libs/inner');
    outer.git('commit', '-q', '-m', 'Add inner');
    onTestFinished(inner.remove);
    return { repository: inFolder(join(outer.root, 'libs/inner'), outer.remove) };
  },
  'the project is a folder of the repository'() {
    const { repository } = made();
    repository.put('services/ños "x"/src/price.py', 'def price(): pass\n');
    repository.git('add', '-A');
    repository.git('commit', '-q', '-m', 'Add a service');
    return { repository, project: 'services/ños "x"' };
  },
  'a repository within, which is no submodule'() {
    const { repository } = made();
    const inner = inFolder(join(repository.root, 'vendored'));
    inner.put('own.txt', 'its own\n');
    inner.git('init', '-q', '-b', 'main');
    inner.git('add', '-A');
    inner.git('commit', '-q', '-m', 'Of its own');
    return { repository };
  },
  'hooks that leave a trace and refuse'() {
    const { repository } = made();
    for (const name of hookNames)
      repository.put(`.git/hooks/${name}`, `#!/bin/sh\ntouch "${repository.root}/ran"\nexit 1\n`, 0o755);
    repository.put('filters/f', `#!/bin/sh\ntouch "${repository.root}/ran"\ncat\n`, 0o755);
    repository.put('.gitattributes', '*.py filter=f text eol=lf ident\n* merge=f diff=f\n');
    repository.git('config', 'filter.f.clean', join(repository.root, 'filters/f'));
    repository.git('config', 'filter.f.required', 'true');
    repository.git('config', 'core.fsmonitor', join(repository.root, 'filters/f'));
    repository.git('config', 'merge.f.driver', join(repository.root, 'filters/f'));
    return { repository };
  },
  'odd names, links and line ends that git converts'() {
    const { repository } = made();
    const names = [
      'a "quoted" name.txt',
      'with\nline end.txt',
      '-rf',
      '--help',
      'ñandú/日本.txt',
      'tab\there',
      "it's",
      ' first blank',
      'back`tick`',
    ];
    for (const name of names) repository.put(name, 'one\n');
    symlinkSync('/etc/passwd', join(repository.root, 'out'));
    symlinkSync('src', join(repository.root, 'in'));
    repository.git('add', '-A');
    repository.git('commit', '-q', '-m', 'Add odd names');
    repository.git('config', 'core.autocrlf', 'true');
    repository.git('config', 'core.quotePath', 'true');
    return {
      repository,
      changes: { ...Object.fromEntries(names.map((name) => [name, file('two\n')])), 'new "ñ" name.txt': file('three\r\n') },
    };
  },
  'a merge with conflicts under way'() {
    const { repository } = made();
    repository.git('checkout', '-q', '-b', 'other');
    repository.put('README.md', '# Other\n');
    repository.git('commit', '-q', '-a', '-m', 'Other');
    repository.git('checkout', '-q', 'main');
    repository.put('README.md', '# Main\n');
    repository.git('commit', '-q', '-a', '-m', 'Main');
    expect(() => repository.git('merge', '-q', 'other')).toThrow();
    return { repository };
  },
  'stashed work and a split index'() {
    const { repository } = made();
    repository.put('src/price.py', 'for later\n');
    repository.git('stash', '-q');
    repository.git('update-index', '--split-index');
    repository.git('config', 'core.splitIndex', 'true');
    return { repository };
  },
  'SHA-256'() {
    return made(testRepository(['--object-format=sha256']));
  },
  'files left out of the working tree'() {
    const { repository } = made();
    repository.git('sparse-checkout', 'set', '--no-cone', '/README.md');
    return { repository };
  },
  'signatures asked for, another encoding, and no identity'() {
    const { repository } = made();
    repository.git('config', 'commit.gpgSign', 'true');
    repository.git('config', 'user.useConfigOnly', 'true');
    repository.git('config', 'i18n.commitEncoding', 'ISO-8859-1');
    mkdirSync(join(repository.root, 'empty'));
    chmodSync(join(repository.root, 'README.md'), 0o755);
    return { repository };
  },
};

const author = { name: 'Áña <Ñ>', email: 'ana@example.org' };
const at = new Date('2026-03-01T10:00:00Z');

async function opened(situation: Situation): Promise<CodegenProject> {
  onTestFinished(situation.repository.remove);
  // No identity is known: neither the machine's nor the user's settings are read.
  const environment = { PATH: process.env['PATH'], HOME: '/nonexistent' };
  return openCodegenProject(join(situation.repository.root, situation.project ?? ''), { environment });
}

describe.skipIf(!needs('Git'))('a project in git', () => {
  describe.each(Object.entries(situations))('with %s', (_, make) => {
    it('is changed by an approval in one new branch, and in nothing else', async () => {
      const situation = make();
      const { repository, changes = usual } = situation;
      const before = pictureOf(repository);
      const project = await opened(situation);
      const prefix = situation.project === undefined ? '' : `${situation.project}/`;
      expect(project).toMatchObject({ kind: 'git', prefix });
      const state = await project.state();

      // Rejected: objects, and no ref.
      const rejected = await project.treeOf(state, { 'rejected.py': file('no\n') });
      expect(await project.diff(state, changes)).toContain('+++ ');
      // Modified: another round over the same state.
      await project.treeOf(state, { ...changes, 'round one.py': file('not yet\n') });
      expect(pictureOf(repository)).toEqual(before);
      expect(repository.git('for-each-ref', 'refs/heads/timonel')).toBe('');

      const tree = await project.treeOf(state, changes);
      expect(tree).not.toBe(rejected);
      const given = { state, changes, tree, run: 'run-1', message: 'feat: añade\n\nPrices change.', author, at, hooks: false };
      const committed = await project.commit(given);
      expect(committed).toMatchObject({ kind: 'committed', branch: 'timonel/run-1', again: false });
      if (committed.kind !== 'committed') return;
      expect(await project.commit({ ...given, at: new Date() })).toEqual({ ...committed, again: true });
      expect(await project.commitOf('run-1')).toBe(committed.commit);
      expect(pictureOf(repository)).toEqual(before);

      const { git } = repository;
      const named = git('diff-tree', '-r', '-z', '--root', '--no-commit-id', '--name-only', committed.commit);
      expect(named.split('\0').filter(Boolean).sort()).toEqual(
        Object.keys(changes)
          .map((path) => prefix + path)
          .sort(),
      );
      for (const [path, change] of Object.entries(changes))
        expect(git('cat-file', 'blob', `${committed.commit}:${prefix}${path}`)).toBe(Buffer.from(change?.content ?? []).toString());
      const text = git('log', '-1', '--format=%an|%ae|%cn|%ce|%at|%B', '--encoding=UTF-8', committed.commit);
      expect(text.trimEnd()).toBe(
        'Áña Ñ|ana@example.org|Timonel codegen|codegen@timonel.invalid|1772359200|feat: añade\n\nPrices change.\n\nTimonel-Run: run-1',
      );
      expect(git('rev-list', '--parents', '-1', committed.commit).trim()).toBe(
        [committed.commit, state.kind === 'git' && state.commit].filter(Boolean).join(' '),
      );
      git('fsck', '--strict', '--no-dangling');
      expect(git('for-each-ref', '--format=%(refname)', 'refs/heads/timonel').trim()).toBe('refs/heads/timonel/run-1');
    });
  });
});
