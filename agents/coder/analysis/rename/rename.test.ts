/** Renames in three languages: what changes, what stays, what is only told. */
import { expect, it } from 'vitest';
import { createProjectIndex } from '../project-index.ts';
import { applied } from '../rehearsal/apply.ts';
import { projectFolder } from '../rehearsal/folder.ts';
import { javaProject } from '../rehearsal/java-project.ts';
import { pythonProject } from '../rehearsal/python-project.ts';
import { typescriptProject } from '../rehearsal/typescript-project.ts';
import { importGraph } from '../resolve-imports.ts';
import { rename } from './rename.ts';

async function renamed(files: Readonly<Record<string, string>>, from: string, to: string) {
  const { project, root } = projectFolder(files);
  const snapshot = await createProjectIndex(project).snapshot();
  const result = await rename(project, snapshot, await importGraph(project, snapshot), { from, to });
  if (result.kind !== 'proposed') return result;
  return {
    lines: applied(root, result.changes),
    undecided: result.undecided.map(({ path, line, text }) => `${path}:${line} ${text}`),
    notes: result.notes,
  };
}

it('renames a function of Python where it is imported, handed on and called, and no variable of that name', async () => {
  expect(await renamed(pythonProject, 'discount', 'reduced_price')).toEqual({
    lines: {
      'shop/__init__.py': ['from .pricing import reduced_price'],
      'shop/pricing.py': ['def reduced_price(item: Item, amount: int) -> float:'],
      'shop/report.py': ['from shop.pricing import reduced_price', 'return reduced_price'],
      'tests/test_pricing.py': ['from shop.pricing import reduced_price', 'assert reduced_price(Item("pen", 2), 200) == 360'],
    },
    undecided: [],
    notes: [],
  });
  const more = {
    ...pythonProject,
    'app.py':
      'import shop.pricing as p\nfrom shop import pricing, discount as d\n\n\ndef f(discount):\n    return p.discount, pricing.discount, d, discount, getattr(p, "discount")\n',
  };
  expect(await renamed(more, 'shop/pricing.py:5', 'reduced')).toMatchObject({
    lines: {
      'app.py': [
        'from shop import pricing, reduced as d',
        'return p.reduced, pricing.reduced, d, discount, getattr(p, "discount")',
      ],
    },
    notes: ['"discount" is also written in 1 string, which stay as they are.'],
  });
});

it('renames a member of Python where the class is known, and tells the rest', async () => {
  const more = {
    ...pythonProject,
    'shop/kinds.py': `from shop.models import Item


class Heavy(Item):
    def total(self, amount):
        return super().total(amount) + self.total(1)


class Bill:
    def total(self):
        return 0

    def all(self):
        return self.total()


def sums(items, bill: Bill):
    one = Heavy("a", 1)
    return [each.total(1) for each in items], one.total(2), bill.total()
`,
  };
  expect(await renamed(more, 'Item.total', 'amount_for')).toEqual({
    lines: {
      'shop/kinds.py': [
        'def amount_for(self, amount):',
        'return super().amount_for(amount) + self.amount_for(1)',
        'return [each.total(1) for each in items], one.amount_for(2), bill.total()',
      ],
      'shop/models.py': ['def amount_for(self, amount: int) -> float:'],
      'shop/pricing.py': ['total = item.amount_for(amount)'],
    },
    undecided: ['shop/kinds.py:19 return [each.total(1) for each in items], one.total(2), bill.total()'],
    notes: ['It is one member of Heavy, Item.'],
  });
  expect(await renamed(more, 'total', 'amount_for')).toMatchObject({
    kind: 'ambiguous',
    declarations: [{ container: 'Heavy' }, { container: 'Bill' }, { container: 'Item' }],
  });
});

it('renames in TypeScript by the language service', async () => {
  expect(await renamed(typescriptProject, 'discount', 'reducedPrice')).toEqual({
    lines: {
      'src/pricing.ts': ['export function reducedPrice(item: Item, amount: number): number {'],
      'src/report.ts': ["import { reducedPrice as reduced } from './pricing.ts';"],
      'test/pricing.test.ts': [
        "import { reducedPrice } from '../src/pricing.ts';",
        "expect(reducedPrice(new Item('pen', 2), 200)).toBe(360);",
      ],
    },
    undecided: [],
    notes: [],
  });
  expect(await renamed(typescriptProject, 'Item.total', 'amountFor')).toMatchObject({
    lines: {
      'src/models.ts': ['amountFor(amount: number): number;', 'amountFor(amount: number): number {'],
      'src/pricing.ts': ['const total = item.amountFor(amount);'],
    },
  });
  const handedOn = { 'a.ts': 'export const size = 1;\n', 'index.ts': "export { size } from './a.ts';\n" };
  expect(await renamed(handedOn, 'size', 'width')).toMatchObject({
    lines: { 'a.ts': ['export const width = 1;'], 'index.ts': ["export { width as size } from './a.ts';"] },
    notes: ['index.ts hands it on as size, and so it is called from there.'],
  });
  const shorthand = { 'a.ts': 'export const size = 1;\nexport const box = { size };\nexport const half = box.size / 2;\n' };
  expect(await renamed(shorthand, 'a.ts:1', 'width')).toMatchObject({
    lines: { 'a.ts': ['export const width = 1;', 'export const box = { size: width };'] },
  });
});

it('renames a class of Java with its file, and members where the class is known', async () => {
  expect(await renamed(javaProject, 'Item', 'Product')).toEqual({
    lines: {
      'src/main/java/shop/Pricing.java': [
        'import shop.models.Product;',
        'public double discount(Product item, int amount) {',
        'if (amount > Product.LIMIT && total > 0) {',
        'String label(Product item) {',
      ],
      'src/main/java/shop/models/Item.java': ['public class Product {', 'public Product(String name, double price) {'],
      'src/test/java/shop/PricingTest.java': [
        'import shop.models.Product;',
        'assert new Pricing().discount(new Product("pen", 2), 200) == 360;',
      ],
      'src/main/java/shop/models/Product.java': ['moved from src/main/java/shop/models/Item.java'],
    },
    undecided: [],
    notes: [],
  });
  expect(await renamed(javaProject, 'discount', 'reduced')).toMatchObject({
    lines: {
      'src/main/java/shop/Pricing.java': ['public double reduced(Item item, int amount) {'],
      'src/test/java/shop/PricingTest.java': ['assert new Pricing().reduced(new Item("pen", 2), 200) == 360;'],
    },
    undecided: [],
  });
  expect(await renamed(javaProject, 'Item.price', 'cost')).toMatchObject({
    lines: { 'src/main/java/shop/models/Item.java': ['private final double cost;', 'this.cost = price;', 'return cost * amount;'] },
  });
});

it('changes nothing where that would be wrong, and says why', async () => {
  expect(await renamed(pythonProject, 'discount', '_label')).toMatchObject({
    kind: 'refused',
    reason: 'taken',
    places: [{ path: 'shop/pricing.py', line: 13 }],
  });
  expect(await renamed(javaProject, 'Item.price', 'name')).toMatchObject({ kind: 'refused', reason: 'taken' });
  expect(await renamed(typescriptProject, 'discount', 'label')).toMatchObject({ kind: 'refused', reason: 'breaks' });
  expect(await renamed(typescriptProject, 'discount', 'class')).toMatchObject({ kind: 'refused', reason: 'not-a-name' });
  expect(await renamed(pythonProject, 'discount', 'discount')).toMatchObject({ kind: 'refused', reason: 'same' });
  expect(await renamed(pythonProject, 'discont', 'x')).toEqual({ kind: 'not-found', similar: ['discount'] });
});
