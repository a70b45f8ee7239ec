import { spawn } from 'node:child_process';
import { globSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { needs } from '../../../test/needs.ts';
import { fileJournal } from './file-journal.ts';
import { openCodegenProject } from './open-project.ts';
import type { KilledTask } from './rehearsal/killed-child.ts';
import { file, filesOf, pictureOf, type TestRepository, testFolder, testRepository } from './rehearsal/repository-under-test.ts';

/** Kills of each kind; the nightly run has more. They are spread over the steps from the first to the last. */
const kills = Number(process.env['TIMONEL_TEST_CODEGEN_KILLS'] ?? 3);

const contents: Record<string, string | null> = {
  ...Object.fromEntries(['a', 'b', 'c', 'd', 'e', 'f'].map((name) => [`src/${name}.py`, `${name} = 2\n`])),
  'new/folder/g.py': 'g\n',
  'new/h.py': 'h\n',
  'src/price.py': 'def price(night):\n    return 95\n',
  'README.md': null,
};
const author = { name: 'Ann', email: 'ann@example.org' };

async function prepared(what: KilledTask['what']): Promise<{ task: KilledTask; repository: TestRepository; taskFile: string }> {
  const repository = testRepository();
  const aside = testFolder();
  onTestFinished(repository.remove);
  onTestFinished(aside.remove);
  for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) repository.put(`src/${name}.py`, `${name} = 1\n`);
  repository.git('add', '-A');
  repository.git('commit', '-q', '-m', 'Ten files');
  if (what === 'write') rmSync(join(repository.root, '.git'), { recursive: true });
  repository.put('src/guests.py', 'half of a thought\n');
  repository.put('notes.txt', 'of the person\n');
  const project = await openCodegenProject(repository.root);
  const changes = Object.fromEntries(Object.entries(contents).map(([path, text]) => [path, text === null ? null : file(text)]));
  const state = await project.state(Object.keys(contents));
  const tree = await project.treeOf(state, changes);
  const task = {
    folder: repository.root,
    journal: join(aside.root, 'journal'),
    run: 'run-1',
    what,
    commit: '',
    state,
    tree,
    contents,
  };
  if (what === 'merge') {
    const made = await project.commit({
      state,
      changes,
      tree,
      run: 'run-1',
      message: 'feat: x',
      author,
      at: new Date(1e12),
      hooks: false,
    });
    if (made.kind === 'committed') task.commit = made.commit;
  }
  const taskFile = join(aside.root, 'task.json');
  writeFileSync(taskFile, JSON.stringify(task));
  return { task, repository, taskFile };
}

/** How many steps there were, where it came to its end before it was to be killed. */
function killedAt(taskFile: string, step: number): Promise<number | undefined> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'rehearsal/killed-child.ts'), taskFile, String(step)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
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

describe.skipIf(!needs('Git'))('a process that is killed', () => {
  it.each(['commit', 'merge', 'write'] as const)(
    'in a %s of ten files leaves all or nothing',
    async (what) => {
      const whole = await prepared(what);
      const before = filesOf(whole.repository.root);
      const steps = (await killedAt(whole.taskFile, 0)) ?? 0;
      const after = filesOf(whole.repository.root);
      expect(steps).toBeGreaterThan(what === 'commit' ? 8 : 40);
      const outcomes = new Set<string>();
      for (let kill = 0; kill < kills; kill++) {
        const step = Math.max(1, Math.round(((kill + 1) * steps) / (kills + 1)));
        const { task, repository, taskFile } = await prepared(what);
        const start = what === 'write' ? undefined : pictureOf(repository);
        expect(await killedAt(taskFile, step), `${what} at ${step}`).toBeUndefined();
        const project = await openCodegenProject(repository.root);
        const journal = fileJournal(task.journal);
        const { state, tree, run } = task;
        const changes = Object.fromEntries(
          Object.entries(contents).map(([path, text]) => [path, text === null ? null : file(text)]),
        );
        if (what === 'commit') {
          const given = { state, changes, tree, run, message: 'feat: ten files', author, at: new Date(1e12), hooks: false };
          // A git that the dead process had started may end a moment later, and makes the very same commit.
          await expect.poll(async () => (await project.commit(given)).kind, { timeout: 20_000 }).toBe('committed');
          expect(repository.git('rev-list', '--count', '--all').trim()).toBe('3');
          expect(pictureOf(repository)).toEqual(start);
        } else {
          await project.recover(run, journal);
          const now = filesOf(repository.root);
          const done = JSON.stringify(now) === JSON.stringify(after);
          outcomes.add(done ? 'all' : 'nothing');
          if (!done) expect(now, `${what} at ${step}`).toEqual(before);
          if (!done && start !== undefined) expect(pictureOf(repository), `${what} at ${step}`).toEqual(start);
          const again =
            what === 'merge' ? project.merge(task.commit, run, author, journal) : project.write(state, changes, run, journal);
          expect(await again, `${what} at ${step}`).toMatchObject({ kind: 'applied' });
          expect(filesOf(repository.root)).toEqual(after);
          expect(await journal.find(run)).toBeUndefined();
        }
        if (what !== 'write') {
          repository.git('fsck', '--strict', '--no-dangling');
          expect(globSync('.git/{index.lock,timonel-*}', { cwd: repository.root })).toEqual([]);
          if (what === 'merge')
            expect(repository.git('status', '--short').trim().split('\n')).toEqual(['M src/guests.py', '?? notes.txt']);
        }
        expect(globSync('**/.timonel-*', { cwd: repository.root })).toEqual([]);
      }
      if (what === 'merge' && kills > 10) expect([...outcomes].sort()).toEqual(['all', 'nothing']);
    },
    3_600_000,
  );
});
