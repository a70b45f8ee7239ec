/**
 * Runs after `npm ci`: makes the template that fresh embedded stores open from, builds the console, and installs the git hooks of a checkout.
 * None may fail the installation: Timonel works without them, and says so where the console is not built.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const run = (program: string, args: string[]) =>
  spawnSync(program, args, { stdio: 'inherit', shell: process.platform === 'win32' });

run(process.execPath, ['scripts/build-template.ts']);
if (existsSync('console')) run(process.execPath, ['scripts/build-console.ts']);
if (existsSync('.git') && existsSync('node_modules/.bin/lefthook') && process.env['CI'] === undefined) run('lefthook', ['install']);
