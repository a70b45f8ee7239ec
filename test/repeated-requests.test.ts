import { setTimeout as sleep } from 'node:timers/promises';
import { createOpenAI } from '@ai-sdk/openai';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import Anthropic from '@anthropic-ai/sdk';
import { ChatOpenAI } from '@langchain/openai';
import { generateText, streamText } from 'ai';
import OpenAI from 'openai';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { refundDesk, refunded } from './refund-desk.ts';
import { freshStoreEnvironment, storeKinds } from './stores.ts';
import { startTimonel, type TestTimonel } from './timonel.ts';

/** Longest wait for a reply here; a refund that takes longer is under way when the wait is over, however late it begins. */
const waitMs = 600;

describe.each(storeKinds)('a request that its client repeats (%s)', (kind) => {
  const desk = refundDesk();
  let timonel: TestTimonel;
  let url: string;
  let remove: () => Promise<void>;
  beforeAll(async () => {
    const fresh = await freshStoreEnvironment(kind);
    remove = fresh.remove;
    timonel = await startTimonel(
      kind,
      { agents: [desk.agent], models: { default: desk.model } },
      { environment: { ...fresh.environment, TIMONEL_REPLY_WAIT_MS: String(waitMs) } },
    );
    url = await timonel.timonel.listen();
  });
  afterAll(async () => {
    await timonel.close();
    await remove();
  });
  beforeEach(() => {
    desk.refunds.length = 0;
    desk.takes = 1_000;
  });

  const baseURL = () => `${url}/v1`;
  const say = (content: string) => [{ role: 'user' as const, content }];
  const openai = (more: object = {}) => new OpenAI({ apiKey: timonel.apiKey, baseURL: baseURL(), ...more });
  const anthropic = (more: object = {}) => new Anthropic({ apiKey: timonel.apiKey, baseURL: url, ...more });
  const compatible = () => createOpenAICompatible({ name: 'timonel', baseURL: baseURL(), apiKey: timonel.apiKey });
  const langchain = (more: object = {}) =>
    new ChatOpenAI({ model: 'desk', apiKey: timonel.apiKey, configuration: { baseURL: baseURL() }, ...more });
  /** Without a client: what is sent is what the test says. */
  const post = async (body: object, headers: Record<string, string> = {}, signal?: AbortSignal) => {
    const response = await fetch(`${baseURL()}/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${timonel.apiKey}`, 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ model: 'desk', ...body }),
      ...(signal === undefined ? {} : { signal }),
    });
    const answer = (await response.json()) as { choices?: { message: { content: string } }[]; error?: Record<string, unknown> };
    return { status: response.status, headers: response.headers, answer, text: answer.choices?.[0]?.message.content };
  };
  /** Long enough for every repetition that a client could still make. */
  const settled = () => expect.poll(() => timonel.timonel.runner.activeRuns, { timeout: 20_000 }).toBe(0);

  it.each<[string, () => Promise<unknown>]>([
    ['openai', () => openai().chat.completions.create({ model: 'desk', user: 'a1', messages: say('Devolvé w1') })],
    ['openai without a user', () => openai().chat.completions.create({ model: 'desk', messages: say('Devolvé w2') })],
    ['openai, responses', () => openai().responses.create({ model: 'desk', input: 'Devolvé w3' })],
    ['anthropic', () => anthropic().messages.create({ model: 'desk', max_tokens: 99, messages: say('Devolvé w4') })],
    ['ai', () => generateText({ model: compatible().chatModel('desk'), prompt: 'Devolvé w5' })],
    [
      'ai, responses',
      () => generateText({ model: createOpenAI({ baseURL: baseURL(), apiKey: timonel.apiKey })('desk'), prompt: 'Devolvé w6' }),
    ],
    ['langchain', () => langchain().invoke('Devolvé w7')],
  ])('has one effect where %s waits for longer than an answer does, and is told of the run', async (_client, ask) => {
    const failure = await ask().then(
      () => undefined,
      (error: unknown) => error as Error,
    );
    expect(failure?.message).toMatch(/still working.*\/api\/v1\/runs\//s);
    await settled();
    expect(desk.refunds).toHaveLength(1);
  });

  it.each<[string, () => Promise<string>]>([
    [
      'openai',
      async () =>
        (await openai()
          .chat.completions.stream({ model: 'desk', messages: say('Devolvé s1') })
          .finalContent()) ?? '',
    ],
    [
      'anthropic',
      () =>
        anthropic()
          .messages.stream({ model: 'desk', max_tokens: 99, messages: say('Devolvé s2') })
          .finalText(),
    ],
    ['ai', async () => await streamText({ model: compatible().chatModel('desk'), prompt: 'Devolvé s3' }).text],
    [
      'langchain',
      async () => {
        let text = '';
        for await (const piece of await langchain().stream('Devolvé s4')) text += String(piece.content);
        return text;
      },
    ],
    [
      'openai, responses',
      async () => (await openai().responses.stream({ model: 'desk', input: 'Devolvé s5' }).finalResponse()).output_text,
    ],
  ])('lets a stream of %s simply go on', async (_client, ask) => {
    expect(await ask()).toBe(refunded);
    expect(desk.refunds).toHaveLength(1);
  });

  it.each<[string, () => Promise<string | null | undefined>]>([
    [
      'openai',
      async () => {
        const client = openai({ timeout: 400, maxRetries: 6 });
        return (await client.chat.completions.create({ model: 'desk', messages: say('Devolvé t1') })).choices[0]?.message.content;
      },
    ],
    [
      'anthropic',
      async () => {
        const client = anthropic({ timeout: 400, maxRetries: 6 });
        const { content } = await client.messages.create({ model: 'desk', max_tokens: 99, messages: say('Devolvé t2') });
        return content[0]?.type === 'text' ? content[0].text : undefined;
      },
    ],
    ['langchain', async () => String((await langchain({ timeout: 400, maxRetries: 6 }).invoke('Devolvé t3')).content)],
  ])(
    'gives %s, which lost patience first, the answer of the one turn',
    async (_client, ask) => {
      desk.takes = 1_000;
      expect(await ask()).toBe(refunded);
      await settled();
      expect(desk.refunds).toHaveLength(1);
    },
    30_000,
  );

  it('answers a turn under way in the class of errors that no client repeats', async () => {
    const { status, headers, answer } = await post({ user: 'b', messages: say('Devolvé') });
    expect({ status, code: answer.error?.['code'], retry: headers.get('x-should-retry') }).toEqual({
      status: 400,
      code: 'turn_under_way',
      retry: 'false',
    });
    const runId = String(answer.error?.['runId']);
    await settled();
    expect((await timonel.call('GET', `/api/v1/runs/${runId}`)).body).toMatchObject({ reply: { text: refunded } });
    // Nobody received the answer yet, so that asking again gets it; the next one is a request of its own.
    desk.takes = 0;
    expect(await post({ user: 'b', messages: say('Devolvé') })).toMatchObject({ status: 200, text: refunded });
    expect(desk.refunds).toHaveLength(1);
    expect(await post({ user: 'b', messages: say('Devolvé') })).toMatchObject({ status: 200, text: refunded });
    expect(desk.refunds).toHaveLength(2);
  });

  it('takes a request with an idempotency key once, on every door, also long after its end', async () => {
    desk.takes = 0;
    const key = { 'idempotency-key': 'k-1' };
    const [one, two] = await Promise.all([post({ messages: say('Devolvé') }, key), post({ messages: say('Devolvé') }, key)]);
    const later = await post({ messages: say('Devolvé') }, key);
    const runs = [one, two, later].map(({ headers }) => headers.get('x-timonel-run'));
    expect(new Set(runs).size).toBe(1);
    expect(later.text).toBe(refunded);
    expect(await post({ messages: say('Devolvé otra cosa') }, key)).toMatchObject({
      status: 422,
      answer: { error: { code: 'idempotency_key_reused' } },
    });
    const messages = { model: 'desk', max_tokens: 9, messages: say('Devolvé M') };
    for (let time = 0; time < 2; time++) await anthropic().messages.create(messages, { headers: { 'idempotency-key': 'k-2' } });
    for (let time = 0; time < 2; time++)
      await openai().responses.create({ model: 'desk', input: 'Devolvé R' }, { headers: { 'idempotency-key': 'k-3' } });
    expect(desk.refunds).toEqual(['Devolvé', 'Devolvé M', 'Devolvé R']);
  });

  it('takes the same words said twice for two turns, and once where the client says that it repeats', async () => {
    desk.takes = 0;
    const twice = [await post({ user: 'c', messages: say('Devolvé sí') }), await post({ user: 'c', messages: say('Devolvé sí') })];
    expect(twice.map(({ text }) => text)).toEqual([refunded, refunded]);
    expect(desk.refunds).toHaveLength(2);
    const repeated = await post({ user: 'c', messages: say('Devolvé sí') }, { 'x-stainless-retry-count': '1' });
    expect(repeated).toMatchObject({ status: 200, text: refunded });
    expect(repeated.headers.get('x-timonel-run')).toBe(twice[1]?.headers.get('x-timonel-run'));
    expect(desk.refunds).toHaveLength(2);
  });

  it('keeps people apart who begin with the same words at the same time', async () => {
    desk.takes = 200;
    const begun = await Promise.all(Array.from({ length: 4 }, () => post({ messages: say('Devolvé lo mío') })));
    expect(new Set(begun.map(({ headers }) => headers.get('x-timonel-conversation'))).size).toBe(4);
    expect(desk.refunds).toHaveLength(4);
  });

  /** Says it at `base`, and hangs up once the refund is under way. */
  const sayAndLeave = async (base: string, apiKey: string, content: string) => {
    const gone = new AbortController();
    const left = fetch(`${base}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'desk', messages: say(content) }),
      signal: gone.signal,
    }).catch(() => undefined);
    await expect.poll(() => desk.refunds.length).toBe(1);
    gone.abort();
    await left;
    await sleep(100);
  };

  it('gives a caller who left the answer after a restart', async () => {
    desk.takes = 500;
    const project = { agents: [desk.agent], models: { default: desk.model } };
    const { environment, remove: removeStore } = await freshStoreEnvironment(kind);
    const before = await startTimonel(kind, project, { environment });
    await sayAndLeave(await before.timonel.listen(), before.apiKey, 'Devolvé y me voy');
    await before.close(false);
    const after = await startTimonel(kind, project, { environment });
    const authorization = `Bearer ${before.apiKey}`;
    const body = { model: 'desk', messages: say('Devolvé y me voy') };
    const again = await after.call('POST', '/v1/chat/completions', body, { authorization });
    expect(again).toMatchObject({ status: 200, body: { choices: [{ message: { content: refunded } }] } });
    expect(desk.refunds).toHaveLength(1);
    await after.close(false);
    await removeStore();
  });

  it.runIf(kind === 'postgres')('joins a repetition at another process', async () => {
    desk.takes = 900;
    const project = { agents: [desk.agent], models: { default: desk.model } };
    const other = await startTimonel(kind, project, { environment: { ...timonel.environment, TIMONEL_REPLY_WAIT_MS: '110000' } });
    await sayAndLeave(url, timonel.apiKey, 'Devolvé allá');
    const authorization = `Bearer ${timonel.apiKey}`;
    const body = { model: 'desk', messages: say('Devolvé allá') };
    const again = await other.call('POST', '/v1/chat/completions', body, { authorization });
    expect(again).toMatchObject({ status: 200, body: { choices: [{ message: { content: refunded } }] } });
    expect(desk.refunds).toHaveLength(1);
    await other.close(false);
  });
});
