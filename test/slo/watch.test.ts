/** The process's own watch has to say what Prometheus says: the same scenarios as in rules.test.ts. */
import { describe, expect, it } from 'vitest';
import type { AlertChanged } from '../../src/diagnostics.ts';
import { AlertWatch } from '../../src/telemetry/slo/watch.ts';
import { plainScenarios } from './plain-scenarios.ts';
import { promiseScenarios } from './promise-scenarios.ts';
import { alertText, counter, gauge, type Minutes, requests, type Scenario, samplesAt } from './scenario.ts';

const start = Date.UTC(2026, 10, 21);

interface Played {
  watch: AlertWatch;
  /** Goes on to that minute, looking once a minute. */
  until(minute: number): Promise<void>;
  changes: AlertChanged[];
}

function play(series: Scenario['series']): Played {
  let now = 0;
  const changes: AlertChanged[] = [];
  const watch = new AlertWatch({
    read: async (metric) => samplesAt(series, metric, now),
    now: () => new Date(start + now * 60_000),
    onChange: (change) => changes.push(change),
  });
  let next = 0;
  return {
    watch,
    changes,
    async until(minute) {
      for (; next <= minute; next++) {
        now = next;
        await watch.look();
      }
    },
  };
}

const firing = (watch: AlertWatch) =>
  watch
    .alerts()
    .filter(({ state }) => state === 'firing')
    .map(({ name, labels }) => alertText({ alertname: name, burn: labels['burn'] }))
    .sort();

describe('the watch of the process itself', () => {
  const scenarios = [...promiseScenarios, ...plainScenarios].filter(({ outside }) => outside !== true);
  it.each(scenarios.map((scenario) => [scenario.name, scenario] as const))('%s', async (_name, scenario) => {
    const { watch, until } = play(scenario.series);
    for (const [minute, alerts] of Object.entries(scenario.fires)) {
      await until(Number(minute));
      expect([minute, firing(watch)]).toEqual([minute, alerts]);
    }
    expect(watch.history.size.snapshots).toBeLessThan(800);
  });

  const outage: Record<string, Minutes> = requests({
    200: counter([20, 100], [200, 100]),
    503: counter([20, 0], [10, 100], [190, 0]),
  });

  it('tells once when an alert begins to fire and once when it is over, and forgets it an hour later', async () => {
    const { watch, until, changes } = play(outage);
    const of = (name: string) => changes.filter((each) => alertText({ alertname: each.name, burn: each.labels['burn'] }) === name);
    const states = () => watch.alerts().filter(({ name, labels }) => name === 'AvailabilityBurn' && labels['burn'] === '14.4');
    await until(22);
    expect(states()).toMatchObject([{ state: 'pending', firingAt: undefined }]);
    await until(28);
    expect(of('AvailabilityBurn 14.4').map(({ state }) => state)).toEqual(['firing']);
    const [alert] = states();
    expect(alert?.value).toBeGreaterThan(0.0144);
    expect(alert?.firingAt?.getTime()).toBe((alert?.since.getTime() ?? 0) + 120_000);
    await until(45);
    expect(of('AvailabilityBurn 14.4').map(({ state }) => state)).toEqual(['firing', 'resolved']);
    expect(states()).toMatchObject([{ state: 'resolved', fingerprint: alert?.fingerprint }]);
    await until(120);
    expect(states()).toEqual([]);
  });

  it('names the same alert alike in every process, and others differently', async () => {
    const series = (target: string) => ({
      [`timonel_breaker_state{target="${target}"}`]: gauge([20, 2]),
      [`timonel_model_attempts_total{target="${target}", outcome="timeout"}`]: counter([20, 1]),
    });
    const [one, same, other] = [play(series('a/x')), play(series('a/x')), play(series('b/y'))];
    for (const each of [one, same, other]) await each.until(10);
    const [first, second, third] = [one, same, other].map(({ watch }) => watch.alerts()[0]);
    expect(first?.summary).toBe('The circuit breaker of a/x does not close');
    expect(second?.fingerprint).toBe(first?.fingerprint);
    expect(third?.fingerprint).not.toBe(first?.fingerprint);
  });

  it('keeps no more series than it may, and stays small for days', async () => {
    const many = Object.fromEntries(
      Array.from({ length: 6_000 }, (_, each) => [`timonel_queue_jobs{queue="q${each}", state="waiting"}`, gauge([3, each])]),
    );
    const { watch, until } = play(many);
    await until(2);
    expect(watch.history.size).toEqual({ snapshots: 3, series: 5_000 });
  });
});
