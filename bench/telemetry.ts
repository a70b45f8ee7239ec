/**
 * What telemetry costs a turn: `npm run bench:telemetry`. The same turns (plan, decide, one tool, plan, reply) through the real runner, with
 * nobody who listens, with metrics, with the log, and with traces that go to a collector in another process. The store keeps nothing and the
 * planner thinks nothing, so that the figure is the loop's own; what a whole turn takes stands beside it. CPU, not time: others may work here.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { OpenFeature } from '@openfeature/server-sdk';
import { z } from 'zod';
import { readSettings } from '../src/config.ts';
import { channels, type Fault, type RunEnded, traced } from '../src/diagnostics.ts';
import { defineAgent, defineTool } from '../src/index.ts';
import { defaultWorkspace, openTimonel } from '../src/main.ts';
import type { ModelPlanner, Planner } from '../src/run/planner.ts';
import { Runner } from '../src/run/runner.ts';
import { localWakeUps } from '../src/store/cache/wake-ups.ts';
import type { DatabasePool } from '../src/store/database.ts';
import type { RunViews } from '../src/store/run-views.ts';
import type { ClaimedRun, RunStore } from '../src/store/runs.ts';
import { logTo } from '../src/telemetry/logs.ts';
import { startMetrics } from '../src/telemetry/metrics.ts';
import { startTraces } from '../src/telemetry/traces/start-traces.ts';
import type { WaitingRuntime } from '../src/tools/call-waits.ts';
import { ToolExecutor } from '../src/tools/execute.ts';
import { metricsOf } from '../src/tools/metrics.ts';
import type { SendRuntime } from '../src/tools/send.ts';
import type { Spills } from '../src/tools/spill.ts';
import { scriptedModel } from '../test/scripted-model.ts';
import { describeMachine } from './turns/machine.ts';
import { median } from './turns/measure.ts';
import { writeResult } from './turns/report.ts';

const { values: options } = parseArgs({
  options: { turns: { type: 'string', default: '5000' }, rounds: { type: 'string', default: '9' }, write: { type: 'boolean' } },
});
const turns = Number(options.turns);
const rounds = Number(options.rounds);

const look = defineTool({
  name: 'look',
  description: 'Looks.',
  input: z.object({ at: z.string() }),
  effect: 'read',
  execute: async ({ at }) => ({ seen: at }),
});
const agent = defineAgent({
  name: 'bench',
  version: '1.0.0',
  description: 'Looks and answers.',
  prompt: 'You look and answer.',
  tools: [look],
  policy: [],
});

/** One call, then the reply. */
const planner: Planner = {
  async propose({ calls }) {
    const step = { kind: 'plan' as const, calls: [], state: {} };
    return calls.length === 0
      ? { kind: 'call', calls: [{ tool: 'look', args: { at: 'it' } }], step: (identified) => ({ ...step, calls: identified }) }
      : { kind: 'reply', reply: { text: 'Seen.' }, outcome: 'replied', step };
  },
};
const modelPlanner: ModelPlanner = { ...planner, serves: () => true };

/** Keeps nothing. */
const store: RunStore = {
  async accept({ runId, workspaceId, conversationId, text }) {
    const run: ClaimedRun = {
      runId,
      workspaceId,
      conversationId,
      text,
      timeZone: 'UTC',
      turn: 1,
      fence: 1,
      recoveries: 0,
      attempts: 1,
      agent: agent.name,
      agentVersion: agent.version,
      arm: 'stable',
      channel: 'api',
      contact: undefined,
      asker: undefined,
      state: {},
      history: [],
      inDoubt: false,
      steps: [],
      createdAt: new Date(),
    };
    return { kind: 'claimed', run };
  },
  transcript: async () => [],
  record: async () => {},
  remembered: async () => [],
  cancel: async () => ({ cancelled: [], ready: [] }),
  wakeDue: async () => [],
  claimChildren: async () => [],
  finish: async () => ({ followed: false }),
  suspend: async () => ({ followed: false }),
  claimNext: async () => undefined,
  reclaim: async () => undefined,
  owned: async () => [],
  renewLease: async () => {},
  takeOver: async () => [],
  buryDead: async () => {},
  leave: async () => {},
};

