import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface ProjectFolder {
  root: string;
  /** What every file holds, `.git` among them: path → hash. */
  contents(): Map<string, string>;
  /** The file that planted programs leave. */
  trap: string;
  remove(): void;
}

/** A project with a secret and two files; `planted`: a repository whose settings and files start a program wherever they can. */
export function projectFolder({
  planted = false,
  repository = planted,
}: {
  planted?: boolean;
  repository?: boolean;
} = {}): ProjectFolder {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'timonel-shell-')));
  const root = join(folder, 'project');
  const trap = join(folder, 'trap');
  mkdirSync(join(root, 'lib'), { recursive: true });
  const write = (path: string, text: string) => writeFileSync(join(root, path), text);
  write('notes.md', 'one\ntwo\n');
  write('lib/one.ts', 'export const one = 1;\n');
  write('lib/two.ts', 'export const two = 2;\n');
  write('.env', 'CANARY=canary-value\n');
  const git = (...args: string[]) =>
    execFileSync('git', args, {
      cwd: root,
      stdio: 'pipe',
      env: { PATH: process.env['PATH'] ?? '', HOME: folder, GIT_CONFIG_NOSYSTEM: '1' },
    });
  if (repository) {
    git('init', '-q', '-b', 'main');
    git('config', 'user.name', 'Ann');
    git('config', 'user.email', 'ann@example.org');
    write('.gitignore', '.env\n');
    git('add', '.');
    git('commit', '-qm', 'Begin');
    write('notes.md', 'one\n2\n');
  }
  if (planted) {
    mkdirSync(trap);
    // Each leaves a file of its own, so that a test says which was started.
    const program = (name: string) => {
      write(`lib/${name}`, `#!/bin/sh\necho "$0" > ${trap}/${name}\ncat\n`);
      chmodSync(join(root, 'lib', name), 0o755);
      return join(root, 'lib', name);
    };
    write('.gitattributes', '*.ts diff=planted filter=planted merge=planted\n*.md diff=outside filter=process\n');
    const settings: [string, string][] = [
      ['core.fsmonitor', program('fsmonitor')],
      ['core.hooksPath', join(root, 'lib/hooks')],
      ['core.pager', program('pager')],
      ['pager.log', program('pager-log')],
      ['core.editor', program('editor')],
      ['core.sshCommand', program('ssh')],
      ['core.askPass', program('askpass')],
      ['diff.external', program('external')],
      ['diff.planted.textconv', program('textconv')],
      ['diff.outside.command', program('command')],
      ['filter.planted.clean', program('clean')],
      ['filter.planted.smudge', program('smudge')],
      ['filter.planted.required', 'true'],
      ['filter.process.process', program('process')],
      ['merge.planted.driver', program('driver')],
      ['gpg.program', program('gpg')],
      ['commit.gpgSign', 'true'],
      ['log.showSignature', 'true'],
      ['credential.helper', program('helper')],
      ['alias.status', `!${program('alias')}`],
      ['alias.extra', `!${program('alias-extra')}`],
      ['sequence.editor', program('sequence')],
      ['interactive.diffFilter', program('filter')],
      ['trailer.sign.command', program('trailer')],
      ['gc.recentObjectsHook', program('gc-hook')],
      ['remote.origin.url', 'ext::sh -c "true"'],
      ['includeIf.gitdir:/.path', join(root, 'lib/included')],
      ['extensions.worktreeConfig', 'true'],
    ];
    for (const [key, value] of settings) git('config', key, value);
    write('lib/included', `[diff "planted"]\n\tcommand = ${program('included')}\n`);
    writeFileSync(join(root, '.git/config.worktree'), `[core]\n\tfsmonitor = ${program('worktree')}\n`);
    mkdirSync(join(root, 'lib/hooks'));
    for (const hook of [
      'pre-commit',
      'commit-msg',
      'post-commit',
      'prepare-commit-msg',
      'post-index-change',
      'reference-transaction',
      'post-checkout',
    ]) {
      for (const place of [join(root, 'lib/hooks'), join(root, '.git/hooks')]) {
        mkdirSync(place, { recursive: true });
        writeFileSync(join(place, hook), `#!/bin/sh\necho > ${trap}/hook-${hook}\n`);
        chmodSync(join(place, hook), 0o755);
      }
    }
    // Programs of the project with the names of programs of the system.
    for (const name of ['ls', 'cat', 'git', 'grep', 'sh', 'bash']) {
      write(name, `#!/bin/sh\necho > ${trap}/program-${name}\n`);
      chmodSync(join(root, name), 0o755);
    }
  }
  return {
    root,
    trap,
    contents: () => contentsOf(root),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function contentsOf(root: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    found.set(path.slice(root.length + 1), createHash('sha256').update(readFileSync(path)).digest('hex'));
  }
  return found;
}
