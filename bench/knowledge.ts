/**
 * What searches in large collections cost: `npm run bench:knowledge`. Invented passages on a store of its own (PostgreSQL where DATABASE_URL names an empty
 * database), through the same code as a request: the first search, which loads the index, then many. TIMONEL_BENCH_CHUNKS says how many passages.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { readSettings } from '../src/config.ts';
import { defaultWorkspace, openTimonel } from '../src/main.ts';
import { notes } from '../test/notes-agent.ts';

const wanted = Number(process.env['TIMONEL_BENCH_CHUNKS'] ?? 100_000);
const perDocument = 500;
const home = mkdtempSync(join(tmpdir(), 'timonel-bench-knowledge-'));
const database = process.env['DATABASE_URL'];
const environment = {
  TIMONEL_HOME: home,
  TIMONEL_PORT: '0',
  TIMONEL_KNOWLEDGE_DOCUMENT_BYTES: '100000000',
  ...(database === undefined ? {} : { DATABASE_URL: database }),
};
const timonel = await openTimonel(readSettings(environment), { agents: [notes] });
const { knowledge } = timonel;
let seed = 7;
const random = () => {
  seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
  return seed / 2 ** 32;
};
/** Few words often, many seldom, as in a language. */
const word = () => `w${Math.floor(30_000 * random() ** 4)}x`;
const passage = () => Array.from({ length: 100 }, word).join(' ');

try {
  await knowledge.create(defaultWorkspace, { name: 'large', language: 'en' }, 'bench');
  const delays = monitorEventLoopDelay({ resolution: 1 });
  delays.enable();
  let bytes = 0;
  const started = performance.now();
  for (let document = 0; document * perDocument < wanted; document++) {
    const text = Array.from({ length: perDocument }, (_, at) => `## Part ${at}\n\n${passage()}`).join('\n\n');
    bytes += text.length;
    const source = { key: `${document}.md`, bytes: Buffer.from(text), mediaType: 'text/markdown' };
    await knowledge.put(defaultWorkspace, 'large', source, 'bench');
  }
  const seconds = (performance.now() - started) / 1_000;
  say(
    `ingest: ${(bytes / 1e6 / seconds).toFixed(2)} MB/s, ${Math.round(wanted / seconds)} passages/s; event loop p99 ${ms(delays.percentile(99) / 1e6)}`,
  );
  const before = process.memoryUsage.rss();
  const ask = async () => {
    const query = { query: `${word()} ${word()} ${word()} ${word()}`, limit: 5, strategy: 'mmr' as const };
    const from = performance.now();
    await knowledge.retrieve({ workspaceId: defaultWorkspace }, undefined, query, new AbortController().signal);
    return performance.now() - from;
  };
  say(`first search, index loaded: ${ms(await ask())}; memory +${Math.round((process.memoryUsage.rss() - before) / 1e6)} MB`);
  for (let at = 0; at < 20; at++) await ask();
  delays.reset();
  const times: number[] = [];
  for (let at = 0; at < 500; at++) times.push(await ask());
  times.sort((one, other) => one - other);
  say(
    `warm, 500 searches: p50 ${ms(times[250])}, p95 ${ms(times[475])}, p99 ${ms(times[495])}; event loop p99 ${ms(delays.percentile(99) / 1e6)}`,
  );
} finally {
  await timonel.close();
  rmSync(home, { recursive: true, force: true });
}

function ms(value: number | undefined): string {
  return `${(value ?? 0).toFixed(1)} ms`;
}

function say(text: string): void {
  console.log(`${wanted} passages, ${database === undefined ? 'embedded' : 'PostgreSQL'}: ${text}`);
}
