/** What a declaration is called, and what it is, in the languages that are parsed. */
import type { CodeLanguage, SymbolKind } from './contract.ts';
import type { SyntaxNode } from './grammars.ts';

/** The node of the name that a declaration gives. */
export function declaredName(node: SyntaxNode): SyntaxNode | undefined {
  const direct = node.childForFieldName('name') ?? node.childForFieldName('left') ?? node.childForFieldName('property');
  if (direct !== null) return direct;
  // C and C++: the name is in the middle of pointers, parameters and arrays.
  let declarator = node.childForFieldName('declarator');
  for (let inner = declarator; inner !== null; inner = inner.childForFieldName('declarator')) declarator = inner;
  return declarator ?? undefined;
}

/** Of `impl Reader for File`: `File`. */
export function containerNameOf(node: SyntaxNode): string | undefined {
  return node.childForFieldName('type')?.text.replace(/<[\s\S]*$/, '');
}

/** @param outer what it stands in, if anything */
export function kindOf(
  language: CodeLanguage,
  capture: SymbolKind,
  node: SyntaxNode,
  name: string,
  outer: SymbolKind | undefined,
): SymbolKind {
  if (capture === 'function' || capture === 'method') {
    if (name === 'constructor' || name === '__init__' || name === '__construct') return 'constructor';
    if (capture === 'function' && (outer === 'class' || outer === 'interface')) return 'method';
    return capture;
  }
  if (capture === 'variable') {
    if (language === 'python') return /^[A-Z][A-Z0-9_]*$/.test(name) ? 'constant' : 'variable';
    return node.parent?.firstChild?.type === 'const' ? 'constant' : 'variable';
  }
  if (capture === 'field') {
    const value = node.childForFieldName('value');
    if (value !== null && /^(arrow_function|function_expression)$/.test(value.type)) return 'method';
    if (language === 'java' && /\bstatic\b[^=]*\bfinal\b/.test(node.parent?.text.slice(0, 200) ?? '')) return 'constant';
  }
  return capture;
}

const longestSignature = 160;

/** The head of a declaration without its body, in one line. */
export function signatureOf(text: string, node: SyntaxNode): string {
  const whole = /^(variable_declarator)$/.test(node.type) && node.parent !== null ? node.parent : node;
  const value = node.childForFieldName('value');
  const body = node.childForFieldName('body') ?? value?.childForFieldName('body') ?? null;
  const last = pythonHeadEnd(node);
  const end = last !== undefined ? last : body !== null && body.startIndex > whole.startIndex ? body.startIndex : whole.endIndex;
  let head = text.slice(whole.startIndex, Math.min(end, whole.startIndex + 2_000));
  // Annotations say how, not what.
  for (let before = ''; before !== head; ) {
    before = head;
    head = head.replace(/^\s*@[\w.]+(\([^()]*\))?\s*/, '');
  }
  head = head.replaceAll(/\s+/g, ' ').trim();
  head = (body === null ? head.replace(/;$/, '') : head.replace(/\s*(=>|[{:=]|\bis)\s*$/, '')).trim();
  return head.length > longestSignature ? `${head.slice(0, longestSignature - 1)}…` : head;
}

/** Between the head and the body of a definition in Python there may be comments. */
function pythonHeadEnd(node: SyntaxNode): number | undefined {
  if (!/^(class|function)_definition$/.test(node.type)) return undefined;
  const last = ['return_type', 'parameters', 'superclasses']
    .map((field) => node.childForFieldName(field))
    .find((each) => each !== null);
  return last?.endIndex ?? node.childForFieldName('name')?.endIndex;
}

/** Whether other files may use it. */
export function isExported(language: CodeLanguage, node: SyntaxNode, name: string): boolean {
  switch (language) {
    case 'python':
    case 'ruby':
      return !name.startsWith('_') || /^__\w+__$/.test(name);
    case 'go':
      return /^\p{Lu}/u.test(name);
    case 'typescript':
    case 'tsx':
    case 'javascript': {
      const statement = node.type === 'variable_declarator' ? node.parent?.parent : node.parent;
      if (statement?.type === 'export_statement') return true;
      // Members are as visible as what they stand in.
      return (
        /^(class|interface)_body$/.test(statement?.type ?? '') &&
        !/^(private|protected)\b/.test(node.text.slice(0, 20)) &&
        !name.startsWith('#')
      );
    }
    case 'java':
    case 'c-sharp': {
      const declaration = node.type === 'variable_declarator' ? node.parent : node;
      const head = declaration?.text.slice(0, 300) ?? '';
      return (
        /^(?:\s|@[\w.]+(?:\([^()]*\))?|\b(?:static|final|abstract|sealed|async|override|virtual)\b)*public\b/.test(head) ||
        node.type === 'enum_constant' ||
        insideInterface(node)
      );
    }
    case 'rust':
      return node.text.startsWith('pub');
    case 'php':
      return !/^\s*(?:static\s+|final\s+)*(private|protected)\b/.test(node.text.slice(0, 60));
    case 'cpp':
      return true;
  }
}

function insideInterface(node: SyntaxNode): boolean {
  return node.parent?.type === 'interface_body' && !/\bprivate\b/.test(node.text.slice(0, 80));
}
