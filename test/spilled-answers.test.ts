/** Answers of tools that are too long for a model: their whole is an artifact of the conversation, and the model reads on in it. */
import type { LanguageModelV4Prompt } from '@ai-sdk/provider';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineAgent, defineTool, readOutput } from '../src/index.ts';
import { download } from './artifact-client.ts';
import { type Line, scriptedModel } from './scripted-model.ts';
import { freshStoreEnvironment, storeKinds } from './stores.ts';
import { startTimonel, type TestTimonel, type TurnBody } from './timonel.ts';

const lines = Array.from({ length: 6_000 }, (_, line) => `línea ${line} 🧾 ${'ñ'.repeat(line % 7)}`);
const log = lines.join('\n');
let attempts = 0;
const long = { description: 'Answers at length.', maxOutputBytes: 2_000 };

const agent = defineAgent({
  name: 'logs',
  version: '1.0.0',
  description: 'Reads logs.',
  prompt: 'You read logs.',
  tools: [
    readOutput,
    defineTool({ ...long, name: 'read_log', input: z.object({}), effect: 'read', execute: async () => log }),
    defineTool({ ...long, name: 'list_lines', input: z.object({}), effect: 'read', execute: async () => ({ lines }) }),
    defineTool({
      ...long,
      name: 'store_log',
      input: z.object({}),
      effect: 'write',
      target: 'database',
      async execute(_input, context) {
        // The first attempt is undone, with what it kept.
        if (attempts++ === 0) throw Object.assign(new Error('deadlock detected'), { code: '40P01' });
        await context.state.conversation.set('stored', attempts);
        return log;
      },
    }),
  ],
  policy: [],
});

/** What the model is shown of the last results. */
const results = (prompt: LanguageModelV4Prompt) => {
  const last = prompt.at(-1);
  return last?.role === 'tool'
    ? last.content.map((part) => (part.type === 'tool-result' ? (part.output as { value: unknown }).value : undefined))
    : [];
};

