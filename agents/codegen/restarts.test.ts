import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Answers, block, gitIn, json, openWorkbench } from '../../test/codegen/workbench.ts';
import { freshStoreEnvironment, storeKinds } from '../../test/stores.ts';

const answers: Answers = ({ role }) =>
  ({
    analyst: json({ kind: 'documentation', complexity: 0.1, questions: [] }),
    planner: json({
      tasks: [
        { id: 'page', kind: 'documentation', description: 'a page', files: [{ path: 'page.md', action: 'create' }], dependsOn: [] },
      ],
    }),
    implementer: '',
    tester: '',
    writer: `\`${block('page.md', '# Page\n\nIt says something.')}\``,
    reviewer: json({ score: 10, findings: [] }),
  })[role];

describe.each(storeKinds)('a process that ends in the middle (%s)', (kind) => {
  it('loses no stage and no approval: another one goes on, and commits once', async () => {
    const top = mkdtempSync(join(tmpdir(), 'timonel-codegen-test-'));
    const { environment, remove } = await freshStoreEnvironment(kind);
    const settings = { ...environment, TIMONEL_SHUTDOWN_GRACE_MS: '200', TIMONEL_LEASE_MS: '2000' };
    const first = await openWorkbench(kind, { top, environment: settings });
    const folder = await first.project('kept');
    let reached = () => {};
    const writing = new Promise<void>((resolve) => {
      reached = resolve;
    });
    // The writer never answers in this process.
    first.answer((call) => {
      if (call.role !== 'writer') return answers(call);
      reached();
      return new Promise((_resolve, reject) =>
        call.options.abortSignal?.addEventListener('abort', () => reject(new Error('aborted'))),
      );
    });
    const conversation = await first.timonel.converse('codegen');
    const { run } = await first.say(conversation, '/generate {"project":"kept","request":"Write a page of documentation"}');
    await writing;
    await first.close(false);

    const second = await openWorkbench(kind, { top, environment: settings });
    second.answer(answers);
    const waiting = await second.settled(run.id);
    expect(waiting.approvals).toMatchObject([{ tool: 'commit', status: 'pending' }]);
    expect(second.asked.map(({ role }) => role)).not.toContain('planner');
    await second.close(false);

    const third = await openWorkbench(kind, { top, environment: settings });
    const done = await third.decide(run.id, 'approve');
    expect(done.text).toMatch(/Commit [0-9a-f]{40}/);
    const [execution] = await third.executions('kept');
    expect(gitIn(folder, 'rev-list', '--count', `main..${execution?.branch}`)).toBe('1');
    await third.close();
    await remove();
  }, 120_000);
});
