/**
 * Writes `docs/reference/types`, each export of the package with its types, members and documentation, by TypeDoc: `npm run docs:build` does so
 * first. The pages are made anew for each build and not committed. TypeDoc reads sources with a TypeScript older than the one here, which
 * has no programming interface yet; it is installed in a folder of its own, `site/typedoc`.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, globSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brokenLinks } from '../test/markdown.ts';

const root = join(import.meta.dirname, '..');
const typedoc = join(root, 'site/typedoc');
const pages = 'docs/reference/types';

const run = (command: string, ...parameters: string[]) => execFileSync(command, parameters, { cwd: typedoc, stdio: 'inherit' });
if (!existsSync(join(typedoc, 'node_modules/.bin/typedoc'))) run('npm', 'ci', '--no-audit', '--no-fund');
rmSync(join(root, pages), { recursive: true, force: true });
run('npx', '--no-install', 'typedoc');

const exists = (path: string) => existsSync(join(root, path));
const broken = globSync(`${pages}/**/*.md`, { cwd: root }).flatMap((page) => {
  const path = join(root, page);
  let text = readFileSync(path, 'utf8');
  // The plugin numbers a heading that is there once where a type is made of it.
  for (const link of brokenLinks(root, page, exists)) text = text.replaceAll(`](${link})`, `](${link.replace(/-\d+$/, '')})`);
  writeFileSync(path, text);
  return brokenLinks(root, page, exists).map((link) => `${page}: ${link}`);
});
if (broken.length > 0) {
  console.error(`Links that lead nowhere:\n${broken.join('\n')}`);
  process.exitCode = 1;
}