const now = () => new Date();
const newId = () => crypto.randomUUID();
channels.fault.subscribe((message) => {
  const { what, error } = message as Fault;
  throw new Error(what, { cause: error });
});
const runner = new Runner({
  store,
  views: {} as RunViews,
  trouble: () => undefined,
  executor: new ToolExecutor({
    pool: {} as DatabasePool,
    now,
    newId,
    schedule: async () => {},
    flagsOf: () => OpenFeature.getClient(),
    artifacts: () => {
      throw new Error('No tool of the benchmark has files.');
    },
    spills: {} as Spills,
    reaches: () => {
      throw new Error('No tool of the benchmark asks others.');
    },
    sandbox: {
      languages: async () => [],
      run: () => Promise.reject(new Error('No tool of the benchmark runs programs.')),
      runEach: () => Promise.reject(new Error('No tool of the benchmark runs programs.')),
    },
    knowledge: () => {
      throw new Error('No tool of the benchmark looks anything up.');
    },
    waiting: {} as WaitingRuntime,
    messages: {} as SendRuntime,
    metricsOf: (name) => metricsOf({ name }),
  }),
  onMessage() {},
  onHandedOff() {},
  agents: [agent.name],
  definitionOf: () => agent,
  modelPlanner,
  flowPlanner: planner,
  fallback: { decided: () => 'none', hasSystem: () => false, system: planner },
  findPrincipal: async () => undefined,
  wakeUps: localWakeUps(),
  processId: newId(),
  leaseMs: 60_000,
  runAttempts: 5,
  now,
  onTurn: () => {},
  tellCancelled: async () => {},
  children: { perParent: 4, perWorkspace: 16 },
  onEnded(ended: RunEnded) {
    if (channels.runEnded.hasSubscribers) channels.runEnded.publish(ended);
  },
});

async function take(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) {
    const runId = await runner.submit({ workspaceId: 'w', conversationId: newId(), runId: newId(), text: 'Look.' });
    const { outcome } = await runner.wait('w', runId, 10_000);
    if (outcome !== 'replied') throw new Error(`The turn ended as ${outcome}.`);
  }
}

/** Microseconds of CPU for each turn. */
async function cpu(count: number): Promise<number> {
  const before = process.cpuUsage();
  await take(count);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / count;
}

const live = {
  version: '0',
  home: '/',
  pool: () => ({ size: 1, open: 0, idle: 0, waiting: 0, acquireTimeouts: 0 }),
  activeRuns: () => 0,
  openStreams: () => 0,
  pingStore: async () => undefined,
  queues: async () => [],
  backupAge: async () => undefined,
  drills: async () => [],
  handoffs: async () => ({ waiting: 0, overdue: 0, taken: 0 }),
  waits: async () => [],
  redisMemory: undefined,
};
const collector = await startCollector();
const traces = (sampler: string) =>
  startTraces(readSettings({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_TRACES_SAMPLER: sampler }).traces, '0');

/** Begins to listen. @returns how to stop. */
const listeners: Record<string, () => () => Promise<void>> = {
  nobody: () => async () => {},
  metrics: () => {
    const metrics = startMetrics(live);
    return async () => metrics.end();
  },
  'metrics and log': () => {
    const metrics = startMetrics(live);
    const logs = logTo({ write: () => {} }, 'info');
    return async () => {
      metrics.end();
      logs.end();
    };
  },
  'metrics and traces, none sampled': () => withTraces('always_off'),
  'metrics and traces, all sampled': () => withTraces('always_on'),
};

function withTraces(sampler: string): () => Promise<void> {
  const metrics = startMetrics(live);
  const recorded = traces(sampler);
  return async () => {
    metrics.end();
    await recorded.close();
  };
}

await runner.start();
const measured = new Map<string, number[]>(Object.keys(listeners).map((name) => [name, []]));
for (let round = -1; round < rounds; round += 1) {
  for (const [name, listen] of Object.entries(listeners)) {
    const stop = listen();
    await take(turns / 10);
    const spent = await cpu(turns);
    await stop();
    // The first round is for the compiler.
    if (round >= 0) measured.get(name)?.push(spent);
  }
}
await runner.stop(0);
collector.process.kill();

