import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { faultsOf, readSources } from './architecture.ts';

const root = join(import.meta.dirname, '..');
const tracked = execFileSync('git', ['ls-files', '-co', '--exclude-standard'], { cwd: root })
  .toString()
  .split('\n')
  .filter((path) => path !== '' && existsSync(join(root, path)));

it('keeps to the design: directions, cycles, names, sizes, privileges, the shape of agents', () => {
  const paths = tracked.filter((path) => /\.tsx?$/.test(path) && !path.startsWith('bench/peers/'));
  expect(paths.length).toBeGreaterThan(100);
  expect(faultsOf(readSources(root, paths))).toEqual([]);
});

it('gives every agent its prompt, its page and its quality cases', () => {
  for (const agent of tracked.filter((path) => /^agents\/[^/]+\/agent\.ts$/.test(path)).map((path) => dirname(path))) {
    for (const file of ['prompt.md', 'README.md']) expect(tracked).toContain(`${agent}/${file}`);
    expect(tracked.some((path) => path.startsWith(`${agent}/evals/`) && path.endsWith('.jsonl'))).toBe(true);
  }
});

it('has a lock file that works with every registry', () => {
  expect(readFileSync(join(root, 'package-lock.json'), 'utf8')).not.toContain('"resolved"');
});

it('finds each kind of fault in a tree that has them all', () => {
  const folder = mkdtempSync(join(tmpdir(), 'timonel-tree-'));
  const files: Record<string, string> = {
    'src/store/up.ts': `import { x } from '../http/server.ts'; export const y = x;`,
    'src/http/server.ts': `export const x = process.env['X']; console.log(x);`,
    'src/run/a.ts': `import { b } from './b.ts'; export const a = b;`,
    'src/run/b.ts': `export { a as b } from './a.ts';`,
    'src/run/utils.ts': `import { agent } from '../../agents/shop/agent.ts'; export { agent };`,
    'src/run/Long.ts': 'export {};\n'.repeat(401),
    'src/http/peek.ts': `import { m } from '../telemetry/metrics.ts'; export { m };`,
    'src/telemetry/metrics.ts': 'export const m = 1;',
    'src/loose.ts': `import './errors.ts';`,
    'src/errors.ts': 'export {};',
    'agents/shop/agent.ts': `import { y } from '../../src/store/up.ts'; export const agent = y;`,
    'src/policy/types.ts': `import type { X } from '../run/a.ts'; export type Y = X;`,
  };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(folder, dirname(path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const faults = faultsOf(readSources(folder, Object.keys(files))).join('\n');
  rmSync(folder, { recursive: true });
  for (const expected of [
    'src/store/up.ts imports src/http/server.ts: imports go down the layers only',
    'src/policy/types.ts imports src/run/a.ts: imports go down the layers only',
    'only main.ts reaches agents',
    'knows telemetry',
    'src/loose.ts imports src/errors.ts: the importing file is in no layer',
    'an agent imports the public API and its own files',
    'cycle: src/run/a.ts → src/run/b.ts → src/run/a.ts',
    'nothing is called "utils"',
    'src/run/Long.ts: file names are kebab-case',
    'src/run/Long.ts has 401 lines',
    'reads process.env',
    'writes to the console',
    'agents/shop has no flows.ts',
    'agents/shop has no test',
  ]) {
    expect(faults).toContain(expected);
  }
});
