/** Many turns on the embedded store: does memory stay flat? */

import type { Contender, Running } from './contenders.ts';
import { type Load, measure } from './measure.ts';
import { memoryOf, type ServerProcess } from './server-process.ts';

interface Sample {
  turns: number;
  /** MB. */
  resident: number;
}

export interface Soak {
  turns: number;
  seconds: number;
  turnsPerSecond: number;
  p99: number;
  /** MB. */
  resident: { first: number; most: number; last: number; peak: number };
  /** MB per 1,000 turns over the second half, by least squares: the first half fills caches. */
  slope: number;
  /** Turns per second of the first and of the last tenth: a store that slows down as it grows shows here. */
  rates: { first: number; last: number };
  /** MB after forced collections, at the start and at the end. */
  collected: { first: number; last: number };
  samples: Sample[];
}

/**
 * Runs `turns` turns in ten portions. The server runs with `--expose-gc` and collects on SIGUSR2 (see `collect-on-signal.ts`), so
 * that what is merely not collected yet is told apart from what is kept.
 */
export async function soak(
  contender: Contender,
  running: Running,
  turns: number,
  load: Omit<Load, 'seconds' | 'warmUpSeconds'>,
): Promise<Soak> {
  const samples: Sample[] = [];
  const rates: number[] = [];
  const portions = 10;
  let done = 0;
  let seconds = 0;
  let p99 = 0;
  const sample = () => samples.push({ turns: done, resident: memoryOf(running.process.pid).resident });
  const collected: number[] = [];
  for (let portion = 0; portion < portions; portion++) {
    // The first portion warms up: caches, the pool, compiled code.
    if (portion === 1) collected.push(await residentAfterCollection(running));
    const started = performance.now();
    const timer = setInterval(() => samples.push({ turns: Number.NaN, resident: memoryOf(running.process.pid).resident }), 1_000);
    const first = samples.length;
    const result = await measure(contender.name, contender.dialect, running, {
      ...load,
      warmUpSeconds: 0,
      seconds: 600,
      turns: Math.ceil(turns / portions),
    }).finally(() => clearInterval(timer));
    // Samples inside of a portion are placed by their share of its time.
    const inside = samples.slice(first);
    for (const [index, each] of inside.entries())
      each.turns = done + Math.round((result.turns * (index + 1)) / (inside.length + 1));
    done += result.turns;
    seconds += (performance.now() - started) / 1000;
    p99 = Math.max(p99, result.p99);
    rates.push(result.turnsPerSecond);
    sample();
  }
  collected.push(await residentAfterCollection(running));
  const sizes = samples.map(({ resident }) => resident);
  return {
    turns: done,
    seconds,
    turnsPerSecond: done / seconds,
    p99,
    resident: {
      first: sizes[0] ?? Number.NaN,
      most: Math.max(...sizes),
      last: sizes.at(-1) ?? Number.NaN,
      peak: memoryOf(running.process.pid).peak,
    },
    slope: slopeOf(samples.filter((each) => each.turns >= done / 2)) * 1000,
    rates: { first: rates[0] ?? Number.NaN, last: rates.at(-1) ?? Number.NaN },
    collected: { first: collected[0] ?? Number.NaN, last: collected[1] ?? Number.NaN },
    samples,
  };
}

/** MB, once what is not needed is gone. */
export async function residentAfterCollection(running: { process: ServerProcess }): Promise<number> {
  running.process.child.kill('SIGUSR2');
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  return memoryOf(running.process.pid).resident;
}

/** MB per turn, by least squares. */
export function slopeOf(samples: readonly Sample[]): number {
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const x = mean(samples.map(({ turns }) => turns));
  const y = mean(samples.map(({ resident }) => resident));
  const covariance = samples.reduce((sum, each) => sum + (each.turns - x) * (each.resident - y), 0);
  const variance = samples.reduce((sum, each) => sum + (each.turns - x) ** 2, 0);
  return covariance / variance;
}

export function markdownOfSoak({ turns, turnsPerSecond, p99, resident, slope, rates, collected }: Soak): string {
  const of = (value: number) => value.toFixed(0);
  return [
    `Soak on the embedded store: ${turns} turns at ${of(turnsPerSecond)}/s (first tenth ${of(rates.first)}/s, last tenth ${of(rates.last)}/s), worst p99 of a tenth ${p99.toFixed(1)} ms.`,
    `RSS: ${of(resident.first)} MB at first, ${of(resident.most)} MB at most, ${of(resident.last)} MB at the end; peak since start ${of(resident.peak)} MB.`,
    `Slope over the second half: ${slope.toFixed(3)} MB per 1,000 turns. After forced collections: ${of(collected.first)} MB after the first tenth, ${of(collected.last)} MB at the end.`,
  ].join('\n');
}
