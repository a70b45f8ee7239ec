/** Classes that share a member: it is renamed in all of them, or in none. */
import type { Snapshot } from '../contract.ts';
import { type FoundSymbol, qualifiedName } from '../outline.ts';

export interface Family {
  /** Simple names of the classes. */
  classes: ReadonlySet<string>;
  /** Classes above them that the project does not have: the member may be theirs. */
  foreign: readonly string[];
}

const classKinds = new Set(['class', 'interface', 'record', 'enum']);

/** Classes that a class names as what it builds on, by its head. */
export function parentsOf(signature: string): string[] {
  const python = /^class \w+\s*\(([^)]*)\)/.exec(signature)?.[1];
  const listed =
    python ??
    [...signature.matchAll(/\b(?:extends|implements)\s+((?:(?!\bimplements\b|\bextends\b)[^{])+)/g)]
      .map(([, names]) => names)
      .join(',');
  return listed
    .replaceAll(/<[^<>]*(?:<[^<>]*>[^<>]*)*>|\[[^\]]*\]/g, '')
    .split(',')
    .filter((each) => !each.includes('='))
    .flatMap((each) => /([\p{L}\p{N}_$]+)\s*$/u.exec(each.trim())?.[1] ?? []);
}

/** The class of a member, those below it, and those above it that have the member too. */
export function familyOf(snapshot: Snapshot, container: string, member: string): Family {
  const parents = new Map<string, string[]>();
  const having = new Set<string>();
  for (const { symbols } of snapshot.files.values()) {
    for (const symbol of symbols) {
      if (classKinds.has(symbol.kind))
        parents.set(symbol.name, [...(parents.get(symbol.name) ?? []), ...parentsOf(symbol.signature)]);
      if (symbol.name === member && symbol.container !== '') having.add(lastName(symbol.container));
    }
  }
  const classes = new Set([lastName(container)]);
  for (let grown = -1; grown !== classes.size; ) {
    grown = classes.size;
    for (const [name, above] of parents) {
      if (above.some((each) => classes.has(each))) classes.add(name);
      if (classes.has(name)) for (const each of above) if (having.has(each)) classes.add(each);
    }
  }
  const above = new Set<string>();
  const climb = (name: string) => {
    for (const each of parents.get(name) ?? []) {
      if (above.has(each)) continue;
      above.add(each);
      climb(each);
    }
  };
  for (const name of classes) climb(name);
  return { classes, foreign: [...above].filter((name) => !parents.has(name) && name !== 'object' && name !== 'Object') };
}

/** Classes of the project by simple name. */
export function classNamesOf(snapshot: Snapshot): Set<string> {
  return new Set(
    [...snapshot.files.values()].flatMap(({ symbols }) =>
      symbols.filter(({ kind }) => classKinds.has(kind)).map(({ name }) => name),
    ),
  );
}

/** Whether a declaration is a member of a class. */
export function isMember(snapshot: Snapshot, symbol: FoundSymbol): boolean {
  const outer = snapshot.files.get(symbol.path)?.symbols.find((each) => qualifiedName(each) === symbol.container);
  return outer !== undefined && classKinds.has(outer.kind);
}

export function lastName(container: string): string {
  return container.split('.').at(-1) ?? container;
}
