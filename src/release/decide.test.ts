import { describe, expect, it } from 'vitest';
import type { CollectionFinding } from './collections.ts';
import { decideRelease, type ReleaseFindings } from './decide.ts';
import { noEvidence } from './evidence/evidence.ts';
import { judge } from './evidence/judge.ts';
import type { ReleaseJudgement, ReleaseVerdict } from './evidence/judgement.ts';
import { releasePlan, type Tripwires } from './release.ts';
import { standardsOf } from './standards.ts';

const noTrips: Tripwires = {
  safetyViolations: 0,
  crashed: { stable: 0, canary: 0 },
  crashing: { stable: 0, canary: 0 },
  dollars: 0,
};

/** What is said of arms with that many turns. */
function judgement(verdict: ReleaseVerdict, turns = 1_000): ReleaseJudgement {
  const none = judge(noEvidence(), standardsOf(releasePlan.parse({})));
  const { success } = none.metrics;
  const arm = { ...success.stable, turns };
  return {
    ...none,
    verdict,
    reason: `It is ${verdict}.`,
    metrics: { ...none.metrics, success: { ...success, stable: arm, canary: arm } },
  };
}

function found(verdict: CollectionFinding['verdict']): CollectionFinding {
  return { collection: 'house', verdict, base: null, other: null, better: 0, worse: 7, p: 0.0156 };
}

function findings(
  change: { plan?: object; step?: number; watchedMs?: number; enabled?: boolean } & Partial<ReleaseFindings>,
): ReleaseFindings {
  const { plan = {}, step = 0, watchedMs = 10 * 3_600_000, enabled = true, ...rest } = change;
  return {
    release: { plan: releasePlan.parse(plan), step, watchedMs, enabled },
    judgement: judgement('inconclusive'),
    tripwires: noTrips,
    collections: [],
    ...rest,
  };
}

describe('a decision', () => {
  it('is to hold where a collection became worse, at any step, and after what rolls back', () => {
    const collections = [found('better'), found('worse')];
    for (const step of [0, 2])
      expect(decideRelease(findings({ step, judgement: judgement('non-inferior'), collections }))).toEqual({
        verdict: 'hold',
        reason: expect.stringContaining('"house" became worse'),
      });
    expect(decideRelease(findings({ judgement: judgement('rollback'), collections }))).toMatchObject({ verdict: 'roll-back' });
    expect(decideRelease(findings({ collections: [found('better'), found('missing')] }))).toMatchObject({ verdict: 'ramp' });
  });

  it('is to go on when a step is over, and to promote at the last one', () => {
    expect(decideRelease(findings({}))).toMatchObject({ verdict: 'ramp' });
    expect(decideRelease(findings({ step: 2, judgement: judgement('non-inferior') }))).toMatchObject({ verdict: 'promote' });
    expect(decideRelease(findings({ plan: { automatic: false } }))).toMatchObject({ verdict: 'hold' });
    expect(decideRelease(findings({ plan: { automatic: false }, step: 2, judgement: judgement('non-inferior') }))).toMatchObject({
      verdict: 'hold',
    });
  });

  it.each([
    ['nothing is known', { judgement: judgement('inconclusive', 0) }],
    ['there are few turns', { judgement: judgement('inconclusive', 49) }],
    ['the time is not over', { watchedMs: 29 * 60_000 }],
    ['it is the last step and nothing is shown', { step: 2 }],
    ['a collection was not evaluated', { step: 2, judgement: judgement('non-inferior'), collections: [found('missing')] }],
    ['it is switched off', { enabled: false, judgement: judgement('non-inferior') }],
  ])('is inconclusive while %s', (_why, change) => {
    expect(decideRelease(findings(change))).toMatchObject({ verdict: 'inconclusive' });
  });

  it('is to roll back on evidence whatever else holds, and to hold when a person has to look', () => {
    expect(decideRelease(findings({ judgement: judgement('rollback', 3), watchedMs: 0, enabled: false }))).toEqual({
      verdict: 'roll-back',
      reason: 'It is rollback.',
    });
    expect(decideRelease(findings({ judgement: judgement('hold') }))).toMatchObject({ verdict: 'hold' });
  });

  it.each<[string, Partial<Tripwires>, object]>([
    ['a safety rule refused a call', { safetyViolations: 1 }, {}],
    ['turns of it take their process with them', { crashing: { stable: 0, canary: 1 } }, {}],
    ['it costs more than it may', { dollars: 5 }, { tripwires: { dollars: 5 } }],
  ])('is to roll back at once when %s', (_why, trips, plan) => {
    const decided = decideRelease(
      findings({ plan, tripwires: { ...noTrips, ...trips }, judgement: judgement('non-inferior'), step: 2 }),
    );
    expect(decided).toMatchObject({ verdict: 'roll-back', hard: true, reason: expect.stringMatching(/^Tripwire: .*\d/) });
  });

  it.each<[string, Partial<Tripwires>]>([
    ['both arms take processes with them', { crashed: { stable: 1, canary: 2 } }],
    ['nobody set what it may cost', { dollars: 1_000_000 }],
  ])('does not blame the canary where %s', (_why, trips) => {
    expect(decideRelease(findings({ tripwires: { ...noTrips, ...trips } }))).toMatchObject({ verdict: 'ramp' });
  });
});
