import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Command } from 'commander';
import { readSettings } from '../config.ts';
import { messageOf } from '../errors.ts';
import { ApiClient } from './api-client.ts';
import { type LocalCredentials, readCredentials } from './credentials.ts';
import { type SmokeFinding, type SmokeSystem, smokeFlows, testContact } from './smoke-flows.ts';
import { UsageError } from './usage-error.ts';

interface Options {
  url?: string;
  keyFile?: string;
  every?: string;
  write?: boolean;
  keep?: boolean;
  json?: boolean;
}

const unit: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000 };

export function smokeCommand(): Command {
  return new Command('smoke')
    .description(
      'Try a running system as a customer would: its services, a turn of each agent, booking, a denial, flags, telemetry, an answer without a model. What it makes carries a test mark, and is erased at the end. Exit code 1 where a flow fails',
    )
    .option('--url <url>', 'address of the system (default: the one that runs here)')
    .option('--key-file <file>', 'file with an API key of it (default: the key of this machine)')
    .option('--write', 'book an appointment, and cancel it')
    .option('--every <time>', 'again and again, e.g. 30s, until it is stopped')
    .option('--keep', 'leave what it made: `timonel clean --test-data` erases it')
    .option('--json', 'print one JSON line per round')
    .action(async (options: Options) => {
      const pause = options.every === undefined ? undefined : millisecondsOf(options.every);
      const system = await systemOf(options);
      for (let first = true; ; first = false) {
        const passed = await round({ ...system, fallback: first }, options);
        if (!passed) process.exitCode = 1;
        if (pause === undefined) return;
        await sleep(pause);
      }
    });
}

function millisecondsOf(text: string): number {
  const match = /^(\d{1,5})(s|m|h)$/.exec(text);
  if (match === null) throw new UsageError(`--every takes a time, and is "${text}". For example: --every 30s`);
  return Number(match[1]) * (unit[match[2] ?? ''] ?? 0);
}

async function systemOf({ url, keyFile, write }: Options): Promise<SmokeSystem> {
  const key = keyFile === undefined ? undefined : readFileSync(keyFile, 'utf8').trim();
  const own = url === undefined || key === undefined ? readCredentials(readSettings().home) : undefined;
  const address = (url ?? own?.url ?? '').replace(/\/+$/, '');
  if (!URL.canParse(address))
    throw new UsageError(`--url takes an address, and is "${address}". For example: --url https://agents.example.com`);
  return systemAt(address, key ?? own?.apiKey ?? '', write === true);
}

async function systemAt(url: string, apiKey: string, write: boolean): Promise<SmokeSystem> {
  const client = new ApiClient({ url, apiKey });
  const { agents } = await client.get<{ agents: { name: string; model: string | null }[] }>('/api/v1/agents');
  const withModel = agents.filter(({ model }) => model !== null);
  return {
    url,
    client,
    agents: agents.map(({ name }) => name),
    withModel: withModel.map(({ name }) => name),
    write,
    fallback: true,
  };
}

/** A flow as it went. */
export type SmokeResult = SmokeFinding & { name: string; milliseconds: number };

/** Tries a system once, writes nothing that lasts, and erases what it made. */
export async function smokeOnce({ url, apiKey }: LocalCredentials): Promise<SmokeResult[]> {
  const system = await systemAt(url, apiKey, false);
  const found = await play(system, () => undefined);
  await erase(system);
  return found;
}

async function play(system: SmokeSystem, told: (result: SmokeResult) => void): Promise<SmokeResult[]> {
  const found: SmokeResult[] = [];
  // One after the other: a turn of one flow is not to be counted by another.
  for (const flow of smokeFlows) {
    const started = performance.now();
    const finding = await flow.run(system).catch((error: unknown): SmokeFinding => ({ status: 'fail', said: messageOf(error) }));
    const result = { name: flow.name, ...finding, milliseconds: Math.round(performance.now() - started) };
    found.push(result);
    told(result);
  }
  return found;
}

async function round(system: SmokeSystem, { json, keep }: Options): Promise<boolean> {
  const found = await play(system, ({ status, name, said, milliseconds }) => {
    if (json !== true) console.log(`${status.padEnd(8)} ${name.padEnd(14)} ${said} (${milliseconds} ms)`);
  });
  const passed = found.every(({ status }) => status !== 'fail');
  if (json === true) console.log(JSON.stringify({ url: system.url, status: passed ? 'pass' : 'fail', flows: found }));
  if (keep !== true) await erase(system);
  return passed;
}

/** A key that may not erase leaves it to `timonel clean`. */
async function erase({ client }: SmokeSystem): Promise<void> {
  await client.post('/api/v1/privacy/erase', { email: testContact.email }).catch((error: unknown) => {
    console.error(`What was made stays, until \`timonel clean --test-data\`: ${messageOf(error)}`);
  });
}
