/**
 * Prepares JavaScript and TypeScript for the runner: types and modules are taken out by Sucrase, which keeps the lines; statements of changed and of test
 * files note that they ran.
 */
import { Script } from 'node:vm';
import type { Finding } from '../contract.ts';
import type { AnalysedFile } from '../evidence.ts';
import { forbiddenInScript } from './forbidden.ts';
import { deepest, type GrammarName, nesting, readTree, type SyntaxNode } from './grammar.ts';

export interface PreparedScript {
  path: string;
  code: string;
  /** It awaits at its top level. */
  waits: boolean;
}

export interface ReadScript extends AnalysedFile {
  /** First and last line of each function's body. */
  bodies: readonly (readonly [number, number])[];
  /** Lines of statements that assert something of the code. */
  asserting: readonly number[];
  waits: boolean;
  /** Places in the text where something is put in, from the first. */
  insertions: readonly Insertion[];
  /** `import.meta` in the text. */
  metas: readonly (readonly [number, number])[];
}

interface Insertion {
  at: number;
  /** `{` and `}` are those that an arm without braces gets. */
  kind: 'line' | 'open' | 'close' | 'arrow' | 'arrow-end';
  line: number;
}

export function grammarFor(path: string): GrammarName {
  if (/\.[mc]?ts$/i.test(path)) return 'typescript';
  return /\.tsx$/i.test(path) ? 'tsx' : 'javascript';
}

const statements =
  /^(expression_statement|return_statement|throw_statement|if_statement|for_statement|for_in_statement|while_statement|do_statement|switch_statement|try_statement|lexical_declaration|variable_declaration|break_statement|continue_statement)$/;
const functions =
  /^(function_declaration|function_expression|function|arrow_function|method_definition|generator_function|generator_function_declaration)$/;

/** Reads a text. Nothing of it runs. */
export async function readScript(path: string, text: string, isTest: boolean): Promise<ReadScript> {
  const empty = {
    path,
    executable: [],
    documented: [],
    findings: [],
    bodies: [],
    asserting: [],
    waits: false,
    insertions: [],
    metas: [],
  };
  if (nesting(text) > deepest)
    return { ...empty, syntax: { line: undefined, message: `It is nested deeper than ${deepest} brackets.` } };
  return readTree(grammarFor(path), text, (root) => {
    if (root.hasError) {
      const broken = firstError(root);
      return {
        ...empty,
        syntax: {
          line: broken.startPosition.row + 1,
          message: broken.isMissing ? `"${broken.type}" is missing.` : `It cannot be parsed here: ${broken.text.slice(0, 60)}`,
        },
      };
    }
    const found = collect(root, isTest);
    return {
      ...empty,
      ...found,
      syntax: undefined,
      findings: forbiddenInScript(path, root, isTest),
      documented: documentedIn(root),
    };
  });
}

function firstError(root: SyntaxNode): SyntaxNode {
  let node = root;
  for (;;) {
    const inner = node.children.find((each) => each?.isError === true || each?.isMissing === true || each?.hasError === true);
    if (inner === undefined || inner === null || node.isError) return node;
    node = inner;
  }
}

