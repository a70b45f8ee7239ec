import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { LanguageModelV4, LanguageModelV4StreamPart } from '@ai-sdk/provider';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { notes } from './notes-agent.ts';
import { scriptedModel } from './scripted-model.ts';
import { startTimonel, type TestTimonel } from './timonel.ts';

/** How a caller leaves. */
const ways = {
  'closes the connection': (socket: Socket) => socket.destroy(),
  'says that it sends no more': (socket: Socket) => socket.end(),
  'breaks the connection': (socket: Socket) => socket.resetAndDestroy(),
};

const chat = { model: 'default', messages: [{ role: 'user', content: 'Hola' }] };

/** Where a caller waits for a model. */
const doors = {
  'a call to a model': { path: '/v1/chat/completions', body: chat },
  'a stream of a model': { path: '/v1/chat/completions', body: { ...chat, stream: true } },
  'a call to a model on the long way': { path: '/v1/chat/completions', body: chat, headers: 'origin: http://localhost\r\n' },
  'a message': { path: '/api/v1/conversations/:id/messages', body: { text: 'Hola' } },
  'a stream of a message': {
    path: '/api/v1/conversations/:id/messages',
    body: { text: 'Hola' },
    headers: 'accept: text/event-stream\r\n',
  },
};

/** Begins to talk, and does not end. */
const talking: LanguageModelV4 = {
  ...scriptedModel([]),
  doStream: async () => ({
    stream: new ReadableStream<LanguageModelV4StreamPart>({
      start(controller) {
        controller.enqueue({ type: 'stream-start', warnings: [] });
        controller.enqueue({ type: 'text-start', id: '0' });
        controller.enqueue({ type: 'text-delta', id: '0', delta: 'Bien, ' });
      },
    }),
  }),
};

describe('a caller who goes away before the answer', () => {
  let timonel: TestTimonel;
  let port: number;
  const waiting: ((text: string) => void)[] = [];
  beforeAll(async () => {
    const models = { default: scriptedModel(() => new Promise((resolve) => waiting.push(resolve))), talking };
    timonel = await startTimonel('embedded', { agents: [notes], models });
    port = Number(new URL(await timonel.timonel.listen()).port);
  });
  afterAll(() => timonel.close());

  /** Requests to a route by their status, as Prometheus is told. */
  async function counts(route: string): Promise<Record<string, number>> {
    const { body } = await timonel.call<string>('GET', '/metrics/prometheus');
    const lines = body.matchAll(
      /^timonel_http_request_duration_seconds_count\{method="POST",route="(.+)",status="(.+)"\} (\d+)$/gm,
    );
    return Object.fromEntries([...lines].flatMap(([, of, status = '', count]) => (of === route ? [[status, Number(count)]] : [])));
  }

  async function send({ path, body, headers = '' }: { path: string; body: object; headers?: string }, key = timonel.apiKey) {
    const target = path.includes(':id') ? path.replace(':id', await timonel.converse('notes')) : path;
    const text = JSON.stringify(body);
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => {});
    await once(socket, 'connect');
    socket.write(
      `POST ${target} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer ${key}\r\n${headers}content-type: application/json\r\ncontent-length: ${Buffer.byteLength(text)}\r\n\r\n${text}`,
    );
    return socket;
  }

  /** Sends a request, and waits until a model is asked for it. */
  async function ask(door: Parameters<typeof send>[0]) {
    const socket = await send(door);
    await expect.poll(() => waiting.length).toBe(1);
    return socket;
  }

  describe.each(Object.entries(doors))('%s', (_door, door) => {
    it.each(Object.entries(ways))('is counted as 499, and nothing else: the caller %s', async (_way, leave) => {
      const before = await counts(door.path);
      const socket = await ask(door);
      leave(socket);
      const after = { ...before, 499: (before['499'] ?? 0) + 1 };
      await expect.poll(() => counts(door.path)).toEqual(after);
      // What becomes of the call once nobody waits for it is no other request.
      waiting.pop()?.('Bien.');
      const other = await ask(door);
      waiting.pop()?.('Bien.');
      await expect.poll(() => counts(door.path)).toEqual({ ...after, 200: (before['200'] ?? 0) + 1 });
      other.destroy();
    });
  });

  it('is told from one whose stream was broken here, after some of it was sent', async () => {
    const made = await timonel.call<{ id: string; apiKey: string }>('POST', '/api/v1/api-keys', { name: 'short', role: 'admin' });
    const { id, apiKey } = made.body;
    const before = await counts('/v1/chat/completions');
    const talking = { path: '/v1/chat/completions', body: { ...chat, model: 'talking', stream: true } };
    const [one, other] = [await send(talking), await send(talking, apiKey)];
    for (const socket of [one, other]) await expect.poll(() => String(socket.read() ?? '')).toContain('Bien, ');
    one.destroy();
    const after = { ...before, 499: (before['499'] ?? 0) + 1 };
    await expect.poll(() => counts('/v1/chat/completions')).toEqual(after);
    expect((await timonel.call('DELETE', `/api/v1/api-keys/${id}`)).status).toBe(204);
    await expect.poll(() => counts('/v1/chat/completions')).toEqual({ ...after, 200: (before['200'] ?? 0) + 1 });
    other.destroy();
  });
});
