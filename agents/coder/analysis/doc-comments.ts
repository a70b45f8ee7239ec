/** What a program says of its own declarations. */
import type { CodeSymbol, ParsedFile, Project } from './contract.ts';
import { grammarOf, type SyntaxNode } from './grammars.ts';

export interface Documented {
  /** Comment above it, or string at the beginning of its body, without the marks of comments. */
  doc: string | undefined;
  /** Its source, at most 60 lines. */
  code: string;
  /** Names that it calls, each once, in order. */
  calls: readonly string[];
  loops: number;
  returns: number;
}

const longestCode = 60;

export async function documented(project: Project, path: string, file: ParsedFile, symbol: CodeSymbol): Promise<Documented> {
  const { text } = await project.read(path);
  const grammar = await grammarOf(file.language);
  const lines = text.split('\n');
  const code = lines.slice(symbol.line - 1, Math.min(symbol.endLine, symbol.line - 1 + longestCode)).join('\n');
  return grammar.parse(text, (root) => {
    const at = { row: symbol.line - 1, column: symbol.column - 1 };
    const name = root.descendantForPosition(at, { row: at.row, column: at.column + 1 });
    const node = name === null ? null : declarationOf(name, symbol);
    if (node === null) return { doc: undefined, code, calls: [], loops: 0, returns: 0 };
    return { doc: docOf(node), code, ...actionsOf(node) };
  });
}

/** The first words of a file: what it is for. */
export async function fileDoc(project: Project, path: string, file: ParsedFile): Promise<string | undefined> {
  const { text } = await project.read(path);
  const grammar = await grammarOf(file.language);
  return grammar.parse(text, (root) => {
    const first = root.namedChildren.find((each) => each !== null && each.type !== 'hash_bang_line');
    if (first === null || first === undefined) return undefined;
    if (/comment$/.test(first.type)) {
      const next = first.nextNamedSibling;
      // A comment right above a declaration is about that, and not about the file.
      const about =
        next !== null &&
        !/^(import|package|comment|line_comment|block_comment)/.test(next.type) &&
        next.startPosition.row === first.endPosition.row + 1;
      return about ? undefined : plainComment(first.text);
    }
    const inner = first.type === 'expression_statement' ? first.firstNamedChild : null;
    return inner?.type === 'string' ? plainComment(inner.text) : undefined;
  });
}

function declarationOf(name: SyntaxNode, symbol: CodeSymbol): SyntaxNode | null {
  for (let at: SyntaxNode | null = name; at !== null; at = at.parent) {
    if (
      at.endPosition.row + 1 === symbol.endLine &&
      at.startPosition.row + 1 <= symbol.line &&
      at.childForFieldName('name') !== null
    )
      return at;
  }
  return null;
}

function docOf(node: SyntaxNode): string | undefined {
  const first = node.childForFieldName('body')?.firstNamedChild;
  const docstring = first?.type === 'expression_statement' ? first.firstNamedChild : first;
  if (docstring?.type === 'string') return plainComment(docstring.text);
  let outer: SyntaxNode = node;
  while (
    outer.parent !== null &&
    /^(export_statement|lexical_declaration|decorated_definition|field_declaration)$/.test(outer.parent.type)
  )
    outer = outer.parent;
  const comments: string[] = [];
  let below = outer.startPosition.row;
  for (let at = outer.previousNamedSibling; at !== null && /comment$/.test(at.type); at = at.previousNamedSibling) {
    if (at.endPosition.row < below - 1) break;
    comments.unshift(at.text);
    below = at.startPosition.row;
  }
  return comments.length === 0 ? undefined : plainComment(comments.join('\n'));
}

/** Without the marks, as paragraphs. */
export function plainComment(comment: string): string {
  return comment
    .replace(/^[rRbBuUfF]*("""|'''|"|')([\s\S]*)\1$/, '$2')
    .split('\n')
    .map((line) => line.replace(/^\s*(\/\*\*?|\*\/|\*(?!\/)|\/\/[/!]?|#+!?|--)\s?/, '').replace(/\s*\*\/\s*$/, ''))
    .join('\n')
    .trim();
}

export function actionsOf(node: SyntaxNode): Pick<Documented, 'calls' | 'loops' | 'returns'> {
  const calls = new Set<string>();
  for (const call of node.descendantsOfType([
    'call',
    'call_expression',
    'method_invocation',
    'new_expression',
    'object_creation_expression',
  ])) {
    if (call === null) continue;
    const object = call.childForFieldName('object');
    const called =
      call.childForFieldName('function') ??
      call.childForFieldName('constructor') ??
      call.childForFieldName('type') ??
      call.childForFieldName('name');
    const name = called?.text.replaceAll(/\s+/g, '') ?? '';
    const whole = object === null ? name : `${object.text}.${name}`;
    if (/^[\w.$#]{1,60}$/.test(whole)) calls.add(whole);
  }
  const loops = ['for_statement', 'while_statement', 'for_in_statement', 'enhanced_for_statement', 'do_statement', 'for_in_clause'];
  return {
    calls: [...calls],
    loops: node.descendantsOfType(loops).length,
    returns: node.descendantsOfType('return_statement').length,
  };
}
