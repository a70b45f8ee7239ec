/** Turns the text of one file into what is known of it: declarations, names, imports, marks of things to do. Pure but for loading a grammar. */
import type { CodeLanguage, CodeSymbol, ParsedFile, SymbolKind } from './contract.ts';
import { containerNameOf, declaredName, isExported, kindOf, signatureOf } from './declarations.ts';
import { type Grammar, grammarOf, type SyntaxNode } from './grammars.ts';
import { importsOf } from './import-statements.ts';
import { codeQueries } from './queries.ts';
import { commentLinesOf, todosInComment } from './todo-comments.ts';

export async function parseFile(language: CodeLanguage, text: string): Promise<ParsedFile> {
  return parseWith(await grammarOf(language), text);
}

interface OpenScope {
  endIndex: number;
  name: string;
  /** Absent where it is no declaration. */
  symbol: { -readonly [key in keyof CodeSymbol]: CodeSymbol[key] } | undefined;
}

const functionKinds: ReadonlySet<SymbolKind> = new Set(['function', 'method', 'constructor']);

function parseWith(grammar: Grammar, text: string): ParsedFile {
  const { language } = grammar;
  return grammar.parse(text, (root) => {
    const symbols = new Map<string, NonNullable<OpenScope['symbol']>>();
    const names = new Map<string, number>();
    const imports: ParsedFile['imports'][number][] = [];
    const todos: ParsedFile['todos'][number][] = [];
    const exported = new Set<string>();
    const scopes: OpenScope[] = [];
    let packageName: string | undefined;
    let comment = 0;
    for (const { name: capture, node } of grammar.query(codeQueries[language]).captures(root)) {
      const start = node.startIndex;
      while (scopes.length > 0 && (scopes.at(-1)?.endIndex ?? 0) <= start) scopes.pop();
      switch (capture) {
        case 'id': {
          const name = text.slice(start, node.endIndex);
          names.set(name, (names.get(name) ?? 0) + 1);
          break;
        }
        case 'branch': {
          const within = scopes.findLast(({ symbol }) => symbol?.complexity !== undefined)?.symbol;
          if (within?.complexity !== undefined) within.complexity += 1;
          break;
        }
        case 'comment': {
          const said = text.slice(start, node.endIndex);
          comment += commentLinesOf(text, start, said);
          todos.push(...todosInComment(said, node.startPosition.row + 1));
          break;
        }
        case 'import':
        case 'call':
          imports.push(...importsOf(language, node));
          break;
        case 'package':
          packageName = /package\s+([\w.]+)/.exec(node.text)?.[1];
          break;
        case 'exported':
          exported.add(node.text);
          break;
        case 'scope': {
          const name = containerNameOf(node);
          if (name !== undefined) scopes.push({ endIndex: node.endIndex, name, symbol: undefined });
          break;
        }
        default:
          declare(language, text, capture as SymbolKind, node, scopes, symbols);
      }
    }
    const all = [...symbols.values()];
    for (const symbol of all) if (exported.has(symbol.name) && symbol.container === '') symbol.exported = true;
    const lines = text.split('\n');
    if (lines.at(-1) === '') lines.pop();
    return {
      language,
      lines: { total: lines.length, blank: lines.filter((line) => line.trim() === '').length, comment },
      symbols: all,
      names,
      imports,
      todos,
      packageName,
      broken: root.hasError,
    };
  });
}

function declare(
  language: CodeLanguage,
  text: string,
  capture: SymbolKind,
  node: SyntaxNode,
  scopes: OpenScope[],
  symbols: Map<string, NonNullable<OpenScope['symbol']>>,
): void {
  const named = declaredName(node);
  if (named === undefined) return;
  const container = scopes.map(({ name }) => name).join('.');
  const outer = scopes.at(-1);
  const kind = kindOf(language, capture, node, named.text, outer?.symbol?.kind ?? (outer === undefined ? undefined : 'class'));
  const isFunction = functionKinds.has(kind);
  // A name that is set twice is declared once; functions may have several bodies of one name.
  const key = isFunction || kind === 'class' ? `${named.startIndex}` : `${container}.${named.text}`;
  const same = symbols.get(`${named.startIndex}`) ?? symbols.get(`${container}.${named.text}`);
  if (same !== undefined && (!isFunction || functionKinds.has(same.kind))) return;
  if (same !== undefined) symbols.delete(`${container}.${named.text}`);
  const symbol = {
    name: named.text,
    kind,
    container,
    line: named.startPosition.row + 1,
    endLine: node.endPosition.row + 1,
    column: named.startPosition.column + 1,
    signature: signatureOf(text, node),
    exported: isExported(language, node, named.text),
    complexity: isFunction && hasBody(node) ? 1 : undefined,
  };
  symbols.set(key, symbol);
  if (isFunction || !['field', 'constant', 'variable'].includes(kind)) {
    scopes.push({ endIndex: node.endIndex, name: named.text, symbol });
  }
}

/** A method of Ruby that does nothing has no node for its body. */
function hasBody(node: SyntaxNode): boolean {
  if (/^(singleton_)?method$/.test(node.type)) return true;
  return (node.childForFieldName('body') ?? node.childForFieldName('value')?.childForFieldName('body') ?? null) !== null;
}
