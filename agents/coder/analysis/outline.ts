/** Declarations of a file, and of a project. */
import type { CodeSymbol, Snapshot, SymbolKind } from './contract.ts';
import { isBelow } from './listing.ts';

export interface FoundSymbol extends CodeSymbol {
  path: string;
}

export type Outline =
  | { kind: 'outline'; path: string; symbols: readonly CodeSymbol[]; broken: boolean }
  | { kind: 'not-parsed'; path: string; reason: 'missing' | 'no-grammar' | Snapshot['skipped'][number]['reason'] };

export function outline(snapshot: Snapshot, path: string): Outline {
  const file = snapshot.files.get(path);
  if (file !== undefined) return { kind: 'outline', path, symbols: file.symbols, broken: file.broken };
  const skipped = snapshot.skipped.find((each) => each.path === path)?.reason;
  return { kind: 'not-parsed', path, reason: skipped ?? (snapshot.listing.paths.includes(path) ? 'no-grammar' : 'missing') };
}

export interface SymbolQuery {
  /** Part of the name, case aside; `Class.method` names the container too. All where absent. */
  name?: string | undefined;
  kind?: SymbolKind | undefined;
  under?: string | undefined;
  limit?: number | undefined;
}

export interface FoundSymbols {
  symbols: readonly FoundSymbol[];
  total: number;
  /** Code that was not parsed. */
  skipped: Snapshot['skipped'];
  broken: readonly string[];
}

/** Exact names first, then names that begin so, then the others; each in the order of the files. */
export function findSymbols(snapshot: Snapshot, { name, kind, under, limit = 200 }: SymbolQuery = {}): FoundSymbols {
  const wanted = name?.toLowerCase();
  const inside = isBelow(under);
  const ranked: { rank: number; symbol: FoundSymbol }[] = [];
  for (const [path, { symbols }] of snapshot.files) {
    if (!inside(path)) continue;
    for (const symbol of symbols) {
      if (kind !== undefined && symbol.kind !== kind) continue;
      const rank = wanted === undefined ? 0 : rankOf(symbol, wanted);
      if (rank !== undefined) ranked.push({ rank, symbol: { ...symbol, path } });
    }
  }
  ranked.sort((a, b) => a.rank - b.rank);
  return {
    symbols: ranked.slice(0, limit).map(({ symbol }) => symbol),
    total: ranked.length,
    skipped: snapshot.skipped,
    broken: [...snapshot.files].flatMap(([path, { broken }]) => (broken ? [path] : [])),
  };
}

function rankOf({ name, container }: CodeSymbol, wanted: string): number | undefined {
  const simple = name.toLowerCase();
  const full = qualifiedName({ name, container }).toLowerCase();
  if (simple === wanted || full === wanted) return 0;
  if (full.endsWith(`.${wanted}`)) return 1;
  if (simple.startsWith(wanted)) return 2;
  return (wanted.includes('.') ? full : simple).includes(wanted) ? 3 : undefined;
}

export function qualifiedName({ name, container }: Pick<CodeSymbol, 'name' | 'container'>): string {
  return container === '' ? name : `${container}.${name}`;
}

/** Declarations with exactly this name, or this `Container.name`. */
export function declarationsOf(snapshot: Snapshot, wanted: string): FoundSymbol[] {
  return [...snapshot.files].flatMap(([path, { symbols }]) =>
    symbols.flatMap((symbol) => {
      const full = qualifiedName(symbol);
      return symbol.name === wanted || full === wanted || full.endsWith(`.${wanted}`) ? [{ ...symbol, path }] : [];
    }),
  );
}
