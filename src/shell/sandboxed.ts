import { existsSync, openSync, realpathSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { messageOf } from '../errors.ts';
import { createControlGroup } from '../sandbox/bubblewrap/cgroup.ts';
import { seccompFilter } from '../sandbox/bubblewrap/seccomp.ts';
import { defaultSandboxLimits } from '../sandbox/contract.ts';
import { type Child, runChild, startChild } from './child.ts';
import {
  CommandNotStarted,
  type CommandResult,
  type CommandRun,
  type SandboxedServer,
  type ShellSandboxState,
} from './contract.ts';
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
  let began = false;
  const child = await enclosure(argv, folder, environment, run, '2>&1', () => {
    began = true;
  });
  const group = createControlGroup({ ...defaultSandboxLimits, memoryBytes, processes });
  try {
    const result = await runChild({ ...child, ...(group === undefined ? {} : { started: (pid) => group.add(pid) }) }, run);
    if (!began && !result.timedOut)
      throw new CommandNotStarted(`The sandbox could not be made: ${result.output.trim().slice(0, 300)} ${toInstall}`);
    return result;
  } finally {
    await group?.remove();
  }
}

/** What is started, and with which descriptors, so that a command runs in the sandbox. @throws CommandNotStarted */
async function enclosure(
  argv: readonly string[],
  folder: string,
  environment: Readonly<Record<string, string>>,
  run: Pick<CommandRun, 'root' | 'isSecret' | 'readOnly' | 'overlays'>,
  errors: '2>&1' | '2>/dev/null',
  onBegun: () => void = () => undefined,
): Promise<Child> {
  const root = realpathSync(run.root);
  const secrets = await findSecrets(root, run.isSecret);
  if (!secrets.complete)
    throw new CommandNotStarted('The project has too many files to know all of its secrets; run the command in a smaller folder.');
  const filter = seccompFilter('loopback');
  if (filter === undefined) throw new CommandNotStarted(`No filter of system calls is known for ${process.arch}.`);
  nothing ??= openSync('/dev/null', 'r');
  const none = nothing;
  const descriptors: (Buffer | string | (() => void) | number)[] = ['\n', filter, onBegun];
  const project = {
    readOnly: run.readOnly === true,
    overlays: run.readOnly === true ? (run.overlays ?? new Map()) : new Map(),
    content: (bytes?: Uint8Array) => descriptors.push(bytes === undefined ? none : Buffer.from(bytes)) + 2,
  };
  const line = [
    ...['/bin/sh', '-c', `read -r go <&3 && exec 3<&- && exec "$@" ${errors}`, 'sandbox', bubblewrap],
    ...['--unshare-user', '--unshare-all', '--disable-userns', '--die-with-parent', '--new-session', '--clearenv'],
    ...['--cap-drop', 'ALL', '--hostname', 'sandbox'],
    ...mounts(root, environment['HOME'] ?? '/', secrets, project),
    ...Object.entries({ ...environment, TMPDIR: '/tmp' }).flatMap(([name, value]) => ['--setenv', name, value]),
    ...['--remount-ro', '/', '--chdir', join(root, relative(run.root, folder)), '--seccomp', '4', '--'],
    ...['/bin/sh', '-c', 'echo >&5 && exec 5>&- && exec "$@"', 'begin', ...argv],
  ];
  return { argv: line, folder: '/', environment: {}, descriptors };
}

/**
 * Starts a program in the sandbox that is spoken to while it runs. It reads the project and writes nothing of it; it ends with this process.
 * @throws CommandNotStarted as {@link runSandboxed}
 */
export async function startSandboxedServer(
  argv: readonly string[],
  run: Pick<CommandRun, 'root' | 'isSecret' | 'environment'>,
): Promise<SandboxedServer> {
  const state = await sandboxState();
  if (!state.available) throw new CommandNotStarted(`Commands cannot be run in a sandbox here: ${state.reason} ${toInstall}`);
  const root = realpathSync(run.root);
  const environment = commandEnvironment(run.environment, run.root);
  const child = await enclosure(argv, root, environment, { ...run, root, readOnly: true }, '2>/dev/null');
  const group = createControlGroup({ ...defaultSandboxLimits, memoryBytes, processes });
  return startChild({ ...child, ...(group === undefined ? {} : { started: (pid) => group.add(pid) }) }, () => group?.remove());
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
