/**
 * What searches in large collections cost, and whether they find what they should: `npm run bench:knowledge`. Invented passages and random vectors, the
 * hard case, on a store of its own (PostgreSQL where DATABASE_URL names an empty database), through the same code as a request: ingest; the first search
 * of a process, which loads the index; then many, by words, vectors, fusion and MMR. Collections of 0.1, 1 and 10 % of the passages lie beside the large
 * one. TIMONEL_BENCH_CHUNKS says how many passages there are, TIMONEL_BENCH_INDEX=pgvector where vectors are searched, if not in memory,
 * TIMONEL_BENCH_TOPICS=800 that vectors lie near topics, as those of texts do.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { readSettings } from '../src/config.ts';
import { openTimonel, type Timonel } from '../src/main.ts';
import { InventedKnowledge, search } from '../test/invented-knowledge.ts';
import { notes } from '../test/notes-agent.ts';

const wanted = Number(process.env['TIMONEL_BENCH_CHUNKS'] ?? 100_000);
const passages = {
  tiny: Math.max(10, Math.round(wanted * 0.001)),
  small: Math.round(wanted * 0.01),
  tenth: Math.round(wanted * 0.1),
  large: Math.round(wanted * 0.889),
};
const index = process.env['TIMONEL_BENCH_INDEX'] === 'pgvector' ? 'pgvector' : 'memory';
const home = mkdtempSync(join(tmpdir(), 'timonel-bench-knowledge-'));
const database = process.env['DATABASE_URL'];
const environment = {
  TIMONEL_HOME: home,
  TIMONEL_PORT: '0',
  TIMONEL_KNOWLEDGE_INDEX_BYTES: '1000000000',
  ...(database === undefined ? {} : { DATABASE_URL: database }),
};
const open = () => openTimonel(readSettings(environment), { agents: [notes] });

let timonel = await open();
try {
  const invented = new InventedKnowledge(passages, 384, Number(process.env['TIMONEL_BENCH_TOPICS'] ?? 0));
  await ingest(timonel, invented);
  const from = performance.now();
  const questions = await invented.giveVectors(timonel, 500, index);
  say(`vectors stored and searched in ${index}: ${((performance.now() - from) / 1_000).toFixed(1)} s`);
  await timonel.close();
  timonel = await open();
  await searches(
    timonel,
    questions.map(({ text }) => text),
  );
  for (const [collection, count] of Object.entries(passages)) {
    const { recall, foreign } = await invented.recall(timonel, collection, questions.slice(0, 100));
    say(`${collection}, ${count} passages: recall@10 of exact ${recall.toFixed(4)}, foreign passages ${foreign}`);
  }
} finally {
  await timonel.close();
  rmSync(home, { recursive: true, force: true });
}

async function ingest(opened: Timonel, invented: InventedKnowledge): Promise<void> {
  const { bytes, send } = await invented.prepare(opened);
  const delays = monitorEventLoopDelay({ resolution: 1 });
  delays.enable();
  const cpu = process.cpuUsage();
  const seconds = (await timed(send)) / 1_000;
  const { user, system } = process.cpuUsage(cpu);
  const busy = (user + system) / 1e6 / seconds;
  const speed = bytes / 1e6 / seconds;
  say(
    `ingest of ${(bytes / 1e6).toFixed(0)} MB: ${speed.toFixed(2)} MB/s, ${busy.toFixed(1)} processors busy; event loop p99 ${ms(delays.percentile(99) / 1e6)}`,
  );
}

async function searches(opened: Timonel, questions: readonly string[]): Promise<void> {
  const delays = monitorEventLoopDelay({ resolution: 1 });
  delays.enable();
  const before = process.memoryUsage.rss();
  const more = () => `memory +${Math.round((process.memoryUsage.rss() - before) / 1e6)} MB`;
  const loop = () => `event loop p99 ${ms(delays.percentile(99) / 1e6)}`;
  const ask = (text: string) => timed(() => search(opened, 'large', text, 'mmr', 5));
  const cpu = process.cpuUsage();
  const first = await ask(questions[0] ?? '');
  const { user, system } = process.cpuUsage(cpu);
  const busy = `${((user + system) / 1e6).toFixed(1)} s of CPU`;
  say(`first search of the process, index loaded: ${ms(first)}, ${busy}; ${more()}; ${loop()}`);
  // Vectors of questions come into memory, as where one is asked a second time.
  for (const text of questions) await ask(text);
  delays.reset();
  const times: number[] = [];
  for (const text of questions) times.push(await ask(text));
  times.sort((one, other) => one - other);
  const at = (part: number) => ms(times[Math.floor(times.length * part)]);
  say(`warm, by words, vectors, fusion and MMR: p50 ${at(0.5)}, p95 ${at(0.95)}, p99 ${at(0.99)}; ${more()}; ${loop()}`);
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const from = performance.now();
  await work();
  return performance.now() - from;
}

function ms(value: number | undefined): string {
  return `${(value ?? 0).toFixed(1)} ms`;
}

function say(text: string): void {
  console.log(`${wanted} passages, ${database === undefined ? 'embedded' : 'PostgreSQL'}: ${text}`);
}
