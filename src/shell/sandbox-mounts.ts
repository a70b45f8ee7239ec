import { lstatSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname, join, resolve, sep } from 'node:path';
import type { SecretFiles } from './secret-files.ts';

/** Folders of the system that commands see, read-only. */
const systemFolders = [
  '/usr',
  '/bin',
  '/sbin',
  '/lib',
  '/lib32',
  '/lib64',
  '/libx32',
  '/etc',
  '/opt',
  '/nix',
  '/snap',
  '/var/lib/dpkg',
];
/** What of it an administrator could read, and a command is not shown. */
const hiddenOfSystem = ['/etc/shadow', '/etc/shadow-', '/etc/gshadow', '/etc/gshadow-', '/etc/sudoers', '/etc/krb5.keytab'];
const hiddenFoldersOfSystem = [
  '/etc/ssh',
  '/etc/ssl/private',
  '/etc/sudoers.d',
  '/etc/docker',
  '/etc/wireguard',
  '/etc/NetworkManager',
];
/** Where programs of a user are installed in the home folder. Nothing of it is configuration. */
const programsOfHome = [
  '.asdf',
  '.bun/bin',
  '.cargo/bin',
  '.cargo/git',
  '.cargo/registry',
  '.deno/bin',
  '.fnm',
  '.gradle/wrapper',
  '.jenv',
  '.local/bin',
  '.local/lib',
  '.local/pipx',
  '.local/share/fnm',
  '.local/share/mise',
  '.local/share/pnpm',
  '.local/share/uv',
  '.m2/repository',
  '.nvm',
  '.pyenv',
  '.rbenv',
  '.rustup',
  '.sdkman',
  '.volta',
  'go/bin',
  'go/pkg',
  'sdk',
];
/** What decides in `.git` which programs git starts: later, outside of the sandbox. */
const decidingOfGit = ['hooks', 'config', 'config.worktree', 'modules', 'info', 'commondir', 'worktrees'];

/** What of a project is not as it lies there. */
export interface ProjectMounts {
  readOnly: boolean;
  /** By path: what stands in the place of a file's own bytes. */
  overlays: ReadonlyMap<string, Uint8Array>;
  /** Gives the descriptor of bytes, of none for an empty file. */
  content(bytes?: Uint8Array): number;
}

/** The part of bubblewrap's command line that says what is where. */
export function mounts(root: string, home: string, secrets: SecretFiles, { readOnly, overlays, content }: ProjectMounts): string[] {
  const empty = () => content();
  const list: string[] = [];
  for (const path of systemFolders) {
    const link = linkOf(path);
    if (link !== undefined) list.push('--symlink', link, path);
    else list.push('--ro-bind-try', path, path);
  }
  for (const path of hiddenOfSystem) if (exists(path)) list.push('--ro-bind-data', `${empty()}`, path);
  for (const path of hiddenFoldersOfSystem) if (exists(path)) list.push('--tmpfs', path);
  list.push('--proc', '/proc', '--dev', '/dev');
  list.push(
    '--perms',
    '1777',
    '--tmpfs',
    '/tmp',
    '--perms',
    '1777',
    '--tmpfs',
    '/var/tmp',
    '--perms',
    '1777',
    '--tmpfs',
    '/dev/shm',
  );
  if (home.startsWith('/') && home !== '/') {
    list.push('--perms', '0700', '--tmpfs', home);
    for (const path of programsOfHome) if (exists(join(home, path))) list.push('--ro-bind', join(home, path), join(home, path));
  }
  // The Node that runs this, wherever it is installed.
  const node = dirname(dirname(realpathSync(process.execPath)));
  if (!isWithin(node, root) && !systemFolders.some((folder) => isWithin(node, folder))) list.push('--ro-bind', node, node);
  list.push(readOnly ? '--ro-bind' : '--bind', root, root, ...gitMounts(root, readOnly));
  list.push(...withoutGitSecrets(root, secrets, content));
  for (const path of secrets.folders) list.push('--tmpfs', join(root, path), '--remount-ro', join(root, path));
  // Several links may lead to one file, and a folder that is hidden already may hold it.
  const targets = new Set(secrets.files.flatMap((path) => insideTarget(root, path) ?? []));
  for (const target of targets)
    if (!secrets.folders.some((folder) => isWithin(target, join(root, folder))))
      list.push('--perms', '0400', '--ro-bind-data', `${empty()}`, target);
  for (const [path, bytes] of overlays) {
    const target = insideTarget(root, path);
    if (target !== undefined && !targets.has(target)) list.push('--perms', '0444', '--ro-bind-data', `${content(bytes)}`, target);
  }
  return list;
}

