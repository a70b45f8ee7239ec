/**
 * The gateway between a caller who leaves and a provider who fails for long: nothing goes on for nobody, an outage is not answered with more
 * traffic, and a stream that is ended by us does not look complete either.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { canonicalAnswer, tokensOf } from './faulty-provider/answer.ts';
import { type FaultyGateway, nameOf, namesOf, patient, startFaultyGateway, type Way, ways } from './gateway-faults/gateway.ts';
import { callModel } from './model-caller.ts';

const target = (model: string) => ({ model: `configured/${model}` });

const cache = { ttlSeconds: 60, calls: 'always' };

let gateway: FaultyGateway;
beforeAll(async () => {
  gateway = await startFaultyGateway({
    hedged: { targets: [target('slow-first-token-for-hedge'), target('ok-for-hedge')], hedgeAfterMs: 50 },
    'refusal-next': { targets: [target('content-filter-for-next'), target('ok-for-next')], onRefusal: 'next' },
    outage: { targets: [target('unavailable-for-outage'), target('ok-for-outage')], timeouts: patient },
    flapping: { targets: [target('flapping-for-route'), target('ok-for-flapping')], timeouts: patient },
    leaving: { targets: [target('stalls-for-leaving'), target('ok-for-leaving')], timeouts: patient },
    flight: { targets: [target('slow-headers-for-flight')], timeouts: patient, cache },
    'cached-cut': { targets: [target('cut-for-cache')], timeouts: patient, cache },
    'cached-healed': { targets: [target('cut-once-for-cache')], timeouts: patient, cache },
    revoked: { targets: [target('stalls-for-revoked')], timeouts: patient },
  });
});
afterAll(() => gateway.close());

const ask = (model: string, question: Partial<Parameters<typeof callModel>[0]> = {}) =>
  callModel({ url: gateway.url, key: gateway.timonel.apiKey, model, ...question });

async function breaker(model: string): Promise<string | undefined> {
  type View = { breakers: { target: string; state: string }[] };
  const { body } = await gateway.timonel.call<View>('GET', '/api/v1/health/circuit-breaker');
  return body.breakers.find(({ target: name }) => name === `configured/${model}`)?.state;
}

/** Resolves once the provider has been asked for that model. */
async function asked(model: string): Promise<void> {
  while (gateway.provider.exchanges(model).length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
}

describe('a caller who leaves', () => {
  it.each(ways.filter(({ fallback }) => fallback).map((way): [string, Way] => [nameOf(way), way]))(
    'leaves nothing under way at the provider: %s',
    async (_name, way) => {
      for (const behaviour of ['stalls', 'silent', 'slow-headers'] as const) {
        const { primary } = namesOf(behaviour, way);
        const leave = new AbortController();
        const tokensFirst = behaviour === 'stalls' && way.stream;
        const asking = gateway.ask(behaviour, way, { signal: leave.signal, ...(tokensFirst ? { leaveAfterTokens: 20 } : {}) });
        await asked(primary);
        if (!tokensFirst) leave.abort();
        const { called } = await asking;
        expect(called.outcome).toBe('left');
        await gateway.provider.idle();
        const { exchanges } = gateway.provider;
        // It saw the caller go before it had anything more to say, and nobody was asked instead.
        expect(exchanges(primary)).toMatchObject([{ outcome: 'client gone', tokens: tokensFirst ? 20 : 0 }]);
        expect(exchanges(namesOf(behaviour, way).fallback)).toEqual([]);
      }
    },
  );

  it('does not speak against the model: after many who left it is still asked first', async () => {
    for (let caller = 0; caller < 30; caller += 1)
      expect(await ask('leaving', { leaveAfterTokens: 20 })).toMatchObject({ outcome: 'left' });
    await gateway.provider.idle();
    expect(await ask('leaving', { leaveAfterTokens: 20 })).toMatchObject({ outcome: 'left' });
    expect(gateway.provider.exchanges('stalls-for-leaving')).toHaveLength(31);
    expect(gateway.provider.exchanges('ok-for-leaving')).toEqual([]);
    expect(await breaker('stalls-for-leaving')).toBe('closed');
  });
});

describe('a provider that fails for long', () => {
  it('is left alone by its breaker, and every caller gets an answer', async () => {
    const calls = 60;
    for (let call = 0; call < calls; call += 1)
      expect(await ask('outage')).toMatchObject({ outcome: 'success', text: canonicalAnswer, done: true });
    const { exchanges } = gateway.provider;
    expect(exchanges('ok-for-outage')).toHaveLength(calls);
    expect(exchanges('unavailable-for-outage').length).toBeGreaterThan(2);
    expect(exchanges('unavailable-for-outage').length).toBeLessThan(calls / 2);
    expect(await breaker('unavailable-for-outage')).toBe('open');
    expect(await breaker('ok-for-outage')).toBe('closed');

    // An operator who knows better lets one call through: it is asked once more, and left alone again.
    const before = exchanges('unavailable-for-outage').length;
    await gateway.timonel.call('POST', '/api/v1/health/circuit-breaker', {
      target: 'configured/unavailable-for-outage',
      state: 'half-open',
    });
    expect(await ask('outage')).toMatchObject({ outcome: 'success', text: canonicalAnswer });
    expect(exchanges('unavailable-for-outage')).toHaveLength(before + 1);
    expect(await breaker('unavailable-for-outage')).toBe('open');
  });

  it('is used again once it is well', async () => {
    const { exchanges } = gateway.provider;
    const well = () => exchanges('flapping-for-route').some(({ faulty }) => !faulty);
    while (!well()) {
      expect(await ask('flapping')).toMatchObject({ outcome: 'success', text: canonicalAnswer });
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    const elsewhere = exchanges('ok-for-flapping').length;
    expect((await ask('flapping')).headers['x-timonel-model']).toBe('configured/flapping-for-route');
    expect(exchanges('ok-for-flapping')).toHaveLength(elsewhere);
    expect(await breaker('flapping-for-route')).toBe('closed');
  });

  it('that sends without end is cut off, and somebody else answers', async () => {
    const readToTheEnd: string[] = [];
    // Each is a hundred megabytes: a fallback is tried on one way.
    for (const way of ways.filter(({ fallback }, index) => !fallback || index === 0)) {
      const { called, primary } = await gateway.ask('oversized', way);
      if (way.fallback) expect(called, nameOf(way)).toMatchObject({ outcome: 'success', text: canonicalAnswer });
      else expect(called, nameOf(way)).toMatchObject({ outcome: 'error', text: '', error: { code: 'model_unavailable' } });
      await gateway.provider.idle();
      if (primary.some(({ outcome }) => outcome !== 'client gone')) readToTheEnd.push(nameOf(way));
    }
    expect(readToTheEnd).toEqual([]);
  });
});

describe('what a route says', () => {
  it('asks a second model early where it hedges, and lets go of the slower one', async () => {
    const called = await ask('hedged');
    expect(called).toMatchObject({ outcome: 'success', text: canonicalAnswer });
    expect(called.headers['x-timonel-model']).toBe('configured/ok-for-hedge');
    await gateway.provider.idle();
    expect(gateway.provider.exchanges('slow-first-token-for-hedge')).toMatchObject([{ outcome: 'client gone', tokens: 0 }]);
  });

  it('routes around a content filter where it says so', async () => {
    expect(await ask('refusal-next')).toMatchObject({ outcome: 'success', text: canonicalAnswer });
    expect(gateway.provider.exchanges('content-filter-for-next')).toHaveLength(1);
  });

  it('waits as long as the provider asks, and tells the caller where that is too long', async () => {
    for (const behaviour of ['rate-limited-once-seconds', 'rate-limited-once-date']) {
      const way: Way = { door: 'openai', upstream: 'openai', stream: true, fallback: false };
      const { primary } = await gateway.ask(behaviour, way);
      expect((primary[1]?.at ?? 0) - (primary[0]?.at ?? 0)).toBeGreaterThanOrEqual(1_990);
    }
    const { called } = await gateway.ask('rate-limited-for-an-hour', {
      door: 'openai',
      upstream: 'openai',
      stream: true,
      fallback: false,
    });
    expect(called.status).toBe(429);
    expect(called.headers['retry-after']).toBe('3600');
  });
});

describe('callers who ask the same on a route with a cache', () => {
  it.each([true, false])('are all answered when the first of them leaves (stream: %s)', async (stream) => {
    const { exchanges } = gateway.provider;
    const before = exchanges('slow-headers-for-flight').length;
    const leave = new AbortController();
    const first = ask('flight', { stream, signal: leave.signal });
    while (exchanges('slow-headers-for-flight').length === before) await new Promise((resolve) => setTimeout(resolve, 5));
    const others = Array.from({ length: 5 }, () => ask('flight', { stream }));
    await new Promise((resolve) => setTimeout(resolve, 200));
    leave.abort();
    expect((await first).outcome).toBe('left');
    for (const called of await Promise.all(others))
      expect(called).toMatchObject({ outcome: 'success', text: canonicalAnswer, done: true });
    expect(exchanges('slow-headers-for-flight').length - before).toBe(1);
  });

  it('never get from it what was not complete', async () => {
    const { exchanges } = gateway.provider;
    for (let before = 0, round = 0; round < 2; round += 1, before = exchanges('cut-for-cache').length) {
      expect(await ask('cached-cut')).toMatchObject({ outcome: 'error', done: false });
      expect(exchanges('cut-for-cache').length).toBeGreaterThan(before);
    }
    for (const stream of [true, true, false])
      expect(await ask('cached-healed', { stream })).toMatchObject({ outcome: 'success', text: canonicalAnswer, done: true });
    expect(exchanges('cut-once-for-cache').length).toBeLessThanOrEqual(3);
  });
});

describe('a stream that is ended by us', () => {
  const part = tokensOf(canonicalAnswer).slice(0, 20).join('');

  it.each(['openai', 'anthropic'] as const)('does not look complete when the key is revoked: %s', async (protocol) => {
    const made = await gateway.timonel.call<{ id: string; apiKey: string }>('POST', '/api/v1/api-keys', {
      name: `revoked-${protocol}`,
      scopes: ['models:use'],
    });
    expect(made.status).toBe(201);
    const { id, apiKey } = made.body;
    let revoked: Promise<unknown> | undefined;
    const called = await ask('revoked', {
      key: apiKey,
      protocol,
      onText: (text) => {
        if (text === part) revoked = gateway.timonel.call('DELETE', `/api/v1/api-keys/${id}`);
      },
    });
    await revoked;
    expect(called).toMatchObject({ outcome: 'error', text: part, done: false, finishReason: undefined });
  });
});
