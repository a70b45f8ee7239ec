/** A second opinion: what tree-sitter's grammar of bash takes for the commands of a line. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Node, Parser } from '@vscode/tree-sitter-wasm';
import { forEachChild, parse, type SyntaxNode } from 'unbash';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { judgeCommand } from '../../src/shell.ts';
import { destructive, doubtful, harmless } from './command-lines.ts';
import { chanceOf, faithful, mutated } from './mutations.ts';
import { type ProjectFolder, projectFolder } from './project-folder.ts';

let parser: Parser;
let project: ProjectFolder;

beforeAll(async () => {
  project = projectFolder();
  const library = (await import('@vscode/tree-sitter-wasm')).default;
  await library.Parser.init();
  parser = new library.Parser();
  const grammar = createRequire(import.meta.url).resolve('@vscode/tree-sitter-wasm/wasm/tree-sitter-bash.wasm');
  parser.setLanguage(await library.Language.load(await readFile(grammar)));
});
afterAll(() => project.remove());

/** Names of the commands of a line, sorted; undefined where it is not parsed without error. */
function ours(line: string): string[] | undefined {
  const names: string[] = [];
  let failed = false;
  const visit = (node: SyntaxNode) => {
    if (node.type === 'Script' && node.errors !== undefined) failed = true;
    if (node.type === 'Command' && node.name !== undefined) names.push(node.name.text);
    forEachChild(node, visit);
  };
  visit(parse(line));
  return failed ? undefined : names.sort();
}

const ownNodes = new Set(['declaration_command', 'unset_command', 'test_command']);

function theirs(line: string): string[] | undefined {
  const tree = parser.parse(line);
  if (tree === null) return undefined;
  const names: string[] = [];
  const visit = (node: Node) => {
    if (node.type === 'command_name') names.push(node.text);
    const [first] = node.text;
    if (ownNodes.has(node.type) && first !== undefined) {
      const name = /^\[\[|^\(\(|^\[|^\S+/.exec(node.text)?.[0] ?? '';
      if (name !== '[[' && name !== '((') names.push(name);
    }
    for (const child of node.children) if (child !== null) visit(child);
  };
  visit(tree.rootNode);
  const failed = tree.rootNode.hasError;
  tree.delete();
  return failed ? undefined : names.sort();
}

/** What the grammar reads in another way than bash does: negated groups, words that go on in the next line, coprocesses, arithmetic commands. */
const misread = /!|\\\n|coproc|\(\(|\r|\$9|`/;

it('finds the same commands in a line as another parser', () => {
  const lines = [...harmless, ...doubtful, ...destructive].filter((line) => !misread.test(line));
  const differing = lines.filter((line) => {
    const [one, other] = [ours(line), theirs(line)];
    return one !== undefined && other !== undefined && JSON.stringify(one) !== JSON.stringify(other);
  });
  expect(differing).toEqual([]);
  expect(harmless.filter((line) => theirs(line) === undefined)).toEqual([]);
});

it('lets nothing through in which another parser finds other commands', () => {
  const chance = chanceOf(5);
  const faults: string[] = [];
  for (let round = 0; round < 1_500; round++) {
    const line = mutated(harmless[Math.floor(chance() * harmless.length)] ?? '', chance, faithful);
    if (misread.test(line) || judgeCommand(line, { root: project.root, home: '/home/ann' }).verdict !== 'allow') continue;
    const other = theirs(line);
    if (other !== undefined && JSON.stringify(ours(line)) !== JSON.stringify(other)) faults.push(line);
  }
  expect(faults).toEqual([]);
});