describe.each(storeKinds)('an answer that is too long (%s)', (kind) => {
  let timonel: TestTimonel;
  let script: ((prompt: LanguageModelV4Prompt) => Line)[] = [];
  const model = scriptedModel(({ prompt }) => (script.shift() ?? (() => 'Done.'))(prompt));
  beforeAll(async () => {
    timonel = await startTimonel(kind, { agents: [agent], models: { default: model } });
  });
  afterAll(() => timonel?.close());

  const call = (tool: string, args: object = {}) => ({ calls: [{ tool, args }] });
  const ask = async (steps: typeof script, conversation?: string) => {
    script = steps;
    const place = conversation ?? (await timonel.converse('logs', { name: 'Ana', email: 'ana@example.com' }));
    return { ...(await timonel.say(place, 'Look.')), conversation: place };
  };
  const recordOf = async (runId: string, tool: string) =>
    (await timonel.timonel.views.steps('default', runId, -1)).flatMap(({ step }) =>
      step.kind === 'tool-call' && step.record.tool === tool ? [step.record] : [],
    );

  it('is kept whole, and read on from piece to piece', async () => {
    const pieces: string[] = [];
    let artifact = '';
    const readOn = (prompt: LanguageModelV4Prompt): Line => {
      const [shown] = results(prompt) as { output?: string; whole?: string; text?: string; next?: number | null }[];
      if (shown?.whole !== undefined) {
        expect(shown.output).toMatch(/^línea 0 🧾.*left out\] …\n.*línea 5999/su);
        artifact = /artifact ([\da-f-]{36})/.exec(shown.whole)?.[1] ?? '';
        return call('read_output', { artifact, bytes: 16_384 });
      }
      pieces.push(shown?.text ?? '');
      return shown?.next === null ? 'Read.' : call('read_output', { artifact, offset: shown?.next, bytes: 16_384 });
    };
    const { run } = await ask([() => call('read_log'), ...Array.from({ length: 14 }, () => readOn)]);
    expect(run).toMatchObject({ outcome: 'replied' });
    expect(pieces.join('')).toBe(log);
    const [record] = await recordOf(run.id, 'read_log');
    expect(record?.spilled).toEqual({ artifact, bytes: Buffer.byteLength(log) });
    const kept = await download(timonel, `/api/v1/artifacts/${artifact}/content`);
    expect(kept.bytes.toString()).toBe(log);
  });

  it('keeps the form of its answer in what is shown', async () => {
    const { run } = await ask([() => call('list_lines'), () => 'Listed.']);
    const [record] = await recordOf(run.id, 'list_lines');
    expect(record?.output).toEqual({ lines: expect.arrayContaining([expect.stringContaining('items left out')]) });
    const kept = await download(timonel, `/api/v1/artifacts/${record?.spilled?.artifact}/content`);
    expect(JSON.parse(kept.bytes.toString())).toEqual({ lines });
  });

  it('begins and ends between characters, wherever it is read from', async () => {
    const { run, conversation } = await ask([() => call('read_log'), () => 'Read.']);
    const [{ spilled } = { spilled: undefined }] = await recordOf(run.id, 'read_log');
    const whole = Buffer.from(log);
    for (const offset of [9, 10, 11, 12]) {
      let piece: { text: string; offset: number; next: number } | undefined;
      await ask(
        [
          () => call('read_output', { artifact: spilled?.artifact, offset, bytes: 301 }),
          (prompt) => {
            [piece] = results(prompt) as [NonNullable<typeof piece>];
            return 'Read.';
          },
        ],
        conversation,
      );
      expect(piece?.text).toBe(whole.subarray(piece?.offset, piece?.next).toString());
      expect(piece?.text).not.toContain('\ufffd');
    }
  });

  it('is read in its conversation only', async () => {
    const { run } = await ask([() => call('read_log'), () => 'Read.']);
    const [record] = await recordOf(run.id, 'read_log');
    let shown: unknown[] = [];
    const look = (prompt: LanguageModelV4Prompt) => {
      shown = results(prompt);
      return 'Read.';
    };
    await ask([() => call('read_output', { artifact: record?.spilled?.artifact }), look]);
    expect(shown).toEqual([{ refused: expect.stringContaining('has no artifact') }]);
  });

  it('is part of the transaction of a tool that writes, and goes with the conversation', async () => {
    attempts = 0;
    const { run, conversation } = await ask([() => call('store_log'), () => 'Stored.']);
    const [record] = await recordOf(run.id, 'store_log');
    expect(record).toMatchObject({ status: 'completed', spilled: { bytes: Buffer.byteLength(log) } });
    const { pool } = timonel.timonel.store;
    const count = () => pool.executeText('SELECT FROM artifacts WHERE conversation_id = $1', [conversation]);
    expect(await count()).toHaveLength(1);
    const person = { email: 'ana@example.com' };
    const exported = await timonel.call<{ data: { artifacts: { id: string }[] } }>('POST', '/api/v1/privacy/export', person);
    expect(exported.body.data.artifacts.map(({ id }) => id)).toContain(record?.spilled?.artifact);
    expect(await timonel.call('POST', '/api/v1/privacy/erase', person)).toMatchObject({ status: 200 });
    expect(await count()).toEqual([]);
  });
});

describe('an answer that is too long, where nothing can be kept', () => {
  it('is cut, and the run goes on', async () => {
    const fresh = await freshStoreEnvironment('embedded');
    const environment = { ...fresh.environment, TIMONEL_ARTIFACTS_PER_CONVERSATION: '1' };
    let said = 0;
    const model = scriptedModel(() => (said++ < 2 ? { calls: [{ tool: 'read_log', args: {} }] } : 'Done.'));
    const timonel = await startTimonel('embedded', { agents: [agent], models: { default: model } }, { environment });
    try {
      const { run } = (await timonel.say(await timonel.converse('logs'), 'Look twice.')) as TurnBody;
      const records = (await timonel.timonel.views.steps('default', run.id, -1)).flatMap(({ step }) =>
        step.kind === 'tool-call' ? [step.record] : [],
      );
      expect(run).toMatchObject({ outcome: 'replied' });
      expect(records.map(({ spilled }) => spilled !== undefined)).toEqual([true, false]);
      expect(records[1]?.output).toContain('left out');
    } finally {
      await timonel.close();
      await fresh.remove();
    }
  });
});
