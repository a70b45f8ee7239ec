/** What generated JavaScript must not do, and what changes or observes the runner of its tests. */
import type { Finding } from '../contract.ts';
import type { SyntaxNode } from './grammar.ts';

const network = /^(node:)?(https?|net|dgram|tls|http2|undici|axios|node-fetch|got|ws|request|superagent)$/;
const weak = /^(md5|sha1)$/i;
const secretName =
  /(^|_|[a-z])(password|passwd|pwd|secret|secretkey|apikey|api_key|authtoken|auth_token|accesstoken|access_token|privatekey|private_key)$/i;
const placeholder = /^(<.*>|change.?me|example.*|your[-_ ].*|x{3,}|\*+|\$\{.*|none|null|test)$/i;
const guarded = /^(Object|Function|Array|String|Promise|Reflect|JSON|Symbol|Map|Set|Error|TypeError|RegExp)(\.prototype)?$/;

export function forbiddenInScript(path: string, root: SyntaxNode, isTest: boolean): Finding[] {
  const found: Finding[] = [];
  const add = (node: SyntaxNode, message: string, check = 'forbidden', level: Finding['level'] = 'error') =>
    found.push({ path, line: node.startPosition.row + 1, level, check, message });
  const imported = new Map<string, string>();
  const mocks = /\b(mock|spyOn|stub|nock|msw|fakeFetch)\b/.test(root.text);
  const stack: SyntaxNode[] = [root];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (node.type === 'import_statement' || node.type === 'call_expression') noteImport(node, imported);
    if (isTest && !mocks) {
      const source = importedFrom(node);
      if (source !== undefined && network.test(source)) add(node, `A test uses the network (${source}).`);
    }
    switch (node.type) {
      case 'call_expression':
      case 'new_expression':
        called(node, imported, isTest && !mocks, add);
        break;
      case 'assignment_expression':
      case 'augmented_assignment_expression':
        assigned(node, isTest, add);
        break;
      case 'variable_declarator':
      case 'public_field_definition':
      case 'pair':
        if (!isTest)
          named(
            node.childForFieldName('name') ?? node.childForFieldName('property') ?? node.childForFieldName('key'),
            node.childForFieldName('value'),
            add,
          );
        break;
      case 'method_definition':
        equalsAll(node, add);
        break;
      case 'member_expression':
        if (node.childForFieldName('property')?.text === 'prepareStackTrace')
          add(node, 'It reads frames (prepareStackTrace), by which code finds what runs it.', 'tampering');
        break;
    }
    for (const child of node.namedChildren) if (child !== null) stack.push(child);
  }
  return found.reverse();
}

type Add = (node: SyntaxNode, message: string, check?: string, level?: Finding['level']) => void;

function importedFrom(node: SyntaxNode): string | undefined {
  const source =
    node.type === 'import_statement'
      ? node.childForFieldName('source')
      : node.type === 'call_expression' && /^(require|import)$/.test(node.childForFieldName('function')?.text ?? '')
        ? (node.childForFieldName('arguments')?.firstNamedChild ?? null)
        : null;
  return source?.type === 'string' ? source.text.slice(1, -1) : undefined;
}

/** Names from which module they are. */
function noteImport(node: SyntaxNode, imported: Map<string, string>): void {
  const source = importedFrom(node);
  if (source === undefined) return;
  const names = node.type === 'import_statement' ? node : node.parent?.childForFieldName('name');
  for (const each of names?.type === 'identifier'
    ? [names]
    : (names?.descendantsOfType(['identifier', 'shorthand_property_identifier_pattern']) ?? []))
    if (each !== null) imported.set(each.text, source.replace(/^node:/, ''));
}

function isLiteral(node: SyntaxNode | null | undefined): boolean {
  return (
    node !== null &&
    node !== undefined &&
    (node.type === 'string' ||
      (node.type === 'template_string' && !node.namedChildren.some((each) => each?.type === 'template_substitution')))
  );
}

