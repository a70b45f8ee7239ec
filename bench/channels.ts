/**
 * What a webhook costs: `npm run bench:channels`. Beside it a bare Fastify that checks the same signature, parses the same body and inserts one row into
 * the same database. Then messages a second from the webhook to the provider, with a model that answers at once and a stand-in for the provider in
 * this process: the client and the stand-in are in the figures. Other programs may work here: read the ratio. Embedded store, or `DATABASE_URL`.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import Fastify from 'fastify';
import { Pool } from 'undici';
import { readSettings } from '../src/config.ts';
import { defaultWorkspace, openTimonel } from '../src/main.ts';
import { scriptedModel } from '../src/testing/scripted-model.ts';
import { CloudApi, phoneNumberId, secrets, signatureOf } from '../test/channels/cloud-api.ts';
import { echoAgent, lastSaid } from '../test/channels/echo-agent.ts';
import { change, message, webhook } from '../test/channels/webhooks.ts';

const count = Number(process.argv[2] ?? 1_000);
const atOnce = 8;
const people = 200;

const home = mkdtempSync(join(tmpdir(), 'timonel-bench-channels-'));
const api = await CloudApi.start();
api.checksPair = false;
let answer = Promise.withResolvers<void>();
const databaseUrl = process.env['DATABASE_URL'];
const timonel = await openTimonel(
  readSettings({
    TIMONEL_HOME: home,
    TIMONEL_PORT: '0',
    TIMONEL_MAX_EVENT_LOOP_DELAY_MS: '0',
    TIMONEL_WHATSAPP_URL: api.url,
    ...(databaseUrl === undefined ? {} : { DATABASE_URL: databaseUrl }),
  }),
  {
    agents: [echoAgent],
    models: {
      default: scriptedModel(async ({ prompt }) => {
        await answer.promise;
        return `echo: ${lastSaid(prompt)}`;
      }),
    },
  },
);
try {
  const { id } = await timonel.channels.connections.add(
    defaultWorkspace,
    { channel: 'whatsapp', name: 'bench', agent: 'echo', settings: { phoneNumberId, messagesPerSecond: 1_000 }, secrets },
    'bench',
  );
  const ours = new Pool(await timonel.listen(), { connections: atOnce });
  const bare = await bareServer();
  const path = `/api/v1/channels/${id}/webhook`;
  const bodies = (prefix: string) =>
    Array.from({ length: count }, (_, index) => {
      const phone = `54911${String(55_000_000 + (index % people))}`;
      api.heard.set(phone, Date.now());
      return webhook([change({ phone, name: 'Ana' }, [message({ phone }, `${prefix} ${index}`)])]);
    });
  await measure(bare.pool, '/webhook', bodies('warm').slice(0, 200));
  const alone = await measure(bare.pool, '/webhook', bodies('bare'));
  const waiting = await measure(ours, path, bodies('waiting'));
  console.log(`a bare Fastify            ${told(alone)}`);
  console.log(
    `webhook, model that waits ${told(waiting)}   ${(waiting.p50 / alone.p50).toFixed(2)} × p50, ${(alone.perSecond / waiting.perSecond).toFixed(2)} × time`,
  );
  answer.resolve();
  await until(() => api.sent.length >= count);
  answer = Promise.withResolvers<void>();
  answer.resolve();
  const before = api.sent.length;
  const started = performance.now();
  const busy = await measure(ours, path, bodies('whole'));
  await until(() => api.sent.length >= before + count);
  const seconds = (performance.now() - started) / 1_000;
  console.log(`webhook, model that answers ${told(busy)}`);
  console.log(
    `from webhook to provider: ${(count / seconds).toFixed(0)} messages/s, ${(alone.perSecond / (count / seconds)).toFixed(1)} × the time of bare inserts`,
  );
  await ours.close();
  await bare.close();
} finally {
  await timonel.close();
  api.close();
  rmSync(home, { recursive: true, force: true });
}

async function bareServer() {
  const { pool } = timonel.store;
  await pool.executeText('CREATE TABLE IF NOT EXISTS bench_inbox (id text PRIMARY KEY, body jsonb NOT NULL)');
  const app = Fastify();
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  app.post('/webhook', async (request, reply) => {
    const bytes = request.body as Buffer;
    const given = Buffer.from(String(request.headers['x-hub-signature-256']));
    const own = Buffer.from(`sha256=${createHmac('sha256', secrets.appSecret).update(bytes).digest('hex')}`);
    if (given.length !== own.length || !timingSafeEqual(given, own)) return reply.code(401).send('');
    const body = JSON.parse(bytes.toString());
    await pool.execute({ name: 'bench-insert', text: 'INSERT INTO bench_inbox VALUES ($1, $2) ON CONFLICT DO NOTHING' }, [
      body.entry[0].changes[0].value.messages[0].id,
      JSON.stringify(body),
    ]);
    return '';
  });
  const url = await app.listen({ port: 0, host: '127.0.0.1' });
  const client = new Pool(url, { connections: atOnce });
  return {
    pool: client,
    async close() {
      await client.close();
      await app.close();
      await pool.executeText('DROP TABLE bench_inbox');
    },
  };
}

async function measure(pool: Pool, path: string, bodies: string[]) {
  const latencies: number[] = [];
  const began = performance.now();
  const queue = bodies.values();
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (const body of queue) {
        const started = performance.now();
        const headers = { 'content-type': 'application/json', 'x-hub-signature-256': signatureOf(body) };
        let { statusCode, body: answered } = await pool.request({ method: 'POST', path, headers, body });
        await answered.dump();
        // The limit of a connection is above what a number gets; here it may be reached.
        while (statusCode === 429) {
          await sleep(100);
          ({ statusCode, body: answered } = await pool.request({ method: 'POST', path, headers, body }));
          await answered.dump();
        }
        if (statusCode !== 200) throw new Error(`The webhook was answered with ${statusCode}.`);
        latencies.push(performance.now() - started);
      }
    }),
  );
  const perSecond = (bodies.length / (performance.now() - began)) * 1_000;
  latencies.sort((one, other) => one - other);
  const at = (share: number) => latencies[Math.floor(latencies.length * share)] ?? 0;
  return { p50: at(0.5), p99: at(0.99), perSecond };
}

function told({ p50, p99, perSecond }: { p50: number; p99: number; perSecond: number }): string {
  return `p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms, ${perSecond.toFixed(0)}/s`;
}

async function until(done: () => boolean): Promise<void> {
  while (!done()) await sleep(50);
}
