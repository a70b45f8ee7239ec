/** Answers to similar questions, end to end: a caller, a model and a server of embeddings, each at the other end of a connection. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { writeCredentials } from '../src/cli/credentials.ts';
import { channels, type Fault } from '../src/diagnostics.ts';
import { type EmbeddingProvider, startEmbeddingProvider } from './embedding-provider.ts';
import { canonicalAnswer } from './faulty-provider/answer.ts';
import { type FaultyProvider, startFaultyProvider } from './faulty-provider/server.ts';
import { type Called, callModel, closeCaller, type Question } from './model-caller.ts';
import { notes } from './notes-agent.ts';
import { freshStoreEnvironment } from './stores.ts';
import { startTimonel, type TestTimonel } from './timonel.ts';

const similar = (model: string, threshold = 0.85) => ({ model: `ollama/${model}`, threshold });
const route = (name: string, embeddings = similar(`words-for-${name}`), ttlSeconds = 60) => ({
  targets: [{ model: 'configured/ok-for-similar' }],
  cache: { ttlSeconds, calls: 'always' as const, similar: embeddings },
});
const down = ['failing', 'nonsense', 'silent'] as const;
/** US dollars per million tokens. */
const prices = {
  'configured/ok-for-similar': { input: 1_000, output: 10_000 },
  'ollama/words-for-kept': { input: 100, output: 0 },
  'ollama/dear': { input: 900_000, output: 0 },
};

const opening = '¿A qué hora abre por la mañana el restaurante del hotel?';
const openingToo = '¿A qué hora abre por la mañana el restaurante del gran hotel?';

let provider: FaultyProvider;
let embeddings: EmbeddingProvider;
let timonel: TestTimonel;
let url: string;
let remove: () => Promise<void>;
const faults: Fault[] = [];
const heard = (fault: unknown) => faults.push(fault as Fault);

beforeAll(async () => {
  provider = await startFaultyProvider({ scale: 0.2, tokenMs: 0 });
  embeddings = await startEmbeddingProvider();
  const fresh = await freshStoreEnvironment('embedded');
  remove = fresh.remove;
  const names = ['kept', ...down];
  timonel = await startTimonel(
    'embedded',
    {
      agents: [notes],
      prices,
      routes: {
        ...Object.fromEntries(names.map((name) => [name, route(name)])),
        other: route('other', similar('words-for-kept')),
        short: route('short', undefined, 1),
        strict: route('strict', similar('words-for-strict', 0.99)),
        named: route('named', { model: 'words', threshold: 0.85 }),
        nowhere: route('nowhere', { model: 'nobody', threshold: 0.85 }),
        dear: route('dear', similar('dear')),
        words: { targets: [{ model: 'ollama/words-for-alias' }] },
        plain: { targets: [{ model: 'configured/ok-for-similar' }], cache: { ttlSeconds: 60, calls: 'always' } },
      },
    },
    {
      environment: {
        ...fresh.environment,
        TIMONEL_MODEL: 'ok',
        TIMONEL_MODEL_URL: provider.url,
        TIMONEL_MODEL_KEY: 'canary-provider-key',
        TIMONEL_OLLAMA_URL: embeddings.url,
      },
    },
  );
  url = `${await timonel.timonel.listen()}/v1`;
  channels.fault.subscribe(heard);
});
afterAll(async () => {
  channels.fault.unsubscribe(heard);
  await closeCaller();
  await timonel?.close();
  await remove?.();
  await Promise.all([provider?.close(), embeddings?.close()]);
});
beforeEach(async () => {
  await timonel.call('DELETE', '/api/v1/cache');
  embeddings.inputs.length = 0;
  embeddings.mood = 'well';
  embeddings.delayMs = 0;
  faults.length = 0;
  provider.reset();
});

const ask = async (prompt: string, question: Partial<Question> = {}) => {
  const called = await callModel({ url, key: timonel.apiKey, model: 'kept', stream: false, prompt, ...question });
  expect(called).toMatchObject({ outcome: 'success', text: canonicalAnswer, done: true });
  return called;
};
const stateOf = ({ headers }: Called) => headers['x-timonel-cache'];
const state = async (...asked: Parameters<typeof ask>) => stateOf(await ask(...asked));

