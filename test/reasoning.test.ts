/** What a local model thinks between tags is stored with the step and never reaches a customer; a caller of the model itself gets it as it came. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineAgent, defineTool } from '../src/index.ts';
import { callModel, closeCaller } from './model-caller.ts';
import { freshStoreEnvironment } from './stores.ts';
import { startTimonel, type TestTimonel } from './timonel.ts';

const look = defineTool({ name: 'look', description: '', input: z.object({}), effect: 'read', execute: async () => 'seen' });
const agent = (name: string, model: string) =>
  defineAgent({ name, version: '1.0.0', description: '', prompt: '', model, tools: [look], policy: [] });
const agents = [
  agent('plain', 'configured/local-1'),
  agent('thinker', 'configured/qwen3:8b'),
  agent('told', 'told'),
  agent('unknown', 'configured/house-model'),
];

let answer = '';
let bodies: string[] = [];
let server: Server;
let timonel: TestTimonel;
let url: string;
beforeAll(async () => {
  server = createServer(async (request, response) => {
    let body = '';
    for await (const part of request) body += String(part);
    bodies.push(body);
    const base = { id: 'c', created: 1, model: 'm' };
    const usage = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 };
    if (!body.includes('"stream":true')) {
      const message = { role: 'assistant', content: answer };
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(
        JSON.stringify({ ...base, object: 'chat.completion', choices: [{ index: 0, message, finish_reason: 'stop' }], usage }),
      );
      return;
    }
    const chunk = (delta: object, finish_reason: string | null = null) =>
      `data: ${JSON.stringify({ ...base, object: 'chat.completion.chunk', choices: [{ index: 0, delta, finish_reason }] })}\n\n`;
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    // Three characters at a time: every tag is cut.
    const deltas = (answer.match(/[\s\S]{1,3}/g) ?? []).map((content) => chunk({ content }));
    response.end(`${deltas.join('')}${chunk({}, 'stop')}data: [DONE]\n\n`);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { environment } = await freshStoreEnvironment('embedded');
  const provider = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  timonel = await startTimonel(
    'embedded',
    { agents, routes: { told: { targets: [{ model: 'configured/local-2', thinks: true }] } } },
    { environment: { ...environment, TIMONEL_MODEL: 'local-1', TIMONEL_MODEL_URL: provider } },
  );
  url = `${await timonel.timonel.listen()}/v1`;
});
beforeEach(() => {
  bodies = [];
});
afterAll(async () => {
  await closeCaller();
  await timonel.close();
  server.closeAllConnections();
  server.close();
});

/** What a customer sees, by every way to talk to an agent. */
async function seen(name: string): Promise<Record<string, string>> {
  const shown: Record<string, string> = {};
  const say = async (headers: Record<string, string> = {}) => {
    const conversation = await timonel.converse(name);
    const { body } = await timonel.call<unknown>(
      'POST',
      `/api/v1/conversations/${conversation}/messages`,
      { text: 'Hola' },
      headers,
    );
    return typeof body === 'string' ? body : JSON.stringify(body);
  };
  shown['reply'] = await say();
  shown['events'] = await say({ accept: 'text/event-stream' });
  for (const protocol of ['openai', 'anthropic'] as const) {
    for (const stream of [false, true]) {
      const called = await callModel({ url, key: timonel.apiKey, model: name, protocol, stream });
      expect(called).toMatchObject({ outcome: 'success', thinking: '' });
      shown[`${protocol} ${stream}`] = called.text;
    }
  }
  return shown;
}

describe('a customer of an agent', () => {
  it.each([
    ['plain', '<think>the secret plan</think>\n\nHola, soy yo.'],
    ['plain', '<thinking>\nthe secret plan\n</thinking>Hola, soy yo.'],
    ['plain', '<reasoning>the secret plan</reasoning>Hola, soy yo.'],
    ['thinker', '<think>the secret plan</think>Hola, soy yo.'],
    ['thinker', 'the secret plan\n</think>\n\nHola, soy yo.'],
    ['thinker', 'Hola, soy yo.'],
    ['told', 'the secret plan</think>Hola, soy yo.'],
  ])('does not see what it thinks: %s, %j', async (name, written) => {
    answer = written;
    for (const [way, shown] of Object.entries(await seen(name))) {
      expect([way, shown.replaceAll(/"\}\}\n\nevent.*?"delta":"/gs, '').includes('secret')]).toEqual([way, false]);
      expect([way, /think|reasoning/.test(shown.replaceAll(/thinker/g, ''))]).toEqual([way, false]);
      expect([way, shown.includes('Hola, soy yo.')]).toEqual([way, true]);
    }
    const rows = await timonel.timonel.store.pool.executeText<{ content: string }>(
      "SELECT data::text AS content FROM steps WHERE kind = 'model-call' ORDER BY run_id DESC LIMIT 1",
    );
    if (written.includes('secret')) expect(rows[0]?.content).toMatch(/"type": ?"reasoning"/);
  });

  it('sees it of a model that nobody knew to think once at most, and only in a stream', async () => {
    answer = 'the secret plan\n</think>\n\nHola, soy yo.';
    const conversation = await timonel.converse('unknown');
    expect((await timonel.say(conversation, 'Hola')).reply.text).toBe('Hola, soy yo.');
    for (const shown of Object.values(await seen('unknown'))) expect(shown).not.toContain('secret');
  });

  it('hears that there is no answer where the model only thought', async () => {
    answer = '<think>the secret plan that never ends';
    const { run, reply } = await timonel.say(await timonel.converse('plain'), 'Hola');
    expect(run).toMatchObject({ outcome: 'failed', error: { code: 'model_unavailable' } });
    expect(reply.text).not.toContain('secret');
  });
});

it('a caller of the model itself gets the answer as it came', async () => {
  answer = '<think>the secret plan</think>\n\nHola.';
  for (const stream of [false, true]) {
    const called = await callModel({ url, key: timonel.apiKey, model: 'configured/local-1', stream });
    expect(called.text).toBe(answer);
  }
});
