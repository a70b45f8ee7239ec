/** Declarations of languages without a project of their own here, and what a parser must not stumble over. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { CodeLanguage } from './contract.ts';
import { qualifiedName } from './outline.ts';
import { parseFile } from './parse-file.ts';
import { codeQueries } from './queries.ts';

it.each<[CodeLanguage, string, string[]]>([
  [
    'go',
    'package shop\n\nimport "fmt"\n\ntype Item struct{ Price int }\n\n// TODO: tax\nfunc (i Item) Total(n int) int {\n\tif n > 1 && i.Price > 0 {\n\t\treturn n\n\t}\n\treturn i.Price\n}\n\nfunc helper() { fmt.Println() }\n',
    ['type Item +', 'method Total + 3', 'function helper - 1'],
  ],
  [
    'rust',
    'pub struct Item { price: u32 }\n\nimpl Item {\n    pub fn total(&self, n: u32) -> u32 {\n        match n { 0 => 0, _ => self.price }\n    }\n}\n\nfn helper() {}\n',
    ['class Item +', 'method Item.total + 3', 'function helper - 1'],
  ],
  [
    'c-sharp',
    'namespace Shop {\n  public class Item {\n    public int Price { get; set; }\n    public int Total(int n) { return n > 1 ? n : Price; }\n  }\n}\n',
    ['class Item +', 'field Item.Price +', 'method Item.Total + 2'],
  ],
  [
    'cpp',
    'namespace shop {\nclass Item {\npublic:\n  int total(int n) { for (;;) { return n; } }\n};\n}\nint helper(int a) { return a; }\n',
    ['module shop +', 'class shop.Item +', 'method shop.Item.total + 2', 'function helper + 1'],
  ],
  [
    'php',
    '<?php\nclass Item {\n  private function total($n) { return $n ?: 1; }\n}\nfunction helper() {}\n',
    ['class Item +', 'method Item.total - 2', 'function helper + 1'],
  ],
  [
    'ruby',
    'class Item\n  def total(n)\n    n > 1 ? n : 1\n  end\n\n  def _hidden; end\nend\n',
    ['class Item +', 'method Item.total + 2', 'method Item._hidden - 1'],
  ],
])('finds what %s declares', async (language, text, expected) => {
  const { symbols, broken } = await parseFile(language, text);
  const shown = symbols.map((each) =>
    [each.kind, qualifiedName(each), each.exported ? '+' : '-', each.complexity].filter((part) => part !== undefined).join(' '),
  );
  expect([shown, broken]).toEqual([expected, false]);
});

it('takes any text, in every language', async () => {
  const languages = Object.keys(codeQueries) as CodeLanguage[];
  const piece = fc.constantFrom(
    'class A',
    'def f(',
    '{',
    '}',
    '(',
    ')',
    ':\n',
    '\n    ',
    'import x',
    'from .',
    '"',
    "'",
    '`${',
    '/*',
    '#',
    '@',
    'ñ',
    '😀',
    '\u0000',
    'function*',
    '=> ',
    '<T',
    ';',
    'if',
    '\r\n',
  );
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...languages), fc.array(piece, { maxLength: 25 }), async (language, pieces) => {
      const text = pieces.join(' ');
      const { symbols, lines } = await parseFile(language, text);
      expect(lines.total).toBeGreaterThanOrEqual(lines.comment === 0 ? 0 : 1);
      for (const { line, endLine, signature } of symbols) {
        expect(line).toBeLessThanOrEqual(endLine);
        expect(signature.length).toBeLessThanOrEqual(160);
      }
    }),
    { numRuns: 150, seed: 7 },
  );
});
