import { afterAll, beforeAll, expect, it } from 'vitest';
import { availability, burnRates, type Indicator, indicators, requestLatency } from '../../src/telemetry/slo/objectives.ts';
import { notes } from '../notes-agent.ts';
import { startTimonel, type TestTimonel } from '../timonel.ts';

let timonel: TestTimonel;
beforeAll(async () => {
  timonel = await startTimonel('embedded', { agents: [notes] });
});
afterAll(() => timonel.close());

/** The routes that an indicator leaves out. */
function leftOut({ events: { where } }: Indicator): string[] {
  const patterns = where
    .filter(([label, operator]) => label === 'route' && operator === '!~')
    .map(([, , pattern]) => new RegExp(`^(?:${pattern})$`));
  const urls = timonel.timonel.app.declaredRoutes.map(({ url }) => url);
  return [...new Set(urls.filter((url) => patterns.some((pattern) => pattern.test(url))))].sort();
}

/** A new line here is a decision: these routes may fail without anybody being told. */
const noPromise = [
  '/.well-known/jwks.json',
  '/api/v1/metrics/prometheus',
  '/errors/:code',
  '/health',
  '/health/live',
  '/health/ready',
  '/metrics',
  '/metrics/alerts/:fingerprint/acknowledge',
  '/metrics/alerts/active',
  '/metrics/canary/config',
  '/metrics/canary/status',
  '/metrics/dashboard/overview',
  '/metrics/health',
  '/metrics/prometheus',
  '/metrics/slo/status',
  '/metrics/tools/performance',
  '/openapi.json',
];

/** And these may take as long as a model or a reader does. */
const waiting = [
  '/api/v1/conversations/:id/messages',
  '/api/v1/models',
  '/api/v1/runs/:id/approvals/:callId',
  '/api/v1/runs/:id/events',
  '/v1/chat/completions',
  '/v1/embeddings',
  '/v1/messages',
  '/v1/messages/count_tokens',
  '/v1/models',
  '/v1/models/*',
  '/v1/responses',
];

it('promise something for every route of the API, and for no other', () => {
  expect(leftOut(availability)).toEqual(noPromise);
  expect(leftOut(requestLatency)).toEqual([...noPromise, ...waiting].sort());
});

it('are three, and do not contradict each other', () => {
  expect(Object.groupBy(indicators, ({ slo }) => slo)).toMatchObject({
    availability: [{ objective: 0.999 }],
    'run-errors': [{ objective: 0.99 }],
    latency: [{ objective: 0.95 }, { objective: 0.95 }],
  });
  // Two promises on the same events would be broken or kept by the same thing, at different shares.
  const measured = indicators.map(({ events, bad }) => JSON.stringify([events, bad]));
  expect(new Set(measured).size).toBe(indicators.length);
});

it('use up the whole budget of 30 days within the time that the rates say', () => {
  const month = 30 * 24 * 3600;
  // https://sre.google/workbook/alerting-on-slos/ (table 5-8): 2 % in an hour, 5 % in six, 10 % in a day, 10 % in three days.
  expect(burnRates.map(({ factor, long }) => Number(((factor * long) / month).toFixed(4)))).toEqual([0.02, 0.05, 0.1, 0.1]);
  for (const { factor } of burnRates) for (const { objective } of indicators) expect(factor * (1 - objective)).toBeLessThan(1);
  for (const { long, short } of burnRates) expect(long / short).toBe(12);
});
