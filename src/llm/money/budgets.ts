/**
 * Money is granted before a call, not counted after it: a call reserves the most that it can cost in every budget that applies, mostly in
 * what this process holds of them, and gives back what it did not use.
 */
import { type BudgetRefused, channels, type PriceUnknown, publishFault } from '../../diagnostics.ts';
import { TimonelError } from '../../errors.ts';
import type { DatabasePool } from '../../store/database.ts';
import type { Allotment, Counter } from './allotment.ts';
import { Allotments, type BudgetRefusal } from './allotments.ts';
import { type Budget, BudgetList } from './budget-list.ts';
import { type BudgetPeriod, type Period, spansAt } from './periods.ts';
import { dollarsOf, inDollars } from './prices.ts';
import type { UpperBound } from './tokens.ts';

/** On whose account a call goes. */
export interface Spender {
  workspaceId: string;
  keyId?: string | undefined;
  userId?: string | undefined;
  agent?: string | undefined;
  runId?: string | undefined;
}

/** What a call used. Without money, where the price is not known, what was reserved stands. */
export interface Spent {
  tokens: number;
  money: bigint | undefined;
}

/**
 * What is held for a call. Ends once, by the first of the two; it is booked here at once, and in the database within about a second or when
 * that answers again. One that never ends counts as spent: the call may have been made.
 */
export interface Reservation {
  /** Counts what the call used; without an argument all that was reserved, for an answer that does not say. */
  settle(actual?: Spent): void;
  /** Gives all of it back: the call was not made, or cost nothing. */
  release(): void;
}

const nothingHeld: Reservation = { settle() {}, release() {} };

class Held implements Reservation {
  readonly #allotments: Allotments;
  readonly #held: readonly Allotment[];
  readonly #upper: UpperBound;
  #ended = false;

  constructor(allotments: Allotments, held: readonly Allotment[], upper: UpperBound) {
    this.#allotments = allotments;
    this.#held = held;
    this.#upper = upper;
  }

  settle(actual?: Spent): void {
    const { money, tokens } = this.#upper;
    this.#end(actual?.money ?? money ?? 0n, actual?.tokens ?? tokens);
  }

  release(): void {
    this.#end(0n, 0);
  }

  #end(money: bigint, tokens: number): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#allotments.end(this.#held, this.#upper, money, tokens);
  }
}

export class Budgets {
  readonly list: BudgetList;
  readonly #pool: DatabasePool;
  readonly #now: () => Date;
  readonly #allotments: Allotments;
  readonly #warned = new Set<string>();
  readonly #spans = new Map<string, Record<Period, BudgetPeriod>>();

  constructor({ pool, now, newId }: { pool: DatabasePool; now: () => Date; newId: () => string }) {
    this.list = new BudgetList(pool, now, newId);
    this.#pool = pool;
    this.#now = now;
    this.#allotments = new Allotments(pool, now, newId);
  }

  /**
   * Holds the most that a call can use in every budget that applies, or in none of them. At once while what this process took of them before
   * is enough; else after one round trip.
   * @throws TimonelError `budget_exceeded`, `price_unknown` (a budget in money applies to a model without a price), `store_unavailable`
   * (a budget applies, or may apply, nothing is held of it here, and the database does not answer: nothing is granted).
   */
  reserve(spender: Spender, upper: UpperBound): Reservation | Promise<Reservation> {
    const allowances = this.list.remembered(spender.workspaceId);
    if (allowances === undefined) return this.#claim(spender, upper);
    const { budgets, timeZone } = allowances;
    const counters = budgets.length === 0 ? [] : countersOf(budgets, spender, this.#spansOf(timeZone));
    if (counters.length === 0) return this.#granted(nothingHeld, upper);
    const held = this.#allotments.holdAtOnce(counters, upper);
    return held === undefined ? this.#claim(spender, upper) : this.#granted(new Held(this.#allotments, held, upper), upper);
  }

  async #claim(spender: Spender, upper: UpperBound): Promise<Reservation> {
    const { workspaceId } = spender;
    const { budgets, timeZone } = this.list.remembered(workspaceId) ?? (await this.list.load(workspaceId));
    const spans = this.#spansOf(timeZone);
    const counters = countersOf(budgets, spender, spans);
    if (counters.length === 0) return this.#granted(nothingHeld, upper);
    const held = await this.#allotments.hold(counters, upper);
    if (!('budgetId' in held)) return this.#granted(new Held(this.#allotments, held, upper), upper);
    const subject = counters.find(({ budgetId }) => budgetId === held.budgetId)?.subject;
    const budget = budgets.find(({ id }) => id === held.budgetId);
    if (budget !== undefined && channels.budgetRefused.hasSubscribers)
      channels.budgetRefused.publish({ workspaceId, scope: budget.scope } satisfies BudgetRefused);
    throw subject === undefined || budget === undefined
      ? new Error('A budget refused that does not apply.')
      : refusalOf(held, { budget, subject }, upper, spans, timeZone);
  }

  /**
   * Stores what calls used, and gives back what none of them holds: before the process ends.
   * @throws TimonelError `store_unavailable`; what is held then counts as spent.
   */
  flush(): Promise<void> {
    return this.#allotments.flush();
  }

