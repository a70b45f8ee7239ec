/**
 * Money is granted before a call, not counted after it: a call reserves the most that it can cost in every budget that applies, in one
 * statement, and gives back what it did not use.
 */
import { channels, type PriceUnknown } from '../../diagnostics.ts';
import { TimonelError } from '../../errors.ts';
import { Batch } from '../../store/batch.ts';
import type { DatabasePool } from '../../store/database.ts';
import { type Budget, BudgetList, type BudgetScope } from './budget-list.ts';
import { type Period, type Span, spansAt } from './periods.ts';
import { inDollars } from './prices.ts';
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
 * What is held for a call. Ends once, by the first of the two that is stored; after that, and after a failure, either may be called again.
 * One that never ends counts as spent: the call may have been made.
 */
export interface Reservation {
  /**
   * Counts what the call used; without an argument all that was reserved, for an answer that does not say.
   * @throws TimonelError `store_unavailable`; until a later call succeeds all that was reserved counts.
   */
  settle(actual?: Spent): Promise<void>;
  /** Gives all of it back: the call was not made, or cost nothing. @throws TimonelError `store_unavailable` */
  release(): Promise<void>;
}

interface Claim {
  id: string;
  workspace: string;
  money: string | null;
  tokens: number;
  expires: string;
  budgets: { id: string; span: string; subject: string; position: number }[];
}

interface Refusal {
  call_id: string;
  budget_id: string;
  limit_money: string | null;
  limit_tokens: string | null;
  used_money: string;
  used_tokens: string;
  reserved_money: string;
  reserved_tokens: string;
}

interface Settlement {
  id: string;
  workspace: string;
  money: string | null;
  tokens: number | null;
}

/** After this time a reservation is shown as spent. It can still be settled for a day. */
const shownAsReservedMs = 15 * 60_000;

const nothingHeld: Reservation = { settle: async () => {}, release: async () => {} };

export class Budgets {
  readonly list: BudgetList;
  readonly #pool: DatabasePool;
  readonly #now: () => Date;
  readonly #newId: () => string;
  readonly #reserving: Batch<Claim, Refusal | 'granted'>;
  readonly #settling: Batch<Settlement, true>;
  readonly #warned = new Set<string>();
  readonly #spans = new Map<string, Record<Period, Span>>();

  constructor({ pool, now, newId }: { pool: DatabasePool; now: () => Date; newId: () => string }) {
    this.list = new BudgetList(pool, now, newId);
    this.#pool = pool;
    this.#now = now;
    this.#newId = newId;
    const batching = { lanes: pool.embedded ? 1 : 2, largest: 64 };
    this.#reserving = new Batch((claims) => this.#reserve(claims), { ...batching, keyOf: ({ id }) => id });
    this.#settling = new Batch((settlements) => this.#settle(settlements), { ...batching, keyOf: ({ id }) => id });
  }

  /**
   * Holds the most that a call can use in every budget that applies, or in none of them. One round trip; none where the workspace has no
   * budget that applies.
   * @throws TimonelError `budget_exceeded`, `price_unknown` (a budget in money applies to a model without a price), `store_unavailable`
   * (a budget applies, or may apply, and the database does not answer: nothing is granted).
   */
  async reserve(spender: Spender, upper: UpperBound): Promise<Reservation> {
    const { workspaceId } = spender;
    const { budgets, timeZone } = this.list.remembered(workspaceId) ?? (await this.list.load(workspaceId));
    const applying = budgets.flatMap((budget) => {
      const subject = subjectOf(budget, spender);
      return subject === undefined ? [] : [{ budget, subject }];
    });
    if (applying.length === 0) {
      this.#warnOfPrice(upper);
      return nothingHeld;
    }
    const spans = this.#spansOf(timeZone);
    const claim: Claim = {
      id: this.#newId(),
      workspace: workspaceId,
      money: upper.money?.toString() ?? null,
      tokens: upper.tokens,
      expires: new Date(this.#now().getTime() + shownAsReservedMs).toISOString(),
      budgets: applying.map(({ budget, subject }, position) => ({
        id: budget.id,
        span: spans[budget.period].name,
        subject,
        position,
      })),
    };
    const outcome = await this.#reserving.add(claim);
    if (outcome !== undefined && outcome !== 'granted') {
      const refusing = applying.find(({ budget }) => budget.id === outcome.budget_id);
      throw refusing === undefined
        ? new Error('A budget refused that does not apply.')
        : refusalOf(outcome, refusing, upper, spans, timeZone);
    }
    this.#warnOfPrice(upper);
    return this.#held(claim);
  }

  /** Tidies every hour. @returns how to stop it. */
  keepTidy(onFault: (error: unknown) => void): () => void {
    const timer = setInterval(() => void this.tidy().catch(onFault), 3_600_000);
    timer.unref();
    return () => clearInterval(timer);
  }

  /** Forgets what nobody asks for any more: reservations that ended without word a day ago, periods that ended long ago. */
  async tidy(): Promise<void> {
    const daysAgo = (days: number) => new Date(this.#now().getTime() - days * 86_400_000);
    await this.#pool.executeText('DELETE FROM budget_reservations WHERE expires_at < $1', [daysAgo(1)]);
    await this.#pool.executeText(
      `DELETE FROM budget_counters WHERE updated_at < CASE WHEN span = 'run' THEN $1::timestamptz ELSE $2 END`,
      [daysAgo(90), daysAgo(400)],
    );
  }

  #held({ id, workspace }: Claim): Reservation {
    let ending: Promise<void> | undefined;
    const end = (money: string | null, tokens: number | null): Promise<void> => {
      ending ??= this.#settling.add({ id, workspace, money, tokens }).then(
        () => {},
        (error: unknown) => {
          ending = undefined;
          throw error;
        },
      );
      return ending;
    };
    return {
      settle: (actual) => end(actual?.money?.toString() ?? null, actual?.tokens ?? null),
      release: () => end('0', 0),
    };
  }

  async #reserve(claims: Claim[]): Promise<Map<Claim, Refusal | 'granted'>> {
    const refusals = await this.#pool.execute<Refusal>({ name: 'budget-reserve', text: 'SELECT * FROM timonel_reserve($1, $2)' }, [
      JSON.stringify(claims),
      this.#now(),
    ]);
    const refused = new Map(refusals.map((refusal) => [refusal.call_id, refusal]));
    return new Map(claims.map((claim) => [claim, refused.get(claim.id) ?? 'granted']));
  }

  async #settle(settlements: Settlement[]): Promise<Map<Settlement, true>> {
    await this.#pool.execute({ name: 'budget-settle', text: 'SELECT timonel_settle($1, $2)' }, [
      JSON.stringify(settlements),
      this.#now(),
    ]);
    return new Map(settlements.map((settlement) => [settlement, true]));
  }

  /** Once per model: one without a price is counted as free, which somebody should know. */
  #warnOfPrice({ model, money }: UpperBound): void {
    if (money !== undefined || this.#warned.has(model) || this.#warned.size >= 1_000) return;
    this.#warned.add(model);
    channels.priceUnknown.publish({ model } satisfies PriceUnknown);
  }

  #spansOf(timeZone: string): Record<Period, Span> {
    const now = this.#now();
    const known = this.#spans.get(timeZone);
    if (known?.day.resetsAt !== undefined && now < known.day.resetsAt) return known;
    const spans = spansAt(now, timeZone);
    this.#spans.set(timeZone, spans);
    return spans;
  }
}

