/** What this process holds of one budget: granted from in memory, told to the database in the background. No I/O here. */
import type { Amount } from './budget-list.ts';
import type { UpperBound } from './tokens.ts';

/** Where money is counted: one subject's use of a budget in one span of its period. */
export interface Counter {
  key: string;
  workspaceId: string;
  budgetId: string;
  span: string;
  subject: string;
  /** The budget's amounts as this process knows them. */
  limits: Limits;
}

export interface Limits {
  money: bigint | undefined;
  tokens: number | undefined;
}

/** What the database is told of an allotment; amounts of money in text, since they may not fit into a number of JSON. */
export interface AccountReport {
  id: string;
  workspace: string;
  budget: string;
  span: string;
  subject: string;
  /** Since the allotment began, and so are the returned: told twice they count once. */
  spent_money: string;
  spent_tokens: number;
  returned_money: string;
  returned_tokens: number;
  /** Neither spent nor returned nor held for a call. */
  kept_money: string;
  kept_tokens: number;
  want_money: string;
  want_tokens: number;
  /** The size of a call. */
  call_money: string;
  call_tokens: number;
  /** Nothing is held any more: the database may forget it. */
  closing: boolean;
}

/** What the database answers. */
export interface AccountAnswer {
  taken: Amount;
  limits: Limits;
  /** What the budget has left. */
  left: { money: bigint | undefined; tokens: number | undefined };
  /** A hundredth of what is left holds no call: each one is taken and given back for itself. */
  tight: boolean;
}

/** An allotment holds this many times what was drawn in a second. */
const secondsHeld = 2;
const nothing: Amount = { money: 0n, tokens: 0 };

export class Allotment {
  readonly id: string;
  readonly counter: Counter;
  /** Calls that hold something. */
  underWay = 0;
  closing = false;
  /** The database has said something about it. */
  known = false;
  #taken = nothing;
  #returned = nothing;
  /** Held for calls, and spent by those that ended. */
  #usedMoney = 0n;
  #usedTokens = 0;
  #spentMoney = 0n;
  #spentTokens = 0;
  /** Until the database has answered, nothing is granted without it. */
  #tight = true;
  #limits: Limits = { money: undefined, tokens: undefined };
  #share: AccountAnswer['left'] = { money: 0n, tokens: 0 };
  #call: Amount = nothing;
  /** Something is to be told: a call ended, or it is not known whether the last report arrived. */
  #untold = false;
  #unanswered = false;
  /** The window is the second under way: where it began, its peak, and how many calls. */
  #begin = nothing;
  #peakMoney = 0n;
  #peakTokens = 0;
  #calls = 0;
  #drawnBefore = nothing;

  constructor(id: string, counter: Counter) {
    this.id = id;
    this.counter = counter;
  }

  get free(): Amount {
    return {
      money: this.#taken.money - this.#returned.money - this.#usedMoney,
      tokens: this.#taken.tokens - this.#returned.tokens - this.#usedTokens,
    };
  }

  /** Whether a call can be granted here. A budget that was changed since, or that a call without a price may not use, is asked itself. */
  grants({ money, tokens }: UpperBound, limits: Limits): boolean {
    return (
      !this.#tight &&
      this.#limits.money === limits.money &&
      this.#limits.tokens === limits.tokens &&
      (money !== undefined || limits.money === undefined) &&
      this.#taken.money - this.#returned.money - this.#usedMoney >= (money ?? 0n) &&
      this.#taken.tokens - this.#returned.tokens - this.#usedTokens >= tokens
    );
  }

