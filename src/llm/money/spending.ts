/**
 * What calls cost, for reports: by hour, agent, model, user and key. Counted here and stored within two seconds, so that no call waits for it. A
 * process that is killed loses what it has not stored; budgets do not go by it.
 */
import { publishFault } from '../../diagnostics.ts';
import type { DatabasePool } from '../../store/database.ts';
import type { Spender, Spent } from './budgets.ts';

/** By what costs are added up. `day`: of the workspace's calendar. */
export const costGroups = ['agent', 'model', 'user', 'key', 'day'] as const;
export type CostGroup = (typeof costGroups)[number];

/** The sum of a group. */
export interface CostRow {
  /** Name of the agent, `provider/model`, id of the user or key, or date; null for calls without one. */
  name: string | null;
  calls: number;
  tokens: number;
  /** Nano-dollars. */
  money: bigint;
  /** Calls to models without a price: their money is not known, and not in `money`. */
  unpriced: number;
}

/** From the first instant, up to the second and without it. */
export interface CostPeriod {
  since: Date;
  until: Date;
}

interface Counter {
  readonly id: string;
  readonly workspaceId: string;
  readonly hour: number;
  readonly agent: string | null;
  readonly model: string;
  readonly userId: string | null;
  readonly keyId: string | null;
  calls: number;
  tokens: number;
  money: bigint;
  unpriced: number;
}

const hourMs = 3_600_000;
const storeMs = 2_000;
const largestStatement = 500;

const columns: Readonly<Record<CostGroup, string>> = {
  agent: 'agent',
  model: 'model',
  user: 'user_id',
  key: 'key_id',
  day: `to_char(hour AT TIME ZONE $4, 'YYYY-MM-DD')`,
};

const sums = 'sum(calls)::text AS calls, sum(tokens)::text AS tokens, sum(money)::text AS money, sum(unpriced)::text AS unpriced';

interface SumRow {
  name: string | null;
  calls: string;
  tokens: string;
  money: string;
  unpriced: string;
}

export class Spending {
  readonly #pool: DatabasePool;
  readonly #now: () => Date;
  readonly #newId: () => string;
  readonly #counters = new Map<string, Counter>();
  readonly #changed = new Set<Counter>();
  #timer: NodeJS.Timeout | undefined;
  /** One statement at a time, the later one with the higher counts. */
  #storing: Promise<void> = Promise.resolve();

  constructor({ pool, now, newId }: { pool: DatabasePool; now: () => Date; newId: () => string }) {
    this.#pool = pool;
    this.#now = now;
    this.#newId = newId;
  }

  /** Counts a call that ended. */
  book(spender: Spender, model: string, { tokens, money }: Spent): void {
    const counter = this.#counterOf(spender, model);
    counter.calls += 1;
    counter.tokens += tokens;
    counter.money += money ?? 0n;
    if (money === undefined) counter.unpriced += 1;
    this.#changed.add(counter);
    this.#timer ??= setTimeout(() => void this.#storeLater(), storeMs).unref();
  }

  #counterOf(spender: Spender, model: string): Counter {
    const { workspaceId } = spender;
    const [agent, userId, keyId] = [spender.agent ?? null, spender.userId ?? null, spender.keyId ?? null];
    const hour = Math.floor(this.#now().getTime() / hourMs) * hourMs;
    const key = JSON.stringify([hour, workspaceId, agent, model, userId, keyId]);
    const known = this.#counters.get(key);
    if (known !== undefined) return known;
    const id = this.#newId();
    const made: Counter = { id, workspaceId, hour, agent, model, userId, keyId, calls: 0, tokens: 0, money: 0n, unpriced: 0 };
    this.#counters.set(key, made);
    return made;
  }

  async #storeLater(): Promise<void> {
    await this.flush().catch((error: unknown) => publishFault('storing what calls cost', error));
    this.#forget();
  }

  /** Stores all that is counted. @throws TimonelError `store_unavailable`; it is tried again with the next call that ends */
  flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#storing = this.#storing.catch(() => {}).then(() => this.#store());
    return this.#storing;
  }

  async #store(): Promise<void> {
    const changed = [...this.#changed];
    for (let from = 0; from < changed.length; from += largestStatement) {
      const some = changed.slice(from, from + largestStatement);
      for (const counter of some) this.#changed.delete(counter);
      try {
        await this.#pool.executeText(
          `INSERT INTO spending (id, workspace_id, hour, agent, model, user_id, key_id, calls, tokens, money, unpriced)
           SELECT id, workspace_id, hour, agent, model, user_id, key_id, calls, tokens, money, unpriced
           FROM jsonb_to_recordset($1::jsonb) AS counted (id uuid, workspace_id text, hour timestamptz, agent text, model text,
             user_id text, key_id text, calls bigint, tokens bigint, money numeric, unpriced bigint)
           ON CONFLICT (id) DO UPDATE SET calls = greatest(spending.calls, excluded.calls),
             tokens = greatest(spending.tokens, excluded.tokens), money = greatest(spending.money, excluded.money),
             unpriced = greatest(spending.unpriced, excluded.unpriced)`,
          [JSON.stringify(some.map(rowOf))],
        );
      } catch (error) {
        for (const counter of some) this.#changed.add(counter);
        throw error;
      }
    }
  }

  /** Hours that are over, and stored. */
  #forget(): void {
    const current = this.#now().getTime() - hourMs;
    for (const [key, counter] of this.#counters)
      if (counter.hour <= current && !this.#changed.has(counter)) this.#counters.delete(key);
  }

  /** What a workspace spent, the most first; days in their order. @param timeZone whose days. */
  async costs(workspaceId: string, by: CostGroup, { since, until }: CostPeriod, timeZone: string): Promise<CostRow[]> {
    await this.flush();
    const rows = await this.#pool.executeText<SumRow>(
      `SELECT ${columns[by]} AS name, ${sums} FROM spending
       WHERE workspace_id = $1 AND hour >= $2 AND hour < $3 ${by === 'day' ? '' : 'AND $4::text IS NOT NULL'}
       GROUP BY 1 ORDER BY ${by === 'day' ? '1' : 'sum(money) DESC, sum(tokens) DESC, 1'} LIMIT 1000`,
      [workspaceId, since, until, timeZone],
    );
    return rows.map(costRowOf);
  }

  /** What each workspace spent, the most first. */
  async costsOfWorkspaces({ since, until }: CostPeriod): Promise<CostRow[]> {
    await this.flush();
    const rows = await this.#pool.executeText<SumRow>(
      `SELECT workspace_id AS name, ${sums} FROM spending WHERE hour >= $1 AND hour < $2
       GROUP BY 1 ORDER BY sum(money) DESC, sum(tokens) DESC, 1 LIMIT 1000`,
      [since, until],
    );
    return rows.map(costRowOf);
  }
}

function rowOf({ id, workspaceId, hour, agent, model, userId, keyId, calls, tokens, money, unpriced }: Counter): object {
  return {
    id,
    workspace_id: workspaceId,
    hour: new Date(hour),
    agent,
    model,
    user_id: userId,
    key_id: keyId,
    calls,
    tokens,
    money: String(money),
    unpriced,
  };
}

function costRowOf({ name, calls, tokens, money, unpriced }: SumRow): CostRow {
  return { name, calls: Number(calls), tokens: Number(tokens), money: BigInt(money), unpriced: Number(unpriced) };
}
