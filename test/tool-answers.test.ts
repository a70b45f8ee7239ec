/** A tool's answer is bounded, whatever its size; its effect is recorded all the same; one workspace's outage is no other's. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineAgent, defineTool } from '../src/index.ts';
import { newWorkspace } from './new-workspace.ts';
import { type Line, scriptedModel } from './scripted-model.ts';
import { storeKinds } from './stores.ts';
import { startTimonel, type TestTimonel } from './timonel.ts';

const answers: Record<string, unknown> = {
  text: `begin ${'x'.repeat(40_000_000)} end`,
  rows: Array.from({ length: 500_000 }, (_, id) => ({ id, name: `customer ${id}`, note: 'a note that is not short' })),
  emoji: '😀'.repeat(2_000_000),
  short: 'short',
};
const circle: Record<string, unknown> = { amount: 10n };
circle['itself'] = circle;

const input = z.object({ what: z.string() });
let made = 0;
let attempts = 0;
const tools = [
  defineTool({ name: 'read_it', description: '', input, effect: 'read', execute: async ({ what }) => ({ answer: answers[what] }) }),
  defineTool({
    name: 'read_little',
    description: '',
    input,
    effect: 'read',
    maxOutputBytes: 1_000,
    execute: async ({ what }) => answers[what],
  }),
  defineTool({
    name: 'write_outside',
    description: '',
    input,
    effect: 'write',
    target: 'outside',
    async execute({ what }) {
      made += 1;
      return what === 'circle' ? circle : { answer: answers[what] };
    },
  }),
  defineTool({
    name: 'write_here',
    description: '',
    input,
    effect: 'write',
    target: 'database',
    execute: async ({ what }) => (what === 'circle' ? circle : { answer: answers[what] }),
  }),
  defineTool({
    name: 'ask_outside',
    description: '',
    input,
    effect: 'read',
    async execute(_input, { workspaceId }) {
      attempts += 1;
      if (workspaceId === 'default') throw new Error('out of order');
      return 'fine';
    },
  }),
];
const agent = defineAgent({ name: 'reader', version: '1.0.0', description: '', prompt: '', tools, policy: [] });

describe.each(storeKinds)('what a tool answers (%s)', (kind) => {
  let timonel: TestTimonel;
  let script: Line[] = [];
  const model = scriptedModel(() => script.shift() ?? 'Listo.');
  beforeAll(async () => {
    timonel = await startTimonel(kind, { agents: [agent], models: { default: model } });
  });
  afterAll(() => timonel.close());
  const use = async (tool: string, what: string) => {
    script = [{ calls: [{ tool, args: { what } }] }, 'Listo.'];
    const turn = await timonel.say(await timonel.converse('reader'), 'Hola');
    expect(turn.run.outcome).toBe('replied');
    const { body } = await timonel.call<string>('GET', `/api/v1/runs/${turn.run.id}/events`);
    return { events: body, heard: JSON.stringify(model.asked.at(-1)?.prompt.at(-1)) };
  };

  it.each(['text', 'rows', 'emoji'])(
    'reaches the model and the record within 64 kB, with its beginning, its end and a note: %s',
    async (what) => {
      for (const tool of ['read_it', 'write_outside', 'write_here']) {
        const { events, heard } = await use(tool, what);
        expect(heard).toMatch(/\[cut: [\d,]+ of [\d,]+ (characters|items) left out\]/);
        expect(heard.length).toBeGreaterThan(20_000);
        expect(heard.length).toBeLessThan(80_000);
        expect(heard.isWellFormed()).toBe(true);
        if (what === 'text') expect(heard).toMatch(/begin x.* end/s);
        if (what === 'rows') expect(heard).toMatch(/customer 0\b.*customer 499999\b/s);
        expect(events).toContain('"status":"completed"');
      }
    },
  );

  it('keeps to the bound that the tool gives', async () => {
    const { heard } = await use('read_little', 'text');
    expect(heard).toMatch(/begin x.* end/s);
    expect(heard.length).toBeLessThan(1_500);
    expect((await use('read_little', 'short')).heard).not.toContain('cut');
  });

  it('is recorded whatever it is, and the effect is made once', async () => {
    for (const tool of ['write_outside', 'write_here']) {
      made = 0;
      const { events } = await use(tool, 'circle');
      expect(events).toContain('"status":"completed"');
      expect(events).toContain('[cut: it contains itself]');
      expect(made).toBe(tool === 'write_outside' ? 1 : 0);
    }
  });

  it.each(['text', 'rows'])('holds the thread of the loop for 50 ms at most: %s', async (what) => {
    const longest: number[] = [];
    for (let attempt = 0; attempt < 5; attempt += 1) {
      const delay = monitorEventLoopDelay({ resolution: 1 });
      delay.enable();
      await use('read_it', what);
      delay.disable();
      longest.push(delay.max / 1e6);
    }
    expect(Math.min(...longest)).toBeLessThan(50);
  });

  it('stops asking a tool that keeps failing in one workspace, and goes on in the others', async () => {
    attempts = 0;
    for (let turn = 0; turn < 8; turn += 1) await use('ask_outside', 'x');
    expect(attempts).toBe(5);
    const headers = await newWorkspace(timonel, 'other');
    const { body } = await timonel.call<{ id: string }>('POST', '/api/v1/conversations', { agent: 'reader' }, headers);
    script = [{ calls: [{ tool: 'ask_outside', args: { what: 'x' } }] }, 'Listo.'];
    await timonel.say(body.id, 'Hola', headers);
    expect(attempts).toBe(6);
    expect(JSON.stringify(model.asked.at(-1)?.prompt.at(-1))).toContain('fine');
  });
});
