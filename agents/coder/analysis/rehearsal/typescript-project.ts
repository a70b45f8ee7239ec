/** The same shop in TypeScript. */
export const typescriptProject: Readonly<Record<string, string>> = {
  '.gitignore': 'dist/\n',
  '.env.local': 'TOKEN=canary-typescript\n',
  'package.json':
    '{\n  "name": "shop",\n  "type": "module",\n  "scripts": { "test": "vitest run" },\n  "devDependencies": { "vitest": "4.0.0", "typescript": "5.9.3", "eslint": "9.0.0" }\n}\n',
  'tsconfig.json':
    '{ "compilerOptions": { "strict": true, "module": "nodenext", "allowImportingTsExtensions": true, "noEmit": true } }\n',
  'eslint.config.js': 'export default [];\n',
  'dist/bundle.js': 'export function discount() {}\n',
  'src/models.ts': `/** One thing with its price. */
export interface Priced {
  price: number;
  total(amount: number): number;
}

export class Item implements Priced {
  readonly name: string;
  price: number;

  constructor(name: string, price: number) {
    this.name = name;
    this.price = price;
  }

  total(amount: number): number {
    // TODO: round to cents
    return this.price * amount;
  }
}

export const limit = 100;
`,
  'src/pricing.ts': `import { type Item, limit } from './models.ts';
import { line } from './report.ts';

/** Price of some, cheaper where there are many. */
export function discount(item: Item, amount: number): number {
  const total = item.total(amount);
  if (amount > limit && item.price > 0) return total * 0.9;
  return total;
}

export const label = (item: Item): string => {
  const discount = 'none';
  return line(item.name, discount);
};
`,
  'src/report.ts': `import { discount as reduced } from './pricing.ts';

export function line(name: string, value: string): string {
  // FIXME(ana): escape names
  for (const each of [name, value]) console.log(each);
  return reduced.name;
}
`,
  'test/pricing.test.ts': `import { expect, it } from 'vitest';
import { Item } from '../src/models.ts';
import { discount } from '../src/pricing.ts';

it('is cheaper for many', () => {
  expect(discount(new Item('pen', 2), 200)).toBe(360);
});
`,
};
