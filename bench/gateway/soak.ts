/** Many calls through Timonel's door: does memory stay flat? */
import { residentAfterCollection, slopeOf } from '../turns/soak.ts';
import type { Running } from './contenders.ts';
import type { LoadOrder } from './exchange.ts';
import { type Generator, measure } from './measure.ts';

export interface Soak {
  requests: number;
  seconds: number;
  /** Milliseconds; the worst portion's. */
  p99: number;
  /** MB. */
  resident: { first: number; most: number; last: number };
  /** MB per 1,000 calls over the second half: the first half fills caches. */
  slope: number;
  /** MB after forced collections. */
  collected: { first: number; last: number };
  samples: { turns: number; resident: number }[];
}

/** The server runs with `--expose-gc` and `collect-on-signal.ts`. */
export async function soak(running: Running, requests: number, portionSeconds: number, generator: Generator): Promise<Soak> {
  const order: LoadOrder = {
    address: running.address,
    stream: false,
    slow: false,
    same: false,
    concurrency: 16,
    seconds: portionSeconds,
  };
  const samples: Soak['samples'] = [];
  let done = 0;
  let seconds = 0;
  let p99 = 0;
  let firstCollected: number | undefined;
  for (let portion = 0; done < requests; portion += 1) {
    const measured = await measure('soak', running, { ...order, stream: portion % 2 === 1 }, generator);
    done += measured.requests;
    seconds += measured.seconds;
    p99 = Math.max(p99, measured.p99);
    samples.push({ turns: done, resident: measured.resident });
    // The first portions warm up: caches, the pool, compiled code.
    if (portion === 1) firstCollected = await residentAfterCollection(running);
  }
  const last = await residentAfterCollection(running);
  return {
    requests: done,
    seconds,
    p99,
    resident: {
      first: samples[0]?.resident ?? Number.NaN,
      most: Math.max(...samples.map(({ resident }) => resident)),
      last: samples.at(-1)?.resident ?? Number.NaN,
    },
    slope: slopeOf(samples.filter(({ turns }) => turns >= done / 2)) * 1_000,
    collected: { first: firstCollected ?? last, last },
    samples,
  };
}
