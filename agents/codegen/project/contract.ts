/**
 * The folder that code is generated for: what is in it, and how an approved tree gets into it. Reading never changes it; its index, stash, branches and
 * working files stay as they are until somebody approves, and after that too, but for one new branch.
 */

/** The state of a project that a generation is made over. */
export type ProjectState =
  /** `commit`: `undefined` in a repository without commits. `branch`: the one that is checked out; `undefined` where none is. */
  | { kind: 'git'; commit: string | undefined; branch: string | undefined }
  /** A folder without git: the SHA-256 of each file that a generation read or changes, by path; `undefined` where it is not there. */
  | { kind: 'folder'; hashes: Readonly<Record<string, string | undefined>> };

/** New content of a file, by path relative to the project; `null`: it is removed. */
export type ChangedFiles = Readonly<Record<string, ChangedContent | null>>;
export interface ChangedContent {
  content: Uint8Array;
  /** Permission bits: 0o644 or 0o755. */
  mode: number;
}

/** The files of a project as they were in a state, with changes over them. */
export interface ProjectTree {
  /** Paths of all files, sorted; without secrets and `.git`. */
  paths(): Promise<readonly string[]>;
  /** @throws PathRefused (`missing`, `secret`, `too-large`, …) */
  read(path: string): Promise<Uint8Array>;
  has(path: string): Promise<boolean>;
}

/** What a commit is made of. */
export interface TreeCommit {
  state: ProjectState;
  changes: ChangedFiles;
  /** As {@link CodegenProject.treeOf} gave it; the approval was for this tree. */
  tree: string;
  /** Names the generation: branch `timonel/<run>` and the trailer `Timonel-Run`. */
  run: string;
  /** Conventional: one line of up to 72 characters, a blank line, the body. */
  message: string;
  /** The person who approved. The committer is the agent. */
  author: { name: string; email: string };
  at: Date;
  /** Run the repository's own hooks. */
  hooks: boolean;
}

/**
 * `committed`: it is there, now or since an earlier attempt. `stale`: the project is not at the state any more. `conflict`: a branch of that name holds
 * something else. `refused`: a hook, or a path.
 */
export type CommitResult =
  | { kind: 'committed'; commit: string; branch: string; again: boolean }
  | { kind: 'stale'; message: string }
  | { kind: 'conflict'; message: string }
  | { kind: 'refused'; message: string };

/** How an approved commit gets onto the branch of the person, or approved files into a folder without git. */
export type ApplyResult =
  | { kind: 'applied'; files: readonly string[]; commit: string | undefined; again: boolean }
  | { kind: 'stale'; message: string }
  /** The person changed a file that would be written. Nothing was written. */
  | { kind: 'conflict'; files: readonly string[]; message: string }
  | { kind: 'refused'; message: string };

/** Where a writing of files is kept before it begins, so that a crash can be told and mended. */
export interface ApplyJournal {
  /** Stores what is about to be written, under the generation's id. The same again where it is there. */
  begin(id: string, files: readonly JournalledFile[]): Promise<void>;
  find(id: string): Promise<readonly JournalledFile[] | undefined>;
  end(id: string): Promise<void>;
}
export interface JournalledFile {
  path: string;
  /** `undefined`: it does not exist. */
  before: { content: Uint8Array; mode: number } | undefined;
  after: { content: Uint8Array; mode: number } | undefined;
}

/** Why a path that a model or a person named cannot be written, in a sentence that says what would be right; `undefined` where it can. */
export type PathFault = string | undefined;

export interface CodegenProject {
  /** Absolute, without links. */
  readonly folder: string;
  readonly kind: 'git' | 'folder';
  /** The state as it is now. Of a folder without git only the paths that are named are looked at. */
  state(paths?: readonly string[]): Promise<ProjectState>;
  /** @param changes are seen over the state */
  tree(state: ProjectState, changes?: ChangedFiles): ProjectTree;
  /**
   * Whether a path may be written at all: relative, inside, no `..`, `~`, NUL, backslash, drive, percent escape, trailing dot or blank, reserved name, nothing in
   * `.git` by any spelling that a file system takes for it, no secret, no link on its way, not inside a submodule or a nested repository.
   */
  fault(path: string): Promise<PathFault>;
  /** The hash that an approval is bound to. Writes objects, and no ref. */
  treeOf(state: ProjectState, changes: ChangedFiles): Promise<string>;
  /** Unified diff of the changes over the state. */
  diff(state: ProjectState, changes: ChangedFiles): Promise<string>;
  /**
   * Commits by plumbing with an index of its own onto `timonel/<run>`: the same commit when it is asked again. No hook runs unless asked, and the branch that is
   * checked out is not moved.
   */
  commit(commit: TreeCommit): Promise<CommitResult>;
  /** Finds the commit of a generation by its branch, or by its trailer where the branch is gone. */
  commitOf(run: string): Promise<string | undefined>;
  /**
   * Brings a commit onto the branch that is checked out: fast-forward where that is possible, else a merge commit. Working files and index entries of its own
   * paths are written, all or none, through the journal; where the person changed one of them it is a conflict.
   */
  merge(commit: string, run: string, author: TreeCommit['author'], journal: ApplyJournal): Promise<ApplyResult>;
  /** Writes approved files into a folder without git, all or none, through the journal. */
  write(state: ProjectState, changes: ChangedFiles, run: string, journal: ApplyJournal): Promise<ApplyResult>;
  /** Goes on with a writing that a crash cut off, or takes it back. Nothing where there is none. */
  recover(run: string, journal: ApplyJournal): Promise<void>;
  /** Makes a commit that takes another one back, onto `timonel/revert-<run>`. */
  revert(commit: string, run: string, author: TreeCommit['author']): Promise<CommitResult>;
  /**
   * Writes the tree with its changes into an empty folder: what a runner of the project works in. No link leads out of it, and no secret is in it.
   */
  materialise(state: ProjectState, changes: ChangedFiles, folder: string): Promise<void>;
}
