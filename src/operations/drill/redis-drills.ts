import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Drill, DrillPlace } from './contract.ts';
import { Customers } from './customers.ts';
import { answers, counted, isReady, lives, losesNothing, namesDown, nobodyListens, readinessAnswers } from './probes.ts';
import { FaultyProxy } from './proxy.ts';
import { DrillRehearsal } from './rehearsal.ts';

/** Publications of one Redis reach all of its databases, so a drill never shares one with an installation. */
async function lacksRedis(): Promise<string | undefined> {
  return promisify(execFile)('redis-server', ['--version']).then(
    () => undefined,
    () => 'redis-server is not installed, and a drill uses no Redis but its own. Install it: apt-get install redis-server.',
  );
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Says one command to Redis. @returns the first line of the answer */
function say(port: number, command: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port }, () => socket.write(`${command}\r\n`));
    socket.setEncoding('utf8').once('data', (text: string) => {
      socket.destroy();
      resolve(text.trim());
    });
    socket.on('error', reject);
  });
}

async function withRedis(place: DrillPlace) {
  const folder = await mkdtemp(join(tmpdir(), 'timonel-drill-redis-'));
  place.scope.defer(() => rm(folder, { recursive: true, force: true }));
  const port = await freePort();
  const server = spawn('redis-server', ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', folder], {
    stdio: 'ignore',
  });
  place.scope.defer(async () => {
    if (server.exitCode !== null) return;
    server.kill('SIGKILL');
    await once(server, 'exit');
  });
  for (let tries = 0; ; tries++) {
    const pong = await say(port, 'PING').catch(() => '');
    if (pong === '+PONG') break;
    if (tries === 100) throw new Error('redis-server did not start.');
    await sleep(100);
  }
  const proxy = place.scope.use(await FaultyProxy.open({ host: '127.0.0.1', port }));
  const rehearsal = await DrillRehearsal.open(place, {
    REDIS_URL: `redis://127.0.0.1:${proxy.port}`,
    // A limit that nobody reaches: with one, every request asks Redis.
    TIMONEL_RATE_LIMIT_KEY_REQUESTS: '100000',
  });
  const process = () => rehearsal.process;
  return { port, proxy, process, customers: new Customers(process) };
}

export const redisStopped: Drill = {
  name: 'redis-stopped',
  summary: 'Redis is gone: the process stays ready and says so, customers are answered, and it connects again',
  lacks: lacksRedis,
  async prepare(place) {
    const { proxy, process, customers } = await withRedis(place);
    return {
      before: [isReady(process), answers(customers, 'model')],
      async fault() {
        await proxy.stop();
        return 'Redis was stopped.';
      },
      felt: nobodyListens('Redis', () => proxy.port),
      during: [namesDown(process, 'redis', 200), answers(customers, 'model')],
      throughout: [lives(process)],
      undo: () => proxy.start(),
      recoveryMs: 90_000,
      after: [isReady(process), answers(customers, 'model'), losesNothing(customers)],
    };
  },
};

export const redisSlow: Drill = {
  name: 'redis-slow',
  summary: 'Redis takes seconds for each answer: no customer waits for it',
  lacks: lacksRedis,
  async prepare(place, random) {
    const { proxy, process, customers } = await withRedis(place);
    return {
      before: [isReady(process), answers(customers, 'model')],
      async fault() {
        const milliseconds = random.between(30_000, 60_000);
        proxy.delay(milliseconds);
        // Something is said, so that something is late.
        customers.say(30_000).catch(() => {});
        return `Each packet takes Redis ${milliseconds} ms.`;
      },
      felt: counted('a packet is held back', () => proxy.delayed),
      during: [answers(customers, 'model', 15_000), readinessAnswers(process, 4_000)],
      throughout: [lives(process)],
      async undo() {
        proxy.delay(0);
        // Packets that are held back still would be for minutes.
        proxy.cut();
      },
      recoveryMs: 90_000,
      after: [isReady(process), answers(customers, 'model'), losesNothing(customers)],
    };
  },
};

export const redisFlushed: Drill = {
  name: 'redis-flushed',
  summary: 'Redis loses all that it has: nothing that matters was only there',
  lacks: lacksRedis,
  async prepare(place) {
    const { port, process, customers } = await withRedis(place);
    return {
      before: [isReady(process), answers(customers, 'model')],
      async fault() {
        await say(port, 'SET timonel-drill there');
        await say(port, 'FLUSHALL');
        return 'Redis was emptied (FLUSHALL).';
      },
      felt: {
        name: 'Redis has lost what it had',
        withinMs: 5_000,
        async look() {
          const found = await say(port, 'EXISTS timonel-drill');
          return { ok: found === ':0', said: found === ':0' ? 'A key of before is gone.' : `It answers ${found}.` };
        },
      },
      during: [answers(customers, 'model'), isReady(process), losesNothing(customers)],
      throughout: [lives(process)],
      // What was lost is not brought back: the process has to do without.
      async undo() {},
      recoveryMs: 60_000,
      after: [isReady(process), answers(customers, 'model'), losesNothing(customers)],
    };
  },
};
