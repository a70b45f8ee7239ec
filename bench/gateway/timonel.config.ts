/** The routes that are measured: with retries, breaker and a cache policy, and a second target that is never needed. */
import type { ProjectConfig } from '../../src/project.ts';

/** Calls of the benchmark are deterministic, and each is another one: all are looked up and kept, none is found. */
const cache = { ttlSeconds: 60, graceSeconds: 60 };

const project: ProjectConfig = {
  agents: [
    {
      name: 'hello',
      version: '1.0.0',
      description: 'Says what its model says.',
      prompt: 'You are a friendly assistant.',
      tools: [],
      policy: [],
    },
  ],
  routes: {
    stub: { targets: [{ model: 'configured/stub' }, { model: 'configured/stub-2' }], cache },
    'stub-slow': { targets: [{ model: 'configured/stub-slow' }, { model: 'configured/stub-2' }], cache },
  },
  prices: { stub: { input: 1, output: 5 }, 'stub-slow': { input: 1, output: 5 }, 'stub-2': { input: 1, output: 5 } },
};

export default project;