interface Stats {
  hits: number;
  misses: number;
  similar: number;
  saved: number;
}
const stats = async () => (await timonel.call<Stats>('GET', '/api/v1/cache/stats')).body;

describe.each([
  ['openai', false],
  ['openai', true],
  ['anthropic', false],
  ['anthropic', true],
] as const)('a question like one that was answered (%s, stream: %s)', (protocol, stream) => {
  it('gets its answer, marked, at the price of its vector', async () => {
    const before = await stats();
    const first = await ask(opening, { protocol, stream });
    expect(stateOf(first)).toBe('miss');
    const again = await ask(openingToo, { protocol, stream });
    expect(stateOf(again)).toBe('similar');
    expect(again.headers['x-timonel-model']).toBe('configured/ok-for-similar');
    expect(provider.exchanges()).toHaveLength(1);
    expect(embeddings.inputs.map(({ input }) => input)).toEqual([opening, openingToo]);
    const vectors = [opening, openingToo].map((text) => (text.split(' ').length * 100) / 1e6);
    expect(Number(again.headers['x-timonel-cost'])).toBeCloseTo(vectors[1] ?? 0, 9);
    const after = await stats();
    expect([after.hits - before.hits, after.misses - before.misses, after.similar - before.similar]).toEqual([0, 1, 1]);
    const tokens = (provider.exchanges()[0]?.promptTokens ?? 0) * 0.001 + 60 * 0.01;
    expect(after.saved - before.saved).toBeCloseTo(tokens - (vectors[0] ?? 0) - (vectors[1] ?? 0), 6);
    // A whole answer says so at once what both calls cost; the same question again costs nothing, nor is it embedded.
    if (!stream) expect(Number(first.headers['x-timonel-cost'])).toBeCloseTo(tokens + (vectors[0] ?? 0), 6);
    expect(await state(opening, { protocol, stream })).toBe('hit');
    expect(embeddings.inputs).toHaveLength(2);
  });

  it('does not get it where it is not that similar, or something that counts is another', async () => {
    await ask('¿Hay sitio en el restaurante del hotel para 2 el viernes?', { protocol, stream });
    for (const other of [
      '¿Hay aparcamiento?',
      '¿Hay sitio en el restaurante del hotel para 3 el viernes?',
      '¿Hay sitio en el restaurante del hotel para 2 el sábado?',
      '¿No hay sitio en el restaurante del hotel para 2 el viernes?',
    ])
      expect([other, await state(other, { protocol, stream })]).toEqual([other, 'miss']);
    expect(await state('¿Hay sitio en el restaurante del gran hotel para 2 el viernes?', { protocol, stream })).toBe('similar');
    expect(provider.exchanges()).toHaveLength(5);
  });
});

