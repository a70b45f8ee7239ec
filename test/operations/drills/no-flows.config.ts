import { defineAgent, defineConfig } from '../../../src/index.ts';

/** An agent that only a model can answer for: without one its turns fail. */
export default defineConfig({
  agents: [
    defineAgent({
      name: 'helpless',
      version: '1',
      description: 'Answers with what its model says.',
      prompt: 'Answer.',
      tools: [],
      policy: [],
    }),
  ],
});
