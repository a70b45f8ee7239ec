/** A cluster of three masters, each with a replica: keys are on all of them, one master is lost, and what Timonel keeps there goes on. And one server with TLS. */
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { readSettings } from '../src/config.ts';
import { Attempts } from '../src/identity/attempts.ts';
import type { Entry } from '../src/llm/cache/memory-tier.ts';
import { RedisTier } from '../src/llm/cache/redis-tier.ts';
import { RateLimits } from '../src/llm/limits/rate-limits.ts';
import { keyServers, memoryOf, openRedis, type RedisAddress, type RedisClient } from '../src/store/cache/redis.ts';
import { redisSignals } from '../src/store/cache/wake-ups.ts';
import { needs } from './needs.ts';
import { freePort } from './postgres.ts';
import { findProgram } from './programs.ts';

const patience = { timeout: 60_000, interval: 100 };
const password = 'a word of theirs';
const quiet = (client: RedisClient) => void client.on('error', () => undefined);
const folder = mkdtempSync(join(tmpdir(), 'timonel-cluster-'));
const started: ChildProcess[] = [];

function server(name: string, ...args: string[]): ChildProcess {
  const cwd = join(folder, name);
  mkdirSync(cwd, { recursive: true });
  const own = ['--bind', '127.0.0.1', '--save', '', '--requirepass', password, '--masterauth', password];
  const child = spawn(findProgram('redis-server') ?? 'redis-server', [...own, ...args], { stdio: 'ignore', cwd });
  started.push(child);
  return child;
}

const client = (port: number, ...args: string[]) =>
  execFileSync('redis-cli', ['-p', String(port), ...args], { encoding: 'utf8', env: { ...process.env, REDISCLI_AUTH: password } });

