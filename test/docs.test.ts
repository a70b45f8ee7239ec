import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { apiReference } from '../scripts/write-api-reference.ts';
import { cliReference } from '../scripts/write-cli-reference.ts';
import { envExample } from '../scripts/write-env-example.ts';
import { readSettings } from '../src/config.ts';
import { brokenLinks, documents } from './markdown.ts';

const root = join(import.meta.dirname, '..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const exists = (path: string) => existsSync(join(root, path));
const operations = read('docs/operations.md');

/** Cells of the rows that begin with a name in backquotes, e.g. "| `TIMONEL_PORT` | `8000` | …". */
function rows(text: string, name: RegExp): string[][] {
  return text
    .split('\n')
    .map((line) => line.split('|').map((cell) => cell.trim()))
    .filter((cells) => cells[0] === '' && name.test(cells[1] ?? ''))
    .map((cells) => cells.slice(1, -1).map((cell) => cell.replaceAll('`', '')));
}

/** Each setting of the schema with the text that declares it. */
const declared = new Map(
  ['src/settings-schema.ts', 'src/setting-values.ts', 'src/backup-settings.ts']
    .flatMap((file) =>
      read(file)
        .split(/^ {2}(?=[A-Z][A-Z0-9_]+:)/m)
        .slice(1),
    )
    .map((text) => [text.slice(0, text.indexOf(':')), text.split(/^\}/m)[0] ?? '']),
);
const documented = new Map(rows(operations, /^`[A-Z][A-Z0-9_]+`$/).map(([name, value]) => [name ?? '', value]));

it('documents every setting, and no other', () => {
  expect(declared.size).toBeGreaterThan(20);
  expect([...documented.keys()].sort()).toEqual([...declared.keys()].sort());
});

it('documents the defaults of the settings as they are', () => {
  for (const [name, text] of declared) {
    const literal = /(?:milliseconds|days|flag|\.default)\(\s*('[^']*'|[\d_]+|true|false)\s*\)/.exec(text)?.[1];
    if (literal !== undefined)
      expect([name, documented.get(name)]).toEqual([
        name,
        literal.startsWith("'") ? literal.slice(1, -1) : literal.replaceAll('_', ''),
      ]);
    else if (text.includes('.optional()')) expect([name, documented.get(name)]).toEqual([name, 'none']);
  }
});

it('.env.example has every setting with its default ("npm run env-example" writes it), and changes nothing as it is', () => {
  const text = read('.env.example');
  expect(text).toBe(envExample());
  expect(text.match(/^#[A-Z][A-Z0-9_]+=/gm)).toHaveLength(declared.size);
  expect(text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))).toEqual([]);
});

it('every default of .env.example is a value that the setting takes', () => {
  const given = [...read('.env.example').matchAll(/^#([A-Z][A-Z_]+)="?(.*?)"?$/gm)].map(([, name = '', value = '']) => [
    name,
    value,
  ]);
  expect(() => readSettings(Object.fromEntries(given))).not.toThrow();
});

it('the reference tells of every command and every export ("npm run reference" writes it)', () => {
  expect(read('docs/reference/cli.md')).toBe(cliReference());
  expect(read('docs/reference/api.md')).toBe(apiReference());
});

const pages = documents(root);

it('finds the documents by itself', () => {
  expect(pages).toEqual(
    expect.arrayContaining(['README.md', 'README.es.md', 'docs/errors.md', 'agents/booking/README.md', 'deploy/README.md']),
  );
});

it.each(pages)('links only to files and sections that are there (%s)', (page) => {
  expect(brokenLinks(root, page, exists)).toEqual([]);
});

it('finds a link to a file and to a section that are not there', () => {
  const folder = mkdtempSync(join(tmpdir(), 'timonel-links-'));
  const page = (name: string, text: string) => writeFileSync(join(folder, name), text);
  page('a.md', '# Café & más\n## Twice\n## Twice\n```md\n# Not one\n[no](link.md)\n```\n`[nor](this.md)` <a id="own"></a>\n');
  page(
    'b.md',
    '[1](a.md#café--más) [2](a.md#twice-1) [3](a.md#own) [4](https://example.org/#x) [5](a.md#not-one) [6](c.md) [7](#b) [8](a.md#twice-2)\n\n[r]: a.md#gone\n',
  );
  const broken = (name: string) => brokenLinks(folder, name, (path) => existsSync(join(folder, path)));
  expect(broken('a.md')).toEqual([]);
  expect(broken('b.md')).toEqual(['a.md#not-one', 'c.md', '#b', 'a.md#twice-2', 'a.md#gone']);
  rmSync(folder, { recursive: true });
});

it('names only files of the sources that are there, where the life of a turn is told', () => {
  const named = [...read('docs/lifecycle.md').matchAll(/`((?:src|test|agents)\/[\w./-]+\.\w+)`/g)].map(([, path = '']) => path);
  expect(named.length).toBeGreaterThan(5);
  for (const path of named) expect([path, exists(path)]).toEqual([path, true]);
});

it('names tests that there are', () => {
  const named = [
    ...new Set(pages.flatMap((page) => read(page).match(/\b(?:test|src)\/[\w./-]+\.test\.ts\b/g) ?? [])),
  ];
  expect(named.length).toBeGreaterThan(10);
  expect(named.filter((path) => !exists(path))).toEqual([]);
});
