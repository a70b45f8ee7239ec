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

/** What a command sees of the user's environment: no variable that may hold a secret, no pager, no editor, no terminal. */
export function commandEnvironment(environment: Environment = {}): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(environment))
    if (value !== undefined && (keptVariables.includes(name) || /^LC_[A-Z]+$/.test(name))) kept[name] = value;
  return {
    LANG: 'C.UTF-8',
    ...kept,
    // A relative folder in the search path would start a program of the project in place of one of the system.
    PATH: absoluteFolders(kept['PATH'] ?? plainPath) || plainPath,
    HOME: kept['HOME'] ?? homedir(),
    TERM: 'dumb',
    PAGER: 'cat',
    GIT_PAGER: 'cat',
    GIT_TERMINAL_PROMPT: '0',
    GIT_OPTIONAL_LOCKS: '0',
  };
}

function absoluteFolders(path: string): string {
  return path
    .split(':')
    .filter((folder) => folder.startsWith('/'))
    .join(':');
}
