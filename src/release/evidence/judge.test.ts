import { describe, expect, it } from 'vitest';
import { noEvidence, observe, observeRatings } from './evidence.ts';
import { type ExposedTurn, expose } from './exposure.ts';
import { judge } from './judge.ts';
import { defaultStandards, type ReleaseStandards } from './standards.ts';

interface Group extends Partial<ExposedTurn> {
  users: number;
  /** Turns of each user; 1 if not said. */
  each?: number;
}

const good: ExposedTurn = { arm: 'stable', weight: 0.5, failed: false, slow: false, cost: 0.01 };

/** Groups of users, each with turns of one kind. */
function evidenceOf(...groups: Group[]) {
  return observe(
    noEvidence(),
    groups.flatMap(({ users, each = 1, ...turn }) =>
      Array.from({ length: users }, () => {
        let record: ReturnType<typeof expose>['record'] | undefined;
        return Array.from({ length: each }, () => {
          const exposed = expose(record, { ...good, ...turn });
          record = exposed.record;
          return exposed.exposure;
        });
      }).flat(),
    ),
  );
}

const judged = (...groups: Group[]) => judge(evidenceOf(...groups), defaultStandards);
const canary = { arm: 'canary' } as const;

describe('missing data is inconclusive', () => {
  it('before the first turn', () => {
    const { verdict, moreTurns, metrics } = judge(noEvidence(), defaultStandards);
    expect([verdict, moreTurns]).toEqual(['inconclusive', undefined]);
    expect(Object.values(metrics).map(({ finding }) => finding)).toEqual(Array(5).fill('inconclusive'));
  });

  it('without traffic to the canary, and without any to the stable', () => {
    expect(judged({ users: 5_000, weight: 1e-4 }).metrics).toMatchObject({
      success: { finding: 'inconclusive', canary: { turns: 0, rate: undefined } },
      latency: { finding: 'inconclusive' },
      cost: { finding: 'inconclusive' },
    });
    expect(judged({ ...canary, users: 5_000, weight: 0.9999 }).verdict).toBe('inconclusive');
  });

  it.each([
    ['cost', { cost: undefined }],
    ['latency', { slow: undefined }],
  ] as const)('without %s, though all the rest is good', (name, missing) => {
    const { verdict, metrics, reason } = judged({ users: 2_000, ...missing }, { ...canary, users: 2_000, ...missing });
    expect([verdict, metrics[name].finding, metrics.success.finding]).toEqual(['inconclusive', 'inconclusive', 'pass']);
    expect(reason).toContain(name === 'cost' ? 'Cost: unknown for 100 %' : 'Slow turns: canary none of 0 turns');
  });

  it('with the cost unknown in one arm only, where the known ones may be the cheap ones', () => {
    const { metrics } = judged({ users: 2_000 }, { ...canary, users: 1_700 }, { ...canary, users: 300, cost: undefined });
    expect(metrics.cost).toMatchObject({ finding: 'inconclusive', evidence: { against: 0, for: 0 } });
  });

  it('with few users, however many turns they have', () => {
    expect(judged({ users: 10, each: 1_000 }, { ...canary, users: 10, each: 1_000 }).verdict).toBe('inconclusive');
  });

  it('with a weight that is no draw', () => {
    const { verdict } = judged({ users: 500, weight: 0 }, { ...canary, users: 500, weight: 1, failed: true });
    expect(verdict).toBe('inconclusive');
  });
});

describe('a worse canary', () => {
  it('is rolled back, with the numbers in the reason', () => {
    const { verdict, reason, moreTurns } = judged(
      { users: 500 },
      { users: 10, failed: true },
      { ...canary, users: 60, failed: true },
    );
    expect([verdict, moreTurns]).toEqual(['rollback', undefined]);
    expect(reason).toBe(
      'Failures: canary 100 % of 60 turns, stable 2 % of 510: the evidence that it is worse stands at more than 1,000,000 to 1, and 50 to 1 is enough.',
    );
  });

  it('is rolled back for slow turns, and for cost', () => {
    expect(judged({ users: 500 }, { ...canary, users: 60, slow: true }).metrics.latency.finding).toBe('fail');
    const { verdict, metrics } = judged({ users: 500 }, { ...canary, users: 500, cost: 0.02 });
    expect([verdict, metrics.cost.finding]).toEqual(['rollback', 'fail']);
    expect(metrics.cost.estimate?.ratio).toBeCloseTo(2);
  });

  it('is rolled back also while the sample ratio is in doubt', () => {
    const { verdict, metrics } = judged({ users: 50 }, { ...canary, users: 500, failed: true });
    expect([metrics['sample-ratio'].finding, verdict]).toEqual(['fail', 'rollback']);
  });

  it('is not rolled back for one user whose every turn fails', () => {
    expect(judged({ users: 500 }, { ...canary, users: 1, each: 1_000, failed: true }).metrics.success.finding).toBe('inconclusive');
  });

  it('is not rolled back for being better', () => {
    const better = [
      { users: 200, failed: true, slow: true, cost: 0.05 },
      { ...canary, users: 200 },
    ];
    expect(judged(...better).verdict).not.toBe('rollback');
  });
});

describe('a person has to look', () => {
  it('when users do not come to the arms by weight', () => {
    const { verdict, reason } = judged({ users: 700 }, { ...canary, users: 500 });
    expect(verdict).toBe('hold');
    expect(reason).toContain('500 of 1,200 users began with the canary, 600 expected');
  });

  it('when the canary is liked less, and never the other way round', () => {
    const evidence = evidenceOf({ users: 1_000 }, { ...canary, users: 1_000 });
    const rated = (arm: ExposedTurn['arm'], rating: number) =>
      judge(observeRatings(evidence, Array(12).fill({ arm, weight: 0.5, rating, firstNegative: rating < 0 })), defaultStandards);
    expect(rated('canary', -1).verdict).toBe('hold');
    expect(rated('canary', 1).verdict).toBe('non-inferior');
    expect(rated('stable', -1).verdict).toBe('non-inferior');
  });
});

describe('a canary in which nothing fails', () => {
  const groups = (users: number): Group[] => [{ users }, { ...canary, users }];

  it('may be promoted, once enough users were seen', () => {
    expect(judged(...groups(1_000))).toMatchObject({ verdict: 'non-inferior', moreTurns: 0 });
    const early = judged(...groups(200));
    expect(early.verdict).toBe('inconclusive');
    let users = 200;
    while (judged(...groups(users)).verdict !== 'non-inferior') users++;
    const foretold = 200 + (early.metrics.success.moreTurns ?? 0) / 2;
    expect(Math.abs(foretold / users - 1)).toBeLessThan(0.1);
    // Nobody can tell a rate of 1 % from none with 20 to 1 by fewer than 299 users: 0.99^299 = 1/20.
    expect(users).toBeGreaterThan(299);
  });

  it('never where no rate is good enough by itself', () => {
    const strict: ReleaseStandards = { ...defaultStandards, goodEnough: { success: undefined, latency: undefined } };
    const { verdict, moreTurns } = judge(evidenceOf(...groups(1_000)), strict);
    expect([verdict, moreTurns]).toEqual(['inconclusive', undefined]);
  });
});
