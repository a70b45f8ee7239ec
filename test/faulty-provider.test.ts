/** The faulty provider by itself: its right answers are right, and each fault is the one that it is called. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { canonicalAnswer, thoughts, tokensOf } from './faulty-provider/answer.ts';
import { type BehaviourName, behaviourNames, behaviourOf } from './faulty-provider/faults.ts';
import { type FaultyProvider, startFaultyProvider } from './faulty-provider/server.ts';
import { type Called, type CallProtocol, callModel, closeCaller } from './model-caller.ts';

let provider: FaultyProvider;
beforeAll(async () => {
  provider = await startFaultyProvider({ scale: 0.01, tokenMs: 0 });
});
afterAll(async () => {
  await closeCaller();
  await provider.close();
});

type Expected = Partial<Record<keyof Called, unknown>>;

const complete: Expected = { outcome: 'success', text: canonicalAnswer, done: true, error: undefined };
const broken: Expected = { outcome: 'error', status: 200, done: false };
const refused = (status: number): Expected => ({ outcome: 'error', status, text: '' });
const begun = (tokens: number) => tokensOf(canonicalAnswer).slice(0, tokens).join('');

/** What somebody sees who asks the provider directly, once: in a stream, and whole where that differs. */
const expectations: Record<BehaviourName, { stream: Expected; whole?: Expected }> = {
  ok: { stream: complete },
  crlf: { stream: complete },
  bytewise: { stream: complete },
  comments: { stream: complete },
  pairs: { stream: complete },
  'split-characters': { stream: complete },
  'no-done': { stream: { ...complete, done: false }, whole: complete },
  'no-usage': { stream: { ...complete } },
  pauses: { stream: complete },
  'no-prefill': { stream: complete },
  'other-words': { stream: { outcome: 'success', text: expect.stringMatching(/remembers it differently/) } },
  'other-words-no-prefill': { stream: { outcome: 'success', text: expect.stringMatching(/remembers it differently/) } },
  'rate-limited': { stream: refused(429) },
  'rate-limited-once': { stream: refused(429) },
  'rate-limited-once-seconds': { stream: { ...refused(429), headers: expect.objectContaining({ 'retry-after': '2' }) } },
  'rate-limited-once-date': {
    stream: { ...refused(429), headers: expect.objectContaining({ 'retry-after': expect.stringMatching(/ GMT$/) }) },
  },
  'rate-limited-for-an-hour': { stream: { ...refused(429), headers: expect.objectContaining({ 'retry-after': '3600' }) } },
  'fails-once': { stream: refused(500) },
  fails: { stream: refused(500) },
  unavailable: { stream: refused(503) },
  overloaded: { stream: refused(529) },
  'overloaded-once': { stream: refused(529) },
  'context-length': { stream: refused(400) },
  'content-filter': { stream: refused(400) },
  'invalid-key': { stream: refused(401) },
  'no-such-model': { stream: refused(404) },
  flapping: { stream: refused(503) },
  'slow-headers': { stream: complete },
  silent: { stream: { outcome: 'error', status: undefined } },
  'slow-first-token': { stream: complete },
  stalls: { stream: { ...broken, text: begun(20) }, whole: { ...broken, text: '' } },
  'stalls-once': { stream: { ...broken, text: begun(20) }, whole: { ...broken, text: '' } },
  reset: { stream: { outcome: 'error', status: undefined } },
  'reset-once': { stream: { outcome: 'error', status: undefined } },
  'reset-after-headers': { stream: { ...broken, text: '' } },
  'reset-mid-body': { stream: { ...broken, text: begun(40) }, whole: { ...broken, text: '' } },
  cut: { stream: { ...broken, text: begun(40) }, whole: { ...broken, text: '' } },
  'cut-once': { stream: { ...broken, text: begun(40) }, whole: { ...broken, text: '' } },
  html: { stream: { status: 200, text: '', done: false } },
  oversized: { stream: { ...broken, text: '', error: { message: expect.stringMatching(/more than/) } } },
  'truncated-json': { stream: { outcome: 'success', text: begun(5), done: false }, whole: { ...broken, text: '' } },
  'malformed-chunk': { stream: { ...complete, malformed: 1 }, whole: { ...broken, text: '' } },
  'error-event-first': { stream: { ...broken, text: '' } },
  'error-event-first-once': { stream: { ...broken, text: '' } },
  'error-event-later': { stream: { ...broken, text: begun(40) }, whole: { ...broken, text: '' } },
  'tool-call': { stream: { ...complete, text: '', toolArguments: expect.stringMatching(/^\{"city".*"metric"\}$/) } },
  'tool-call-cut': { stream: { ...broken, toolArguments: '{"city": "Mar del' }, whole: { ...broken, toolArguments: '' } },
  'tool-call-cut-once': { stream: { ...broken, toolArguments: '{"city": "Mar del' }, whole: { ...broken, toolArguments: '' } },
  thinking: { stream: { ...complete, thinking: thoughts } },
  'thinking-cut-once': { stream: { ...broken, text: '', thinking: 'Somebody asks about' }, whole: { ...broken, text: '' } },
  'thinking-cut-later-once': { stream: { ...broken, text: begun(12), thinking: thoughts }, whole: { ...broken, text: '' } },
};

