import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { confidenceSequence, costEstimate, logOfDifference } from './cost.ts';
import { noEvidence, observe, observeRatings, type ReleaseEvidence } from './evidence.ts';
import { type ExposedTurn, type Exposure, expose, exposeRating, newUnit, type UnitRecord } from './exposure.ts';
import { judge } from './judge.ts';
import { againstCanary, logLikelihoodRatio } from './labels.ts';
import { clustering } from './promotion.ts';
import { defaultStandards } from './standards.ts';

const good: ExposedTurn = { arm: 'stable', weight: 0.1, failed: false, slow: false, cost: 0.01 };

/** Turns of users by name, as the caller feeds them. */
function exposed(turns: readonly (Partial<ExposedTurn> & { user: string })[]): Exposure[] {
  const records = new Map<string, UnitRecord>();
  return turns.map(({ user, ...turn }) => {
    const { exposure, record } = expose(records.get(user), { ...good, ...turn });
    records.set(user, JSON.parse(JSON.stringify(record)));
    return exposure;
  });
}

/** So many turns, each of a new user. */
const manyNew = (count: number, turn: Partial<ExposedTurn>) =>
  exposed(Array.from({ length: count }, (_, user) => ({ user: `${turn.arm}-${user}`, ...turn })));

/** What a database or a caller with a fault may hand over. */
const wildNumber = fc.oneof(fc.double(), fc.constantFrom(0, -0, 1e-300, 1e300, Number.NaN, Number.POSITIVE_INFINITY, -1));
const wildCount = fc.oneof(fc.nat(1_000), wildNumber);
const wildExposure: fc.Arbitrary<Exposure> = fc.record({
  arm: fc.constantFrom('stable', 'canary'),
  weight: fc.oneof(fc.constantFrom(0.1, 0.5, 1e-4, 0.9999, 1e-12, 1 - 1e-12, 0, 1), wildNumber),
  failed: fc.boolean(),
  firstFailure: fc.boolean(),
  slow: fc.option(fc.boolean(), { nil: undefined }),
  firstSlow: fc.boolean(),
  cost: fc.option(fc.oneof(wildNumber, fc.double({ min: 0, max: 1, noNaN: true })), { nil: undefined }),
  firstOfUnit: fc.boolean(),
  before: fc.record({
    turns: wildCount,
    failures: wildCount,
    timed: wildCount,
    slow: wildCount,
    costs: wildCount,
    logCosts: wildNumber,
  }),
});
const wildRating = fc.record({
  arm: fc.constantFrom('stable' as const, 'canary' as const),
  weight: fc.constantFrom(0.1, 0, 1),
  rating: wildNumber,
  firstNegative: fc.boolean(),
});

/** Every number in it, with its path. */
function numbersIn(value: unknown, path = ''): [string, number][] {
  if (typeof value === 'number') return [[path, value]];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, each]) => numbersIn(each, `${path}/${key}`));
}