/** Who of a budget's subjects a call belongs to; `undefined` where the budget does not apply to it. */
function subjectOf(budget: Budget, spender: Spender): string | undefined {
  const subjects: Record<BudgetScope, string | undefined> = {
    workspace: '*',
    'api-key': spender.keyId,
    user: spender.userId,
    agent: spender.agent,
    run: spender.runId,
  };
  const subject = subjects[budget.scope];
  return budget.subject === '*' || budget.subject === subject ? subject : undefined;
}

/** As a person would name it. */
function nameOf({ scope, period }: Budget, subject: string): string {
  const whose = scope === 'workspace' ? 'of the workspace' : `of the ${scope === 'api-key' ? 'API key' : scope} ${subject}`;
  return period === 'run' ? `The budget ${whose}` : `The budget ${whose} for the ${period}`;
}

/** @returns what to answer: 402 rather than 429, which the clients of all providers would send again until it is granted. */
function refusalOf(
  refusal: Refusal,
  { budget, subject }: { budget: Budget; subject: string },
  upper: UpperBound,
  spans: Record<Period, Span>,
  timeZone: string,
): TimonelError {
  const name = nameOf(budget, subject);
  const about = { id: budget.id, scope: budget.scope, subject, period: budget.period };
  if (refusal.limit_money !== null && upper.money === undefined) {
    return new TimonelError(
      'price_unknown',
      `${name} is in money, and the price of ${upper.model} is not known. Give it in timonel.config.ts: prices: { '${upper.model}': ` +
        '{ input: …, output: … } }, in US dollars per million tokens.',
      { details: { budget: about, model: upper.model } },
    );
  }
  const ofMoney =
    upper.money !== undefined && refusal.limit_money !== null && exceeds(refusal.used_money, upper.money, refusal.limit_money);
  const [limit, used, reserved, needed] = ofMoney
    ? [BigInt(refusal.limit_money ?? 0), BigInt(refusal.used_money), BigInt(refusal.reserved_money), upper.money ?? 0n]
    : [BigInt(refusal.limit_tokens ?? 0), BigInt(refusal.used_tokens), BigInt(refusal.reserved_tokens), BigInt(upper.tokens)];
  const say = ofMoney ? inDollars : (amount: bigint) => `${amount} tokens`;
  const number = (amount: bigint) => (ofMoney ? Number(amount) / 1e9 : Number(amount));
  const { resetsAt } = spans[budget.period];
  const advice = [
    needed > limit ? 'No call may cost that much under it: set a lower max_tokens, or raise the budget.' : undefined,
    needed <= limit && reserved > 0n ? 'What is reserved comes back in part when those calls end: try again then.' : undefined,
    resetsAt === undefined ? 'It does not start anew.' : `It starts anew at ${resetsAt.toISOString()} (${timeZone}).`,
    'An operator can raise it: PUT /api/v1/budgets.',
  ];
  return new TimonelError(
    'budget_exceeded',
    `${name} is ${say(limit)}: ${say(used - reserved)} spent, ${say(reserved)} reserved for calls under way, and this call needs up to ` +
      `${say(needed)}. ${advice.filter((each) => each !== undefined).join(' ')}`,
    {
      details: {
        budget: about,
        unit: ofMoney ? 'dollars' : 'tokens',
        limit: number(limit),
        spent: number(used - reserved),
        reserved: number(reserved),
        needed: number(needed),
        resetsAt: resetsAt?.toISOString() ?? null,
      },
    },
  );
}

function exceeds(used: string, needed: bigint, limit: string): boolean {
  return BigInt(used) + needed > BigInt(limit);
}
