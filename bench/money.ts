/** What budgets, prices and the response cache cost. Prints a table: `npm run bench:money`. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readSettings } from '../src/config.ts';
import { cacheKey } from '../src/llm/cache/key.ts';
import { ResponseCache } from '../src/llm/cache/response-cache.ts';
import { Budgets } from '../src/llm/money/budgets.ts';
import { Prices } from '../src/llm/money/prices.ts';
import { upperBound } from '../src/llm/money/tokens.ts';
import { openStore, type Store } from '../src/store/open.ts';
import { startPostgres } from '../test/postgres.ts';
import { storeEnvironment } from '../test/store-environment.ts';

const now = () => new Date();
const text = (bytes: number) => 'The quick brown fox books an appointment for its dog. '.repeat(bytes / 50).slice(0, bytes);
const request = {
  model: 'gpt-6-sol',
  temperature: 0,
  max_tokens: 100,
  messages: [
    { role: 'system', content: text(550) },
    { role: 'user', content: text(600) },
  ],
};

function print(what: string, value: number, unit: string): void {
  console.log(`${what.padEnd(64)}${value.toFixed(value < 0.1 ? 4 : value < 10 ? 2 : 0).padStart(9)} ${unit}`);
}

async function each(what: string, times: number, work: () => unknown): Promise<void> {
  for (let time = 0; time < times / 10; time++) await work();
  const started = performance.now();
  for (let time = 0; time < times; time++) await work();
  print(what, ((performance.now() - started) / times) * 1_000, 'µs');
}

async function bounds(): Promise<void> {
  const prices = new Prices({}, now);
  const before = process.memoryUsage().rss;
  const started = performance.now();
  const { countTokens } = await import('gpt-tokenizer/encoding/o200k_base');
  print('gpt-tokenizer: loading', performance.now() - started, 'ms');
  print('gpt-tokenizer: memory', (process.memoryUsage().rss - before) / 1e6, 'MB');
  for (const bytes of [1_200, 100_000]) {
    const content = text(bytes);
    const body = { ...request, messages: [{ role: 'user', content }] };
    await each(`gpt-tokenizer: ${bytes} bytes`, 50, () => countTokens(content));
    await each(`upper bound by bytes: ${bytes} bytes`, 5_000, () => upperBound(body, 'openai/gpt-6-sol', prices));
  }
}

async function cache(): Promise<void> {
  const responses = new ResponseCache({ bytes: 64e6, entryBytes: 1e6, redis: undefined, now });
  const question = { workspaceId: 'w', model: 'openai/gpt-6-sol', request };
  const life = { ttlMs: 3_600_000, graceMs: 0 };
  const body = 'x'.repeat(2_000);
  const produce = async () => ({ body, contentType: 'application/json', model: 'm', cost: 1n, at: Date.now(), keep: true });
  const key = cacheKey(question);
  await responses.through('w', key, life, produce);
  await each('cache key of a 1.2 kB request', 20_000, () => cacheKey(question));
  await each('cache hit in memory, 2 kB', 100_000, () => responses.through('w', key, life, produce));
  let next = 0;
  await each('cache miss, kept', 20_000, () => responses.through('w', `k${next++}`, life, produce));
}

/** Calls of five milliseconds for three seconds. The embedded store runs in this process: its CPU is in the figure. A server's is not. */
async function together(what: string, store: Store, call: () => Promise<void>, concurrency: number): Promise<void> {
  let calls = 0;
  const run = async (milliseconds: number) => {
    const until = performance.now() + milliseconds;
    calls = 0;
    const one = async () => {
      for (; performance.now() < until; calls++) await call();
    };
    await Promise.all(Array.from({ length: concurrency }, one));
  };
  await run(500);
  const trips = store.pool.roundTrips.count;
  const started = performance.now();
  const before = process.cpuUsage();
  await run(3_000);
  const { user, system } = process.cpuUsage(before);
  const title = `${store.kind}: ${what}, ${concurrency} at once`;
  print(`${title}: time per call`, ((performance.now() - started) / calls) * concurrency * 1_000, 'µs');
  print(`${title}: CPU per call`, (user + system) / calls, 'µs');
  print(`${title}: round trips per call`, (store.pool.roundTrips.count - trips) / calls, '');
}

async function budgets(server: string | undefined): Promise<void> {
  const { environment, remove } = await storeEnvironment(server);
  const store = await openStore(readSettings(environment));
  try {
    await store.pool.executeText(`INSERT INTO workspaces (workspace_id, name, time_zone) VALUES ('w', 'w', 'UTC')`);
    const granted = new Budgets({ pool: store.pool, now, newId: () => crypto.randomUUID() });
    const spender = { workspaceId: 'w', keyId: 'k', agent: 'a' };
    const call = async () => {
      const held = await granted.reserve(spender, { model: 'openai/gpt-6-sol', tokens: 100, money: 10n });
      await new Promise((resolve) => setTimeout(resolve, 5));
      await held.settle({ tokens: 50, money: 5n });
    };
    const concurrencies = [1, 16, 64];
    for (const concurrency of concurrencies) await together('no budget', store, call, concurrency);
    for (const scope of ['workspace', 'api-key', 'agent'] as const)
      await granted.list.put('w', { scope, subject: '*', period: 'month', money: 10n ** 15n, tokens: undefined });
    for (const concurrency of concurrencies) await together('three budgets', store, call, concurrency);
  } finally {
    await store.close();
    await remove();
  }
}

await bounds();
await cache();
await budgets(undefined);
const directory = mkdtempSync(join(tmpdir(), 'timonel-bench-'));
const postgres = await startPostgres(directory);
if (postgres !== undefined) {
  await budgets(postgres.url).finally(() => postgres.stop());
}
rmSync(directory, { recursive: true, force: true });
