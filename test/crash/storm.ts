/**
 * Blow after blow at random: talks to the processes, has one of them die or freeze somewhere, heals, and compares what the client was told
 * with the database. The same seed makes the same rounds; what the processes do with them is up to their own timing.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { tools } from './agent.ts';
import type { Child } from './child.ts';
import { Cluster } from './cluster.ts';
import { violations } from './history.ts';
import { points } from './points.ts';

export interface StormOptions {
  /** Of the store. */
  environment: Record<string, string>;
  processes: number;
  /** Kills and freezes, at least. */
  blows: number;
  seed: number;
  /** Hears of every round. */
  onRound?: (figures: StormFigures) => void;
}

export interface StormFigures {
  rounds: number;
  kills: number;
  freezes: number;
  turns: number;
  recoveries: number;
  /** Longest time from healing until all runs had ended. */
  slowestRecoveryMs: number;
  seconds: number;
  /** Broken promises, each with its round; the storm ends at the first round that has any. */
  violations: string[];
}

export async function storm(options: StormOptions): Promise<StormFigures> {
  const { environment, processes, blows, seed, onRound } = options;
  const figures: StormFigures = {
    rounds: 0,
    kills: 0,
    freezes: 0,
    turns: 0,
    recoveries: 0,
    slowestRecoveryMs: 0,
    seconds: 0,
    violations: [],
  };
  const random = randomness(seed);
  const started = performance.now();
  const cluster = await Cluster.start(environment, processes);
  try {
    while (cluster.blows.SIGKILL + cluster.blows.SIGSTOP < blows && figures.violations.length === 0) {
      figures.rounds++;
      const name = `round-${seed}-${figures.rounds}`;
      const before = cluster.history.length;
      try {
        const { recoveryMs, freeze } = await round(cluster, name, random);
        figures.slowestRecoveryMs = Math.max(figures.slowestRecoveryMs, recoveryMs);
        // Whatever a process freezes at, another call of it may be between the check of the lease and the wire.
        const found = await violations(cluster, cluster.history.slice(before), freeze ? 'countByKey' : 'count');
        figures.violations.push(...found.map((violation) => `${name}: ${violation}`));
      } catch (error) {
        figures.violations.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
      }
      figures.kills = cluster.blows.SIGKILL;
      figures.freezes = cluster.blows.SIGSTOP;
      figures.turns = cluster.history.length;
      figures.seconds = Math.round((performance.now() - started) / 1000);
      onRound?.(figures);
    }
    if (figures.violations.length === 0) figures.recoveries = await cluster.recoveries();
  } finally {
    await cluster.close();
  }
  return figures;
}

/** @returns milliseconds from healing until all runs had ended, and whether the blow was a freeze. */
async function round(cluster: Cluster, name: string, random: Randomness): Promise<{ recoveryMs: number; freeze: boolean }> {
  const moment = random.chance(0.4);
  const freeze = random.chance(moment ? 0.3 : 0.35);
  const conversations = await Promise.all(Array.from({ length: 1 + random.below(3) }, () => cluster.converse()));
  const victim = cluster.child(random.below(cluster.children.length));
  const point = random.pick(points);
  const reached = moment ? undefined : await victim.arm(point, freeze ? 'SIGSTOP' : 'SIGKILL');
  const talking = Promise.all(
    conversations.flatMap((conversation, index) => talk(cluster, conversation, `${name}-${index}`, victim, random)),
  );
  talking.catch(() => {});
  const struck =
    reached === undefined ? await strikeAt(victim, random.below(400), freeze) : await struckAt(victim, reached, talking);
  if (struck) cluster.blows[freeze ? 'SIGSTOP' : 'SIGKILL']++;
  // Alone it stays frozen until its lease is over; otherwise the others see to that.
  if (freeze && struck && cluster.children.length === 1) await sleep(random.below(2_500));
  const recoveryMs = await cluster.recover();
  await talking;
  // A decision may lead to the next question.
  while ((await cluster.decideAll()).length > 0) await cluster.settle();
  await cluster.settle();
  return { recoveryMs, freeze };
}

/** One to three messages: at once, so that they queue, or one after the other. */
function talk(cluster: Cluster, conversation: string, name: string, victim: Child, random: Randomness): Promise<unknown>[] {
  const texts = Array.from({ length: 1 + random.below(3) }, (_, index) => {
    const plans = Array.from({ length: random.below(4) }, () =>
      Array.from({ length: 1 + random.below(2) }, () => random.pick(tools)).join('+'),
    );
    return `${name}${'abc'[index]}: ${plans.join('; ')}`;
  });
  const options = { to: random.chance(0.7) ? victim : undefined, timeoutMs: 2_000 };
  const once = random.chance(0.2);
  if (random.chance(0.5)) return texts.map((text) => cluster.say(conversation, text, { ...options, once }));
  return [texts.reduce((before, text) => before.then(() => cluster.say(conversation, text, options)), Promise.resolve<unknown>(0))];
}

/** @returns whether the process got to its point before everything was said; it will not get there any more. */
async function struckAt(victim: Child, reached: () => Promise<boolean>, talking: Promise<unknown>): Promise<boolean> {
  const strikes = reached();
  if (await Promise.race([strikes, talking.then(() => false)])) return true;
  return Promise.race([strikes, victim.disarm()]);
}

async function strikeAt(victim: Child, milliseconds: number, freeze: boolean): Promise<boolean> {
  await sleep(milliseconds);
  if (freeze) victim.freeze();
  else await victim.kill();
  return true;
}

interface Randomness {
  /** A whole number from 0 up to, without, `limit`. */
  below(limit: number): number;
  chance(probability: number): boolean;
  pick<T>(values: readonly T[]): T;
}

/** Mulberry32: small, and the same everywhere. */
function randomness(seed: number): Randomness {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number) => Math.floor(next() * limit);
  return {
    below,
    chance: (probability) => next() < probability,
    pick<T>(values: readonly T[]): T {
      const value = values[below(values.length)];
      if (value === undefined) throw new Error('There is nothing to pick from.');
      return value;
    },
  };
}
