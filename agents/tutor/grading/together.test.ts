/** Programs that share an instance: each is graded as it is alone, and none changes what becomes of another. */
import { afterAll, expect, it } from 'vitest';
import { createSandbox } from '../../../src/sandbox.ts';
import type { ExerciseTest } from '../contract.ts';
import { graderOn } from './grader.ts';
import { canRunTogether } from './together.ts';

const sandbox = createSandbox({ mode: 'embedded', concurrency: 2, queue: 100 });
afterAll(() => sandbox.close());
const grader = graderOn({
  languages: () => sandbox.languages(),
  run: (program, input, options) => sandbox.run(program, input, { ...options, owner: 'test' }),
  runEach: (program, inputs, options) => sandbox.runEach(program, inputs, { ...options, owner: 'test' }),
});

const tests: ExerciseTest[] = [
  { id: 'a', visible: true, kind: 'call', expression: 'total([1, 2, 3])', expected: 6 },
  { id: 'b', visible: false, kind: 'call', expression: 'total([])', expected: 0 },
  { id: 'c', visible: false, kind: 'call', expression: 'total(["x"])', expected: { $raises: 'TypeError' } },
];
const right = 'def total(items):\n    return sum(items)\n';
/** What would make the program behind it fail, or end the instance, or never come back. */
const before = [
  'import builtins\nbuiltins.sum = lambda items: 7\n',
  'def total(items):\n    raise SystemExit(0)\n',
  'import math\nmath.sum = 1\nm = math\nm.floor = None\n',
  'def total(items):\n    while True:\n        try:\n            pass\n        except:\n            pass\n',
  'def total(items):\n    while True:\n        try:\n            total(items)\n        except BaseException:\n            pass\n',
  'def total(items):\n    return "x" * 10 ** 12\n',
  'def total(items)\n    return 0\n',
  'sum = None\nprint("value-0")\n',
  'def total(items):\n    kept = []\n    while True:\n        kept.append("x" * 10 ** 7)\n',
];

it('grades a program as alone, whatever is before it', async () => {
  const programs = [right, ...before, right.replace('sum(items)', 'sum(items) + 0 * len(items)')];
  const graded = await grader.gradeTogether({ language: 'python', entry: 'main.py', tests }, programs);
  expect([graded.at(0)?.passedAll, graded.at(-1)?.passedAll]).toEqual([true, true]);
  expect(graded.slice(1, -1).filter((each) => each?.passedAll)).toEqual([]);
  // Those that reach out or do not come back are run alone.
  expect(before.map((_, at) => graded[at + 1] === undefined)).toEqual([true, true, true, true, true, false, false, false, true]);
}, 60_000);

it('grades programs that read and print, and JavaScript', async () => {
  const printing: ExerciseTest[] = [
    { id: 'a', visible: true, kind: 'stdio', input: '2\n3\n', expected: '5\n', compare: 'trimmed' },
    { id: 'b', visible: false, kind: 'stdio', input: '1\n1\n', expected: '2\n', compare: 'trimmed' },
  ];
  const [sum, first] = await grader.gradeTogether({ language: 'python', entry: 'main.py', tests: printing }, [
    'print(int(input()) + int(input()))\n',
    'print(5)\n',
  ]);
  expect([sum?.passedAll, first?.outcomes.map(({ verdict }) => verdict)]).toEqual([true, ['passed', 'wrong']]);
  const script =
    'function total(items) { let sum = 0; for (const each of items) { if (typeof each !== "number") throw new TypeError("n"); sum += each; } return sum; }';
  const programs = [
    'Array.prototype[Symbol.iterator] = null; Math.max = null; total = () => 6;',
    'const total = () => { throw 1; };',
    script,
    'async function total() { return 6; }',
  ];
  const graded = await grader.gradeTogether({ language: 'javascript', entry: 'main.js', tests }, programs);
  expect(graded.map((each) => each?.passedAll)).toEqual([false, false, true, undefined]);
}, 60_000);

it('takes together what cannot reach another program', () => {
  for (const apart of [
    'import os',
    'import math as m\nm.pi = 3',
    'x = ().__class__',
    'for math.pi in [3]: pass',
    'setattr(x, "y", 1)',
    'eval("1")',
  ])
    expect(canRunTogether(`${apart}\n`, 'python'), apart).toBe(false);
  for (const own of [
    'import math, re',
    'from collections import Counter',
    'class A:\n    def __init__(self, x):\n        self.x = x',
    'for c in text.lower():\n    n += 1',
  ])
    expect(canRunTogether(`${own}\n`, 'python'), own).toBe(true);
});
