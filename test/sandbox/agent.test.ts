/** A tool of an agent that runs a program, by the front door. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { defineAgent, defineTool } from '../../src/index.ts';
import { scriptedModel } from '../scripted-model.ts';
import { freshStoreEnvironment } from '../stores.ts';
import { startTimonel, type TestTimonel } from '../timonel.ts';

const runProgram = defineTool({
  name: 'run_program',
  description: 'Runs a Python program.',
  input: z.object({ code: z.string(), language: z.enum(['python', 'java']) }),
  effect: 'read',
  execute: ({ code, language }, { sandbox }) =>
    sandbox
      .run({ language, files: { 'main.py': code }, entry: 'main.py' }, '')
      .catch((error: unknown) => ({ refused: error instanceof Error ? error.message : '' })),
});

const runner = defineAgent({
  name: 'runner',
  version: '1.0.0',
  description: 'Runs programs.',
  prompt: 'Run what you are given.',
  tools: [runProgram],
  policy: [],
});

let timonel: TestTimonel;
let remove: () => Promise<void>;
let args: { code: string; language: string };

beforeAll(async () => {
  const fresh = await freshStoreEnvironment('embedded');
  remove = fresh.remove;
  timonel = await startTimonel(
    'embedded',
    {
      agents: [runner],
      models: {
        default: scriptedModel(({ prompt }) => {
          const last = prompt.at(-1);
          return last?.role === 'tool' ? JSON.stringify(last.content) : { calls: [{ tool: 'run_program', args }] };
        }),
      },
    },
    { environment: { ...fresh.environment, TIMONEL_SANDBOX: 'embedded' } },
  );
});
afterAll(async () => {
  await timonel.close();
  await remove();
});

it('gives tools the sandbox, counts what runs in it, and tells which languages there are', async () => {
  args = { code: 'print(6 * 7)', language: 'python' };
  const conversation = await timonel.converse('runner');
  const first = await timonel.say(conversation, 'go');
  expect(first.reply?.text).toContain('"stdout":"42\\n"');
  const metrics = await timonel.timonel.app.inject({ url: '/metrics' });
  expect(metrics.body).toContain('timonel_sandbox_runs_total{language="python",backend="embedded",verdict="completed"} 1');
  const ready = await timonel.call<{ dependencies: { name: string; detail: unknown }[] }>('GET', '/health/ready');
  expect(ready.body.dependencies.find(({ name }) => name === 'sandbox')?.detail).toMatchObject({
    python: 'embedded',
    java: /^off: /,
  });

  args = { code: 'class X {}', language: 'java' };
  const refused = await timonel.say(conversation, 'again');
  expect(refused.reply?.text).toContain('java cannot be run here');
});
