import { randomInt } from 'node:crypto';
import { Command } from 'commander';
import { readSettings } from '../config.ts';
import type { Drill, DrillReport, DrillVerdict, ProbePhase, ProbeResult } from '../operations/drill/contract.ts';
import { suggestion } from '../suggestion.ts';
import { UsageError } from './usage-error.ts';

interface Options {
  seed?: string;
  databaseUrl?: string;
  config?: string;
  json?: boolean;
}

export function drillCommand(): Command {
  return new Command('drill')
    .description(
      'Make a fault on purpose in a rehearsal of this installation, and see that what protects against it works. The Timonel that runs is not touched. Without a name: the drills, and which can be played here. Exit code 0 pass, 1 fail, 2 inconclusive',
    )
    .argument('[name]', 'the drill')
    .option('--seed <number>', 'makes the same choices again (default: by chance, and told)')
    .option('--database-url <url>', 'PostgreSQL to make a scratch database on (default: DATABASE_URL, else the embedded store)')
    .option('--config <file>', 'project to rehearse (default: as timonel up)')
    .option('--json', 'print JSON')
    .action(async (name: string | undefined, options: Options) => {
      const { drills, drillOf } = await import('../operations/drill/catalogue.ts');
      const databaseUrl = options.databaseUrl ?? readSettings().database.url;
      if (name === undefined) return list(drills, databaseUrl, options.json === true);
      const drill = drillOf(name);
      if (drill === undefined) {
        const names = drills.map((each) => each.name);
        throw new UsageError(`There is no drill "${name}"; ${suggestion(name, names) ?? `there are ${names.join(', ')}`}.`);
      }
      const report = await play(drill, databaseUrl, options);
      if (options.json === true) console.log(JSON.stringify(report));
      else console.log(`\n${report.name}: ${report.verdict}. ${report.said}\nAgain: timonel drill ${name} --seed ${report.seed}`);
      process.exitCode = exitCodes[report.verdict];
    });
}

const exitCodes: Readonly<Record<DrillVerdict, number>> = { pass: 0, fail: 1, inconclusive: 2 };

async function play(drill: Drill, databaseUrl: string | undefined, { seed, config, json }: Options): Promise<DrillReport> {
  const [{ playDrill }, { rehearsedEnvironment }] = await Promise.all([
    import('../operations/drill/play.ts'),
    import('../operations/drill/environment.ts'),
  ]);
  const interrupted = new AbortController();
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  const interrupt = () => interrupted.abort();
  for (const signal of signals) process.on(signal, interrupt);
  try {
    return await playDrill(drill, {
      environment: rehearsedEnvironment({ ...process.env, ...(config === undefined ? {} : { TIMONEL_CONFIG: config }) }),
      databaseUrl,
      signal: interrupted.signal,
      seed: seedOf(seed),
      ...(json === true ? {} : { onProgress: (line) => console.log(typeof line === 'string' ? line : told(line)) }),
    });
  } finally {
    for (const signal of signals) process.off(signal, interrupt);
  }
}

function seedOf(text: string | undefined): number {
  if (text === undefined) return randomInt(0, 1_000_000);
  const seed = Number(text);
  if (Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32) return seed;
  throw new UsageError(`--seed takes a whole number from 0 to ${2 ** 32 - 1}, and is "${text}". For example: --seed 7`);
}

async function list(drills: readonly Drill[], databaseUrl: string | undefined, json: boolean): Promise<void> {
  const all = await Promise.all(
    drills.map(async ({ name, summary, lacks }) => ({ name, summary, lacks: (await lacks({ databaseUrl })) ?? null })),
  );
  if (json) return console.log(JSON.stringify(all));
  const width = Math.max(...all.map(({ name }) => name.length));
  for (const { name, summary, lacks } of all) {
    console.log(`${lacks === null ? '✓' : '–'} ${name.padEnd(width)}  ${summary}`);
    if (lacks !== null) console.log(`${' '.repeat(width + 4)}Not here: ${lacks}`);
  }
}

const phases: Readonly<Record<ProbePhase, string>> = {
  before: 'before',
  fault: 'fault',
  during: 'during',
  throughout: 'always',
  after: 'after',
};

function told({ name, phase, ok, said, milliseconds }: ProbeResult): string {
  return `${ok ? '✓' : '✗'} ${phases[phase].padEnd(6)}  ${name}: ${said} (${milliseconds} ms)`;
}
