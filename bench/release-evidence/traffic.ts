/** Made-up traffic of a release: users who come back, conversations that keep their arm, and how both arms do. */
import { type Exposure, expose, type UnitRecord } from '../../src/release/evidence/exposure.ts';

export type Random = () => number;

/** Reproducible (sfc32): the same seed gives the same runs everywhere. */
export function randomFrom(seed: number): Random {
  let [a, b, c, d] = [0x9e3779b9, 0x243f6a88, seed | 0, 1];
  const next = () => {
    const sum = (((a + b) | 0) + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 2 ** 32;
  };
  for (let round = 0; round < 15; round++) next();
  return next;
}

const normal = (random: Random) => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

export interface Users {
  /** How many; undefined: every turn is somebody new. */
  count: number | undefined;
  /** Of all users this share fails `times` as often as the average, the others the less. */
  unlucky?: { share: number; times: number };
  /** Standard deviation of the logarithm of how active users are, and of what a turn of theirs costs. */
  spread?: number;
}

export interface Traffic {
  turns: number;
  users: Users;
  /** The canary's share when a conversation begins at this turn. */
  weight: (turn: number) => number;
  /** Probability that a turn fails, for an average user. */
  failing: { stable: number; canary: number };
  /** Both arms fail as often as that from a turn on, and up to another. */
  outage?: { from: number; to: number; rate: number };
  slow?: { stable: number; canary: number };
  /** The canary's cost as a multiple of the stable's. */
  costRatio?: number;
  /** Of the units that belong to the canary, this share is lost to the stable before it is counted. */
  misassigned?: number;
  /** Which failures count against the canary: the first of their unit in the release, or something that is wrong. */
  first?: 'release' | 'every' | 'conversation' | number;
}

interface User {
  bucket: number;
  failing: number;
  logCost: number;
  record: UnitRecord | undefined;
  /** Turns that are left in the conversation, with its arm and weight. */
  left: number;
  arm: 'stable' | 'canary';
  weight: number;
  lastFailure: number;
  lastSlow: number;
  conversation: number;
}

/** The turns of one release. A generator would cost more than all the statistics: `next` is called for each turn. */
export function trafficOf(traffic: Traffic, random: Random): (turn: number) => Exposure {
  const { users, failing, slow = { stable: 0.02, canary: 0.02 }, costRatio = 1, first = 'release' } = traffic;
  const spread = users.spread ?? 0;
  const unlucky = users.unlucky ?? { share: 0, times: 1 };
  const lucky = (1 - unlucky.share * unlucky.times) / (1 - unlucky.share);
  const newUser = (): User => ({
    bucket: random(),
    failing: random() < unlucky.share ? unlucky.times : lucky,
    logCost: spread === 0 ? 0 : (spread / 2) * normal(random),
    record: undefined,
    left: 0,
    arm: 'stable',
    weight: 0,
    lastFailure: Number.NEGATIVE_INFINITY,
    lastSlow: Number.NEGATIVE_INFINITY,
    conversation: 0,
  });
  const known = Array.from({ length: users.count ?? 0 }, newUser);
  const activity: number[] = [];
  let total = 0;
  for (const _ of known) {
    total += spread === 0 ? 1 : Math.exp(spread * normal(random));
    activity.push(total);
  }
  const whoever = () => known[placeOf(activity, random() * total)] ?? newUser();
  const isFirst = (user: User, turn: number, last: number) => {
    if (first === 'every') return true;
    if (first === 'conversation') return last !== user.conversation;
    return typeof first === 'number' && Math.floor(last / first) !== Math.floor(turn / first);
  };
  return (turn) => {
    const user = users.count === undefined ? newUser() : whoever();
    if (user.left <= 0) {
      user.weight = traffic.weight(turn);
      user.arm = user.bucket < user.weight && !(user.bucket < user.weight * (traffic.misassigned ?? 0)) ? 'canary' : 'stable';
      user.left = 1 + Math.floor(random() * 7);
      user.conversation++;
    }
    user.left--;
    const out = traffic.outage !== undefined && turn >= traffic.outage.from && turn < traffic.outage.to;
    const probability = out ? (traffic.outage?.rate ?? 0) : failing[user.arm] * user.failing;
    const exposed = expose(user.record, {
      arm: user.arm,
      weight: user.weight,
      failed: random() < probability,
      slow: random() < (out ? probability : slow[user.arm] * user.failing),
      cost: Math.exp(Math.log(0.01) + user.logCost + 0.8 * normal(random)) * (user.arm === 'canary' ? costRatio : 1),
    });
    user.record = exposed.record;
    if (first === 'release') return exposed.exposure;
    const mark = first === 'conversation' ? user.conversation : turn;
    const { failed, slow: wasSlow } = exposed.exposure;
    const exposure = {
      ...exposed.exposure,
      firstFailure: failed && isFirst(user, turn, user.lastFailure),
      firstSlow: wasSlow === true && isFirst(user, turn, user.lastSlow),
    };
    if (failed) user.lastFailure = mark;
    if (wasSlow) user.lastSlow = mark;
    return exposure;
  };
}

/** The first place whose sum reaches beyond `value`. */
function placeOf(sums: readonly number[], value: number): number {
  let low = 0;
  let high = sums.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sums[middle] ?? 0) <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}
