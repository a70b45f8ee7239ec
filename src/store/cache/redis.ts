import { Redis } from 'ioredis';

/**
 * A connection for what may be lost and must not be waited for: the response cache, rate limits, states of breakers. Commands fail at once
 * while it is down, and after a quarter of a second where Redis is there and says nothing. Commands of one tick go in one round trip.
 */
export function openRedis(url: string, onFault: (error: unknown) => void): Redis {
  const redis = new Redis(url, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    commandTimeout: 250,
    enableAutoPipelining: true,
  });
  // It tries again every two seconds at most; saying so once is enough.
  let said = false;
  redis.on('error', (error) => {
    if (!said) onFault(error);
    said = true;
  });
  redis.on('ready', () => {
    said = false;
  });
  return redis;
}