/**
 * What of `.git` holds secrets: passwords in the addresses of remotes and headers with tokens; and contents of files with secrets that were added. Git cannot
 * leave single contents out, so that all are hidden then: commands see the files, and no history.
 */
function withoutGitSecrets(root: string, secrets: SecretFiles, content: (bytes: Uint8Array) => number): string[] {
  const git = join(root, '.git');
  if (lstatSync(git, { throwIfNoEntry: false })?.isDirectory() !== true) return [];
  const list: string[] = [];
  const config = join(git, 'config');
  const text = exists(config) ? readFileSync(config, 'latin1') : '';
  const shown = text
    .replace(/(\w+:\/\/)[^\s/@"]+@/g, '$1')
    .split('\n')
    .filter((line) => !/^\s*(?:extraheader|proxy|.*(?:token|password|secret))\s*=/i.test(line))
    .join('\n');
  if (shown !== text) list.push('--perms', '0444', '--ro-bind-data', `${content(Buffer.from(shown, 'latin1'))}`, config);
  const index = join(git, 'index');
  const added = exists(index) ? readFileSync(index) : Buffer.of();
  const tracked = [...secrets.files, ...secrets.folders].some((path) => added.includes(`${path}\0`) || added.includes(`${path}/`));
  if (tracked) list.push('--tmpfs', join(git, 'objects'), '--remount-ro', join(git, 'objects'));
  return list;
}

/** `.git` as a mount of its own cannot be renamed, so that what is read-only in it stays in its place. */
function gitMounts(root: string, readOnly: boolean): string[] {
  const path = join(root, '.git');
  const state = lstatSync(path, { throwIfNoEntry: false });
  if (state === undefined) return [];
  if (state.isDirectory() && readOnly) return [];
  if (state.isDirectory()) return ['--bind', path, path, ...deciding(path)];
  if (!state.isFile()) return [];
  // A worktree: its repository is elsewhere.
  const list = ['--ro-bind', path, path];
  const folder = /^gitdir: (.+)$/m.exec(readFileSync(path, 'utf8'))?.[1]?.trim();
  const own = folder === undefined ? undefined : resolve(root, folder);
  if (own === undefined || !exists(join(own, 'commondir'))) return list;
  const whole = resolve(own, readFileSync(join(own, 'commondir'), 'utf8').trim());
  return whole.endsWith(`${sep}.git`) && exists(join(whole, 'objects')) ? [...list, '--ro-bind', whole, whole] : list;
}

function deciding(git: string): string[] {
  const list: string[] = [];
  for (const name of decidingOfGit) {
    const path = join(git, name);
    if (exists(path)) list.push('--ro-bind', path, path);
  }
  return list;
}

/** Where a path of the project really is; undefined where that is not in the project, and so not there for a command either. */
function insideTarget(root: string, path: string): string | undefined {
  try {
    const target = realpathSync(join(root, path));
    return isWithin(target, root) && statSync(target).isFile() ? target : undefined;
  } catch {
    return undefined;
  }
}

function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}

const exists = (path: string) => statSync(path, { throwIfNoEntry: false }) !== undefined;

function linkOf(path: string): string | undefined {
  const state = lstatSync(path, { throwIfNoEntry: false });
  return state?.isSymbolicLink() === true ? realpathSync(path).slice(1) : undefined;
}
