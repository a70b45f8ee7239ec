/** Requests that come in slowly, or half, end; and nobody fills the memory with bodies. Against a server that listens. */
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RequestBodies } from '../src/http/request-bodies.ts';
import { notes } from './notes-agent.ts';
import { scriptedModel } from './scripted-model.ts';
import { freshStoreEnvironment } from './stores.ts';
import { startTimonel, type TestTimonel } from './timonel.ts';

let at: TestTimonel;
let remove: () => Promise<void>;
let base: URL;

beforeAll(async () => {
  const store = await freshStoreEnvironment('embedded');
  remove = store.remove;
  const model = scriptedModel(async () => {
    // Longer than any request may take to come in.
    await sleep(2_500);
    return 'Listo.';
  });
  at = await startTimonel(
    'embedded',
    { agents: [notes], models: { default: model } },
    {
      environment: {
        ...store.environment,
        TIMONEL_HEADERS_TIMEOUT_MS: '500',
        TIMONEL_REQUEST_TIMEOUT_MS: '1500',
        TIMONEL_MAX_CONNECTIONS: '200',
        TIMONEL_BODIES_BYTES: '4194304',
      },
    },
  );
  base = new URL(await at.timonel.listen());
});
afterAll(async () => {
  await at.close();
  await remove();
});

/** A connection of its own. */
class Wire {
  readonly socket: Socket;
  received = '';
  readonly closed: Promise<void>;
  constructor() {
    this.socket = connect(Number(base.port), base.hostname);
    this.closed = new Promise((resolve) => this.socket.once('close', () => resolve()));
    this.socket.on('data', (chunk) => (this.received += chunk.toString('latin1')));
    this.socket.on('error', () => {});
  }
  /** @returns the milliseconds until the server closed it. */
  async end(): Promise<number> {
    const started = performance.now();
    await this.closed;
    return performance.now() - started;
  }
}

const head = (path: string, length: number, key: string | undefined) =>
  [
    `POST ${path} HTTP/1.1`,
    `host: ${base.host}`,
    'content-type: application/json',
    `content-length: ${length}`,
    ...(key === undefined ? [] : [`authorization: Bearer ${key}`]),
    '',
    '',
  ].join('\r\n');

const paths = ['/v1/chat/completions', '/v1/embeddings', '/api/v1/conversations', '/api/v1/auth/login'];

