import { Redis } from 'ioredis';
import { messageOf } from '../../errors.ts';
import { publishFault } from '../../faults.ts';

/**
 * Tells once that a Redis does not answer, however many connections find it out, and again only after one had been up.
 * Clients try again every two seconds at most.
 */
export function tellOnce(url: string): (client: Redis) => void {
  const { host } = new URL(url);
  let said = false;
  return (client) => {
    client.on('error', (error: unknown) => {
      if (said) return;
      said = true;
      publishFault(
        'Redis',
        new Error(`${host} does not answer (${messageOf(error)}). Timonel goes on without it and tries again.`, { cause: error }),
      );
    });
    client.on('ready', () => {
      said = false;
    });
  };
}

/**
 * A connection for what may be lost and must not be waited for: the response cache, rate limits, states of breakers. Commands fail at once
 * while it is down, and after a quarter of a second where Redis is there and says nothing. Commands of one tick go in one round trip.
 */
export function openRedis(url: string, watch: (client: Redis) => void): Redis {
  const redis = new Redis(url, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    commandTimeout: 250,
    enableAutoPipelining: true,
  });
  watch(redis);
  return redis;
}
