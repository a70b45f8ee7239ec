import { spawn } from 'node:child_process';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { FileChange, PlannedFile } from '../../src/files.ts';
import { testProject } from './project.ts';

/** Steps of an application that are left out between two kills; 1 in the nightly run kills at each. */
const stride = Number(process.env['TIMONEL_TEST_FILE_KILL_STRIDE'] ?? 11);

const changes: FileChange[] = [
  ...['a', 'b', 'c', 'd', 'e'].map(
    (name) => ({ kind: 'edit', path: `src/${name}.txt`, edits: [{ old: 'one', new: 'two' }] }) as const,
  ),
  { kind: 'write', path: 'src/f.txt', text: 'written anew\n' },
  { kind: 'write', path: 'new/folder/g.txt', text: 'new\n', hash: null },
  { kind: 'delete', path: 'gone.txt' },
  { kind: 'move', path: 'from.txt', to: 'new/to.txt' },
];

it('tells where an application stands that was killed at any step, and goes on with it or takes it back', async () => {
  const counts = new Map<string, number>();
  let last = Number.POSITIVE_INFINITY;
  for (let step = 1; step <= last; step += stride) {
    const project = await testProject({
      ...Object.fromEntries(['a', 'b', 'c', 'd', 'e', 'f'].map((name) => [`src/${name}.txt`, `${name} one\n`])),
      'gone.txt': 'gone\n',
      'from.txt': 'moved\n',
      'bystander.txt': 'untouched\n',
    });
    const { files, root } = project;
    const plan = await files.plan(changes);
    if (plan.kind !== 'planned') throw new Error(JSON.stringify(plan.refusals));
    expect(plan.files).toHaveLength(10);
    const ran = await applyKilledAt(root, step);
    if (ran !== undefined) last = ran;
    const hashes = plan.files.map(({ path, before, after }) => ({ path, before: before?.hash, after: after?.hash }));
    const state = await files.appliedState(hashes);
    counts.set(state, (counts.get(state) ?? 0) + 1);
    expect(state).toBe(stateByLooking(root, plan.files));
    if (step % 2 === 0) {
      await files.rollBack(plan.files);
      expect(await files.appliedState(hashes)).toBe('did-not-happen');
    } else {
      await files.resume(plan.files);
      expect(await files.appliedState(hashes)).toBe('happened');
    }
    const left = globSync('**/*', { cwd: root }).concat(globSync('**/.timonel-*', { cwd: root }));
    expect(left.filter((path) => path.includes('.timonel-'))).toEqual([]);
    expect(project.text('bystander.txt')).toBe('untouched\n');
  }
  expect([...counts.keys()].sort()).toEqual(expect.arrayContaining(['did-not-happen', 'partly']));
}, 3_600_000);

/** How many steps there were, where it came to its end before it was to be killed. */
function applyKilledAt(root: string, step: number): Promise<number | undefined> {
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, 'apply-process.ts'), root, String(step), JSON.stringify(changes)],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  let output = '';
  child.stdout.on('data', (data: Buffer) => {
    output += data.toString();
  });
  return new Promise((resolve, reject) => {
    child.once('close', (code, signal) => {
      if (signal === 'SIGKILL') resolve(undefined);
      else if (code === 0) resolve(Number(output));
      else reject(new Error(`The process ended with ${code}.`));
    });
  });
}

/** The same question, answered by the bytes. */
function stateByLooking(root: string, files: readonly PlannedFile[]): string {
  const done = files.map(({ path, after }) => {
    const bytes = existsSync(join(root, path)) ? readFileSync(join(root, path)) : undefined;
    return bytes === undefined || after === undefined ? bytes === after : bytes.equals(after.bytes);
  });
  return done.every(Boolean) ? 'happened' : done.some(Boolean) ? 'partly' : 'did-not-happen';
}
