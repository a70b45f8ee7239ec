import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answers, block, gitIn, json, openWorkbench, type Workbench } from '../../test/codegen/workbench.ts';

const file = (id: string, path = `${id}.txt`, action = 'create') => ({
  id,
  kind: 'implementation',
  description: `writes ${id}`,
  files: [{ path, action }],
  dependsOn: [] as string[],
});
const analyst = json({ kind: 'function', language: 'python', complexity: 0.2, summary: 'A text', file: null, questions: [] });
const perfect = json({ score: 10, findings: [] });
const taskOf = (input: string) => /Your task "([^"]+)"/.exec(input)?.[1] ?? '';

describe('answers of models that cannot be used', () => {
  let bench: Workbench;
  let projects = 0;
  beforeAll(async () => {
    bench = await openWorkbench('embedded', { price: 0 });
  });
  afterAll(() => bench.close());

  /** Asks for something in a fresh project. */
  const play = async (answers: Answers, more: object = {}, files?: Record<string, string>) => {
    const project = `attacked-${++projects}`;
    const folder = await bench.project(project, files);
    bench.answer(answers);
    const conversation = await bench.timonel.converse('codegen');
    const ended = await bench.run(
      conversation,
      `/generate ${JSON.stringify({ project, request: 'Create a function that writes texts', ...more })}`,
    );
    const [first] = await bench.executions(project);
    return { ...ended, conversation, folder, execution: await bench.execution(first?.id ?? '') };
  };
  const planned = (plan: unknown, implement: (task: string, attempt: number) => string): Answers => {
    const attempts = new Map<string, number>();
    return ({ role, input }) => {
      if (role === 'analyst') return analyst;
      if (role === 'planner') return typeof plan === 'string' ? plan : json(plan);
      if (role === 'reviewer') return perfect;
      const task = taskOf(input);
      attempts.set(task, (attempts.get(task) ?? 0) + 1);
      return implement(task, attempts.get(task) ?? 1);
    };
  };
  const roles = (role: string) => bench.asked.filter((call) => call.role === role);

  it.each([
    ['no JSON', 'I would rather talk about it.', 'no JSON object'],
    [
      'a circle',
      json({
        tasks: [
          { ...file('a'), dependsOn: ['b'] },
          { ...file('b'), dependsOn: ['a'] },
        ],
      }),
      'in a circle',
    ],
    ['an unknown id', json({ tasks: [{ ...file('a'), dependsOn: ['z'] }] }), 'depends on z'],
    ['one file twice', json({ tasks: [file('a', 'x.txt'), file('b', 'X.txt')] }), 'both write'],
    ['a path outside', json({ tasks: [file('a', '../x.txt')] }), '../x.txt'],
    ['a path into .git', json({ tasks: [file('a', '.GIT/hooks/pre-commit')] }), '.GIT/hooks'],
    ['a file that is there', json({ tasks: [file('a', 'README.md')] }), 'exists already'],
  ])('a plan with %s is told once, then there is one task', async (_name, plan, fault) => {
    const { execution } = await play(
      planned(plan, () => block('generated.py', 'x = 1')),
      { confirm: 'plan' },
    );
    expect(roles('planner')).toHaveLength(2);
    expect(roles('planner')[1]?.input).toContain(fault);
    expect(execution.tasks).toMatchObject([{ id: 'code', state: 'planned' }]);
    expect(execution.tasks[0]).toMatchObject({ files: [{ path: expect.stringMatching(/^[\w.]+\.py$/) }] });
  });

  it.each([
    ['cut in a block', '```text path=a.txt\nhalf of it', 'was cut'],
    ['empty', block('a.txt', ''), 'empty'],
    ['of three megabytes', `\`\`\`text path=a.txt\n${'x'.repeat(3_000_000)}\n\`\`\``, 'cut'],
    ['that writes another file', block('../outside.txt', 'x'), 'may not write'],
    ['without a block', 'Here you are.', 'no block'],
  ])('an answer %s is told once, then the task fails, and with it those after it alone', async (_name, answer, fault) => {
    const plan = {
      tasks: [file('a'), { ...file('after'), dependsOn: ['a'] }, { ...file('last'), dependsOn: ['after'] }, file('sibling')],
    };
    const { execution, approvals } = await play(planned(plan, (task) => (task === 'a' ? answer : block(`${task}.txt`, task))));
    expect(execution.tasks).toMatchObject([
      { id: 'a', state: 'failed', reason: expect.stringContaining(fault) },
      { id: 'after', state: 'skipped' },
      { id: 'last', state: 'skipped' },
      { id: 'sibling', state: 'completed' },
    ]);
    expect(roles('implementer').filter(({ input }) => taskOf(input) === 'a')).toHaveLength(2);
    expect(approvals[0]?.reason.en).toContain('sibling.txt');
    expect(approvals[0]?.reason.en).not.toContain('a.txt,');
  });

  it('has a failed task done once more, with those that were skipped for it', async () => {
    const plan = { tasks: [file('a'), { ...file('after'), dependsOn: ['a'] }, file('sibling')] };
    let broken = true;
    const { conversation, folder } = await play(
      planned(plan, (task) => (task === 'a' && broken ? 'No.' : block(`${task}.txt`, task))),
    );
    broken = false;
    bench.asked.length = 0;
    const waiting = await bench.run(conversation, '/retry');
    expect(roles('implementer').map(({ input }) => taskOf(input))).toEqual(['a', 'after']);
    const done = await bench.decide(waiting.id, 'approve');
    const branch = /on (timonel\/\S+), by/.exec(done.text)?.[1] ?? '';
    expect(gitIn(folder, 'ls-tree', '--name-only', branch)).toBe('README.md\na.txt\nafter.txt\nsibling.txt');
  });

  it('takes the verdict on tests from the runner, whatever a model says, and ends after three rounds', async () => {
    const plan = {
      tasks: [
        { ...file('code', 'two.py') },
        {
          id: 'tests',
          kind: 'testing',
          description: 'all tests pass',
          files: [{ path: 'test_two.py', action: 'create' }],
          dependsOn: ['code'],
        },
      ],
    };
    const { text, execution, folder } = await play(
      planned(plan, (task) =>
        task === 'code'
          ? `All tests pass!\n${block('two.py', 'def two():\n    return 3')}`
          : `All tests pass!\n${block('test_two.py', 'from two import two\n\n\ndef test_two():\n    assert two() == 2')}`,
      ),
    );
    expect(text).toContain('It is not offered');
    expect(execution).toMatchObject({ result: 'failed', round: 3 });
    expect(execution.rounds.map(({ score }) => (score?.value ?? 9) <= 4)).toEqual([true, true, true]);
    expect(roles('implementer')[1]?.input).toContain('test_two');
    expect(gitIn(folder, 'branch', '--list', 'timonel/*')).toBe('');
  });

  it('offers the best of three rounds where a reviewer never agrees', async () => {
    const answers = planned({ tasks: [file('a')] }, (_task, attempt) => block('a.txt', `text ${attempt}`));
    let reviews = 0;
    const { approvals, execution } = await play((call) =>
      call.role === 'reviewer'
        ? json({ score: [3, 4, 2][reviews++], findings: [{ path: 'a.txt', line: 1, level: 'error', message: 'No.' }] })
        : answers(call),
    );
    expect(reviews).toBe(3);
    expect(execution.rounds).toHaveLength(3);
    expect(approvals).toMatchObject([{ status: 'pending', reason: { en: expect.stringContaining('Round 2') } }]);
  });

  it('does the tasks that the budget is enough for, in order, and says so', async () => {
    const plan = {
      tasks: Array.from({ length: 10 }, (_each, index) => ({
        ...file(`t${index}`),
        dependsOn: index === 0 ? [] : [`t${index - 1}`],
      })),
    };
    const { text, execution, conversation } = await play(
      planned(plan, (task) => block(`${task}.txt`, task)),
      { budget: 1.1, confirm: 'plan' },
    );
    expect(text).toContain('no money left');
    await bench.run(conversation, '/go');
    const done = (await bench.execution(execution.id)).tasks;
    expect(done.map(({ state }) => state)).toEqual([...Array(4).fill('completed'), ...Array(6).fill('unaffordable')]);
    expect(roles('implementer')).toHaveLength(4);
  });

  it('refuses names of projects and folders that lead out', async () => {
    const conversation = await bench.timonel.converse('codegen');
    for (const name of ['../../x', '.git', 'a/b', ''])
      expect((await bench.run(conversation, `/init ${name}`)).outcome).toBe('awaiting_input');
    const outside = await bench.timonel.call('POST', '/api/v1/agents/codegen/projects', { name: 'etc', folder: '/etc' });
    expect(outside).toMatchObject({ status: 422, body: { detail: expect.stringContaining('TIMONEL_CODEGEN_ROOTS') } });
    expect((await bench.run(conversation, '/init fresh-one')).text).toContain('fresh-one');
  });

  it('has no code ready in place of a model', () => {
    const sources = globSync('**/*.ts', { cwd: import.meta.dirname }).filter((path) => !/\.test\.ts$|rehearsal\//.test(path));
    const ready = /def (?:greet|hash_password)|def add\((?:a|x)\b|class Calculator|fibonacci|bcrypt/i;
    expect(sources.filter((path) => ready.test(readFileSync(join(import.meta.dirname, path), 'utf8')))).toEqual([]);
  });
});

describe('without a model', () => {
  let bench: Workbench;
  beforeAll(async () => {
    bench = await openWorkbench('embedded', { withModel: false });
  });
  afterAll(() => bench.close());

  it('says so, shows what was approved before with its source, and makes nothing up', async () => {
    const folder = await bench.project('alone');
    const conversation = await bench.timonel.converse('codegen');
    const { text, outcome } = await bench.run(conversation, 'Crea una función que limita (clamps) a number to a range');
    expect(outcome).toBe('awaiting_input');
    expect(text).toMatch(/No model answers|No hay un modelo/);
    expect((await bench.executions('alone'))[0]).toMatchObject({ result: 'failed' });
    const english = await bench.run(conversation, 'Create a function that clamps a number to a range');
    expect(english.text).toContain('shipped with Timonel: clamp.py');
    expect(english.text).toContain('def clamp(value: float');
    expect(gitIn(folder, 'status', '--porcelain')).toBe('');
  });

  it('takes code that a person brings through tests, score, approval and commit', async () => {
    const folder = await bench.project('brought');
    const conversation = await bench.timonel.converse('codegen');
    await bench.run(conversation, '/project brought');
    const files = `${block('two.py', '"""Two."""\n\n\ndef two() -> int:\n    """Two."""\n    return 2')}\n${block('test_two.py', 'from two import two\n\n\ndef test_two():\n    assert two() == 2')}`;
    const waiting = await bench.run(conversation, `/bring A function that gives two\n${files}`);
    expect(waiting.approvals).toMatchObject([{ tool: 'commit' }]);
    const done = await bench.decide(waiting.id, 'approve');
    expect(done.text).toMatch(/Commit [0-9a-f]{40}[\s\S]*1 passed/);
    const bad = await bench.run(conversation, `/bring wrong\n${block('three.py', 'def three(:')}`);
    expect(bad.text).toContain('not offered');
    expect((await bench.run(conversation, `/bring out\n${block('../x.py', 'x = 1')}`)).outcome).toBe('awaiting_input');
    const patch = `--- a/README.md\n+++ b/README.md\n@@ -1 +1,2 @@\n # A project\n+More.\n`;
    const patched = await bench.run(conversation, `/bring docs: say more\n${patch}`);
    await bench.decide(patched.id, 'approve');
    const [latest] = await bench.executions('brought');
    expect(gitIn(folder, 'show', `${latest?.branch}:README.md`)).toBe('# A project\nMore.');
  });
});
