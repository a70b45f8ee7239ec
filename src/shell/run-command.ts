import { statSync } from 'node:fs';
import { isAbsolute, join, relative, sep } from 'node:path';
import { runChild } from './child.ts';
import { CommandNotStarted, type CommandResult, type CommandRun } from './contract.ts';
import { commandEnvironment } from './environment.ts';
import { harmlessGitEnvironment } from './git/run-git.ts';
import { runSandboxed } from './sandboxed.ts';

/**
 * Runs a command of a project to its end. It has no terminal, and nothing that it started outlives it.
 *
 * On the `host` it is an ordinary process of this user with an environment that has no secrets. `sandboxed` it sees the project's folder, without its
 * secrets, and the programs of the system, and no network.
 *
 * @throws CommandNotStarted where it could not be started, or the machine has no sandbox; the reason of `signal`
 */
export async function runCommand(run: CommandRun): Promise<CommandResult> {
  const folder = folderOf(run);
  const argv = 'argv' in run.command ? run.command.argv : ['bash', '--noprofile', '--norc', '-c', run.command.line];
  const [program = ''] = argv;
  if (program === '' || program.startsWith('-')) throw new CommandNotStarted('A command begins with the name of a program.');
  if (argv.some((word) => word.includes('\0'))) throw new CommandNotStarted('A word of a command cannot hold a zero byte.');
  // Reading a repository by git runs what its settings name, unless git is told otherwise.
  const withoutPrograms = run.approved !== true;
  const environment = {
    ...commandEnvironment(run.environment, run.root),
    ...(withoutPrograms ? await harmlessGitEnvironment(folder, run.environment) : {}),
  };
  if (run.where === 'sandboxed') return runSandboxed(argv, folder, environment, run);
  return runChild({ argv: inOneStream(argv), folder, environment }, run);
}

/** Both outputs on one pipe, so that they stay in their order. The shell becomes the program; the words are not read by it. */
export function inOneStream(argv: readonly string[]): string[] {
  return ['/bin/sh', '-c', 'exec "$@" 2>&1', 'command', ...argv];
}

function folderOf({ root, folder = '' }: CommandRun): string {
  const path = join(root, folder);
  const inside = relative(root, path);
  if (!isAbsolute(root) || isAbsolute(folder) || inside === '..' || inside.startsWith(`..${sep}`))
    throw new CommandNotStarted(`A command runs in a folder of the project; "${folder}" is not one.`);
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true)
    throw new CommandNotStarted(`The folder "${folder || root}" does not exist.`);
  return path;
}
