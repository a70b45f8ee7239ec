import type { JSONObject } from '@ai-sdk/provider';
import fc from 'fast-check';
import { encode as encodeOlder } from 'gpt-tokenizer/encoding/cl100k_base';
import { encode as encodeNewer } from 'gpt-tokenizer/encoding/o200k_base';
import { describe, expect, it } from 'vitest';
import { type Price, priceTable } from './price-table.ts';
import { costOf, highestCost, inDollars, Prices } from './prices.ts';
import { upperBound } from './tokens.ts';
import { sdkUsage, totalOf } from './usage.ts';

const on = (day: string) => () => new Date(`${day}T12:00:00Z`);
const prices = new Prices({}, on('2026-11-21'));

describe('prices', () => {
  it('have a source and a date, all of them', () => {
    const all = Object.values(priceTable).flat();
    expect(all.length).toBeGreaterThan(15);
    for (const { source, date, input, output } of all) {
      expect(source).not.toBe('');
      expect(date).toMatch(/^20\d\d-\d\d-\d\d$/);
      expect(Math.min(input, output)).toBeGreaterThanOrEqual(0);
    }
  });

  it('are found with and without the provider, and for a dated version', () => {
    const expected = priceTable['anthropic/claude-haiku-4-5']?.[0];
    for (const name of ['anthropic/claude-haiku-4-5', 'claude-haiku-4-5', 'claude-haiku-4-5-20251001'])
      expect(prices.find(name)).toEqual(expected);
    expect(prices.find('groq/openai/gpt-oss-120b')?.input).toBe(0.15);
    expect(prices.find('ollama/qwen3:8b')).toMatchObject({ input: 0, output: 0 });
    // Another provider's model of the same name may cost anything.
    expect(prices.find('together/gpt-4o-mini')).toBeUndefined();
    for (const unknown of ['claude-of-tomorrow', '*', 'constructor', '__proto__/x', 'ollama', '', '/'])
      expect(prices.find(unknown)).toBeUndefined();
  });

  it('change on the day that was announced', () => {
    expect(new Prices({}, on('2026-11-30')).find('google/gemini-4-argon')?.output).toBe(10);
    expect(new Prices({}, on('2026-12-01')).find('google/gemini-4-argon')?.output).toBe(20);
  });

  it("give way to the project's own, which keep what is known of the model", () => {
    const own = new Prices(
      { 'gpt-4o-mini': { input: 1, output: 2 }, 'openai/gpt-4o-mini': { input: 3, output: 4 } },
      on('2026-11-21'),
    );
    expect(own.find('openai/gpt-4o-mini')).toMatchObject({ input: 3, source: "the project's prices", maxOutput: 16_384 });
    expect(own.find('together/gpt-4o-mini')).toMatchObject({ input: 1, date: '2026-11-21' });
  });

  it('are refused where they are no prices, each by name', () => {
    const wrong = {
      a: { input: -1, output: 2 },
      b: { input: '3', output: 4 },
      c: { input: 1 },
      d: { input: 1, output: 1, inptu: 2 },
    };
    expect(() => new Prices(wrong as unknown as Record<string, Price>, on('2026-11-21'))).toThrow(
      /prices\.a\.input.*prices\.b\.input.*prices\.c\.output.*prices\.d.*US dollars per million tokens/,
    );
  });
});