function called(node: SyntaxNode, imported: ReadonlyMap<string, string>, onNetwork: boolean, add: Add): void {
  const target = node.childForFieldName('function') ?? node.childForFieldName('constructor');
  const name = target?.text ?? '';
  const first = node.childForFieldName('arguments')?.firstNamedChild;
  const root = name.split(/[.?[(]/)[0] ?? '';
  const last = name.split('.').at(-1) ?? '';
  const from = imported.get(root);
  if (/^((globalThis|window|global)\.)?(eval|Function)$/.test(name) && !isLiteral(first))
    add(node, `It runs text as code (${last}).`);
  if (/^(vm|vm2)$/.test(from ?? '')) add(node, 'It runs text as code (vm).');
  if (
    /^(setTimeout|setInterval)$/.test(name) &&
    first !== null &&
    first !== undefined &&
    /^(string|template_string|binary_expression)$/.test(first.type)
  )
    add(node, `It runs text as code (${name}).`);
  if (from === 'child_process') {
    if (/^(exec|execSync)$/.test(last) && !isLiteral(first))
      add(node, `It runs a shell with text that it puts together (${last}); use execFile.`);
    if (/\bshell\s*:\s*(true|['"])/.test(node.childForFieldName('arguments')?.text ?? ''))
      add(node, 'It starts a process by a shell (shell: true).');
  }
  if (
    /(^|\.)createHash$/.test(name) &&
    first !== null &&
    first !== undefined &&
    weak.test(first.text.slice(1, -1)) &&
    /passw|pwd|secret/i.test(surroundings(node))
  )
    add(node, `A password is hashed by ${first.text}; use scrypt or argon2.`);
  if (/\.(query|execute|raw|exec|run|all|get)$/.test(name) && first !== null && first !== undefined) {
    const built =
      (first.type === 'template_string' && !isLiteral(first)) ||
      (first.type === 'binary_expression' && first.descendantsOfType('identifier').length > 0);
    if (built && /\b(select\s.+\sfrom|insert\s+into|update\s.+\sset|delete\s+from)\b/is.test(first.text))
      add(node, 'SQL is put together from values; give them as parameters.');
  }
  if (onNetwork && /^(fetch|globalThis\.fetch)$/.test(name)) add(node, 'A test uses the network (fetch).');
  if (
    /^process\.(exit|abort|kill|reallyExit|binding|dlopen|getBuiltinModule)$/.test(name) &&
    /^process\.(abort|kill|reallyExit|binding|dlopen|getBuiltinModule)$/.test(name)
  )
    add(node, `It calls ${name}, which ends or reaches what runs the tests.`, 'tampering');
  if (
    /^(Object|Reflect)\.(defineProperty|defineProperties|assign|setPrototypeOf)$/.test(name) &&
    first !== null &&
    first !== undefined &&
    (guarded.test(first.text) || /^(assert|test|expect|globalThis)$/.test(first.text))
  )
    add(
      node,
      'It changes what runs the tests.',
      first.text === 'globalThis' ? 'forbidden' : 'tampering',
      first.text === 'globalThis' ? 'warning' : 'error',
    );
  if (/rejectUnauthorized\s*:\s*false/.test(node.childForFieldName('arguments')?.text ?? ''))
    add(node, 'It does not check certificates (rejectUnauthorized: false).');
}

function assigned(node: SyntaxNode, isTest: boolean, add: Add): void {
  const left = node.childForFieldName('left');
  const right = node.childForFieldName('right');
  if (left === null) return;
  if (left.type === 'member_expression' || left.type === 'subscript_expression') {
    const object = left.childForFieldName('object')?.text ?? '';
    const property = left.childForFieldName('property')?.text ?? '';
    if (guarded.test(object) && !/^(stackTraceLimit|captureStackTrace)$/.test(property))
      add(node, 'It changes the language under what runs the tests.', 'tampering');
    if (/^(assert|assert\.strict|test|it|describe|expect|console\.assert)$/.test(object) && !/^(setup|timeout)$/.test(property))
      add(node, 'It changes what runs the tests.', 'tampering');
    if (property === 'NODE_TLS_REJECT_UNAUTHORIZED') add(node, 'It does not check certificates.');
    if (property === 'innerHTML' && right !== null && !isLiteral(right))
      add(node, 'Text that it puts together becomes HTML (innerHTML).');
  }
  if (!isTest) named(left.type === 'member_expression' ? left.childForFieldName('property') : left, right, add);
}

function named(name: SyntaxNode | null, value: SyntaxNode | null, add: Add): void {
  if (name === null || value === null || !isLiteral(value)) return;
  const text = value.text.slice(1, -1);
  if (text.length >= 6 && !/\s/.test(text) && secretName.test(name.text.replaceAll(/['"]/g, '')) && !placeholder.test(text))
    add(name, 'A password or key is written in the code; read it from the environment.');
}

/** A value that is equal to everything passes every test. */
function equalsAll(node: SyntaxNode, add: Add): void {
  const name = node.childForFieldName('name')?.text ?? '';
  if (name === 'asymmetricMatch') add(node, 'A value that says itself whether it is equal passes every test.', 'tampering');
}

function surroundings(node: SyntaxNode): string {
  let at = node;
  for (let steps = 0; steps < 12 && at.parent !== null && at.parent.type !== 'program'; steps++) at = at.parent;
  return at.text.slice(0, 2_000);
}
