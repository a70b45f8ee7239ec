import { setTimeout as sleep } from 'node:timers/promises';
import { Command } from 'commander';
import { readSettings } from '../config.ts';
import { messageOf } from '../errors.ts';
import { findCredentials } from './credentials.ts';
import { UsageError } from './usage-error.ts';

interface Options {
  url?: string;
  ready?: boolean;
  within: string;
  json?: boolean;
}

/** An answer of a process, or why there is none. */
export interface Probed {
  ok: boolean;
  /** What to tell of it, in one line. */
  said: string;
  milliseconds: number;
}

const answerMs = 5_000;
const pauseMs = 500;

export function healthCommand(): Command {
  return new Command('health')
    .description('Ask a Timonel whether it lives, for a supervisor: exit code 0 or 1. It needs no key')
    .option('--url <url>', 'address of the process (default: the one that runs here, or TIMONEL_PORT)')
    .option('--ready', 'wait until it can take requests: the database answers, and it does not drain')
    .option('--within <seconds>', 'with --ready: how long to wait, 0 asks once', '60')
    .option('--json', 'print JSON')
    .action(async (options: Options) => {
      const seconds = Number(options.within);
      if (!(seconds >= 0 && seconds <= 3_600))
        throw new UsageError(`--within takes 0 to 3600 seconds, and is "${options.within}". For example: --within 60`);
      const url = addressOf(options.url);
      const probed = options.ready === true ? await untilReady(url, seconds * 1_000) : await probe(url, '/health/live');
      if (options.json === true) console.log(JSON.stringify({ url, ...probed }));
      else console.log(`${url} ${probed.said} (${probed.milliseconds} ms)`);
      if (!probed.ok) process.exitCode = 1;
    });
}

function addressOf(given: string | undefined): string {
  if (given !== undefined) {
    if (!URL.canParse(given) || !/^https?:$/.test(new URL(given).protocol))
      throw new UsageError(`--url takes an address, and is "${given}". For example: --url http://127.0.0.1:8000`);
    return given.replace(/\/+$/, '');
  }
  const { home, port } = readSettings();
  return findCredentials(home)?.url ?? `http://127.0.0.1:${port}`;
}

/** Asks until it can take requests, or the time is over. */
export async function untilReady(url: string, patienceMs: number): Promise<Probed> {
  const started = performance.now();
  for (;;) {
    const last = await probe(url, '/health/ready');
    const milliseconds = Math.round(performance.now() - started);
    if (last.ok || milliseconds + pauseMs > patienceMs) return { ...last, milliseconds };
    await sleep(pauseMs);
  }
}

/** Asks once; a process that hangs is one that does not answer. */
export async function probe(url: string, path: string, patienceMs = answerMs): Promise<Probed> {
  const started = performance.now();
  const answered = await ask(`${url}${path}`, patienceMs).catch((error: unknown) => ({
    ok: false,
    said: failureOf(error, patienceMs),
  }));
  return { ...answered, milliseconds: Math.round(performance.now() - started) };
}

async function ask(address: string, patienceMs: number): Promise<Pick<Probed, 'ok' | 'said'>> {
  const response = await fetch(address, { signal: AbortSignal.timeout(patienceMs), redirect: 'manual' });
  const text = await response.text();
  if (response.ok) return { ok: true, said: statusOf(text) ?? 'answers' };
  return { ok: false, said: `answers ${response.status}: ${statusOf(text) ?? text.slice(0, 500)}` };
}

/** The status of a health document, and what of it is down. */
function statusOf(text: string): string | undefined {
  try {
    const { status, dependencies = [] } = JSON.parse(text) as {
      status?: string;
      dependencies?: { name: string; status: string; detail?: unknown }[];
    };
    const down = dependencies
      .filter((dependency) => dependency.status === 'down')
      .map(({ name, detail }) => (detail === undefined ? name : `${name} ${JSON.stringify(detail)}`));
    return status === undefined || down.length === 0 ? status : `${status}: ${down.join(', ')}`;
  } catch {
    return undefined;
  }
}

function failureOf(error: unknown, patienceMs: number): string {
  if (error instanceof DOMException && error.name === 'TimeoutError') return `does not answer within ${patienceMs / 1_000} seconds`;
  const { cause } = error as { cause?: { code?: string } };
  return `does not answer: ${cause?.code ?? messageOf(error)}`;
}