describe('a request that does not come to its end', () => {
  it.each(['', 'GET /health/live HTTP/1.1\r\nhost: x\r\n'])('is ended while its headers are missing: %j', async (begun) => {
    const wire = new Wire();
    wire.socket.write(begun);
    expect(await wire.end()).toBeLessThan(4_000);
    if (begun !== '') expect(wire.received).toMatch(/^HTTP\/1.1 408/);
  });

  it('is ended where each header comes in time, and there is always one more', async () => {
    const wire = new Wire();
    wire.socket.write('GET /health/live HTTP/1.1\r\nhost: x\r\n');
    const timer = setInterval(() => wire.socket.write('x-a: b\r\n'), 100);
    expect(await wire.end()).toBeLessThan(4_000);
    clearInterval(timer);
  });

  it.each(paths)('is ended while half its body is missing: %s', async (path) => {
    const wires = [undefined, at.apiKey].map((key) => {
      const wire = new Wire();
      wire.socket.write(`${head(path, 1_000, key)}{"model":"notes",`);
      return wire;
    });
    for (const wire of wires) expect(await wire.end()).toBeLessThan(6_000);
  });

  it('leaves no memory behind', async () => {
    const wires = Array.from({ length: 20 }, () => {
      const wire = new Wire();
      wire.socket.write(`${head('/v1/chat/completions', 1_000_000, at.apiKey)}${'x'.repeat(150_000)}`);
      return wire;
    });
    await Promise.all(wires.map((wire) => wire.end()));
    // What the others held is free again.
    const answer = await fetch(new URL('/v1/chat/completions', base), {
      method: 'POST',
      headers: { authorization: `Bearer ${at.apiKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'nobody', messages: [{ role: 'user', content: 'x'.repeat(3_000_000) }] }),
    });
    expect(answer.status).toBe(404);
  });
});

describe('bodies that many send at the same moment', () => {
  it.each(['/v1/chat/completions', '/v1/embeddings'])(
    'are refused above so many bytes, and small ones are not: %s',
    async (path) => {
      const wires = Array.from({ length: 12 }, () => {
        const wire = new Wire();
        wire.socket.write(`${head(path, 1_000_000, at.apiKey)}${'x'.repeat(600_000)}`);
        return wire;
      });
      await expect.poll(() => wires.filter(({ received }) => received.startsWith('HTTP/1.1 503')).length).toBeGreaterThan(3);
      const refused = wires.find(({ received }) => received.startsWith('HTTP/1.1 503'));
      expect(refused?.received).toMatch(/retry-after: \d/i);
      expect(refused?.received).toContain('overloaded');
      expect((await at.call('POST', '/api/v1/conversations', { agent: 'notes' })).status).toBe(201);
      for (const wire of wires) wire.socket.destroy();
    },
  );

  it('count for their caller, and are given back', () => {
    const bodies = new RequestBodies({ bytes: 1_000_000, bytesPerCaller: 300_000 });
    const [one, two] = [bodies.open('one'), bodies.open('two')];
    one.take(300_000);
    expect(() => bodies.open('one').take(100_000)).toThrow(/Too many large bodies/);
    two.take(100_000);
    const three = bodies.open('three');
    three.take(16_000);
    expect(bodies.bytes).toBe(400_000 - 2 * 16_384);
    for (const share of [one, two, three, one]) share.end();
    expect(bodies.bytes).toBe(0);
  });
});

describe('a large body', () => {
  const keyOf = async (scopes: string[]) =>
    (await at.call<{ apiKey: string }>('POST', '/api/v1/api-keys', { name: 'k', scopes })).body.apiKey;

  it.each([
    ['/v1/chat/completions', ['agents:read'], 1_000, 403],
    ['/v1/messages', ['agents:read'], 1_000, 403],
    ['/v1/chat/completions', ['conversations:write'], 400_000, 413],
    ['/v1/embeddings', ['conversations:write'], 400_000, 403],
  ])('is not read to %s of a key with %j', async (path, scopes, bytes, status) => {
    const wire = new Wire();
    wire.socket.write(head(path, bytes, await keyOf(scopes)));
    // Never all of it.
    wire.socket.write('x'.repeat(Math.min(bytes - 1, 300_000)));
    await expect.poll(() => wire.received).toMatch(new RegExp(`^HTTP/1.1 ${status}`));
    wire.socket.destroy();
  });

  it('is held to the same where the request goes the long way', async () => {
    const send = async (scopes: string[], bytes: number) =>
      (
        await fetch(new URL('/v1/chat/completions', base), {
          method: 'POST',
          headers: {
            authorization: `Bearer ${await keyOf(scopes)}`,
            'content-type': 'application/json',
            origin: 'https://example.com',
          },
          body: JSON.stringify({ model: 'nobody', messages: [{ role: 'user', content: 'x'.repeat(bytes) }] }),
        })
      ).status;
    expect(await send(['agents:read'], 10)).toBe(403);
    expect(await send(['conversations:write'], 400_000)).toBe(413);
    expect(await send(['models:use'], 400_000)).toBe(404);
  });

  it('is for models: an agent is told less at a time', async () => {
    const body = { model: 'notes', messages: [{ role: 'user', content: 'x'.repeat(400_000) }] };
    expect((await at.call('POST', '/v1/chat/completions', body)).status).toBe(413);
  });
});

describe('what takes its time for a good reason', () => {
  it('goes on: a slow upload within the limit, and an answer that takes longer than any request', async () => {
    const { body } = await at.call<{ id: string }>('POST', '/api/v1/conversations', { agent: 'notes' });
    const text = JSON.stringify({ text: 'Hola' });
    const wire = new Wire();
    wire.socket.write(
      head(`/api/v1/conversations/${body.id}/messages`, text.length, at.apiKey).replace(
        'content-type',
        'accept: text/event-stream\r\ncontent-type',
      ),
    );
    for (const character of text) {
      wire.socket.write(character);
      await sleep(30);
    }
    await expect.poll(() => wire.received, { timeout: 20_000 }).toContain('run-ended');
    expect(wire.received).toContain('Listo.');
    wire.socket.destroy();
  });

  it('leaves the connection open for the next request', async () => {
    const wire = new Wire();
    for (let nth = 1; nth <= 3; nth++) {
      wire.socket.write(`GET /health/live HTTP/1.1\r\nhost: ${base.host}\r\n\r\n`);
      await expect.poll(() => wire.received.match(/HTTP\/1.1 200/g)?.length).toBe(nth);
      await sleep(900);
    }
    wire.socket.destroy();
  });

  it('is refused to no more connections than are allowed at once', async () => {
    const wires = Array.from({ length: 230 }, () => new Wire());
    await expect.poll(() => wires.filter(({ socket }) => socket.closed).length, { timeout: 20_000 }).toBeGreaterThan(20);
    for (const wire of wires) wire.socket.destroy();
  });
});
