/**
 * Files of a project, as agents may touch them. A file is bytes: an edit changes the range that it matched and nothing else. Paths stay inside the
 * project's folder, whatever links lead out of it; files with secrets cannot be read or written.
 */

/** How a file's text is encoded. `latin-1`: no other decoding is exact, so each byte is one character. `binary`: it is not shown as text. */
export type FileEncoding = 'utf-8' | 'utf-8-bom' | 'utf-16le' | 'utf-16be' | 'latin-1' | 'binary';

/** A file as it was read. */
export interface ProjectFile {
  /** Relative to the project's folder, with `/`. */
  path: string;
  /** Lower-case hexadecimal SHA-256 of its bytes. */
  hash: string;
  bytes: number;
  /** Permission bits, e.g. 0o644. */
  mode: number;
  encoding: FileEncoding;
  /** Without its byte order mark, line ends as they are. Empty where the file is `binary`. */
  text: string;
  /** What the path resolves to inside the project, where it goes through a link. */
  target: string | undefined;
}

/** Why a path cannot be used. `outside`: it, or a link on its way, leads out of the project. `unreadable`: the operating system refuses. */
export type PathRefusal = 'outside' | 'secret' | 'not-a-file' | 'missing' | 'too-large' | 'git-directory' | 'unreadable';

/** Thrown by every function that takes a path. The message says what would work. */
export class PathRefused extends Error {
  override readonly name = 'PathRefused';
  readonly path: string;
  readonly refusal: PathRefusal;
  constructor(path: string, refusal: PathRefusal, message: string) {
    super(message);
    this.path = path;
    this.refusal = refusal;
  }
}

/** A text to find, once, and what takes its place. */
export interface TextEdit {
  old: string;
  new: string;
  /** Replace every exact occurrence, not the only one. */
  all?: boolean;
  /** What a patch says of the place. With it the match is of whole lines, and `old` may be empty to insert. */
  place?: EditPlace;
}

/** Where the old text of a patch stands; it decides between several matches. */
export interface EditPlace {
  /** The line on which it begins, from 1, in the file as it is. */
  line?: number;
  /** Lines that stand before it, in this order. */
  after?: readonly string[];
  /** It ends where the file ends. */
  atEnd?: boolean;
}

/**
 * What somebody wants done to one file. `hash`: the file must still have this content; `null`: it must not exist. `mode`: permission bits that it gets;
 * those that it has where it is left out. The edits of one change are all matched against the file as it is; changes of a list are made one after the
 * other, so that a move and an edit of the moved file fit.
 */
export type FileChange =
  | { kind: 'edit'; path: string; edits: readonly TextEdit[]; hash?: string; mode?: number }
  | { kind: 'write'; path: string; text: string; hash?: string | null; mode?: number }
  | { kind: 'delete'; path: string; hash?: string }
  | { kind: 'move'; path: string; to: string; hash?: string };

/** How loosely a text had to be matched: the first way that gives exactly one match is taken. */
export type MatchRung = 'exact' | 'line-ends' | 'trailing-blanks' | 'unicode' | 'indentation';

/** State of one path. */
export interface FileState {
  hash: string;
  bytes: Uint8Array;
  mode: number;
}

/** One file of a plan: what it is, and what it will be. `undefined`: it does not exist. */
export interface PlannedFile {
  path: string;
  before: FileState | undefined;
  after: FileState | undefined;
  encoding: FileEncoding;
  /** The loosest rung that an edit needed. */
  rung: MatchRung | undefined;
  /** Unified diff of the texts; for binary files one line that says so. */
  diff: string;
}

/** Why a person should look before this is written, though it could be. */
export interface ChangeDoubt {
  path: string;
  /**
   * `elided`: it has "… rest of code …" where code was. `markers`: it has marks of our own views in it. `shrinks`: it loses more than half of its lines.
   * `changed`: the file is not as it was read.
   */
  doubt: 'elided' | 'markers' | 'shrinks' | 'changed';
  message: string;
}

/** Why a change is not possible. The message says what would work, e.g. the line numbers of two matches. */
export interface ChangeRefusal {
  path: string;
  reason:
    | 'no-match'
    | 'several-matches'
    | 'stale'
    | 'exists'
    | 'missing'
    | 'binary'
    | 'unencodable'
    | 'overlap'
    | 'no-change'
    | 'malformed'
    | PathRefusal;
  message: string;
}

export type ChangePlan =
  | { kind: 'planned'; files: readonly PlannedFile[]; doubts: readonly ChangeDoubt[] }
  | { kind: 'refused'; refusals: readonly ChangeRefusal[] };

/** Where the files of an application stand, by their hashes. `unknown`: at least one is neither as before nor as after. */
export type AppliedState = 'happened' | 'did-not-happen' | 'partly' | 'unknown';

/** What is needed to tell an application's state: kept with the step before it begins. */
export interface PlannedHashes {
  path: string;
  before: string | undefined;
  after: string | undefined;
}

/** The files of one folder. All functions walk to a path without following links that lead out, also when they are swapped meanwhile. */
export interface ProjectFiles {
  /** Absolute, without links. */
  readonly root: string;
  /** @throws PathRefused */
  read(path: string): Promise<ProjectFile>;
  /** Bytes, of any file. @throws PathRefused */
  readBytes(path: string): Promise<FileState>;
  /** Whether a path may be read at all, without reading it. */
  check(
    path: string,
  ): Promise<{ kind: 'file' | 'folder' | 'missing' } | { kind: 'refused'; refusal: PathRefusal; message: string }>;
  /** Names in a folder, without secrets and `.git`. @throws PathRefused */
  list(path: string): Promise<readonly { name: string; kind: 'file' | 'folder' | 'link' }[]>;
  /** Works out the bytes of every file, and writes nothing. All changes fit, or all refusals are told. */
  plan(changes: readonly FileChange[]): Promise<ChangePlan>;
  /**
   * Writes a plan: all files, or none. Each file is written beside its place, synced and renamed; mode, owner and links are kept. Where a file is no
   * longer as the plan saw it, nothing is written.
   * @throws PathRefused, or ChangeRefused with the files that changed meanwhile
   */
  apply(plan: readonly PlannedFile[]): Promise<void>;
  /** Where an application stands after a crash. */
  appliedState(hashes: readonly PlannedHashes[]): Promise<AppliedState>;
  /**
   * Goes on with an application that a crash cut off: what is as before is written, what is as after is left.
   * @throws PathRefused, or ChangeRefused where a file is neither; nothing was written then
   */
  resume(plan: readonly PlannedFile[]): Promise<void>;
  /**
   * Takes an application back, whole or cut off by a crash: what is as after is written as before, what is as before is left.
   * @throws PathRefused, or ChangeRefused where a file is neither; nothing was written then
   */
  rollBack(plan: readonly PlannedFile[]): Promise<void>;
}

/** Thrown by {@link ProjectFiles.apply}; nothing was written. */
export class ChangeRefused extends Error {
  override readonly name = 'ChangeRefused';
  readonly refusals: readonly ChangeRefusal[];
  constructor(refusals: readonly ChangeRefusal[]) {
    super(refusals.map(({ message }) => message).join('\n'));
    this.refusals = refusals;
  }
}

/** Merge of two descendants of one text. */
export type Merged = { kind: 'merged'; bytes: Uint8Array } | { kind: 'conflict'; message: string };
