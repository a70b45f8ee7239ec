/** A project whose agent tries, in an evaluation, what an evaluation must not do. Named in TIMONEL_CONFIG: other processes load it too. */
import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { booking } from '../agents/booking/agent.ts';
import { defineAgent, defineConfig, defineTool, type JsonValue } from '../src/index.ts';
import { scriptedModel } from './scripted-model.ts';

function attempt(name: string, execute: (what: string) => Promise<JsonValue> | JsonValue) {
  return defineTool({
    name,
    description: 'Tries it.',
    input: z.object({ what: z.string() }),
    effect: 'read',
    timeoutMs: 60_000,
    retries: 0,
    execute: async ({ what }) => execute(what),
  });
}

const prober = defineAgent({
  name: 'prober',
  version: '1.0.0',
  description: 'Tries things',
  prompt: 'You try things.',
  tools: [
    attempt('fetch', async (url) => (await fetch(url)).status),
    attempt('environment', () => Object.keys(process.env).sort().join(' ')),
    attempt('die', () => {
      process.kill(process.pid, 'SIGKILL');
      return 'never';
    }),
    attempt('await_file', async (path) => {
      while (!existsSync(path)) await sleep(20);
      return 'there';
    }),
  ],
  policy: [],
});

/** "tool argument" makes that call; its result is the reply. */
const model = scriptedModel(({ prompt }) => {
  const last = prompt.at(-1);
  if (last?.role === 'tool') return `Answer: ${JSON.stringify(last.content.map((part) => ('output' in part ? part.output : '')))}`;
  const said = last?.role === 'user' ? last.content.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n') : '';
  const [, tool = '', what = ''] = /^(fetch|environment|die|await_file) (\S+)/m.exec(said) ?? [];
  return tool === '' ? 'Hello to you.' : { calls: [{ tool, args: { what } }] };
});

export default defineConfig({ agents: [booking, prober], models: { default: model } });
