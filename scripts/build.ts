/** Makes `dist/`, which is what the package publishes: compiled sources, and the files that they read. */
import { spawnSync } from 'node:child_process';
import { copyFileSync, cpSync, globSync, mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';

rmSync('dist', { recursive: true, force: true });
run('tsc', ['-p', 'tsconfig.build.json']);
run(process.execPath, ['scripts/build-template.ts']);
run(process.execPath, ['scripts/build-console.ts']);

cpSync('src/store/migrations', 'dist/src/store/migrations', { recursive: true });
copyFileSync('src/identity/leaked-passwords.txt', 'dist/src/identity/leaked-passwords.txt');
cpSync('src/channels/web/widget', 'dist/src/channels/web/widget', { recursive: true, filter: (file) => !file.endsWith('.json') });
cpSync('console/dist', 'dist/console/dist', { recursive: true });
for (const file of globSync([
  'agents/*/*.md',
  'agents/*/evals/*.jsonl',
  'agents/*/knowledge/*/*.md',
  'agents/*/migrations/*.sql',
  'agents/*/simulators/scenarios/*.json',
])) {
  mkdirSync(join('dist', dirname(file)), { recursive: true });
  copyFileSync(file, join('dist', file));
}
for (const template of globSync('.cache/template-*.tar.gz')) copyFileSync(template, join('dist', template.slice('.cache/'.length)));

function run(program: string, args: string[]): void {
  const { status } = spawnSync(program, args, { stdio: 'inherit', shell: process.platform === 'win32' });
  if (status !== 0) process.exit(status ?? 1);
}
