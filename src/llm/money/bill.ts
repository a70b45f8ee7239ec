import type { LanguageModelV4Usage } from '@ai-sdk/provider';
import { channels, type ModelCall, type ModelExchange, type ModelExchangeEnded, publishFault } from '../../diagnostics.ts';
import type { Candidate } from '../attempt/candidates.ts';
import type { RateLimits, TakenTokens } from '../limits/rate-limits.ts';
import { tokensOf, usageOf } from '../protocols/usage.ts';
import type { Budgets, Reservation, Spender, Spent } from './budgets.ts';
import { costOf, dollarsOf, type Prices } from './prices.ts';
import type { Spending } from './spending.ts';
import type { UpperBound } from './tokens.ts';
import { sdkUsage, totalOf } from './usage.ts';

/** Bytes of a text that one token holds at least, on average: to count what a provider did not. */
const bytesPerToken = 3;

export interface BillDependencies {
  budgets: Budgets;
  prices: Prices;
  rateLimits: RateLimits;
  spending: Spending;
  /** Settlements that nobody waits for, to be awaited before the store is closed. */
  underWay: Set<Promise<void>>;
}

/** What one call costs: reserved before it, settled once after it, and told. */
export class Bill {
  /** What is asked for, as it is told. */
  operation: ModelExchange['operation'] = 'chat';
  readonly #prices: Prices;
  readonly #reservation: Reservation;
  readonly #tokens: TakenTokens;
  /** As the caller sent it: what it holds is counted where a provider did not. */
  readonly #request: object;
  readonly #about: Pick<ModelExchange, 'workspaceId' | 'route' | 'agent' | 'runId'>;
  readonly #spending: Spending;
  readonly #spender: Spender;
  /** What counts where nobody says what was used. */
  readonly #upper: UpperBound;
  /** The target that broke off last. */
  #broken: string | undefined;
  readonly #started = performance.now();
  readonly #underWay: Set<Promise<void>>;
  /** What earlier targets of the same call used before they broke. */
  #before: Spent = { tokens: 0, money: 0n };
  /** Requests under way, while somebody listens. */
  #exchanges: Map<Candidate, ModelExchange> | undefined;

  private constructor(
    { prices, underWay, spending }: BillDependencies,
    spender: Spender,
    request: object,
    route: string,
    upper: UpperBound,
    reservation: Reservation,
    tokens: TakenTokens,
  ) {
    this.#prices = prices;
    this.#reservation = reservation;
    this.#tokens = tokens;
    this.#request = request;
    const { workspaceId, agent, runId } = spender;
    this.#about = { workspaceId, route, agent, runId };
    this.#spending = spending;
    this.#spender = spender;
    this.#upper = upper;
    this.#underWay = underWay;
  }

  /**
   * Reserves the most that the call can cost at the dearest of its targets; at once where nobody has to be asked for it, which is nearly always.
   * @throws TimonelError `rate_limited`, `budget_exceeded`, `price_unknown`, `store_unavailable`
   */
  static open(
    dependencies: BillDependencies,
    spender: Spender,
    request: object,
    route: string,
    dearest: UpperBound,
  ): Bill | Promise<Bill> {
    const { budgets, rateLimits } = dependencies;
    const tokens = rateLimits.tokens(spender, dearest.tokens);
    const opened = (taken: TakenTokens): Bill | Promise<Bill> => {
      const bill = (reservation: Reservation) => new Bill(dependencies, spender, request, route, dearest, reservation, taken);
      const reservation = budgets.reserve(spender, dearest);
      if (!(reservation instanceof Promise)) return bill(reservation);
      return reservation.then(bill, async (error: unknown) => {
        await taken.settle(0);
        throw error;
      });
    };
    return tokens instanceof Promise ? tokens.then(opened) : opened(tokens);
  }

