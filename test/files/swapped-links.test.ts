import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { expect, it } from 'vitest';
import { ChangeRefused, PathRefused } from '../../src/files.ts';
import { testProject } from './project.ts';

/** Reads and writes against the swapper; 60,000 in the nightly run. */
const rounds = Number(process.env['TIMONEL_TEST_FILE_SWAPS'] ?? 300);

/** Swaps a folder and a file for links that lead out, and back, as fast as it can. */
const swapper = `
  const { renameSync, symlinkSync, unlinkSync } = require('node:fs');
  const { workerData: { root, outside, stop } } = require('node:worker_threads');
  const swap = (name, target) => {
    renameSync(root + '/' + name, root + '/' + name + '.kept');
    symlinkSync(target, root + '/' + name);
    unlinkSync(root + '/' + name);
    renameSync(root + '/' + name + '.kept', root + '/' + name);
  };
  const flag = new Int32Array(stop);
  while (Atomics.load(flag, 0) === 0) {
    try { swap('folder', outside); } catch {}
  }
`;

it.runIf(process.platform === 'linux')(
  'reaches nothing outside while folders are swapped for links',
  async () => {
    const { files, root, outside } = await testProject({ 'folder/file.txt': 'inside 0\n' });
    writeFileSync(join(outside, 'file.txt'), 'canary\n');
    const stop = new SharedArrayBuffer(4);
    const worker = new Worker(swapper, { eval: true, workerData: { root, outside, stop } });
    const ended = new Promise((resolve) => worker.once('exit', resolve));
    const counts = { read: 0, written: 0, refused: 0 };
    try {
      for (let round = 0; round < rounds; round++) {
        try {
          expect((await files.read('folder/file.txt')).text).toMatch(/^inside \d+\n$/);
          counts.read += 1;
          const plan = await files.plan([{ kind: 'write', path: 'folder/file.txt', text: `inside ${round + 1}\n` }]);
          if (plan.kind === 'refused') counts.refused += 1;
          else {
            await files.apply(plan.files);
            counts.written += 1;
          }
        } catch (error) {
          if (!(error instanceof PathRefused || error instanceof ChangeRefused)) throw error;
          counts.refused += 1;
        }
      }
    } finally {
      Atomics.store(new Int32Array(stop), 0, 1);
      await ended;
    }
    expect(readFileSync(join(outside, 'file.txt'), 'utf8')).toBe('canary\n');
    expect(readdirSync(outside)).toEqual(['file.txt']);
    expect(counts.read).toBeGreaterThan(0);
    expect(counts.written).toBeGreaterThan(0);
  },
  3_600_000,
);
