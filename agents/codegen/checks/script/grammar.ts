/** Grammars of tree-sitter, loaded when the first file needs one. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Language, Parser, Node as SyntaxNode } from '@vscode/tree-sitter-wasm';

export type { SyntaxNode };

export type GrammarName = 'javascript' | 'typescript' | 'tsx' | 'java' | 'go' | 'rust' | 'php' | 'ruby' | 'c-sharp';

const require = createRequire(import.meta.url);
const parsers = new Map<GrammarName, Promise<Parser>>();
let started: Promise<{ Parser: typeof Parser; Language: typeof Language }> | undefined;

/** Parses a text, hands its tree to `read`, and frees it: it lives outside of the collector's heap. */
export async function readTree<T>(name: GrammarName, text: string, read: (root: SyntaxNode) => T): Promise<T> {
  let parser = parsers.get(name);
  if (parser === undefined) {
    parser = load(name);
    parsers.set(name, parser);
  }
  const tree = (await parser).parse(text);
  if (tree === null) throw new Error(`The grammar of ${name} gave no tree.`);
  try {
    return read(tree.rootNode);
  } finally {
    tree.delete();
  }
}

async function load(name: GrammarName): Promise<Parser> {
  started ??= start();
  const library = await started;
  const parser = new library.Parser();
  parser.setLanguage(
    await library.Language.load(await readFile(require.resolve(`@vscode/tree-sitter-wasm/wasm/tree-sitter-${name}.wasm`))),
  );
  return parser;
}

async function start(): Promise<{ Parser: typeof Parser; Language: typeof Language }> {
  const library = (await import('@vscode/tree-sitter-wasm')).default;
  await library.Parser.init();
  return library;
}

/** Deeper nesting is no text that a person or a model means; walking and compiling it would use up the stack. */
export const deepest = 400;

/** The deepest nesting of brackets; those in texts and comments count as well. */
export function nesting(text: string): number {
  let depth = 0;
  let most = 0;
  for (const sign of text) {
    if (sign === '(' || sign === '[' || sign === '{') most = Math.max(most, ++depth);
    else if (sign === ')' || sign === ']' || sign === '}') depth = Math.max(0, depth - 1);
  }
  return most;
}
