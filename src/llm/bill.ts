import type { LanguageModelV4Usage } from '@ai-sdk/provider';
import { channels, type ModelCall, publishFault } from '../diagnostics.ts';
import type { Candidate } from './candidates.ts';
import type { RateLimits, TakenTokens } from './limits/rate-limits.ts';
import type { Budgets, Reservation, Spender, Spent } from './money/budgets.ts';
import { costOf, type Prices } from './money/prices.ts';
import { sdkUsage, totalOf } from './money/usage.ts';
import { tokensOf } from './protocols/usage.ts';

/** Bytes of a text that one token holds at least, on average: to count what a provider did not. */
const bytesPerToken = 3;

export interface BillDependencies {
  budgets: Budgets;
  prices: Prices;
  rateLimits: RateLimits;
  /** Settlements that nobody waits for, to be awaited before the store is closed. */
  underWay: Set<Promise<void>>;
}

/** What one call costs: reserved before it, settled once after it, and told. */
export class Bill {
  readonly #prices: Prices;
  readonly #reservation: Reservation;
  readonly #tokens: TakenTokens;
  readonly #about: { workspaceId: string; route: string };
  readonly #started = performance.now();
  readonly #underWay: Set<Promise<void>>;
  /** What earlier targets of the same call used before they broke. */
  #before: Spent = { tokens: 0, money: 0n };

  private constructor(
    prices: Prices,
    reservation: Reservation,
    tokens: TakenTokens,
    about: { workspaceId: string; route: string },
    underWay: Set<Promise<void>>,
  ) {
    this.#prices = prices;
    this.#reservation = reservation;
    this.#tokens = tokens;
    this.#about = about;
    this.#underWay = underWay;
  }

  /**
   * Reserves the most that the call can cost at the dearest of its targets.
   * @throws TimonelError `rate_limited`, `budget_exceeded`, `price_unknown`, `store_unavailable`
   */
  static async open(
    { budgets, prices, rateLimits, underWay }: BillDependencies,
    spender: Spender,
    route: string,
    dearest: Parameters<Budgets['reserve']>[1],
  ): Promise<Bill> {
    const tokens = await rateLimits.tokens(spender, dearest.tokens);
    try {
      const reservation = await budgets.reserve(spender, dearest);
      return new Bill(prices, reservation, tokens, { workspaceId: spender.workspaceId, route }, underWay);
    } catch (error) {
      await tokens.settle(0);
      throw error;
    }
  }

  /** What a call would cost, in US dollars. */
  cost(candidate: Candidate, usage: LanguageModelV4Usage | undefined): number | undefined {
    const money = this.#spent(candidate, usage)?.money;
    return money === undefined ? undefined : Number(money) / 1e9;
  }

  /** A target broke off: what it had written is paid for too. */
  broke(candidate: Candidate, requestBytes: number, writtenBytes: number): void {
    const spent = this.#spent(candidate, estimated(requestBytes, writtenBytes));
    if (spent === undefined) return;
    const money = spent.money === undefined || this.#before.money === undefined ? undefined : this.#before.money + spent.money;
    this.#before = { tokens: this.#before.tokens + spent.tokens, money };
  }

  /** The call was answered. Without usage from the provider, all that was reserved counts. @returns its cost in US dollars. */
  settle(candidate: Candidate, usage: LanguageModelV4Usage | undefined): number | undefined {
    const spent = this.#spent(candidate, usage);
    this.#end(
      spent === undefined ? undefined : this.#before.tokens + spent.tokens,
      spent === undefined
        ? this.#reservation.settle()
        : this.#reservation.settle({
            tokens: this.#before.tokens + spent.tokens,
            money: spent.money === undefined || this.#before.money === undefined ? undefined : this.#before.money + spent.money,
          }),
    );
    const cost = spent?.money === undefined ? undefined : Number(spent.money) / 1e9;
    if (channels.modelCall.hasSubscribers) {
      const tokens = usage === undefined ? { input: 0, output: 0 } : tokensOf(usage);
      channels.modelCall.publish({
        ...this.#about,
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
    const { tokens } = this.#before;
    this.#end(tokens, tokens === 0 ? this.#reservation.release() : this.#reservation.settle(this.#before));
  }

  #spent(candidate: Candidate, usage: LanguageModelV4Usage | undefined): Spent | undefined {
    const billed = usage === undefined ? undefined : sdkUsage(usage);
    if (billed === undefined) return undefined;
    const price = this.#prices.find(candidate.name);
    return { tokens: totalOf(billed), money: price === undefined ? undefined : costOf(price, billed) };
  }

  /** Nobody waits for it: the caller has the answer. */
  #end(tokens: number | undefined, settling: Promise<void>): void {
    const done = Promise.all([settling, tokens === undefined ? undefined : this.#tokens.settle(tokens)])
      .then(() => {})
      .catch((error: unknown) => publishFault('settling a model call', error))
      .finally(() => this.#underWay.delete(done));
    this.#underWay.add(done);
  }
}

/** Usage where the provider gave none, from what went in and came out. */
export function estimated(requestBytes: number, writtenBytes: number): LanguageModelV4Usage {
  const input = Math.ceil(requestBytes / bytesPerToken);
  const output = Math.ceil(writtenBytes / bytesPerToken);
  return {
    inputTokens: { total: input, noCache: input, cacheRead: undefined, cacheWrite: undefined },
    outputTokens: { total: output, text: output, reasoning: undefined },
  };
}
