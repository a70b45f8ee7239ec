/** Which files stand on which: the graph, its cycles, and a drawing of it. */
import type { Snapshot } from './contract.ts';
import { isBelow } from './listing.ts';
import type { ImportGraph } from './resolve-imports.ts';

export interface ModuleGraph {
  modules: number;
  /** Distinct pairs. */
  edges: readonly { from: string; to: string }[];
  /** Each begins with its first file by name; files that need each other through more than one way are one group. */
  cycles: readonly (readonly string[])[];
  /** Most used first. */
  libraries: readonly { name: string; files: number }[];
  /** Most imported first. */
  central: readonly { path: string; importedBy: number; imports: number }[];
}

export function moduleGraph(snapshot: Snapshot, graph: ImportGraph, under?: string): ModuleGraph {
  const inside = isBelow(under);
  const pairs = new Map<string, { from: string; to: string }>();
  for (const { from, to } of graph.dependencies) if (inside(from) && inside(to)) pairs.set(`${from}\n${to}`, { from, to });
  const edges = [...pairs.values()];
  const modules = [...snapshot.files.keys()].filter(inside);
  const central = modules
    .map((path) => ({
      path,
      importedBy: edges.filter(({ to }) => to === path).length,
      imports: edges.filter(({ from }) => from === path).length,
    }))
    .filter(({ importedBy }) => importedBy > 0)
    .sort((a, b) => b.importedBy - a.importedBy || compare(a.path, b.path));
  return {
    modules: modules.length,
    edges,
    cycles: cyclesOf(modules, edges),
    libraries: [...graph.libraries]
      .map(([name, files]) => ({ name, files }))
      .sort((a, b) => b.files - a.files || compare(a.name, b.name)),
    central: central.slice(0, 20),
  };
}

/** Strongly connected components of more than one file, by Tarjan's algorithm without recursion. */
export function cyclesOf(nodes: readonly string[], edges: readonly { from: string; to: string }[]): string[][] {
  const targets = new Map<string, string[]>(nodes.map((node) => [node, []]));
  for (const { from, to } of edges) targets.get(from)?.push(to);
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const onStack = new Set<string>();
  const found: string[][] = [];
  for (const start of nodes) {
    if (index.has(start)) continue;
    const work: { node: string; next: number }[] = [{ node: start, next: 0 }];
    while (work.length > 0) {
      const frame = work.at(-1) as { node: string; next: number };
      const { node } = frame;
      if (frame.next === 0) {
        index.set(node, index.size);
        low.set(node, index.get(node) ?? 0);
        stack.push(node);
        onStack.add(node);
      }
      const target = targets.get(node)?.[frame.next];
      frame.next += 1;
      if (target !== undefined) {
        if (!index.has(target)) work.push({ node: target, next: 0 });
        else if (onStack.has(target)) low.set(node, Math.min(low.get(node) ?? 0, index.get(target) ?? 0));
        continue;
      }
      work.pop();
      const parent = work.at(-1)?.node;
      if (parent !== undefined) low.set(parent, Math.min(low.get(parent) ?? 0, low.get(node) ?? 0));
      if (low.get(node) !== index.get(node)) continue;
      const group: string[] = [];
      for (let member = stack.pop(); member !== undefined; member = stack.pop()) {
        onStack.delete(member);
        group.push(member);
        if (member === node) break;
      }
      if (group.length > 1) found.push(group.sort());
    }
  }
  return found.sort((a, b) => compare(a[0] ?? '', b[0] ?? ''));
}

/** The graph for Graphviz. Edges within a cycle are red. */
export function dotOf({ edges, cycles }: ModuleGraph): string {
  const group = new Map(cycles.flatMap((cycle, at) => cycle.map((path) => [path, at] as const)));
  const quoted = (path: string) => JSON.stringify(path);
  const lines = edges.map(({ from, to }) => {
    const cyclic = group.has(from) && group.get(from) === group.get(to);
    return `  ${quoted(from)} -> ${quoted(to)}${cyclic ? ' [color=red]' : ''};`;
  });
  return `digraph dependencies {\n  rankdir=LR;\n  node [shape=box];\n${lines.sort().join('\n')}\n}\n`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
