import { existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, sep } from 'node:path';
import { expect, it } from 'vitest';
import { faultsOf, readSources } from './architecture.ts';

const root = join(import.meta.dirname, '..');
const notOurs = new Set(['node_modules', 'dist', 'peers', 'results']);
const paths = globSync('**/*.{ts,tsx}', { cwd: root, exclude: (name) => notOurs.has(name) || name.startsWith('.') })
  .map((path) => path.replaceAll(sep, '/'))
  .sort();

it('keeps to the design: directions, cycles, names, sizes, privileges, the shape of agents', () => {
  expect(paths.length).toBeGreaterThan(100);
  expect(faultsOf(readSources(root, paths))).toEqual([]);
});

it('speaks of no trade in src, but in the folder of the trade', () => {
  const spoken = /\b(salons?|haircuts?|hairdress\w*|peluquer\w*|manicur\w*|stylists?|barber\w*|huesped\w*)\b/i;
  // Lists of words: which language they are, what is counted, and what is a surname or nobody's password.
  const lists = new Set([
    'src/identity/common-passwords.ts',
    'src/language/language.ts',
    'src/language/people/party.ts',
    'src/language/people/surnames.ts',
    'src/language/time/english-vocabulary.ts',
    'src/language/time/spanish-vocabulary.ts',
  ]);
  const faults = paths.filter(
    (path) =>
      /^src\/(?!dialogue\/reservations\/)/.test(path) &&
      !/\.test\.ts$/.test(path) &&
      !lists.has(path) &&
      spoken.test(readFileSync(join(root, path), 'utf8')),
  );
  expect(faults).toEqual([]);
});

it('gives every agent its prompt, its page and its quality cases', () => {
  const agents = paths.filter((path) => /^agents\/[^/]+\/agent\.ts$/.test(path)).map((path) => join(root, dirname(path)));
  expect(agents).not.toEqual([]);
  for (const agent of agents) {
    for (const file of ['prompt.md', 'README.md']) expect(existsSync(join(agent, file)), `${agent}/${file}`).toBe(true);
    expect(globSync('evals/*.jsonl', { cwd: agent })).not.toEqual([]);
  }
});

it('has a lock file that works with every registry', () => {
  expect(readFileSync(join(root, 'package-lock.json'), 'utf8')).not.toContain('"resolved"');
});

/** A tree with every kind of fault: path → text. */
const badTree: Record<string, string> = {
  'src/store/up.ts': `import { x } from '../http/server.ts'; export const y = x;`,
  'src/store/late.ts': `export const later = () => import('../http/server.ts');`,
  'src/store/again.ts': `export { x } from '../run/a.ts';`,
  'src/store/typed.ts': `export type Y = import('../run/a.ts').X;`,
  'src/store/thread.ts': `export const thread = new Worker(new URL('../run/a.ts', import.meta.url));`,
  'src/http/server.ts': `export const x = process.env['X']; console.log(x);`,
  'src/http/sly.ts': `import { env } from 'node:process'; export const e = env;`,
  'src/http/slyer.ts': `const { env } = process; globalThis.console.log(env);`,
  'src/http/innocent.ts': `// process.env and console.log\nexport const text = 'process.env, console.log';`,
  'src/http/sibling.ts': `import '../telemetry/metrics.ts'; import '../operations/drill.ts';`,
  'src/operations/drill.ts': 'export {};',
  'src/run/a.ts': `import { b } from './b.ts'; export const a = b; export type X = 1;`,
  'src/run/b.ts': `export { a as b } from './a.ts';`,
  'src/run/c.ts': `import type { D } from './d.ts'; export type C = D;`,
  'src/run/d.ts': `import type { C } from './c.ts'; export type D = C;`,
  'src/run/utils.ts': `import { agent } from '../../agents/shop/agent.ts'; export { agent };`,
  'src/run/Long.ts': 'export {};\n'.repeat(401),
  'src/run/limit.ts': 'export {};\n'.repeat(400),
  'src/telemetry/metrics.ts': 'export const m = 1;',
  'src/loose.ts': `import './errors.ts';`,
  'src/errors.ts': `import './loose.ts';`,
  'src/store/double.ts': `const kept = 1; export { kept as m, type Row }; export const one = 1; interface Row {}`,
  'src/store/single.ts': `export { one } from './double.ts'; export type Row = 1; export type { X } from 'y';`,
  'src/dialogue/tours/domain.ts': 'export const tours = 1;',
  'src/dialogue/engine.ts': `import { tours } from './tours/domain.ts'; export const t = tours;`,
  'src/policy/types.ts': `import type { X } from '../run/a.ts'; export type W = X;`,
  'agents/shop/agent.ts': `import { y } from '../../src/store/up.ts'; export const agent = y;`,
};