  /** What a call would cost, in US dollars. */
  cost(candidate: Candidate, usage: LanguageModelV4Usage | undefined): number | undefined {
    return dollars(this.#spent(candidate, usage));
  }

  /** Does what sends a request to a target, as its cause where somebody listens. */
  sending<T>(candidate: Candidate, streaming: boolean, send: () => T): T {
    if (!channels.modelExchange.hasSubscribers) return send();
    const exchange: ModelExchange = {
      ...this.#about,
      operation: this.operation,
      target: candidate.name,
      streaming,
      request: this.#request,
    };
    this.#exchanges ??= new Map();
    this.#exchanges.set(candidate, exchange);
    return channels.modelExchange.runStores(exchange, send);
  }

  /** A request is over. Told once. @param failure its kind; absent where the answer is complete. */
  sent(candidate: Candidate, failure?: string, usage?: LanguageModelV4Usage, cost?: number): void {
    const exchange = this.#exchanges?.get(candidate);
    if (exchange === undefined) return;
    this.#exchanges?.delete(candidate);
    const { input, output } = usage === undefined ? { input: undefined, output: undefined } : tokensOf(usage);
    const ended: ModelExchangeEnded = { exchange, failure, inputTokens: input, outputTokens: output, cost };
    channels.modelExchangeEnded.publish(ended);
  }

  /** A target broke off: what it had written is paid for too. */
  broke(candidate: Candidate, shown = ''): void {
    this.sent(candidate, 'cut');
    const spent = this.#spent(candidate, this.estimate(shown));
    this.#broken = candidate.name;
    if (spent !== undefined) this.#before = sumOf(this.#before, spent);
  }

  /** Usage where the provider gave none, from what went in and came out. */
  estimate(shown: string): LanguageModelV4Usage {
    const tokens = (text: string) => Math.ceil(Buffer.byteLength(text) / bytesPerToken);
    return usageOf({ input: tokens(JSON.stringify(this.#request)), output: tokens(shown) });
  }

  /** The call was answered. Without usage from the provider, all that was reserved counts. @returns its cost in US dollars. */
  settle(candidate: Candidate, usage: LanguageModelV4Usage | undefined): number | undefined {
    const spent = this.#spent(candidate, usage);
    const whole = spent === undefined ? undefined : sumOf(this.#before, spent);
    this.#reservation.settle(whole);
    this.#spending.book(this.#spender, candidate.name, whole ?? this.#upper);
    this.#end(whole?.tokens);
    const cost = dollars(spent);
    this.sent(candidate, undefined, usage, cost);
    if (channels.modelCall.hasSubscribers) {
      const tokens = usage === undefined ? { input: 0, output: 0 } : tokensOf(usage);
      channels.modelCall.publish({
        workspaceId: this.#about.workspaceId,
        route: this.#about.route,
        target: candidate.name,
        inputTokens: tokens.input,
        outputTokens: tokens.output,
        cost,
        milliseconds: performance.now() - this.#started,
      } satisfies ModelCall);
    }
    return cost;
  }

  /** The call ended without an answer; what targets wrote before they broke off is paid for. */
  abandon(): void {
    for (const candidate of this.#exchanges?.keys() ?? []) this.sent(candidate, 'aborted');
    const { tokens } = this.#before;
    if (tokens === 0) this.#reservation.release();
    else {
      this.#reservation.settle(this.#before);
      this.#spending.book(this.#spender, this.#broken ?? this.#upper.model, this.#before);
    }
    this.#end(tokens);
  }

  #spent(candidate: Candidate, usage: LanguageModelV4Usage | undefined): Spent | undefined {
    const billed = usage === undefined ? undefined : sdkUsage(usage);
    if (billed === undefined) return undefined;
    const price = this.#prices.find(candidate.name);
    return { tokens: totalOf(billed), money: price === undefined ? undefined : costOf(price, billed) };
  }

  /** Nobody waits for it: the caller has the answer. */
  #end(tokens: number | undefined): void {
    const settling = tokens === undefined ? undefined : this.#tokens.settle(tokens);
    if (settling === undefined) return;
    const done = settling
      .catch((error: unknown) => publishFault('settling a model call', error))
      .finally(() => this.#underWay.delete(done));
    this.#underWay.add(done);
  }
}

/** Without money where the price of either is not known. */
function sumOf(one: Spent, other: Spent): Spent {
  const money = one.money === undefined || other.money === undefined ? undefined : one.money + other.money;
  return { tokens: one.tokens + other.tokens, money };
}

function dollars(spent: Spent | undefined): number | undefined {
  return spent?.money === undefined ? undefined : dollarsOf(spent.money);
}
