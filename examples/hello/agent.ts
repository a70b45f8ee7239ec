import { z } from 'zod';
import { defineAgent, defineRule, defineTool, type Flows, understand } from '../../src/index.ts';

const stock = new Map([['lamp', 3]]);

const reserve = defineTool({
  name: 'reserve',
  description: 'Reserves an article for the customer.',
  input: z.object({ article: z.string() }),
  effect: 'write',
  target: 'outside',
  execute: async ({ article }) => ({ reserved: article, left: (stock.get(article) ?? 0) - 1 }),
});

const inStock = defineRule({
  id: 'in-stock',
  description: 'Only what is there can be reserved',
  tools: ['reserve'],
  evaluate: (call) =>
    stock.has(String(call.args['article']))
      ? undefined
      : { kind: 'deny', reason: { es: 'No nos queda.', en: 'We have none left.' } },
});

const words = { services: [], staff: [] };
const flows: Flows = {
  vocabulary: { sample: words, load: async () => words },
  understand,
  next({ text, calls: [call], state }) {
    if (call === undefined)
      return { kind: 'call', calls: [{ tool: 'reserve', args: { article: text.trim().toLowerCase() } }], state };
    const reply = call.status === 'completed' ? 'Reserved!' : (call.reason?.en ?? 'That did not work.');
    return { kind: 'reply', reply: { text: reply }, outcome: call.status === 'denied' ? 'denied' : 'replied', state };
  },
};

const prompt = 'You reserve articles of a small shop.';
export const hello = defineAgent({
  name: 'hello',
  version: '1.0.0',
  description: 'Reserves articles',
  prompt,
  tools: [reserve],
  policy: [inStock],
  flows,
});
