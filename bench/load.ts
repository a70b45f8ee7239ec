/**
 * Load on a Timonel: one that is started here, or one that runs. `npm run bench:load -- <scenario>`, with `--help` for the options.
 *
 * Requests arrive at random by a schedule of their own (an open loop) and are timed from when they were due. The generator is in this process,
 * the stub model, the store and Timonel are in others, and all of them share the cores. Ends with 1 where a threshold does not hold, and with 3
 * where there were too few samples for a verdict.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { type LoadReport, printed } from './load/report.ts';
import { playScenario } from './load/run.ts';
import { type Scenario, type ScenarioName, scaled, scenarios } from './load/scenarios.ts';
import { runningSystem, startSystem } from './load/system.ts';
import { describeMachine } from './turns/machine.ts';
import { timonelBuild } from './turns/timonel-process.ts';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    store: { type: 'string', default: 'embedded' },
    'model-ms': { type: 'string', default: '250' },
    runs: { type: 'string', default: '1' },
    scale: { type: 'string', default: '1' },
    seed: { type: 'string' },
    url: { type: 'string' },
    key: { type: 'string' },
    agent: { type: 'string', default: 'hello' },
    write: { type: 'boolean', default: false },
    json: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

const names = Object.keys(scenarios) as ScenarioName[];
const usage = `npm run bench:load -- <${names.join(' | ')}>
  [--store embedded|postgres]      of the Timonel that is started
  [--model-ms 250]                 how long its model takes
  [--runs 1]                       one after the other on fresh stores; five or more to compare
  [--scale 1]                      of all durations; too few samples then give no verdict
  [--seed 1]                       of arrivals and choices; run n has seed + n - 1
  [--json FILE]                    writes the figures, with machine, versions, store and seeds
  [--url https://…]                a running system instead, with its key in TIMONEL_API_KEY or --key
  [--agent hello]                  whom the customers of a running system ask
  [--write]                        lets \`reservation\` book in a running system; its customers are erased at the end

${names.map((name) => `  ${name.padEnd(15)} ${scenarios[name].says}`).join('\n')}`;

const [name, ...rest] = positionals;
const scale = Number(options.scale);
const runs = Number(options.runs);
const modelMs = Number(options['model-ms']);
const { store } = options;
const whole = (number: number) => Number.isInteger(number);
const known = names.find((each) => each === name);
const seed = Number(options.seed ?? Math.floor(Math.random() * 1_000_000));
if (options.help) {
  console.log(usage);
  process.exit(0);
}
if (known === undefined || rest.length > 0 || !(scale > 0) || !(runs >= 1 && whole(runs)) || !(modelMs >= 0) || !whole(seed))
  refuse(usage);
if (store !== 'embedded' && store !== 'postgres') refuse('--store takes embedded or postgres.');
const scenario: Scenario = scaled(scenarios[known], scale);
const { url } = options;
if (url !== undefined && scenario.flow === 'reservation' && !options.write)
  refuse('This books appointments in a running system. Where that is wanted, add --write.');
if (url !== undefined && scenario.processes > 1)
  refuse('Give --url without a scenario of several processes: behind an address one cannot count them.');
const apiKey = options.key ?? process.env['TIMONEL_API_KEY'];
if (url !== undefined && apiKey === undefined) refuse('Give the key of the system in TIMONEL_API_KEY, or with --key.');

const report: LoadReport = {
  date: new Date().toISOString(),
  machine: describeMachine(undefined, timonelBuild),
  scenario: known,
  store: url === undefined ? store : 'unknown',
  processes: scenario.processes,
  redis: false,
  modelMs: url === undefined && scenario.flow === 'ask' ? modelMs : undefined,
  scale,
  url,
  runs: [],
};
for (let number = 0; number < runs; number++) {
  const system =
    url === undefined || apiKey === undefined
      ? await startSystem(scenario, { store, modelMs })
      : runningSystem({ url: url.replace(/\/+$/, ''), apiKey });
  try {
    report.machine.postgres = system.postgres;
    report.store = system.store;
    report.redis = system.redis;
    const run = await playScenario(scenario, system, { seed: seed + number, agent: options.agent });
    report.runs.push(run);
    console.log(printed(report, run));
  } finally {
    await system.stop();
  }
  // What was measured is kept, whatever the next run does.
  if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(report, null, 2)}\n`);
}
const verdicts = report.runs.map(({ verdict }) => verdict);
process.exitCode = verdicts.includes('fail') ? 1 : verdicts.includes('no verdict') ? 3 : 0;

function refuse(message: string): never {
  console.error(message);
  process.exit(2);
}
