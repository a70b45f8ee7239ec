/** What is found in three small projects, line by line. */
import { expect, it } from 'vitest';
import { findSymbols, outline, qualifiedName } from './outline.ts';
import { createProjectIndex } from './project-index.ts';
import { projectFolder } from './rehearsal/folder.ts';
import { javaProject } from './rehearsal/java-project.ts';
import { pythonProject } from './rehearsal/python-project.ts';
import { typescriptProject } from './rehearsal/typescript-project.ts';
import { search } from './search.ts';

const places = (result: Awaited<ReturnType<typeof search>>) =>
  result.found.map(({ path, line, column }) => `${path}:${line}:${column}`);

it('searches what git would keep, says what it left out, and never shows a secret', async () => {
  const { project } = projectFolder(pythonProject);
  expect(places(await search(project, 'discount', { word: true }))).toEqual([
    'README.md:3:13',
    'shop/__init__.py:1:22',
    'shop/pricing.py:5:5',
    'shop/pricing.py:14:5',
    'shop/pricing.py:15:35',
    'shop/report.py:3:30',
    'shop/report.py:6:12',
    'tests/test_pricing.py:2:26',
    'tests/test_pricing.py:6:12',
  ]);
  expect(await search(project, 'canary')).toEqual({ found: [], more: false, ignored: 1, secrets: 1 });
  expect(await search(project, 'canary', { ignored: true })).toEqual({ found: [], more: false, ignored: undefined, secrets: 1 });
  const all = await search(project, 'def discount', { ignored: true, literal: true });
  expect(places(all)).toEqual(['build/generated.py:1:1', 'shop/pricing.py:5:1']);
  expect(places(await search(project, 'discount', { under: 'shop/report.py' }))).toEqual([
    'shop/report.py:3:30',
    'shop/report.py:6:12',
  ]);
  expect(await search(project, 'e', { limit: 2 })).toMatchObject({
    more: true,
    found: [{ path: '.gitignore' }, { path: 'README.md' }],
  });
  await expect(search(project, '(')).rejects.toThrow('unclosed group');
});

it('outlines a file of each language', async () => {
  const shown = async (files: Readonly<Record<string, string>>, path: string) => {
    const snapshot = await createProjectIndex(projectFolder(files).project).snapshot();
    const result = outline(snapshot, path);
    return result.kind === 'outline'
      ? result.symbols.map(
          (each) =>
            `${each.line}-${each.endLine} ${each.exported ? '+' : '-'}${each.kind} ${qualifiedName(each)} ${each.complexity ?? ''}: ${each.signature}`,
        )
      : result;
  };
  expect(await shown(pythonProject, 'shop/pricing.py')).toEqual([
    '5-10 +function discount 3: def discount(item: Item, amount: int) -> float',
    '13-15 -function _label 1: def _label(item)',
  ]);
  expect(await shown(pythonProject, 'shop/models.py')).toEqual([
    '4-4 +constant LIMIT : LIMIT = 100',
    '8-16 +class Item : class Item',
    '11-11 +field Item.name : name: str',
    '12-12 +field Item.price : price: float = 0',
    '14-16 +method Item.total 1: def total(self, amount: int) -> float',
  ]);
  expect(await shown(typescriptProject, 'src/models.ts')).toEqual([
    '2-5 +interface Priced : interface Priced',
    '3-3 +field Priced.price : price: number',
    '4-4 +method Priced.total : total(amount: number): number',
    '7-20 +class Item : class Item implements Priced',
    '8-8 +field Item.name : readonly name: string',
    '9-9 +field Item.price : price: number',
    '11-14 +constructor Item.constructor 1: constructor(name: string, price: number)',
    '16-19 +method Item.total 1: total(amount: number): number',
    '22-22 +constant limit : const limit = 100',
  ]);
  expect(await shown(typescriptProject, 'src/pricing.ts')).toEqual([
    '5-9 +function discount 3: function discount(item: Item, amount: number): number',
    '11-14 +function label 1: const label = (item: Item): string',
  ]);
  expect(await shown(javaProject, 'src/main/java/shop/Pricing.java')).toEqual([
    '5-21 +class Pricing : public final class Pricing',
    '6-6 -field Pricing.report : private final Report report = new Report()',
    '9-15 +method Pricing.discount 3: public double discount(Item item, int amount)',
    '17-20 -method Pricing.label 1: String label(Item item)',
  ]);
});

it('finds declarations by name, the exact ones first', async () => {
  const snapshot = await createProjectIndex(projectFolder(javaProject).project).snapshot();
  const names = (query: Parameters<typeof findSymbols>[1]) =>
    findSymbols(snapshot, query).symbols.map((each) => `${each.path}:${each.line} ${qualifiedName(each)}`);
  expect(names({ name: 'pricing', kind: 'class' })).toEqual([
    'src/main/java/shop/Pricing.java:5 Pricing',
    'src/test/java/shop/PricingTest.java:5 PricingTest',
  ]);
  expect(names({ name: 'Item.total' })).toEqual(['src/main/java/shop/models/Item.java:14 Item.total']);
});

it('says what it does not read, and reads the rest', async () => {
  const folder = projectFolder(typescriptProject);
  folder.write('src/huge.ts', `export const huge = 1;\n${'// more\n'.repeat(150_000)}`);
  folder.write('src/packed.js', `var a=1;${'a+=1;'.repeat(2_000)}`);
  folder.write('src/broken.ts', 'export function whole() {}\nexport function half( {\n');
  folder.write('src/bytes.ts', new Uint8Array([101, 0, 1, 2]));
  const index = createProjectIndex(folder.project);
  const snapshot = await index.snapshot();
  expect(snapshot.skipped).toEqual([
    { path: 'src/bytes.ts', reason: 'binary' },
    { path: 'src/huge.ts', reason: 'large' },
    { path: 'src/packed.js', reason: 'minified' },
  ]);
  expect(outline(snapshot, 'src/broken.ts')).toMatchObject({ kind: 'outline', broken: true, symbols: [{ name: 'whole' }] });
  expect(outline(snapshot, 'package.json')).toEqual({ kind: 'not-parsed', path: 'package.json', reason: 'no-grammar' });
  expect(outline(snapshot, '.env.local')).toEqual({ kind: 'not-parsed', path: '.env.local', reason: 'missing' });
});

it('parses again only what changed', async () => {
  const folder = projectFolder(typescriptProject);
  const stored = new Map<string, string>();
  const cache = {
    get: async (keys: readonly string[]) => new Map([...stored].filter(([key]) => keys.includes(key))),
    set: async (entries: ReadonlyMap<string, string>) => {
      for (const [key, value] of entries) stored.set(key, value);
    },
    clear: async () => stored.clear(),
  };
  const index = createProjectIndex(folder.project, cache);
  const first = await index.snapshot();
  expect([first.parsed, (await index.snapshot()).parsed]).toEqual([first.files.size, 0]);
  folder.write('src/report.ts', 'export function fresh() {}\n');
  const changed = await index.snapshot();
  expect([changed.parsed, changed.files.get('src/report.ts')?.symbols.map(({ name }) => name)]).toEqual([1, ['fresh']]);
  const elsewhere = await createProjectIndex(folder.project, cache).snapshot();
  expect([elsewhere.parsed, elsewhere.files]).toEqual([0, changed.files]);
  await index.clear();
  expect([(await index.snapshot()).parsed, stored.size]).toEqual([first.files.size, first.files.size]);
});
