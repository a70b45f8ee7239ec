import { EventEmitter } from 'node:events';
import { publishFault } from '../../faults.ts';
import { type RedisAddress, type RedisClient, redisClient } from './redis.ts';

/** Tells other processes on the same database that something happened. May be lost: those who wait also look for themselves. */
export interface Signals {
  publish(message: string): void;
  subscribe(listener: (message: string) => void): void;
}

/** Tells that a run ended, by its id. */
export type WakeUps = Signals;

const channels = { runEnded: 'timonel:run-ended', breakerChanged: 'timonel:breaker-changed' } as const;

/** For one process: nobody else has to be told. */
export function localWakeUps(): WakeUps {
  const events = new EventEmitter<{ ended: [string] }>();
  return { publish: (runId) => void events.emit('ended', runId), subscribe: (listener) => void events.on('ended', listener) };
}

/** Connections to Redis that the process owns. */
export interface RedisSignals {
  runEnded: WakeUps;
  breakerChanged: Signals;
  status(): 'up' | 'down';
  close(): Promise<void>;
}

/**
 * Through Redis, to all processes on the same database. While Redis is down nothing is published, and waiters find out by looking.
 */
export function redisSignals(address: RedisAddress, watch: (client: RedisClient) => void): RedisSignals {
  // Commands fail at once while the connection is down: what Redis carries here may be lost, and nobody waits for it.
  const options = { enableOfflineQueue: false, maxRetriesPerRequest: 1, lazyConnect: false };
  const publisher = redisClient(address, options);
  const subscriber = redisClient(address, { ...options, enableOfflineQueue: true, maxRetriesPerRequest: null });
  for (const client of [publisher, subscriber]) watch(client);
  // Waits until Redis is up; what ends the wait is the end of the process.
  void subscriber.subscribe(...Object.values(channels)).catch((error: unknown) => {
    if (subscriber.status !== 'end') publishFault('Redis', error);
  });
  const on = (channel: string): Signals => ({
    publish: (message) => {
      if (publisher.status === 'ready') publisher.publish(channel, message).catch((error: unknown) => publishFault('Redis', error));
    },
    subscribe: (listener) => {
      subscriber.on('message', (name, message) => {
        if (name === channel) listener(message);
      });
    },
  });
  return {
    runEnded: on(channels.runEnded),
    breakerChanged: on(channels.breakerChanged),
    status: () => (publisher.status === 'ready' ? 'up' : 'down'),
    async close() {
      publisher.disconnect();
      subscriber.disconnect();
    },
  };
}
