/**
 * Renames in Python and Java by scopes, imports and what objects are said to be. What syntax cannot decide is not changed but told: a member of the same
 * name on an object of unknown class.
 */
import type { FileChange } from '../../../../src/files.ts';
import type { ParsedFile, Place, Project, ProposedChanges, Snapshot } from '../contract.ts';
import { grammarOf, type SyntaxNode } from '../grammars.ts';
import { isMemberName, type NameInTree, namesInTree } from '../occurrences.ts';
import type { FoundSymbol } from '../outline.ts';
import type { Dependency, ImportGraph } from '../resolve-imports.ts';
import { type Scopes, scopesOf } from '../scopes.ts';
import { changeOfSpans, placeFinder } from '../span-edits.ts';
import { escaped } from '../word-pattern.ts';
import { classNamesOf, familyOf, isMember, lastName } from './families.ts';
import { enclosingClass, type Receiver, receiverOf } from './receivers.ts';

export interface SyntaxRename extends ProposedChanges {
  /** Where something else has the new name already. */
  taken: readonly Place[];
}

type Decision = 'change' | 'leave' | 'undecided';

interface Target {
  symbol: FoundSymbol;
  /** Classes that share it; absent for what stands at the top of a file or in a function. */
  classes: ReadonlySet<string> | undefined;
  allClasses: ReadonlySet<string>;
  /** Methods and fields of Java have names of their own. */
  isMethod: boolean;
  /** Files that hand the name on: the one that declares it, and those that import it to be imported from. */
  exporters: ReadonlySet<string>;
}

/** One file while its names are decided. */
interface Visit {
  path: string;
  file: ParsedFile;
  scopes: Scopes;
  dependencies: readonly Dependency[];
}

export async function renameBySyntax(
  project: Project,
  snapshot: Snapshot,
  graph: ImportGraph,
  symbol: FoundSymbol,
  to: string,
): Promise<SyntaxRename> {
  const { language } = snapshot.files.get(symbol.path) as ParsedFile;
  const grammar = await grammarOf(language);
  const family = isMember(snapshot, symbol) ? familyOf(snapshot, symbol.container, symbol.name) : undefined;
  const target: Target = {
    symbol,
    classes: family?.classes,
    allClasses: classNamesOf(snapshot),
    isMethod: symbol.kind === 'method' || symbol.kind === 'constructor',
    exporters: family === undefined ? exportersOf(graph, snapshot, symbol) : new Set(),
  };
  const changes: FileChange[] = [];
  const [places, undecided, taken]: [Place[], Place[], Place[]] = [[], [], []];
  let quoted = 0;
  for (const [path, file] of snapshot.files) {
    if (file.language !== language || !file.names.has(symbol.name)) continue;
    const { text, hash } = await project.read(path);
    const placeAt = placeFinder(path, text);
    const spans = grammar.parse(text, (root) => {
      const scopes = scopesOf(grammar, root);
      if (scopes === undefined) return [];
      const visit: Visit = { path, file, scopes, dependencies: graph.dependencies.filter(({ from }) => from === path) };
      const found = namesInTree(grammar, root, symbol.name, scopes);
      const decide =
        target.classes === undefined ? decideTop(target, visit, found) : (each: NameInTree) => decideMember(target, visit, each);
      const chosen: { start: number; end: number; new: string }[] = [];
      for (const each of found) {
        const decision = decide(each);
        const { startIndex: start, endIndex: end } = each.node;
        if (decision === 'undecided') undecided.push(placeAt(start));
        if (decision !== 'change') continue;
        places.push(placeAt(start));
        chosen.push({ start, end, new: to });
      }
      if (chosen.length > 0)
        taken.push(...takenPlaces(target, to, namesInTree(grammar, root, to, scopes)).map((node) => placeAt(node.startIndex)));
      return chosen;
    });
    if (spans.length > 0) changes.push(changeOfSpans(path, text, hash, spans));
    quoted += [...text.matchAll(new RegExp(`(['"])${escaped(symbol.name)}\\1`, 'g'))].length;
  }
  const moved = movedFile(language, symbol, to);
  if (moved !== undefined) changes.push(moved);
  return {
    changes,
    places,
    undecided,
    taken,
    notes: [
      ...(family !== undefined && family.classes.size > 1 ? [`It is one member of ${[...family.classes].sort().join(', ')}.`] : []),
      ...(family !== undefined && family.foreign.length > 0
        ? [`${family.foreign.join(', ')} cannot be read: where the member is theirs, renaming breaks it.`]
        : []),
      ...(quoted > 0
        ? [`"${symbol.name}" is also written in ${quoted} ${quoted === 1 ? 'string' : 'strings'}, which stay as they are.`]
        : []),
    ],
  };
}

