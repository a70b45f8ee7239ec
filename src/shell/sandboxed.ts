import { existsSync, openSync, realpathSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { messageOf } from '../errors.ts';
import { createControlGroup } from '../sandbox/bubblewrap/cgroup.ts';
import { seccompFilter } from '../sandbox/bubblewrap/seccomp.ts';
import { defaultSandboxLimits } from '../sandbox/contract.ts';
import { runChild } from './child.ts';
import { CommandNotStarted, type CommandResult, type CommandRun, type ShellSandboxState } from './contract.ts';
import { commandEnvironment } from './environment.ts';
import { mounts } from './sandbox-mounts.ts';
import { findSecrets } from './secret-files.ts';

const memoryBytes = 4 * 1024 * 1024 * 1024;
const processes = 1024;
const bubblewrap = '/usr/bin/bwrap';
const toInstall = 'Install bubblewrap (apt-get install bubblewrap), and let it make user namespaces.';
let probed: Promise<ShellSandboxState> | undefined;
let nothing: number | undefined;

/** Whether commands can be run in a sandbox here: found out once, by a command that tries the walls. */
export function sandboxState(): Promise<ShellSandboxState> {
  probed ??= probe();
  return probed;
}

/** @throws CommandNotStarted where the machine has no sandbox, or not all secrets of the project are known */
export async function runSandboxed(
  argv: readonly string[],
  folder: string,
  environment: Readonly<Record<string, string>>,
  run: CommandRun,
): Promise<CommandResult> {
  const state = await sandboxState();
  if (!state.available) throw new CommandNotStarted(`Commands cannot be run in a sandbox here: ${state.reason} ${toInstall}`);
  return enclosed(argv, folder, environment, run);
}

async function enclosed(
  argv: readonly string[],
  folder: string,
  environment: Readonly<Record<string, string>>,
  run: CommandRun,
): Promise<CommandResult> {
  const root = realpathSync(run.root);
  const secrets = await findSecrets(root, run.isSecret);
  if (!secrets.complete)
    throw new CommandNotStarted('The project has too many files to know all of its secrets; run the command in a smaller folder.');
  const filter = seccompFilter('loopback');
  if (filter === undefined) throw new CommandNotStarted(`No filter of system calls is known for ${process.arch}.`);
  const home = environment['HOME'] ?? '/';
  nothing ??= openSync('/dev/null', 'r');
  let began = false;
  const descriptors: (Buffer | string | (() => void) | number)[] = [
    '\n',
    filter,
    () => {
      began = true;
    },
  ];
  const empty = () => descriptors.push(nothing ?? 0) + 2;
  const line = [
    ...['/bin/sh', '-c', 'read -r go <&3 && exec 3<&- && exec "$@" 2>&1', 'sandbox', bubblewrap],
    ...['--unshare-user', '--unshare-all', '--disable-userns', '--die-with-parent', '--new-session', '--clearenv'],
    ...['--cap-drop', 'ALL', '--hostname', 'sandbox'],
    ...mounts(root, home, secrets, empty, run.readOnly),
    ...Object.entries({ ...environment, TMPDIR: '/tmp' }).flatMap(([name, value]) => ['--setenv', name, value]),
    ...['--remount-ro', '/', '--chdir', join(root, relative(run.root, folder)), '--seccomp', '4', '--'],
    ...['/bin/sh', '-c', 'echo >&5 && exec 5>&- && exec "$@"', 'begin', ...argv],
  ];
  const group = createControlGroup({ ...defaultSandboxLimits, memoryBytes, processes });
  try {
    const result = await runChild(
      {
        argv: line,
        folder: '/',
        environment: {},
        descriptors,
        ...(group === undefined ? {} : { started: (pid) => group.add(pid) }),
      },
      run,
    );
    if (!began && !result.timedOut)
      throw new CommandNotStarted(`The sandbox could not be made: ${result.output.trim().slice(0, 300)} ${toInstall}`);
    return result;
  } finally {
    await group?.remove();
  }
}

const inspection = `
echo "filter $(grep -c '^Seccomp:.2' /proc/self/status)"
echo "privileges $(grep -c '^NoNewPrivs:.1' /proc/self/status)"
echo "capabilities $(grep -c '^CapEff:.0000000000000000' /proc/self/status)"
echo "network $(tail -n +3 /proc/net/dev | grep -cv '^ *lo:')"
echo "secret $(cat .env 2>/dev/null | wc -c)"
touch /usr/written 2>/dev/null && echo "system 1" || echo "system 0"
touch written 2>/dev/null && echo "project 1" || echo "project 0"
`;
const walls = 'filter 1\nprivileges 1\ncapabilities 1\nnetwork 0\nsecret 0\nsystem 0\nproject 1';

async function probe(): Promise<ShellSandboxState> {
  if (process.platform !== 'linux') return { available: false, reason: 'It needs Linux.' };
  if (!existsSync(bubblewrap)) return { available: false, reason: `${bubblewrap} is not installed.` };
  const root = await mkdtemp(join(tmpdir(), 'timonel-shell-probe-'));
  try {
    await writeFile(join(root, '.env'), 'CANARY=1\n');
    const command = { argv: ['/bin/sh', '-c', inspection] };
    const { output } = await enclosed(command.argv, root, commandEnvironment(), {
      command,
      root,
      where: 'sandboxed',
      wallMs: 20_000,
    });
    if (output.trim() === walls) return { available: true };
    return {
      available: false,
      reason: `This machine does not hold every wall: ${output.trim().replaceAll('\n', ', ').slice(0, 300)}.`,
    };
  } catch (error) {
    return { available: false, reason: messageOf(error) };
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}
