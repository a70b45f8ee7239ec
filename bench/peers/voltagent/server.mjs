/** VoltAgent with its defaults (memory in the process), and one agent without tools. */
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { Agent, VoltAgent } from '@voltagent/core';
import { honoServer } from '@voltagent/server-hono';

const provider = createOpenAICompatible({ name: 'stub', baseURL: process.env['BENCH_MODEL_URL'] ?? '' });
const hello = new Agent({
  name: 'hello',
  instructions: 'You are a friendly assistant.',
  model: provider.chatModel('stub'),
});

new VoltAgent({
  agents: { hello },
  server: honoServer({ port: Number(process.env['PORT']), hostname: '127.0.0.1' }),
});
