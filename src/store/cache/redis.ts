import { Redis, type RedisOptions } from 'ioredis';
import { messageOf } from '../../errors.ts';
import { publishFault } from '../../faults.ts';

/** Where Redis is: one server, or a group that sentinels watch. */
export interface RedisAddress {
  /** `redis://` or `rediss://`. With sentinels its host is the name of the group, e.g. `redis://:password@mymaster/0`. */
  url: string;
  /** Asked in turn for the server that is the master now; none: the host of the URL is the server. */
  sentinels: readonly { host: string; port: number }[];
}

/** A client for an address. After a failover it finds the new master, since the sentinels are asked at each connection. */
export function redisClient({ url, sentinels }: RedisAddress, options: RedisOptions): Redis {
  if (sentinels.length === 0) return new Redis(url, options);
  const { protocol, hostname, username, password, pathname } = new URL(url);
  const tls = protocol === 'rediss:';
  const database = Number(pathname.slice(1));
  return new Redis({
    ...options,
    sentinels: sentinels.map((each) => ({ ...each })),
    name: decodeURIComponent(hostname),
    ...(username === '' ? {} : { username: decodeURIComponent(username) }),
    ...(password === '' ? {} : { password: decodeURIComponent(password) }),
    ...(Number.isInteger(database) ? { db: database } : {}),
    ...(tls ? { tls: {}, sentinelTLS: {}, enableTLSForSentinelMode: true } : {}),
    sentinelRetryStrategy: (attempt) => Math.min(attempt * 100, 2_000),
  });
}

/**
 * Tells once that a Redis does not answer, however many connections find it out, and again only after one had been up.
 * Clients try again every two seconds at most.
 */
export function tellOnce({ url }: RedisAddress): (client: Redis) => void {
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
export function openRedis(address: RedisAddress, watch: (client: Redis) => void): Redis {
  const redis = redisClient(address, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    commandTimeout: 250,
    enableAutoPipelining: true,
  });
  watch(redis);
  return redis;
}
