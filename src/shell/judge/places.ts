import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { posix } from 'node:path';
import type { SecretTest } from '../contract.ts';
import { findSecretsNow } from '../secret-files.ts';
import { hole, type ShellWord } from './words.ts';

export interface Doubt {
  code: string;
  message: string;
}

/** What is read of a path: its `content`, the content of all `beneath` it, beneath but what begins with a dot (`visible`), or `names`. */
export type PathReading = 'content' | 'beneath' | 'visible' | 'names';

/** The paths of one project, as a judgement asks about them. */
export class Places {
  readonly root: string;
  readonly home: string;
  /** Where a line starts. */
  start: string;
  readonly #isSecret: SecretTest;
  readonly #listed: readonly string[] | undefined;
  #real: string | undefined;

  constructor(root: string, home: string, isSecret: SecretTest, listed: readonly string[] | undefined) {
    this.root = posix.normalize(root);
    this.home = home;
    this.start = this.root;
    this.#isSecret = isSecret;
    this.#listed = listed;
  }

  /** Path relative to the root; undefined where it is outside. @param folder absolute */
  inside(path: string, folder: string): string | undefined {
    const relative = posix.relative(this.root, posix.resolve(folder, path));
    return relative === '..' || relative.startsWith('../') ? undefined : relative;
  }

  isSecret(path: string): boolean {
    return this.#isSecret(path);
  }

  /** Whether a folder below the one that a line starts in is a repository of its own, whose settings nobody knows. */
  isOtherRepository(folder: string): boolean {
    for (let at = folder; this.inside(at, at) !== undefined && at !== this.start; at = posix.dirname(at)) {
      if (this.start.startsWith(`${at}/`)) return false;
      if (at !== this.root && existsSync(`${at}/.git`)) return true;
      if (at === this.root) return this.start !== this.root && existsSync(`${this.start}/.git`);
    }
    return false;
  }

  /** A file with secrets that git knows: what shows files of commits may show it. */
  trackedSecret(): string | undefined {
    const { paths } = this.#secrets('');
    if (paths.length === 0) return undefined;
    try {
      const index = readFileSync(`${this.root}/.git/index`);
      return paths.find((path) => index.includes(`${posix.basename(path)}\0`));
    } catch {
      return undefined;
    }
  }

  /** Whether a folder is there, and has no file whose name looks like an option. */
  hasPlainNames(folder: string): boolean {
    try {
      return !readdirSync(folder).some((name) => name.startsWith('-'));
    } catch {
      return false;
    }
  }

  /** Why a word that names files to read is not harmless. */
  doubt(word: ShellWord, folders: readonly string[], reading: PathReading): Doubt | undefined {
    const { value, text, glob, literal } = word;
    if (value.includes(hole)) return { code: 'dynamic-path', message: `Which file ${text} is, only a run would tell.` };
    if (
      !literal &&
      !glob &&
      word.variables.length > 0 &&
      !word.variables.every((name) => name === 'PWD' || name === 'HOME' || name === '~')
    )
      return { code: 'dynamic-path', message: `Which file ${text} is, only a run would tell.` };
    for (const folder of folders) {
      const doubt = this.#doubtIn(folder, value, glob, reading);
      if (doubt !== undefined) return doubt;
    }
    return undefined;
  }

