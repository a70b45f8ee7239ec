import { Cluster, Redis, type RedisOptions } from 'ioredis';
import { messageOf } from '../../errors.ts';
import { publishFault } from '../../faults.ts';
import type { HostAndPort } from '../../host-and-port.ts';

/** Where Redis is: one server, a group that sentinels watch, or a cluster. */
export interface RedisAddress {
  /**
   * `redis://` or `rediss://`. With sentinels its host is the name of the group, e.g. `redis://:password@mymaster/0`; of a cluster it is one of the nodes,
   * and user, password and TLS are those of all.
   */
  url: string;
  /** Asked in turn for the server that is the master now; none: the host of the URL is the server. */
  sentinels: readonly HostAndPort[];
  /** Further nodes of a cluster, asked in turn for the others; none: the server is none of a cluster. */
  cluster: readonly HostAndPort[];
}

/** One server, or a cluster. Keys of one command may lie on several nodes of it: a command has one key, and a script too. */
export type RedisClient = Redis | Cluster;

/**
 * A client for an address. After a failover it finds the new master, since the sentinels are asked at each connection, and the nodes of a cluster whenever
 * one of them says that a key has moved, or does not answer.
 */
export function redisClient({ url, sentinels, cluster }: RedisAddress, options: RedisOptions): RedisClient {
  if (sentinels.length === 0 && cluster.length === 0) return new Redis(url, options);
  const { protocol, hostname, port, username, password, pathname } = new URL(url);
  const tls = protocol === 'rediss:';
  const database = Number(pathname.slice(1));
  const signIn = {
    ...(username === '' ? {} : { username: decodeURIComponent(username) }),
    ...(password === '' ? {} : { password: decodeURIComponent(password) }),
  };
  if (cluster.length > 0) {
    const { enableOfflineQueue = true, enableAutoPipelining = false, ...ofNodes } = options;
    return new Cluster([{ host: hostname, port: port === '' ? 6379 : Number(port) }, ...cluster.map((each) => ({ ...each }))], {
      enableOfflineQueue,
      enableAutoPipelining,
      // A master that was lost is replaced within the time that the cluster waits for it.
      clusterRetryStrategy: (attempt) => Math.min(attempt * 100, 2_000),
      slotsRefreshTimeout: 2_000,
      // Who asks little, because a breaker is open, would not be told that a key has moved.
      slotsRefreshInterval: 2_000,
      redisOptions: { ...ofNodes, ...signIn, ...(tls ? { tls: {} } : {}) },
      // Certificates name hosts, and nodes tell of addresses.
      ...(tls ? { dnsLookup: (address, done) => done(null, address) } : {}),
    });
  }
  return new Redis({
    ...options,
    sentinels: sentinels.map((each) => ({ ...each })),
    name: decodeURIComponent(hostname),
    ...signIn,
    ...(Number.isInteger(database) ? { db: database } : {}),
    ...(tls ? { tls: {}, sentinelTLS: {}, enableTLSForSentinelMode: true } : {}),
    sentinelRetryStrategy: (attempt) => Math.min(attempt * 100, 2_000),
  });
}

/** A connection of its own that listens, and waits as long as it takes. */
export function listeningClient(client: RedisClient): RedisClient {
  const options = { enableOfflineQueue: true, enableAutoPipelining: false };
  const patient = { maxRetriesPerRequest: null, commandTimeout: 5_000 };
  if (!(client instanceof Cluster)) return client.duplicate({ ...options, ...patient });
  return client.duplicate([], { ...client.options, ...options, redisOptions: { ...client.options.redisOptions, ...patient } });
}

/** The servers that keys are on. */
export function keyServers(client: RedisClient): Redis[] {
  return client instanceof Cluster ? client.nodes('master') : [client];
}

/** What `INFO memory` says, of all servers together. */
export async function memoryOf(client: RedisClient): Promise<{ used: number; most: number }> {
  const told = await Promise.all(keyServers(client).map((each) => each.info('memory')));
  const sum = (field: string) =>
    told.reduce((all, text) => all + Number(new RegExp(`^${field}:(\\d+)`, 'm').exec(text)?.[1] ?? 0), 0);
  return { used: sum('used_memory'), most: sum('maxmemory') };
}

/**
 * Tells once that a Redis does not answer, however many connections find it out, and again only after one had been up.
 * Clients try again every two seconds at most.
 */
export function tellOnce({ url }: RedisAddress): (client: RedisClient) => void {
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
export function openRedis(address: RedisAddress, watch: (client: RedisClient) => void): RedisClient {
  const redis = redisClient(address, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    commandTimeout: 250,
    enableAutoPipelining: true,
  });
  watch(redis);
  return redis;
}
