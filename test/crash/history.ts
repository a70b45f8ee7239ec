/** What a client did and was told, and whether the database agrees with it. */
import { callsOf, replyTo } from './agent.ts';
import type { Cluster } from './cluster.ts';

/** Calls of these leave no row: what they lead to shows in the others. */
const withoutRows = /^(?:read_slowly|wait_for_answer|wait_briefly|nap|fan_out)/;

/** A message as its sender knows it. */
export interface Said {
  conversation: string;
  text: string;
  /** Idempotency key. */
  key: string;
  state: 'invoked' | 'acknowledged' | 'unknown';
  invokedAt: number;
  acknowledgedAt?: number;
  runId?: string;
  /** The reply that the sender got, where the turn had ended by then. */
  reply?: string;
}

interface StoredRun {
  conversation: string;
  turn: number;
  run: string;
  status: string;
  outcome: string | null;
  error: unknown;
  key: string | null;
  text: string;
  replies: string[];
  steps: { index: number; kind: string; fence: number }[];
}

const runsQuery = `
  SELECT r.conversation_id AS conversation, r.turn, r.id AS run, r.status, r.outcome, r.error, m.idempotency_key AS key, m.text,
    (SELECT COALESCE(json_agg(a.text), '[]') FROM messages a WHERE a.run_id = r.id AND a.role = 'assistant') AS replies,
    (SELECT COALESCE(json_agg(json_build_object('index', s.index, 'kind', s.kind, 'fence', s.fence) ORDER BY s.index), '[]')
      FROM steps s WHERE s.run_id = r.id) AS steps
  FROM runs r LEFT JOIN messages m ON m.conversation_id = r.conversation_id AND m.turn = r.turn AND m.role = 'user'
  WHERE r.conversation_id = ANY($1::uuid[]) ORDER BY r.conversation_id, r.turn`;

/** Executions by label: rows that the tools wrote, and keys under which a tool's answer was stored. */
const effectsQuery = `
  SELECT f.content AS label, count(*)::int AS rows, count(e.key)::int AS keys
  FROM files f LEFT JOIN effects e ON e.key = f.name GROUP BY f.content`;

/**
 * Compares the history with the database, once every run ended.
 * @param outsideCalls how often the world outside carried out what a label stands for. Where a process froze between making sure that it has
 *   the run and the call itself, which nobody can see from inside, only the key that goes along tells: `countByKey`.
 * @returns one line for each promise that was broken; none is how it should be.
 */
export async function violations(
  cluster: Cluster,
  history: readonly Said[] = cluster.history,
  outsideCalls: 'count' | 'countByKey' = 'count',
): Promise<string[]> {
  const conversations = [...new Set(history.map(({ conversation }) => conversation))];
  const runs = (await cluster.query(runsQuery, [conversations])) as unknown as StoredRun[];
  const effects = new Map((await cluster.query(effectsQuery)).map((row) => [String(row['label']), row]));
  // One whose turn has just ended, or whose process died right after it, is handed on by whoever looks next.
  const busy = await cluster.query(
    `SELECT c.id FROM conversations c LEFT JOIN runs a ON a.id = c.active_run
     WHERE c.active_run IS NOT NULL AND (a.id IS NULL OR a.status NOT IN ('finished', 'waiting')) AND c.id = ANY($1::uuid[])`,
    [conversations],
  );
  return [
    ...cluster.ended,
    ...cluster.children.flatMap(({ ended }) => ended ?? []),
    ...busy.map(({ id }) => `conversation ${id} is still busy`),
    ...history.flatMap((said) => lostOrDoubled(said, runs)),
    ...outOfOrder(history, runs),
    ...runs.flatMap((run) => [
      ...unfinished(run, runs),
      ...callsOf(run.text).flatMap(({ label, tool }) => {
        if (withoutRows.test(tool)) return [];
        const { rows = 0, keys = 0 } = effects.get(label) ?? {};
        const made = tool.startsWith('call_outside') ? [cluster.outside[outsideCalls](label)] : [Number(rows), Number(keys)];
        return made.every((count) => count === 1) ? [] : [`${label} (${tool}) was carried out ${made.join('/')} times`];
      }),
    ]),
  ];
}

function lostOrDoubled(said: Said, runs: readonly StoredRun[]): string[] {
  const stored = runs.filter(({ conversation, key }) => conversation === said.conversation && key === said.key);
  const [run] = stored;
  if (stored.length > 1) return [`"${said.text}" is there ${stored.length} times`];
  if (said.state !== 'acknowledged') return [];
  if (run === undefined) return [`"${said.text}" was acknowledged and is lost`];
  if (run.run !== said.runId) return [`"${said.text}" was acknowledged as run ${said.runId} and is run ${run.run}`];
  if (said.reply !== undefined && !run.replies.includes(said.reply)) {
    return [`"${said.text}" was answered "${said.reply}", and "${run.replies.join()}" is stored`];
  }
  return [];
}

/** What was acknowledged before something else was said comes before it; turns of a conversation have no gaps. */
function outOfOrder(history: readonly Said[], runs: readonly StoredRun[]): string[] {
  const turnOf = (said: Said) => runs.find(({ conversation, key }) => conversation === said.conversation && key === said.key)?.turn;
  const swapped = history.flatMap((earlier) =>
    history
      .filter((later) => {
        if (later.conversation !== earlier.conversation || (earlier.acknowledgedAt ?? Infinity) > later.invokedAt) return false;
        return (turnOf(earlier) ?? 0) >= (turnOf(later) ?? Infinity);
      })
      .map((later) => `"${later.text}" came before "${earlier.text}"`),
  );
  const gaps = runs.filter(({ conversation, turn }) => {
    const turns = runs.filter((run) => run.conversation === conversation).length;
    return turn < 1 || turn > turns;
  });
  return [...swapped, ...gaps.map(({ run, turn }) => `run ${run} has turn ${turn}, and turns before it are missing`)];
}

/** One terminal state, one reply, an unbroken record. */
function unfinished(run: StoredRun, runs: readonly StoredRun[]): string[] {
  const found: string[] = [];
  const { steps, replies, text } = run;
  if (run.status !== 'finished' || run.outcome !== 'replied' || run.error !== null) {
    found.push(`"${text}" ended ${run.status}, ${run.outcome}, ${JSON.stringify(run.error)}`);
  }
  const previous = runs.find(({ conversation, turn }) => conversation === run.conversation && turn === run.turn - 1);
  const expected = replyTo(text, previous?.text);
  if (replies.length !== 1 || replies[0] !== expected) found.push(`"${text}" has the replies ${JSON.stringify(replies)}`);
  if (steps.filter(({ kind }) => kind === 'reply').length !== 1 || steps.at(-1)?.kind !== 'reply') {
    found.push(`"${text}" does not end with its one reply: ${steps.map(({ kind }) => kind).join(', ')}`);
  }
  const results = steps.filter(({ kind }) => kind === 'tool-call').length;
  if (results !== callsOf(text).length) found.push(`"${text}" has ${results} results`);
  if (steps.some(({ index }, position) => index !== position)) found.push(`"${text}" has a gap in its steps`);
  if (steps.some(({ fence }, position) => fence < (steps[position - 1]?.fence ?? 0))) {
    found.push(`"${text}" has a step of a process that had lost the run`);
  }
  return found;
}
