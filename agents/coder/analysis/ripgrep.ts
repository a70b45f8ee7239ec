/** Runs ripgrep, which comes as a package with its program inside. It reads no configuration and follows no links. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

let program: Promise<string> | undefined;

async function programPath(): Promise<string> {
  program ??= import('@vscode/ripgrep').then(({ rgPath }) => rgPath);
  return program;
}

/** Ignored are what `.gitignore` says, in a folder that is no repository too; hidden files are seen, the git folder is not. */
const always = ['--no-config', '--hidden', '--no-require-git', '--no-messages', '--glob', '!.git', '--glob', '!.git/**'];

/**
 * Lines of ripgrep's output as they come. Leaving the loop ends the program.
 *
 * @throws Error with the program's own words where it refuses the arguments, e.g. a broken pattern
 */
export async function* ripgrepLines(root: string, argv: readonly string[], signal?: AbortSignal): AsyncGenerator<string, void> {
  const child = spawn(await programPath(), [...always, ...argv], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {},
    ...(signal === undefined ? {} : { signal }),
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    if (said.length < 4_000) said += text;
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  // A failure is told where it is awaited below.
  ended.catch(() => undefined);
  try {
    yield* createInterface({ input: child.stdout, crlfDelay: Number.POSITIVE_INFINITY });
    // 1: nothing found. 2: a fault, though some files may have been read.
    if ((await ended) === 2 && said !== '') throw new Error(said.trim());
  } finally {
    child.kill();
  }
}
