import { hasPrivateKey, isGitName, isSecretPath, PathRefused } from '../../../src/files.ts';
import type { ChangedFiles, ProjectTree } from './contract.ts';
import { shownPath } from './path-fault.ts';

/** Files of a state without the changes over them. */
export interface BaseFiles {
  /** Of regular files, in any order. */
  paths(): Promise<readonly string[]>;
  /** 0o644 or 0o755; `undefined` where there is no such regular file. */
  mode(path: string): Promise<number | undefined>;
  /** `undefined` where there is no such file. @throws PathRefused */
  read(path: string): Promise<Uint8Array | undefined>;
}

/** Whether a path may be shown at all: no secret, and nothing of git's. */
export function isShown(path: string): boolean {
  return !isSecretPath(path) && !path.split('/').some((name) => name === '' || name === '.' || name === '..' || isGitName(name));
}

/** Changes seen over a state. */
export function treeOver(base: BaseFiles, changes: ChangedFiles): ProjectTree {
  const change = (path: string) => (Object.hasOwn(changes, path) ? changes[path] : undefined);
  const mode = async (path: string): Promise<number | undefined> => {
    if (!isShown(path)) return undefined;
    const own = change(path);
    return own === undefined ? base.mode(path) : own === null ? undefined : own.mode & 0o100 ? 0o755 : 0o644;
  };
  return {
    async paths() {
      const paths = new Set(await base.paths());
      for (const [path, content] of Object.entries(changes)) content === null ? paths.delete(path) : paths.add(path);
      return [...paths].filter(isShown).sort();
    },
    has: async (path) => (await mode(path)) !== undefined,
    mode,
    async read(path) {
      if (!isShown(path))
        throw isSecretPath(path)
          ? new PathRefused(
              path,
              'secret',
              `${shownPath(path)} is a file for secrets, which is not read. Ask the person for what is needed of it.`,
            )
          : new PathRefused(
              path,
              'outside',
              `${shownPath(path)} is no path of a file in the project. Take one of those that are listed.`,
            );
      const own = change(path);
      const content = own === undefined ? await base.read(path) : own?.content;
      if (content === undefined)
        throw new PathRefused(path, 'missing', `${shownPath(path)} does not exist. List the files to see the names that do.`);
      if (hasPrivateKey(content))
        throw new PathRefused(path, 'secret', `${shownPath(path)} holds a private key, under whatever name; it is not read.`);
      return content;
    },
  };
}
