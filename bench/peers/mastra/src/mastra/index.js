/** Mastra with its defaults: LibSQL in a file as storage and memory, and one agent without tools. */
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { Agent } from '@mastra/core/agent';
import { Mastra } from '@mastra/core/mastra';
import { LibSQLStore } from '@mastra/libsql';
import { Memory } from '@mastra/memory';

const provider = createOpenAICompatible({ name: 'stub', baseURL: process.env['BENCH_MODEL_URL'] ?? '' });
const storage = new LibSQLStore({ id: 'storage', url: process.env['BENCH_STORAGE_URL'] ?? 'file:./mastra.db' });
const hello = new Agent({
  id: 'hello',
  name: 'hello',
  instructions: 'You are a friendly assistant.',
  model: provider.chatModel('stub'),
  memory: new Memory(),
});

export const mastra = new Mastra({ agents: { hello }, storage });
