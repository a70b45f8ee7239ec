/** The site of the documents has a place for every page. `npm run docs:build` fails at a dead link; CI runs it as a step of its own. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { diagramOf } from '../site/diagrams.ts';
import { english, spanish, titleOf } from '../site/pages.ts';
import { documents } from './markdown.ts';

const root = join(import.meta.dirname, '..');

it('has every document in its sidebar once, with its title', () => {
  const shown = [...english, ...spanish].flatMap(({ pages }) => pages);
  const there = documents(root).filter((page) => page.startsWith('docs/') && page !== 'docs/index.md');
  expect(shown.map((page) => `docs/${page}.md`).toSorted()).toEqual(there);
  for (const page of shown) expect(titleOf(page)).not.toBe(page);
});

it('draws diagrams that ask nothing of another host', () => {
  const diagrams = documents(root)
    .filter((page) => page.startsWith('docs/'))
    .flatMap((page) => [...readFileSync(join(root, page), 'utf8').matchAll(/^```mermaid\n([\s\S]*?)^```/gm)])
    .map(([, mermaid = '']) => mermaid);
  expect(diagrams.length).toBeGreaterThan(0);
  for (const mermaid of diagrams) {
    const [, bytes = ''] = /base64,([^"]+)/.exec(diagramOf(mermaid)) ?? [];
    const svg = Buffer.from(bytes, 'base64').toString();
    expect(svg).toMatch(/^<svg[\s\S]*<\/svg>\s*$/);
    expect(svg.replaceAll('http://www.w3.org/', '')).not.toMatch(/https?:|@import/);
  }
});