function collect(root: SyntaxNode, isTest: boolean) {
  const insertions: Insertion[] = [];
  const executable = new Set<number>();
  const bodies: [number, number][] = [];
  const asserting = new Set<number>();
  const metas: [number, number][] = [];
  let waits = false;
  const put = (kind: Insertion['kind'], at: number, node: SyntaxNode) => {
    const line = node.startPosition.row + 1;
    insertions.push({ kind, at, line });
    if (kind === 'line' || kind === 'open' || kind === 'arrow') executable.add(line);
  };
  const stack: { node: SyntaxNode; inFunction: boolean; statement: number | undefined }[] = [
    { node: root, inFunction: false, statement: undefined },
  ];
  for (let entry = stack.pop(); entry !== undefined; entry = stack.pop()) {
    const { node } = entry;
    let { inFunction, statement } = entry;
    const { type, parent } = node;
    if (
      /^(interface_declaration|type_alias_declaration|ambient_declaration|type_annotation|type_arguments|type_parameters)$/.test(
        type,
      )
    )
      continue;
    if (statements.test(type) && parent !== null) {
      if (/^(program|statement_block|switch_case|switch_default|class_static_block)$/.test(parent.type)) {
        const isDirective = type === 'expression_statement' && node.firstNamedChild?.type === 'string';
        if (!isDirective) put('line', node.startIndex, node);
        statement = node.startPosition.row + 1;
      } else if (
        /^(if_statement|else_clause|for_statement|for_in_statement|while_statement|do_statement)$/.test(parent.type) &&
        !(type === 'if_statement' && parent.type === 'else_clause') &&
        isArm(parent, node)
      ) {
        put('open', node.startIndex, node);
        put('close', node.endIndex, node);
        statement = node.startPosition.row + 1;
      }
    }
    if (functions.test(type)) {
      inFunction = true;
      const body = node.childForFieldName('body');
      if (body !== null) {
        bodies.push([body.startPosition.row + 1, body.endPosition.row + 1]);
        if (type === 'arrow_function' && body.type !== 'statement_block') {
          put('arrow', body.startIndex, body);
          put('arrow-end', body.endIndex, body);
          statement = body.startPosition.row + 1;
        }
      }
    }
    if (type === 'await_expression' && !inFunction) waits = true;
    if (type === 'for_in_statement' && !inFunction && /^for\s+await/.test(node.text.slice(0, 12))) waits = true;
    if (type === 'meta_property' && node.text.startsWith('import')) metas.push([node.startIndex, node.endIndex]);
    if (isTest && statement !== undefined && asserts(node)) asserting.add(statement);
    for (const child of node.namedChildren) if (child !== null) stack.push({ node: child, inFunction, statement });
  }
  insertions.sort((one, other) => one.at - other.at);
  return {
    insertions,
    executable: [...executable].sort((one, other) => one - other),
    bodies,
    asserting: [...asserting],
    metas,
    waits,
  };
}

function isArm(parent: SyntaxNode, node: SyntaxNode): boolean {
  if (parent.type === 'else_clause') return true;
  return [parent.childForFieldName('consequence'), parent.childForFieldName('body')].some((each) => each?.id === node.id);
}

/** Whether it can fail by what the code gives. */
function asserts(node: SyntaxNode): boolean {
  if (node.type === 'throw_statement') {
    for (let at = node.parent; at !== null && !functions.test(at.type); at = at.parent) if (at.type === 'if_statement') return true;
    return false;
  }
  if (node.type !== 'call_expression') return false;
  const name = node.childForFieldName('function')?.text ?? '';
  const values =
    node.childForFieldName('arguments')?.namedChildren.filter((each) => each !== null && each.type !== 'comment') ?? [];
  const constant = (each: SyntaxNode | null | undefined): boolean =>
    each === null ||
    each === undefined ||
    /^(true|false|null|undefined|number|string|regex)$/.test(each.type) ||
    (/^(unary_expression|array|object|pair|parenthesized_expression|binary_expression|template_string)$/.test(each.type) &&
      each.namedChildren.every(constant)) ||
    /^(property_identifier|string_fragment)$/.test(each.type);
  if (
    /^(t\.)?(assert|strict)(\.\w+)*$/.test(name) ||
    /^(equal|strictEqual|deepEqual|deepStrictEqual|ok|throws|rejects|match|notEqual|notStrictEqual)$/.test(name)
  ) {
    if (/\.fail$/.test(name)) return false;
    const compared =
      /(^|\.)(equal|notEqual|strictEqual|notStrictEqual|deepEqual|deepStrictEqual|notDeepEqual|notDeepStrictEqual)$/.test(name)
        ? values.slice(0, 2)
        : values.slice(0, 1);
    if (compared.length === 0) return false;
    // The same name twice says nothing.
    if (compared.length === 2 && compared[0]?.text === compared[1]?.text && compared[0]?.type === 'identifier') return false;
    return !compared.every(constant);
  }
  if (name === 'expect') {
    // `expect(x)` alone says nothing: a matcher has to be called.
    let at: SyntaxNode | null = node.parent;
    while (at?.type === 'member_expression') at = at.parent;
    return at?.type === 'call_expression' && !values.every(constant);
  }
  return false;
}

