/** Writes a project into a folder of its own, as a git repository where it is asked. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Project } from '../contract.ts';

export interface ProjectFolder {
  root: string;
  project: Project;
  write(path: string, text: string | Uint8Array): void;
  /** Commits all files. */
  commit(message: string): void;
}

export function projectFolder(files: Readonly<Record<string, string>>): ProjectFolder {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'timonel-analysis-')));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const write = (path: string, text: string | Uint8Array) => {
    mkdirSync(join(root, dirname(path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  for (const [path, text] of Object.entries(files)) write(path, text);
  const git = (argv: readonly string[]) =>
    execFileSync('git', ['-c', 'user.name=Ana', '-c', 'user.email=ana@example.com', '-c', 'commit.gpgsign=false', ...argv], {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  return {
    root,
    write,
    commit(message) {
      git(['init', '-q', '-b', 'main']);
      git(['add', '-A']);
      git(['commit', '-q', '-m', message]);
    },
    project: {
      root,
      isSecret: (path) => /(^|\/)(\.env(?!\.example)[^/]*|id_rsa)$/.test(path),
      async read(path) {
        const bytes = await readFile(join(root, path));
        const text = bytes.toString('utf8');
        return { text, encoding: 'utf-8', bytes: bytes.length, hash: createHash('sha256').update(bytes).digest('hex') };
      },
      async git(argv) {
        try {
          return git(argv);
        } catch {
          return undefined;
        }
      },
    },
  };
}
