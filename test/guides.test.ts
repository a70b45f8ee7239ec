/** The guides and the larger example are tried as they stand: their files are written down, type-checked, and their tests run. */
import { execFile } from 'node:child_process';
import { cpSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { compileCache } from './compile-cache.ts';
import { shownFiles } from './markdown.ts';

const root = join(import.meta.dirname, '..');
const folder = mkdtempSync(join(tmpdir(), 'timonel-guides-'));
const guides = ['get-started', 'write-an-agent', 'tools', 'memory', 'testing', 'dialogue'];
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const patience = 240_000;

/** Runs Node as a newcomer does, without the settings of this process. */
function node(project: string, args: string[], more: Record<string, string> = {}): Promise<{ code: number; output: string }> {
  const { PATH, HOME } = process.env;
  const options = {
    cwd: join(folder, project),
    env: { PATH, HOME, NODE_COMPILE_CACHE: compileCache, TIMONEL_PORT: '0', TIMONEL_LOG_LEVEL: 'silent', ...more },
    maxBuffer: 10_000_000,
  };
  return new Promise((resolve) => {
    execFile(process.execPath, args, options, (error, out, err) =>
      resolve({ code: error === null ? 0 : Number(error.code), output: `${out}${err}` }),
    ).stdin?.end();
  });
}

const timonel = (project: string, ...args: string[]) => node(project, [join(root, 'bin/timonel.mjs'), ...args]);

/** An installation whose package "timonel" is these sources: the same entry points, before they are built. */
function install(): void {
  const { exports, ...manifest } = JSON.parse(read('package.json')) as Record<string, unknown>;
  const sources = Object.entries(exports as Record<string, { types?: string }>).flatMap(([path, { types }]) =>
    types === undefined ? [] : [[path, types.replace('/dist/', '/').replace('.d.ts', '.ts')]],
  );
  const installed = join(folder, 'node_modules/timonel');
  mkdirSync(join(folder, 'node_modules/@types'), { recursive: true });
  mkdirSync(installed);
  writeFileSync(join(installed, 'package.json'), JSON.stringify({ ...manifest, exports: Object.fromEntries(sources) }));
  symlinkSync(join(root, 'src'), join(installed, 'src'));
  for (const each of ['zod', '@types/node']) symlinkSync(join(root, 'node_modules', each), join(folder, 'node_modules', each));
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
}

beforeAll(async () => {
  install();
  mkdirSync(join(folder, 'blank'));
  await timonel('blank', 'new', 'agent', 'second-desk', '--template', 'blank');
  for (const guide of guides) {
    mkdirSync(join(folder, guide));
    // The one guide begins with what the program writes, the other shows the example.
    if (guide === 'get-started') await timonel(guide, 'new', 'agent', 'front-desk');
    if (guide === 'write-an-agent') cpSync(join(root, 'examples/library-desk'), join(folder, guide), { recursive: true });
    for (const { path, text } of shownFiles(root, `docs/guides/${guide}.md`)) {
      const file = join(folder, guide, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
    }
  }
}, patience);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

it(
  'what the guides show is well typed, by the settings of a new project',
  async () => {
    const { compilerOptions } = JSON.parse(readFileSync(join(folder, 'get-started/tsconfig.json'), 'utf8')) as {
      compilerOptions: object;
    };
    writeFileSync(
      join(folder, 'tsconfig.json'),
      // The package's sources are checked along with them, and those are not for a browser.
      JSON.stringify({
        compilerOptions: { ...compilerOptions, lib: ['es2024', 'esnext.disposable', 'esnext.iterator'] },
        include: ['blank', ...guides].flatMap((guide) => [`${guide}/agents`, `${guide}/*.config.ts`]),
      }),
    );
    expect(await node('.', [join(root, 'node_modules/typescript/bin/tsc'), '-p', '.'])).toEqual({ code: 0, output: '' });
  },
  patience,
);

describe.each(['blank', ...guides])('%s', (guide) => {
  it(
    'its tests pass',
    async () => {
      const { code, output } = await node(guide, ['--test', 'agents/**/*.test.ts']);
      expect([code, output]).toEqual([0, expect.stringMatching(/pass [1-9]/)]);
    },
    patience,
  );
});

it.runIf(inject('postgresUrl') !== '')(
  'the tests of write-an-agent pass on PostgreSQL',
  async () => {
    const server = { LIBRARY_POSTGRES_URL: inject('postgresUrl') };
    const { code, output } = await node('write-an-agent', ['--test', 'agents/**/*.test.ts'], server);
    expect([code, output]).toEqual([0, expect.stringMatching(/pass [1-9]/)]);
  },
  patience,
);

it.each([
  ['blank', 'second-desk'],
  ['get-started', 'front-desk'],
  ['write-an-agent', 'library-desk'],
])(
  'the evals of %s pass',
  async (guide, agent) => {
    expect(await timonel(guide, 'eval', agent)).toMatchObject({ code: 0, output: expect.stringContaining('pass') });
  },
  patience,
);

it('"Write an agent" shows every file of examples/library-desk as it is', () => {
  const page = read('docs/guides/write-an-agent.md');
  const files = globSync('agents/**/*.{ts,md,jsonl,sql}', { cwd: join(root, 'examples/library-desk') });
  expect(files.length).toBeGreaterThan(5);
  for (const file of files) expect(page).toContain(read(join('examples/library-desk', file)).trim());
});

it(
  'an agent that begins as a dialogue passes its tests and its evals',
  async () => {
    mkdirSync(join(folder, 'begun'));
    expect(await timonel('begun', 'new', 'agent', 'desk', '--template', 'dialogue')).toMatchObject({ code: 0 });
    const { code, output } = await node('begun', ['--test', 'agents/**/*.test.ts']);
    expect([code, output]).toEqual([0, expect.stringMatching(/pass [1-9]/)]);
    expect(await timonel('begun', 'eval', 'desk')).toMatchObject({ code: 0 });
  },
  patience,
);

it('"Dialogues" shows every file of examples/library-dialogue as it is', () => {
  const page = read('docs/guides/dialogue.md');
  const files = globSync('**/*.ts', { cwd: join(root, 'examples/library-dialogue') });
  expect(files.length).toBeGreaterThan(3);
  for (const file of files) expect(page).toContain(read(join('examples/library-dialogue', file)).trim());
});

it.each(['get-started', 'write-an-agent', 'tools'])('%s shows the same files in Spanish', (guide) => {
  expect(shownFiles(root, `docs/es/${guide}.md`)).toEqual(shownFiles(root, `docs/guides/${guide}.md`));
});
