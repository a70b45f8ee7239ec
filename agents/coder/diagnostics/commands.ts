/** Type checkers and linters that the project has settings for, as commands in the sandbox: they read the project and have no network. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { CommandNotStarted, runCommand } from '../../../src/shell.ts';
import { type Diagnostic, readDiagnostics } from '../analysis/diagnostics.ts';
import { type Checker, checkCommands } from '../analysis/test-runners.ts';
import type { CheckedProject, FaultFinder } from './contract.ts';

const scripts = /\.[cm]?[jt]sx?$/;
const covered: Readonly<Record<Checker, RegExp>> = {
  tsc: /\.(?:[cm]?tsx?|json)$/,
  eslint: scripts,
  biome: /\.(?:[cm]?[jt]sx?|jsonc?|css|graphql)$/,
  ruff: /\.pyi?$/,
  mypy: /\.pyi?$/,
  pyright: /\.pyi?$/,
  javac: /\.java$/,
};

/** Those that look at single files are given the ones that changed. */
const narrowed: Readonly<Partial<Record<Checker, (argv: readonly string[], paths: readonly string[]) => string[]>>> = {
  eslint: (argv, paths) => argv.flatMap((word) => (word === '.' ? paths : [word])),
  biome: (argv, paths) => argv.flatMap((word) => (word === '.' ? paths : [word])),
  ruff: (argv, paths) => [...argv, '--no-cache', '--', ...paths],
  mypy: (argv) => [...argv, '--cache-dir=/tmp/mypy'],
  javac: (argv) => (argv[0] === 'javac' ? ['javac', '-d', '/tmp', ...argv.slice(1)] : [...argv]),
};

/** The project's own, by its settings. */
export async function commandFinders(project: CheckedProject): Promise<FaultFinder[]> {
  const commands = await checkCommands(await project.analysed());
  return commands.map(({ name, argv }) => ({
    name,
    covers: (path) => covered[name].test(path),
    async faults(paths, { before, ms, signal }) {
      const words = narrowed[name]?.(argv, paths) ?? [...argv];
      const result = await runCommand({
        command: { argv: installed(project.folder, words) },
        root: project.folder,
        where: 'sandboxed',
        readOnly: true,
        wallMs: ms,
        outputBytes: 1024 * 1024,
        environment: project.environment,
        isSecret: project.isSecret,
        signal,
        ...(before === undefined ? {} : { overlays: before }),
      });
      if (result.timedOut) throw new CheckerTooSlow(name, ms);
      const found = readDiagnostics(name, result.output, project.folder);
      if (found.length === 0 && result.exitCode !== 0) throw new Error(failure(name, result.exitCode, result.output));
      return found;
    },
  }));
}

export class CheckerTooSlow extends Error {
  override readonly name = 'CheckerTooSlow';
  constructor(checker: string, ms: number) {
    super(`${checker} took longer than ${Math.round(ms / 1000)} s`);
  }
}

/** A program of `node_modules` by its place: it starts a second sooner than by `npx`. @throws CommandNotStarted where it is not installed */
function installed(root: string, argv: readonly string[]): string[] {
  if (argv[0] !== 'npx') return [...argv];
  const [name = '', ...rest] = argv.slice(2);
  if (!existsSync(join(root, 'node_modules', '.bin', name)))
    throw new CommandNotStarted(`${name} is not installed in node_modules`);
  return [join('node_modules', '.bin', name), ...rest];
}

function failure(name: string, exitCode: number | undefined, output: string): string {
  // Not found, or not executable: there is nothing to read.
  if (exitCode === 127 || exitCode === 126) return `${name} is not installed`;
  const last = output.trim().split('\n').at(-1)?.slice(0, 200) ?? '';
  return `${name} failed${last === '' ? '' : `: ${last}`}`;
}

/** Whether two faults are the same one: an edit moves lines. */
export function faultKey({ path, code, message }: Diagnostic): string {
  return JSON.stringify([path, code, message]);
}
