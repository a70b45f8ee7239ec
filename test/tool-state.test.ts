import { afterAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineAgent, defineTool, TimonelError, type ToolContext } from '../src/index.ts';
import { type Line, scriptedModel } from './scripted-model.ts';
import { storeKinds } from './stores.ts';
import { startTimonel, type TestTimonel } from './timonel.ts';

const work = z.object({
  scope: z.enum(['conversation', 'agent']),
  key: z.string(),
  value: z.any().optional(),
  ifVersion: z.number().optional(),
});

async function change(input: z.infer<typeof work>, { state }: ToolContext) {
  const { scope, key, value, ifVersion } = input;
  const options = ifVersion === undefined ? {} : { ifVersion };
  try {
    if (value === undefined) await state[scope].delete(key, options);
    else return { version: await state[scope].set(key, value, options) };
    return { deleted: true };
  } catch (error) {
    if (error instanceof TimonelError) return { refused: error.code };
    throw error;
  }
}

const keeper = defineAgent({
  name: 'keeper',
  version: '1.0.0',
  description: 'Keeps values.',
  prompt: 'You keep values.',
  policy: [],
  tools: [
    defineTool({ name: 'keep', description: 'Keeps.', input: work, effect: 'write', target: 'database', execute: change }),
    defineTool({
      name: 'keep_and_fail',
      description: 'Keeps, and fails.',
      input: work,
      effect: 'write',
      target: 'database',
      retries: 0,
      async execute(input, context) {
        await change(input, context);
        throw new Error('No.');
      },
    }),
    defineTool({
      name: 'look',
      description: 'Looks.',
      input: z.object({ scope: z.enum(['conversation', 'agent']), key: z.string() }),
      effect: 'read',
      execute: async ({ scope, key }, { state }) => (await state[scope].get(key)) ?? { none: true },
    }),
  ],
});

describe.each(storeKinds)('the state of tools (%s)', (kind) => {
  let timonel: TestTimonel | undefined;
  let script: Line[] = [];
  const model = scriptedModel(() => script.shift() ?? new Error('unexpected model call'));
  const started = async () => (timonel ??= await startTimonel(kind, { agents: [keeper], models: { default: model } }));
  afterAll(() => timonel?.close());

  const call = async (conversation: string, tool: string, args: object): Promise<unknown> => {
    const { say } = await started();
    script = [{ calls: [{ tool, args }] }, 'Done.'];
    await say(conversation, 'Go');
    const last = model.asked.at(-1)?.prompt.at(-1);
    const [part] = last?.role === 'tool' ? last.content : [];
    return part?.type === 'tool-result' && part.output.type === 'json' ? part.output.value : part;
  };

  it('is of one conversation, or of the agent in its workspace', async () => {
    const { converse } = await started();
    const [one, other] = [await converse('keeper'), await converse('keeper')];
    expect(await call(one, 'keep', { scope: 'conversation', key: 'cart', value: { items: ['tea'] } })).toEqual({ version: 1 });
    expect(await call(one, 'keep', { scope: 'agent', key: 'served', value: 1 })).toEqual({ version: 1 });
    expect(await call(one, 'look', { scope: 'conversation', key: 'cart' })).toEqual({ value: { items: ['tea'] }, version: 1 });
    expect(await call(other, 'look', { scope: 'conversation', key: 'cart' })).toEqual({ none: true });
    expect(await call(other, 'look', { scope: 'agent', key: 'served' })).toEqual({ value: 1, version: 1 });
  });

  it('is changed by whoever has the version in force, and by nobody else', async () => {
    const { converse } = await started();
    const at = await converse('keeper');
    const keep = (value: unknown, ifVersion?: number) =>
      call(at, 'keep', {
        scope: 'conversation',
        key: 'k',
        ...(value === undefined ? {} : { value }),
        ...(ifVersion === undefined ? {} : { ifVersion }),
      });
    expect(await keep('a', 0)).toEqual({ version: 1 });
    expect(await keep('b', 0)).toEqual({ refused: 'version_conflict' });
    expect(await keep('b', 1)).toEqual({ version: 2 });
    expect(await keep('c', 1)).toEqual({ refused: 'version_conflict' });
    expect(await keep(null)).toEqual({ version: 3 });
    expect(await keep(undefined, 2)).toEqual({ refused: 'version_conflict' });
    expect(await keep(undefined, 3)).toEqual({ deleted: true });
    expect(await keep('x'.repeat(70_000))).toEqual({ refused: 'invalid_request' });
    expect(await call(at, 'keep', { scope: 'agent', key: '', value: 1 })).toEqual({ refused: 'invalid_request' });
  });

  it('is undone with the tool that failed', async () => {
    const { converse } = await started();
    const at = await converse('keeper');
    await call(at, 'keep_and_fail', { scope: 'conversation', key: 'half', value: true });
    expect(await call(at, 'look', { scope: 'conversation', key: 'half' })).toEqual({ none: true });
  });
});