describe('whatever is fed', () => {
  it('never throws, never yields NaN or Infinity, and survives being stored', () => {
    const lowMinimum = { ...defaultStandards, minimum: { turns: 1, units: 1 }, cost: { ...defaultStandards.cost, unknown: 1 } };
    fc.assert(
      fc.property(fc.array(wildExposure, { maxLength: 60 }), fc.array(wildRating, { maxLength: 5 }), (exposures, ratings) => {
        const evidence = observeRatings(observe(noEvidence(), exposures), ratings);
        expect(JSON.parse(JSON.stringify(evidence))).toEqual(evidence);
        for (const standards of [defaultStandards, lowMinimum]) {
          const judgement = judge(evidence, standards);
          expect(numbersIn(judgement).filter(([, number]) => !Number.isFinite(number))).toEqual([]);
          expect(JSON.stringify(judgement)).not.toMatch(/NaN|Infinity|null/);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('gives the same evidence however it is batched, also through JSON', () => {
    fc.assert(
      fc.property(fc.array(wildExposure, { maxLength: 40 }), fc.array(fc.nat(39), { maxLength: 5 }), (exposures, cuts) => {
        const places = [0, ...cuts.sort((one, other) => one - other), exposures.length];
        let evidence = noEvidence();
        for (const [index, place] of places.slice(1).entries())
          evidence = observe(JSON.parse(JSON.stringify(evidence)), exposures.slice(places[index], place));
        expect(evidence).toEqual(observe(noEvidence(), exposures));
      }),
    );
  });

  it('does not change what it was given', () => {
    const before = observe(noEvidence(), manyNew(3, { failed: true }));
    const copy = structuredClone(before);
    observe(before, manyNew(3, { arm: 'canary', failed: true }));
    observeRatings(before, [{ arm: 'canary', weight: 0.1, rating: -1, firstNegative: true }]);
    expect(before).toEqual(copy);
  });
});

describe('the records of units', () => {
  it('know the first turn, failure and slow turn of a release, also across arms', () => {
    const first = ({ firstOfUnit, firstFailure, firstSlow }: Exposure) => [firstOfUnit, firstFailure, firstSlow];
    const exposures = exposed([
      { user: 'ana' },
      { user: 'ana', failed: true },
      { user: 'ana', failed: true, slow: true, arm: 'canary', weight: 0.5 },
      { user: 'leo', failed: true, slow: true },
    ]);
    expect(exposures.map(first)).toEqual([
      [true, false, false],
      [false, true, false],
      [false, false, true],
      [true, true, true],
    ]);
    expect(exposures[2]?.before.turns).toBe(0);
  });

  it('give sums over units that equal those of all turns grouped by unit', () => {
    const turns = fc.record({
      user: fc.constantFrom('a', 'b', 'c'),
      failed: fc.boolean(),
      cost: fc.constantFrom(0, 0.001, 0.02, undefined),
    });
    fc.assert(
      fc.property(fc.array(turns, { maxLength: 40 }), (all) => {
        const { failures, costs } = observe(noEvidence(), exposed(all)).stable;
        const byUser = [...Map.groupBy(all, ({ user }) => user).values()];
        const sum = (of: (turns: typeof all) => number) => byUser.reduce((total, each) => total + of(each), 0);
        const failed = (each: typeof all) => each.filter((turn) => turn.failed).length;
        expect(failures.squares).toBe(sum((each) => failed(each) ** 2));
        const known = (each: typeof all) =>
          each.flatMap(({ cost }) => (cost === undefined ? [] : [Math.log(Math.max(cost, 1e-4))]));
        const logs = (each: typeof all) => known(each).reduce((total, log) => total + log, 0);
        expect(costs.squares).toBeCloseTo(sum((each) => logs(each) ** 2));
        expect(costs.products).toBeCloseTo(sum((each) => logs(each) * known(each).length));
        expect(costs.turnSquares).toBe(sum((each) => known(each).length ** 2));
      }),
    );
  });

  it('know the first bad rating', () => {
    const one = exposeRating(newUnit(), { arm: 'canary', weight: 0.1, rating: -0.5 });
    const two = exposeRating(one.record, { arm: 'canary', weight: 0.1, rating: -1 });
    expect([one.rating.firstNegative, two.rating.firstNegative]).toEqual([true, false]);
  });
});

describe('the numbers', () => {
  const failures = (stable: number, canary: number): ReleaseEvidence =>
    observe(noEvidence(), [...manyNew(stable, { failed: true }), ...manyNew(canary, { arm: 'canary', failed: true })]);

  it('are the likelihood ratio of the labels', () => {
    // At 10 %, a canary that fails twice as often is to blame for 0.2 / 1.1 of the failures.
    const byHand = 3 * Math.log(0.2 / 1.1 / 0.1) + 5 * Math.log(0.9 / 1.1 / 0.9);
    expect(logLikelihoodRatio(failures(5, 3).splits, 'firstFailures', 2, 1)).toBeCloseTo(byHand, 12);
  });

  it('are a bet with no gain: expected to stay what they were, whichever arm the failure comes from', () => {
    for (const weight of [0.0001, 0.1, 0.5, 0.9999]) {
      const stake = (arm: 'stable' | 'canary') =>
        Math.exp(
          againstCanary(
            observe(noEvidence(), manyNew(1, { arm, weight, failed: true })).splits,
            'firstFailures',
            defaultStandards.riskRatios,
          ),
        );
      expect(weight * stake('canary') + (1 - weight) * stake('stable')).toBeCloseTo(1, 12);
    }
  });

  it('are a bet with no gain the other way round too, for a canary at the margin', () => {
    for (const weight of [0.0001, 0.1, 0.5, 0.9999]) {
      const stake = (arm: 'stable' | 'canary') =>
        Math.exp(logLikelihoodRatio(observe(noEvidence(), manyNew(1, { arm, weight, failed: true })).splits, 'failures', 1, 1.5));
      const blamed = (weight * 1.5) / (weight * 1.5 + 1 - weight);
      expect(blamed * stake('canary') + (1 - blamed) * stake('stable')).toBeCloseTo(1, 12);
    }
  });

  it('are those of the published confidence sequence where each user has one turn', () => {
    // Equation (9) of Waudby-Smith et al. 2024, with unit variance and rho² = scale² / variance, against ours of t turns.
    const [t, alpha, scale] = [500, 0.05, 0.2];
    const published = Math.sqrt(
      ((2 * (t * scale ** 2 + 1)) / (t ** 2 * scale ** 2)) * Math.log(Math.sqrt(t * scale ** 2 + 1) / alpha),
    );
    const estimate = { difference: 0.3, variance: 1 / t };
    const { low, high } = confidenceSequence(estimate, alpha, scale);
    expect([low, high]).toEqual([expect.closeTo(0.3 - published, 10), expect.closeTo(0.3 + published, 10)]);
    expect(logOfDifference(estimate, low, scale)).toBeCloseTo(Math.log(1 / alpha), 10);
  });

  it('take the variance of costs over users: ten turns of one are not ten', () => {
    const costs = [0.01, 0.02, 0.04, 0.08];
    const turnsOf = (times: number) =>
      exposed(
        (['stable', 'canary'] as const).flatMap((arm) =>
          costs.flatMap((cost, user) => Array.from({ length: times }, () => ({ user: `${arm}-${user}`, arm, cost }))),
        ),
      );
    const varianceOf = (times: number) => {
      const { stable, canary } = observe(noEvidence(), turnsOf(times));
      return costEstimate(stable.costs, canary.costs)?.variance;
    };
    expect(varianceOf(10)).toBeCloseTo(varianceOf(1) ?? 0, 12);
  });

  it('count failures of one user for less than those of many', () => {
    const ofOne = observe(noEvidence(), exposed(Array.from({ length: 10 }, () => ({ user: 'ana', failed: true }))));
    expect(clustering(ofOne.stable.failures, ofOne.canary.failures, 1)).toBe(10);
    const ofMany = failures(10, 0);
    expect(clustering(ofMany.stable.failures, ofMany.canary.failures, 1.5)).toBe(1);
  });
});
