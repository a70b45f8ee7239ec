/** A turn that cannot go on tells what it changed, keeps to its limits, and speaks the customer's language. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineAgent, defineRule, defineTool } from '../src/index.ts';
import { type Line, scriptedModel } from './scripted-model.ts';
import { storeKinds } from './stores.ts';
import { startTimonel, type TestTimonel } from './timonel.ts';

const text = z.object({ text: z.string() });
const tools = [
  defineTool({ name: 'look_up', description: '', input: text, effect: 'read', execute: async ({ text }) => text }),
  defineTool({ name: 'send_letter', description: '', input: text, effect: 'write', target: 'outside', execute: async () => ({}) }),
  defineTool({
    name: 'refund',
    description: '',
    input: text,
    effect: 'write',
    target: 'outside',
    describe: ({ text: order }, { ticket }) => ({
      es: `devolución de ${order} pedida (${ticket})`,
      en: `refund of ${order} requested (${ticket})`,
    }),
    execute: async ({ text }) => ({ ticket: `T-${text}` }),
  }),
  defineTool({
    name: 'broken_words',
    description: '',
    input: text,
    effect: 'write',
    target: 'outside',
    describe: () => {
      throw new Error('no words');
    },
    execute: async () => ({}),
  }),
  defineTool({
    name: 'refused',
    description: '',
    input: text,
    effect: 'write',
    target: 'database',
    execute: () => Promise.reject(new Error('no')),
  }),
];
const policy = [
  defineRule({
    id: 'letters-approved',
    description: '',
    tools: ['send_letter'],
    evaluate: ({ args }) => (args['text'] === 'ask' ? { kind: 'ask', reason: { es: 'Falta.', en: 'Needed.' } } : undefined),
  }),
];
const agent = (name: string, more: object = {}) =>
  defineAgent({ name, version: '1.0.0', description: '', prompt: '', tools, policy, ...more });
const agents = [
  agent('free'),
  agent('seven-steps', { limits: { steps: 7 } }),
  agent('eight-steps', { limits: { steps: 8 } }),
  agent('two-calls', { limits: { toolCalls: 2 } }),
  agent('poor', { limits: { money: 0.0015 } }),
  agent('spanish', { language: 'es' }),
  // Its model has a breaker of its own, which the failures of the other one do not open.
  agent('approving', { model: 'calm' }),
];

describe.each(storeKinds)('a turn that cannot go on (%s)', (kind) => {
  let timonel: TestTimonel;
  let script: Line[] = [];
  const model = scriptedModel(() => script.shift() ?? new Error('nothing left to say'));
  beforeAll(async () => {
    timonel = await startTimonel(kind, {
      agents,
      models: { default: model, calm: model },
      prices: { default: { input: 5, output: 25 } },
    });
  });
  afterAll(() => timonel.close());
  const call = (tool: string, ...texts: string[]): Line => ({ calls: texts.map((each) => ({ tool, args: { text: each } })) });
  const run = async (name: string, said: string, lines: Line[]) => {
    script = lines;
    return timonel.say(await timonel.converse(name), said);
  };
  const spanish = 'Perdón, no pude terminar. Esto sí quedó hecho:\n';
  const english = 'Sorry, I could not finish. This much is done:\n';

  it.each([
    ['seven-steps', [call('refund', 'A1'), call('refund', 'A2'), call('refund', 'A3')], /7 steps/],
    ['two-calls', [call('refund', 'A1'), call('refund', 'A2'), call('refund', 'A3')], /2 tool calls/],
    ['poor', [call('refund', 'A1'), call('refund', 'A2'), call('refund', 'A3')], /0.0015 US dollars/],
    ['free', [call('refund', 'A1'), call('refund', 'A2'), new Error('down')], /model/i],
  ])('says what it did before it reached its end: %s', async (name, lines, why) => {
    const { run: ended, reply } = await run(name, 'I want my money back please', lines);
    expect(ended).toMatchObject({ outcome: 'failed', error: { message: expect.stringMatching(why) } });
    expect(reply.text).toBe(`${english}- refund of A1 requested (T-A1)\n- refund of A2 requested (T-A2)`);
  });

  it('tells only what is recorded as done, in words where the tool has none, and each once', async () => {
    const lines = [
      call('look_up', 'x'),
      call('send_letter', 'a', 'b'),
      call('broken_words', 'x'),
      call('refused', 'x'),
      call('refund', 'A1'),
      new Error('down'),
    ];
    const { reply } = await run('free', 'quiero que me devuelvan la plata', lines);
    expect(reply.text).toBe(`${spanish}- send letter (2 veces)\n- broken words\n- devolución de A1 pedida (T-A1)`);
  });

  it('stores no more steps than its limit, whatever one plan proposes', async () => {
    for (const calls of [1, 2, 3, 4, 9]) {
      for (const name of ['seven-steps', 'eight-steps']) {
        const plan = call('look_up', ...Array.from({ length: calls }, String));
        const { run: ended } = await run(name, 'Hola', [plan, plan, plan, plan, plan]);
        expect(ended.error).toMatchObject({ code: 'limit_reached' });
        expect([name, calls, ended.steps <= (name === 'seven-steps' ? 7 : 8)]).toEqual([name, calls, true]);
      }
    }
    expect((await run('seven-steps', 'Hola', [call('look_up', 'a'), 'Listo.'])).run).toMatchObject({
      outcome: 'replied',
      steps: 5,
    });
  });

  it('counts what the model cost that proposed too much', async () => {
    const { run: ended } = await run('seven-steps', 'Hola', [call('look_up', '1', '2', '3', '4', '5')]);
    expect(ended).toMatchObject({ error: { code: 'limit_reached' }, usage: { modelCalls: 1, inputTokens: 100 } });
  });

  it.each([
    ['where is my order?', /^Sorry/],
    ['¿dónde está mi pedido?', /^Perdón/],
    ['refund', /^Sorry/],
    ['66', /^Sorry/],
  ])('speaks the language of the customer: %s', async (said, reply) => {
    expect((await run('free', said, [new Error('down')])).reply.text).toMatch(reply);
  });

  it('goes by what was said before, and else by the language of the agent', async () => {
    expect((await run('spanish', '66', [new Error('down')])).reply.text).toMatch(/^Perdón/);
    expect((await run('spanish', 'what is this?', [new Error('down')])).reply.text).toMatch(/^Sorry/);
    const conversation = await timonel.converse('spanish');
    script = ['Which one?', new Error('down')];
    await timonel.say(conversation, 'I would like to have my money back');
    expect((await timonel.say(conversation, '66')).reply.text).toMatch(/^Sorry/);
  });

  it.each([
    ['please send it', /^A member of the team/],
    ['mandalo por favor', /^Lo tiene que aprobar/],
  ])('says in it that a person has to approve: %s', async (said, reply) => {
    expect((await run('approving', said, [call('send_letter', 'ask')])).reply.text).toMatch(reply);
  });
});
