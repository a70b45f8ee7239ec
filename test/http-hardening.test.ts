/** What HTTP allows and this server does not: methods, message boundaries, shapes of JSON. */
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { notes } from './notes-agent.ts';
import { startTimonel, type TestTimonel } from './timonel.ts';

let at: TestTimonel;
let base: URL;
beforeAll(async () => {
  at = await startTimonel('embedded', { agents: [notes] });
  base = new URL(await at.timonel.listen());
});
afterAll(() => at.close());

/** Sends bytes as they are. @returns what came back until the server closed, or was silent for a while. */
const raw = (bytes: string): Promise<string> =>
  new Promise((resolve) => {
    let received = '';
    const socket = connect(Number(base.port), base.hostname, () => socket.write(bytes));
    socket.on('data', (chunk) => (received += chunk.toString('latin1')));
    socket.on('error', () => {});
    socket.setTimeout(1_500, () => socket.destroy());
    socket.on('close', () => resolve(received));
  });
const post = (headers: string[], body: string, path = '/api/v1/conversations') =>
  raw([`POST ${path} HTTP/1.1`, `host: ${base.host}`, `authorization: Bearer ${at.apiKey}`, ...headers, '', body].join('\r\n'));
const answers = (text: string) => text.match(/HTTP\/1\.1 (\d+)/g)?.map((line) => Number(line.slice(9))) ?? [];

describe('message boundaries', () => {
  const body = '{"agent":"notes"}';
  const smuggled = `GET /health/live HTTP/1.1\r\nhost: x\r\n\r\n`;

  it.each([
    ['two lengths', ['content-type: application/json', 'content-length: 17', 'content-length: 18'], body],
    [
      'a length and chunks',
      ['content-type: application/json', 'content-length: 17', 'transfer-encoding: chunked'],
      `0\r\n\r\n${smuggled}`,
    ],
    ['an unknown encoding', ['content-type: application/json', 'transfer-encoding: xchunked'], body],
    ['a space before the colon', ['content-length : 17'], body],
  ])('are not guessed: %s', async (_name, headers, sent) => {
    expect(answers(await post(headers, sent))).toEqual([400]);
  });

  it.each(['/v1/chat/completions', '/v1/embeddings'])(
    'hold where a request is refused before its body was read: %s',
    async (path) => {
      const bytes = [
        `POST ${path} HTTP/1.1`,
        `host: ${base.host}`,
        'content-type: application/json',
        'content-length: 1000',
        '',
        smuggled,
      ];
      expect(answers(await raw(bytes.join('\r\n')))).toEqual([401]);
    },
  );
});

describe('methods', () => {
  it.each(['TRACE', 'CONNECT', 'PROPFIND'])('that nobody needs are refused: %s', async (method) => {
    const text = await raw(`${method} / HTTP/1.1\r\nhost: x\r\nx-secret: reflected\r\n\r\n`);
    expect(answers(text).every((status) => status >= 400)).toBe(true);
    expect(text).not.toContain('reflected');
  });

  it.each(['/docs/', '/files/', '/errors/', '/docs/%2e%2e/%2e%2e/package.json', '/errors/..%2f..%2fpackage.json'])(
    'list no directory and leave none: %s',
    async (url) => {
      const { body } = await at.call<unknown>('GET', url);
      expect(JSON.stringify(body)).not.toMatch(/"dependencies"|Index of/);
    },
  );
});

describe('answers', () => {
  it('say what they are, and are taken for nothing else', async () => {
    for (const url of ['/health/live', '/api/v1/agents', '/api/v1/nothing', '/openapi.json', '/errors/forbidden']) {
      const { headers } = await at.call('GET', url);
      expect([url, headers['content-type']]).toEqual([url, expect.stringMatching(/^(application|text)\/[\w+.-]+; charset=utf-8$/)]);
      expect([url, headers['x-content-type-options'], headers['referrer-policy']]).toEqual([url, 'nosniff', 'no-referrer']);
    }
  });
});

describe('bodies', () => {
  const create = (body: string) => at.call('POST', '/api/v1/conversations', body);

  it.each([
    '{"agent":"notes","__proto__":{"workspaceId":"other"}}',
    '{"agent":"notes","constructor":{"prototype":{"x":1}}}',
    '{"agent":"notes","workspaceId":"other"}',
    '{"agent":"notes","startedBy":"user:x"}',
    '["notes"]',
    '"notes"',
    '{"agent":["notes"]}',
  ])('with members or shapes that nobody asked for are refused: %s', async (body) => {
    expect((await create(body)).status).toBe(400);
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });

  it('that are nested without end are an error like any other', async () => {
    expect((await create('['.repeat(100_000) + ']'.repeat(100_000))).status).toBe(400);
  });
});
