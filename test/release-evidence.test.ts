/**
 * What the statistics of releases promise, on simulated traffic. Fewer runs than `npm run bench:release`, which prints the rates themselves:
 * a bound here is what the promised rate exceeds by chance in one of a thousand such tests. The seeds are fixed.
 */
import { expect, it } from 'vitest';
import {
  equals,
  lostUnits,
  noRegression,
  plain,
  ramp,
  regressions,
  type Scenario,
  uneven,
  worse,
  wrongWindows,
} from '../bench/release-evidence/scenarios.ts';
import { type Finds, simulate, tally } from '../bench/release-evidence/simulate.ts';
import { randomFrom, trafficOf } from '../bench/release-evidence/traffic.ts';
import { noEvidence, observe } from '../src/release/evidence/evidence.ts';
import { judge } from '../src/release/evidence/judge.ts';
import { defaultStandards } from '../src/release/evidence/standards.ts';

const runs = 100;

function releases({ traffic, standards = defaultStandards, every = 200 }: Scenario, until: (finds: Finds) => boolean): Finds[] {
  return Array.from({ length: runs }, (_, run) => simulate(traffic, standards, 10_000 + run, { every, until }));
}

/** Every second scenario: the benchmark has them all. */
const fewer = <S>(scenarios: readonly S[]) => scenarios.filter((_, place) => place % 2 === 1);

const count = (finds: readonly Finds[], of: (finds: Finds) => number | undefined) => tally(finds.map(of));

/** The most of all runs that something of this probability happens in, but for one test of a thousand. */
function mostByChance(probability: number): number {
  let chance = (1 - probability) ** runs;
  let sum = chance;
  let most = 0;
  while (sum < 0.999) {
    most++;
    chance *= ((runs - most + 1) / most) * (probability / (1 - probability));
    sum += chance;
  }
  return most;
}

const rolledBack = ({ rollback }: Finds) => rollback;
const ended = ({ rollback }: Finds) => rollback !== undefined;

it('has bounds that leave little room for chance', () => {
  expect([mostByChance(0.05), mostByChance(0.01)]).toEqual([13, 5]);
});

it.each(fewer(noRegression))('rolls back 5 %% at most without a regression: $name', (scenario) => {
  const finds = releases(scenario, ended);
  expect(count(finds, rolledBack).found).toBeLessThanOrEqual(mostByChance(0.05));
  for (const metric of ['success', 'latency', 'cost'] as const)
    expect(count(finds, ({ failed }) => failed[metric]).found).toBeLessThanOrEqual(mostByChance(defaultStandards.alpha[metric]));
});

it('would not keep that if each failure of a user counted: the test can fail', () => {
  const [, , , every] = wrongWindows;
  if (every === undefined) throw new Error('no such scenario');
  expect(count(releases(every, ended), rolledBack).found).toBeGreaterThan(mostByChance(0.05));
});

it('finds a doubled failure rate at 10 % within 20,000 turns in 97 % of releases', () => {
  const { found, median } = count(releases(regressions.doubled, ended), rolledBack);
  expect(runs - found).toBeLessThanOrEqual(mostByChance(0.03));
  expect(median).toBeLessThan(9_000);
});

it('finds a broken canary within 150 turns in half of the releases', () => {
  const { found, median } = count(releases(regressions.broken, ended), rolledBack);
  expect(found).toBe(runs);
  expect(median).toBeLessThanOrEqual(150);
});

it('finds slow turns, costs of 15 % and 30 % more, and lost users', () => {
  const found = (name: string) => {
    const scenario = regressions.more.find((each) => each.name === name);
    if (scenario === undefined) throw new Error(`no scenario ${name}`);
    return count(releases(scenario, ended), rolledBack);
  };
  expect(runs - found('slow turns 2 → 4 %').found).toBeLessThanOrEqual(mostByChance(0.05));
  expect(runs - found('cost + 15 %').found).toBeLessThanOrEqual(mostByChance(0.02));
  expect(found('cost + 30 %').median).toBeLessThan(3_500);
  const held = count(
    releases(lostUnits, ({ hold }) => hold !== undefined),
    ({ hold }) => hold,
  );
  expect(runs - held.found).toBeLessThanOrEqual(mostByChance(0.05));
});

it.each(fewer(worse).map((scenario) => [scenario.name, scenario] as const))(
  'lets pass 5 %% at most of what must not: %s',
  (_, scenario) => {
    const passed = ({ passed: by }: Finds) => by[scenario.metric];
    const finds = releases(scenario, (each) => passed(each) !== undefined);
    expect(count(finds, passed).found).toBeLessThanOrEqual(mostByChance(defaultStandards.alpha.promotion));
  },
);

it('promotes a canary that is as good, also where nothing ever fails', () => {
  const promoted = (name: string) => {
    const scenario = equals.find((each) => each.name === name);
    if (scenario === undefined) throw new Error(`no scenario ${name}`);
    return count(
      releases(scenario, ({ promotion }) => promotion !== undefined),
      ({ promotion }) => promotion,
    );
  };
  expect(runs - promoted('equal, margin 1.5, 50 %').found).toBeLessThanOrEqual(mostByChance(0.05));
  expect(promoted('nothing fails, 50 %').median).toBeLessThan(2_000);
});

it('foretells when that will be, within half and double of it', () => {
  const foretold = Array.from({ length: 40 }, (_, run) => {
    const next = trafficOf({ ...plain, users: uneven, weight: () => 0.5 }, randomFrom(run));
    const early = observe(
      noEvidence(),
      Array.from({ length: 3_000 }, (_, turn) => next(turn)),
    );
    return 3_000 + (judge(early, defaultStandards).metrics.success.moreTurns ?? Number.POSITIVE_INFINITY);
  });
  const scenario = { name: '', traffic: { ...plain, users: uneven, weight: () => 0.5, turns: 40_000 } };
  const actual = count(
    releases(scenario, ({ passed }) => passed.success !== undefined),
    ({ passed }) => passed.success,
  ).median;
  const median = tally(foretold).median ?? Number.POSITIVE_INFINITY;
  expect(median / (actual ?? 0)).toBeGreaterThan(0.5);
  expect(median / (actual ?? 0)).toBeLessThan(2);
});

it('does not care how the looks fall while it ramps', () => {
  const next = trafficOf({ ...plain, weight: ramp }, randomFrom(3));
  const exposures = Array.from({ length: 12_000 }, (_, turn) => next(turn));
  const whole = observe(noEvidence(), exposures);
  expect(Object.keys(whole.splits)).toEqual(['1000', '2500', '5000']);
  let parts = noEvidence();
  for (let place = 0; place < exposures.length; place += 777) parts = observe(parts, exposures.slice(place, place + 777));
  expect(judge(parts, defaultStandards)).toEqual(judge(whole, defaultStandards));
});
