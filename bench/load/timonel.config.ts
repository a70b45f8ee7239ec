/** The agent that is asked: its model takes as long as the stub is told, and its answers may be given again. */
import type { ProjectConfig } from '../../src/project.ts';

const project: ProjectConfig = {
  agents: [
    {
      name: 'hello',
      version: '1.0.0',
      description: 'Says what its model says.',
      prompt: 'You are a friendly assistant.',
      model: 'asked',
      tools: [],
      policy: [],
    },
  ],
  routes: { asked: { targets: [{ model: 'configured/stub' }], cache: { calls: 'always', ttlSeconds: 3_600, graceSeconds: 60 } } },
  prices: { 'configured/stub': { input: 1, output: 5 } },
};

export default project;
