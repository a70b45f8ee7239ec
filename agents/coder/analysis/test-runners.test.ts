/** How tests are run and code is checked, and what runners and checkers print. Of jest, maven, gradle, eslint, ruff and mypy it is written after their documents. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { readDiagnostics } from './diagnostics.ts';
import { projectFolder } from './rehearsal/folder.ts';
import { javaProject } from './rehearsal/java-project.ts';
import { pythonProject } from './rehearsal/python-project.ts';
import { typescriptProject } from './rehearsal/typescript-project.ts';
import { readTestReport } from './test-reports.ts';
import { checkCommands, testCommands } from './test-runners.ts';

it('tells from the files of a project how it is tested and checked', async () => {
  const told = async (files: Readonly<Record<string, string>>, only?: string) => {
    const { project } = projectFolder(files);
    const shown = (commands: readonly { argv: readonly string[]; because: string }[]) =>
      commands.map(({ argv, because }) => `${argv.join(' ')} (${because})`);
    return { tests: shown(await testCommands(project, only)), checks: shown(await checkCommands(project)) };
  };
  expect(await told(pythonProject)).toEqual({
    tests: ['python3 -m pytest -q --tb=short (pyproject.toml)'],
    checks: [
      'ruff check --output-format=json (pyproject.toml)',
      'mypy . --show-column-numbers --no-error-summary (pyproject.toml)',
    ],
  });
  expect(await told(typescriptProject, 'test/pricing.test.ts')).toEqual({
    tests: ['npx --no-install vitest run test/pricing.test.ts (package.json)'],
    checks: [
      'npx --no-install tsc --noEmit --pretty false (tsconfig.json)',
      'npx --no-install eslint . --format json (eslint.config.js)',
    ],
  });
  expect(await told(javaProject, 'src/test/java/shop/PricingTest.java')).toEqual({
    tests: ['mvn -B -o test -Dtest=PricingTest (pom.xml)'],
    checks: ['mvn -B -q -o test-compile (pom.xml)'],
  });
  expect(await told({ 'tests/test_a.py': 'import unittest\n' })).toMatchObject({
    tests: ['python3 -m unittest discover -s tests -t . (tests/test_a.py)'],
  });
  expect(await told({ 'package.json': '{"scripts":{"test":"node --test"}}' })).toMatchObject({
    tests: ['node --test --test-reporter=tap (package.json)'],
  });
  expect(await told({ 'README.md': '' })).toEqual({ tests: [], checks: [] });
});

it('finds the failing test and its line in what really ran', async () => {
  const { root } = projectFolder({
    'sum.test.mjs': `import assert from 'node:assert';\nimport { describe, it } from 'node:test';\ndescribe('sum', () => {\n  it('adds', () => {\n    assert.equal(1 + 1, 3);\n  });\n  it('is fine', () => {});\n});\n`,
  });
  const ran = await promisify(execFile)(process.execPath, ['--test', '--test-reporter=tap'], { cwd: root, env: {} }).catch(
    (error: { stdout: string }) => error,
  );
  expect(readTestReport('node', ran.stdout, root)).toEqual({
    passed: 1,
    failed: 1,
    skipped: 0,
    failures: [{ name: 'adds', path: 'sum.test.mjs', line: 5, message: '2 == 3' }],
    understood: true,
  });
});

it.each([
  [
    'vitest' as const,
    " ❯ a.test.ts (2 tests | 1 failed) 6ms\n\n⎯⎯⎯⎯⎯⎯⎯ Failed Tests 1 ⎯⎯⎯⎯⎯⎯⎯\n\n FAIL  a.test.ts > sum > adds\nAssertionError: expected 2 to be 3 // Object.is equality\n\n- 3\n+ 2\n\n ❯ a.test.ts:2:58\n      1| import { expect, it } from 'vitest';\n\n Test Files  1 failed (1)\n      Tests  1 failed | 1 passed (2)\n",
    {
      passed: 1,
      failed: 1,
      failures: [
        { name: 'sum > adds', path: 'a.test.ts', line: 2, message: 'AssertionError: expected 2 to be 3 // Object.is equality' },
      ],
    },
  ],
  [
    'jest' as const,
    'FAIL src/a.test.js\n  sum\n    ✕ adds (3 ms)\n    ✓ is fine\n\n  ● sum › adds\n\n    expect(received).toBe(expected) // Object.is equality\n\n    Expected: 3\n    Received: 2\n\n      at Object.toBe (src/a.test.js:2:48)\n      at run (node_modules/jest-circus/build/run.js:1:1)\n\nTest Suites: 1 failed, 1 total\nTests:       1 failed, 1 passed, 2 total\n',
    {
      passed: 1,
      failed: 1,
      failures: [
        { name: 'sum › adds', path: 'src/a.test.js', line: 2, message: 'expect(received).toBe(expected) // Object.is equality' },
      ],
    },
  ],
  [
    'pytest' as const,
    'F.E    [100%]\n==================================== ERRORS ====================================\n__________________________ ERROR at setup of test_err __________________________\ntest_p.py:8: in broken\n    def broken(): raise ValueError("no")\nE   ValueError: no\n=================================== FAILURES ===================================\n___________________________________ test_add ___________________________________\ntest_p.py:5: in test_add\n    helper(1+1)\ntest_p.py:3: in helper\n    assert x == 3\nE   assert 2 == 3\n=========================== short test summary info ============================\nFAILED test_p.py::test_add - assert 2 == 3\nERROR test_p.py::test_err - ValueError: no\n1 failed, 1 passed, 1 error in 3.04s\n',
    {
      passed: 1,
      failed: 2,
      failures: [
        { name: 'test_add', path: 'test_p.py', line: 3, message: 'assert 2 == 3' },
        { name: 'test_err', path: 'test_p.py', line: 8, message: 'ValueError: no' },
      ],
    },
  ],
  [
    'unittest' as const,
    'F.\n======================================================================\nFAIL: test_add (test_u.T.test_add)\n----------------------------------------------------------------------\nTraceback (most recent call last):\n  File "/root-of-it/test_u.py", line 4, in test_add\n    self.assertEqual(1+1, 3)\nAssertionError: 2 != 3\n\n----------------------------------------------------------------------\nRan 2 tests in 0.000s\n\nFAILED (failures=1)\n',
    { passed: 1, failed: 1, failures: [{ name: 'test_add', path: 'test_u.py', line: 4, message: 'AssertionError: 2 != 3' }] },
  ],
  [
    'maven' as const,
    '[ERROR] Tests run: 2, Failures: 1, Errors: 0, Skipped: 0, Time elapsed: 0.05 s <<< FAILURE! -- in shop.PricingTest\n[ERROR] Failures: \n[ERROR]   PricingTest.cheaperForMany:7 expected: <360.0> but was: <400.0>\n[INFO] \n[ERROR] Tests run: 2, Failures: 1, Errors: 0, Skipped: 0\n',
    {
      passed: 1,
      failed: 1,
      failures: [
        {
          name: 'PricingTest.cheaperForMany',
          path: 'src/test/java/shop/PricingTest.java',
          line: 7,
          message: 'expected: <360.0> but was: <400.0>',
        },
      ],
    },
  ],
  [
    'gradle' as const,
    '> Task :test FAILED\n\nPricingTest > cheaperForMany() FAILED\n    org.opentest4j.AssertionFailedError at PricingTest.java:7\n\n2 tests completed, 1 failed\n',
    {
      passed: 1,
      failed: 1,
      failures: [
        {
          name: 'PricingTest.cheaperForMany',
          path: 'src/test/java/shop/PricingTest.java',
          line: 7,
          message: 'org.opentest4j.AssertionFailedError',
        },
      ],
    },
  ],
])('reads what %s prints', (runner, printed, expected) => {
  expect(readTestReport(runner, printed, '/root-of-it', ['src/test/java/shop/PricingTest.java'])).toEqual({
    skipped: 0,
    understood: true,
    ...expected,
  });
});

it.each([
  [
    'tsc' as const,
    "src/bad.ts(1,7): error TS2322: Type 'string' is not assignable to type 'number'.\n",
    ['src/bad.ts:1:7 error TS2322'],
  ],
  [
    'eslint' as const,
    '[{"filePath":"/root-of-it/src/b.js","messages":[{"ruleId":"no-undef","severity":2,"message":"\'x\' is not defined.","line":3,"column":5},{"ruleId":"semi","severity":1,"message":"Missing semicolon.","line":2,"column":9}]}]',
    ['src/b.js:2:9 warning semi', 'src/b.js:3:5 error no-undef'],
  ],
  [
    'biome' as const,
    '::error title=lint/suspicious/noDebugger,file=bad.ts,line=2,endLine=2,col=1,endColumn=10::This is an unexpected use of the debugger statement.\n',
    ['bad.ts:2:1 error lint/suspicious/noDebugger'],
  ],
  [
    'ruff' as const,
    '[{"code":"F401","filename":"/root-of-it/shop/a.py","location":{"column":8,"row":1},"end_location":{"column":10,"row":1},"message":"`os` imported but unused"}]\n',
    ['shop/a.py:1:8 error F401'],
  ],
  [
    'mypy' as const,
    'shop/a.py:3:12: error: Incompatible return value type (got "str", expected "int")  [return-value]\nshop/a.py:3: note: x\n',
    ['shop/a.py:3:12 error return-value'],
  ],
  [
    'javac' as const,
    'A.java:1: error: incompatible types: String cannot be converted to int\nclass A { int x() { return "s"; } \n                           ^\n1 error\n',
    ['A.java:1:28 error javac'],
  ],
  [
    'javac' as const,
    '[ERROR] /root-of-it/src/A.java:[12,34] cannot find symbol\n[ERROR] /root-of-it/src/A.java:[12,34] cannot find symbol\n',
    ['src/A.java:12:34 error javac'],
  ],
])('reads what %s prints', (checker, printed, expected) => {
  const found = readDiagnostics(checker, printed, '/root-of-it');
  expect(found.map(({ path, line, column, severity, code }) => `${path}:${line}:${column} ${severity} ${code}`)).toEqual(expected);
  expect(found.every(({ message }) => message.length > 5)).toBe(true);
});
