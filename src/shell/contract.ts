/**
 * Shell commands, judged before they run. A command line is parsed; every simple command, redirect, substitution and assignment in it is judged, and the
 * strictest verdict counts. Only what is proven to read inside the project runs unasked.
 */

/** `allow`: it is proven to change nothing and to read inside the project. `deny`: nobody may approve it. */
export type ShellVerdict = 'allow' | 'ask' | 'deny';

/** Why a verdict is not `allow`, for a person: one line each. */
export interface ShellReason {
  /** kebab-case, e.g. `redirect-writes`, `unknown-program`, `outside-project`, `secret-file`, `catastrophic`. */
  code: string;
  message: string;
}

export interface JudgedCommand {
  verdict: ShellVerdict;
  reasons: readonly ShellReason[];
  /** The line as a person must see it: control, bidirectional and invisible characters escaped. */
  shown: string;
  /** Set where the line is a single command of literal words: it can be started without a shell. */
  argv: readonly string[] | undefined;
  /** Whether it may reach the network, as far as is known. `unknown` counts as yes. */
  network: 'no' | 'yes' | 'unknown';
}

export interface JudgeOptions {
  /** Absolute path of the project's folder. */
  root: string;
  /** Folder in which it would run, relative to the root; the root by default. */
  folder?: string;
}

/** What is done with commands: `plan` reads only, `ask` asks for what is not proven harmless, `edit` likewise (edits are free), `auto` runs in a sandbox. */
export type CommandMode = 'plan' | 'ask' | 'edit' | 'auto';

/** How a command of a project ended. */
export interface CommandResult {
  /** `sandboxed`: without network and secrets, in namespaces of its own. */
  where: 'sandboxed' | 'host';
  exitCode: number | undefined;
  signal: string | undefined;
  /** Ended by its time limit. */
  timedOut: boolean;
  /** Standard output and error in the order in which they came; the middle is left out of a long one, and said. */
  output: string;
  wallMs: number;
}

export interface CommandRun {
  /** What is started: `argv` without a shell, or the line by `bash -c`. */
  command: { argv: readonly string[] } | { line: string };
  root: string;
  folder?: string;
  /** Milliseconds; 120,000 by default. */
  wallMs?: number;
  outputBytes?: number;
  where: 'sandboxed' | 'host';
  signal?: AbortSignal;
  onOutput?: (text: string) => void;
}
