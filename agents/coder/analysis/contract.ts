/**
 * What the coder can tell of a project by analysis: no model, no network, nothing started but `ripgrep` and what the project itself is given. Paths are
 * relative to the project's folder, with `/`; lines and columns begin at 1, columns count UTF-16 units. Everything that was left out is counted and said.
 */
import type { FileChange, ProjectFile } from '../../../src/files.ts';

/** Output of a git command that only reads; `undefined` where there is no repository, or git failed. */
export type ReadsGit = (argv: readonly string[], signal?: AbortSignal) => Promise<string | undefined>;

/** A folder with code, as analysis may see it. */
export interface Project {
  /** Absolute, without links. */
  readonly root: string;
  /** Reads a file through the jail; throws where that is not allowed or not possible. */
  read(path: string): Promise<Pick<ProjectFile, 'text' | 'encoding' | 'hash' | 'bytes'>>;
  /** Whether a path may hold secrets: such files are neither listed, searched nor parsed. */
  isSecret(path: string): boolean;
  git: ReadsGit;
}

/** Files of a project, sorted by path. */
export interface Listing {
  paths: readonly string[];
  /** How many files `.gitignore` and its like leave out. `undefined` where they were asked for (then they are among the paths), or not counted. */
  ignored: number | undefined;
  /** How many files hold secrets. They are in no list. */
  secrets: number;
}

/** Languages that are parsed, by the name of their grammar. */
export type CodeLanguage =
  | 'python'
  | 'typescript'
  | 'tsx'
  | 'javascript'
  | 'java'
  | 'go'
  | 'rust'
  | 'c-sharp'
  | 'cpp'
  | 'php'
  | 'ruby';

export type SymbolKind =
  | 'class'
  | 'interface'
  | 'enum'
  | 'record'
  | 'type'
  | 'module'
  | 'function'
  | 'method'
  | 'constructor'
  | 'field'
  | 'constant'
  | 'variable';

/** A declaration. */
export interface CodeSymbol {
  name: string;
  kind: SymbolKind;
  /** Names that it stands in, from the outside, joined by `.`; empty at the top of a file. */
  container: string;
  line: number;
  endLine: number;
  column: number;
  /** Its head in one line, without the body, at most 160 characters. */
  signature: string;
  /** Whether other files may use it, as the language says it: `export`, `public`, no leading underscore. */
  exported: boolean;
  /** Cyclomatic complexity of functions and methods that have a body, without those inside of them. */
  complexity: number | undefined;
}

/** One import. */
export interface ImportStatement {
  line: number;
  /** As the program writes it: `./x.ts`, `..models`, `java.util.List`. */
  specifier: string;
  /** What it brings: the name in the other module (`*`: all of it) and the name here. */
  names: readonly { name: string; local: string }[];
}

export interface Todo {
  path: string;
  line: number;
  /** `TODO`, `FIXME`, `HACK`, `XXX` or `BUG`. */
  tag: string;
  text: string;
}

/** What is known of one file; a function of its path and content. */
export interface ParsedFile {
  language: CodeLanguage;
  lines: { total: number; blank: number; comment: number };
  symbols: readonly CodeSymbol[];
  /** How often each identifier is there. */
  names: ReadonlyMap<string, number>;
  imports: readonly ImportStatement[];
  todos: readonly Omit<Todo, 'path'>[];
  /** The package that a Java file is in. */
  packageName: string | undefined;
  /** Parts of it could not be parsed: what is known may not be all. */
  broken: boolean;
}

/** `large`: above 1 MB. `minified`: lines that no person writes. `binary`, `unreadable`: what the words say. */
export type SkipReason = 'large' | 'minified' | 'binary' | 'unreadable';

export interface SkippedFile {
  path: string;
  reason: SkipReason;
}

/** All that is known of a project at one moment. */
export interface Snapshot {
  listing: Listing;
  /** By path, in the order of the paths. */
  files: ReadonlyMap<string, ParsedFile>;
  /** Code that was not parsed. */
  skipped: readonly SkippedFile[];
  /** How many of the files had to be parsed for this; the others were known. */
  parsed: number;
}

/** Keeps parsed files between processes. Values are JSON. Failing is no fault: the file is parsed then. */
export interface AnalysisCache {
  get(keys: readonly string[]): Promise<ReadonlyMap<string, string>>;
  set(entries: ReadonlyMap<string, string>): Promise<void>;
  clear(): Promise<void>;
}

/** A place in a file with the line that is there. */
export interface Place {
  path: string;
  line: number;
  column: number;
  /** The line, without its blanks at both ends, at most 200 characters. */
  text: string;
}

/** Changes that were worked out and not made, with what a person should know of them. */
export interface ProposedChanges {
  changes: readonly FileChange[];
  /** What the changes touch, in order. */
  places: readonly Place[];
  /** What could not be decided by syntax, e.g. a member of the same name on an object of unknown type. Nothing of it is changed. */
  undecided: readonly Place[];
  notes: readonly string[];
}
