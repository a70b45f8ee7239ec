/** Runs that start others, while their processes die again and again. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Cluster } from './cluster.ts';
import { type Said, violations } from './history.ts';

/** The runs below the run of a conversation, as their sender would know them. */
export async function familyOf(cluster: Cluster, conversation: string): Promise<Said[]> {
  const rows = await cluster.query(
    `SELECT k.conversation_id AS conversation, m.text FROM runs r JOIN runs k ON k.root_run = r.id
       JOIN messages m ON m.conversation_id = k.conversation_id AND m.role = 'user' WHERE r.conversation_id = $1`,
    [conversation],
  );
  return rows.map((row) => ({
    conversation: String(row['conversation']),
    text: String(row['text']),
    key: '',
    state: 'unknown',
    invokedAt: 0,
  }));
}

export interface FamilyOptions {
  /** Of a PostgreSQL store. */
  environment: Record<string, string>;
  /** Numbers of `fan_out`, one after the other: how many runs start how many. */
  layers: readonly string[];
  /** Runs, the first one included. */
  nodes: number;
  kills: number;
  onKill?: (kills: number) => void;
}

/** Has two processes work on a family of runs, and kills one of them after the other. @returns broken promises. */
export async function familyUnderFire({ environment, layers, nodes, kills, onKill }: FamilyOptions): Promise<string[]> {
  // No run is given up for being taken over often.
  const cluster = await Cluster.start({ ...environment, TIMONEL_RUN_ATTEMPTS: '50' }, 2);
  try {
    const conversation = await cluster.converse();
    const script = layers.map((layer) => `fan_out(${layer})`).join('; ');
    const saying = cluster.say(conversation, `family: ${script}; write_row`, { once: true, timeoutMs: 2_000 });
    const ended = async () => {
      const [run] = await cluster.query('SELECT status FROM runs WHERE conversation_id = $1', [conversation]);
      return run?.['status'] === 'finished';
    };
    await saying;
    for (let kill = 0; kill < kills && !(await ended()); kill++) {
      await sleep(200 + ((kill * 137) % 500));
      await cluster.child(kill % 2).kill();
      onKill?.(kill + 1);
      await cluster.heal();
    }
    for (const until = performance.now() + 180_000; !(await ended()); ) {
      if (performance.now() > until) return [`The family has not ended: ${JSON.stringify(await statuses(cluster))}`];
      await sleep(100);
    }
    await cluster.settle();
    const family = await familyOf(cluster, conversation);
    const found = await violations(cluster, [...cluster.history, ...family]);
    return family.length + 1 === nodes ? found : [`There are ${family.length + 1} runs, and not ${nodes}.`, ...found];
  } finally {
    await cluster.close();
  }
}

function statuses(cluster: Cluster): Promise<Record<string, unknown>[]> {
  return cluster.query('SELECT status, waiting_for, waits_left, depth, count(*)::int FROM runs GROUP BY 1, 2, 3, 4 ORDER BY 4');
}
