/** The name of a model becomes part of a provider's URL at some providers: it leads to no other path, query or fragment. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { defaultWorkspace } from '../src/main.ts';
import { notes } from './notes-agent.ts';
import { freshStoreEnvironment } from './stores.ts';
import { startTimonel, type TestTimonel } from './timonel.ts';

const bad = [
  'google/../../secret/admin',
  'google/x?y=1#',
  'google//evil.example/x',
  'google/x/../../../admin',
  'google/%2e%2e/%2e%2e/admin',
  'google/.',
  'google/..',
  'google/x\\..\\admin',
  'google/cachedContents/secret',
  'google/gemini-x:countTokens',
  'google/gemini x',
  'google/',
  'gemini-../../x',
  'gemini-x?key=1#',
  'configured/../../admin?x=1',
  'configured/..',
  'configured/a//b',
  'configured/ok\u0009x',
  `configured/${'x'.repeat(400)}`,
];

let paths: string[] = [];
let server: Server;
let timonel: TestTimonel;
let environment: Record<string, string>;
let remove: () => Promise<void>;
beforeAll(async () => {
  server = createServer((request, response) => {
    paths.push(request.url ?? '');
    const text = 'Hola.';
    const answer = request.url?.includes('generateContent')
      ? {
          candidates: [{ content: { role: 'model', parts: [{ text }] }, finishReason: 'STOP' }],
          usageMetadata: { promptTokenCount: 1, candidatesTokenCount: 1, totalTokenCount: 2 },
        }
      : {
          id: '1',
          object: 'chat.completion',
          created: 1,
          model: 'm',
          choices: [{ index: 0, message: { role: 'assistant', content: text }, finish_reason: 'stop' }],
        };
    request.resume().on('end', () => response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  ({ environment, remove } = await freshStoreEnvironment('embedded'));
  environment = {
    ...environment,
    GEMINI_API_KEY: 'g',
    TIMONEL_GOOGLE_URL: `${url}/v1beta`,
    TIMONEL_MODEL: 'ok',
    TIMONEL_MODEL_URL: `${url}/v1`,
  };
  timonel = await startTimonel('embedded', { agents: [notes] }, { environment });
});
beforeEach(() => {
  paths = [];
});
afterAll(async () => {
  await timonel.close();
  server.closeAllConnections();
  server.close();
  await remove();
});

type Refusal = { error: { code: string; message: string } };
const messages = [{ role: 'user', content: 'Hola' }];

describe('a name that is none', () => {
  it.each(bad)('reaches no provider, by any door: %j', async (model) => {
    const doors: [string, object][] = [
      ['/v1/chat/completions', { model, messages }],
      ['/v1/chat/completions', { model, messages, stream: true }],
      ['/v1/messages', { model, messages, max_tokens: 9 }],
      ['/v1/embeddings', { model, input: 'x' }],
      ['/v1/responses', { model, input: 'x' }],
    ];
    for (const [door, body] of doors) {
      const answer = await timonel.call<Refusal>('POST', door, body);
      expect([door, answer.status === 400 || answer.status === 404]).toEqual([door, true]);
    }
    const stored = await timonel.call('PUT', '/api/v1/routes/led-astray', { targets: [{ model }] });
    expect(stored.status).toBe(400);
    expect(paths).toEqual([]);
  });

  it('is refused with a sentence that says what a name is', async () => {
    const { status, body } = await timonel.call<Refusal>('POST', '/v1/chat/completions', { model: 'google/x?y=1#', messages });
    expect(status).toBe(400);
    expect(body.error).toMatchObject({ code: 'invalid_request', message: expect.stringContaining('A name is provider/model') });
  });

  it('fails closed where an earlier version stored it in a route, and the other routes go on', async () => {
    const { pool } = timonel.timonel.store;
    const put = (alias: string, ...models: string[]) =>
      pool.executeText(
        'INSERT INTO model_routes (workspace_id, alias, version, definition, created_by) VALUES ($1, $2, 1, $3, $4)',
        [defaultWorkspace, alias, JSON.stringify({ targets: models.map((model) => ({ model })) }), 'someone'],
      );
    await put('astray', 'configured/ok', 'google/../../secret/admin');
    await put('sound', 'configured/ok');
    await timonel.close(false);
    timonel = await startTimonel('embedded', { agents: [notes] }, { environment });
    const { status, body } = await timonel.call<Refusal>('POST', '/v1/chat/completions', { model: 'astray', messages });
    expect(status).toBe(400);
    expect(body.error.message).toMatch(/The route "astray" is not asked: "google\/\.\.\/\.\.\/secret\/admin" is not the name/);
    expect(paths).toEqual([]);
    expect((await timonel.call('POST', '/v1/chat/completions', { model: 'sound', messages })).status).toBe(200);
    expect((await timonel.call('GET', '/api/v1/routes')).status).toBe(200);
    expect((await timonel.call('GET', '/api/v1/routes/astray')).status).toBe(200);
    expect((await timonel.call('PUT', '/api/v1/routes/astray', { targets: [{ model: 'configured/ok' }] })).status).toBe(200);
    expect((await timonel.call('POST', '/v1/chat/completions', { model: 'astray', messages })).status).toBe(200);
  });
});

describe('the names that providers have', () => {
  it.each([
    ['google/gemini-3.8-flash', '/v1beta/models/gemini-3.8-flash:generateContent'],
    ['gemini-3.8-flash', '/v1beta/models/gemini-3.8-flash:generateContent'],
    ['google/tunedModels/mine-1', '/v1beta/tunedModels/mine-1:generateContent'],
    ['configured/qwen2.5:7b', '/v1/chat/completions'],
    ['configured/meta-llama/llama-3.1-8b-instruct:free', '/v1/chat/completions'],
    ['configured/@cf/meta/llama-3.1-8b-instruct', '/v1/chat/completions'],
    ['configured/hf.co/bartowski/Llama-3.2-1B-Instruct-GGUF:Q4_K_M', '/v1/chat/completions'],
    ['configured/accounts/fireworks/models/gpt-oss-120b', '/v1/chat/completions'],
  ])('pass: %s', async (model, path) => {
    expect((await timonel.call('POST', '/v1/chat/completions', { model, messages })).status).toBe(200);
    expect(paths).toEqual([path]);
  });
});
