/** The contract on the smaller channels, at the wire: signature, message, options, refusal, files, and what is repeated. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import twilio from 'twilio';
import { describe, expect, it } from 'vitest';
import { scriptedModel } from '../scripted-model.ts';
import { freshStoreEnvironment, type StoreKind, storeKinds } from '../stores.ts';
import { startTimonel } from '../timonel.ts';
import { echoAgent, lastSaid } from './echo-agent.ts';

const patient = { timeout: 30_000, interval: 50 };
const publicUrl = 'https://timonel.example.com';

interface Call {
  path: string;
  body: Record<string, unknown>;
  authorization: string | undefined;
}

type Answer = (call: Call) => { status: number; body: object };

/** A stand-in that records calls and answers what it is told. */
async function provider(answer: Answer) {
  const calls: Call[] = [];
  const server = createServer(async (request: IncomingMessage, response: ServerResponse) => {
    const text = (await buffer(request)).toString();
    const form = request.headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true;
    const body = form ? Object.fromEntries(new URLSearchParams(text)) : (JSON.parse(text || '{}') as Record<string, unknown>);
    const call = { path: request.url ?? '', body, authorization: request.headers.authorization };
    calls.push(call);
    const told = answer(call);
    response.writeHead(told.status, { 'content-type': 'application/json' }).end(JSON.stringify(told.body));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { calls, url, close: () => void server.close() };
}

async function connected(
  kind: StoreKind,
  channel: 'telegram' | 'twilio',
  answer: Answer,
  connection: { settings: object; secrets: object },
) {
  const stand = await provider(answer);
  const fresh = await freshStoreEnvironment(kind);
  const test = await startTimonel(
    kind,
    { agents: [echoAgent], models: { default: scriptedModel(({ prompt }) => `echo: ${lastSaid(prompt)}`) } },
    {
      environment: {
        ...fresh.environment,
        TIMONEL_PUBLIC_URL: publicUrl,
        TIMONEL_TELEGRAM_URL: stand.url,
        TIMONEL_TWILIO_URL: stand.url,
      },
    },
  );
  const added = await test.call('POST', '/api/v1/channels', { channel, name: channel, agent: 'echo', ...connection });
  expect(added.status, JSON.stringify(added.body)).toBe(201);
  const path = `/api/v1/channels/${(added.body as { id: string }).id}/webhook`;
  const post = async (payload: string, headers: Record<string, string>, query = '') =>
    (await test.timonel.app.inject({ method: 'POST', url: `${path}${query}`, payload, headers })).statusCode;
  const states = () =>
    test.timonel.store.pool.executeText<{ state: string; status: string | null; error: { code: string } | null }>(
      'SELECT state, status, error FROM channel_deliveries ORDER BY sequence',
    );
  return {
    ...stand,
    test,
    path,
    post,
    states,
    async [Symbol.asyncDispose]() {
      await test.close();
      stand.close();
      await fresh.remove();
    },
  };
}

describe.each(storeKinds)('Telegram (%s)', (kind) => {
  const secrets = { token: '123456:test-token', webhookSecret: 'a-webhook-secret' };
  const headers = { 'content-type': 'application/json', 'x-telegram-bot-api-secret-token': secrets.webhookSecret };
  let updates = 1_000;
  const said = (text: string, id = ++updates) =>
    JSON.stringify({
      update_id: id,
      message: {
        message_id: 7,
        date: 1_700_000_000,
        chat: { id: 42, type: 'private' },
        from: { id: 42, is_bot: false, first_name: 'Ana' },
        text,
      },
    });
  const open = (answer?: Answer) =>
    connected(
      kind,
      'telegram',
      answer ?? (() => ({ status: 200, body: { ok: true, result: { message_id: 8, chat: { id: 42 } } } })),
      {
        settings: { botId: '123456' },
        secrets,
      },
    );
  const texts = (calls: Call[]) => calls.filter(({ path }) => path.endsWith('/sendMessage')).map(({ body }) => body['text']);

  it('is answered once, and only who knows the secret is heard', async () => {
    await using bot = await open();
    expect(await bot.post(said('x'), { ...headers, 'x-telegram-bot-api-secret-token': 'another-secret' })).toBe(401);
    expect(await bot.post(said('x'), { 'content-type': 'application/json' })).toBe(401);
    const body = said('hola');
    expect(await Promise.all([bot.post(body, headers), bot.post(body, headers)])).toEqual([200, 200]);
    await expect.poll(() => texts(bot.calls), patient).toEqual(['echo: hola']);
    const press = {
      update_id: ++updates,
      callback_query: {
        id: '1',
        from: { id: 42, first_name: 'Ana' },
        data: 'Corte',
        message: { chat: { id: 42, type: 'private' } },
      },
    };
    expect(await bot.post(JSON.stringify(press), headers)).toBe(200);
    await expect.poll(() => texts(bot.calls), patient).toEqual(['echo: hola', 'echo: Corte']);
    for (const other of [
      { update_id: ++updates, poll: {} },
      { update_id: ++updates, message: { chat: { id: 1, type: 'group' }, text: 'x' } },
      [],
      7,
    ])
      expect(await bot.post(JSON.stringify(other), headers)).toBe(200);
    expect(bot.calls.some(({ path }) => path.endsWith('/sendChatAction'))).toBe(true);
  });

  it('waits as long as it is told, and stops for who blocked the bot', async () => {
    const answers: { status: number; body: object }[] = [
      { status: 429, body: { ok: false, error_code: 429, description: 'Too Many Requests', parameters: { retry_after: 1 } } },
      { status: 200, body: { ok: true, result: { message_id: 9, chat: { id: 42 } } } },
      { status: 403, body: { ok: false, error_code: 403, description: 'Forbidden: bot was blocked by the user' } },
    ];
    await using bot = await open(
      ({ path }) =>
        (path.endsWith('/sendMessage') ? answers.shift() : undefined) ?? { status: 200, body: { ok: true, result: {} } },
    );
    await bot.post(said('a'), headers);
    await expect.poll(async () => (await bot.states()).map(({ state }) => state), patient).toEqual(['sent']);
    await bot.post(said('b'), headers);
    await expect.poll(async () => (await bot.states())[1], patient).toMatchObject({ state: 'refused', error: { code: '403' } });
  });
});

describe.each(storeKinds)('Twilio (%s)', (kind) => {
  const token = 'a-test-auth-token';
  const sid = `AC${'0'.repeat(32)}`;
  const settings = { accountSid: sid, from: '+15557122661' };
  let count = 0;
  const open = () =>
    connected(kind, 'twilio', () => ({ status: 201, body: { sid: `SM-out-${++count}` } }), {
      settings,
      secrets: { authToken: token },
    });
  const form = (fields: Record<string, string>) => new URLSearchParams(fields).toString();
  const signed = (path: string, fields: Record<string, string>) => ({
    'content-type': 'application/x-www-form-urlencoded',
    'x-twilio-signature': twilio.getExpectedTwilioSignature(token, `${publicUrl}${path}`, fields),
  });
  const said = (body: string, id = `SM-in-${++count}`) => ({
    MessageSid: id,
    From: '+5491155550001',
    To: '+15557122661',
    Body: body,
    SmsStatus: 'received',
  });

  it('takes what Twilio itself signs, and hears what became of messages', async () => {
    await using phone = await open();
    const fields = said('¿mañana a las 5? 🏨 & más');
    expect(await phone.post(form(fields), signed(phone.path, fields))).toBe(200);
    expect(await phone.post(form(fields), signed(phone.path, fields))).toBe(200);
    await expect.poll(() => phone.calls.map(({ body }) => body['Body']), patient).toEqual(['echo: ¿mañana a las 5? 🏨 & más']);
    const [call] = phone.calls;
    expect(call).toMatchObject({
      body: { To: '+5491155550001', From: '+15557122661' },
      authorization: `Basic ${btoa(`${sid}:${token}`)}`,
    });
    const callback = new URL(String(call?.body['StatusCallback']));
    expect(callback.pathname).toBe(phone.path);
    const told = { MessageSid: `SM-out-${count}`, MessageStatus: 'delivered', From: '+15557122661', To: '+5491155550001' };
    expect(await phone.post(form(told), signed(`${phone.path}${callback.search}`, told), callback.search)).toBe(200);
    await expect.poll(phone.states, patient).toMatchObject([{ state: 'sent', status: 'delivered' }]);
    const conversation = await phone.test.timonel.store.pool.executeText('SELECT channel FROM conversations');
    expect(conversation).toEqual([{ channel: 'sms' }]);
  });

  it('refuses another address, other fields and another token', async () => {
    await using phone = await open();
    const fields = said('hola');
    const post = (headers: Record<string, string>, sent = fields) => phone.post(form(sent), headers);
    const plain = {
      ...signed(phone.path, fields),
      'x-twilio-signature': twilio.getExpectedTwilioSignature(token, `http://timonel.example.com${phone.path}`, fields),
    };
    expect(await post(plain)).toBe(401);
    expect(
      await post({
        ...plain,
        'x-twilio-signature': twilio.getExpectedTwilioSignature('another-token', `${publicUrl}${phone.path}`, fields),
      }),
    ).toBe(401);
    expect(await post(signed(phone.path, fields), { ...fields, Body: 'adiós' })).toBe(401);
    expect(await post({ 'content-type': 'application/x-www-form-urlencoded' })).toBe(401);
  });
});
