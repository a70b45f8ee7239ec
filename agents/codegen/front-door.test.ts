import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answers, block, gitIn, json, openWorkbench, type Workbench } from '../../test/codegen/workbench.ts';
import { storeKinds } from '../../test/stores.ts';

const add = '"""Adds."""\n\n\ndef add(one: int, other: int) -> int:\n    """The sum."""\n    return one + other';
const test = 'from add import add\n\n\ndef test_add():\n    assert add(2, 3) == 5';
const plan = {
  summary: 'An add function',
  tasks: [
    { id: 'code', kind: 'implementation', description: 'add', files: [{ path: 'add.py', action: 'create' }], dependsOn: [] },
    {
      id: 'tests',
      kind: 'testing',
      description: 'its tests',
      files: [{ path: 'test_add.py', action: 'create' }],
      dependsOn: ['code'],
    },
  ],
};
const good: Answers = ({ role }) =>
  ({
    analyst: json({
      kind: 'function',
      language: 'python',
      complexity: 0.2,
      summary: 'An add function',
      file: 'add.py',
      questions: [],
    }),
    planner: json(plan),
    implementer: block('add.py', add),
    tester: block('test_add.py', test),
    writer: block('README.md', '# Add'),
    reviewer: json({ score: 10, findings: [] }),
  })[role];
const request = (project: string, more: object = {}) =>
  `/generate ${JSON.stringify({ project, request: 'Create a simple add function', ...more })}`;

