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

describe.each(storeKinds)('a process that ends while a person thinks (%s)', (kind) => {
  it('loses no approval: it is given to another one, which commits once', async () => {
    const top = mkdtempSync(join(tmpdir(), 'timonel-codegen-test-'));
    const { environment, remove } = await freshStoreEnvironment(kind);
    const settings = { ...environment };
    const first = await openWorkbench(kind, { top, environment: settings });
    const folder = await first.project('kept');
    first.answer(answers);
    const conversation = await first.timonel.converse('codegen');
    const { id } = await first.run(conversation, '/generate {"project":"kept","request":"Write a page of documentation"}');
    await first.close(false);

    const third = await openWorkbench(kind, { top, environment: settings });
    const done = await third.decide(id, 'approve');
    expect(done.text).toMatch(/Commit [0-9a-f]{40}/);
    const [execution] = await third.executions('kept');
    expect(gitIn(folder, 'rev-list', '--count', `main..${execution?.branch}`)).toBe('1');
    await third.close();
    await remove();
  }, 120_000);
});
