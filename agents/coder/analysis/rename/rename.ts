/** Finds what is meant by a name, and hands it to what can rename it. */
import type { Project, Snapshot } from '../contract.ts';
import { declarationsOf, type FoundSymbol, qualifiedName } from '../outline.ts';
import type { ImportGraph } from '../resolve-imports.ts';
import { similarNames } from '../similar-names.ts';
import { renameBySyntax } from './by-syntax.ts';
import type { RenameRefusal, RenameRequest, RenameResult } from './contract.ts';
import { renameInScripts } from './typescript.ts';

const reserved: Readonly<Record<string, ReadonlySet<string>>> = {
  python: words(
    'False None True and as assert async await break class continue def del elif else except finally for from global if import in is lambda nonlocal not or pass raise return try while with yield',
  ),
  java: words(
    'abstract assert boolean break byte case catch char class const continue default do double else enum extends final finally float for goto if implements import instanceof int interface long native new package private protected public return short static strictfp super switch synchronized this throw throws transient try void volatile while true false null _',
  ),
  script: words(
    'break case catch class const continue debugger default delete do else enum export extends false finally for function if import in instanceof new null return super switch this throw true try typeof var void while with yield let static implements interface package private protected public await',
  ),
};

function words(list: string): ReadonlySet<string> {
  return new Set(list.split(' '));
}

export async function rename(
  project: Project,
  snapshot: Snapshot,
  graph: ImportGraph,
  { from, to }: RenameRequest,
): Promise<RenameResult> {
  const declarations = meant(snapshot, from);
  const [symbol] = declarations;
  if (symbol === undefined) return { kind: 'not-found', similar: similarNames(snapshot, from) };
  if (declarations.length > 1) return { kind: 'ambiguous', declarations };
  const language = snapshot.files.get(symbol.path)?.language ?? 'typescript';
  const isScript = /^(typescript|tsx|javascript)$/.test(language);
  if (symbol.name === to) return refused('same', `It is called ${to} already.`);
  const isName = (isScript ? /^#?[\p{ID_Start}$_][\p{ID_Continue}$]*$/u : /^[\p{L}_][\p{L}\p{N}_]*$/u).test(to);
  if (!isName || reserved[isScript ? 'script' : language]?.has(to) === true) {
    return refused(
      'not-a-name',
      `"${to}" is no name in ${language}. Letters, digits and underscores that do not begin with a digit are.`,
    );
  }
  if (isScript) {
    const result = await renameInScripts(project, snapshot, symbol, to);
    if (result.kind === 'proposed') return { ...result, declaration: symbol, to };
    if (result.kind === 'no-service') {
      return refused(
        'no-service',
        'TypeScript is read by the package @ts-morph/common, which is not installed: npm install @ts-morph/common',
      );
    }
    return refused(result.kind, result.message, result.kind === 'breaks' ? result.places : []);
  }
  if (language !== 'python' && language !== 'java') {
    return refused('language', `Names in ${language} cannot be renamed by analysis. Search shows where ${symbol.name} is written.`);
  }
  if (symbol.kind === 'constructor') return refused('cannot', 'A constructor is called as its class: rename the class.');
  const { taken, ...proposed } = await renameBySyntax(project, snapshot, graph, symbol, to);
  if (taken.length > 0) {
    return refused('taken', `${to} is the name of something else there. Choose another, or rename that first.`, taken);
  }
  return { kind: 'proposed', declaration: symbol, to, ...proposed };
}

function refused(
  reason: RenameRefusal,
  message: string,
  places: Extract<RenameResult, { kind: 'refused' }>['places'] = [],
): RenameResult {
  return { kind: 'refused', reason, places, message };
}

/** Declarations that the words mean. Overloads of one name in one place are one. */
function meant(snapshot: Snapshot, wanted: string): FoundSymbol[] {
  const at = /^(.+):(\d+)$/.exec(wanted);
  const path = at?.[1] ?? '';
  const file = snapshot.files.get(path);
  const found =
    file === undefined
      ? declarationsOf(snapshot, wanted)
      : file.symbols.filter(({ line }) => line === Number(at?.[2])).map((symbol) => ({ ...symbol, path }));
  // A constructor of Java has the name of its class, and is meant with it.
  const classes = found.filter((symbol) => symbol.kind !== 'constructor' || symbol.name !== symbol.container.split('.').at(-1));
  const exact = classes.filter((symbol) => qualifiedName(symbol) === wanted);
  const distinct = new Map<string, FoundSymbol>();
  for (const symbol of exact.length === 1 && wanted.includes('.') ? exact : classes) {
    const key = `${symbol.path} ${qualifiedName(symbol)}`;
    if (!distinct.has(key)) distinct.set(key, symbol);
  }
  return [...distinct.values()];
}
