import { configDefaults, defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'agents/**/*.test.ts', 'test/**/*.test.ts', 'examples/**/*.test.ts'],
    // Its tests are for Node's own runner, as a new project has them: test/guides.test.ts runs them.
    exclude: [...configDefaults.exclude, 'examples/library-desk/**', 'examples/library-dialogue/**'],
    globalSetup: ['test/setup.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // Two busy cores answer late; what never comes fails all the same.
    expect: { poll: { timeout: 30_000 } },
  },
});
