import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  GitFailed,
  git,
  gitAdd,
  gitBranches,
  gitCommit,
  gitDiff,
  gitLog,
  gitMakeBranch,
  gitShow,
  gitStatus,
  gitText,
} from '../../src/shell.ts';
import { needs } from '../needs.ts';
import { type ProjectFolder, projectFolder } from './project-folder.ts';

describe.skipIf(!needs('Git'))('git of a repository that nobody trusts', () => {
  let project: ProjectFolder;
  beforeAll(() => {
    project = projectFolder({ planted: true });
  });
  afterAll(() => project.remove());

  it('reads, adds and commits without starting what its settings name', async () => {
    const { root } = project;
    writeFileSync(join(root, 'lib/one.ts'), 'export const one = "one";\n');
    const status = await gitStatus(root);
    expect(status).toMatchObject({ branch: 'main', upstream: undefined, ahead: 0 });
    expect(status.files).toContainEqual({
      path: 'notes.md',
      from: undefined,
      staged: 'unchanged',
      unstaged: 'modified',
      submodule: false,
    });
    expect((await gitDiff(root)).text).toContain('+export const one = "one";');
    await gitAdd(root, ['lib/one.ts', 'notes.md', '.gitattributes']);
    // Its settings ask for signatures; who signs is a program.
    const hash = await gitCommit(root, {
      message: 'Change one\n\nFor a reason.',
      trailers: [['Assisted-by', 'Timonel']],
      sign: false,
    });
    expect(await gitLog(root)).toMatchObject([
      { hash, subject: 'Change one', body: 'For a reason.\n\nAssisted-by: Timonel', author: { name: 'Ann' } },
      { subject: 'Begin' },
    ]);
    expect((await gitShow(root, hash)).diff.text).toContain('+2');
    await gitMakeBranch(root, 'side');
    expect(await gitBranches(root)).toMatchObject([
      { name: 'main', current: true },
      { name: 'side', commit: hash, current: false },
    ]);
    for (const args of [
      ['blame', '--', 'lib/one.ts'],
      ['log', '-p'],
      ['show', 'HEAD'],
      ['grep', '-n', 'one'],
      ['diff', 'HEAD~1'],
      ['diff-tree', '-p', 'HEAD'],
      ['cat-file', '-p', 'HEAD:lib/one.ts'],
      ['checkout-index', '-f', '-a'],
      ['fsck'],
      ['update-index', '--refresh', '-q'],
    ])
      await git(root, args);
    expect(readdirSync(project.trap)).toEqual([]);
  });

  it('does not look into submodules, whose settings are their own', async () => {
    const { root } = project;
    const inner = join(root, 'inner');
    mkdirSync(inner);
    const run = (...args: string[]) =>
      execFileSync('git', args, { cwd: inner, stdio: 'pipe', env: { PATH: process.env['PATH'] ?? '', HOME: root } });
    run('init', '-q');
    run('-c', 'user.name=a', '-c', 'user.email=a@b', 'commit', '--allow-empty', '-qm', 'x');
    writeFileSync(
      join(root, '.gitmodules'),
      '[submodule "inner"]\n\tpath = inner\n\turl = ./inner\n\tignore = none\n\tupdate = !false\n',
    );
    execFileSync('git', ['config', 'submodule.inner.ignore', 'none'], { cwd: root });
    await gitAdd(root, ['inner', '.gitmodules']);
    run('config', 'core.fsmonitor', join(root, 'lib/fsmonitor'));
    writeFileSync(join(inner, 'new'), 'x');
    await gitStatus(root);
    await gitDiff(root);
    await gitAdd(root, ['lib', 'inner']);
    await gitCommit(root, { message: 'Inner', sign: false });
    expect(readdirSync(project.trap)).toEqual([]);
  });

  it('runs hooks where the user asks for it', async () => {
    writeFileSync(join(project.root, 'notes.md'), 'three\n');
    await gitAdd(project.root, ['notes.md']);
    await gitCommit(project.root, { message: 'With hooks', hooks: true, sign: false });
    expect(readdirSync(project.trap)).toEqual(expect.arrayContaining(['hook-pre-commit', 'hook-commit-msg', 'hook-post-commit']));
    expect(readdirSync(project.trap).filter((name) => !name.startsWith('hook-'))).toEqual([]);
  });

  it('does not work in another folder that the settings name, nor in a repository within the files', async () => {
    const { root } = project;
    execFileSync('git', ['config', 'core.worktree', '/'], { cwd: root });
    await expect(gitStatus(root)).rejects.toThrow(GitFailed);
    await expect(gitStatus(root)).rejects.toThrow('Remove core.worktree');
    execFileSync('git', ['config', '--unset', 'core.worktree'], { cwd: root });
    renameSync(join(root, '.git'), join(root, 'hidden'));
    await expect(gitStatus(join(root, 'hidden'))).rejects.toThrow(GitFailed);
    renameSync(join(root, 'hidden'), join(root, '.git'));
  });
});

