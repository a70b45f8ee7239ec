/** The files of a folder that become documents: what its ignore rules leave of it, as git reads them. */
import { type Dirent, existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import ignore, { type Ignore } from 'ignore';
import { messageOf } from '../errors.ts';
import { UsageError } from './usage-error.ts';

export interface FileToAdd {
  path: string;
  key: string;
}

/** In each folder; what the later one says of a path counts. */
const ruleFiles = ['.gitignore', '.timonelignore'];

interface Rules {
  /** Folder that its paths are relative to. */
  base: string;
  rules: Ignore;
}

/**
 * A file under its path, or those of a folder under their paths in it. Left out are what begins with a dot, `node_modules`, links, and what
 * `.gitignore` and `.timonelignore` name, those of the git tree around the folder included.
 * @throws UsageError
 */
export function filesIn(path: string): FileToAdd[] {
  try {
    if (!statSync(path).isDirectory()) return [{ path, key: path.replace(/^(?:\.{0,2}\/)+/, '') }];
  } catch (error) {
    throw new UsageError(`${path} cannot be read: ${messageOf(error)}`);
  }
  const found: FileToAdd[] = [];
  const walk = (folder: string, outer: readonly Rules[]) => {
    const rules = [...outer, ...rulesIn(folder)];
    for (const entry of entriesOf(folder)) {
      const own = join(folder, entry.name);
      if (entry.name.startsWith('.') || entry.name === 'node_modules' || isIgnored(own, entry.isDirectory(), rules)) continue;
      if (entry.isDirectory()) walk(own, rules);
      else if (entry.isFile()) found.push({ path: own, key: relative(path, own).replaceAll(sep, '/') });
    }
  };
  walk(path, rulesAround(resolve(path)));
  return found.sort((one, other) => (one.key < other.key ? -1 : 1));
}

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    throw new UsageError(`${folder} cannot be read: ${messageOf(error)}`);
  }
}

/** Rules of the git tree that a folder is in, from its root down to the folder's parent; none where there is no git tree. */
function rulesAround(folder: string): Rules[] {
  const parents: string[] = [];
  for (let at = folder; ; at = dirname(at)) {
    if (at !== folder) parents.unshift(at);
    if (existsSync(join(at, '.git'))) {
      const excluded = fileRules(at, join('.git', 'info', 'exclude'));
      return [...(excluded === undefined ? [] : [excluded]), ...parents.flatMap(rulesIn)];
    }
    if (dirname(at) === at) return [];
  }
}

function rulesIn(folder: string): Rules[] {
  return ruleFiles.flatMap((name) => fileRules(folder, name) ?? []);
}

function fileRules(base: string, name: string): Rules | undefined {
  const path = join(base, name);
  // A `.git` that is a file is a worktree's: it has no rules of its own here.
  if (!existsSync(path)) return undefined;
  return { base: resolve(base), rules: ignore().add(readFileSync(path, 'utf8')) };
}

function isIgnored(path: string, isFolder: boolean, all: readonly Rules[]): boolean {
  let is = false;
  for (const { base, rules } of all) {
    const own = relative(base, resolve(path)).replaceAll(sep, '/');
    const { ignored, unignored } = rules.test(isFolder ? `${own}/` : own);
    if (ignored) is = true;
    else if (unignored) is = false;
  }
  return is;
}
