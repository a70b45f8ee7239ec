/** Code with its tests through the checks: what passes, what does not, and what is told. */
import { afterAll, describe, expect, it } from 'vitest';
import { createSandbox } from '../../../src/sandbox.ts';
import { needs } from '../../../test/needs.ts';
import { checkTree } from './check-tree.ts';
import type { CheckReport } from './contract.ts';
import { changesOf, sandboxOf, treeOf } from './rehearsal/trees.ts';
import { scoreOf } from './score.ts';

type Files = Record<string, string>;

const calc =
  'def add(a, b):\n    """Adds."""\n    return a + b\n\n\ndef half(n):\n    """Half of it."""\n    if n is None:\n        raise ValueError("n")\n    return n / 2\n';
const styles: Record<string, string> = {
  unittest: `import unittest\nfrom calc import add, half\n\nclass TestCalc(unittest.TestCase):\n    def setUp(self):\n        self.two = 2\n\n    def test_add(self):\n        self.assertEqual(add(self.two, 3), 5)\n\n    def test_half(self):\n        with self.assertRaises(ValueError):\n            half(None)\n        for n in (1, 2):\n            with self.subTest(n=n):\n                self.assertAlmostEqual(half(n), n / 2)\n`,
  'pytest-style': `import pytest\nfrom calc import add, half\n\n@pytest.fixture\ndef two():\n    yield 2\n\n@pytest.mark.parametrize("a,b,total", [(1, 2, 3), pytest.param(-1, 1, 0, id="zero")])\ndef test_add(a, b, total):\n    assert add(a, b) == total\n\ndef test_half(two, monkeypatch, capsys, tmp_path):\n    assert half(two) == pytest.approx(1.0)\n    (tmp_path / "x").write_text("y")\n    with pytest.raises(ValueError, match="n"):\n        half(None)\n\nclass TestMore:\n    def setup_method(self):\n        self.n = 4\n    async def test_async(self):\n        assert half(self.n) == 2\n`,
  asserts:
    'from calc import add, half\n\nassert add(1, 2) == 3\nassert half(4) == 2\ntry:\n    half(None)\n    raise AssertionError("no error")\nexcept ValueError:\n    pass\n',
};
const script = {
  'src/calc.ts': `/** Adds. */\nexport const add = (a: number, b: number): number => a + b;\n\n/** Counts in steps. */\nexport class Counter {\n  #n = 0;\n  constructor(private step: number) {}\n  next(): number {\n    if (this.step < 0) throw new RangeError('step');\n    else this.#n += this.step;\n    return this.#n;\n  }\n}\n`,
  'test/calc.test.ts': `import assert from 'node:assert/strict';\nimport { beforeEach, describe, it } from 'node:test';\nimport { add, Counter } from '../src/calc.ts';\n\ndescribe('calc', () => {\n  let counter: Counter;\n  beforeEach(() => {\n    counter = new Counter(2);\n  });\n  it('adds', () => assert.equal(add(1, 2), 3));\n  it('counts', async () => {\n    await new Promise((resolve) => setTimeout(resolve, 1));\n    counter.next();\n    assert.deepEqual([counter.next()], [4]);\n    assert.throws(() => new Counter(-1).next(), /step/);\n  });\n});\n`,
};

