/** What analysis can say of a file, a declaration, or code that somebody pastes. */
import type { CodeLanguage, CodeSymbol, Project, Snapshot, Todo } from './contract.ts';
import { actionsOf, type Documented, documented, fileDoc } from './doc-comments.ts';
import { grammarOf } from './grammars.ts';
import { isTestPath } from './languages.ts';
import { findOccurrences, type Occurrence } from './occurrences.ts';
import { declarationsOf, type FoundSymbol, qualifiedName } from './outline.ts';
import { parseFile } from './parse-file.ts';
import type { ImportGraph } from './resolve-imports.ts';
import { similarNames } from './similar-names.ts';

export interface LastCommit {
  hash: string;
  /** ISO 8601. */
  date: string;
  author: string;
  subject: string;
}

export type Explanation =
  | {
      kind: 'file';
      path: string;
      language: CodeLanguage;
      doc: string | undefined;
      lines: number;
      symbols: readonly CodeSymbol[];
      imports: readonly string[];
      libraries: readonly string[];
      importedBy: readonly string[];
      tests: readonly string[];
      todos: readonly Todo[];
      commits: readonly LastCommit[];
    }
  | ({
      kind: 'symbol';
      symbol: FoundSymbol;
      callers: readonly Occurrence[];
      uses: number;
      tests: readonly string[];
      commits: readonly LastCommit[];
    } & Documented)
  | { kind: 'ambiguous'; declarations: readonly FoundSymbol[] }
  | { kind: 'not-found'; similar: readonly string[] };

export async function explain(project: Project, snapshot: Snapshot, graph: ImportGraph, what: string): Promise<Explanation> {
  const path = pathOf(snapshot, what);
  if (path !== undefined) return explainFile(project, snapshot, graph, path);
  const at = /^(.+):(\d+)$/.exec(what);
  const file = at === null ? undefined : snapshot.files.get(at[1] ?? '');
  const line = Number(at?.[2]);
  const inside = file?.symbols.filter((each) => each.line <= line && line <= each.endLine).at(-1);
  const found = inside === undefined ? declarationsOf(snapshot, what) : [{ ...inside, path: at?.[1] ?? '' }];
  // A class is asked for more often than its constructor, and what others may use more often than what they may not.
  const asked = found.filter(({ kind, name, container }) => kind !== 'constructor' || !container.endsWith(name));
  const exact = asked.filter((each) => qualifiedName(each) === what);
  const [symbol, ...others] = exact.length === 1 ? exact : asked;
  if (symbol === undefined) return { kind: 'not-found', similar: similarNames(snapshot, what) };
  if (others.length > 0) return { kind: 'ambiguous', declarations: asked };
  const parsed = snapshot.files.get(symbol.path);
  if (parsed === undefined) return { kind: 'not-found', similar: [] };
  const occurrences = await findOccurrences(project, snapshot, symbol.name);
  const callers = occurrences.filter(({ role }) => role === 'call');
  return {
    kind: 'symbol',
    symbol,
    ...(await documented(project, symbol.path, parsed, symbol)),
    callers: callers.filter((each) => !isTestPath(each.path)).slice(0, 50),
    uses: occurrences.filter(({ role }) => role !== 'declaration' && role !== 'local').length,
    tests: [...new Set(callers.map((each) => each.path).filter(isTestPath))],
    commits: await commitsOf(project, ['-L', `${symbol.line},${symbol.endLine}:${symbol.path}`, '--no-patch']),
  };
}

/** A path, or the end of only one. */
function pathOf(snapshot: Snapshot, what: string): string | undefined {
  const plain = what.replace(/^\.\//, '');
  if (snapshot.files.has(plain)) return plain;
  if (!/[./]/.test(plain)) return undefined;
  const fitting = [...snapshot.files.keys()].filter((path) => path.endsWith(`/${plain}`));
  return fitting.length === 1 ? fitting[0] : undefined;
}

async function explainFile(project: Project, snapshot: Snapshot, graph: ImportGraph, path: string): Promise<Explanation> {
  const file = snapshot.files.get(path);
  if (file === undefined) return { kind: 'not-found', similar: [] };
  const unique = (paths: readonly string[]) => [...new Set(paths)].sort();
  const imports = unique(graph.dependencies.filter(({ from }) => from === path).map(({ to }) => to));
  const importers = unique(graph.dependencies.filter(({ to }) => to === path).map(({ from }) => from));
  const resolved = new Set(graph.dependencies.filter(({ from }) => from === path).map(({ line }) => line));
  return {
    kind: 'file',
    path,
    language: file.language,
    doc: await fileDoc(project, path, file),
    lines: file.lines.total,
    symbols: file.symbols,
    imports,
    libraries: unique(file.imports.filter(({ line }) => !resolved.has(line)).map(({ specifier }) => specifier)),
    importedBy: importers.filter((each) => !isTestPath(each)),
    tests: importers.filter(isTestPath),
    todos: file.todos.map((todo) => ({ path, ...todo })),
    commits: await commitsOf(project, ['--', path]),
  };
}

async function commitsOf(project: Project, what: readonly string[]): Promise<LastCommit[]> {
  const log = await project.git(['log', '--max-count=5', '--format=%h%x00%aI%x00%an%x00%s', ...what]);
  return (log ?? '').split('\n').flatMap((line) => {
    const [hash = '', date = '', author = '', subject = ''] = line.split('\0');
    return subject === '' ? [] : [{ hash, date, author, subject }];
  });
}

/** Of code that stands in a message. */
export type CodeExplanation =
  | {
      kind: 'code';
      language: CodeLanguage;
      symbols: readonly CodeSymbol[];
      /** Functions that call themselves. */
      recursive: readonly string[];
      calls: readonly string[];
      imports: readonly string[];
      loops: number;
      returns: number;
      lines: number;
      broken: boolean;
    }
  | { kind: 'no-code' };

const guessed: readonly CodeLanguage[] = ['python', 'typescript', 'java', 'go', 'rust', 'c-sharp', 'php', 'ruby', 'cpp'];

/** @param language as the message names it, otherwise the first that reads it without a fault */
export async function explainCode(code: string, language?: CodeLanguage): Promise<CodeExplanation> {
  for (const tried of language === undefined ? guessed : [language]) {
    const parsed = await parseFile(tried, code);
    if (parsed.broken && language === undefined) continue;
    if (parsed.symbols.length === 0 && parsed.imports.length === 0 && language === undefined && !/[=(]/.test(code)) continue;
    const grammar = await grammarOf(tried);
    const actions = grammar.parse(code, actionsOf);
    const names = new Set(parsed.symbols.filter(({ complexity }) => complexity !== undefined).map(({ name }) => name));
    return {
      kind: 'code',
      language: tried,
      symbols: parsed.symbols,
      recursive: await recursiveNames(tried, code, names),
      ...actions,
      imports: parsed.imports.map(({ specifier }) => specifier),
      lines: parsed.lines.total,
      broken: parsed.broken,
    };
  }
  return { kind: 'no-code' };
}

async function recursiveNames(language: CodeLanguage, code: string, names: ReadonlySet<string>): Promise<string[]> {
  const grammar = await grammarOf(language);
  return grammar.parse(code, (root) =>
    [...names].filter((name) =>
      root
        .descendantsOfType([
          'function_definition',
          'function_declaration',
          'method_declaration',
          'method_definition',
          'function_item',
          'method',
        ])
        .some(
          (node) =>
            node !== null &&
            node.childForFieldName('name')?.text === name &&
            actionsOf(node).calls.some((call) => call === name || call.endsWith(`.${name}`)),
        ),
    ),
  );
}