describe('what is similar only within', () => {
  it.each<[string, Partial<Question>]>([
    [
      'one system prompt',
      {
        extra: {
          messages: [
            { role: 'system', content: 'Otro.' },
            { role: 'user', content: openingToo },
          ],
        },
      },
    ],
    [
      'one conversation',
      {
        extra: {
          messages: [
            { role: 'user', content: 'Hola' },
            { role: 'assistant', content: 'Hola' },
            { role: 'user', content: openingToo },
          ],
        },
      },
    ],
    ['the same parameters', { extra: { max_tokens: 7 } }],
    ['the same tools', { extra: { tools: [{ type: 'function', function: { name: 'f', parameters: {} } }] } }],
    ['one form of the answer', { stream: true }],
    ['one protocol', { protocol: 'anthropic' }],
    ['one route', { model: 'other' }],
  ])('%s', async (_name, question) => {
    await ask(opening);
    expect(await state(openingToo, question)).toBe('miss');
    expect(await state(openingToo)).toBe('similar');
  });

  it('one version of the route', async () => {
    await ask(opening, { model: 'other' });
    const changed = await timonel.call('PUT', '/api/v1/routes/other', route('other', similar('words-for-kept')), {
      'if-match': '"0"',
    });
    expect(changed.status).toBe(200);
    expect(await state(openingToo, { model: 'other' })).toBe('miss');
  });

  it('one workspace', async () => {
    await ask(opening);
    await timonel.timonel.store.pool.executeText(
      `INSERT INTO workspaces (workspace_id, name, time_zone) VALUES ('neighbour', 'Neighbour', 'UTC')`,
    );
    const key = await timonel.timonel.apiKeys.create({
      id: crypto.randomUUID(),
      workspaceId: 'neighbour',
      name: 'neighbour',
      role: 'admin',
    });
    expect(await state(openingToo, { key })).toBe('miss');
    expect(await state(openingToo)).toBe('similar');
    // What one workspace forgets the other keeps.
    await timonel.call('DELETE', '/api/v1/cache', undefined, { authorization: `Bearer ${key}` });
    expect(await state(openingToo, { key })).toBe('miss');
    expect(await state(openingToo)).toBe('similar');
  });

  it('the life of the answer', async () => {
    await ask(opening, { model: 'short' });
    expect(await state(openingToo, { model: 'short' })).toBe('similar');
    await expect.poll(() => state(`${openingToo} `, { model: 'short' }), { timeout: 20_000, interval: 300 }).toBe('miss');
  });

  it('what was not cleared', async () => {
    await ask(opening);
    await timonel.call('DELETE', '/api/v1/cache');
    expect(await state(openingToo)).toBe('miss');
  });

  it('the threshold of the route', async () => {
    await ask(opening, { model: 'strict' });
    expect(await state(openingToo, { model: 'strict' })).toBe('miss');
    for (const threshold of [0.79, 1.01]) {
      const definition = { ...route('x', similar('x', threshold)) };
      expect((await timonel.call('PUT', '/api/v1/routes/wrong', definition, { 'if-match': '"0"' })).status).toBe(400);
    }
  });
});

