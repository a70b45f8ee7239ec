/**
 * The compatible API has two doors: the direct one, and the framework's, which takes what the direct one leaves. Both run one list of guards, so
 * that the same bad request gets the same answer: status, code, message and headers.
 */
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { notes } from './notes-agent.ts';
import { freshStoreEnvironment } from './stores.ts';
import { startTimonel, type TestTimonel } from './timonel.ts';

const ordinaryBytes = 65_536;
const perMinute = 5;

let at: TestTimonel;
let remove: () => Promise<void>;
let base: URL;
beforeAll(async () => {
  const store = await freshStoreEnvironment('embedded');
  remove = store.remove;
  const environment = {
    ...store.environment,
    TIMONEL_BODY_LIMIT_BYTES: String(ordinaryBytes),
    TIMONEL_BODIES_BYTES: '2000000',
    TIMONEL_RATE_LIMIT_KEY_REQUESTS: String(perMinute),
  };
  at = await startTimonel('embedded', { agents: [notes] }, { environment });
  base = new URL(await at.timonel.listen());
});
afterAll(async () => {
  await at.close();
  await remove();
});

const paths = ['/v1/chat/completions', '/v1/messages'];
/** Another origin is what the direct door leaves to the framework; the API answers it like any program. */
const doors = { direct: {}, framework: { origin: 'https://example.com' } };

interface Answer {
  status: number;
  headers: Record<string, string>;
  body: unknown;
}

/** Whole once its head and as many bytes as that announces are there. */
function answerIn(received: string): Answer | undefined {
  const end = received.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const [line = '', ...lines] = received.slice(0, end).split('\r\n');
  const headers = Object.fromEntries(
    lines.map((each) => [each.slice(0, each.indexOf(':')).toLowerCase(), each.slice(each.indexOf(':') + 2)]),
  );
  const body = Buffer.from(received.slice(end + 4), 'latin1').toString('utf8');
  if (Buffer.byteLength(body) < Number(headers['content-length'] ?? 0)) return undefined;
  return { status: Number(line.split(' ')[1]), headers, body: body.startsWith('{') ? JSON.parse(body) : body };
}

const open: Socket[] = [];
afterAll(() => {
  for (const socket of open) socket.destroy();
});

/** Sends bytes as they are, on a connection of their own. @returns what has come so far. */
function send(bytes: string): () => Answer | undefined {
  let received = '';
  const socket = connect(Number(base.port), base.hostname, () => socket.write(bytes, 'latin1'));
  open.push(socket);
  socket.on('data', (chunk) => (received += chunk.toString('latin1')));
  socket.on('error', () => {});
  return () => answerIn(received);
}

async function answerTo(bytes: string): Promise<Answer> {
  const answer = send(bytes);
  await expect.poll(answer, { timeout: 20_000 }).toBeDefined();
  return answer() as Answer;
}

interface Bad {
  /** `undefined`: one of its own with this row's scopes. */
  key?: string | undefined;
  keys?: string[];
  scopes?: string[];
  headers?: Record<string, string>;
  body?: string;
  /** What the request announces, where it is not the length of what is sent. */
  length?: string;
}

const message = (content: string) => JSON.stringify({ model: 'nobody', max_tokens: 1, messages: [{ role: 'user', content }] });
const good = message('Hola');
/** Larger than an agent takes, and than anybody may send. */
const large = message('x'.repeat(ordinaryBytes));
const endless = String(40 * 1024 * 1024);

function bytesOf(path: string, { headers = {}, body = good, length = String(Buffer.byteLength(body)) }: Bad, key: string): string {
  const all: Record<string, string> = {
    host: base.host,
    'content-type': 'application/json',
    ...(key === '' ? {} : { authorization: `Bearer ${key}` }),
    ...headers,
    ...(headers['transfer-encoding'] === undefined ? { 'content-length': length } : {}),
  };
  return [`POST ${path} HTTP/1.1`, ...Object.entries(all).map(([name, value]) => `${name}: ${value}`), '', body].join('\r\n');
}

async function newKey(scopes = ['models:use', 'conversations:write']): Promise<string> {
  const admin = at.apiKey;
  const { body } = await at.call<{ apiKey: string }>(
    'POST',
    '/api/v1/api-keys',
    { name: 'k', scopes },
    { authorization: `Bearer ${admin}` },
  );
  return body.apiKey;
}

/** The same request at both doors, each with a key of its own: what is counted for one is not counted for the other. */
async function bothAnswers(path: string, bad: Bad, times = 1): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (const origin of Object.values(doors)) {
    const key = bad.key ?? bad.keys?.pop() ?? (await newKey(bad.scopes));
    let answer: Answer | undefined;
    for (let nth = 0; nth < times; nth++) {
      answer = await answerTo(bytesOf(path, { ...bad, headers: { ...bad.headers, ...origin } }, key));
    }
    if (answer !== undefined) answers.push(comparable(answer));
  }
  return answers;
}

/** Without what is another thing in every answer. */
function comparable({ status, headers, body }: Answer): Answer {
  const { date: _date, 'x-request-id': id = '', 'ratelimit-reset': reset, ...rest } = headers;
  const told = { ...rest, 'x-request-id': String(/^[\w-]{36}$/.test(id)) };
  return { status, headers: reset === undefined ? told : { ...told, 'ratelimit-reset': 'seconds' }, body: withoutSeconds(body) };
}

function withoutSeconds(body: unknown): unknown {
  return JSON.parse(
    JSON.stringify(body)
      .replaceAll(/\d+ s\b/g, 'soon')
      .replaceAll(/"retryAfter":\d+/g, '"retryAfter":1'),
  ) as unknown;
}

const codeOf = ({ body }: Answer) => {
  return (body as { error?: { code?: string } }).error?.code;
};

