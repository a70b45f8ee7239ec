/**
 * Builds the console: `console/dist`, which Timonel serves at `/console`. It has packages and a lock file of its own, so that those who build
 * on Timonel do not install them. Fails where the registry is not reached; everything but the console works without it.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const folder = join(import.meta.dirname, '../console');
const run = (program: string, args: string[]) =>
  spawnSync(program, args, { cwd: folder, stdio: 'inherit', shell: process.platform === 'win32' }).status ?? 1;

const installed = existsSync(join(folder, 'node_modules/vite'))
  ? 0
  : run('npm', ['ci', '--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund']);
process.exitCode = installed !== 0 ? installed : run(process.execPath, ['build.ts']);
