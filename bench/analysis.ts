/**
 * What it costs to know a project: `npm run bench:analysis -- [folder] [files] [megabytes]`. Copies so many source files of a folder (this repository,
 * 700, 3.5) into one of its own, and prints the CPU of the first look, through the jail, and of the next ones. ripgrep's own CPU is not in it.
 */
import { cpSync, globSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { languageOfPath } from '../agents/coder/analysis/languages.ts';
import { createProjectIndex } from '../agents/coder/analysis/project-index.ts';
import { isSecretPath, openProjectFiles } from '../src/files.ts';

const [from = join(import.meta.dirname, '..'), most = '700', megabytes = '3.5'] = process.argv.slice(2);
const root = mkdtempSync(join(tmpdir(), 'timonel-bench-'));
try {
  let bytes = 0;
  let copied = 0;
  const hidden = new Set(['node_modules', 'dist', '.git']);
  for (const path of globSync('**/*', { cwd: from, exclude: (name) => hidden.has(name) }).sort()) {
    if (languageOfPath(path) === undefined || copied >= Number(most)) continue;
    const { size } = statSync(join(from, path));
    if (bytes + size > Number(megabytes) * 1e6) continue;
    bytes += size;
    copied += 1;
    cpSync(join(from, path), join(root, path), { recursive: true });
  }
  const files = await openProjectFiles(root);
  const index = createProjectIndex({ root, isSecret: isSecretPath, git: async () => undefined, read: (path) => files.read(path) });
  for (const look of ['first', 'second', 'third', 'fourth']) {
    const [cpu, started] = [process.cpuUsage(), performance.now()];
    const { parsed, skipped } = await index.snapshot();
    const { user, system } = process.cpuUsage(cpu);
    const { symbols, names } = index.size();
    console.log(
      `${look} look at ${copied} files, ${(bytes / 1e6).toFixed(2)} MB: ${Math.round((user + system) / 1000)} ms CPU, ${Math.round(performance.now() - started)} ms; ${parsed} parsed, ${skipped.length} skipped, ${symbols} declarations, ${names} names`,
    );
  }
} finally {
  rmSync(root, { recursive: true, force: true });
}
