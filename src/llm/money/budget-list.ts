/** The budgets of workspaces: what is allowed to whom, and what is used of it. */
import { LRUCache } from 'lru-cache';
import { TimonelError } from '../../errors.ts';
import type { DatabasePool } from '../../store/database.ts';
import { isTransient } from '../../store/database-errors.ts';
import { type Period, spansAt } from './periods.ts';

export const budgetScopes = ['workspace', 'api-key', 'user', 'agent', 'run'] as const;
export type BudgetScope = (typeof budgetScopes)[number];

/** A limit of money or tokens or both for somebody in a period. */
export interface Budget {
  id: string;
  scope: BudgetScope;
  /** Whose: an id of an API key or a user, the name of an agent; `*` is each one for itself. */
  subject: string;
  /** `run` for the scope of that name, which has no other. */
  period: Period;
  /** Nano-dollars; at least one of the two is given. */
  money: bigint | undefined;
  tokens: number | undefined;
}

/** An amount of both, money in nano-dollars. */
export interface Amount {
  money: bigint;
  tokens: number;
}

/** What one subject used of a budget in the period under way. */
export interface BudgetUse {
  subject: string;
  spent: Amount;
  /** Held for calls under way, and by processes for the calls of their next seconds. */
  reserved: Amount;
}

export interface BudgetState extends Budget {
  resetsAt: Date | undefined;
  /** Those who used most, most first; 100 at most. */
  uses: BudgetUse[];
}

/** What a process remembers of a workspace. */
export interface Allowances {
  timeZone: string;
  /** In the order of {@link budgetScopes}, backwards: the narrowest first, since it tells a caller most. */
  budgets: readonly Budget[];
}

/** How long a budget that another process made or changed may be unknown here, in milliseconds. */
const cacheMs = 3_000;
/** From this age on it is read anew in the background, so that no call waits for it while there are calls. */
const freshMs = 2_000;

interface Remembered {
  value: Allowances | undefined;
  until: number;
  loading: Promise<Allowances> | undefined;
}

export class BudgetList {
  readonly #pool: DatabasePool;
  readonly #now: () => Date;
  readonly #newId: () => string;
  readonly #known = new LRUCache<string, Remembered>({ max: 10_000 });

  constructor(pool: DatabasePool, now: () => Date, newId: () => string) {
    this.#pool = pool;
    this.#now = now;
    this.#newId = newId;
  }

  /** What is known of a workspace without asking, for some seconds. */
  remembered(workspaceId: string): Allowances | undefined {
    const known = this.#known.get(workspaceId);
    if (known?.value === undefined) return undefined;
    const left = known.until - performance.now();
    // What fails here is tried again when its time is up.
    if (left < cacheMs - freshMs && known.loading === undefined) void this.load(workspaceId).catch(() => {});
    return left > 0 ? known.value : undefined;
  }

