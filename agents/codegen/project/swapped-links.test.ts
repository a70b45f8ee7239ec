import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { describe, expect, it, onTestFinished } from 'vitest';
import { needs } from '../../../test/needs.ts';
import { openCodegenProject } from './open-project.ts';
import { file, inFolder, testFolder, testJournal } from './rehearsal/repository-under-test.ts';

/** Writes against the swapper; 60,000 in the nightly run. */
const rounds = Number(process.env['TIMONEL_TEST_CODEGEN_SWAPS'] ?? 200);

/** Swaps a folder for a link that leads out or into git's folder, and back, as fast as it can. */
const swapper = `
  const { renameSync, symlinkSync, unlinkSync } = require('node:fs');
  const { workerData: { root, targets, stop } } = require('node:worker_threads');
  const flag = new Int32Array(stop);
  for (let round = 0; Atomics.load(flag, 0) === 0; round++) {
    try {
      renameSync(root + '/src', root + '/kept');
      symlinkSync(targets[round % targets.length], root + '/src');
      unlinkSync(root + '/src');
      renameSync(root + '/kept', root + '/src');
    } catch {}
  }
`;

describe.skipIf(!needs('Git'))('folders that are swapped for links meanwhile', () => {
  it.runIf(process.platform === 'linux')(
    'lead no file outside, and none into .git',
    async () => {
      const base = testFolder();
      onTestFinished(base.remove);
      const project = inFolder(join(base.root, 'project'));
      const outside = inFolder(join(base.root, 'outside'));
      project.put('src/one.py', '0\n');
      // As a folder without git sees it: a name that must stay empty.
      project.put('.git/keep', 'git has this\n');
      outside.put('canary', 'as it was\n');
      const repository = await openFolder(project.root);
      const stop = new SharedArrayBuffer(4);
      const targets = [outside.root, '.git', join(project.root, '.git')];
      const worker = new Worker(swapper, { eval: true, workerData: { root: project.root, targets, stop } });
      const ended = new Promise((resolve) => worker.once('exit', resolve));
      const journal = testJournal();
      const kinds = new Map<string, number>();
      try {
        for (let round = 1; round <= rounds; round++) {
          const kind = await repository
            .state(['src/one.py', 'src/new.py'])
            .then((state) => {
              const changes = {
                'src/one.py': file(`${round}\n`),
                'src/new.py': round % 2 === 0 ? file(`${round}\n`) : file('odd\n'),
              };
              return repository.write(state, changes, 'swapped', journal);
            })
            .then(
              (result) => result.kind,
              (error: unknown) => {
                // The folder is a link, or missing, at this very moment.
                if (error instanceof Error && ['PathRefused', 'ChangeRefused', 'ProjectRefused'].includes(error.name))
                  return 'refused';
                throw error;
              },
            );
          kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
        }
      } finally {
        Atomics.store(new Int32Array(stop), 0, 1);
        await ended;
      }
      expect(readdirSync(outside.root)).toEqual(['canary']);
      expect(readFileSync(join(outside.root, 'canary'), 'utf8')).toBe('as it was\n');
      expect(readdirSync(join(project.root, '.git'))).toEqual(['keep']);
      expect(kinds.get('applied')).toBeGreaterThan(0);
    },
    3_600_000,
  );
});

/** A folder whose `.git` is none that git knows cannot be opened as one of git's; it is opened before it has that name. */
async function openFolder(root: string) {
  const { renameSync } = await import('node:fs');
  renameSync(join(root, '.git'), join(root, 'aside'));
  const project = await openCodegenProject(root);
  renameSync(join(root, 'aside'), join(root, '.git'));
  return project;
}
