import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineAgent, defineTool } from '../src/index.ts';
import { type Line, scriptedModel } from './scripted-model.ts';
import { storeKinds } from './stores.ts';
import { startTimonel, type TestTimonel } from './timonel.ts';

const nothing = z.object({});
let attempts = 0;
const tools = [
  defineTool({ name: 'look', description: 'Looks.', input: nothing, effect: 'read', execute: async () => ({ seen: true }) }),
  defineTool({
    name: 'hang',
    description: 'Never answers, and holds a transaction meanwhile.',
    input: nothing,
    effect: 'write',
    target: 'database',
    timeoutMs: 200,
    retries: 0,
    execute: (_input, context) => context.query(() => new Promise<never>(() => {})),
  }),
  defineTool({
    name: 'break',
    description: 'Fails.',
    input: nothing,
    effect: 'read',
    execute: async () => {
      attempts++;
      throw new Error('out of order');
    },
  }),
  defineTool({
    name: 'half',
    description: 'Writes, and then fails.',
    input: nothing,
    effect: 'write',
    target: 'database',
    retries: 0,
    async execute(_input, context) {
      const id = `${context.newId()}${context.newId()}`;
      await context.query((database) =>
        database.execute(
          sql`INSERT INTO files (id, workspace_id, name, media_type, content) VALUES (${id}, ${context.workspaceId}, 'half', 'text/plain', '')`,
        ),
      );
      throw new Error('and then it broke');
    },
  }),
];

const agent = (name: string, limits: object) =>
  defineAgent({ name, version: '1.0.0', description: '', prompt: '', tools, policy: [], limits });
const agents = [
  agent('free', {}),
  agent('few-steps', { steps: 7 }),
  agent('few-calls', { toolCalls: 2 }),
  agent('poor', { money: 0.001 }),
  agent('hasty', { wallTimeMs: 300 }),
];

describe.each(storeKinds)('what a run may use (%s)', (kind) => {
  let timonel: TestTimonel;
  let script: Line[] = [];
  const look = { calls: [{ tool: 'look', args: {} }] };
  const model = scriptedModel(async ({ abortSignal }) => {
    const line = script.shift();
    if (line !== undefined) return line;
    return new Promise<Line>((resolve) => abortSignal?.addEventListener('abort', () => resolve(new Error('aborted'))));
  });
  beforeAll(async () => {
    timonel = await startTimonel(kind, { agents, models: { default: model }, prices: { default: { input: 5, output: 25 } } });
  });
  afterAll(() => timonel.close());
  const run = async (name: string, lines: Line[]) => {
    script = lines;
    return timonel.say(await timonel.converse(name), 'Ya');
  };

  it('ends a run at its limit of steps, calls, money or time, and says which', async () => {
    expect((await run('few-steps', [look, look, look])).run).toMatchObject({
      outcome: 'failed',
      error: { code: 'limit_reached', message: expect.stringMatching(/7 steps/) },
    });
    expect((await run('few-calls', [look, look, look])).run).toMatchObject({
      outcome: 'failed',
      error: { message: expect.stringMatching(/2 tool calls/) },
    });
    expect((await run('poor', [look, look, look])).run).toMatchObject({
      outcome: 'failed',
      error: { message: expect.stringMatching(/0.001 US dollars/) },
      usage: { cost: 0.001 },
    });
    expect((await run('hasty', [])).run).toMatchObject({ outcome: 'failed' });
  });

  it('undoes a tool that takes too long, and gives its connection back', async () => {
    const { run: ended } = await run('free', [{ calls: [{ tool: 'hang', args: {} }] }, 'No pude.']);
    expect(ended.outcome).toBe('replied');
    expect(JSON.stringify(model.asked.at(-1)?.prompt.at(-1))).toContain('failed');
    // With one connection a leaked one would end everything here.
    expect((await run('free', [look, 'Sigo.'])).reply.text).toBe('Sigo.');
    expect(timonel.timonel.store.pool.status()).toMatchObject({ waiting: 0 });
  });

  it('leaves nothing of a write that failed half way', async () => {
    await run('free', [{ calls: [{ tool: 'half', args: {} }] }, 'No pude.']);
    expect(await timonel.timonel.store.pool.executeText(`SELECT 1 FROM files WHERE name = 'half'`)).toEqual([]);
  });

  it('stops asking a tool that keeps failing', async () => {
    attempts = 0;
    const broken = { calls: [{ tool: 'break', args: {} }] };
    for (let turn = 0; turn < 8; turn++) await run('free', [broken, 'No pude.']);
    expect(attempts).toBe(5);
  });
});