  hold({ money = 0n, tokens }: UpperBound): void {
    this.#call = { money, tokens };
    this.#usedMoney += money;
    this.#usedTokens += tokens;
    if (this.#usedMoney > this.#peakMoney) this.#peakMoney = this.#usedMoney;
    if (this.#usedTokens > this.#peakTokens) this.#peakTokens = this.#usedTokens;
    this.underWay++;
    this.#calls++;
  }

  /** @returns whether the rest is to be given back at once. */
  end({ money = 0n, tokens }: UpperBound, spentMoney: bigint, spentTokens: number): boolean {
    this.#usedMoney += spentMoney - money;
    this.#usedTokens += spentTokens - tokens;
    this.#spentMoney += spentMoney;
    this.#spentTokens += spentTokens;
    this.underWay--;
    this.#untold = true;
    return this.#tight;
  }

  /** Ends the window of a second. @returns whether the database has something to learn, or to give. */
  turn(): boolean {
    this.#drawnBefore = this.#drawn();
    this.#begin = { money: this.#usedMoney, tokens: this.#usedTokens };
    this.#peakMoney = this.#usedMoney;
    this.#peakTokens = this.#usedTokens;
    this.#calls = 0;
    const [free, target] = [this.free, this.#target()];
    return this.#untold || this.#unanswered || free.money !== target.money || free.tokens !== target.tokens || this.underWay === 0;
  }

  /**
   * @param use `claimed`: calls that do not fit wait for it, all that is free is put back for the database to decide with;
   * `emptied`: nothing is to be kept.
   */
  report(use: 'renewed' | 'claimed' | 'emptied', call: UpperBound | undefined): AccountReport {
    if (call !== undefined) this.#call = { money: call.money ?? 0n, tokens: call.tokens };
    const target = use === 'emptied' ? nothing : this.#target();
    const keep = use === 'claimed' ? nothing : target;
    const free = this.free;
    const kept = { money: least(free.money, keep.money), tokens: Math.min(free.tokens, keep.tokens) };
    this.#returned = {
      money: this.#returned.money + most(0n, free.money - kept.money),
      tokens: this.#returned.tokens + Math.max(0, free.tokens - kept.tokens),
    };
    this.closing = use !== 'claimed' && this.underWay === 0 && target.money === 0n && target.tokens === 0;
    if (this.closing) this.#tight = true;
    this.#untold = false;
    this.#unanswered = true;
    const { id, counter } = this;
    return {
      id,
      workspace: counter.workspaceId,
      budget: counter.budgetId,
      span: counter.span,
      subject: counter.subject,
      spent_money: this.#spentMoney.toString(),
      spent_tokens: this.#spentTokens,
      returned_money: this.#returned.money.toString(),
      returned_tokens: this.#returned.tokens,
      kept_money: kept.money.toString(),
      kept_tokens: kept.tokens,
      want_money: most(0n, target.money - kept.money).toString(),
      want_tokens: Math.max(0, target.tokens - kept.tokens),
      call_money: this.#call.money.toString(),
      call_tokens: this.#call.tokens,
      closing: this.closing,
    };
  }

  /** Takes over what the database answered to the last report. @returns whether anything is left of the allotment. */
  confirm({ taken, limits, left, tight }: AccountAnswer): boolean {
    // Never less: an answer that was lost may have granted more than is known here, none can have granted less.
    this.#taken = { money: most(this.#taken.money, taken.money), tokens: Math.max(this.#taken.tokens, taken.tokens) };
    this.#limits = limits;
    this.#share = {
      money: left.money === undefined ? undefined : left.money / 100n,
      tokens: left.tokens === undefined ? undefined : Math.floor(left.tokens / 100),
    };
    this.#tight = tight;
    this.#unanswered = false;
    this.known = true;
    const { free } = this;
    return !this.closing || free.money !== 0n || free.tokens !== 0;
  }

  /** What is free here should be given back now, for others to use. */
  get holdsTooMuch(): boolean {
    if (!this.#tight) return false;
    const { free } = this;
    return free.money > 0n || free.tokens > 0;
  }

  /**
   * What was needed beyond what was held when the window began. Nothing for a single call: it would be asked for and given back in vain.
   */
  #drawn(): Amount {
    if (this.#calls < 2) return nothing;
    return { money: this.#peakMoney - this.#begin.money, tokens: this.#peakTokens - this.#begin.tokens };
  }

  /** What should be free for the calls to come. */
  #target(): Amount {
    if (this.#tight) return nothing;
    const drawn = this.#drawn();
    const money = BigInt(secondsHeld) * most(drawn.money, this.#drawnBefore.money);
    const tokens = secondsHeld * Math.max(drawn.tokens, this.#drawnBefore.tokens);
    return {
      money: this.#share.money === undefined ? money : least(money, most(0n, this.#share.money)),
      tokens: this.#share.tokens === undefined ? tokens : Math.min(tokens, Math.max(0, this.#share.tokens)),
    };
  }
}

function most(one: bigint, other: bigint): bigint {
  return one > other ? one : other;
}

function least(one: bigint, other: bigint): bigint {
  return one < other ? one : other;
}
