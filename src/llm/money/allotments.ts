/**
 * Grants calls from what this process took of its budgets before, without asking anybody. What it takes, spends and gives back goes to the
 * database in one statement for all allotments: when a call does not fit, else once a second. See docs/decisions/0014.
 */
import { publishFault } from '../../diagnostics.ts';
import { Batch } from '../../store/batch.ts';
import type { DatabasePool } from '../../store/database.ts';
import { isTransient } from '../../store/database-errors.ts';
import { Allotment, type Counter } from './allotment.ts';
import type { UpperBound } from './tokens.ts';

/** A counter that a call did not fit into, as it was then. */
export interface BudgetRefusal {
  budgetId: string;
  limit: { money: bigint | undefined; tokens: bigint | undefined };
  used: { money: bigint; tokens: bigint };
  /** Of `used`, what may come back. */
  reserved: { money: bigint; tokens: bigint };
}

/** A call that waits for the database: it is held already in the counters that had enough. */
interface Claim {
  id: string;
  upper: UpperBound;
  ready: readonly Allotment[];
  lacking: readonly Counter[];
}

/** What one statement is to do: decide a call, or bring some allotments up to date. */
type Errand = { id: string } & ({ claim: Claim } | { allotments: readonly Allotment[]; use: 'renewed' | 'emptied' });

/** `again`: meanwhile enough came back here for the call to fit. */
type Outcome = { granted: Allotment[] } | { refusal: BudgetRefusal; again: boolean } | undefined;

type Account = { allotment: Allotment; use: 'renewed' | 'claimed' | 'emptied'; call: UpperBound | undefined };

interface Row {
  /** Absent where the row tells of an allotment, present where it refuses a call. */
  call_id: string | null;
  account_id: string;
  limit_money: string | null;
  limit_tokens: string | null;
  used_money: string;
  used_tokens: string;
  reserved_money: string;
  reserved_tokens: string;
  taken_money: string;
  taken_tokens: string;
  tight: boolean;
}

const renewalMs = 1_000;
/** Calls and renewals at most. */
const largestStatement = 64;
const spending = { name: 'budget-allot', text: 'SELECT * FROM timonel_allot($1, $2, $3)' };

