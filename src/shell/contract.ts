/**
 * Shell commands, judged before they run. A command line is parsed; every simple command, redirect, substitution and assignment in it is judged, and the
 * strictest verdict counts. Only what is proven to read inside the project runs unasked.
 */
import type { Readable, Writable } from 'node:stream';

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
  /** The line exactly as it was given: this is what runs. */
  line: string;
  /** Where it would run, relative to the project's folder; empty for the project's folder itself. */
  folder: string;
}

export interface JudgeOptions {
  /** Absolute path of the project's folder. */
  root: string;
  /** Folder in which it would run, relative to the root; the root by default. */
  folder?: string;
  /** Whether a path, relative to the project's folder with `/`, holds secrets. {@link isSecretPath} by default. */
  isSecret?: SecretTest;
  /**
   * Paths of the files with secrets in the project, as {@link findSecrets} lists them. Without it, the folder that a command searches is listed at each
   * judgement; a large one asks.
   */
  secrets?: readonly string[];
  /** The user's home folder; this process's by default. */
  home?: string;
}

/** Whether a path, relative to the project's folder with `/`, holds secrets. */
export type SecretTest = (path: string) => boolean;

/** A word of an approved command: literal, or a hole that one word of a later command fills. */
export type ScopeWord = string | { hole: string };

/** What an approval of a command covers. */
export interface CommandScope {
  /** The words, where the command is one of literal words; else the line counts, character by character. */
  words: readonly ScopeWord[] | undefined;
  line: string;
  folder: string;
  /** As a person must see it; holes as `‹name›`. */
  shown: string;
  /** Two scopes with one key cover the same. */
  key: string;
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
  /** Bytes in the middle that were left out of `output`. */
  leftOutBytes: number;
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
  /**
   * A person said yes to this command: a `git` in it does what the repository's settings say, hooks and network among it. Without it, as for commands
   * that are judged `allow`, git starts nothing for a repository.
   */
  approved?: boolean;
  signal?: AbortSignal;
  /** Told of output as it comes, up to `outputBytes`. */
  onOutput?: (text: string) => void;
  /** What it reads on its standard input, which is empty otherwise. */
  input?: string;
  /** Environment of the user, of which {@link commandEnvironment} hands on what has no secrets. Without it: a plain search path and the home folder. */
  environment?: Environment;
  /** Which files of the project are not there for a command in the sandbox. {@link isSecretPath} by default. */
  isSecret?: SecretTest;
  /** In the sandbox nothing of the project can be written. On the host it has no meaning. */
  readOnly?: boolean;
  /** With `readOnly`: bytes that stand in the place of a file's own, by path. A path that is no file is left out. */
  overlays?: ReadonlyMap<string, Uint8Array>;
}

/** A program in the sandbox that is spoken to while it runs, such as a language server. */
export interface SandboxedServer {
  readonly input: Writable;
  readonly output: Readable;
  /** Resolves when it is over, by itself or stopped. */
  readonly ended: Promise<void>;
  stop(): void;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** Whether commands can be run in a sandbox on this machine. */
export type ShellSandboxState = { available: true } | { available: false; reason: string };

/** A command could not be started, or not as asked. The message says what would work. */
export class CommandNotStarted extends Error {
  override readonly name = 'CommandNotStarted';
}
