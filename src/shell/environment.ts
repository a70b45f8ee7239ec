import { realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import type { Environment } from './contract.ts';

/**
 * Variables that commands have from the user's environment. Names are listed, not refused: a secret can have any name. Beside these come variables whose
 * name begins with `LC_`.
 */
export const keptVariables: readonly string[] = [
  'PATH',
  'HOME',
  'USER',
  'LOGNAME',
  'SHELL',
  'LANG',
  'LANGUAGE',
  'TZ',
  'TMPDIR',
  'XDG_CONFIG_HOME',
  'XDG_CACHE_HOME',
  'XDG_DATA_HOME',
  'XDG_STATE_HOME',
  'XDG_RUNTIME_DIR',
  'JAVA_HOME',
  'GOPATH',
  'GOROOT',
  'GOCACHE',
  'GOMODCACHE',
  'CARGO_HOME',
  'RUSTUP_HOME',
  'NVM_DIR',
  'VOLTA_HOME',
  'PYENV_ROOT',
  'VIRTUAL_ENV',
  'CONDA_PREFIX',
  'SDKMAN_DIR',
  'ANDROID_HOME',
  'DOTNET_ROOT',
  'PNPM_HOME',
  'BUN_INSTALL',
  'DENO_DIR',
  'COLORTERM',
  'NO_COLOR',
];

const plainPath = '/usr/local/bin:/usr/bin:/bin';

/**
 * What a command sees of the user's environment: no variable that may hold a secret, no pager, no editor, no terminal.
 * @param root the project's folder: what is in it is not in the search path
 */
export function commandEnvironment(environment: Environment = {}, root?: string): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(environment))
    if (value !== undefined && (keptVariables.includes(name) || /^LC_[A-Z]+$/.test(name))) kept[name] = value;
  return {
    LANG: 'C.UTF-8',
    ...kept,
    PATH: searchPath(kept['PATH'], root),
    HOME: kept['HOME'] ?? homedir(),
    TERM: 'dumb',
    PAGER: 'cat',
    GIT_PAGER: 'cat',
    GIT_TERMINAL_PROMPT: '0',
    GIT_OPTIONAL_LOCKS: '0',
  };
}

/** A relative folder, or one of the project such as that of `npx`, would start a program of the project in place of one of the system. */
export function searchPath(path: string | undefined, root: string | undefined): string {
  const inside = root === undefined ? [] : [root, real(root)];
  const folders = (path ?? plainPath).split(':').filter((folder) => {
    if (!folder.startsWith('/')) return false;
    return ![folder, real(folder)].some((each) => inside.some((top) => each === top || each.startsWith(`${top}/`)));
  });
  return folders.join(':') || plainPath;
}

function real(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