  /** Tidies every hour. @returns how to stop it. */
  keepTidy(): () => void {
    const timer = setInterval(() => void this.tidy().catch((error: unknown) => publishFault('tidying budgets', error)), 3_600_000);
    timer.unref();
    return () => clearInterval(timer);
  }

  /** Forgets what nobody asks for any more: allotments without word for a day, periods that ended long ago. */
  async tidy(): Promise<void> {
    const daysAgo = (days: number) => new Date(this.#now().getTime() - days * 86_400_000);
    await this.#pool.executeText('DELETE FROM budget_allotments WHERE expires_at < $1', [daysAgo(1)]);
    await this.#pool.executeText(
      `DELETE FROM budget_counters WHERE updated_at < CASE WHEN span = 'run' THEN $1::timestamptz ELSE $2 END`,
      [daysAgo(90), daysAgo(400)],
    );
  }

  /** Tells once per model of one without a price: it is counted as free, which somebody should know. */
  #granted(reservation: Reservation, { model, money }: UpperBound): Reservation {
    if (money === undefined && !this.#warned.has(model) && this.#warned.size < 1_000) {
      this.#warned.add(model);
      channels.priceUnknown.publish({ model } satisfies PriceUnknown);
    }
    return reservation;
  }

  #spansOf(timeZone: string): Record<Period, BudgetPeriod> {
    const now = this.#now();
    const known = this.#spans.get(timeZone);
    if (known?.day.resetsAt !== undefined && now < known.day.resetsAt) return known;
    const spans = spansAt(now, timeZone);
    this.#spans.set(timeZone, spans);
    return spans;
  }
}

const subjects = { 'api-key': 'keyId', user: 'userId', agent: 'agent', run: 'runId' } as const;

/** Who of a budget's subjects a call belongs to; `undefined` where the budget does not apply to it. */
function subjectOf({ scope, subject }: Budget, spender: Spender): string | undefined {
  if (scope === 'workspace') return '*';
  const own = spender[subjects[scope]];
  return subject === '*' || subject === own ? own : undefined;
}

/** Where the call of a spender is counted now. */
function countersOf(budgets: readonly Budget[], spender: Spender, spans: Record<Period, BudgetPeriod>): Counter[] {
  const { workspaceId } = spender;
  const counters: Counter[] = [];
  for (const budget of budgets) {
    const subject = subjectOf(budget, spender);
    if (subject === undefined) continue;
    const span = spans[budget.period].name;
    counters.push({ key: `${budget.id} ${span} ${subject}`, workspaceId, budgetId: budget.id, span, subject, limits: budget });
  }
  return counters;
}

/** As a person would name it. */
function nameOf({ scope, period }: Budget, subject: string): string {
  const whose = scope === 'workspace' ? 'of the workspace' : `of the ${scope === 'api-key' ? 'API key' : scope} ${subject}`;
  return period === 'run' ? `The budget ${whose}` : `The budget ${whose} for the ${period}`;
}

/** @returns what to answer: 402 rather than 429, which the clients of all providers would send again until it is granted. */
function refusalOf(
  { limit, used, reserved }: BudgetRefusal,
  { budget, subject }: { budget: Budget; subject: string },
  upper: UpperBound,
  spans: Record<Period, BudgetPeriod>,
  timeZone: string,
): TimonelError {
  const name = nameOf(budget, subject);
  const about = { id: budget.id, scope: budget.scope, subject, period: budget.period };
  if (limit.money !== undefined && upper.money === undefined) {
    return new TimonelError(
      'price_unknown',
      `${name} is in money, and the price of ${upper.model} is not known. Give it in timonel.config.ts: prices: { '${upper.model}': ` +
        '{ input: …, output: … } }, in US dollars per million tokens.',
      { details: { budget: about, model: upper.model } },
    );
  }
  const ofMoney = upper.money !== undefined && limit.money !== undefined && used.money + upper.money > limit.money;
  const unit = ofMoney ? 'money' : 'tokens';
  const [most, taken, held, needed] = [limit[unit] ?? 0n, used[unit], reserved[unit], BigInt(upper[unit] ?? 0)];
  const say = ofMoney ? inDollars : (amount: bigint) => `${amount} tokens`;
  const number = (amount: bigint) => (ofMoney ? dollarsOf(amount) : Number(amount));
  const { resetsAt } = spans[budget.period];
  const advice = [
    needed > most ? 'No call may cost that much under it: set a lower max_tokens, or raise the budget.' : undefined,
    needed <= most && held > 0n ? 'What is reserved comes back in part when those calls end: try again then.' : undefined,
    resetsAt === undefined ? 'It does not start anew.' : `It starts anew at ${resetsAt.toISOString()} (${timeZone}).`,
    'An operator can raise it: PUT /api/v1/budgets.',
  ];
  return new TimonelError(
    'budget_exceeded',
    `${name} is ${say(most)}: ${say(taken - held)} spent, ${say(held)} reserved for calls under way, and this call needs up to ` +
      `${say(needed)}. ${advice.filter((each) => each !== undefined).join(' ')}`,
    {
      details: {
        budget: about,
        unit: ofMoney ? 'dollars' : 'tokens',
        limit: number(most),
        spent: number(taken - held),
        reserved: number(held),
        needed: number(needed),
        resetsAt: resetsAt?.toISOString() ?? null,
      },
    },
  );
}
