import { Redis } from 'ioredis';

/** A connection for what may be lost: while Redis is down, commands fail at once instead of waiting for it. */
export function redisClient(url: string): Redis {
  const client = new Redis(url, { enableOfflineQueue: false, maxRetriesPerRequest: 1 });
  // The connection of the wake-ups reports it; without a listener the process would end.
  client.on('error', () => {});
  return client;
}
