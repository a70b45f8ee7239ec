/** What the assistant does without a model. */
import type { Flows } from '../../src/index.ts';

export const flows: Flows = {
  understand: () => ({ language: 'es', intent: 'other', alsoIntents: [], slots: {}, invalid: {}, correction: false }) as never,
  next: ({ state }) => ({ kind: 'reply', reply: { text: '…' }, outcome: 'replied', state }),
};
