import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { block, gitIn, json, openWorkbench, type Workbench } from '../../test/codegen/workbench.ts';
import { storeKinds } from '../../test/stores.ts';

describe.each(storeKinds)('from a request to a commit (%s)', (kind) => {
  let bench: Workbench;
  beforeAll(async () => {
    bench = await openWorkbench(kind);
  });
  afterAll(() => bench.close());

  it('plans, writes, tests, reviews, asks a person, and commits onto a branch of its own', async () => {
    const folder = await bench.project('shop');
    bench.answer(({ role, input }) => {
      if (role === 'analyst')
        return json({
          kind: 'function',
          language: 'python',
          complexity: 0.2,
          summary: 'Fibonacci with memoization',
          file: 'fibonacci.py',
          questions: [],
        });
      if (role === 'planner')
        return json({
          summary: 'Fibonacci and its tests',
          tasks: [
            {
              id: 'code',
              kind: 'implementation',
              description: 'fibonacci(n)',
              files: [{ path: 'fibonacci.py', action: 'create' }],
              dependsOn: [],
            },
            {
              id: 'tests',
              kind: 'testing',
              description: 'tests',
              files: [{ path: 'test_fibonacci.py', action: 'create' }],
              dependsOn: ['code'],
            },
          ],
        });
      if (role === 'implementer')
        return block(
          'fibonacci.py',
          '"""Fibonacci."""\nfrom functools import cache\n\n\n@cache\ndef fibonacci(n: int) -> int:\n    """The n-th number."""\n    return n if n < 2 else fibonacci(n - 1) + fibonacci(n - 2)',
        );
      if (role === 'tester') {
        expect(input).toContain('from functools import cache');
        return block(
          'test_fibonacci.py',
          'from fibonacci import fibonacci\n\n\ndef test_first():\n    assert [fibonacci(n) for n in range(7)] == [0, 1, 1, 2, 3, 5, 8]',
        );
      }
      return json({ score: 10, findings: [] });
    });
    const conversation = await bench.timonel.converse('codegen');
    const waiting = await bench.run(conversation, 'Create a fibonacci function with memoization');
    expect(waiting.text).toBeDefined();
    expect(waiting.approvals).toMatchObject([{ tool: 'commit', rule: 'person-approves', status: 'pending' }]);
    expect(waiting.approvals[0]?.reason.en).toContain('+def fibonacci');
    expect(gitIn(folder, 'status', '--porcelain')).toBe('');
    const done = await bench.decide(waiting.id, 'approve');
    expect(done.text).toMatch(/Commit [0-9a-f]{40} on timonel\//);
    const [execution] = await bench.executions('shop');
    expect(execution).toMatchObject({ stage: 'ended', result: 'committed', approvedBy: 'Ana Approver' });
    const branch = execution?.branch ?? '';
    expect(gitIn(folder, 'log', '-1', '--format=%an|%s', branch)).toBe('Ana Approver|feat: fibonacci with memoization');
    expect(gitIn(folder, 'show', '--stat', '--format=', branch)).toMatch(/fibonacci\.py[\s\S]*test_fibonacci\.py/);
    expect(gitIn(folder, 'rev-parse', '--abbrev-ref', 'HEAD')).toBe('main');
    const { rounds } = await bench.execution(execution?.id ?? '');
    expect(rounds[0]?.score?.value).toBeGreaterThanOrEqual(8);
  });
});