export class Allotments {
  readonly #pool: DatabasePool;
  readonly #now: () => Date;
  readonly #newId: () => string;
  readonly #held = new Map<string, Allotment>();
  /** One statement at a time: it may not overtake what the one before it gave back. */
  readonly #errands: Batch<Errand, Outcome>;
  readonly #due = new Set<Allotment>();
  #renewing = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(pool: DatabasePool, now: () => Date, newId: () => string) {
    this.#pool = pool;
    this.#now = now;
    this.#newId = newId;
    this.#errands = new Batch((errands) => this.#send(errands), { lanes: 1, largest: largestStatement, keyOf: ({ id }) => id });
  }

  /** The same as {@link hold} where all that is needed is held here. @returns `undefined` where the database has to be asked. */
  holdAtOnce(counters: readonly Counter[], upper: UpperBound): readonly Allotment[] | undefined {
    const granted = this.#grant(counters, upper);
    if (granted !== undefined) this.#wake();
    return granted;
  }

  /**
   * Holds the most that a call can use in all of these counters or in none.
   * @throws TimonelError `store_unavailable` when it does not fit into what is held here and the database does not answer.
   */
  async hold(counters: readonly Counter[], upper: UpperBound): Promise<readonly Allotment[] | BudgetRefusal> {
    for (;;) {
      const ready: Allotment[] = [];
      const lacking: Counter[] = [];
      for (const counter of counters) {
        const allotment = this.#held.get(counter.key);
        if (allotment?.grants(upper, counter.limits) === true) ready.push(allotment);
        else lacking.push(counter);
      }
      for (const allotment of ready) allotment.hold(upper);
      this.#wake();
      if (lacking.length === 0) return ready;
      const id = this.#newId();
      const claim: Claim = { id, upper, ready, lacking };
      let outcome: Outcome;
      try {
        outcome = await this.#errands.add({ id, claim });
      } catch (error) {
        this.end(ready, upper, 0n, 0);
        if (!isTransient(error)) this.#forget(lacking);
        const granted = this.#grant(counters, upper);
        if (granted === undefined) throw error;
        return granted;
      }
      if (outcome === undefined) throw new Error('A call was neither granted nor refused.');
      if ('granted' in outcome) return [...ready, ...outcome.granted];
      if (!outcome.again) return outcome.refusal;
    }
  }

  /** What the database cannot store would fail with every renewal, and with it those beside it. */
  #forget(counters: readonly Counter[]): void {
    for (const { key } of counters) if (this.#held.get(key)?.known === false) this.#held.delete(key);
  }

  /** A call ended: what it used is booked, the rest is free for others. */
  end(allotments: readonly Allotment[], upper: UpperBound, spentMoney: bigint, spentTokens: number): void {
    for (const allotment of allotments) if (allotment.end(upper, spentMoney, spentTokens)) this.#renew(allotment);
    this.#wake();
  }

  /** Stores what calls used and gives back all that none of them holds. @throws TimonelError `store_unavailable` */
  async flush(): Promise<void> {
    const held = [...this.#held.values()];
    for (let from = 0; from < held.length; from += largestStatement)
      await this.#errands.add({ id: this.#newId(), allotments: held.slice(from, from + largestStatement), use: 'emptied' });
  }

  #renew(allotment: Allotment): void {
    this.#due.add(allotment);
    if (!this.#renewing) void this.#renewDue();
  }

  /** A few at a time, so that no call waits for more than one statement that is not about it. */
  async #renewDue(): Promise<void> {
    this.#renewing = true;
    // A call ends in several budgets at once: they go together.
    await Promise.resolve();
    try {
      while (this.#due.size > 0) {
        const some = [...this.#due].slice(0, largestStatement);
        for (const allotment of some) this.#due.delete(allotment);
        await this.#errands.add({ id: this.#newId(), allotments: some, use: 'renewed' });
      }
    } catch (error) {
      // All that are not up to date come again in a second, with all that came to them by then.
      this.#due.clear();
      publishFault('settling model calls', error);
    } finally {
      this.#renewing = false;
      this.#wake();
    }
  }

  #wake(): void {
    if (this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      for (const allotment of this.#held.values()) if (allotment.turn()) this.#due.add(allotment);
      if (this.#due.size === 0) return;
      this.#wake();
      if (!this.#renewing) void this.#renewDue();
    }, renewalMs);
    this.#timer.unref();
  }

  async #send(waiting: Errand[]): Promise<Map<Errand, Outcome>> {
    const outcomes = new Map<Errand, Outcome>();
    const errands: Errand[] = [];
    for (const errand of waiting) {
      const granted = 'claim' in errand ? this.#grant(errand.claim.lacking, errand.claim.upper) : undefined;
      if (granted === undefined) errands.push(errand);
      else outcomes.set(errand, { granted });
    }
    const accounts = this.#accountsOf(errands);
    if (accounts.size === 0) return outcomes;
    const claims = errands.flatMap((errand) => ('claim' in errand ? [errand.claim] : []));
    let rows: Row[];
    try {
      rows = await this.#ask(accounts, claims);
    } catch (error) {
      // The statement fails as a whole; whoever could do without it finds out for himself.
      for (const [errand, outcome] of outcomes)
        if ('claim' in errand && outcome !== undefined && 'granted' in outcome)
          this.end(outcome.granted, errand.claim.upper, 0n, 0);
      throw error;
    }
    this.#confirm(accounts, rows);
    this.#decide(errands, accounts, new Map(rows.map((row) => [row.call_id, row])), outcomes);
    return outcomes;
  }

  /** Holds a call in all of these counters, if all of them have enough here: the statement before may have taken it meanwhile. */
  #grant(counters: readonly Counter[], upper: UpperBound): Allotment[] | undefined {
    const granted: Allotment[] = [];
    for (const { key, limits } of counters) {
      const allotment = this.#held.get(key);
      if (allotment?.grants(upper, limits) !== true) return undefined;
      granted.push(allotment);
    }
    for (const allotment of granted) allotment.hold(upper);
    return granted;
  }

  #ask(accounts: ReadonlyMap<string, Account>, claims: readonly Claim[]): Promise<Row[]> {
    return this.#pool.execute<Row>(spending, [
      JSON.stringify([...accounts.values()].map(({ allotment, use, call }) => allotment.report(use, call))),
      JSON.stringify(
        claims.map(({ id, upper, lacking }) => ({
          id,
          workspace: lacking[0]?.workspaceId,
          money: upper.money?.toString() ?? null,
          tokens: upper.tokens,
          accounts: lacking.flatMap(({ key }) => accounts.get(key)?.allotment.id ?? []),
        })),
      ),
      this.#now(),
    ]);
  }

  /** The allotments that the errands are about; one that was given up meanwhile has nothing to say. */
  #accountsOf(errands: readonly Errand[]): Map<string, Account> {
    const accounts = new Map<string, Account>();
    for (const errand of errands) {
      if ('claim' in errand) {
        const { lacking, upper: call } = errand.claim;
        for (const counter of lacking) {
          const allotment = this.#held.get(counter.key) ?? new Allotment(this.#newId(), counter);
          this.#held.set(counter.key, allotment);
          accounts.set(counter.key, { allotment, use: 'claimed', call });
        }
        continue;
      }
      const { allotments, use } = errand;
      for (const allotment of allotments) {
        const { key } = allotment.counter;
        const before = accounts.get(key)?.use ?? 'renewed';
        if (this.#held.get(key) === allotment && before === 'renewed') accounts.set(key, { allotment, use, call: undefined });
      }
    }
    return accounts;
  }

  #confirm(accounts: ReadonlyMap<string, Account>, rows: readonly Row[]): void {
    const answers = new Map(rows.flatMap((row) => (row.call_id === null ? [[row.account_id, row]] : [])));
    for (const [key, { allotment }] of accounts) {
      const answer = answers.get(allotment.id);
      const limits =
        answer === undefined
          ? undefined
          : {
              money: answer.limit_money === null ? undefined : BigInt(answer.limit_money),
              tokens: answer.limit_tokens === null ? undefined : Number(answer.limit_tokens),
            };
      const remains =
        answer !== undefined &&
        limits !== undefined &&
        allotment.confirm({
          taken: { money: BigInt(answer.taken_money), tokens: Number(answer.taken_tokens) },
          limits,
          left: {
            money: limits.money === undefined ? undefined : limits.money - BigInt(answer.used_money),
            tokens: limits.tokens === undefined ? undefined : limits.tokens - Number(answer.used_tokens),
          },
          tight: answer.tight,
        });
      // Without an answer the budget was removed, and what was counted for it too.
      if (!remains) this.#held.delete(key);
    }
  }

  /** Before anybody else runs: what was granted to one call is not given to another. */
  #decide(
    errands: readonly Errand[],
    accounts: ReadonlyMap<string, Account>,
    refusals: ReadonlyMap<string | null, Row>,
    outcomes: Map<Errand, Outcome>,
  ): void {
    const refused: { errand: Errand; row: Row; upper: UpperBound }[] = [];
    for (const errand of errands) {
      if (!('claim' in errand)) continue;
      const { id, upper, ready, lacking } = errand.claim;
      const row = refusals.get(id);
      if (row === undefined) {
        const granted = lacking.flatMap(({ key }) => this.#held.get(key) ?? []);
        for (const allotment of granted) allotment.hold(upper);
        outcomes.set(errand, { granted });
      } else {
        this.end(ready, upper, 0n, 0);
        refused.push({ errand, row, upper });
      }
    }
    for (const { errand, row, upper } of refused) {
      const allotment = [...accounts.values()].find((each) => each.allotment.id === row.account_id)?.allotment;
      if (allotment === undefined) throw new Error('A budget refused that was not asked.');
      const refusal = refusalOf(row, allotment.counter.budgetId);
      const { money, tokens } = allotment.free;
      outcomes.set(errand, { refusal, again: fits(refusal, upper, money, BigInt(tokens)) });
    }
    for (const { allotment } of accounts.values()) if (allotment.holdsTooMuch) this.#renew(allotment);
  }
}

function refusalOf(row: Row, budgetId: string): BudgetRefusal {
  return {
    budgetId,
    limit: {
      money: row.limit_money === null ? undefined : BigInt(row.limit_money),
      tokens: row.limit_tokens === null ? undefined : BigInt(row.limit_tokens),
    },
    used: { money: BigInt(row.used_money), tokens: BigInt(row.used_tokens) },
    reserved: { money: BigInt(row.reserved_money), tokens: BigInt(row.reserved_tokens) },
  };
}

/** Whether a call that was refused fits when what came back since is put back too. */
function fits({ limit, used }: BudgetRefusal, upper: UpperBound, money: bigint, tokens: bigint): boolean {
  return (
    (limit.money === undefined || (upper.money !== undefined && used.money - money + upper.money <= limit.money)) &&
    (limit.tokens === undefined || used.tokens - tokens + BigInt(upper.tokens) <= limit.tokens)
  );
}
