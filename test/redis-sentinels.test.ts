/** Redis with a password, watched by sentinels: the master dies, and what Timonel keeps there goes on with the next one. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readSettings } from '../src/config.ts';
import { openRedis, type RedisAddress } from '../src/store/cache/redis.ts';
import { redisSignals } from '../src/store/cache/wake-ups.ts';
import { needs } from './needs.ts';
import { freePort } from './postgres.ts';
import { findProgram } from './programs.ts';

const patience = { timeout: 40_000, interval: 100 };
const quiet = (client: { on(event: 'error', listener: () => void): unknown }) => void client.on('error', () => undefined);

describe.runIf(needs('Redis'))('Redis behind sentinels', () => {
  const folder = mkdtempSync(join(tmpdir(), 'timonel-sentinels-'));
  const started: ChildProcess[] = [];
  let master: ChildProcess;
  let address: RedisAddress;

  const server = (...args: string[]) => {
    const child = spawn(findProgram('redis-server') ?? 'redis-server', args, { stdio: 'ignore', cwd: folder });
    started.push(child);
    return child;
  };
  const node = (port: number, ...more: string[]) =>
    server(
      ...['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--requirepass', 'word', '--masterauth', 'word'],
      ...['--dbfilename', `${port}.rdb`, ...more],
    );

  beforeAll(async () => {
    const ports = await Promise.all([freePort(), freePort(), freePort()]);
    const [first, second, sentinel] = ports;
    master = node(first);
    node(second, '--replicaof', '127.0.0.1', String(first));
    const file = join(folder, 'sentinel.conf');
    writeFileSync(
      file,
      [
        `port ${sentinel}`,
        'bind 127.0.0.1',
        `sentinel monitor mymaster 127.0.0.1 ${first} 1`,
        'sentinel auth-pass mymaster word',
        'sentinel down-after-milliseconds mymaster 1000',
        'sentinel failover-timeout mymaster 5000',
      ].join('\n'),
    );
    server(file, '--sentinel');
    const settings = readSettings({
      TIMONEL_HOME: folder,
      REDIS_URL: 'redis://:word@mymaster/0',
      TIMONEL_REDIS_SENTINELS: `127.0.0.1:1, 127.0.0.1:${sentinel}`,
    });
    if (settings.redis === undefined) throw new Error('No Redis.');
    address = settings.redis;
  }, 60_000);
  afterAll(() => {
    for (const child of started) child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  it('keeps answers and tells others, before a failover and after it', { timeout: 120_000 }, async () => {
    const redis = openRedis(address, quiet);
    const signals = redisSignals(address, quiet);
    const heard: string[] = [];
    signals.runEnded.subscribe((id) => heard.push(id));
    const works = (key: string) =>
      redis.set(key, 'kept').then(
        () => redis.get(key),
        () => undefined,
      );
    const told = async (id: string) => {
      signals.runEnded.publish(id);
      return heard.includes(id);
    };
    try {
      await expect.poll(() => works('one'), patience).toBe('kept');
      await expect.poll(() => told('before'), patience).toBe(true);
      // A replica that knows nothing yet is not taken for a master.
      await expect.poll(async () => (await redis.info('replication')).includes('state=online'), patience).toBe(true);
      master.kill('SIGKILL');
      await expect.poll(() => works('two'), patience).toBe('kept');
      await expect.poll(() => told('after'), patience).toBe(true);
      expect(signals.status()).toBe('up');
    } finally {
      redis.disconnect();
      await signals.close();
    }
  });

  it('says what is wrong with the sentinels of a setting', () => {
    for (const wrong of ['10.0.0.1', '10.0.0.1:70000', 'redis://10.0.0.1:26379'])
      expect(() => readSettings({ REDIS_URL: 'redis://m', TIMONEL_REDIS_SENTINELS: wrong })).toThrow(
        /TIMONEL_REDIS_SENTINELS: must be host:port/,
      );
  });
});
