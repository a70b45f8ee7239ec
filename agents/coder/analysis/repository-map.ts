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
 * Files are ranked as pages by their links (PageRank): a file that uses a name links to the file that declares it, and an import counts more than a name.
 * Of the best files the most used declarations are shown, as long as there is room.
 */
export function repositoryMap(snapshot: Snapshot, graph: ImportGraph, options: MapOptions = {}): RepositoryMap {
  const { tokens = 1_024, focus = [], under } = options;
  const inside = isBelow(under);
  const files = [...snapshot.files.keys()].filter(inside);
  const ranks = fileRanks(snapshot, graph, focus);
  const uses = usesOf(snapshot);
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

function bestSymbols(symbols: readonly CodeSymbol[], path: string, uses: ReadonlyMap<string, NameUse>): CodeSymbol[] {
  const inFunctions = new Set(symbols.filter(({ complexity }) => complexity !== undefined).map(qualifiedName));
  // What no other file may use only shares its name with what others do; a name of many declarations is anybody's.
  const weight = ({ name, exported }: CodeSymbol) => {
    const known = uses.get(name);
    if (known === undefined || !exported) return 0;
    return 0.5 + (known.files.size - (known.files.has(path) ? 1 : 0)) / known.declarations;
  };
  return symbols
    .filter(({ container, kind }) => !inFunctions.has(container) && kind !== 'field')
    .map((symbol, at) => ({ symbol, at, weight: weight(symbol) }))
    .sort((a, b) => b.weight - a.weight || a.at - b.at)
    .map(({ symbol }) => symbol);
}

interface NameUse {
  files: Set<string>;
  declarations: number;
}

/** Files that have each declared name. */
function usesOf(snapshot: Snapshot): Map<string, NameUse> {
  const uses = new Map<string, NameUse>();
  for (const { symbols } of snapshot.files.values()) {
    for (const { name } of symbols) {
      const known = uses.get(name);
      if (known === undefined) uses.set(name, { files: new Set(), declarations: 1 });
      else known.declarations += 1;
    }
  }
  for (const [path, { names }] of snapshot.files) for (const name of names.keys()) uses.get(name)?.files.add(path);
  return uses;
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
    for (const [name, count] of snapshot.files.get(path)?.names ?? []) {
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