describe.each([{ name: 'embedded' as const }, { name: 'bubblewrap' as const }])('checks, $name', ({ name }) => {
  const sandbox = createSandbox({ mode: name === 'embedded' ? 'embedded' : 'auto', concurrency: 2, queue: 100 });
  afterAll(() => sandbox.close());
  const here = name === 'embedded' || needs('bubblewrap');
  const check = (files: Files, before?: Files): Promise<CheckReport> => {
    const changed = Object.fromEntries(Object.entries(files).filter(([path, text]) => before?.[path] !== text));
    return checkTree(treeOf(files), changesOf(changed), {
      sandbox: sandboxOf(sandbox),
      signal: AbortSignal.timeout(290_000),
      ...(before === undefined ? {} : { base: treeOf(before) }),
    });
  };

  it.runIf(here)('runs tests in each style, and counts the lines', { timeout: 300_000 }, async () => {
    for (const [runner, test] of Object.entries(styles)) {
      const report = await check({ 'calc.py': calc, 'test_calc.py': test });
      expect(report, runner).toMatchObject({
        parses: true,
        types: true,
        covered: 1,
        documented: 1,
        contents: 'code',
        tests: { runner, backend: name, ok: true, failed: 0 },
      });
      expect(scoreOf(report)).toMatchObject({ value: 10, executed: true });
    }
    const typed = await check(script);
    expect(typed).toMatchObject({
      tests: { runner: 'node-test', passed: 2, ok: true },
      types: undefined,
      covered: 1,
      documented: 1,
    });
    expect(scoreOf(typed).value).toBe(9);
  });

  it.runIf(here)('says what failed and where, and gives 4 at most', { timeout: 300_000 }, async () => {
    const python = await check({ 'calc.py': calc.replace('a + b', 'a - b'), 'test_calc.py': styles['pytest-style'] ?? '' });
    expect(python.tests).toMatchObject({ ok: false, failed: 2, passed: 2 });
    expect(python.tests.failures[0]).toEqual({ name: 'test_calc.py::test_add[1-2-3]', message: 'AssertionError: assert -1 == 3' });
    expect(python.findings[0]).toMatchObject({ path: 'test_calc.py', line: 10, level: 'error', check: 'tests' });
    expect(scoreOf(python).value).toBe(4);
    const typed = await check({ ...script, 'src/calc.ts': script['src/calc.ts'].replace('a + b', 'a - b') });
    expect(typed.tests).toMatchObject({
      ok: false,
      failed: 1,
      failures: [{ name: 'test/calc.test.ts::calc::adds', message: 'AssertionError: -1 !== 3' }],
    });
    expect(typed.findings[0]).toMatchObject({ path: 'test/calc.test.ts', line: 10 });
  });

  it.runIf(here)('runs the tests of the project that import what changed', { timeout: 300_000 }, async () => {
    const before = {
      'src/shop/__init__.py': '',
      'src/shop/calc.py': calc,
      'tests/test_shop.py': (styles['unittest'] ?? '').replace('from calc', 'from shop.calc'),
      'tests/test_other.py': 'def test_no():\n    assert False\n',
    };
    const report = await check(
      { ...before, 'src/shop/calc.py': calc.replace('return a + b', 'total = a + b\n    return total') },
      before,
    );
    expect(report).toMatchObject({ testFiles: ['tests/test_shop.py'], tests: { passed: 1, ok: true }, covered: 1 });
    expect(report.findings).toEqual([
      expect.objectContaining({
        level: 'warning',
        check: 'tests',
        message: 'TestCalc.test_half never calls what changed: it is no evidence.',
      }),
    ]);
  });

  it.runIf(here)('says why nothing was run, and scores what has nothing to run', { timeout: 300_000 }, async () => {
    const needsMore = await check({
      'a.py': 'import numpy\n\n\ndef f():\n    return numpy.array([1])\n',
      'test_a.py': 'from a import f\n\n\ndef test_f():\n    assert f()[0] == 1\n',
    });
    expect(needsMore.tests).toMatchObject({
      runner: 'none',
      backend: undefined,
      ok: false,
      reason: 'The tests need what is not here: numpy.',
    });
    expect(scoreOf(needsMore)).toMatchObject({ executed: false });
    const untested = scoreOf(await check({ 'calc.py': calc }));
    expect(untested).toMatchObject({
      value: 4,
      executed: false,
      parts: expect.arrayContaining([
        expect.objectContaining({ name: 'tests', points: 0, why: expect.stringMatching(/^Not executed/) }),
      ]),
    });
    expect(scoreOf(await check({ 'README.md': '# Calc\n' }))).toMatchObject({ value: 10, executed: false });
    expect(scoreOf(await check({ 'config.json': '{"a": 1}' })).value).toBe(6);
    expect(await check({ 'config.json': '{"a": 1' })).toMatchObject({ parses: false });
    const tests = await check({ 'calc.py': calc, 'test_calc.py': styles['unittest'] ?? '' }, { 'calc.py': calc });
    expect(tests).toMatchObject({ contents: 'tests', tests: { passed: 2, ok: true } });
  });
});

describe('score', () => {
  it('is only lowered by a review, by three at most', () => {
    const report: CheckReport = {
      parses: true,
      types: true,
      testFiles: ['test_a.py'],
      tests: {
        runner: 'unittest',
        backend: 'embedded',
        reason: undefined,
        passed: 3,
        failed: 0,
        failures: [],
        ok: true,
        wallMs: 1,
      },
      covered: 1,
      documented: 1,
      contents: 'code',
      findings: [],
    };
    const value = (score: number) => scoreOf(report, { score, findings: [] }).value;
    expect([value(10), value(7), value(0), value(99), value(-5), value(Number.NaN)]).toEqual([10, 9.1, 7, 10, 7, 7]);
    expect(scoreOf({ ...report, tests: { ...report.tests, ok: false, failed: 1 } }, { score: 10, findings: [] }).value).toBe(4);
    expect(scoreOf({ ...report, covered: 0.5 }).value).toBe(9);
    expect(scoreOf({ ...report, parses: false }).value).toBe(4);
  });
});