/** A public class of Java is in a file of its name. */
function movedFile(language: string, { path, name, container }: FoundSymbol, to: string): FileChange | undefined {
  if (language !== 'java' || container !== '' || !path.endsWith(`/${name}.java`)) return undefined;
  return { kind: 'move', path, to: `${path.slice(0, -`${name}.java`.length)}${to}.java` };
}

/** Files from which the name can be imported. */
function exportersOf(graph: ImportGraph, snapshot: Snapshot, { path, name }: FoundSymbol): Set<string> {
  const exporters = new Set([path]);
  for (let before = 0; before !== exporters.size; ) {
    before = exporters.size;
    for (const { from, to, line, names } of graph.dependencies) {
      if (!exporters.has(to)) continue;
      const statement = snapshot.files.get(from)?.imports.find((each) => each.line === line);
      const handsOn = statement?.names.some((each) => each.name === name && each.local === name) === true || names.includes('*');
      if (handsOn && (names.includes(name) || statement?.names.some(({ local }) => local === '*') === true)) exporters.add(from);
    }
  }
  return exporters;
}

/** Of a function, class or variable at the top of a file, or in a function. */
function decideTop(target: Target, visit: Visit, found: readonly NameInTree[]): (each: NameInTree) => Decision {
  const { symbol, exporters } = target;
  const here = visit.path === symbol.path;
  const fromExporter = visit.dependencies.filter(({ to }) => exporters.has(to));
  const importLines = new Set(fromExporter.filter(({ names }) => names.includes(symbol.name)).map(({ line }) => line));
  const isJava = visit.file.language === 'java';
  const imported = new Set(
    found.filter(({ node, role }) => role === 'import' && importLines.has(statementLine(node))).map(({ node }) => node.id),
  );
  const wild = fromExporter.some(
    ({ names, line }) =>
      names.includes('*') && visit.file.imports.some((each) => each.line === line && each.names.some(({ local }) => local === '*')),
  );
  return ({ node, role, binding }) => {
    if (isJava)
      return decideJavaType(
        node,
        role,
        here || fromExporter.some(({ names }) => names.includes('*') || names.includes(symbol.name)),
      );
    if (imported.has(node.id)) return isAlias(node) ? 'leave' : 'change';
    if (role === 'import') return 'leave';
    const parent = node.parent;
    if (parent !== null && isMemberName(node, parent)) {
      if (parent.type !== 'attribute') return 'leave';
      const object = parent.childForFieldName('object')?.text ?? '';
      const modules = fromExporter.filter(({ names }) => names.includes('*')).map(({ line }) => line);
      const isModule = visit.file.imports.some(
        ({ line, names }) => modules.includes(line) && names.some(({ local }) => local === object),
      );
      return isModule ? 'change' : 'leave';
    }
    if (here) return sameBinding(target, visit, node, binding) ? 'change' : 'leave';
    if (binding?.binders.some(({ id }) => imported.has(id)) === true) return 'change';
    return wild && binding?.kind === 'free' ? 'change' : 'leave';
  };
}

function sameBinding({ symbol }: Target, visit: Visit, node: SyntaxNode, binding: NameInTree['binding']): boolean {
  const own = binding ?? visit.scopes.bindingOf(node);
  if (symbol.container === '') return own.kind === 'top';
  return own.binders.some(
    ({ startPosition }) => startPosition.row + 1 === symbol.line && startPosition.column + 1 === symbol.column,
  );
}

function decideJavaType(node: SyntaxNode, role: NameInTree['role'], reachable: boolean): Decision {
  if (!reachable || role === 'local') return 'leave';
  const parent = node.parent;
  if (parent === null || parent.type === 'method_declaration' || parent.type === 'package_declaration') return 'leave';
  if (parent.type === 'method_invocation' && parent.childForFieldName('name')?.id === node.id) return 'leave';
  if (
    parent.type === 'variable_declarator' ||
    (parent.type === 'field_access' && parent.childForFieldName('field')?.id === node.id)
  )
    return 'leave';
  // The last name of `import a.b.Name`, or of `a.b.Name` in the code.
  if (parent.type === 'scoped_identifier')
    return parent.lastChild?.id === node.id || parent.firstChild?.id === node.id ? 'change' : 'leave';
  return 'change';
}

