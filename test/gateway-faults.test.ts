/**
 * Every fault of the faulty provider, through both doors of the gateway: what the caller sees, which model is named, and how often the
 * provider was asked. Whatever happens, nothing is shown twice and no part passes for the whole.
 */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { canonicalAnswer, otherAnswer, thoughts, tokensOf, toolArguments } from './faulty-provider/answer.ts';
import { behaviourNames, behaviourOf } from './faulty-provider/faults.ts';
import { type Expectation, expectations } from './gateway-faults/expectations.ts';
import {
  type Asked,
  type FaultyGateway,
  nameOf,
  namesOf,
  providerKey,
  startFaultyGateway,
  type Way,
  ways,
} from './gateway-faults/gateway.ts';

let gateway: FaultyGateway;
beforeAll(async () => {
  gateway = await startFaultyGateway();
});
afterAll(() => gateway.close());

type Tested = keyof typeof expectations;
// The two have tests of their own: one depends on the time, the other fills the memory.
const tested = behaviourNames.filter((name): name is Tested => name !== 'flapping' && name !== 'oversized');

const isError = ({ ends }: Expectation) => ends !== 'answers';

/** Holds for every fault on every way. */
function expectHonest({ called, primary, fallback }: Asked, way: Way): void {
  const { outcome, text, error, done, finishReason, status } = called;
  const said = text.startsWith(otherAnswer.slice(0, 40)) ? otherAnswer : canonicalAnswer;
  expect(said.startsWith(text), `shown: ${text}`).toBe(true);
  expect(called).toMatchObject({ malformed: 0, misplaced: 0 });
  expect(thoughts.startsWith(called.thinking), `thought: ${called.thinking}`).toBe(true);
  const calls = fallback.length === 0 && behaviourOf(primary[0]?.model ?? '')?.startsWith('tool') === true;
  if (outcome === 'success') {
    expect({ status, done, error }).toEqual({ status: 200, done: true, error: undefined });
    if (calls) expect(JSON.parse(called.toolArguments)).toEqual(JSON.parse(toolArguments));
    else expect(text).toBe(said);
    const reasons = { openai: ['stop', 'tool_calls'], anthropic: ['end_turn', 'tool_use'] };
    expect(finishReason).toBe(reasons[way.door][calls ? 1 : 0]);
  } else {
    expect({ outcome, done, finishReason }).toEqual({ outcome: 'error', done: false, finishReason: undefined });
    expect(error).toMatchObject({ message: expect.stringMatching(/\w{3}/), code: expect.stringMatching(/^[a-z_]+$/) });
    // What was not begun fails by its status; what was begun cannot any more.
    expect(status === 200).toBe(text + called.toolArguments !== '');
    expect(toolArguments.startsWith(called.toolArguments)).toBe(true);
  }
  expect(JSON.stringify([called.headers, called.body, error])).not.toContain('canary');
  for (const { credential, protocol, stream, faulty, prefilled, promptTokens } of [...primary, ...fallback]) {
    expect({ credential, protocol }).toEqual({ credential: providerKey, protocol: way.upstream });
    // What was cut is taken up as a stream; what comes whole is asked for whole.
    expect(stream).toBe(way.stream);
    expect(promptTokens).toBeGreaterThan(0);
    expect(prefilled && !faulty && way.upstream === 'openai').toBe(false);
  }
}

function expectAttempts(count: number, expected: Expectation['attempts']): void {
  if (typeof expected === 'number') expect(count, 'attempts').toBe(expected);
  else {
    expect(count, 'attempts').toBeGreaterThanOrEqual(expected[0]);
    expect(count, 'attempts').toBeLessThanOrEqual(expected[1]);
  }
}

function expectationOf(behaviour: Tested, { stream, door, upstream }: Way): Expectation {
  const expected = expectations[behaviour];
  // What Anthropic itself never leaves out, the AI SDK insists on: counts, and the last event of a stream.
  if (upstream === 'anthropic' && door !== upstream) {
    if (behaviour === 'no-usage') return expectations.html.stream;
    if (behaviour === 'no-done' && stream) return { ends: 'model_unavailable', attempts: [2, 5], shows: 60 };
  }
  if (!stream) return expected.whole ?? expected.stream;
  return upstream === 'anthropic' ? (expected.continued ?? expected.stream) : expected.stream;
}

async function check(behaviour: Tested, way: Way): Promise<void> {
  const expected = expectationOf(behaviour, way);
  const asked = await gateway.ask(behaviour, way);
  const { called, primary, fallback } = asked;
  const names = namesOf(behaviour, way);
  expectHonest(asked, way);
  // A target that broke twice leaves the rest of the answer to the next one.
  const twice = way.stream && expected === expectations[behaviour].continued && expected.attempts === 3;
  const yields = expected.yields === true && way.fallback;
  const rescued = yields || ((isError(expected) || twice) && way.fallback && expected.final !== true);
  const most = typeof expected.attempts === 'number' ? expected.attempts : expected.attempts[1];
  expectAttempts(
    primary.length,
    yields ? 1 : rescued && (twice || typeof expected.attempts !== 'number') ? [1, Math.min(3, most)] : expected.attempts,
  );
  expect(fallback.length, 'attempts at the fallback').toBe(rescued ? 1 : 0);
  if (isError(expected) && !rescued) {
    expect(called).toMatchObject({ outcome: 'error', error: { code: expected.ends } });
    const shown = way.stream ? (expected.shows ?? 0) : 0;
    const least = tokensOf(canonicalAnswer).slice(0, shown).join('');
    if (expected === expectations[behaviour].continued) expect(called.text.startsWith(least), `shown: ${called.text}`).toBe(true);
    else expect(called.text).toBe(least);
    return;
  }
  expect(called).toMatchObject({ outcome: 'success' });
  const by = rescued ? names.fallbackTarget : names.primaryTarget;
  // A stream that one model began and another ended: the head names the first, and so does Anthropic's first event.
  const begun = rescued && way.stream && (twice || yields || expected.shows !== undefined);
  expect(called.headers['x-timonel-model']).toBe(begun ? names.primaryTarget : by);
  const named = begun && way.door === 'anthropic' ? names.primaryTarget : by;
  expect(named.endsWith(`/${called.model}`) || called.model === named, `model: ${called.model}`).toBe(true);
  if (behaviour !== 'no-usage') expect(called.usage, 'usage').toBeDefined();
}

it.concurrent.each(tested)('%s: what the caller sees on every way', async (behaviour) => {
  const faults: string[] = [];
  await Promise.all(
    ways.map((way) => check(behaviour, way).catch((error: Error) => faults.push(`${nameOf(way)}: ${error.message.slice(0, 300)}`))),
  );
  expect(faults).toEqual([]);
});
