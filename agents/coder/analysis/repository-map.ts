/** The parts of a project that the rest stands on, within so many tokens: what a newcomer reads first. */
import type { CodeSymbol, Snapshot } from './contract.ts';
import { isTestPath } from './languages.ts';
import { isBelow } from './listing.ts';
import { qualifiedName } from './outline.ts';
import type { ImportGraph } from './resolve-imports.ts';

export interface MapOptions {
  /** About so many tokens, four characters each; 1,024 where absent. */
  tokens?: number | undefined;
  /** Files that matter now: what they use comes first. */
  focus?: readonly string[] | undefined;
  under?: string | undefined;
}

export interface RepositoryMap {
  text: string;
  tokens: number;
  /** Files that are shown, and that there are. */
  shown: number;
  files: number;
}

/** Names that are declared in more places say nothing of who uses whom. */
const mostDeclarations = 5;

/**
 * Files are ranked as pages by their links (PageRank): a file links to those that it imports from, once and
 * for each name; where imports cannot be resolved, to those that declare the names that it uses.
 * Of the best files the most used declarations are shown, as long as there is room.
 */
export function repositoryMap(snapshot: Snapshot, graph: ImportGraph, options: MapOptions = {}): RepositoryMap {
  const { tokens = 1_024, focus = [], under } = options;
  const inside = isBelow(under);
  const files = [...snapshot.files.keys()].filter(inside);
  const ranks = fileRanks(snapshot, graph, focus);
  const uses = usesOf(snapshot, graph);
  const ordered = files
    .filter((path) => (snapshot.files.get(path)?.symbols.length ?? 0) > 0)
    .sort((a, b) => (ranks.get(b) ?? 0) - (ranks.get(a) ?? 0) || (a < b ? -1 : 1));
  const budget = tokens * 4;
  const blocks = new Map<string, CodeSymbol[]>();
  let used = 0;
  // Breadth first: three declarations of each file that fits, then more of the best.
  for (const most of [3, 10, Number.POSITIVE_INFINITY]) {
    for (const path of ordered) {
      const symbols = bestSymbols(snapshot.files.get(path)?.symbols ?? [], path, uses);
      const shown = blocks.get(path) ?? [];
      for (const symbol of symbols.slice(shown.length, most)) {
        const cost = lineOf(symbol).length + (shown.length === 0 ? path.length + 2 : 0);
        if (used + cost > budget) break;
        used += cost;
        shown.push(symbol);
        blocks.set(path, shown);
      }
    }
  }
  const text = [...blocks]
    .map(
      ([path, symbols]) =>
        `${path}:\n${[...symbols]
          .sort((a, b) => a.line - b.line)
          .map(lineOf)
          .join('')}`,
    )
    .join('');
  return { text, tokens: Math.ceil(text.length / 4), shown: blocks.size, files: files.length };
}

function lineOf(symbol: CodeSymbol): string {
  return `${symbol.container === '' ? '  ' : '    '}${symbol.line}: ${symbol.signature}\n`;
}

function bestSymbols(symbols: readonly CodeSymbol[], path: string, uses: Uses): CodeSymbol[] {
  const inFunctions = new Set(symbols.filter(({ complexity }) => complexity !== undefined).map(qualifiedName));
  // What no other file may use only shares its name with what others do; a name of many declarations is anybody's.
  // What no other file may use only shares its name with what others do; a name of many declarations is anybody's.
  const weight = ({ name, exported, container }: CodeSymbol) => {
    if (!exported) return 0;
    const importers = container === '' ? uses.importers.get(`${path}\n${name}`) : undefined;
    if (importers !== undefined) return 0.5 + importers.size;
    const known = uses.names.get(name);
    if (known === undefined || (container === '' && uses.resolved.has(path))) return 0.5;
    return 0.5 + (known.files.size - (known.files.has(path) ? 1 : 0)) / known.declarations / 2;
  };
  return symbols
    .filter(({ container, kind }) => !inFunctions.has(container) && kind !== 'field')
    .map((symbol, at) => ({ symbol, at, weight: weight(symbol) }))
    .sort((a, b) => b.weight - a.weight || a.at - b.at)
    .map(({ symbol }) => symbol);
}

