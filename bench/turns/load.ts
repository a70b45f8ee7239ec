/** The load generator: a process of its own, over one undici pool with one connection per request under way. */
import { randomUUID } from 'node:crypto';
import { Pool } from 'undici';
import { type Dialect, type LoadMessage, type LoadOrder, type LoadResult, stubSentence } from './protocol.ts';

interface Conversation {
  id: string;
  turns: number;
}

interface Request {
  path: string;
  body: string;
}

const text = 'Tell me the one sentence that you know.';

const order = JSON.parse(process.argv[2] ?? '{}') as LoadOrder;
const target = new URL(order.url);
const pool = new Pool(target.origin, { connections: order.concurrency, pipelining: 1, headersTimeout: 60_000 });
const headers = {
  'content-type': 'application/json',
  ...(order.apiKey === undefined ? {} : { authorization: `Bearer ${order.apiKey}` }),
};

/** Peers begin a conversation with its first message; Timonel is asked for one. */
async function begin(): Promise<Conversation> {
  result.conversations++;
  if (order.dialect !== 'timonel') return { id: randomUUID(), turns: 0 };
  const answered = await post({ path: '/api/v1/conversations', body: JSON.stringify({ agent: 'hello' }) });
  return { id: (JSON.parse(answered) as { id: string }).id, turns: 0 };
}

const turnRequests: Record<Dialect, (conversation: string) => Request> = {
  stub: () => ({
    path: `${target.pathname}/chat/completions`,
    body: JSON.stringify({ model: 'stub', messages: [{ role: 'user', content: text }] }),
  }),
  floor: (conversation) => ({ path: '/turns', body: JSON.stringify({ conversation, text }) }),
  timonel: (conversation) => ({ path: `/api/v1/conversations/${conversation}/messages`, body: JSON.stringify({ text }) }),
  voltagent: (conversation) => ({
    path: '/agents/hello/text',
    body: JSON.stringify({ input: text, options: { userId: 'bench', conversationId: conversation } }),
  }),
  mastra: (conversation) => ({
    path: '/api/agents/hello/generate',
    body: JSON.stringify({ messages: [{ role: 'user', content: text }], memory: { thread: conversation, resource: 'bench' } }),
  }),
};

async function post({ path, body }: Request): Promise<string> {
  const answer = await pool.request({ method: 'POST', path, headers, body });
  const content = await answer.body.text();
  if (answer.statusCode >= 300) throw new Error(`${answer.statusCode} for POST ${path}: ${content.slice(0, 500)}`);
  return content;
}

const result: LoadResult = {
  turns: 0,
  seconds: 0,
  turnsPerSecond: 0,
  p50: 0,
  p99: 0,
  errors: 0,
  acknowledged: 0,
  conversations: 0,
};
const latencies: number[] = [];
let measuring = false;
let over = false;

async function takeTurn(conversation: Conversation): Promise<void> {
  const started = performance.now();
  const inWindow = measuring;
  try {
    const answered = await post(turnRequests[order.dialect](conversation.id));
    if (!answered.includes(stubSentence)) throw new Error(`An answer without the model's sentence: ${answered.slice(0, 500)}`);
    conversation.turns++;
    result.acknowledged++;
    // A turn counts where it ends inside the window; its latency where it also began there.
    if (measuring) result.turns++;
    if (inWindow && measuring) latencies.push(performance.now() - started);
    if (measuring && order.turns !== undefined && result.turns >= order.turns) close();
  } catch (error) {
    result.errors++;
    result.firstError ??= error instanceof Error ? error.message : String(error);
    // A server that refuses everything is not to be hammered until the window ends.
    if (result.errors >= 20) close();
  }
}

/** One worker takes its turns in its own conversations, one after the other. */
async function work(share: number): Promise<void> {
  const conversations: Conversation[] = [];
  for (let turn = 0; !over; turn++) {
    const slot = turn % share;
    let conversation = conversations[slot];
    if (conversation === undefined || conversation.turns >= order.turnsPerConversation) {
      conversation = await begin();
      conversations[slot] = conversation;
    }
    await takeTurn(conversation);
  }
}

let opened = 0;
let closed = 0;

function open(): void {
  measuring = true;
  opened = performance.now();
  say({ kind: 'opened' });
  timer = setTimeout(close, order.seconds * 1000);
}

function close(): void {
  if (over) return;
  clearTimeout(timer);
  measuring = false;
  over = true;
  closed = performance.now();
  say({ kind: 'closed' });
}

function say(message: LoadMessage): void {
  console.log(JSON.stringify(message));
}

/** Nearest rank. */
function percentile(sorted: Float64Array, share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

let timer = setTimeout(open, order.warmUpSeconds * 1000);
const share = Math.max(1, Math.floor(order.conversations / order.concurrency));
await Promise.all(Array.from({ length: order.concurrency }, () => work(share)));
await pool.close();
const sorted = Float64Array.from(latencies).sort();
result.seconds = (closed - opened) / 1000;
result.turnsPerSecond = result.turns / result.seconds;
result.p50 = percentile(sorted, 0.5);
result.p99 = percentile(sorted, 0.99);
say({ kind: 'result', result });
