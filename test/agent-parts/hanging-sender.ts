import { defineAgent } from '../../src/index.ts';

/** @param afterwards what its job does after it sent. */
export const hangingSender = (afterwards: () => Promise<void>) =>
  defineAgent({
    name: 'sender',
    version: '1.0.0',
    description: 'Sends.',
    prompt: 'You send.',
    policy: [],
    tools: [],
    jobs: [
      {
        name: 'send',
        async run({ conversation }, context) {
          await context.send({ conversation: String(conversation), parts: [{ type: 'text', text: 'Your book is here.' }] });
          await afterwards();
        },
      },
    ],
  });
