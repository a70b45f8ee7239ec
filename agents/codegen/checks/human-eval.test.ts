/** HumanEval through the checks, where TIMONEL_TEST_HUMAN_EVAL names its file: references score 8 or more, stubs 4 at most, with tests in three styles. */
import { readFileSync } from 'node:fs';
import { afterAll, expect, it } from 'vitest';
import { createSandbox } from '../../../src/sandbox.ts';
import { checkTree } from './check-tree.ts';
import { changesOf, sandboxOf, treeOf } from './rehearsal/trees.ts';
import { scoreOf } from './score.ts';

interface Problem {
  task_id: string;
  prompt: string;
  entry_point: string;
  canonical_solution: string;
  test: string;
}

const file = process.env['TIMONEL_TEST_HUMAN_EVAL'];
/** `embedded` where it is asked for; else the machine's best. */
const mode = process.env['TIMONEL_TEST_HUMAN_EVAL_BACKEND'] === 'embedded' ? 'embedded' : 'auto';

const styles: readonly ((imports: string, problem: Problem) => string)[] = [
  (imports, { test, entry_point: name }) =>
    `import unittest\n\n${imports}\n${test}\n\nclass TestSolution(unittest.TestCase):\n    def test_check(self):\n        check(${name})\n\n\nif __name__ == "__main__":\n    unittest.main()\n`,
  (imports, { test, entry_point: name }) => `${imports}\n${test}\n\ndef test_check():\n    check(${name})\n`,
  (imports, { test, entry_point: name }) => `${imports}\n${test}\n\ncheck(${name})\n`,
];

it.runIf(file !== undefined)('gives references 8 or more, and stubs 4 at most', { timeout: 600_000 }, async () => {
  const problems = readFileSync(file ?? '', 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Problem);
  const sandbox = createSandbox({ mode, concurrency: 2, queue: 1_000 });
  afterAll(() => sandbox.close());
  const faults: string[] = [];
  const began = performance.now();
  await Promise.all(
    problems.map(async (problem, at) => {
      const helpers = [...problem.prompt.matchAll(/^def (\w+)/gm)]
        .map(([, name = '']) => name)
        .filter((name) => new RegExp(`\\b${name}\\b`).test(problem.test));
      const imports = `from solution import ${[...new Set([problem.entry_point, ...helpers])].join(', ')}\n`;
      const test = styles[at % styles.length]?.(imports, problem) ?? '';
      for (const [kind, body] of [
        ['reference', problem.canonical_solution],
        ['stub', '    return None\n'],
      ] as const) {
        const files = { 'solution.py': problem.prompt + body, 'test_solution.py': test };
        const report = await checkTree(treeOf(files), changesOf(files), {
          sandbox: sandboxOf(sandbox),
          signal: AbortSignal.timeout(600_000),
        });
        const { value } = scoreOf(report);
        if (kind === 'reference' ? value < 8 : value > 4)
          faults.push(`${problem.task_id} ${kind}: ${value} ${JSON.stringify(report.tests)}`);
      }
    }),
  );
  expect(faults).toEqual([]);
  process.stderr.write(
    `HumanEval: ${problems.length} references and stubs in ${Math.round((performance.now() - began) / 1000)} s, ${mode}\n`,
  );
});
