import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { needs } from '../../../test/needs.ts';
import type { ChangedFiles, CodegenProject } from './contract.ts';
import { createCodegenProject } from './create-project.ts';
import { openCodegenProject } from './open-project.ts';
import { projectStatus } from './project-status.ts';
import { file, filesOf, type TestRepository, testFolder, testJournal, testRepository } from './rehearsal/repository-under-test.ts';

const author = { name: 'Ann', email: 'ann@example.org' };
const changes: ChangedFiles = {
  'src/price.py': file('def price(night):\n    return 95\n'),
  'src/tax.py': file('TAX = 21\n'),
  'README.md': null,
};

async function committed(project: CodegenProject, run: string, what: ChangedFiles, hooks = false) {
  const state = await project.state();
  const tree = await project.treeOf(state, what);
  return project.commit({ state, changes: what, tree, run, message: 'feat: prices', author, at: new Date(1e12), hooks });
}

async function opened(): Promise<{ project: CodegenProject; repository: TestRepository }> {
  const repository = testRepository();
  onTestFinished(repository.remove);
  return { repository, project: await openCodegenProject(repository.root) };
}

describe.skipIf(!needs('Git'))('a project', () => {
  it('gets an approved commit by fast-forward or merge, keeps the work of a person, and is taken back', async () => {
    const { project, repository } = await opened();
    const journal = testJournal();
    const one = await committed(project, 'one', changes);
    repository.put('src/guests.py', 'half of a thought\n');
    repository.put('notes.txt', 'staged\n');
    repository.git('add', 'notes.txt');
    if (one.kind !== 'committed') throw new Error(one.message);
    expect(await project.merge(one.commit, 'one', author, journal)).toMatchObject({
      kind: 'applied',
      commit: one.commit,
      again: false,
    });
    expect(repository.git('status', '--short')).toBe('A  notes.txt\n M src/guests.py\n');
    expect(await project.merge(one.commit, 'one', author, journal)).toMatchObject({ kind: 'applied', again: true });

    const two = await committed(project, 'two', { 'src/two.py': file('2\n'), 'src/guests.py': file('theirs\n') });
    if (two.kind !== 'committed') throw new Error(two.message);
    const before = filesOf(repository.root);
    expect(await project.merge(two.commit, 'two', author, journal)).toMatchObject({ kind: 'conflict', files: ['src/guests.py'] });
    expect(filesOf(repository.root)).toEqual(before);
    repository.git('commit', '-q', '-m', 'Notes');
    repository.git('checkout', '-q', '--', 'src/guests.py');
    expect(await project.merge(two.commit, 'two', author, journal)).toMatchObject({
      kind: 'applied',
      files: ['src/guests.py', 'src/two.py'],
    });
    expect(repository.git('log', '-1', '--format=%an %cn %P').split(' ')).toHaveLength(5);

    const back = await project.revert(one.commit, 'one', author);
    expect(back).toMatchObject({ kind: 'committed', branch: 'timonel/revert-one' });
    if (back.kind !== 'committed') return;
    expect(await project.revert(one.commit, 'one', author)).toEqual({ ...back, again: true });
    expect(await project.merge(back.commit, 'revert-one', author, journal)).toMatchObject({ kind: 'applied' });
    expect(repository.text('src/price.py')).toContain('return 80');
    expect(repository.text('README.md')).toBe('# Prices\n');
    expect(repository.git('status', '--short')).toBe('');
    expect(await projectStatus(project)).toMatchObject({ branch: 'main', staged: [], modified: [], untracked: [] });
    repository.git('fsck', '--strict', '--no-dangling');
  });

  it('runs hooks when asked, in a copy of what is committed, and tells what is ignored', async () => {
    const { project, repository } = await opened();
    repository.put(
      '.git/hooks/pre-commit',
      '#!/bin/sh\ngrep -q 95 src/price.py && git diff --cached --name-only -- "*.py" | grep -q tax\n',
      0o755,
    );
    repository.put('.git/hooks/commit-msg', '#!/bin/sh\necho "Checked-by: hook" >> "$1"\n', 0o755);
    repository.put('.gitignore', 'build/\n');
    expect((await project.remarks({ 'build/x.js': file('1\n') })).join()).toContain('is ignored by the repository');
    expect(await committed(project, 'bad', { 'src/other.py': file('1\n') }, true)).toMatchObject({ kind: 'refused' });
    const good = await committed(project, 'good', changes, true);
    if (good.kind !== 'committed') throw new Error(good.message);
    expect(repository.git('log', '-1', '--format=%B', good.commit)).toContain('Checked-by: hook');
    expect(await project.commitOf('good')).toBe(good.commit);
    expect(repository.text('src/price.py')).toContain('return 80');
  });

  it('is made empty and by its name, never within another repository', async () => {
    const base = testFolder();
    onTestFinished(base.remove);
    const project = await createCodegenProject(join(base.root, 'projects'), 'price-list');
    expect(await project.state()).toEqual({ kind: 'git', commit: undefined, branch: 'main' });
    expect((await createCodegenProject(join(base.root, 'projects'), 'price-list')).folder).toBe(project.folder);
    const { repository } = await opened();
    await expect(createCodegenProject(join(repository.root, 'data'), 'x')).rejects.toThrow('lies in the repository');
    expect(existsSync(join(repository.root, 'data/x'))).toBe(false);
  });
});
