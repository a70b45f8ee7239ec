/**
 * Our own load generator, a process of its own: it sees the first piece of a stream, which wrk does not, and serves where wrk is not
 * installed. It costs more CPU than wrk: rates above some ten thousand a second are its own limit.
 */
import { Pool } from 'undici';
import { type LoadOrder, type LoadResult, percentile, requestBody } from './exchange.ts';

const order = JSON.parse(process.argv[2] ?? '{}') as LoadOrder;
const { address, stream, slow, same, concurrency, seconds } = order;
const pool = new Pool(address.origin, { connections: concurrency, pipelining: 1, headersTimeout: 30_000 });
const headers = { 'content-type': 'application/json', ...address.headers };
const model = slow ? address.slowModel : address.model;

const result: LoadResult = { requests: 0, seconds: 0, p50: 0, p99: 0, errors: 0 };
const latencies: number[] = [];
const firsts: number[] = [];
let sent = 0;
let over = false;

async function once(): Promise<void> {
  sent += 1;
  const body = requestBody(model, stream, same ? 'nobody' : `${process.pid}-${sent}`);
  const started = performance.now();
  const answer = await pool.request({ method: 'POST', path: address.path, headers, body });
  let first: number | undefined;
  let content = '';
  for await (const part of answer.body) {
    content += (part as Buffer).toString('latin1');
    // A comment or an event without text is not the first token.
    if (first === undefined && content.includes('Breakfast')) first = performance.now() - started;
  }
  const whole = performance.now() - started;
  if (answer.statusCode !== 200 || first === undefined || (stream && !content.includes('[DONE]')))
    throw new Error(`${answer.statusCode}: ${content.slice(0, 400)}`);
  latencies.push(whole);
  firsts.push(first);
  result.requests += 1;
}

async function work(): Promise<void> {
  while (!over) {
    try {
      await once();
    } catch (error) {
      result.errors += 1;
      result.firstError ??= error instanceof Error ? error.message : String(error);
      // A server that refuses everything is not to be hammered until the window ends.
      if (result.errors >= 20) over = true;
    }
  }
}

const opened = performance.now();
setTimeout(() => {
  over = true;
}, seconds * 1_000);
await Promise.all(Array.from({ length: concurrency }, work));
result.seconds = (performance.now() - opened) / 1_000;
await pool.close();
const sorted = Float64Array.from(latencies).sort();
result.p50 = percentile(sorted, 0.5);
result.p99 = percentile(sorted, 0.99);
result.firstToken = percentile(Float64Array.from(firsts).sort(), 0.5);
console.log(JSON.stringify(result));
