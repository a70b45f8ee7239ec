/** Counts what a Timonel left in its store, after it was killed, and compares it with what was acknowledged. */
import { join } from 'node:path';
import pg from 'pg';
import { readSettings } from '../../src/config.ts';
import { openEmbedded } from '../../src/store/embedded/open.ts';

/** Rows that a server left behind. Those that it has no notion of are absent. */
export interface RecordCount {
  conversations: number;
  messages: number;
  /** Finished runs that replied. */
  replied?: number;
  /** Runs of any other state. */
  otherRuns?: number;
  steps?: number;
}

const question = `
  SELECT (SELECT count(*) FROM conversations)::int AS conversations, (SELECT count(*) FROM messages)::int AS messages,
    (SELECT count(*) FROM runs WHERE status = 'finished' AND outcome = 'replied')::int AS replied,
    (SELECT count(*) FROM runs WHERE status <> 'finished' OR outcome <> 'replied')::int AS "otherRuns",
    (SELECT count(*) FROM steps)::int AS steps`;

export async function countRecord(store: { url: string } | { home: string }): Promise<RecordCount> {
  if ('url' in store) {
    const client = new pg.Client({ connectionString: store.url });
    await client.connect();
    try {
      return one((await client.query<RecordCount>(question)).rows);
    } finally {
      await client.end();
    }
  }
  const { poolSize, ...limits } = readSettings({}).database;
  const embedded = await openEmbedded(join(store.home, 'data'), { size: poolSize, ...limits });
  try {
    return one(await embedded.pool.executeText<RecordCount>(question));
  } finally {
    await embedded.close();
  }
}

/** Acknowledged turns against the record: a turn is one run, two messages and two steps (what the model said, and the reply). */
export function faultsOf(count: RecordCount, acknowledged: { turns: number; conversations: number }): string[] {
  const { turns, conversations } = acknowledged;
  const expected: Record<keyof RecordCount, number> = {
    conversations,
    messages: 2 * turns,
    replied: turns,
    otherRuns: 0,
    steps: 2 * turns,
  };
  return (Object.keys(expected) as (keyof RecordCount)[]).flatMap((what) =>
    count[what] === undefined || count[what] === expected[what]
      ? []
      : [`${what}: ${count[what]} stored, ${expected[what]} expected`],
  );
}

function one(rows: RecordCount[]): RecordCount {
  const [row] = rows;
  if (row === undefined) throw new Error('The store answered nothing.');
  return row;
}
