/** Grammars of programming languages, loaded where one is needed: WebAssembly of tree-sitter, with nothing native. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Language, Parser, Query, Node as SyntaxNode, Tree } from '@vscode/tree-sitter-wasm';
import type { CodeLanguage } from './contract.ts';

export type { SyntaxNode };

interface Library {
  Parser: typeof Parser;
  Language: typeof Language;
  Query: typeof Query;
}

/** A language that is ready to parse. */
export interface Grammar {
  language: CodeLanguage;
  /** Parses, hands the tree to `read`, and frees it: it lives outside of the collector's heap. */
  parse<T>(text: string, read: (root: SyntaxNode, tree: Tree) => T): T;
  /** Compiled once for each source. */
  query(source: string): Query;
}

const require = createRequire(import.meta.url);
const grammars = new Map<CodeLanguage, Promise<Grammar>>();
let started: Promise<Library> | undefined;

export function grammarOf(language: CodeLanguage): Promise<Grammar> {
  let grammar = grammars.get(language);
  if (grammar === undefined) {
    grammar = load(language);
    grammars.set(language, grammar);
  }
  return grammar;
}

async function load(language: CodeLanguage): Promise<Grammar> {
  started ??= start();
  const library = await started;
  const bytes = await readFile(require.resolve(`@vscode/tree-sitter-wasm/wasm/tree-sitter-${language}.wasm`));
  const grammar = await library.Language.load(bytes);
  const parser = new library.Parser();
  parser.setLanguage(grammar);
  const queries = new Map<string, Query>();
  return {
    language,
    parse(text, read) {
      const tree = parser.parse(text);
      if (tree === null) throw new Error(`The grammar of ${language} gave no tree.`);
      try {
        return read(tree.rootNode, tree);
      } finally {
        tree.delete();
      }
    },
    query(source) {
      let query = queries.get(source);
      if (query === undefined) {
        query = new library.Query(grammar, source);
        queries.set(source, query);
      }
      return query;
    },
  };
}

async function start(): Promise<Library> {
  const library = (await import('@vscode/tree-sitter-wasm')).default;
  await library.Parser.init();
  return library;
}
