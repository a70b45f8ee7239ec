/** A chat on a page, and visitors who speak to it as the widget does. */

import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import type { ShownMessage } from '../../src/channels/web/visitor-streams.ts';
import { serverEvents } from '../../src/cli/event-stream.ts';
import { defineAgent } from '../../src/index.ts';
import { type Line, scriptedModel } from '../scripted-model.ts';
import { freshStoreEnvironment, type StoreKind } from '../stores.ts';
import { startTimonel, type TestTimonel } from '../timonel.ts';
import { lastSaid } from './echo-agent.ts';

export const origin = 'https://salon.example.com';

export interface PageChat extends AsyncDisposable {
  test: TestTimonel;
  url: string;
  connection: string;
  /** Base address of the chat. */
  base: string;
  visitor(from?: { token?: string }): Promise<PageVisitor>;
}

export interface PageVisitor {
  token: string;
  ask(path: string, options?: { body?: unknown; headers?: Record<string, string>; method?: string }): Promise<Response>;
  say(text: string, more?: { id?: string; file?: string }): Promise<Response>;
  follow(last?: string): Promise<Following>;
}

export interface Following {
  messages: ShownMessage[];
  states: { handler: string; working: boolean }[];
  lastId(): string | undefined;
  stop(): Promise<void>;
  ended: Promise<void>;
}

const agent = defineAgent({
  name: 'echo',
  version: '1.0.0',
  description: 'Answers.',
  prompt: 'Answer.',
  tools: [],
  policy: [],
  parts: ['image', 'file'],
});

export async function openPageChat(
  kind: StoreKind,
  {
    settings = {},
    model = (said: string) => `echo: ${said}`,
  }: { settings?: object; model?: (said: string) => Line | Promise<Line> } = {},
): Promise<PageChat> {
  const fresh = await freshStoreEnvironment(kind);
  const test = await startTimonel(
    kind,
    { agents: [agent], models: { default: scriptedModel(({ prompt }) => model(lastSaid(prompt))) } },
    { environment: fresh.environment },
  );
  const url = await test.timonel.listen();
  const added = await test.call<{ id: string }>('POST', '/api/v1/channels', {
    channel: 'web',
    name: 'page',
    agent: 'echo',
    settings: { origins: [origin], ...settings },
  });
  expect(added.status, JSON.stringify(added.body)).toBe(201);
  const connection = added.body.id;
  const base = `${url}/api/v1/web/${connection}`;
  return {
    test,
    url,
    connection,
    base,
    visitor: (from) => visitorOf(base, from?.token),
    async [Symbol.asyncDispose]() {
      await test.close();
      await fresh.remove();
    },
  };
}

async function visitorOf(base: string, known?: string): Promise<PageVisitor> {
  let token = known;
  const ask: PageVisitor['ask'] = (path, { body, headers = {}, method } = {}) =>
    fetch(path === '' ? base : `${base}/${path}`, {
      method: method ?? (body === undefined ? 'GET' : 'POST'),
      headers: {
        origin,
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined || body instanceof Uint8Array ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: body instanceof Uint8Array ? new Uint8Array(body) : JSON.stringify(body) }),
    });
  const session = await ask('session', { body: {} });
  expect(session.status).toBe(200);
  const given = ((await session.json()) as { token: string }).token;
  token = given;
  return {
    token: given,
    ask,
    say: (text, { id = randomUUID(), file } = {}) =>
      ask('messages', { body: { id, text, ...(file === undefined ? {} : { file }) } }),
    follow: (last) => follow(base, given, last),
  };
}

export async function follow(base: string, token: string, last: string | undefined): Promise<Following> {
  const stop = new AbortController();
  const answer = await fetch(`${base}/events`, {
    headers: { origin, authorization: `Bearer ${token}`, ...(last === undefined ? {} : { 'last-event-id': last }) },
    signal: stop.signal,
  });
  expect(answer.status).toBe(200);
  const messages: Following['messages'] = [];
  const states: Following['states'] = [];
  let lastId = last;
  const ended = (async () => {
    for await (const { id, event, data } of serverEvents(answer.body)) {
      lastId = id ?? lastId;
      if (event === 'message') messages.push(data as ShownMessage);
      else states.push(data as Following['states'][number]);
    }
  })().catch(() => {});
  return {
    messages,
    states,
    lastId: () => lastId,
    ended,
    stop: () => {
      stop.abort();
      return ended;
    },
  };
}