describe.each(storeKinds)('what a person decides of a generation (%s)', (kind) => {
  let bench: Workbench;
  beforeAll(async () => {
    bench = await openWorkbench(kind);
  });
  afterAll(() => bench.close());
  const talk = () => bench.timonel.converse('codegen');

  it('asks what is missing before any money is spent, and goes on with the answer', async () => {
    await bench.project('thing');
    bench.answer(good);
    const conversation = await talk();
    const asked = await bench.run(conversation, '/project thing');
    expect(asked.text).toContain('thing from here on');
    const question = await bench.run(conversation, 'Make a thing');
    expect(question).toMatchObject({ outcome: 'awaiting_input', text: expect.stringContaining('?') });
    expect(bench.asked).toEqual([]);
    const waiting = await bench.run(conversation, 'It adds two whole numbers, as a function');
    expect(waiting.approvals).toMatchObject([{ tool: 'commit' }]);
    expect(bench.asked[0]?.input).toContain('Make a thing\nIt adds two whole numbers');
    await bench.decide(waiting.id, 'reject', bench.approver, 'not now');
    expect((await bench.executions('thing'))[0]).toMatchObject({ result: 'rejected', commit: null });
  });

  it('stops after the plan, takes a better one, and does it only then', async () => {
    const folder = await bench.project('planned');
    bench.answer(good);
    const conversation = await talk();
    const planned = await bench.run(conversation, request('planned', { confirm: 'plan' }));
    expect(planned).toMatchObject({ outcome: 'awaiting_input', text: expect.stringMatching(/0\.6 US dollars at most/) });
    const circle = { tasks: [{ ...plan.tasks[0], dependsOn: ['tests'] }, plan.tasks[1]] };
    expect((await bench.run(conversation, `/plan ${JSON.stringify(circle)}`)).text).toContain('circle');
    const [code] = plan.tasks;
    expect((await bench.run(conversation, `/plan ${JSON.stringify({ tasks: [code] })}`)).text).toContain('code (implementation)');
    expect(bench.asked.map(({ role }) => role)).toEqual(['analyst', 'planner']);
    const waiting = await bench.run(conversation, '/go');
    expect(waiting.approvals).toMatchObject([{ tool: 'commit', reason: { en: expect.stringContaining('tests not executed') } }]);
    expect(gitIn(folder, 'branch', '--list', 'timonel/*')).toBe('');
    expect((await bench.run(conversation, '/cancel')).text).toContain('Cancelled');
  });

  it('plans a design and writes no code', async () => {
    await bench.project('design');
    bench.answer(good);
    const { text, outcome } = await bench.run(
      await talk(),
      '/generate {"project":"design","request":"Design a caching system with Redis"}',
    );
    expect(outcome).toBe('replied');
    expect(text).toContain('no code was written');
    expect(bench.asked.map(({ role }) => role)).toEqual(['analyst', 'planner']);
  });

  it('makes another round with what a person wants changed; the proposal before is void', async () => {
    const folder = await bench.project('changed');
    bench.answer(good);
    const conversation = await talk();
    const first = await bench.run(conversation, request('changed'));
    bench.answer((call) =>
      call.role === 'implementer' ? block('add.py', `${add.replace('The sum', 'The sum of both')}`) : good(call),
    );
    const second = await bench.run(conversation, '/modify say what is summed');
    expect(bench.asked.find(({ role }) => role === 'implementer')?.input).toMatch(/say what is summed[\s\S]*The sum\./);
    await expect(bench.decide(first.id, 'approve')).resolves.toMatchObject({ outcome: 'cancelled' });
    const done = await bench.decide(second.id, 'approve');
    const [execution] = await bench.executions('changed');
    expect(done.text).toContain(execution?.commit);
    expect(execution).toMatchObject({ round: 2, result: 'committed' });
    expect(gitIn(folder, 'show', `${execution?.branch}:add.py`)).toContain('The sum of both');
    const callId = second.approvals[0]?.callId;
    const again = await bench.timonel.call('POST', `/api/v1/runs/${second.id}/approvals/${callId}`, { decision: 'approve' });
    expect(again.status).toBe(409);
  });

  it('is approved by somebody else, unless the rules of the workspace allow it', async () => {
    await bench.project('second');
    bench.answer(good);
    const conversation = await talk();
    const waiting = await bench.run(conversation, request('second', { autoApprove: true }));
    const own = await bench.decide(waiting.id, 'approve', bench.timonel.apiKey);
    expect(own).toMatchObject({ status: 'waiting' });
    expect(own.approvals.filter(({ status }) => status === 'pending')).toMatchObject([{ tool: 'commit' }]);
    const rules = await bench.timonel.call<{ id: string }>('POST', '/api/v1/agents/codegen/rules', {
      selfApprove: true,
      autoApprove: true,
    });
    expect(rules.status).toBe(201);
    expect((await bench.run(conversation, '/approve')).text).toMatch(/^Commit [0-9a-f]{40}/);
    await bench.project('auto');
    const auto = await bench.run(await talk(), request('auto', { autoApprove: true }));
    expect(auto).toMatchObject({ outcome: 'replied', text: expect.stringMatching(/^Commit [0-9a-f]{40}/) });
    // Without tests that ran no rule approves.
    await bench.project('untested');
    bench.answer((call) => (call.role === 'planner' ? json({ tasks: [plan.tasks[0]] }) : good(call)));
    const untested = await bench.run(await talk(), request('untested', { autoApprove: true }));
    expect(untested.approvals).toMatchObject([{ status: 'pending' }]);
    await bench.timonel.call('DELETE', `/api/v1/agents/codegen/rules/${rules.body.id}`, undefined, { 'if-match': '"1"' });
  });

  it('checks again and asks again where the project moved on', async () => {
    const folder = await bench.project('moved');
    bench.answer(good);
    const waiting = await bench.run(await talk(), request('moved'));
    writeFileSync(join(folder, 'other.txt'), 'other\n');
    gitIn(folder, 'add', '-A');
    gitIn(folder, 'commit', '-q', '-m', 'other');
    const again = await bench.decide(waiting.id, 'approve');
    expect(again).toMatchObject({ status: 'waiting' });
    const done = await bench.decide(waiting.id, 'approve');
    expect(done.text).toMatch(/^Commit/);
    const [execution] = await bench.executions('moved');
    expect(gitIn(folder, 'ls-tree', '--name-only', execution?.branch ?? '')).toBe('README.md\nadd.py\nother.txt\ntest_add.py');
  });

  it('merges and takes back as steps of their own; examples come and go with it', async () => {
    const folder = await bench.project('merged');
    bench.answer(good);
    const conversation = await talk();
    await bench.decide((await bench.run(conversation, request('merged'))).id, 'approve');
    const merge = await bench.run(conversation, '/merge');
    expect(merge.approvals).toMatchObject([{ tool: 'merge' }]);
    expect((await bench.decide(merge.id, 'approve')).text).toContain('add.py');
    expect(readFileSync(join(folder, 'add.py'), 'utf8')).toContain('def add');
    expect(gitIn(folder, 'status', '--porcelain')).toBe('');
    const examples = async () =>
      (await bench.timonel.call<{ rows: { source: string }[] }>('GET', '/api/v1/agents/codegen/examples?limit=100')).body;
    expect(JSON.stringify(await examples())).toContain('merged@');
    const revert = await bench.run(conversation, '/revert');
    expect((await bench.decide(revert.id, 'approve')).text).toContain('timonel/revert-');
    expect(JSON.stringify(await examples())).not.toContain('merged@');
    await bench.decide((await bench.run(conversation, '/merge')).id, 'approve');
    expect(gitIn(folder, 'ls-files')).toBe('README.md');
  });

  it('writes files where nothing is to be committed, all of them and once', async () => {
    const folder = await bench.project('plain', { 'notes.txt': 'notes\n' }, { git: false });
    bench.answer(good);
    const conversation = await talk();
    const waiting = await bench.run(conversation, request('plain'));
    expect((await bench.decide(waiting.id, 'approve')).text).toContain('Written: add.py, test_add.py');
    expect(readFileSync(join(folder, 'add.py'), 'utf8')).toBe(`${add}\n`);
    const repository = await bench.project('uncommitted');
    const other = await bench.run(await talk(), request('uncommitted', { git: false }));
    await bench.decide(other.id, 'approve');
    expect(gitIn(repository, 'status', '--porcelain')).toBe('?? add.py\n?? test_add.py');
  });
});