describe('questions that have no vector', () => {
  const parts = (...content: object[]) => ({ extra: { messages: [{ role: 'user', content }] } });
  const text = { type: 'text', text: opening };

  it('are those whose last message is not the plain text of a user, and all on a route that does not want it', async () => {
    const picture = { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgo=' } };
    await ask('', parts(text, picture));
    const called = [{ id: 'c', type: 'function', function: { name: 'f', arguments: '{}' } }];
    const result = { role: 'tool', tool_call_id: 'c', content: opening };
    const messages = [{ role: 'user', content: opening }, { role: 'assistant', tool_calls: called }, result];
    await ask('', { extra: { messages } });
    await ask('x'.repeat(2_001));
    await ask(opening, { model: 'plain' });
    expect(embeddings.inputs).toEqual([]);
    // One part that is text is a text.
    expect(await state('', parts(text))).toBe('miss');
    expect(await state('', parts({ ...text, text: openingToo }))).toBe('similar');
    expect(embeddings.inputs).toHaveLength(2);
  });

  it('may have one by the name of a route', async () => {
    await ask(opening, { model: 'named' });
    expect(await state(openingToo, { model: 'named' })).toBe('similar');
    expect(embeddings.inputs.map(({ model }) => model)).toEqual(['words-for-alias', 'words-for-alias']);
  });

  it.each(down)('are answered by the model when the embeddings are %s, and that is told once', async (mood) => {
    embeddings.mood = mood;
    for (const each of ['uno', 'dos', 'tres', 'cuatro', 'cinco'])
      expect(await state(`${opening} ${each}`, { model: mood, stream: each === 'dos' })).toBe('miss');
    expect(provider.exchanges()).toHaveLength(5);
    expect(faults.map(({ what }) => what)).toEqual(['embedding a question']);
    // After three in a row it is left alone for a while.
    expect(new Set(embeddings.inputs.map(({ input }) => input)).size).toBe(3);
    // The answers are kept all the same.
    expect(await state(`${opening} uno`, { model: mood })).toBe('hit');
  });

  it('are answered by the model when there is no such model of embeddings', async () => {
    expect(await state(opening, { model: 'nowhere' })).toBe('miss');
    expect(String(faults[0]?.error)).toContain('There is no model or route "nobody"');
  });

  it('are answered by the model when a budget refuses the vector', async () => {
    const budget = { scope: 'workspace', period: 'month', money: 5 };
    const { body } = await timonel.call<{ id: string }>('PUT', '/api/v1/budgets', budget);
    const extra = { max_tokens: 100 };
    expect(await state(opening, { model: 'dear', extra })).toBe('miss');
    expect(await state(openingToo, { model: 'dear', extra })).toBe('miss');
    expect(embeddings.inputs).toEqual([]);
    expect(faults).toMatchObject([{ what: 'embedding a question', error: { code: 'budget_exceeded' } }]);
    await timonel.call('DELETE', `/api/v1/budgets/${body.id}`);
    // Nobody has to wait until it is tried again.
    await ask(opening, { model: 'dear', extra: { max_tokens: 101 } });
    expect(embeddings.inputs).toHaveLength(1);
  });

  it('do not wait for one when their callers left', async () => {
    embeddings.mood = 'silent';
    const leave = new AbortController();
    const called = callModel({ url, key: timonel.apiKey, model: 'other', prompt: opening, signal: leave.signal });
    await expect.poll(() => embeddings.inputs.length).toBe(1);
    leave.abort();
    expect((await called).outcome).toBe('left');
    embeddings.mood = 'well';
    expect(await state(opening, { model: 'other', stream: true })).toBe('miss');
    expect(faults).toEqual([]);
    expect(provider.exchanges()).toHaveLength(1);
  });
});

it('does not refuse a stream to one caller because another who asked first may not spend so much', async () => {
  const made = await timonel.call<{ id: string; apiKey: string }>('POST', '/api/v1/api-keys', {
    name: 'poor',
    scopes: ['models:use'],
  });
  const budget = { scope: 'api-key', subject: made.body.id, period: 'month', money: 0.5 };
  const { status, body } = await timonel.call<{ id: string }>('PUT', '/api/v1/budgets', budget);
  expect(status).toBe(200);
  // Its vector it may pay for, the answer not.
  embeddings.delayMs = 300;
  const extra = { max_tokens: 100 };
  const poor = callModel({ url, key: made.body.apiKey, model: 'kept', prompt: opening, extra });
  await expect.poll(() => embeddings.inputs.length).toBe(1);
  const others = [opening, opening].map((text) => ask(text, { stream: true, extra }));
  expect((await poor).error?.code).toBe('budget_exceeded');
  expect((await Promise.all(others)).map(stateOf).toSorted()).toEqual(['joined', 'miss']);
  expect(provider.exchanges()).toHaveLength(1);
  await timonel.call('DELETE', `/api/v1/budgets/${body.id}`);
});

it('is one look for all who ask the same at once, and shows in the metrics and the statistics', async () => {
  await ask(opening);
  embeddings.delayMs = 300;
  const all = await Promise.all([openingToo, openingToo, openingToo].map((text) => ask(text)));
  expect(all.map(stateOf)).toEqual(Array(3).fill('similar'));
  expect(embeddings.inputs).toHaveLength(2);
  expect(all.filter(({ headers }) => headers['x-timonel-cost'] !== '0')).toHaveLength(1);
  const { body } = await timonel.call<string>('GET', '/metrics');
  expect(body).toMatch(/timonel_cache_lookups_total\{[^}]*state="similar"[^}]*\} [1-9]/);
  const home = mkdtempSync(join(tmpdir(), 'timonel-cli-'));
  try {
    writeCredentials(home, { url: url.replace(/\/v1$/, ''), apiKey: timonel.apiKey });
    const program = fileURLToPath(new URL('../bin/timonel.mjs', import.meta.url));
    const env = { PATH: process.env['PATH'] ?? '', TIMONEL_HOME: home };
    const { stdout } = await promisify(execFile)(process.execPath, [program, 'cache', 'stats'], { env });
    expect(stdout).toContain(`  similar ${(await stats()).similar}\n`);
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
});