  /**
   * @throws TimonelError `store_unavailable` when the database does not answer and never did for this workspace. What it last said holds until
   * it answers again: without budgets calls do not depend on it, and with budgets only on what this process holds of them.
   */
  async load(workspaceId: string): Promise<Allowances> {
    const before = this.#known.get(workspaceId);
    if (before?.loading !== undefined) return before.loading;
    const entry: Remembered = { value: before?.value, until: before?.until ?? 0, loading: undefined };
    entry.loading = this.#read(workspaceId).then(
      (value) => Object.assign(entry, { value, until: performance.now() + cacheMs, loading: undefined }).value,
      (error: unknown) => {
        entry.loading = undefined;
        if (!isTransient(error) || entry.value === undefined) throw error;
        // Not with every call: each would wait for the database first.
        entry.until = performance.now() + cacheMs;
        return entry.value;
      },
    );
    this.#known.set(workspaceId, entry);
    return entry.loading;
  }

  async #read(workspaceId: string): Promise<Allowances> {
    const rows = await this.#pool.execute<{ time_zone: string } & Partial<BudgetRow>>(
      {
        name: 'budgets-of-workspace',
        text: `SELECT w.time_zone, b.id, b.scope, b.subject, b.period, b.money, b.tokens
          FROM workspaces w LEFT JOIN budgets b ON b.workspace_id = w.workspace_id WHERE w.workspace_id = $1`,
      },
      [workspaceId],
    );
    const budgets = rows.flatMap((row) => (row.id == null ? [] : [budgetOf(row as BudgetRow)]));
    budgets.sort((one, other) => budgetScopes.indexOf(other.scope) - budgetScopes.indexOf(one.scope));
    return { timeZone: rows[0]?.time_zone ?? 'UTC', budgets };
  }

  /** All budgets of a workspace with what is used of them now. */
  async states(workspaceId: string): Promise<BudgetState[]> {
    const now = this.#now();
    const { timeZone } = await this.load(workspaceId);
    const spans = spansAt(now, timeZone);
    const rows = await this.#pool.executeText<BudgetRow & { uses: UseRow[] }>(
      `SELECT b.id, b.scope, b.subject, b.period, b.money, b.tokens, (
         SELECT coalesce(json_agg(json_build_object('subject', u.subject, 'money', u.money::text, 'tokens', u.tokens,
           'reserved_money', u.reserved_money::text, 'reserved_tokens', u.reserved_tokens)), '[]')
         FROM (
           SELECT t.subject, t.money, t.tokens,
             coalesce(sum(r.taken_money - r.spent_money - r.returned_money), 0) AS reserved_money,
             coalesce(sum(r.taken_tokens - r.spent_tokens - r.returned_tokens), 0) AS reserved_tokens
           FROM budget_counters t
           LEFT JOIN budget_allotments r
             ON r.budget_id = t.budget_id AND r.span = t.span AND r.subject = t.subject AND r.expires_at > $4
           WHERE t.budget_id = b.id AND t.span = CASE b.period WHEN 'day' THEN $2 WHEN 'month' THEN $3 ELSE 'run' END
           GROUP BY t.budget_id, t.span, t.subject
           ORDER BY t.money DESC, t.tokens DESC LIMIT 100) u) AS uses
       FROM budgets b WHERE b.workspace_id = $1 ORDER BY b.created_at, b.id`,
      [workspaceId, spans.day.name, spans.month.name, now],
    );
    return rows.map((row) => ({
      ...budgetOf(row),
      resetsAt: spans[row.period].resetsAt,
      uses: (row.uses.length === 0 && (row.scope === 'workspace' || row.subject !== '*') ? [unused(row.subject)] : row.uses).map(
        ({ subject, money, tokens, reserved_money, reserved_tokens }) => ({
          subject,
          spent: { money: BigInt(money) - BigInt(reserved_money), tokens: tokens - reserved_tokens },
          reserved: { money: BigInt(reserved_money), tokens: reserved_tokens },
        }),
      ),
    }));
  }

  /** Sets the budget of a scope, subject and period; what is used of it stays. */
  async put(workspaceId: string, budget: Omit<Budget, 'id'>): Promise<Budget> {
    const [row] = await this.#pool.executeText<BudgetRow>(
      `INSERT INTO budgets (id, workspace_id, scope, subject, period, money, tokens) VALUES ($1, $2, $3, $4, $5, $6, $7)
       ON CONFLICT (workspace_id, scope, subject, period) DO UPDATE SET money = excluded.money, tokens = excluded.tokens
       RETURNING id, scope, subject, period, money, tokens`,
      [
        this.#newId(),
        workspaceId,
        budget.scope,
        budget.subject,
        budget.period,
        budget.money?.toString() ?? null,
        budget.tokens ?? null,
      ],
    );
    this.#known.delete(workspaceId);
    if (row === undefined) throw new Error('The budget was not stored.');
    return budgetOf(row);
  }

  /** Removes a budget with what was counted for it. @throws TimonelError `not_found` */
  async remove(workspaceId: string, id: string): Promise<void> {
    const rows = await this.#pool.executeText('DELETE FROM budgets WHERE workspace_id = $1 AND id = $2 RETURNING id', [
      workspaceId,
      id,
    ]);
    this.#known.delete(workspaceId);
    if (rows.length === 0)
      throw new TimonelError('not_found', `There is no budget ${id} in this workspace. GET /api/v1/budgets lists them.`);
  }
}

interface BudgetRow {
  id: string;
  scope: BudgetScope;
  subject: string;
  period: Period;
  money: string | null;
  tokens: string | null;
}

interface UseRow {
  subject: string;
  money: string;
  tokens: number;
  reserved_money: string;
  reserved_tokens: number;
}

function unused(subject: string): UseRow {
  return { subject, money: '0', tokens: 0, reserved_money: '0', reserved_tokens: 0 };
}

function budgetOf({ id, scope, subject, period, money, tokens }: BudgetRow): Budget {
  return {
    id,
    scope,
    subject,
    period,
    money: money === null ? undefined : BigInt(money),
    tokens: tokens === null ? undefined : Number(tokens),
  };
}
