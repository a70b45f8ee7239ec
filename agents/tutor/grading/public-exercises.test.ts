/**
 * Public exercises: their references pass, their starters do not. `TIMONEL_TUTOR_EXERCISES` names a file of JSON lines with `id`, `reference`, `starter`
 * and `tests` (Python's unittest); without it the own exercises below are what is measured.
 */
import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { createSandbox } from '../../../src/sandbox.ts';
import type { ExerciseTest } from '../contract.ts';
import { graderOn } from './grader.ts';

interface PublicExercise {
  id: string;
  reference: string;
  starter: string;
  tests: string;
}

const path = process.env['TIMONEL_TUTOR_EXERCISES'];

const own: PublicExercise[] = [
  {
    id: 'leap',
    reference: 'def is_leap(year):\n    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)\n',
    starter: 'def is_leap(year):\n    pass\n',
    tests:
      'import unittest\nfrom leap import is_leap\n\nclass T(unittest.TestCase):\n    def test_a(self):\n        self.assertIs(is_leap(2000), True)\n    def test_b(self):\n        self.assertEqual(is_leap(1900), False)\n    def test_c(self):\n        with self.assertRaises(TypeError):\n            is_leap("x" + 1)\n',
  },
  {
    id: 'pairs',
    reference: 'def pairs(n):\n    return [(a, n - a) for a in range(n)]\n',
    starter: 'def pairs(n):\n    return []\n',
    tests:
      'import unittest\nfrom pairs import pairs\n\nclass T(unittest.TestCase):\n    def test_a(self):\n        self.assertEqual(pairs(2), [(0, 2), (1, 1)])\n',
  },
];

/** Reads unittest's methods whose only statement asserts something of the module's own names. Runs in the sandbox too. */
const converter = `import ast, json, sys
source = sys.stdin.read()
tree = ast.parse(source)
names = set()
for node in tree.body:
    if isinstance(node, ast.ImportFrom) and node.module != 'unittest':
        names |= {alias.asname or alias.name for alias in node.names if alias.asname is None}
def plain(value):
    if isinstance(value, (list, tuple)): return [plain(each) for each in value]
    if isinstance(value, (set, frozenset)): return {'$set': sorted((plain(each) for each in value), key=lambda each: json.dumps(each, sort_keys=True))}
    if isinstance(value, dict): return {(k if isinstance(k, str) else repr(k)): plain(v) for k, v in value.items()}
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 2 ** 53: return {'$int': str(value)}
    return value
def used(node): return {each.id for each in ast.walk(node) if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Load)}
import builtins
bound = lambda node: {a.arg for l in ast.walk(node) if isinstance(l, ast.Lambda) for a in l.args.args} | {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
known = lambda node: used(node) - bound(node) <= names | set(dir(builtins))
out = []
def add(call, expected):
    if known(call) and used(call) & names: out.append({'expression': ast.unparse(call), 'expected': expected})
for method in [m for c in tree.body if isinstance(c, ast.ClassDef) for m in c.body if isinstance(m, ast.FunctionDef) and m.name.startswith('test')]:
    if len(method.body) != 1: continue
    only = method.body[0]
    try:
        if isinstance(only, ast.Expr) and isinstance(only.value, ast.Call) and isinstance(only.value.func, ast.Attribute):
            name, args = only.value.func.attr, only.value.args
            if name in ('assertEqual', 'assertIs') and len(args) == 2:
                if used(args[0]) & names: add(args[0], plain(ast.literal_eval(args[1])))
                else: add(args[1], plain(ast.literal_eval(args[0])))
            elif name == 'assertTrue': add(args[0], True)
            elif name == 'assertFalse': add(args[0], False)
        elif isinstance(only, ast.With) and len(only.body) == 1 and isinstance(only.body[0], ast.Expr):
            call = only.items[0].context_expr
            if isinstance(call, ast.Call) and call.func.attr.startswith('assertRaises') and isinstance(call.args[0], ast.Name):
                add(only.body[0].value, {'$raises': call.args[0].id})
    except (ValueError, TypeError, IndexError, AttributeError):
        pass
print(json.dumps(out))
`;

describe('public exercises', () => {
  const sandbox = createSandbox({ mode: path === undefined ? 'embedded' : 'auto', concurrency: 2, queue: 500 });
  const grader = graderOn({
    languages: () => sandbox.languages(),
    run: (program, input, options) => sandbox.run(program, input, { ...options, owner: 'test' }),
    runEach: (program, inputs, options) => sandbox.runEach(program, inputs, { ...options, owner: 'test' }),
  });
  afterAll(() => sandbox.close());

  const measure = async (exercises: readonly PublicExercise[]) => {
    const found = { exercises: 0, tests: 0, referencesThatPass: 0, startersThatPass: 0, differences: [] as string[] };
    for (const { id, reference, starter, tests: source } of exercises) {
      const program = { language: 'python' as const, entry: 'convert.py', files: { 'convert.py': converter } };
      const { stdout, verdict } = await sandbox.run(program, source, { owner: 'test' });
      const given = verdict === 'completed' ? (JSON.parse(stdout) as { expression: string; expected: unknown }[]) : [];
      if (given.length === 0) continue;
      const tests = given.map((each, at): ExerciseTest => ({ id: `${at}`, visible: true, kind: 'call', ...each }));
      const exercise = { language: 'python' as const, entry: `${id.replaceAll('-', '_')}.py`, tests };
      found.exercises += 1;
      found.tests += tests.length;
      const good = await grader.grade(exercise, reference);
      if (good.passedAll) found.referencesThatPass += 1;
      else
        found.differences.push(
          `${id}: ${JSON.stringify(good.outcomes.find((each) => each.verdict !== 'passed')).slice(0, 300)} of ${JSON.stringify(given[good.outcomes.findIndex((each) => each.verdict !== 'passed')]).slice(0, 200)}`,
        );
      if ((await grader.grade(exercise, starter, { stopAtFirstFailure: true })).passedAll) {
        found.startersThatPass += 1;
        found.differences.push(`${id}: its starter passes`);
      }
    }
    return found;
  };

  it('agrees with small exercises of its own', async () => {
    expect(await measure(own)).toMatchObject({
      exercises: 2,
      tests: 4,
      referencesThatPass: 2,
      startersThatPass: 0,
      differences: [],
    });
  });

  it.skipIf(path === undefined)('agrees with a set of public exercises', { timeout: 580_000 }, async () => {
    const lines = readFileSync(path ?? '', 'utf8').split('\n');
    const found = await measure(lines.filter((line) => line !== '').map((line) => JSON.parse(line) as PublicExercise));
    console.info(JSON.stringify(found, undefined, 1));
    expect(found.referencesThatPass / found.exercises).toBeGreaterThanOrEqual(0.999);
  });
});
