/**
 * How many turns per second, next to VoltAgent, Mastra and a floor of Fastify and pg, on one stub model server: `npm run bench:turns`.
 *
 * Each server runs as its users would start it, in a process of its own. All are up during the whole run, and take turns: medians of
 * interleaved rounds, so that whatever else the machine does touches all of them. Any failed turn fails the run.
 */
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startPostgres } from '../test/postgres.ts';
import { type Contender, contenders, type Place, type Running, stubModel } from './turns/contenders.ts';
import { faultsOf } from './turns/durability.ts';
import { describeMachine } from './turns/machine.ts';
import { measure } from './turns/measure.ts';
import { type Durability, markdownOf, type Series, writeResult } from './turns/report.ts';
import { markdownOfSoak, soak } from './turns/soak.ts';
import { timonelBuild } from './turns/timonel-process.ts';

const { values: options } = parseArgs({
  options: {
    seconds: { type: 'string', default: '10' },
    'warm-up': { type: 'string', default: '3' },
    rounds: { type: 'string', default: '3' },
    concurrency: { type: 'string', default: '1,16,64' },
    conversations: { type: 'string', default: '64' },
    'turns-per-conversation': { type: 'string', default: '10' },
    only: { type: 'string', default: '' },
    soak: { type: 'boolean', default: false },
    'soak-turns': { type: 'string', default: '100000' },
    profile: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

if (options.help) {
  console.log(`node bench/turns.ts [--seconds 10] [--warm-up 3] [--rounds 3] [--concurrency 1,16,64] [--only floor,PostgreSQL,embedded,VoltAgent,Mastra]
  [--conversations 64] [--turns-per-conversation 10]   a conversation is left for a new one after that many turns
  [--soak] [--soak-turns 100000]                       memory of the embedded store over many turns, instead
  [--profile FOLDER]                                   CPU profiles of the Timonel processes (they are slower then)`);
  process.exit(0);
}

const directory = mkdtempSync(join(tmpdir(), 'timonel-bench-'));
// PostgreSQL runs as a user of its own, who has to reach its folder in here.
chmodSync(directory, 0o711);
const load = { conversations: Number(options.conversations), turnsPerConversation: Number(options['turns-per-conversation']) };
const wanted = options.only === '' ? [] : options.only.split(',').map((name) => name.toLowerCase());
const chosen = contenders.filter(({ name }) => wanted.length === 0 || wanted.some((each) => name.toLowerCase().includes(each)));
const postgres = options.soak ? undefined : await startPostgres(join(directory, 'postgres'), { durable: true });
const machine = describeMachine(postgres?.version, timonelBuild);
const date = new Date().toISOString().slice(0, 10);
const started: Running[] = [];

try {
  const stub = await begin(stubModel, '');
  await (options.soak ? runSoak(stub.url) : compare(stub));
} finally {
  for (const { process: server } of started.reverse()) await server.end('SIGKILL');
  postgres?.stop();
  rmSync(directory, { recursive: true, force: true });
}

async function begin(contender: Contender, modelUrl: string, nodeOptions: readonly string[] = []): Promise<Running> {
  const place: Place = { directory: join(directory, contender.name.replaceAll(/\W+/g, '-')), modelUrl, postgres, nodeOptions };
  mkdirSync(place.directory, { recursive: true });
  const running = await contender.start(place);
  started.push(running);
  return running;
}

async function compare(stub: Running): Promise<void> {
  const skipped: string[] = [];
  const lanes: { contender: Contender; running: Running; acknowledged: { turns: number; conversations: number } }[] = [];
  lanes.push({ contender: stubModel, running: stub, acknowledged: { turns: 0, conversations: 0 } });
  const profiling = options.profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${options.profile}`];
  for (const contender of chosen) {
    const missing =
      contender.missing?.() ?? (contender.onPostgres === true && postgres === undefined ? 'no PostgreSQL here' : undefined);
    if (missing === undefined) {
      const running = await begin(contender, stub.url, profiling);
      lanes.push({ contender, running, acknowledged: { turns: 0, conversations: 0 } });
    } else skipped.push(`${contender.name}: ${missing}`);
  }
  const series: Series[] = [];
  for (const concurrency of options.concurrency.split(',').map(Number)) {
    const table = lanes.map(({ contender: { name, peer, stores } }): Series => ({ name, peer, stores, concurrency, rounds: [] }));
    for (let round = 1; round <= Number(options.rounds); round++) {
      for (const [index, { contender, running, acknowledged }] of lanes.entries()) {
        const measured = await measure(contender.name, contender.dialect, running, {
          ...load,
          concurrency,
          warmUpSeconds: Number(options['warm-up']),
          seconds: Number(options.seconds),
        });
        acknowledged.turns += measured.acknowledged;
        acknowledged.conversations += measured.conversations;
        table[index]?.rounds.push(measured);
        const { turnsPerSecond, p50, p99 } = measured;
        console.error(
          `concurrency ${concurrency}, round ${round}: ${contender.name} ${turnsPerSecond.toFixed(0)} turns/s, p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms`,
        );
      }
    }
    series.push(...table);
  }
  const durability: Durability[] = [];
  for (const { contender, running, acknowledged } of lanes) {
    if (running.stored === undefined) continue;
    // A profile is written at an orderly end only.
    await running.process.end(options.profile === undefined ? 'SIGKILL' : 'SIGTERM');
    const stored = await running.stored();
    durability.push({ name: contender.name, acknowledged, stored, faults: faultsOf(stored, acknowledged) });
  }
  const report = { date, machine, settings: { ...options, ...load }, series, durability, skipped };
  const markdown = markdownOf(report);
  console.log(markdown);
  console.error(`Written: ${writeResult(`turns-${date}`, report, markdown)}.{json,md}`);
  const lost = durability.filter(({ name, faults }) => name.startsWith('Timonel') && faults.length > 0);
  if (lost.length > 0)
    throw new Error(`The record is not what was acknowledged: ${lost.flatMap(({ faults }) => faults).join('; ')}`);
}

async function runSoak(modelUrl: string): Promise<void> {
  const embedded = contenders.find(({ name }) => name.endsWith('embedded'));
  if (embedded === undefined) throw new Error('There is no embedded contender.');
  const collector = new URL('./turns/collect-on-signal.ts', import.meta.url).href;
  const running = await begin(embedded, modelUrl, ['--expose-gc', '--import', collector]);
  const result = await soak(embedded, running, Number(options['soak-turns']), { ...load, concurrency: 16 });
  const markdown = `${markdownOfSoak(result)}\n`;
  console.log(markdown);
  console.error(`Written: ${writeResult(`soak-${date}`, { date, machine, ...result }, markdown)}.{json,md}`);
}