const unknownKey = `tim_${'x'.repeat(43)}`;
const cases: [name: string, bad: Bad, status: number][] = [
  ['no key', { key: '' }, 401],
  ['a wrong key', { key: unknownKey }, 401],
  ['a key of another form', { key: 'sk-1234' }, 401],
  ['a wrong key and a body that is too large', { key: unknownKey, length: endless }, 401],
  ['no key and a body that is too large', { key: '', body: large, length: endless }, 401],
  ['a wrong key and invalid JSON', { key: unknownKey, body: '{"model":' }, 401],
  ['a wrong key and half a body', { key: unknownKey, length: '5000' }, 401],
  ['a wrong key and another media type', { key: unknownKey, headers: { 'content-type': 'application/xml' } }, 401],
  ['a key that may do neither', { scopes: ['agents:read'] }, 403],
  ['a key that may do neither, and invalid JSON', { scopes: ['agents:read'], body: '{' }, 403],
  ['a key that may do neither, and a body that is too large', { scopes: ['agents:read'], length: endless }, 403],
  ['a body that is too large', { length: endless }, 413],
  [
    'a body in pieces that is too large',
    {
      scopes: ['conversations:write'],
      headers: { 'transfer-encoding': 'chunked' },
      body: `${large.length.toString(16)}\r\n${large}\r\n0\r\n\r\n`,
    },
    413,
  ],
  ['a body that is too large for an agent', { scopes: ['conversations:write'], body: large }, 413],
  ['another media type', { headers: { 'content-type': 'application/xml' } }, 415],
  ['no media type', { headers: { 'content-type': '' } }, 415],
  ['a malformed length', { length: '1x' }, 400],
  ['a negative length', { length: '-1' }, 400],
  ['a length and pieces', { headers: { 'transfer-encoding': 'chunked', 'content-length': '17' } }, 400],
  ['no body', { body: '' }, 400],
  ['invalid JSON', { body: '{"model":"nobody","messages":[' }, 400],
  ['a body that is no object', { body: '["nobody"]' }, 400],
  ['a body that is null', { body: 'null' }, 400],
  ['a null character', { body: message('a\0b') }, 400],
  ['a prototype', { body: '{"__proto__":{"admin":true},"model":"nobody","messages":[]}' }, 400],
  ['no model', { body: '{"messages":[{"role":"user","content":"Hola"}]}' }, 400],
  ['no messages', { body: '{"model":"nobody","max_tokens":1}' }, 400],
  ['a model that nobody knows', {}, 404],
];

describe.each(paths)('at both doors of %s the same answer is given to', (path) => {
  it.each(cases)('%s', async (_name, bad, status) => {
    const [direct, framework] = await bothAnswers(path, bad);
    expect(direct?.status).toBe(status);
    expect(framework).toEqual(direct);
  });

  it('a caller over the rate, whose body is too large as well', async () => {
    const [direct, framework] = await bothAnswers(path, { length: endless }, perMinute + 1);
    expect([direct?.status, codeOf(direct as Answer)]).toEqual([429, 'rate_limited']);
    expect(direct?.headers).toMatchObject({ 'ratelimit-remaining': '0', 'ratelimit-limit': String(perMinute) });
    expect(framework).toEqual(direct);
  });

  it.each([
    ['a process under pressure', 'activeRuns', 100_000],
    ['a process that shuts down', 'accepting', false],
  ] as const)('everybody by %s, before their bodies are read', async (_name, state, value) => {
    const keys = await Promise.all(Array.from({ length: 6 }, () => newKey()));
    Object.defineProperty(at.timonel.runner, state, { value, configurable: true });
    try {
      for (const bad of [{}, { body: '{' }, { length: endless }]) {
        const [direct, framework] = await bothAnswers(path, { ...bad, keys: [keys.pop() ?? '', keys.pop() ?? ''] });
        expect(direct?.status).toBe(503);
        expect(framework).toEqual(direct);
      }
      // Who it is comes first.
      const [direct, framework] = await bothAnswers(path, { key: unknownKey });
      expect(direct?.status).toBe(401);
      expect(framework).toEqual(direct);
    } finally {
      Reflect.deleteProperty(at.timonel.runner, state);
    }
  });

  it('everybody when it cannot be checked who they are', async () => {
    const { apiKeys } = at.timonel;
    Object.defineProperty(apiKeys, 'find', { value: () => Promise.reject(new Error('the secret is 1234')), configurable: true });
    try {
      const [direct, framework] = await bothAnswers(path, { key: unknownKey });
      expect([direct?.status, codeOf(direct as Answer)]).toEqual([503, 'access_unchecked']);
      expect(JSON.stringify(direct)).not.toContain('1234');
      expect(framework).toEqual(direct);
    } finally {
      Reflect.deleteProperty(apiKeys, 'find');
    }
  });
});

it.each(Object.entries(doors))('the %s door reads no body before it knows whose it is', async (_name, headers) => {
  const { apiKeys } = at.timonel;
  const asked = Promise.withResolvers<undefined>();
  Object.defineProperty(apiKeys, 'find', { value: () => asked.promise, configurable: true });
  const body = 'x'.repeat(900_000);
  const waiting = Array.from({ length: 40 }, () => send(bytesOf('/v1/chat/completions', { headers, body }, unknownKey)));
  Reflect.deleteProperty(apiKeys, 'find');
  // They hold nothing of what there is for bodies.
  const answer = await answerTo(bytesOf('/v1/chat/completions', { headers, body: message('x'.repeat(1_500_000)) }, await newKey()));
  expect(answer.status).toBe(404);
  asked.resolve(undefined);
  await expect.poll(() => waiting.map((each) => each()?.status), { timeout: 20_000 }).toEqual(waiting.map(() => 401));
});
