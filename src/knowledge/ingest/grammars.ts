/** Grammars of programming languages, loaded where one is needed: WebAssembly of tree-sitter, with nothing native. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Language, Parser } from '@vscode/tree-sitter-wasm';
import { type CodeNode, codeSections } from '../split/code.ts';
import type { Section } from '../split/sections.ts';
import type { CodeLanguage } from './media-types.ts';

/** Longer programs are made by programs: they are cut as texts. */
const longestCode = 2_000_000;

const require = createRequire(import.meta.url);
const parsers = new Map<CodeLanguage, Promise<Parser>>();
let started: Promise<{ Parser: typeof Parser; Language: typeof Language }> | undefined;

/** @returns `undefined` where the text is better cut as any other. */
export async function sectionsOfCode(text: string, language: CodeLanguage): Promise<Section[] | undefined> {
  if (text.length > longestCode) return undefined;
  let parser = parsers.get(language);
  if (parser === undefined) {
    parser = parserOf(language);
    parsers.set(language, parser);
  }
  const tree = (await parser).parse(text);
  if (tree === null) return undefined;
  try {
    return codeSections(text, tree.rootNode as CodeNode);
  } finally {
    // It lives outside of the collector's heap.
    tree.delete();
  }
}

async function parserOf(language: CodeLanguage): Promise<Parser> {
  started ??= start();
  const library = await started;
  const parser = new library.Parser();
  const grammar = await readFile(require.resolve(`@vscode/tree-sitter-wasm/wasm/tree-sitter-${language}.wasm`));
  parser.setLanguage(await library.Language.load(grammar));
  return parser;
}

async function start() {
  const library = (await import('@vscode/tree-sitter-wasm')).default;
  await library.Parser.init();
  return library;
}
