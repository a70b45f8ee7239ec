/** The agent that is measured: no tools, no flows, no memory of its own; the same as the peers' `hello`. */
import type { ProjectConfig } from '../../src/project.ts';

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
};

export default project;
