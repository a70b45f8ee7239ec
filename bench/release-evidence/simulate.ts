/** Runs releases and says when what was found. */
import { noEvidence, observe, type ReleaseEvidence } from '../../src/release/evidence/evidence.ts';
import type { Exposure } from '../../src/release/evidence/exposure.ts';
import { judge } from '../../src/release/evidence/judge.ts';
import type { MetricName } from '../../src/release/evidence/judgement.ts';
import type { ReleaseStandards } from '../../src/release/evidence/standards.ts';
import { randomFrom, type Traffic, trafficOf } from './traffic.ts';

/** Turn of the first look at which it was so; undefined: never. */
export interface Finds {
  rollback: number | undefined;
  hold: number | undefined;
  promotion: number | undefined;
  failed: Partial<Record<MetricName, number>>;
  passed: Partial<Record<MetricName, number>>;
  /** A two-sample z-test at every look, one-sided 5 %: what a team without statistics for peeking would write. */
  zTest: number | undefined;
}

export interface Looking {
  /** Turns between two looks. */
  every: number;
  /** Ends a run where there is nothing left to be learnt from it. */
  until?: (finds: Finds) => boolean;
}

export function simulate(traffic: Traffic, standards: ReleaseStandards, seed: number, { every, until }: Looking): Finds {
  const next = trafficOf(traffic, randomFrom(seed));
  const finds: Finds = { rollback: undefined, hold: undefined, promotion: undefined, failed: {}, passed: {}, zTest: undefined };
  let evidence = noEvidence();
  for (let turn = 0; turn < traffic.turns; turn += every) {
    const batch: Exposure[] = [];
    for (let place = turn; place < turn + every; place++) batch.push(next(place));
    evidence = observe(evidence, batch);
    look(finds, evidence, standards, turn + every);
    if (until?.(finds)) break;
  }
  return finds;
}

function look(finds: Finds, evidence: ReleaseEvidence, standards: ReleaseStandards, turn: number): void {
  const { verdict, metrics } = judge(evidence, standards);
  for (const [name, { finding }] of Object.entries(metrics) as [MetricName, { finding: string }][]) {
    if (finding === 'fail') finds.failed[name] ??= turn;
    if (finding === 'pass') finds.passed[name] ??= turn;
  }
  if (verdict === 'rollback') finds.rollback ??= turn;
  if (verdict === 'hold') finds.hold ??= turn;
  if (verdict === 'non-inferior') finds.promotion ??= turn;
  if (turn % 500 === 0 && zOf(evidence) > 1.645) finds.zTest ??= turn;
}

function zOf({ stable, canary }: ReleaseEvidence): number {
  const turns = stable.turns + canary.turns;
  const pooled = (stable.failures.events + canary.failures.events) / turns;
  const deviation = Math.sqrt(pooled * (1 - pooled) * (1 / stable.turns + 1 / canary.turns));
  return (canary.failures.events / canary.turns - stable.failures.events / stable.turns) / deviation;
}

export interface Tally {
  runs: number;
  found: number;
  /** Turns; of all runs, where those that found nothing count as for ever. */
  median: number | undefined;
}

export function tally(turns: readonly (number | undefined)[]): Tally {
  const sorted = turns.map((turn) => turn ?? Number.POSITIVE_INFINITY).sort((one, other) => one - other);
  const median = sorted[Math.floor((sorted.length - 1) / 2)];
  return {
    runs: turns.length,
    found: turns.filter((turn) => turn !== undefined).length,
    median: median !== undefined && Number.isFinite(median) ? median : undefined,
  };
}
