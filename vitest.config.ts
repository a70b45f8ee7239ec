import { configDefaults, defineConfig } from 'vitest/config';
import { LongestFirst } from './test/longest-first.ts';

const processes = process.env['TIMONEL_TEST_PROCESS_COVERAGE'];

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
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts', 'agents/**/*.ts'],
      exclude: ['**/*.test.ts', '**/evals/**', '**/*.d.ts'],
      reporter: ['json'],
    },
    // Processes that tests start write down what they ran; scripts/coverage.ts adds it. A cache of compiled code would blur it.
    env: processes === undefined ? {} : { NODE_V8_COVERAGE: processes, NODE_DISABLE_COMPILE_CACHE: '1' },
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // Two busy cores answer late; what never comes fails all the same.
    expect: { poll: { timeout: 30_000 } },
  },
});