describe.each<CallProtocol>(['openai', 'anthropic'])('the faulty provider, asked in the words of %s', (protocol) => {
  // What depends on the time of its first attempt has a test of its own.
  it.concurrent.each(behaviourNames.filter((name) => name !== 'flapping'))(
    'shows "%s" in a stream and whole',
    async (behaviour) => {
      for (const stream of [true, false]) {
        const model = `${behaviour}-for-${protocol}-${stream}`;
        const called = await callModel({ url: provider.url, key: 'sk-provider', model, protocol, stream });
        const expected = expectations[behaviour];
        expect(called.misplaced).toBe(0);
        expect(called, `stream: ${stream}`).toMatchObject(stream ? expected.stream : (expected.whole ?? expected.stream));
        const [exchange, ...others] = provider.exchanges(model);
        expect(others).toEqual([]);
        expect(exchange).toMatchObject({ behaviour, attempt: 1, protocol, stream, credential: 'sk-provider', prefilled: false });
      }
    },
  );

  it('counts usage, and leaves it out only where that is the fault', async () => {
    const ask = (model: string, stream: boolean) => callModel({ url: provider.url, key: 'k', model, protocol, stream });
    const names = protocol === 'openai' ? ['prompt_tokens', 'completion_tokens'] : ['input_tokens', 'output_tokens'];
    for (const stream of [true, false]) {
      expect((await ask('ok', stream)).usage).toMatchObject(Object.fromEntries(names.map((name) => [name, expect.any(Number)])));
      expect((await ask('no-usage', stream)).usage).toBeUndefined();
    }
  });

  it('goes on from a prefill, and rejects it where that is the fault', async () => {
    const messages = [
      { role: 'user', content: 'When?' },
      { role: 'assistant', content: begun(40) },
    ];
    const ask = (model: string) => callModel({ url: provider.url, key: 'k', model, protocol, extra: { messages } });
    expect(begun(40) + (await ask('ok')).text).toBe(canonicalAnswer);
    expect(await ask('no-prefill')).toMatchObject({ status: 400, error: { message: expect.stringMatching(/prefill/) } });
  });
});

it('has an answer of sixty words', () => {
  expect(canonicalAnswer.split(' ')).toHaveLength(60);
});

it('is well again after the first attempts, or after a while, and ill again after a reset', async () => {
  const ask = (model: string) => callModel({ url: provider.url, key: 'k', model, stream: false });
  provider.reset();
  expect([(await ask('fails-once')).status, (await ask('fails-once')).status]).toEqual([500, 200]);
  while ((await ask('flapping')).status !== 200);
  const [first, ...more] = provider.exchanges('flapping');
  expect((more.at(-1)?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(60 * 0.01 * 1_000);
  provider.reset();
  expect([(await ask('fails-once')).status, (await ask('flapping')).status]).toEqual([500, 503]);
});

it('notices that the client left before it goes on', async () => {
  for (const model of ['stalls-for-abort', 'silent-for-abort', 'slow-headers-for-abort']) {
    const leave = new AbortController();
    const calling = callModel({ url: provider.url, key: 'k', model, leaveAfterTokens: 20, signal: leave.signal });
    while (provider.exchanges(model).length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    if (!model.startsWith('stalls')) leave.abort();
    expect(await calling).toMatchObject({ outcome: 'left' });
    await provider.idle();
    expect(provider.exchanges(model)).toMatchObject([{ outcome: 'client gone', tokens: model.startsWith('stalls') ? 20 : 0 }]);
  }
});

it('finds the behaviour in a longer name', () => {
  expect(behaviourOf('cut-for-alice')).toBe('cut');
  expect(behaviourOf('cut-once-for-alice')).toBe('cut-once');
  expect(behaviourOf('cutting')).toBeUndefined();
});
