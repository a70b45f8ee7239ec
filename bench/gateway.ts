/**
 * What a gateway costs: Timonel's OpenAI-compatible door next to Portkey and to bare proxies on node:http and Fastify, on one stub
 * provider: `npm run bench:gateway`.
 *
 * Each server runs on a core of its own, the stub provider and the load generator on the other. All are up during the whole run, and take
 * turns: medians of interleaved rounds. Any failed request fails the run. Load comes from wrk where it is installed (Debian:
 * `apt-get install wrk`), else from a generator of our own, which costs more.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { findProgram } from '../test/programs.ts';
import { type Contender, type ContenderName, contenders, type Running, startStub } from './gateway/contenders.ts';
import type { LoadOrder } from './gateway/exchange.ts';
import { type Generator, measure } from './gateway/measure.ts';
import { type FirstToken, markdownOf, type Report, type Series } from './gateway/report.ts';
import { soak } from './gateway/soak.ts';
import { wrk } from './gateway/wrk.ts';
import { describeMachine } from './turns/machine.ts';
import { writeResult } from './turns/report.ts';
import { timonelBuild } from './turns/timonel-process.ts';

const { values: options } = parseArgs({
  options: {
    seconds: { type: 'string', default: '5' },
    'warm-up': { type: 'string', default: '2' },
    rounds: { type: 'string', default: '3' },
    concurrency: { type: 'string', default: '1,16,64' },
    only: { type: 'string', default: '' },
    soak: { type: 'string' },
    profile: { type: 'string' },
    'no-wrk': { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

if (options.help) {
  console.log(`node bench/gateway.ts [--seconds 5] [--warm-up 2] [--rounds 3] [--concurrency 1,16,64] [--only constant,node:http,Fastify,Portkey,Timonel]
  [--soak 200000]      memory of Timonel over that many calls, after the comparison
  [--profile FOLDER]   CPU profiles of the servers (they are slower then)
  [--no-wrk]           our own load generator, also where wrk is installed`);
  process.exit(0);
}

const directory = mkdtempSync(join(tmpdir(), 'timonel-bench-gateway-'));
const taskset = findProgram('taskset');
const cores = availableParallelism();
const pin = (core: number) => (taskset === undefined || cores < 2 ? [] : [taskset, '-c', String(core)]);
const wanted = options.only === '' ? [] : options.only.split(',').map((name) => name.toLowerCase());
const chosen = contenders.filter(({ name }) => wanted.length === 0 || wanted.includes(name.toLowerCase()));
const program = options['no-wrk'] ? undefined : wrk;
const generator: Generator = { wrk: program, pinned: pin(0), directory };
const machine = describeMachine(undefined, timonelBuild);
const date = new Date().toISOString().slice(0, 10);
const rounds = Array.from({ length: Number(options.rounds) }, (_, round) => round + 1);
const concurrencies = options.concurrency.split(',').map(Number);
const started: Running[] = [];
const profiling = options.profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${options.profile}`];

try {
  const stub = await startStub(pin(0));
  started.push(stub);
  const upstream = `${stub.address.origin}/v1`;
  const report = await compare(stub, upstream);
  if (options.soak !== undefined) report.soak = await runSoak(upstream, Number(options.soak));
  const markdown = markdownOf(report);
  console.log(markdown);
  // A part of the comparison is no result to keep.
  if (wanted.length === 0) console.error(`Written: ${writeResult(`gateway-${date}`, report, markdown)}.{json,md}`);
} finally {
  // A profile is written at an orderly end only.
  for (const { process: server } of started.reverse()) await server.end(options.profile === undefined ? 'SIGKILL' : 'SIGTERM');
  rmSync(directory, { recursive: true, force: true });
}

async function begin(contender: Contender, upstream: string, nodeOptions: readonly string[]): Promise<Running> {
  const home = mkdtempSync(join(directory, 'server-'));
  mkdirSync(home, { recursive: true });
  const running = await contender.start({ directory: home, upstream, pinned: pin(cores - 1), nodeOptions });
  started.push(running);
  return running;
}

async function compare(stub: Running, upstream: string): Promise<Report> {
  const skipped: string[] = [];
  const lanes: { name: ContenderName; running: Running }[] = [{ name: 'direct', running: stub }];
  const what: Report['what'] = { direct: 'the stub provider by itself' };
  for (const contender of chosen) {
    const missing = contender.missing?.();
    if (missing === undefined) {
      lanes.push({ name: contender.name, running: await begin(contender, upstream, profiling) });
      what[contender.name] = contender.what;
    } else skipped.push(`${contender.name}: ${missing}`);
  }
  const passing = lanes.filter(({ running }) => running.constant !== true);
  const series: Series[] = [];
  const firstTokens: FirstToken[] = [];
  const seconds = Number(options.seconds);
  for (const concurrency of concurrencies) {
    const order = (running: Running, stream: boolean): LoadOrder => ({
      address: running.address,
      stream,
      slow: false,
      same: false,
      concurrency,
      seconds,
    });
    for (const kind of ['JSON', 'SSE'] as const) {
      series.push(...(await interleaved(kind, concurrency, passing, (running) => order(running, kind === 'SSE'))));
    }
    const caching = lanes.filter(({ running }) => running.cached !== undefined);
    const cached = (running: Running): LoadOrder => ({
      ...order(running, false),
      address: running.cached ?? running.address,
      same: true,
    });
    series.push(...(await interleaved('cached', concurrency, caching, cached)));
  }
  for (const concurrency of concurrencies.filter((each) => each <= 16))
    firstTokens.push(...(await firstTokensOf(passing, concurrency)));
  const by = program === undefined ? 'our own generator (undici)' : 'wrk';
  return {
    date,
    machine,
    settings: options,
    what,
    generator: by,
    pinned: pin(0).length > 0,
    series,
    firstTokens,
    skipped,
  };
}

async function interleaved(
  kind: Series['kind'],
  concurrency: number,
  lanes: readonly { name: ContenderName; running: Running }[],
  order: (running: Running) => LoadOrder,
): Promise<Series[]> {
  const table = lanes.map(({ name }): Series => ({ name, kind, concurrency, rounds: [] }));
  for (const { name, running } of lanes)
    await measure(name, running, { ...order(running), seconds: Number(options['warm-up']) }, generator);
  for (const round of rounds) {
    for (const [index, { name, running }] of lanes.entries()) {
      const measured = await measure(name, running, order(running), generator);
      table[index]?.rounds.push(measured);
      const { requestsPerSecond, p50, p99, cpu } = measured;
      console.error(
        `${kind}, concurrency ${concurrency}, round ${round}: ${name} ${requestsPerSecond.toFixed(0)}/s, p50 ${p50.toFixed(2)} ms, p99 ${p99.toFixed(2)} ms, CPU ${cpu.toFixed(0)} µs`,
      );
    }
  }
  return table;
}

async function firstTokensOf(
  lanes: readonly { name: ContenderName; running: Running }[],
  concurrency: number,
): Promise<FirstToken[]> {
  const own = { ...generator, wrk: undefined };
  const table = lanes.map(({ name }): FirstToken => ({ name, concurrency, rounds: [] }));
  for (const round of [0, ...rounds]) {
    for (const [index, { name, running }] of lanes.entries()) {
      const order = {
        address: running.address,
        stream: true,
        slow: true,
        same: false,
        concurrency,
        seconds: Number(options.seconds),
      };
      const { firstToken = Number.NaN } = await measure(name, running, order, own);
      // The first one warms up.
      if (round > 0) table[index]?.rounds.push(firstToken);
    }
  }
  return table;
}

async function runSoak(upstream: string, requests: number) {
  const timonel = contenders.find(({ name }) => name === 'Timonel');
  if (timonel === undefined) throw new Error('Timonel is not among the contenders.');
  const collector = new URL('./turns/collect-on-signal.ts', import.meta.url).href;
  const running = await begin(timonel, upstream, ['--expose-gc', '--import', collector]);
  return soak(running, requests, Number(options.seconds), generator);
}
