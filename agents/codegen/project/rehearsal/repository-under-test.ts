/** Repositories for tests, made by git itself, and a picture of everything in one that nothing of ours may change. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { ApplyJournal, ChangedContent, JournalledFile } from '../contract.ts';

export interface TestRepository {
  root: string;
  git(...args: string[]): string;
  put(path: string, content: string | Uint8Array, mode?: number): void;
  text(path: string): string;
  remove(): void;
}

/** The person whose repository it is; ours has no such settings. */
const person = {
  GIT_AUTHOR_NAME: 'Ann',
  GIT_AUTHOR_EMAIL: 'ann@example.org',
  GIT_COMMITTER_NAME: 'Ann',
  GIT_COMMITTER_EMAIL: 'ann@example.org',
};

export function testFolder(): TestRepository {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'timonel-codegen-')));
  return inFolder(root, () => rmSync(root, { recursive: true, force: true }));
}

export function inFolder(root: string, remove: () => void = () => undefined): TestRepository {
  return {
    root,
    git: (...args) =>
      execFileSync('git', ['-C', root, '-c', 'protocol.file.allow=always', ...args], {
        encoding: 'utf8',
        env: { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: root, LC_ALL: 'C.UTF-8', GIT_CONFIG_GLOBAL: '/dev/null', ...person },
        stdio: ['ignore', 'pipe', 'pipe'],
      }),
    put(path, content, mode) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), content, mode === undefined ? {} : { mode });
    },
    text: (path) => readFileSync(join(root, path), 'utf8'),
    remove,
  };
}

/** A repository with a commit of a few files. */
export function testRepository(options: readonly string[] = []): TestRepository {
  const repository = testFolder();
  repository.git('init', '-q', '-b', 'main', ...options);
  repository.put('src/price.py', 'def price(night):\n    return 80\n');
  repository.put('src/guests.py', 'def guests():\n    return []\n');
  repository.put('run.sh', '#!/bin/sh\nexit 0\n', 0o755);
  repository.put('README.md', '# Prices\n');
  repository.git('add', '-A');
  repository.git('commit', '-q', '-m', 'Begin');
  return repository;
}

/** Bytes, modes and links of a folder, `.git` aside; the index as entries and as bytes; refs, stash and HEAD. */
export function pictureOf({ root, git }: TestRepository): Record<string, unknown> {
  const directory = git('rev-parse', '--absolute-git-dir').trim();
  const common = git('rev-parse', '--path-format=absolute', '--git-common-dir').trim();
  const index = join(directory, 'index');
  return {
    files: filesOf(root),
    index: lstatSync(index, { throwIfNoEntry: false }) === undefined ? undefined : hashOf(readFileSync(index)),
    refs: git('for-each-ref', '--format=%(refname) %(objectname)')
      .split('\n')
      .filter((line) => !line.startsWith('refs/heads/timonel/')),
    head: readFileSync(join(directory, 'HEAD'), 'utf8'),
    stash: git('stash', 'list'),
    directory: readdirSync(directory).filter((name) => !['objects', 'logs', 'refs'].includes(name)),
    settings: readFileSync(join(common, 'config'), 'utf8'),
  };
}

export function filesOf(folder: string, below = ''): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of readdirSync(join(folder, below)).sort()) {
    if (name === '.git') continue;
    const path = below === '' ? name : `${below}/${name}`;
    const stats = lstatSync(join(folder, path));
    if (stats.isDirectory()) Object.assign(found, filesOf(folder, path));
    else if (stats.isSymbolicLink()) found[path] = `link ${readlinkSync(join(folder, path))}`;
    else if (!stats.isFile()) found[path] = 'no file';
    else found[path] = `${(stats.mode & 0o777).toString(8)} ${hashOf(readFileSync(join(folder, path)))}`;
  }
  return found;
}

const hashOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex').slice(0, 16);

export const file = (text: string, mode = 0o644): ChangedContent => ({ content: Buffer.from(text), mode });

export function testJournal(): ApplyJournal & { kept: Map<string, readonly JournalledFile[]> } {
  const kept = new Map<string, readonly JournalledFile[]>();
  return {
    kept,
    begin: async (id, files) => void kept.set(id, kept.get(id) ?? files),
    find: async (id) => kept.get(id),
    end: async (id) => void kept.delete(id),
  };
}