describe.skipIf(!needs('Git'))('git', () => {
  let project: ProjectFolder;
  beforeAll(() => {
    project = projectFolder({ repository: true });
  });
  afterAll(() => project.remove());

  it('tells names of every kind, and both sides of a rename', async () => {
    const { root } = project;
    renameSync(join(root, 'lib/two.ts'), join(root, 'lib/a b "c"\nñ.ts'));
    await gitAdd(root, ['lib']);
    writeFileSync(join(root, 'new one'), '');
    expect((await gitStatus(root, { ignored: true })).files).toEqual([
      { path: 'lib/a b "c"\nñ.ts', from: 'lib/two.ts', staged: 'renamed', unstaged: 'unchanged', submodule: false },
      { path: 'notes.md', from: undefined, staged: 'unchanged', unstaged: 'modified', submodule: false },
      { path: 'new one', from: undefined, staged: 'untracked', unstaged: 'untracked', submodule: false },
      { path: '.env', from: undefined, staged: 'ignored', unstaged: 'ignored', submodule: false },
    ]);
    rmSync(join(root, 'new one'));
  });

  it('neither adds nor shows files with secrets', async () => {
    const { root } = project;
    writeFileSync(join(root, 'server.pem'), 'canary-value\n');
    await expect(gitAdd(root, ['.'])).rejects.toThrow('server.pem holds secrets');
    await expect(gitAdd(root, ['server.pem'])).rejects.toThrow(GitFailed);
    execFileSync('git', ['add', 'server.pem', 'notes.md'], { cwd: root });
    const { text, hidden } = await gitDiff(root, { what: 'staged' });
    expect(hidden).toEqual(['server.pem']);
    expect(text).toContain('notes.md');
    expect(text).not.toContain('canary-value');
    execFileSync('git', ['rm', '-q', '--cached', 'server.pem'], { cwd: root });
  });

  it('takes a message by standard input, whatever it says, and no false trailer', async () => {
    const { root } = project;
    const message = '# not a comment\n\n-m "x" $(touch y)\n\nSigned-off-by: Ann <ann@example.org>';
    await gitCommit(root, { message, trailers: [['Assisted-by', 'Timonel']], allowEmpty: true });
    const [last] = await gitLog(root, { most: 1 });
    expect(`${last?.subject}\n\n${last?.body}`).toBe(`${message}\nAssisted-by: Timonel`);
    await expect(gitCommit(root, { message: 'x', trailers: [['A', 'b\nC: d']] })).rejects.toThrow('no trailer');
    await expect(gitCommit(root, { message: ' ' })).rejects.toThrow('needs a message');
  });

  it('refuses subcommands, options and revisions that start programs or leave the repository', async () => {
    const { root } = project;
    for (const args of [
      ['push'],
      ['config', 'a.b', 'c'],
      ['log', '--ext-diff'],
      ['log', '--textc'],
      ['diff', '--output=x'],
      ['diff', '--outp', 'x'],
      ['diff', '--no-index', '/etc/passwd', 'x'],
      ['grep', '-O', 'x'],
      ['grep', '--open-files', 'x'],
      ['-c', 'a.b=c', 'log'],
      ['--exec-path=.', 'log'],
      [],
    ])
      await expect(git(root, args), args.join(' ')).rejects.toThrow(GitFailed);
    await expect(gitShow(root, '--output=x')).rejects.toThrow('no revision');
    symlinkSync('/etc', join(root, 'out'));
    await expect(gitText(root, ['rev-parse', 'nothing'])).rejects.toThrow(/nothing/);
  });

  it('makes commits by plumbing, with an index of its own, and moves a branch by compare and swap', async () => {
    const { root } = project;
    const index = join(root, '.git/index-of-a-test');
    const head = (await gitText(root, ['rev-parse', 'HEAD'])).trim();
    const blob = (await gitText(root, ['hash-object', '-w', '--stdin'], { input: 'made\n' })).trim();
    await gitText(root, ['read-tree', 'HEAD'], { index });
    await gitText(root, ['update-index', '--add', '--cacheinfo', `100644,${blob},made.txt`], { index });
    const tree = (await gitText(root, ['write-tree'], { index })).trim();
    const author = { name: 'Bot', email: 'bot@example.org', at: new Date('2026-01-02T03:04:05Z') };
    const commit = (await gitText(root, ['commit-tree', tree, '-p', head], { input: 'Made\n', author })).trim();
    await gitText(root, ['update-ref', 'refs/heads/made', commit, '0'.repeat(40)]);
    await expect(gitText(root, ['update-ref', 'refs/heads/made', head, head])).rejects.toThrow(GitFailed);
    expect(await gitLog(root, { revision: 'made', most: 1 })).toMatchObject([
      { hash: commit, parents: [head], authoredAt: '2026-01-02T03:04:05+00:00', author: { name: 'Bot' } },
    ]);
    expect((await gitStatus(root)).files.some(({ path }) => path === 'made.txt')).toBe(false);
  });
});
