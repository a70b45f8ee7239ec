import { expect, it } from 'vitest';
import { sectionsOfCode } from '../ingest/grammars.ts';
import type { CodeLanguage } from '../ingest/media-types.ts';
import { split } from './splitter.ts';

const long = (indent: string, comment: string) => `${indent}${comment} ñandú 🦤 ${'palabra '.repeat(40)}\n`;

/** Headings and first lines of the passages of a program. */
async function cut(text: string, language: CodeLanguage) {
  const chunks = split(text, 'code', await sectionsOfCode(text, language));
  const points = [...text];
  for (const { start, end, text: written } of chunks) expect(points.slice(start, end).join('')).toBe(written);
  // What is between two passages is white space.
  expect(points.filter((_, at) => !chunks.some(({ start, end }) => at >= start && at < end)).join('')).toMatch(/^\s*$/);
  return chunks.map(({ heading, text: written }) => `${heading.join(' › ')} | ${written.split('\n')[0]?.slice(0, 40)}`);
}

it('cuts TypeScript at declarations, with the comments above them, under the names that they are in', async () => {
  const source = `import a from 'a';
import b from 'b';

/** What a till does. */
export class CashRegister {
  readonly drawer = new Map<string, number>();

  /** Opens it. */
  openDrawer(): void {
${long('    ', '//')}${long('    ', '//')}  }

  closeDrawer(): void {
${long('    ', '//')}${long('    ', '//')}  }
}

export const sumOf = (values: number[]) => {
${long('  ', '//')}};
const x = 1;
`;
  expect(await cut(source, 'typescript')).toEqual([
    " | import a from 'a';",
    'CashRegister | /** What a till does. */',
    'CashRegister › openDrawer | /** Opens it. */',
    'CashRegister › closeDrawer | closeDrawer(): void {',
    'sumOf | export const sumOf = (values: number[]) ',
    ' | const x = 1;',
  ]);
});

it.each<[CodeLanguage, string, string[]]>([
  [
    'python',
    `import os\n\n@cached\nclass Store:\n    """Keeps."""\n    def put(self, key):\n${long('        ', '#').repeat(3)}        return key\n\n    def get(self, key):\n${long('        ', '#').repeat(2)}        return None\n`,
    [' | import os', 'Store | @cached', 'Store › put | def put(self, key):', 'Store › get | def get(self, key):'],
  ],
  [
    'go',
    `package till\n\n// Opens it.\nfunc (t *Till) Open() int {\n${long('\t', '//')}\treturn 1\n}\n\ntype Till struct {\n${long('\t', '//')}\tdrawer int\n}\n`,
    [' | package till', 'Open | // Opens it.', 'Till | type Till struct {'],
  ],
  [
    'rust',
    `impl Display for Money {\n    fn fmt(&self) -> i32 {\n${long('        ', '//').repeat(4)}        1\n    }\n}\n`,
    [
      'impl Display for Money | impl Display for Money {',
      'impl Display for Money › fmt | fn fmt(&self) -> i32 {',
      // Too long for one passage.
      'impl Display for Money › fmt | // ñandú 🦤 palabra palabra palabra pala',
    ],
  ],
  [
    'cpp',
    `namespace shop {\nint total(int a) {\n${long('  ', '//').repeat(2)}  return a;\n}\nclass Till {\n${long('  ', '//').repeat(2)}};\n}\n`,
    ['shop | namespace shop {', 'shop › total | int total(int a) {', 'shop › Till | class Till {'],
  ],
])('cuts %s so', async (language, source, expected) => {
  expect(await cut(source, language)).toEqual(expected);
});

it('puts small neighbours together, and takes what no grammar understands as it is', async () => {
  expect(await cut('f() { echo a; }\ng() { echo b; }\n', 'bash')).toEqual([' | f() { echo a; }']);
  expect(await cut('class { ( % $$ def', 'java')).toHaveLength(1);
});
