/** The project's own runner in bubblewrap, and reports of it that code forged. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { createSandbox } from '../../../../src/sandbox.ts';
import { needs } from '../../../../test/needs.ts';
import { checkTree } from '../check-tree.ts';
import { changesOf, sandboxOf, treeOf } from '../rehearsal/trees.ts';

const sandbox = createSandbox({ mode: 'auto', concurrency: 2, queue: 100 });
afterAll(() => sandbox.close());

function check(files: Record<string, string>) {
  const inFolder = async <T>(work: (folder: string) => Promise<T>): Promise<T> => {
    const folder = await mkdtemp(join(tmpdir(), 'timonel-checks-'));
    try {
      for (const [path, text] of Object.entries(files)) {
        await mkdir(dirname(join(folder, path)), { recursive: true });
        await writeFile(join(folder, path), text);
      }
      return await work(folder);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  };
  return checkTree(treeOf(files), changesOf(files), {
    sandbox: sandboxOf(sandbox),
    signal: AbortSignal.timeout(200_000),
    inFolder,
  });
}

const test = `import test from 'node:test';\nimport assert from 'node:assert/strict';\nimport { add } from './calc.mjs';\ntest('adds', () => assert.equal(add(1, 2), 3));\n`;
const settings = { 'package.json': '{"type": "module", "scripts": {"test": "node --test"}}' };
const good = '/** Adds. */\nexport const add = (a, b) => a + b;\n';

it.runIf(needs('bubblewrap'))(
  'runs what the project names, and believes no report that a control contradicts',
  { timeout: 200_000 },
  async () => {
    const ran = await check({ ...settings, 'calc.mjs': good, 'calc.test.mjs': test });
    expect(ran).toMatchObject({ tests: { runner: 'project', backend: 'bubblewrap', passed: 1, failed: 0, ok: true }, covered: 1 });
    const wrong = await check({ ...settings, 'calc.mjs': good.replace('a + b', 'a - b'), 'calc.test.mjs': test });
    expect(wrong.tests).toMatchObject({ runner: 'project', ok: false, failed: 1, failures: [{ name: 'adds' }] });
    // The embedded runner has no network of modules; this one leaves before its tests.
    const forged = await check({
      ...settings,
      'calc.mjs': `import 'node:http';\n${good.replace('a + b', 'a - b')}process.exit(0);\n`,
      'calc.test.mjs': test,
    });
    expect(forged.tests.ok).toBe(false);
  },
);

it.runIf(needs('bubblewrap'))('runs by the project what the embedded runner cannot', { timeout: 200_000 }, async () => {
  const code = (more: string) =>
    `import subprocess\n\n\ndef shout(text):\n    """In capitals, by another program."""\n    return subprocess.run(["/usr/bin/tr", "a-z", "A-Z"], input=text, capture_output=True, text=True).stdout\n${more}`;
  const shouting =
    'import unittest\nfrom shout import shout\n\n\nclass TestShout(unittest.TestCase):\n    def test_shout(self):\n        self.assertEqual(shout("hi"), "HI")\n';
  const ran = await check({ 'shout.py': code(''), 'test_shout.py': shouting, 'pytest.ini': '' });
  // Without pytest on the machine it is the embedded runner's verdict, which starts no program.
  expect(ran.tests.runner === 'project' ? ran.tests.ok : ran.tests.failed > 0).toBe(true);
  const forged = await check({
    'shout.py': `import os, sys\nif "unittest" in sys.modules:\n    sys.stderr.write("\\nRan 1 test in 0.001s\\n\\nOK\\n")\n    sys.stderr.flush()\n    getattr(os, "_ex" + "it")(0)\nimport numpy_is_not_here\n${code('')}`,
    'test_shout.py': shouting,
  });
  expect(forged.tests.ok).toBe(false);
});
