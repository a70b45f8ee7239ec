/** A Timonel with an agent on a WhatsApp number, the stand-in for Meta beside it, and a person who writes. */
import { expect } from 'vitest';
import type { Overrides } from '../../src/main.ts';
import type { ProjectConfig } from '../../src/project.ts';
import { type Line, scriptedModel } from '../scripted-model.ts';
import { freshStoreEnvironment, type StoreKind } from '../stores.ts';
import { startTimonel, type TestTimonel } from '../timonel.ts';
import { CloudApi, phoneNumberId, secrets, signatureOf } from './cloud-api.ts';
import { echoAgent, lastSaid } from './echo-agent.ts';
import { change, message, type Person, webhook } from './webhooks.ts';

export interface Salon extends AsyncDisposable {
  test: TestTimonel;
  api: CloudApi;
  connection: { id: string };
  /** Sends a body as Meta does. */
  post(body: string | Buffer, headers?: Record<string, string>): Promise<{ statusCode: number; body: string }>;
  /** A person writes. */
  hear(person: Person, content: string | Record<string, unknown>, id?: string): Promise<void>;
  rows<T = Record<string, unknown>>(text: string, values?: unknown[]): Promise<T[]>;
  /** Texts that reached a person, in order. */
  textsTo(to: string): string[];
}

export async function openSalon(
  kind: StoreKind,
  options: {
    model?: (said: string) => Line | Promise<Line>;
    settings?: Record<string, unknown>;
    agent?: typeof echoAgent;
    environment?: Record<string, string>;
    prices?: NonNullable<ProjectConfig['prices']>;
  } & Overrides = {},
): Promise<Salon> {
  const {
    model = (said: string) => `echo: ${said}`,
    settings = {},
    agent = echoAgent,
    environment = {},
    prices = {},
    ...overrides
  } = options;
  const api = await CloudApi.start();
  if (overrides.now !== undefined) api.now = () => overrides.now?.().getTime() ?? Date.now();
  const fresh = await freshStoreEnvironment(kind);
  const test = await startTimonel(
    kind,
    { agents: [agent], models: { default: scriptedModel(({ prompt }) => model(lastSaid(prompt))) }, prices },
    { ...overrides, environment: { ...fresh.environment, TIMONEL_WHATSAPP_URL: api.url, ...environment } },
  );
  const added = await test.call('POST', '/api/v1/channels', {
    channel: 'whatsapp',
    name: 'salon',
    agent: agent.name,
    settings: { phoneNumberId, ...settings },
    secrets,
  });
  expect(added.status).toBe(201);
  const connection = added.body as { id: string };
  const post: Salon['post'] = async (body, headers = {}) => {
    const answer = await test.timonel.app.inject({
      method: 'POST',
      url: `/api/v1/channels/${connection.id}/webhook`,
      headers: { 'content-type': 'application/json', 'x-hub-signature-256': signatureOf(body), ...headers },
      payload: body,
    });
    return { statusCode: answer.statusCode, body: answer.body };
  };
  return {
    test,
    api,
    connection,
    post,
    async hear(person, content, id) {
      for (const key of [person.phone, person.user]) if (key !== undefined) api.heard.set(key, api.now());
      const { statusCode } = await post(webhook([change(person, [message(person, content, id)])]));
      expect(statusCode).toBe(200);
    },
    rows: (text, values = []) => test.timonel.store.pool.executeText(text, values),
    textsTo: (to) => api.sent.filter((each) => each.to === to).map(({ body }) => textOf(body)),
    async [Symbol.asyncDispose]() {
      await test.close();
      api.close();
      await fresh.remove();
    },
  };
}

/** The words of a message, whatever it is. */
export function textOf(body: Record<string, unknown>): string {
  const own = body[String(body['type'])] as { body?: string | { text: string } };
  return typeof own?.body === 'string' ? own.body : (own?.body?.text ?? `[${String(body['type'])}]`);
}
