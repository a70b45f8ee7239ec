import type { SandboxLimits } from '../contract.ts';
import type { Mount, NativeLanguage } from './languages.ts';

export interface Command {
  argv: readonly string[];
  /** Path in `/work` → the descriptor that its content comes on. */
  files: ReadonlyMap<string, number>;
  /** The descriptor that the filter of system calls comes on. */
  filter: number;
  limits: SandboxLimits;
  language: Pick<NativeLanguage, 'mounts' | 'reservesAddresses' | 'ownThreads'>;
  environment?: Readonly<Record<string, string>>;
}

/** The descriptor on which the launcher waits until the control group holds it. */
export const gate = 3;
/** The descriptor on which the sandbox says that it stands: what follows is the program's doing. It is closed before the program begins. */
export const signOfLife = 5;

/**
 * The whole command line. A shell waits at the gate, then becomes bubblewrap, which starts the program under the limits of the kernel. Those are set
 * inside: the number of processes is counted for the user of the namespace there, and outside for all programs of the host's user together. Nothing on it
 * is secret, and neither is its environment: both can be read inside, as those of process 1.
 */
export function commandLine({ argv, files, filter, limits, language, environment = {} }: Command): string[] {
  const { memoryBytes, diskBytes, processes, wallMs } = limits;
  const seconds = Math.ceil(wallMs / 1000) + 1;
  const limit = [
    '/usr/bin/prlimit',
    '--core=0',
    `--cpu=${seconds}:${seconds}`,
    `--fsize=${diskBytes}`,
    '--nofile=256',
    `--nproc=${processes + language.ownThreads + 2}`,
    ...(language.reservesAddresses ? [] : [`--as=${memoryBytes + 64 * 1024 * 1024}`]),
  ];
  const begin = ['/bin/sh', '-c', `echo >&${signOfLife} && exec ${signOfLife}>&- && exec "$@"`, 'begin'];
  const bubblewrap = [
    '/usr/bin/bwrap',
    '--unshare-user',
    '--unshare-all',
    '--disable-userns',
    '--die-with-parent',
    '--new-session',
    '--clearenv',
    ...['--cap-drop', 'ALL', '--uid', '1000', '--gid', '1000', '--hostname', 'sandbox'],
    ...['--ro-bind', '/usr', '/usr'],
    ...['bin', 'sbin', 'lib', 'lib64'].flatMap((name) => ['--symlink', `usr/${name}`, `/${name}`]),
    ...['--proc', '/proc', '--dev', '/dev'],
    ...['/etc/ld.so.cache', '/etc/alternatives'].flatMap((path) => ['--ro-bind-try', path, path]),
    ...language.mounts.flatMap(({ from, to }: Mount) => ['--ro-bind', from, to]),
    ...['/tmp', '/work', '/dev/shm'].flatMap((path) => ['--size', `${diskBytes}`, '--perms', '0700', '--tmpfs', path]),
    ...[...files].flatMap(([path, descriptor]) => [
      ...folders(path),
      '--perms',
      path === '.program' ? '0700' : '0600',
      '--file',
      `${descriptor}`,
      `/work/${path}`,
    ]),
    ...Object.entries({ PATH: '/usr/bin:/bin', HOME: '/tmp', LANG: 'C.UTF-8', PYTHONHASHSEED: '0', ...environment }).flatMap(
      ([name, value]) => ['--setenv', name, value],
    ),
    ...['--remount-ro', '/dev', '--remount-ro', '/'],
    ...['--chdir', '/work', '--seccomp', `${filter}`, '--'],
  ];
  return [
    '/bin/sh',
    '-c',
    `read -r go <&${gate} && exec ${gate}<&- && exec "$@"`,
    'sandbox',
    ...bubblewrap,
    ...begin,
    ...limit,
    ...argv,
  ];
}

function folders(path: string): string[] {
  const parts = path.split('/').slice(0, -1);
  return parts.flatMap((_, at) => ['--dir', `/work/${parts.slice(0, at + 1).join('/')}`]);
}
