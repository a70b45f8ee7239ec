/** FailoverBench's sixteen cases. The full profile, with its real waiting times, is a long run of `npm run nightly`. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { cases } from './failover-bench/catalogue.ts';
import type { Case, Outcome } from './failover-bench/outcome.ts';
import { modelsOf, playAll, profiles } from './failover-bench/play.ts';
import { scoreOf } from './failover-bench/score.ts';
import { scoreTimonel } from './failover-bench/timonel.ts';
import { canonicalAnswer } from './faulty-provider/answer.ts';
import { type FaultyProvider, startFaultyProvider } from './faulty-provider/server.ts';
import { type Called, closeCaller } from './model-caller.ts';

let provider: FaultyProvider;
beforeAll(async () => {
  provider = await startFaultyProvider(profiles.fast);
});
afterAll(async () => {
  await closeCaller();
  await provider.close();
});

it('calls a hang, a truncated answer, a hammered provider and a wrong name for the model what they are', () => {
  const call: Called & { askedAt: number } = {
    outcome: 'success',
    status: 200,
    headers: {},
    text: canonicalAnswer,
    tokens: [],
    done: true,
    finishReason: 'stop',
    error: undefined,
    model: 'ok',
    usage: {},
    milliseconds: 1,
    firstTokenMs: 1,
    thinking: '',
    toolArguments: '',
    malformed: 0,
    misplaced: 0,
    openBlock: undefined,
    body: undefined,
    askedAt: 0,
  };
  const attempt = {
    model: '',
    behaviour: 'ok',
    attempt: 1,
    faulty: true,
    protocol: 'openai',
    stream: true,
    prefilled: false,
  } as const;
  const exchange = { ...attempt, credential: '', promptTokens: 9, body: {}, at: 0, tokens: 0, bytes: 0, outcome: 'over' } as const;
  const good: Outcome = {
    calls: [call],
    primary: [exchange],
    fallback: [exchange],
    fallbackModel: 'ok',
    seconds: 1,
    alive: true,
    downMs: 0,
  };
  const verdict = (id: string, outcome: Partial<Outcome>) => {
    const scenario = cases.find((each) => each.id === id);
    return scenario === undefined ? undefined : scoreOf(scenario, { ...good, ...outcome }, true).verdict;
  };
  const words = (text: string): Partial<Outcome> => ({ calls: [{ ...call, text }] });
  expect(verdict('S08', {})).toBe('pass');
  expect(verdict('S08', words('A gateway earns'))).toBe('fail');
  expect(verdict('S08', words(`${canonicalAnswer} nothing is shown twice`))).toBe('fail');
  expect(verdict('S08', { calls: [{ ...call, outcome: 'hang' }] })).toBe('fail');
  expect(verdict('S08', { calls: [{ ...call, outcome: 'error' }] })).toBe('safe');
  expect(verdict('S02', { primary: Array(7).fill(exchange) })).toBe('fail');
  expect(verdict('S07', { primary: [{ ...exchange, tokens: 60 }] })).toBe('partial');
  expect(verdict('S12', { primary: [exchange, exchange] })).toBe('fail');
  expect(verdict('S12', { primary: [exchange, { ...exchange, promptTokens: 5 }] })).toBe('pass');
  expect(verdict('S13', {})).toBe('partial');
  expect(verdict('S14', { calls: [{ ...call, outcome: 'error' }], fallback: [{ ...exchange, prefilled: true }] })).toBe('fail');
  expect(verdict('S16', { calls: [{ ...call, model: 'unavailable-for-s16' }] })).toBe('fail');
});

it.concurrent('passes all sixteen with Timonel', async () => {
  const scores = await scoreTimonel(profiles.fast);
  const lines = scores.map(({ line }) => line).join('\n');
  console.log(lines);
  expect(
    scores.map(({ id, verdict }) => `${id} ${verdict}`),
    lines,
  ).toEqual(cases.map(({ id }) => `${id} pass`));
});

it.concurrent('scores a client without any care as the published scorecard does', async () => {
  const system = {
    url: provider.url,
    key: 'sk-provider',
    hasFallback: false,
    modelOf: (scenario: Case) => modelsOf(scenario).primary,
    healthyModel: 'ok',
  };
  const scores = await playAll(system, provider, profiles.fast);
  const of = (verdict: string) => scores.filter((each) => each.verdict === verdict).map(({ id }) => id);
  // Its row "No gateway (direct, no retries)" of 2026-09-12: 4 pass, 12 safe.
  expect(of('pass'), scores.map(({ line }) => line).join('\n')).toEqual(['S07', 'S10', 'S11', 'S13']);
  expect(of('safe')).toHaveLength(12);
});
