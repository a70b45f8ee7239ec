import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { envExample } from '../scripts/write-env-example.ts';
import { readSettings } from '../src/config.ts';

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
  ['src/settings-schema.ts', 'src/setting-values.ts']
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

const pages = [
  'README.md',
  'README.es.md',
  'CHANGELOG.md',
  'CONTRIBUTING.md',
  'AGENTS.md',
  'deploy/README.md',
  'docs/artifacts.md',
  'docs/compatible-api.md',
  'docs/errors.md',
  'docs/flags.md',
  'docs/identity.md',
  'docs/lifecycle.md',
  'docs/metrics.md',
  'docs/migrations.md',
  'docs/operations.md',
  'docs/resources.md',
  'docs/runbook.md',
  'docs/telemetry.md',
];

it.each(pages)('links only to what is there (%s)', (page) => {
  for (const [, target = ''] of read(page).matchAll(/\]\((?!https?:)([^)#\s]+)(?:#[^)]*)?\)/g)) {
    expect([target, exists(join(dirname(page), target))]).toEqual([target, true]);
  }
});

it('names only files of the sources that are there, where the life of a turn is told', () => {
  const named = [...read('docs/lifecycle.md').matchAll(/`((?:src|test|agents)\/[\w./-]+\.\w+)`/g)].map(([, path = '']) => path);
  expect(named.length).toBeGreaterThan(5);
  for (const path of named) expect([path, exists(path)]).toEqual([path, true]);
});
