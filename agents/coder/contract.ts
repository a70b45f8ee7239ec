/** What the coding assistant is made of: its modes, what it keeps of changes, and what its tools answer. */
import type { PlannedHashes } from '../../src/files.ts';
import type { Environment } from '../../src/shell.ts';

/**
 * What is done without a question. `plan`: reads only, nothing is changed. `ask`: edits and commands are asked about. `edit`: edits are not, commands
 * are. `auto`: commands run without a question inside the sandbox, without network; whatever needs more is asked about.
 */
export const coderModes = ['plan', 'ask', 'edit', 'auto'] as const;
export type CoderMode = (typeof coderModes)[number];

export interface CoderOptions {
  /** Absolute path of the project: the only folder in which it reads and writes. */
  folder: string;
  /** Absolute path of the user's own folder with settings, commands and skills for every project, e.g. `~/.config/timonel`; none where absent. */
  userFolder?: string;
  /** The user's environment, of which commands get what has no secrets. */
  environment?: Environment;
}

/** `planned` may have been written or not: the hashes tell. */
export type ChangeState = 'planned' | 'applied';

/** A file of a change as it is kept: what it was, and what it became. */
export interface ChangedFile extends PlannedHashes {
  beforeMode: number | undefined;
  afterMode: number | undefined;
  /** Both contents are kept, so that it can be undone. */
  kept: boolean;
  undone: boolean;
}

/** A set of files that were changed together. */
export interface CoderChange {
  id: string;
  conversationId: string;
  runId: string;
  kind: 'edit' | 'command';
  state: ChangeState;
  /** In a few words: paths, or the command. */
  title: string;
  createdAt: Date;
  files: readonly ChangedFile[];
}

/** What became of one file when a change was undone or redone. */
export interface UndoneFile {
  path: string;
  /**
   * `restored`: it was as the agent left it. `merged`: it had changed since, and what the person wrote stayed. `conflict`: it had changed in the same
   * place; it is left as it is. `nothing`: it was already so. `not-kept`: its former content was too large to keep.
   */
  result: 'restored' | 'merged' | 'conflict' | 'nothing' | 'not-kept' | 'refused';
  message?: string;
  diff?: string;
}

export interface UndoReport {
  /** Titles of the changes that it is about; empty where there is nothing to undo. */
  changes: readonly string[];
  files: readonly UndoneFile[];
}
