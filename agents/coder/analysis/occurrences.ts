/** Every place where a name is written in the parsed code, and in which role. */
import type { CodeLanguage, Place, Project, Snapshot } from './contract.ts';
import { type Grammar, grammarOf, type SyntaxNode } from './grammars.ts';
import { codeQueries } from './queries.ts';
import { type Binding, type Scopes, scopesOf } from './scopes.ts';
import { placeFinder } from './span-edits.ts';

/** `member`: behind a dot, or the key of an object. `local`: a variable of a function that only has the same name. */
export type OccurrenceRole = 'declaration' | 'import' | 'call' | 'member' | 'use' | 'local';

export interface Occurrence extends Place {
  role: OccurrenceRole;
  /** What it stands in: the innermost declaration around it. */
  within: string;
}

/** One name in a tree that is alive: only while it is looked at. */
export interface NameInTree {
  node: SyntaxNode;
  role: OccurrenceRole;
  binding: Binding | undefined;
}

const identifierQueries = new Map<CodeLanguage, string>();

/** The lines of a language's query that capture identifiers. */
function identifiersOf(language: CodeLanguage): string {
  let query = identifierQueries.get(language);
  if (query === undefined) {
    query = codeQueries[language]
      .split('\n')
      .filter((line) => line.endsWith(' @id'))
      .join('\n');
    identifierQueries.set(language, query);
  }
  return query;
}

export async function findOccurrences(project: Project, snapshot: Snapshot, name: string): Promise<Occurrence[]> {
  const found: Occurrence[] = [];
  for (const [path, file] of snapshot.files) {
    if (!file.names.has(name)) continue;
    const read = await project.read(path).catch(() => undefined);
    if (read === undefined) continue;
    const grammar = await grammarOf(file.language);
    const placeAt = placeFinder(path, read.text);
    found.push(
      ...grammar.parse(read.text, (root) =>
        namesInTree(grammar, root, name).map(({ node, role }) => {
          const place = placeAt(node.startIndex);
          const within = file.symbols.filter(
            (symbol) =>
              symbol.line <= place.line &&
              place.line <= symbol.endLine &&
              !(symbol.line === place.line && symbol.column === place.column),
          );
          const inner = within.toSorted((a, b) => b.line - a.line || a.endLine - b.endLine)[0];
          return {
            ...place,
            role,
            within: inner === undefined ? '' : [inner.container, inner.name].filter((each) => each !== '').join('.'),
          };
        }),
      ),
    );
  }
  return found;
}

export function namesInTree(grammar: Grammar, root: SyntaxNode, name: string, scopes = scopesOf(grammar, root)): NameInTree[] {
  return grammar
    .query(identifiersOf(grammar.language))
    .captures(root)
    .flatMap(({ node }) => (node.endIndex - node.startIndex === name.length && node.text === name ? [inRole(node, scopes)] : []));
}

const importTypes = /^(import_\w+|aliased_import|export_specifier|namespace_import)$/;
const declarationTypes =
  /(_declaration|_definition|_declarator|_item|_spec|_signature|^enum_constant|^class|^module|^method|^property_signature|^function_item)$/;

function inRole(node: SyntaxNode, scopes: Scopes | undefined): NameInTree {
  const parent = node.parent;
  const binding = scopes?.bindingOf(node);
  const role = roleOf(node, parent, binding);
  return { node, role, binding };
}

function roleOf(node: SyntaxNode, parent: SyntaxNode | null, binding: Binding | undefined): OccurrenceRole {
  if (parent === null) return 'use';
  if (importTypes.test(parent.type) || (parent.type === 'dotted_name' && importTypes.test(parent.parent?.type ?? '')))
    return 'import';
  const isMember = isMemberName(node, parent);
  if (!isMember && binding?.kind === 'local' && !declaresFunction(binding)) return 'local';
  const isDeclared = declarationTypes.test(parent.type) && parent.childForFieldName('name')?.id === node.id;
  if (isDeclared) return 'declaration';
  if (binding !== undefined && !isMember && binding.kind !== 'free' && binding.binders.some(({ id }) => id === node.id))
    return 'declaration';
  if (isCalled(node, parent)) return 'call';
  return isMember ? 'member' : 'use';
}

/** A function within a function is a declaration that is looked for, too. */
function declaresFunction({ binders }: Binding): boolean {
  return binders.some(
    ({ parent }) => /^(function|class)_(definition|declaration)$/.test(parent?.type ?? '') || isFunctionValue(parent),
  );
}

function isFunctionValue(parent: SyntaxNode | null): boolean {
  return /^(arrow_function|function_expression)$/.test(parent?.childForFieldName('value')?.type ?? '');
}

/** Whether it is said of an object: `x.name`, `name=` of a call, a key. */
export function isMemberName(node: SyntaxNode, parent: SyntaxNode): boolean {
  switch (parent.type) {
    case 'attribute':
      return parent.childForFieldName('attribute')?.id === node.id;
    case 'member_expression':
      return parent.childForFieldName('property')?.id === node.id;
    case 'field_access':
      return parent.childForFieldName('field')?.id === node.id;
    case 'keyword_argument':
    case 'pair':
      return (parent.childForFieldName('name') ?? parent.childForFieldName('key'))?.id === node.id;
    case 'method_invocation':
      return parent.childForFieldName('name')?.id === node.id && parent.childForFieldName('object') !== null;
    case 'method_reference':
      return parent.lastChild?.id === node.id;
    default:
      return node.type === 'field_identifier' && /^(selector_expression|field_expression)$/.test(parent.type);
  }
}

function isCalled(node: SyntaxNode, parent: SyntaxNode): boolean {
  const calls = (call: SyntaxNode | null, called: SyntaxNode) =>
    call !== null &&
    /^(call|call_expression|new_expression|object_creation_expression|method_invocation|invocation_expression|function_call_expression)$/.test(
      call.type,
    ) &&
    ['function', 'constructor', 'type', 'name', 'method'].some((field) => call.childForFieldName(field)?.id === called.id);
  return calls(parent, node) || (isMemberName(node, parent) && calls(parent.parent, parent));
}
