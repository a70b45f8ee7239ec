/** The site of the documents has a place for every page. `npm run docs:build` fails at a dead link; CI runs it as a step of its own. */
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { english, spanish, titleOf } from '../site/pages.ts';
import { documents } from './markdown.ts';

it('has every document in its sidebar once, with its title', () => {
  const shown = [...english, ...spanish].flatMap(({ pages }) => pages);
  const there = documents(join(import.meta.dirname, '..')).filter((page) => page.startsWith('docs/') && page !== 'docs/index.md');
  expect(shown.map((page) => `docs/${page}.md`).toSorted()).toEqual(there);
  for (const page of shown) expect(titleOf(page)).not.toBe(page);
});