/** Of a member of a class. */
function decideMember(target: Target, visit: Visit, { node, role, binding }: NameInTree): Decision {
  const { allClasses, isMethod } = target;
  const parent = node.parent;
  if (parent === null) return 'leave';
  const isJava = visit.file.language === 'java';
  const of = (receiver: Receiver): Decision =>
    receiver.kind === 'unknown'
      ? 'undecided'
      : receiver.kind === 'class' && target.classes?.has(receiver.name) === true
        ? 'change'
        : 'leave';
  if (role === 'import')
    return isJava &&
      isMethod &&
      node.parent?.text.endsWith(`.${target.symbol.name}`) === true &&
      target.classes?.has(lastName(node.parent.text.slice(0, -target.symbol.name.length - 1))) === true
      ? 'change'
      : 'leave';
  if (isJava) {
    const namesMethod =
      /^(method_declaration|method_invocation|method_reference)$/.test(parent.type) &&
      (parent.childForFieldName('name')?.id ?? parent.lastChild?.id) === node.id;
    if (namesMethod !== isMethod) return 'leave';
    if (parent.type === 'method_declaration') return of(enclosingClass(node));
    const object = parent.childForFieldName('object') ?? (parent.type === 'method_reference' ? parent.firstNamedChild : null);
    if (namesMethod || parent.childForFieldName('field')?.id === node.id) {
      return object === null ? ofAround(target, node) : of(receiverOf(object, visit.scopes, allClasses));
    }
    if (/type/.test(node.type)) return 'leave';
    return binding?.kind === 'class' || binding?.kind === 'free' ? ofAround(target, node) : 'leave';
  }
  if (parent.type === 'attribute' && isMemberName(node, parent)) {
    const object = parent.childForFieldName('object');
    if (object === null) return 'leave';
    if (visit.file.imports.some(({ names }) => names.some(({ name, local }) => name === '*' && local === object.text)))
      return 'leave';
    return of(receiverOf(object, visit.scopes, allClasses));
  }
  if (parent.type === 'keyword_argument' && isMemberName(node, parent)) {
    const called = lastName(parent.parent?.parent?.childForFieldName('function')?.text ?? '');
    return !isMethod && target.classes?.has(called) === true ? 'change' : 'leave';
  }
  return binding?.kind === 'class' ? of(enclosingClass(node)) : 'leave';
}

/** Without an object it is of a class around it. */
function ofAround({ classes }: Target, node: SyntaxNode): Decision {
  let seen: Decision = 'leave';
  for (let at: SyntaxNode | null = node; at !== null; at = at.parent) {
    const around = enclosingClass(at);
    if (around.kind === 'class' && classes?.has(around.name) === true) return 'change';
    if (around.kind === 'unknown' && /class_body/.test(at.type)) seen = 'undecided';
  }
  return seen;
}

/** Declarations of the new name that it would meet. */
function takenPlaces({ classes, isMethod, symbol }: Target, to: string, found: readonly NameInTree[]): SyntaxNode[] {
  return found.flatMap(({ node, role, binding }) => {
    const binds = binding?.binders.some(({ id }) => id === node.id) === true;
    if (classes === undefined) {
      // A variable of a function of the new name would hide it there, as one at the top would be the same.
      return binds && (binding?.kind === 'top' || binding?.kind === 'local') && symbol.name !== to ? [node] : [];
    }
    const around = enclosingClass(node);
    const inFamily = around.kind === 'class' && classes.has(around.name);
    const declaresMember =
      role === 'declaration' &&
      (isMethod ? /(method_declaration|function_definition)/.test(node.parent?.type ?? '') : binds && binding?.kind === 'class');
    return inFamily && declaresMember ? [node] : [];
  });
}

function statementLine(node: SyntaxNode): number {
  for (let at: SyntaxNode | null = node; at !== null; at = at.parent) {
    if (/^(import_statement|import_from_statement|import_declaration)$/.test(at.type)) return at.startPosition.row + 1;
  }
  return 0;
}

/** The `x` of `import name as x`. */
function isAlias(node: SyntaxNode): boolean {
  return node.parent?.type === 'aliased_import' && node.parent.childForFieldName('alias')?.id === node.id;
}