  #doubtIn(folder: string, value: string, glob: boolean, reading: PathReading): Doubt | undefined {
    const path = this.inside(value, folder);
    if (path === undefined) return { code: 'outside-project', message: `${value} is outside of the project.` };
    if (path.split('/').includes('.git')) return { code: 'git-directory', message: `${value} is git's own; use git to read it.` };
    if (this.#isSecret(path)) return { code: 'secret-file', message: `${value} holds secrets.` };
    if (glob) return this.#globDoubt(path, value, reading);
    const absolute = posix.resolve(folder, value);
    // As the kernel walks it: a link on the way counts, also one before "..".
    const walked = value.startsWith('/') ? value : `${folder}/${value}`;
    if (existsSync(walked) || existsSync(absolute)) {
      const target = this.#target(walked);
      if (target === undefined) return { code: 'outside-project', message: `${value} leads out of the project by a link.` };
      if (this.#isSecret(target)) return { code: 'secret-file', message: `${value} leads to ${target}, which holds secrets.` };
      if (hasOtherNames(walked) && this.#secrets('').paths.includes(target))
        return { code: 'secret-file', message: `${value} is another name of a file that holds secrets.` };
    }
    if (reading === 'beneath' || reading === 'visible') return this.#secretsBeneath(path, value, reading);
    return undefined;
  }

  /** Relative to the root, after links; undefined where that is outside. */
  #target(path: string): string | undefined {
    try {
      this.#real ??= realpathSync.native(this.root);
      const target = posix.relative(this.#real, realpathSync.native(path));
      return target === '..' || target.startsWith('../') ? undefined : target;
    } catch {
      return undefined;
    }
  }

  #globDoubt(path: string, value: string, reading: PathReading): Doubt | undefined {
    if (value.split('/').includes('..') || value.startsWith('/'))
      return { code: 'wide-pattern', message: `Which files ${value} names, only a run would tell.` };
    const parts = path.split('/');
    if (parts.some((part) => /^\.(?=.*[*?[])/.test(part) || /^\[/.test(part)))
      return { code: 'secret-file', message: `${value} may name files with secrets.` };
    // What the pattern may become, whatever is there now.
    if (['', 'x'].some((filler) => this.#isSecret(path.replace(/\*+|\?|\[[^\]/]*\]/g, filler))))
      return { code: 'secret-file', message: `${value} may name files with secrets.` };
    const start = parts
      .slice(
        0,
        parts.findIndex((part) => /[*?[]/.test(part)),
      )
      .join('/');
    const pattern = globPattern(path);
    const { paths, complete } = this.#secrets(start);
    if (!complete) return { code: 'wide-pattern', message: `${value} may name files with secrets: too many files to know.` };
    const hit = paths.find(
      (secret) => pattern.test(secret) || (reading !== 'names' && pattern.test(secret.split('/').slice(0, parts.length).join('/'))),
    );
    return hit === undefined ? undefined : { code: 'secret-file', message: `${value} names ${hit}, which holds secrets.` };
  }

  #secretsBeneath(path: string, value: string, reading: PathReading): Doubt | undefined {
    const { paths, complete } = this.#secrets(path);
    // Where nothing can be listed, hidden files may be there.
    if (!complete || (path === '' && reading === 'beneath' && this.#listed === undefined && !existsSync(this.root)))
      return { code: 'secret-file', message: `${value} has too many files to know which of them hold secrets.` };
    const hit = paths.find((secret) => {
      const below = path === '' ? secret : secret.startsWith(`${path}/`) ? secret.slice(path.length + 1) : undefined;
      return below !== undefined && !(reading === 'visible' && below.split('/').some((part) => part.startsWith('.')));
    });
    return hit === undefined ? undefined : { code: 'secret-file', message: `It would read ${hit}, which holds secrets.` };
  }

  #secrets(start: string): { paths: readonly string[]; complete: boolean } {
    if (this.#listed !== undefined) return { paths: this.#listed, complete: true };
    const { files, folders, complete } = findSecretsNow(this.root, start, this.#isSecret);
    return { paths: [...files, ...folders], complete };
  }
}

/** Packages are linked out of a store by package managers: they have many names, and none is asked about. */
function hasOtherNames(path: string): boolean {
  if (/\/(?:node_modules|\.pnpm-store|\.venv|site-packages)\//.test(path)) return false;
  const state = statSync(path, { throwIfNoEntry: false });
  return state?.isFile() === true && state.nlink > 1;
}

function globPattern(path: string): RegExp {
  const source = path.replace(/\*\*+|[*?]|\[[^\]/]*\]|[.+^${}()|\\[\]]/g, (piece, at: number) => {
    const isWild = /^[*?]|^\[./.test(piece);
    if (!isWild) return `\\${piece}`;
    // At the beginning of a name, nothing but a dot matches one.
    const visible = at === 0 || path[at - 1] === '/' ? '(?!\\.)' : '';
    if (piece.startsWith('**')) return `${visible}.*`;
    return `${visible}${piece === '*' ? '[^/]*' : '[^/]'}`;
  });
  return new RegExp(`^${source}$`, 'i');
}

export interface CommandSurroundings {
  places: Places;
  /** Absolute folders in which the command may run. */
  folders: readonly string[];
  /** Its standard input is another command's output, or a file that is judged by itself. */
  fed: boolean;
}