describe('cost', () => {
  const price: Price = {
    input: 3,
    output: 15,
    cacheRead: 0.3,
    cacheWrite: 3.75,
    cacheWriteLong: 6,
    above: { tokens: 200_000, input: 6, output: 22.5 },
  };

  it('is exact: a sum of a million small calls is the price of the whole', () => {
    expect(costOf({ input: 0.1, output: 0.5 }, { input: 1, output: 0 }) * 1_000_000n).toBe(100_000_000n);
    expect(costOf(price, { input: 1_000, output: 100, cacheRead: 10_000, cacheWrite: 200, cacheWriteLong: 100 })).toBe(
      3_000_000n + 1_500_000n + 3_000_000n + 750_000n + 600_000n,
    );
  });

  it('rounds up once, so that the least call is not free', () => {
    expect(costOf({ input: 0.0001, output: 0 }, { input: 1, output: 0 })).toBe(1n);
  });

  it('takes the rates of long requests for the whole of one, its cached part counted', () => {
    expect(costOf(price, { input: 200_000, output: 10 })).toBe(200_000n * 3_000n + 150_000n);
    expect(costOf(price, { input: 1, output: 10, cacheRead: 200_000 })).toBe(200_001n * 6_000n + 225_000n);
  });

  const tokens = fc.integer({ min: 0, max: 400_000 });
  const rate = fc.integer({ min: 0, max: 100_000 }).map((value) => value / 1000);
  const rates = { input: rate, output: rate, cacheRead: rate, cacheWrite: rate, cacheWriteLong: rate };
  const anyPrice = fc.record(
    {
      ...rates,
      above: fc.record({ ...rates, tokens: fc.integer({ min: 1, max: 300_000 }) }, { requiredKeys: ['tokens', 'input', 'output'] }),
    },
    { requiredKeys: ['input', 'output'] },
  );

  it('is never above the highest cost of as many tokens, or more', () => {
    fc.assert(
      fc.property(
        anyPrice,
        fc.tuple(tokens, tokens, tokens, tokens, tokens),
        tokens,
        (some, [input, output, read, write, long], more) => {
          const used = { input, output, cacheRead: read, cacheWrite: write, cacheWriteLong: long };
          const bound = { input: totalOf(used) - output + more, output: output + more };
          return costOf(some as Price, used) <= highestCost(some as Price, bound, 'long');
        },
      ),
    );
  });

  it('counts what is put into the prompt cache as possible, where it can happen unasked or is asked for', () => {
    const tokens = { input: 1_000_000, output: 0 };
    const most = (model: string, request: object) => upperBound({ ...request, max_tokens: 0 }, model, prices);
    const plain = { messages: [{ role: 'user', content: 'x'.repeat(50_000) }] };
    const asked = (mark: object) => ({
      messages: [{ role: 'user', content: [{ type: 'text', text: 'x'.repeat(50_000), cache_control: mark }] }],
    });
    const forMinutes = { type: 'ephemeral' };
    const rate = ({ money, tokens: count }: ReturnType<typeof most>) => Number(money) / count;
    const requests = [plain, asked(forMinutes), asked({ ...forMinutes, ttl: '1h' })];
    expect(requests.map((request) => rate(most('anthropic/claude-opus-5-5', request)))).toEqual([4_000, 5_000, 8_000]);
    expect(rate(most('openai/gpt-6-sol', plain))).toBe(2_500);
    expect(highestCost({ input: 1, output: 0, cacheWrite: 2, cacheWriteLong: 3 }, tokens, 'unasked')).toBe(2_000_000_000n);
    expect(highestCost({ input: 1, output: 0, cacheWrite: 2, cacheWriteLong: 3 }, tokens, 'short')).toBe(2_000_000_000n);
    expect(highestCost({ input: 1, output: 0, cacheWrite: 2, cacheWriteLong: 3 }, tokens, 'long')).toBe(3_000_000_000n);
  });

  it('is written for people', () => {
    expect([0n, 1_250_000_000n, 42_000n, 9_999_999n].map(inDollars)).toEqual(['$0.00', '$1.25', '$0.000042', '$0.010']);
  });
});

