import { EventEmitter } from 'node:events';
import { Redis } from 'ioredis';

/** Tells other processes on the same database that a run ended. May be lost: those who wait also look for themselves. */
export interface WakeUps {
  publish(runId: string): void;
  subscribe(listener: (runId: string) => void): void;
}

const channel = 'timonel:run-ended';

/** For one process: nobody else has to be told. */
export function localWakeUps(): WakeUps {
  const events = new EventEmitter<{ ended: [string] }>();
  return { publish: (runId) => void events.emit('ended', runId), subscribe: (listener) => void events.on('ended', listener) };
}

/** Connections to Redis that the process owns. */
export interface RedisWakeUps extends WakeUps {
  status(): 'up' | 'down';
  close(): Promise<void>;
}

/**
 * Through Redis, to all processes on the same database. While Redis is down nothing is published, and waiters find out by looking.
 */
export function redisWakeUps(url: string, onFault: (error: unknown) => void): RedisWakeUps {
  // Commands fail at once while the connection is down: what Redis carries here may be lost, and nobody waits for it.
  const options = { enableOfflineQueue: false, maxRetriesPerRequest: 1, lazyConnect: false };
  const publisher = new Redis(url, options);
  const subscriber = new Redis(url, { ...options, enableOfflineQueue: true, maxRetriesPerRequest: null });
  publisher.on('error', onFault);
  subscriber.on('error', () => {});
  void subscriber.subscribe(channel).catch(onFault);
  return {
    publish: (runId) => {
      if (publisher.status === 'ready') publisher.publish(channel, runId).catch(onFault);
    },
    subscribe: (listener) => {
      subscriber.on('message', (_channel, runId) => listener(runId));
    },
    status: () => (publisher.status === 'ready' ? 'up' : 'down'),
    async close() {
      publisher.disconnect();
      subscriber.disconnect();
    },
  };
}
