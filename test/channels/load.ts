/** Load on one process, for a short test and for the nightly run: webhooks while a model is slow, and readers of the stream of changes. */
import { once } from 'node:events';
import { Agent, get, type IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'undici';
import { readSettings } from '../../src/config.ts';
import { defaultWorkspace, openTimonel, type Timonel } from '../../src/main.ts';
import { scriptedModel } from '../../src/testing/scripted-model.ts';
import { CloudApi, phoneNumberId, secrets, signatureOf } from './cloud-api.ts';
import { echoAgent, lastSaid } from './echo-agent.ts';
import { change, message, webhook } from './webhooks.ts';

export interface WebhookLoad {
  sent: number;
  /** Answered with 200. */
  accepted: number;
  /** Messages in the inbox at the end. */
  stored: number;
  /** Answered with 200 before the model had answered anything. */
  beforeModel: number;
  /** Milliseconds, from when a webhook was due to its answer. */
  p50: number;
  p99: number;
}

function started(environment: Record<string, string>, model: (said: string) => Promise<string>): Promise<Timonel> {
  return openTimonel(readSettings({ TIMONEL_PORT: '0', TIMONEL_MAX_EVENT_LOOP_DELAY_MS: '0', ...environment }), {
    agents: [echoAgent],
    models: { default: scriptedModel(({ prompt }) => model(lastSaid(prompt))) },
  });
}

/** @param terms `modelMs`: how long each model call takes; `undefined`: it does not end before the last webhook was answered. */
export async function webhookLoad(
  environment: Record<string, string>,
  terms: { perSecond: number; seconds: number; modelMs: number | undefined },
): Promise<WebhookLoad> {
  const api = await CloudApi.start();
  api.checksPair = false;
  const all = Promise.withResolvers<void>();
  let answered = false;
  const timonel = await started({ ...environment, TIMONEL_WHATSAPP_URL: api.url }, async (said) => {
    await (terms.modelMs === undefined ? all.promise : sleep(terms.modelMs));
    answered = true;
    return `echo: ${said}`;
  });
  const { id } = await timonel.channels.connections.add(
    defaultWorkspace,
    { channel: 'whatsapp', name: 'load', agent: 'echo', settings: { phoneNumberId, messagesPerSecond: 1_000 }, secrets },
    'load',
  );
  const pool = new Pool(await timonel.listen(), { connections: 32 });
  const load = { sent: 0, accepted: 0, stored: 0, beforeModel: 0, p50: 0, p99: 0 };
  const times: number[] = [];
  const post = async (index: number, due: number) => {
    const person = { phone: `54911${String(55_000_000 + (index % 500))}` };
    api.heard.set(person.phone, Date.now());
    const body = webhook([change(person, [message(person, `m${index}`, `wamid.load-${index}`)])]);
    const headers = { 'content-type': 'application/json', 'x-hub-signature-256': signatureOf(body) };
    const { statusCode, body: answer } = await pool.request({
      path: `/api/v1/channels/${id}/webhook`,
      method: 'POST',
      headers,
      body,
    });
    await answer.dump();
    times.push(performance.now() - due);
    if (statusCode !== 200) return;
    load.accepted += 1;
    if (!answered) load.beforeModel += 1;
  };
  try {
    const begun = performance.now();
    const posts: Promise<void>[] = [];
    for (load.sent = 0; load.sent < terms.perSecond * terms.seconds; load.sent++) {
      const due = begun + (load.sent * 1_000) / terms.perSecond;
      if (due > performance.now()) await sleep(due - performance.now());
      posts.push(post(load.sent, due));
    }
    await Promise.all(posts);
    const [counted] = await timonel.store.pool.executeText<{ count: number }>('SELECT count(*)::int AS count FROM channel_inbox');
    load.stored = counted?.count ?? 0;
  } finally {
    all.resolve();
    await pool.destroy();
    await timonel.close();
    api.close();
  }
  times.sort((one, other) => one - other);
  const at = (share: number) => Math.round(times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0);
  return { ...load, p50: at(0.5), p99: at(0.99) };
}

export interface ReaderLoad {
  readers: number;
  /** Ends of runs that all readers together heard of. */
  heard: number;
  expected: number;
  /** Resident memory of a reader and its server together, in kB. */
  kilobytesEach: number;
  /** CPU of the turns with all readers, over that of the same turns with one. */
  cpuRatio: number;
}

const turns = 10;

/** Readers of `GET /api/v1/events` in one process, while ten turns are taken. Reader and server are in it both. */
export async function readerLoad(environment: Record<string, string>, readers: number): Promise<ReaderLoad> {
  const timonel = await started(environment, async (said) => `echo: ${said}`);
  const agent = new Agent({ keepAlive: false, maxSockets: Number.POSITIVE_INFINITY });
  const open: IncomingMessage[] = [];
  try {
    const key = await timonel.apiKeys.create({
      id: crypto.randomUUID(),
      workspaceId: defaultWorkspace,
      name: 'load',
      role: 'admin',
    });
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
    const url = await timonel.listen();
    const post = async (path: string, body: object) =>
      (await timonel.app.inject({ method: 'POST', url: path, headers, payload: JSON.stringify(body) })).json() as { id: string };
    let heard = 0;
    const reader = async () => {
      const [response] = (await once(get(`${url}/api/v1/events`, { headers, agent }), 'response')) as [IncomingMessage];
      open.push(response);
      response.setEncoding('utf8').on('data', (text: string) => {
        heard += text.split('event: run-ended').length - 1;
      });
      await once(response, 'data');
    };
    const taken = async (count: number) => {
      const conversation = await post('/api/v1/conversations', { agent: 'echo' });
      const before = heard;
      const cpu = process.cpuUsage();
      for (let turn = 0; turn < turns; turn++)
        await post(`/api/v1/conversations/${conversation.id}/messages`, { text: `turn ${turn}` });
      for (const until = Date.now() + 60_000; heard - before < count * turns && Date.now() < until; ) await sleep(20);
      const { user, system } = process.cpuUsage(cpu);
      return { heard: heard - before, cpu: user + system };
    };
    await reader();
    await taken(1);
    const alone = await taken(1);
    const memory = process.memoryUsage().rss;
    for (let count = 1; count < readers; count += 50)
      await Promise.all(Array.from({ length: Math.min(50, readers - count) }, reader));
    const kilobytesEach = Math.round((process.memoryUsage().rss - memory) / 1_024 / Math.max(1, readers - 1));
    const together = await taken(readers);
    const cpuRatio = Math.round((10 * together.cpu) / alone.cpu) / 10;
    return { readers, heard: together.heard, expected: readers * turns, kilobytesEach, cpuRatio };
  } finally {
    for (const response of open) response.destroy();
    agent.destroy();
    await timonel.close();
  }
}