afterAll(() => {
  for (const child of started) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

/** The port of a node's bus is its own and 10,000. */
async function clusterPorts(count: number): Promise<number[]> {
  const ports = new Set<number>();
  while (ports.size < count) {
    const port = await freePort();
    if (port < 55_000 && !ports.has(port + 10_000) && !ports.has(port - 10_000)) ports.add(port);
  }
  return [...ports];
}

describe.runIf(needs('Redis'))('a Redis Cluster', () => {
  const nodes = new Map<number, ChildProcess>();
  let address: RedisAddress;

  beforeAll(async () => {
    const ports = await clusterPorts(6);
    for (const port of ports) {
      const more = [
        '--cluster-enabled',
        'yes',
        '--cluster-node-timeout',
        '2000',
        '--cluster-config-file',
        'nodes.conf',
        '--repl-diskless-sync-delay',
        '0',
      ];
      nodes.set(port, server(String(port), '--port', String(port), ...more));
    }
    const answers = (port: number) => {
      try {
        return client(port, 'ping').trim();
      } catch {
        return '';
      }
    };
    for (const port of ports) await vi.waitFor(() => expect(answers(port)).toBe('PONG'), patience);
    const [first = 0, ...others] = ports;
    const hosts = ports.map((port) => `127.0.0.1:${port}`);
    client(first, '--cluster', 'create', ...hosts, '--cluster-replicas', '1', '--cluster-yes');
    await vi.waitFor(() => expect(client(first, 'cluster', 'info')).toContain('cluster_state:ok'), patience);
    const settings = readSettings({
      TIMONEL_HOME: folder,
      REDIS_URL: `redis://:${encodeURIComponent(password)}@127.0.0.1:${first}`,
      // One that nobody listens at is passed over.
      TIMONEL_REDIS_CLUSTER: `127.0.0.1:1, ${others.map((port) => `127.0.0.1:${port}`).join(', ')}`,
    });
    if (settings.redis === undefined) throw new Error('No Redis.');
    address = settings.redis;
  }, 120_000);

  it('has all that Timonel keeps, on all of its masters, before one is lost and after', { timeout: 180_000 }, async () => {
    const [redis, other] = [openRedis(address, quiet), openRedis(address, quiet)];
    const signals = redisSignals(address, quiet);
    const heard: string[] = [];
    signals.runEnded.subscribe((id) => heard.push(id));
    const cleared: string[] = [];
    const tier = new RedisTier(redis, { cleared: () => {}, held: () => ['w1', 'w2', 'w3'] });
    const otherTier = new RedisTier(other, { cleared: (id) => cleared.push(id), held: () => ['w1', 'w2', 'w3'] });
    const settings = {
      key: { requests: 1_000, tokens: 0 },
      user: { requests: 0, tokens: 0 },
      workspace: { requests: 0, tokens: 0 },
    };
    const [limits, otherLimits] = [new RateLimits(settings, redis), new RateLimits(settings, other)];
    const attempts = new Attempts(redis);
    const now = Date.now();
    const entry = (body: string): Entry => ({
      ...{ body, contentType: 'text/plain', model: 'm', cost: 1n, at: now },
      ...{ freshUntil: now + 600_000, staleUntil: now + 600_000 },
    });
    const remaining = async (keyId: string) => (await otherLimits.request({ workspaceId: 'w1', keyId }))?.remaining;
    /** Many keys, so that each master has some. @returns how many are read by the other process. */
    const kept = async (workspace: string, round: string) => {
      const keys = Array.from({ length: 24 }, (_, index) => `${round}-${index}`);
      const { generation } = await tier.get(workspace, 'none');
      if (generation === undefined) return 0;
      for (const key of keys) tier.set(workspace, key, entry(key), generation, now);
      const found = await Promise.all(keys.map((key) => otherTier.get(workspace, key)));
      return found.filter(({ entry: read }, index) => read?.body === keys[index]).length;
    };
    const told = (id: string) => {
      signals.runEnded.publish(id);
      return heard.includes(id);
    };
    const everything = async (round: string) => {
      await expect.poll(() => kept('w1', round), patience).toBe(24);
      await expect.poll(() => told(round), patience).toBe(true);
      for (let index = 0; index < 12; index++) {
        const keyId = `${round}-${index}`;
        await limits.request({ workspaceId: 'w1', keyId });
        expect([keyId, await remaining(keyId)]).toEqual([keyId, 998]);
      }
      await attempts.clear(`ana-${round}@example.com`, '203.0.113.7');
      expect(await attempts.mayMail(`ana-${round}@example.com`, '203.0.113.7')).toBe(true);
      expect(await tier.clear('w1')).toBe(true);
      await expect.poll(() => cleared.includes('w1'), patience).toBe(true);
      expect((await otherTier.get('w1', `${round}-0`)).entry).toBeUndefined();
      cleared.length = 0;
    };
    try {
      await expect.poll(() => keyServers(redis).length, patience).toBe(3);
      await everything('before');
      const sizes = await Promise.all(keyServers(redis).map((each) => each.dbsize()));
      expect(sizes.every((size) => size > 0)).toBe(true);
      expect((await memoryOf(redis)).used).toBeGreaterThan(3_000_000);

      const lost = keyServers(redis)[1]?.options.port ?? 0;
      // A replica that knows nothing yet does not take the place of its master.
      await expect.poll(() => client(lost, 'info', 'replication'), patience).toContain('state=online');
      nodes.get(lost)?.kill('SIGKILL');
      await expect.poll(() => kept('w2', 'after'), patience).toBe(24);
      await expect.poll(() => keyServers(other).some(({ options }) => options.port === lost), patience).toBe(false);
      await everything('after');
      expect(signals.status()).toBe('up');
    } finally {
      tier.close();
      otherTier.close();
      redis.disconnect();
      other.disconnect();
      await signals.close();
    }
  });

  it('says what is wrong with its setting', () => {
    const read = (environment: Record<string, string>) => () =>
      readSettings({ TIMONEL_REDIS_CLUSTER: '10.0.0.1:6379', ...environment });
    expect(read({})).toThrow(/REDIS_URL: name one of the nodes/);
    expect(read({ REDIS_URL: 'redis://10.0.0.2:6379/3' })).toThrow(/database 0 alone/);
    expect(read({ REDIS_URL: 'redis://a', TIMONEL_REDIS_SENTINELS: '10.0.0.1:26379' })).toThrow(/a cluster has no sentinels/);
    expect(read({ REDIS_URL: 'redis://a', TIMONEL_REDIS_CLUSTER: '10.0.0.1' })).toThrow(/TIMONEL_REDIS_CLUSTER: must be host:port/);
  });
});

describe.runIf(needs('Redis'))('Redis with TLS', () => {
  it('is spoken to by rediss:// with the password of a file, and not where its certificate is nobody’s', {
    timeout: 60_000,
  }, async () => {
    const [key, certificate] = [join(folder, 'tls.key'), join(folder, 'tls.crt')];
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
    const request = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-keyout', key, '-out', certificate];
    execFileSync('openssl', [...request, ...subject], { stdio: 'ignore' });
    const port = await freePort();
    const tls = [
      '--tls-cert-file',
      certificate,
      '--tls-key-file',
      key,
      '--tls-ca-cert-file',
      certificate,
      '--tls-auth-clients',
      'no',
    ];
    server('tls', '--port', '0', '--tls-port', String(port), ...tls);
    const file = join(folder, 'redis-url');
    writeFileSync(file, `rediss://:${encodeURIComponent(password)}@localhost:${port}/0\n`);
    // A process of its own: Node reads whom it trusts when it starts.
    const source = (path: string) => JSON.stringify(new URL(`../src/${path}`, import.meta.url).href);
    const program = `
      import { readSettings } from ${source('config.ts')};
      import { openRedis } from ${source('store/cache/redis.ts')};
      const redis = openRedis(readSettings().redis, (client) => client.on('error', ({ message }) => { console.log(message); process.exit(1); }));
      redis.on('ready', async () => { console.log(await redis.ping()); process.exit(0); });`;
    const said = (environment: Record<string, string>) =>
      spawnSync(process.execPath, ['--input-type=module', '-e', program], {
        encoding: 'utf8',
        env: { PATH: process.env['PATH'] ?? '', REDIS_URL_FILE: file, ...environment },
      });
    await expect.poll(() => said({ NODE_EXTRA_CA_CERTS: certificate }).stdout, { timeout: 40_000, interval: 500 }).toBe('PONG\n');
    const refused = said({});
    expect(refused).toMatchObject({ status: 1, stdout: expect.stringMatching(/self-signed|certificate/) });
    expect(`${refused.stdout}${refused.stderr}`).not.toContain(password);
  });
});