const nobody = measured.get('nobody') ?? [];
const rows = [...measured].map(([name, spent]) => ({
  name,
  cpu: median(spent),
  ratio: median(spent.map((each, round) => each / (nobody[round] ?? Number.NaN))),
  more: median(spent.map((each, round) => each - (nobody[round] ?? Number.NaN))),
}));
const check = nanosecondsOf(() => traced.plan.hasSubscribers);
const plain = nanosecondsOf(() => channels.stepStored.hasSubscribers);
const whole = await wholeTurn();
const machine = describeMachine(undefined, 'its sources');
const date = new Date().toISOString().slice(0, 10);
const markdown = `# What telemetry costs a turn, ${date}

\`npm run bench:telemetry -- --turns ${turns} --rounds ${rounds}\`: ${turns} turns a round, ${rounds} rounds, medians; CPU of the process. ${machine.cores} × ${machine.processor}, Node ${machine.node}. Load before the run: ${machine.loadBefore}.

| who listens | CPU of the loop per turn | more than nobody | ratio |
|---|---|---|---|
${rows.map(({ name, cpu, more, ratio }) => `| ${name} | ${cpu.toFixed(1)} µs | ${more.toFixed(1)} µs | ${ratio.toFixed(2)} |`).join('\n')}

Unheard, a turn of this shape asks nine times whether somebody listens: ${plain.toFixed(1)} ns each at a plain channel, ${check.toFixed(1)} ns at a traced one. A whole turn of the same shape on the embedded store, with metrics, takes ${(whole / 1_000).toFixed(1)} ms of CPU.
`;
console.log(markdown);
if (options.write === true)
  console.error(`Written: ${writeResult(`telemetry-${date}`, { date, machine, rows, check, plain, whole }, markdown)}.{json,md}`);

function nanosecondsOf(ask: () => boolean): number {
  let heard = 0;
  const times = 5_000_000;
  for (let time = 0; time < times; time += 1) if (ask()) heard += 1;
  const started = process.hrtime.bigint();
  for (let time = 0; time < times; time += 1) if (ask()) heard += 1;
  const nanoseconds = Number(process.hrtime.bigint() - started) / times;
  if (heard > 0) throw new Error('Somebody listens.');
  return nanoseconds;
}

/** Microseconds of CPU of a turn with a model call, a tool and another model call, through everything but HTTP and the network. */
async function wholeTurn(): Promise<number> {
  const home = mkdtempSync(join(tmpdir(), 'timonel-bench-'));
  const model = scriptedModel(({ prompt }) =>
    prompt.at(-1)?.role === 'tool' ? 'Seen.' : { calls: [{ tool: 'look', args: { at: 'it' } }] },
  );
  const routes = { default: { targets: [{ model: 'project/m' }] } };
  const timonel = await openTimonel(readSettings({ TIMONEL_HOME: home }), { agents: [agent], models: { m: model }, routes });
  try {
    const turn = async () => {
      const conversationId = newId();
      await timonel.views.createConversation(defaultWorkspace, {
        id: conversationId,
        agent: agent.name,
        agentVersion: agent.version,
        arm: 'stable',
        channel: 'api',
      });
      const runId = await timonel.runner.submit({ workspaceId: defaultWorkspace, conversationId, runId: newId(), text: 'Look.' });
      const { outcome } = await timonel.runner.wait(defaultWorkspace, runId, 10_000);
      if (outcome !== 'replied') throw new Error(`The turn ended as ${outcome}.`);
    };
    for (let index = 0; index < 100; index += 1) await turn();
    const before = process.cpuUsage();
    for (let index = 0; index < 300; index += 1) await turn();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 300;
  } finally {
    await timonel.close();
    rmSync(home, { recursive: true, force: true });
  }
}

/** Takes everything and says nothing, in a process of its own, so that its CPU is not counted here. */
async function startCollector(): Promise<{ url: string; process: ChildProcess }> {
  const program = `require('node:http').createServer((q, s) => q.resume().on('end', () => s.end())).listen(0, '127.0.0.1', function () { console.log(this.address().port); })`;
  const child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
  const port = await new Promise<string>((resolve) =>
    child.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString().trim())),
  );
  return { url: `http://127.0.0.1:${port}`, process: child };
}