/** In these an import says which file a name is from; in others only the name is the same. */
const resolvedLanguages: ReadonlySet<string> = new Set(['typescript', 'tsx', 'javascript', 'python', 'java']);

interface Uses {
  /** By path and name, joined by a line end: files that import it. */
  importers: Map<string, Set<string>>;
  /** By declared name: files that have it, and how often it is declared. */
  names: Map<string, { files: Set<string>; declarations: number }>;
  /** Files in a language whose imports are resolved. */
  resolved: Set<string>;
}

function usesOf(snapshot: Snapshot, graph: ImportGraph): Uses {
  const names: Uses['names'] = new Map();
  const importers: Uses['importers'] = new Map();
  const resolved = new Set<string>();
  for (const [path, { symbols, language }] of snapshot.files) {
    if (resolvedLanguages.has(language)) resolved.add(path);
    for (const { name } of symbols) {
      const known = names.get(name);
      if (known === undefined) names.set(name, { files: new Set(), declarations: 1 });
      else known.declarations += 1;
    }
  }
  for (const [path, file] of snapshot.files) for (const name of file.names.keys()) names.get(name)?.files.add(path);
  for (const { from, to, names: taken } of graph.dependencies) {
    for (const name of taken) {
      const key = `${to}\n${name}`;
      importers.set(key, (importers.get(key) ?? new Set()).add(from));
    }
  }
  return { importers, names, resolved };
}

const damping = 0.85;
const rounds = 30;

/** Rank of each file; together they are 1. */
export function fileRanks(snapshot: Snapshot, graph: ImportGraph, focus: readonly string[] = []): Map<string, number> {
  const paths = [...snapshot.files.keys()];
  const position = new Map(paths.map((path, at) => [path, at]));
  const weights: Map<number, number>[] = paths.map(() => new Map());
  const link = (from: number | undefined, to: number | undefined, weight: number) => {
    if (from === undefined || to === undefined || from === to) return;
    weights[from]?.set(to, (weights[from]?.get(to) ?? 0) + weight);
  };
  for (const { from, to, names } of graph.dependencies) link(position.get(from), position.get(to), 1 + names.length);
  const declaredIn = new Map<string, number[]>();
  for (const [at, path] of paths.entries()) {
    for (const { name, exported, container } of snapshot.files.get(path)?.symbols ?? []) {
      if (!exported || container !== '' || name.length < 4) continue;
      const places = declaredIn.get(name) ?? [];
      if (places.at(-1) !== at) places.push(at);
      declaredIn.set(name, places);
    }
  }
  for (const [at, path] of paths.entries()) {
    const file = snapshot.files.get(path);
    if (file === undefined || resolvedLanguages.has(file.language)) continue;
    for (const [name, count] of file.names) {
      const places = declaredIn.get(name);
      if (places === undefined || places.length > mostDeclarations) continue;
      for (const place of places) link(at, place, (0.5 * Math.sqrt(count)) / places.length);
    }
  }
  // Tests use everything and are used by nothing: they say less of what the program stands on.
  const scale = paths.map((path) => (isTestPath(path) ? 0.3 : 1));
  const start = paths.map((path) => (focus.length === 0 || focus.includes(path) ? 1 : 0));
  const total = start.reduce<number>((sum, each) => sum + each, 0) || 1;
  let ranks = start.map((each) => each / total);
  for (let round = 0; round < rounds; round += 1) {
    const next = start.map((each) => ((1 - damping) * each) / total);
    let lost = 0;
    for (const [at, rank] of ranks.entries()) {
      const out = [...(weights[at] ?? [])];
      const sum = out.reduce((all, [, weight]) => all + weight, 0);
      const passed = rank * damping * (scale[at] ?? 1);
      if (sum === 0) lost += rank * damping;
      else {
        lost += rank * damping - passed;
        for (const [to, weight] of out) next[to] = (next[to] ?? 0) + (passed * weight) / sum;
      }
    }
    for (const [at, each] of start.entries()) next[at] = (next[at] ?? 0) + (lost * each) / total;
    ranks = next;
  }
  return new Map(paths.map((path, at) => [path, ranks[at] ?? 0]));
}
