import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { type FileChange, reversePlan } from '../../src/files.ts';
import { testProject } from './project.ts';

it('reads, lists and changes files, and takes the change back', async () => {
  const project = await testProject({
    'src/a.ts': 'const a = 1;\n',
    'src/old.ts': 'old\n',
    'gone.txt': 'x\n',
    '.env': 'A=1',
    '.git/HEAD': 'x',
  });
  const { files } = project;
  expect(await files.list('.')).toEqual([
    { name: 'gone.txt', kind: 'file' },
    { name: 'src', kind: 'folder' },
  ]);
  const read = await files.read('src/a.ts');
  expect(read).toMatchObject({ path: 'src/a.ts', text: 'const a = 1;\n', encoding: 'utf-8', bytes: 13, target: undefined });
  const changes: FileChange[] = [
    { kind: 'edit', path: 'src/a.ts', edits: [{ old: '= 1', new: '= 2' }], hash: read.hash },
    { kind: 'write', path: 'deep/er/b.ts', text: 'b\n', hash: null },
    { kind: 'move', path: 'src/old.ts', to: 'src/new.ts' },
    { kind: 'edit', path: 'src/new.ts', edits: [{ old: 'old', new: 'new' }] },
    { kind: 'delete', path: 'gone.txt' },
  ];
  const plan = await files.plan(changes);
  if (plan.kind !== 'planned') throw new Error(plan.refusals.map(({ message }) => message).join('\n'));
  const hashes = plan.files.map(({ path, before, after }) => ({ path, before: before?.hash, after: after?.hash }));
  expect(plan.files.find(({ path }) => path === 'src/a.ts')?.diff).toBe(
    '--- a/src/a.ts\n+++ b/src/a.ts\n@@ -1,1 +1,1 @@\n-const a = 1;\n+const a = 2;\n',
  );
  expect(await files.appliedState(hashes)).toBe('did-not-happen');
  await files.apply(plan.files);
  expect(await files.appliedState(hashes)).toBe('happened');
  expect([project.text('src/a.ts'), project.text('deep/er/b.ts'), project.text('src/new.ts')]).toEqual([
    'const a = 2;\n',
    'b\n',
    'new\n',
  ]);
  expect(await files.check('gone.txt')).toEqual({ kind: 'missing' });
  await files.apply(reversePlan(plan.files));
  expect(await files.appliedState(hashes)).toBe('did-not-happen');
  expect(readdirSync(join(project.root, 'src'))).toEqual(['a.ts', 'old.ts']);
});