/** Exported declarations, and whether a comment for them stands before them. */
function documentedIn(root: SyntaxNode): AnalysedFile['documented'] {
  const found: [string, number, number, number, boolean][] = [];
  const exported = new Set<string>();
  for (const node of root.namedChildren) {
    if (node?.type === 'export_statement')
      for (const each of node.descendantsOfType('export_specifier')) exported.add(each?.childForFieldName('name')?.text ?? '');
    if (node?.type === 'expression_statement' && /^(module\.)?exports\b/.test(node.text))
      for (const each of node.descendantsOfType(['shorthand_property_identifier', 'identifier'])) exported.add(each?.text ?? '');
  }
  for (const node of root.namedChildren) {
    if (node === null) continue;
    const declaration = node.type === 'export_statement' ? node.childForFieldName('declaration') : node;
    if (declaration === null) continue;
    const names = declaredNames(declaration);
    if (names.length === 0) continue;
    if (node.type !== 'export_statement' && !names.some((name) => exported.has(name))) continue;
    const before = node.previousNamedSibling;
    const has = before?.type === 'comment' && before.text.startsWith('/**') && before.endPosition.row >= node.startPosition.row - 1;
    found.push([names[0] ?? '', node.startPosition.row + 1, node.startPosition.row + 1, node.endPosition.row + 1, has]);
  }
  return found;
}

function declaredNames(node: SyntaxNode): string[] {
  if (/^(function_declaration|generator_function_declaration|class_declaration|abstract_class_declaration)$/.test(node.type))
    return [node.childForFieldName('name')?.text ?? 'default'];
  if (!/^(lexical_declaration|variable_declaration)$/.test(node.type)) return [];
  return node.namedChildren.flatMap((each) => {
    const value = each?.childForFieldName('value');
    const callable =
      value !== null && value !== undefined && /^(arrow_function|function_expression|function|class)$/.test(value.type);
    return callable ? [each?.childForFieldName('name')?.text ?? ''] : [];
  });
}

/** @param names of the function that notes a line and of `import.meta`: nobody can guess them. @param file its number in the report; `undefined`: lines are not noted */
export async function prepareScript(
  read: ReadScript,
  text: string,
  names: { line: string; meta: string },
  file: number | undefined,
): Promise<PreparedScript | { fault: Finding }> {
  const { path, waits } = read;
  try {
    const { transform } = await import('sucrase');
    const typed = grammarFor(path) !== 'javascript';
    const { code } = transform(instrumented(read, text, names, file), {
      transforms: [...(typed ? (['typescript'] as const) : []), ...(/x$/i.test(path) ? (['jsx'] as const) : []), 'imports'],
      disableESTransforms: true,
      production: true,
      filePath: path,
    });
    // Read by V8 and not run: what a parser of trees does not see, a name that is declared twice among it.
    new Script(`(${waits ? 'async ' : ''}function () {${code}\n})`, { filename: path });
    return { path, code, waits };
  } catch (error) {
    const line = /:(\d+)(?::\d+)?\)?$/m.exec(
      error instanceof Error ? `${error.message}\n${error.stack?.split('\n')[0] ?? ''}` : '',
    )?.[1];
    const message = error instanceof Error ? error.message.replace(/^Error transforming [^:]+: /, '').slice(0, 300) : String(error);
    return { fault: { path, line: line === undefined ? undefined : Number(line), level: 'error', check: 'syntax', message } };
  }
}

function instrumented(
  { insertions, metas }: ReadScript,
  text: string,
  names: { line: string; meta: string },
  file: number | undefined,
): string {
  const pieces: { at: number; end: number; put: string; order: number }[] = metas.map(([at, end]) => ({
    at,
    end,
    put: names.meta,
    order: 1,
  }));
  if (file !== undefined) {
    for (const [order, { at, kind, line }] of insertions.entries()) {
      const call = `${names.line}(${file},${line})`;
      const put = { line: `${call};`, open: `{${call};`, close: '}', arrow: `(${call},`, 'arrow-end': ')' }[kind];
      const closes = kind === 'close' || kind === 'arrow-end';
      pieces.push({ at, end: at, put, order: closes ? -1_000_000 - order : order });
    }
  }
  pieces.sort((one, other) => one.at - other.at || one.order - other.order);
  let made = '';
  let from = 0;
  for (const { at, end, put } of pieces) {
    made += text.slice(from, at) + put;
    from = end;
  }
  return made + text.slice(from);
}
