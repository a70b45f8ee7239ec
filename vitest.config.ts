import { configDefaults, defineConfig } from 'vitest/config';
import { LongestFirst } from './test/longest-first.ts';

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'agents/**/*.test.ts', 'test/**/*.test.ts', 'examples/**/*.test.ts'],
    // Its tests are for Node's own runner, as a new project has them: test/guides.test.ts runs them.
    exclude: [...configDefaults.exclude, 'examples/library-desk/**', 'examples/library-dialogue/**'],
    globalSetup: ['test/setup.ts'],
    pool: 'forks',
    // One more than the cores of the machine that decides: a test waits for processes, timers and disks for half of its time.
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // Two busy cores answer late; what never comes fails all the same.
    expect: { poll: { timeout: 30_000 } },
  },
});