it('finds each kind of fault in a tree that has them all, and nothing else', () => {
  const folder = mkdtempSync(join(tmpdir(), 'timonel-tree-'));
  for (const [path, text] of Object.entries(badTree)) {
    mkdirSync(join(folder, dirname(path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const faults = faultsOf(readSources(folder, Object.keys(badTree)));
  rmSync(folder, { recursive: true });
  expect(faults.sort()).toEqual(
    [
      'src/store/up.ts imports src/http/server.ts: imports go down the layers only',
      'src/store/late.ts imports src/http/server.ts: imports go down the layers only',
      'src/store/again.ts imports src/run/a.ts: imports go down the layers only',
      'src/store/typed.ts imports src/run/a.ts: imports go down the layers only',
      'src/store/thread.ts imports src/run/a.ts: imports go down the layers only',
      'src/policy/types.ts imports src/run/a.ts: imports go down the layers only',
      'src/dialogue/engine.ts imports src/dialogue/tours/domain.ts: only its own folder knows a trade',
      'src/http/sibling.ts imports src/telemetry/metrics.ts: nothing but main.ts and the command that starts the process knows telemetry',
      'src/http/sibling.ts imports src/telemetry/metrics.ts: parts of one layer do not know each other',
      'src/http/sibling.ts imports src/operations/drill.ts: parts of one layer do not know each other',
      'src/run/utils.ts imports agents/shop/agent.ts: only bundled-project.ts reaches agents',
      'agents/shop/agent.ts imports src/store/up.ts: an agent imports the public API and its own files',
      'src/loose.ts imports src/errors.ts: the importing file is in no layer of the design',
      'src/errors.ts imports src/loose.ts: the imported file is in no layer of the design',
      'cycle: src/run/a.ts → src/run/b.ts → src/run/a.ts',
      'cycle: src/run/c.ts → src/run/d.ts → src/run/c.ts',
      'cycle: src/loose.ts → src/errors.ts → src/loose.ts',
      'src/store/double.ts exports "m", as src/telemetry/metrics.ts does; give it a name of its own',
      'src/store/single.ts exports "Row", as src/store/double.ts does; give it a name of its own',
      'src/run/utils.ts: nothing is called "utils"; name it for what it does',
      'src/run/Long.ts: file names are kebab-case',
      'src/run/Long.ts has 401 lines; 400 at most',
      'src/http/server.ts reads process.env; only config.ts does',
      'src/http/sly.ts reads process.env; only config.ts does',
      'src/http/slyer.ts reads process.env; only config.ts does',
      'src/http/server.ts writes to the console; publish on a channel of diagnostics.ts',
      'src/http/slyer.ts writes to the console; publish on a channel of diagnostics.ts',
      'agents/shop has no flows.ts',
      'agents/shop has no tools.ts',
      'agents/shop has no policy.ts',
      'agents/shop has no test',
    ].sort(),
  );
});

it('does not take a file that it cannot read for a file without faults', () => {
  const folder = mkdtempSync(join(tmpdir(), 'timonel-tree-'));
  writeFileSync(join(folder, 'broken.ts'), 'export const = ;');
  expect(() => readSources(folder, ['broken.ts'])).toThrow('broken.ts cannot be parsed');
  rmSync(folder, { recursive: true });
});
