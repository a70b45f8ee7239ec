/** The chat on a page over HTTP: visitors are strangers who have a token, and hear what is said to them and nothing else. */
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { download, pixel } from '../artifact-client.ts';
import { storeKinds } from '../stores.ts';
import { openPageChat, origin, type PageChat } from './page-visitor.ts';

const patient = { timeout: 20_000, interval: 50 };

describe.each(storeKinds)('a chat on a page (%s)', (kind) => {
  let chat: PageChat;
  beforeAll(async () => {
    chat = await openPageChat(kind, { model: (said) => (said.includes('ofrecé') ? 'Elegí:' : `echo: ${said}`) });
  }, 60_000);
  afterAll(() => chat[Symbol.asyncDispose]());

  it('answers a visitor once, and goes on where the page was when it comes back', async () => {
    const ana = await chat.visitor();
    const first = await ana.follow();
    const answers = await Promise.all(Array.from({ length: 4 }, () => ana.say('hola <b>', { id: 'the-same-message' })));
    expect(answers.map(({ status }) => status)).toEqual([202, 202, 202, 202]);
    await expect
      .poll(() => first.messages.map(({ from, text }) => `${from}: ${text}`), patient)
      .toEqual(['visitor: hola <b>', 'agent: echo: hola <b>']);
    expect(first.messages[0]?.id).toBe('the-same-message');
    await expect.poll(() => first.states.at(-1), patient).toEqual({ handler: 'agent', working: false });
    const place = first.lastId();
    await first.stop();

    // While the page was away.
    expect((await ana.say('¿seguís?')).status).toBe(202);
    const again = await ana.follow(place);
    await expect.poll(() => again.messages.map(({ text }) => text), patient).toEqual(['¿seguís?', 'echo: ¿seguís?']);
    await again.stop();
    const whole = await ana.follow();
    await expect.poll(() => whole.messages.length, patient).toBe(4);
    await whole.stop();

    const [conversation] = await chat.test.timonel.store.pool.executeText<{ channel: string; contact: object }>(
      `SELECT channel, contact FROM conversations ORDER BY created_at LIMIT 1`,
    );
    expect(conversation).toEqual({ channel: 'web', contact: { verified: false } });
  });

  it('shows a visitor nothing of another one, and the same visitor all of it on a second tab', async () => {
    const [one, other] = await Promise.all([chat.visitor(), chat.visitor()]);
    const [mine, theirs] = await Promise.all([one.follow(), other.follow()]);
    const tab = await (await chat.visitor({ token: one.token })).follow();
    await one.say('solo mío');
    await other.say('solo suyo');
    await expect.poll(() => mine.messages.map(({ text }) => text), patient).toEqual(['solo mío', 'echo: solo mío']);
    await expect.poll(() => tab.messages.map(({ text }) => text), patient).toEqual(['solo mío', 'echo: solo mío']);
    await expect.poll(() => theirs.messages.map(({ text }) => text), patient).toEqual(['solo suyo', 'echo: solo suyo']);
    await Promise.all([mine.stop(), theirs.stop(), tab.stop()]);
  });

  it('lets a person take over: the visitor is told so, hears them, and may send and get files', async () => {
    const { call, timonel } = chat.test;
    const eva = await chat.visitor();
    const seen = await eva.follow();
    await eva.say('quiero hablar con alguien');
    await expect.poll(() => seen.messages.length, patient).toBe(2);
    const [row] = await timonel.store.pool.executeText<{ id: string }>(
      `SELECT conversation_id AS id FROM messages WHERE text = 'quiero hablar con alguien'`,
    );
    const path = `/api/v1/conversations/${row?.id}`;
    expect((await call('POST', `${path}/take`)).status).toBe(200);
    await expect.poll(() => seen.states.at(-1)?.handler, patient).toBe('person');

    const sent = await eva.ask('files?name=foto.png', { body: pixel, headers: { 'content-type': 'text/html' } });
    expect(sent.status).toBe(201);
    const file = (await sent.json()) as { id: string; mediaType: string };
    expect(file.mediaType).toBe('image/png');
    expect((await eva.say('', { file: file.id })).status).toBe(202);
    await expect
      .poll(async () => {
        const { body } = await call<{ messages: { role: string; parts?: { artifact: string }[] }[] }>('GET', path);
        return body.messages.at(-1)?.parts?.length;
      }, patient)
      .toBe(1);
    const { body: held } = await call<{ messages: { parts?: { artifact: string }[] }[] }>('GET', path);
    const artifact = held.messages.at(-1)?.parts?.[0]?.artifact ?? '';
    // The copy of the conversation, not the upload of the visitor.
    expect(artifact).not.toBe(file.id);
    const parts = [
      { type: 'text', text: 'Soy Luz, la vi' },
      { type: 'image', artifact },
    ];
    expect((await call('POST', `${path}/replies`, { parts })).status).toBe(201);
    await expect.poll(() => seen.messages.at(-1)?.from, patient).toBe('person');
    const last = seen.messages.at(-1);
    expect(last).toMatchObject({ text: 'Soy Luz, la vi', parts: [{ type: 'image', name: 'foto.png', mediaType: 'image/png' }] });
    const [part] = last?.parts ?? [];
    const address = part?.type === 'location' ? '' : (part?.url ?? '');
    expect((await download(chat.test, address, { authorization: undefined })).bytes.equals(pixel)).toBe(true);
    expect((await call('POST', `${path}/hand-back`)).status).toBe(204);
    await expect.poll(() => seen.states.at(-1)?.handler, patient).toBe('agent');
    await seen.stop();
  });

  it('is read by its own pages only, and by nobody without a token', async () => {
    const ana = await chat.visitor();
    const { base } = chat;
    const from = (page: string | undefined, path = '') =>
      fetch(`${base}${path}`, { headers: page === undefined ? {} : { origin: page } });
    const own = await from(origin);
    expect([own.status, own.headers.get('access-control-allow-origin'), own.headers.get('vary')?.toLowerCase()]).toEqual([
      200,
      origin,
      expect.stringContaining('origin'),
    ]);
    for (const page of ['https://evil.example', `${origin}.evil.example`, 'http://salon.example.com', `${origin}:444`, 'null']) {
      const refused = await from(page);
      expect([page, refused.status, refused.headers.get('access-control-allow-origin')]).toEqual([page, 403, null]);
      const asked = await fetch(`${base}/messages`, {
        method: 'OPTIONS',
        headers: { origin: page, 'access-control-request-method': 'POST' },
      });
      expect([page, asked.status, asked.headers.get('access-control-allow-origin')]).toEqual([page, 403, null]);
    }
    const asked = await fetch(`${base}/messages`, {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'POST' },
    });
    expect([asked.status, asked.headers.get('access-control-allow-origin')]).toEqual([204, origin]);
    expect(asked.headers.get('set-cookie')).toBeNull();

    const body = { id: 'a-message-id', text: 'hola' };
    const flipped = `${ana.token.slice(0, -2)}${ana.token.endsWith('AA') ? 'BB' : 'AA'}`;
    for (const authorization of ['', 'Bearer ', `Bearer ${flipped}`, `Bearer ${chat.test.apiKey}`]) {
      expect((await ana.ask('messages', { body, headers: { authorization } })).status).toBe(401);
      expect((await ana.ask('events', { headers: { authorization } })).status).toBe(401);
      expect((await ana.ask('files?name=a', { body: pixel, headers: { authorization } })).status).toBe(401);
    }
    // A token that cannot be read is no reason to keep a visitor out: they are a new one.
    expect((await ana.ask('session', { body: {}, headers: { authorization: `Bearer ${flipped}` } })).status).toBe(200);
    // An artifact of others is none that may be named.
    const other = await chat.visitor();
    const sent = (await (await other.ask('files?name=a.png', { body: pixel })).json()) as { id: string };
    expect((await ana.say('mirá', { file: sent.id })).status).toBe(404);
    for (const wrong of [
      { id: 'short', text: 'x' },
      { id: 'a-message-id' },
      { id: 'a-message-id', text: ' ' },
      { ...body, more: 1 },
      { ...body, text: 'x'.repeat(4_001) },
    ])
      expect((await ana.ask('messages', { body: wrong })).status).toBe(400);
    expect((await fetch(`${chat.url}/api/v1/channels/${chat.connection}/webhook`, { method: 'POST', body: '{}' })).status).toBe(
      401,
    );
    expect((await fetch(`${chat.url}/api/v1/web/00000000-0000-7000-8000-000000000000`)).status).toBe(404);
  });

  it('slows a visitor down, and ends their stream with the connection', async () => {
    const ana = await chat.visitor();
    const seen = await ana.follow();
    const answers = await Promise.all(Array.from({ length: 25 }, (_, index) => ana.say('x', { id: `message-${index}` })));
    const refused = answers.filter(({ status }) => status === 429);
    expect(answers.filter(({ status }) => status === 202)).toHaveLength(20);
    expect(Number(refused[0]?.headers.get('retry-after'))).toBeGreaterThan(0);
    await expect.poll(() => seen.messages.length, patient).toBe(40);
    expect((await chat.test.call('PATCH', `/api/v1/channels/${chat.connection}`, { enabled: false })).status).toBe(200);
    await seen.ended;
    expect((await ana.say('y')).status).toBe(403);
    expect((await chat.test.call('PATCH', `/api/v1/channels/${chat.connection}`, { enabled: true })).status).toBe(200);
  });
});

