/** What is paid for calls that went wrong: what a provider worked for, and nothing else; and nothing stays reserved. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { BehaviourName } from './faulty-provider/faults.ts';
import { behaviourNames } from './faulty-provider/faults.ts';
import { type FaultyGateway, namesOf, startFaultyGateway, type Way } from './gateway-faults/gateway.ts';
import { type Called, callModel } from './model-caller.ts';

/** US dollars per million tokens: a thousandth of a dollar for each token that goes in, a hundredth for each that comes out. */
const price = { input: 1_000, output: 10_000 };
const ways: readonly Way[] = (['openai', 'anthropic'] as const).flatMap((upstream) =>
  [true, false].map((stream) => ({ door: 'openai' as const, upstream, stream, fallback: false })),
);

let gateway: FaultyGateway;
beforeAll(async () => {
  const models = behaviourNames.flatMap((behaviour) => ways.map((way) => namesOf(behaviour, way).primaryTarget));
  gateway = await startFaultyGateway({}, undefined, Object.fromEntries(models.map((model) => [model, price])));
  const budget = { scope: 'api-key', period: 'month', money: 1_000 };
  expect((await gateway.timonel.call('PUT', '/api/v1/budgets', budget)).status).toBe(200);
});
afterAll(() => gateway.close());

interface Use {
  subject: string | null;
  spent: { money: number; tokens: number };
  reserved: { money: number; tokens: number };
}

/** What the report of costs has of a key: the same as the budget. */
async function costOf(key: string): Promise<Use['spent']> {
  const { body } = await gateway.timonel.call<{ costs: { name: string; money: number; tokens: number }[] }>(
    'GET',
    '/api/v1/costs?by=key',
  );
  const { money = 0, tokens = 0 } = body.costs.find(({ name }) => name === key) ?? {};
  return { money, tokens };
}

/** Calls with a key of its own. @returns what was paid, once nothing is reserved any more. */
async function spend(
  behaviour: BehaviourName,
  way: Way,
  leaveAfterTokens?: number,
): Promise<{ called: Called; spent: Use['spent'] }> {
  const { timonel, url } = gateway;
  const made = await timonel.call<{ id: string; apiKey: string }>('POST', '/api/v1/api-keys', {
    name: behaviour,
    scopes: ['models:use'],
  });
  const { alias, primary } = namesOf(behaviour, way);
  const called = await callModel({
    url,
    key: made.body.apiKey,
    model: alias,
    protocol: way.door,
    stream: way.stream,
    extra: { max_tokens: 200 },
    ...(leaveAfterTokens === undefined ? {} : { leaveAfterTokens }),
  });
  expect(gateway.provider.exchanges(primary).length).toBeGreaterThan(0);
  for (;;) {
    const { body } = await timonel.call<{ budgets: { uses: Use[] }[] }>('GET', '/api/v1/budgets');
    const use = body.budgets[0]?.uses.find(({ subject }) => subject === made.body.id);
    if (use !== undefined && use.reserved.money !== 0) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      continue;
    }
    const spent = use?.spent ?? { money: 0, tokens: 0 };
    expect(await costOf(made.body.id)).toEqual(spent);
    return { called, spent };
  }
}

const promptTokensOf = (behaviour: BehaviourName, way: Way) =>
  gateway.provider.exchanges(namesOf(behaviour, way).primary)[0]?.promptTokens ?? Number.NaN;

const each = ways.map((way) => [`${way.upstream} provider, ${way.stream ? 'stream' : 'whole'}`, way] as const);

it.each(each)('pays what the provider counted: %s', async (_name, way) => {
  const { spent } = await spend('ok', way);
  const tokens = promptTokensOf('ok', way);
  expect(spent.tokens).toBe(tokens + 60);
  expect(spent.money).toBeCloseTo(tokens * 0.001 + 60 * 0.01, 6);
});

it.each(each)('pays nothing for what was refused, and once for what a second attempt gave: %s', async (_name, way) => {
  for (const behaviour of ['unavailable', 'rate-limited', 'content-filter', 'invalid-key', 'reset'] as const)
    expect((await spend(behaviour, way)).spent.money, behaviour).toBe(0);
  const { spent } = await spend('fails-once', way);
  expect(spent.money).toBeCloseTo(promptTokensOf('fails-once', way) * 0.001 + 60 * 0.01, 6);
});

it.each(each.filter(([, { stream }]) => stream))('pays for what was written before the end: %s', async (_name, way) => {
  const whole = (await spend('ok', way)).spent.money;
  const { called, spent } = await spend('stalls', way, 20);
  expect(called.outcome).toBe('left');
  // An estimate by its length: 20 of the 60 words.
  expect(spent.money).toBeGreaterThan(whole / 6);
  expect(spent.money).toBeLessThan(whole);
  const uncounted = await spend('no-usage', { ...way, upstream: 'openai' });
  expect(uncounted.called.outcome).toBe('success');
  expect(uncounted.spent.money).toBeGreaterThan(whole / 3);
  // Both attempts were worked for.
  expect((await spend('cut-once', way)).spent.money).toBeGreaterThan(whole);
});