describe('the upper bound of a request', () => {
  const tokensOf = (request: object, model = 'openai/gpt-4o-mini') => upperBound(request, model, prices).tokens;
  const asked = { max_tokens: 10 };

  it('is never below what tokenizers count, whatever the text', () => {
    const text = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.string({ unit: 'binary' }),
      fc.lorem(),
      fc.constantFrom('🏳️‍🌈', '漢字', '\u0000', '\ud800'),
    );
    fc.assert(
      fc.property(fc.array(text, { maxLength: 20 }), (texts) => {
        const messages = texts.map((content) => ({ role: 'user', content }));
        const special = { allowedSpecial: 'all' as const };
        const counted = texts.reduce(
          (sum, each) => sum + 8 + Math.max(encodeNewer(each, special).length, encodeOlder(each, special).length),
          0,
        );
        return tokensOf({ messages, max_tokens: 0 }) >= counted;
      }),
    );
  });

  it('counts the answer: as asked for, as often as asked for, else the most that the model gives', () => {
    const messages = [{ role: 'user', content: 'Hola' }];
    const input = tokensOf({ messages, max_tokens: 0 });
    const added = (request: object, model?: string) => tokensOf({ messages, ...request }, model) - input;
    expect(added({ max_completion_tokens: 500 })).toBeGreaterThanOrEqual(500);
    expect(added({ max_tokens: 500, n: 3 })).toBeGreaterThanOrEqual(1_500);
    expect(added({})).toBeGreaterThan(16_000);
    expect(added({}, 'anthropic/unheard-of')).toBeGreaterThan(120_000);
    expect(upperBound({ messages }, 'anthropic/unheard-of', prices).money).toBeUndefined();
  });

  it('counts a picture by its kind, not by its bytes, and one that is only linked too', () => {
    const data = `data:image/png;base64,${'A'.repeat(400_000)}`;
    const parts = {
      'openai/gpt-4o-mini': [
        { type: 'image_url', image_url: { url: data } },
        { type: 'image_url', image_url: { url: 'https://example.com/a.png' } },
        { type: 'input_image', image_url: data },
      ],
      'anthropic/claude-opus-5-5': [
        { type: 'image', source: { type: 'base64', media_type: 'image/png', data } },
        { type: 'file', mediaType: 'image/png', data: new Uint8Array(400_000) },
        { type: 'file', mediaType: 'image/png', data: { type: 'data', data: new Uint8Array(400_000) } },
        { type: 'file', mediaType: 'image/*', data: { type: 'url', url: new URL('https://example.com/a.png') } },
      ],
    };
    for (const [model, each] of Object.entries(parts)) {
      const most = model.startsWith('anthropic') ? 5_000 : 50_000;
      for (const part of each) {
        const bound = tokensOf({ ...asked, messages: [{ role: 'user', content: [part] }] }, model);
        expect(bound).toBeGreaterThanOrEqual(most);
        expect(bound).toBeLessThan(most + 1_000);
      }
    }
  });

  it('takes the whole of the model where nobody can know: documents, searches of the provider, what the provider remembers', () => {
    const document = { type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: 'JVBERi0=' } };
    for (const request of [
      { messages: [{ role: 'user', content: [document] }] },
      { messages: [], tools: [{ type: 'web_search_20250305', name: 'web_search' }] },
      { input: 'And then?', previous_response_id: 'resp_1' },
    ])
      expect(tokensOf({ ...asked, ...request }, 'anthropic/claude-opus-5-5')).toBeGreaterThanOrEqual(1_000_000);
    const attached = { type: 'file', mediaType: 'text/plain', data: { type: 'text', text: 'x'.repeat(60_000) } };
    const bound = tokensOf({ ...asked, messages: [{ role: 'user', content: [attached] }] }, 'anthropic/claude-opus-5-5');
    expect(bound > 60_000 && bound < 62_000).toBe(true);
    // Text in the clothes of a picture is counted as text.
    expect(tokensOf({ ...asked, messages: [{ type: 'image', text: 'x'.repeat(90_000) }] })).toBeGreaterThan(90_000);
  });

  it('survives a request that is nested without end', () => {
    let deep: unknown = 'end';
    for (let level = 0; level < 50_000; level++) deep = [deep];
    expect(tokensOf({ ...asked, messages: deep })).toBeGreaterThan(100_000);
  });
});

describe('usage', () => {
  const usage = (total: number, cacheRead: number, cacheWrite: number, output: number, raw?: object) => ({
    inputTokens: { total, noCache: undefined, cacheRead, cacheWrite },
    outputTokens: { total: output, text: output, reasoning: 0 },
    ...(raw === undefined ? {} : { raw: raw as JSONObject }),
  });

  it('puts each token into one field', () => {
    expect(sdkUsage(usage(100, 20, 10, 9))).toEqual({ input: 70, output: 9, cacheRead: 20, cacheWrite: 10 });
    const raw = { cache_creation: { ephemeral_5m_input_tokens: 10, ephemeral_1h_input_tokens: 4 } };
    expect(sdkUsage(usage(104, 20, 14, 9, raw))).toEqual({
      input: 70,
      output: 9,
      cacheRead: 20,
      cacheWrite: 10,
      cacheWriteLong: 4,
    });
  });

  it('takes nonsense for no answer, never for a credit', () => {
    for (const nonsense of [usage(0, 0, 0, 0), usage(-5, 0, 0, Number.NaN), usage(Number.NaN, 9, 9, -1)])
      expect(sdkUsage(nonsense)).toBeUndefined();
    expect(sdkUsage(usage(10, 999, 999, 1))).toEqual({ input: 0, output: 1, cacheRead: 10, cacheWrite: 0 });
    expect(totalOf({ input: 1, output: 2, cacheRead: 3, cacheWrite: 4, cacheWriteLong: 5 })).toBe(15);
  });
});