describe('the script of the chat', () => {
  it('is small, has no framework, and is asked for again only when it changed', async () => {
    await using chat = await openPageChat('embedded', { settings: { title: 'Salón', color: '#0f766e' } });
    const answer = await fetch(`${chat.url}/api/v1/web/widget.js`);
    const text = await answer.text();
    expect(answer.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
    expect(answer.headers.get('cross-origin-resource-policy')).toBe('cross-origin');
    expect(answer.headers.get('cache-control')).toMatch(/^public, max-age=\d+/);
    expect(gzipSync(text).length).toBeLessThan(30_000);
    expect(text).not.toMatch(/^\s*(?:import|export) /m);
    expect(text).not.toMatch(/innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|document\.cookie/);
    const etag = answer.headers.get('etag') ?? '';
    expect((await fetch(`${chat.url}/api/v1/web/widget.js`, { headers: { 'if-none-match': etag } })).status).toBe(304);
    const { body } = await chat.test.call<{ script: string; secrets: string[]; settings: object }>(
      'GET',
      `/api/v1/channels/${chat.connection}`,
    );
    expect(body.script).toMatch(
      new RegExp(`^<script async src="http[^"]+/api/v1/web/widget.js" data-connection="${chat.connection}"></script>$`),
    );
    expect(body.secrets).toEqual(['visitorKey']);
    const settings = { origins: ['https://salon.example.com/'] };
    const wrong = await chat.test.call('POST', '/api/v1/channels', { channel: 'web', name: 'other', agent: 'echo', settings });
    expect(wrong.status).toBe(400);
  });
});
