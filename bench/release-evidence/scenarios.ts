/** The releases that are simulated, by what is asked of them. A turn in fifty fails unless said otherwise. */
import { defaultStandards, type ReleaseStandards } from '../../src/release/evidence/standards.ts';
import type { Traffic, Users } from './traffic.ts';

export interface Scenario {
  name: string;
  traffic: Traffic;
  standards?: ReleaseStandards;
  /** Turns between two looks; 100 if not said. */
  every?: number;
}

const once: Users = { count: undefined };
/** One in ten fails four times as often. */
export const uneven: Users = { count: 4_000, unlucky: { share: 0.1, times: 4 }, spread: 0.7 };
/** Few users, some of them with many times the turns of others, and one in ten fails eight times as often. */
export const veryUneven: Users = { count: 1_000, unlucky: { share: 0.1, times: 8 }, spread: 1 };

export const ramp = (turn: number) => (turn < 5_000 ? 0.1 : turn < 10_000 ? 0.25 : 0.5);

export const plain: Traffic = { turns: 20_000, users: once, weight: () => 0.1, failing: { stable: 0.02, canary: 0.02 } };
const half = { ...plain, weight: () => 0.5 };
const outage = { from: 8_000, to: 9_000, rate: 0.5 };

export const noRegression: Scenario[] = [
  { name: 'each turn a new user', traffic: plain },
  { name: 'uneven users, 10 → 25 → 50 %', traffic: { ...plain, users: uneven, weight: ramp } },
  { name: 'very uneven users', traffic: { ...plain, users: veryUneven } },
  { name: 'very uneven users, 10 → 25 → 50 %', traffic: { ...plain, users: veryUneven, weight: ramp } },
  { name: 'both arms out for 1,000 turns (50 % fail)', traffic: { ...plain, outage } },
  { name: 'the same, uneven users, 10 → 25 → 50 %', traffic: { ...plain, users: uneven, weight: ramp, outage } },
];

/** Failures that count more than once for a unit, with very uneven users: what `expose` rules out. */
export const wrongWindows: Scenario[] = (['release', 2_000, 'conversation', 'every'] as const).map((first) => ({
  name:
    first === 'release'
      ? 'once a release'
      : first === 2_000
        ? 'once in 2,000 turns'
        : first === 'every'
          ? 'always'
          : `once a ${first}`,
  traffic: { ...plain, users: veryUneven, first },
}));

const failing = (canary: number) => ({ failing: { stable: 0.02, canary } });

export const regressions: Record<'doubled' | 'broken', Scenario> & { more: Scenario[] } = {
  doubled: { name: 'failures 2 → 4 %', traffic: { ...plain, ...failing(0.04) } },
  broken: { name: 'failures 2 → 30 %', traffic: { ...plain, ...failing(0.3) }, every: 10 },
  more: [
    { name: 'failures 2 → 4 %, uneven users', traffic: { ...plain, ...failing(0.04), users: uneven } },
    {
      name: 'failures 2 → 4 %, uneven users, 10 → 25 → 50 %',
      traffic: { ...plain, ...failing(0.04), users: uneven, weight: ramp },
    },
    { name: 'failures 2 → 4 %, very uneven users', traffic: { ...plain, ...failing(0.04), users: veryUneven } },
    { name: 'failures 2 → 10 %, very uneven users', traffic: { ...plain, ...failing(0.1), users: veryUneven } },
    { name: 'slow turns 2 → 4 %', traffic: { ...plain, slow: { stable: 0.02, canary: 0.04 } } },
    { name: 'cost + 15 %', traffic: { ...plain, costRatio: 1.15 } },
    { name: 'cost + 30 %', traffic: { ...plain, costRatio: 1.3 } },
    { name: 'cost + 30 %, uneven users', traffic: { ...plain, users: uneven, costRatio: 1.3 } },
  ],
};

export const lostUnits: Scenario = { name: 'a fifth of the canary’s users lost', traffic: { ...plain, misassigned: 0.2 } };

const marginTwo = { ...defaultStandards, margin: { success: 2, latency: 2 } };
const long = { ...plain, turns: 40_000 };

export const equals: Scenario[] = [
  { name: 'equal, margin 1.5, 10 %', traffic: long },
  { name: 'equal, margin 1.5, 50 %', traffic: { ...long, weight: () => 0.5 } },
  { name: 'equal, margin 2, 10 %', traffic: long, standards: marginTwo },
  { name: 'equal, margin 2, 50 %', traffic: { ...long, weight: () => 0.5 }, standards: marginTwo },
  { name: 'equal, margin 1.5, uneven users, 10 → 25 → 50 %', traffic: { ...long, users: uneven, weight: ramp } },
  { name: 'equal, margin 1.5, very uneven users, 10 → 25 → 50 %', traffic: { ...long, users: veryUneven, weight: ramp } },
  { name: 'nothing fails, 10 %', traffic: { ...plain, failing: { stable: 0, canary: 0 } } },
  { name: 'nothing fails, 50 %', traffic: { ...half, failing: { stable: 0, canary: 0 } } },
  {
    name: 'nothing fails, uneven users, 10 → 25 → 50 %',
    traffic: { ...plain, users: uneven, weight: ramp, failing: { stable: 0, canary: 0 } },
  },
];

/** Canaries that are exactly as bad as must not be promoted. */
export const worse: (Scenario & { metric: 'success' | 'latency' | 'cost' })[] = [
  { name: 'failures at the margin 1.5, 10 %', traffic: { ...plain, ...failing(0.03) }, metric: 'success' },
  { name: 'failures at the margin 1.5, 50 %', traffic: { ...half, ...failing(0.03) }, metric: 'success' },
  { name: 'failures at the margin 2, 50 %', traffic: { ...half, ...failing(0.04) }, standards: marginTwo, metric: 'success' },
  {
    name: 'at the margin 1.5, uneven users, ramp',
    traffic: { ...plain, ...failing(0.03), users: uneven, weight: ramp },
    metric: 'success',
  },
  {
    name: 'at the margin 1.5, very uneven users, 50 %',
    traffic: { ...half, ...failing(0.03), users: veryUneven },
    metric: 'success',
  },
  {
    name: 'at the margin and at good enough, 50 %',
    traffic: { ...half, failing: { stable: 0.0067, canary: 0.01 } },
    metric: 'success',
  },
  {
    name: 'worse than the margin, at good enough, uneven users, 50 %',
    traffic: { ...half, failing: { stable: 0.001, canary: 0.01 }, users: uneven },
    metric: 'success',
  },
  { name: 'cost at the margin 1.2, uneven users, 50 %', traffic: { ...half, users: uneven, costRatio: 1.2 }, metric: 'cost' },
];
