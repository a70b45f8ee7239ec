/** What calls cost, in nano-dollars: integers, so that sums are exact. */
import { z } from 'zod';
import { TimonelError } from '../../errors.ts';
import { type ListedPrice, type MinutePrice, type Price, priceTable, type Rates } from './price-table.ts';

/** Tokens of a call as the provider bills them: each token is in one field only. */
export interface BilledTokens {
  /** Input at the full rate: neither read from the provider's prompt cache nor written to it. */
  input: number;
  /** Reasoning included. */
  output: number;
  cacheRead?: number;
  cacheWrite?: number;
  cacheWriteLong?: number;
}

/** What a request asks of the provider's prompt cache. */
export type Caching = 'unasked' | 'short' | 'long';

const rate = z.number().nonnegative().max(1_000_000);
const rates = z.strictObject({
  input: rate,
  output: rate,
  cacheRead: rate.optional(),
  cacheWrite: rate.optional(),
  cacheWriteLong: rate.optional(),
});
const perToken = rates.extend({ above: rates.extend({ tokens: z.number().int().positive() }).optional() });
const perMinute = z.strictObject({ perMinute: rate.max(10_000) });

/** Prices of models: the project's own, then the shipped list. */
export class Prices {
  readonly #own: ReadonlyMap<string, ListedPrice>;
  readonly #now: () => Date;

  /**
   * @param own by `provider/model`, or by model alone for whichever provider serves it.
   * @throws TimonelError `config_invalid`, naming every bad price.
   */
  constructor(own: Readonly<Record<string, Price | MinutePrice>>, now: () => Date) {
    const faults = Object.entries(own).flatMap(([model, price]) => {
      const { error } = ('perMinute' in Object(price) ? perMinute : perToken).safeParse(price);
      return (error?.issues ?? []).map(({ path, message }) => `prices.${[model, ...path].join('.')}: ${message}`);
    });
    if (faults.length > 0) {
      throw new TimonelError(
        'config_invalid',
        `The project's prices are not valid: ${faults.join('; ')}. They are numbers, in US dollars per million tokens, or {"perMinute": …} of sound.`,
        { details: { faults } },
      );
    }
    const date = now().toISOString().slice(0, 10);
    const source = "the project's prices";
    this.#own = new Map(
      Object.entries(own).map(([model, price]) => [model, { ...byTheToken(price), ...limitsOf(model), source, date }]),
    );
    this.#now = now;
  }

  /** @param model `provider/model`, or the model alone. A dated name (`…-20251001`) has the price of the model that it is a version of. */
  find(model: string): ListedPrice | undefined {
    const named = this.#named(model);
    if (named !== undefined) return named;
    const version = undated(model);
    return version === model ? undefined : this.#named(version);
  }

  #named(name: string): ListedPrice | undefined {
    const slash = name.indexOf('/');
    const own = this.#own.get(name) ?? (slash === -1 ? undefined : this.#own.get(name.slice(slash + 1)));
    if (own !== undefined) return own;
    const listed = listedFor(name);
    return listed === undefined ? undefined : this.#inForce(listed);
  }

  #inForce(entries: readonly ListedPrice[]): ListedPrice | undefined {
    const [only] = entries;
    if (entries.length === 1 && only?.from === undefined) return only;
    const today = this.#now().toISOString().slice(0, 10);
    return entries.findLast(({ from }) => from === undefined || from <= today);
  }
}

/** A second of sound is counted as a token. */
function byTheToken(price: Price | MinutePrice): Price {
  return 'perMinute' in price ? { input: (price.perMinute / 60) * 1e6, output: 0 } : price;
}

/** What a call cost, in nano-dollars, rounded up once. */
export function costOf(price: Price, tokens: BilledTokens): bigint {
  const { input, output, cacheRead = 0, cacheWrite = 0, cacheWriteLong = 0 } = tokens;
  const whole = input + cacheRead + cacheWrite + cacheWriteLong;
  const rates = price.above !== undefined && whole > price.above.tokens ? price.above : price;
  const full = complete(rates);
  let nanos = BigInt(input) * full.input + BigInt(output) * full.output;
  if (cacheRead > 0) nanos += BigInt(cacheRead) * full.cacheRead;
  if (cacheWrite > 0) nanos += BigInt(cacheWrite) * full.cacheWrite;
  if (cacheWriteLong > 0) nanos += BigInt(cacheWriteLong) * full.cacheWriteLong;
  return perMillion(nanos);
}

/**
 * The most that a call with so many tokens can cost, however they are billed.
 * @param caching whether the request asks for its input to be put into the provider's prompt cache.
 */
export function highestCost(
  price: Price & Pick<ListedPrice, 'cachesWhenAsked'>,
  tokens: { input: number; output: number },
  caching: Caching,
): bigint {
  const written = caching === 'unasked' ? (price.cachesWhenAsked === true ? 'none' : 'short') : caching;
  let { input, output } = dearest(price, written);
  if (price.above !== undefined && tokens.input > price.above.tokens) {
    const above = dearest(price.above, written);
    input = highest([input, above.input]);
    output = highest([output, above.output]);
  }
  return perMillion(BigInt(tokens.input) * input + BigInt(tokens.output) * output);
}

/** The dearest way to bill a token. @param written which of the prompt caches input may be put into. */
function dearest(rates: Rates, written: 'none' | 'short' | 'long'): { input: bigint; output: bigint } {
  const full = complete(rates);
  return { input: full.highest[written], output: full.output };
}

/** US dollars for callers and people; sums stay in nano-dollars. */
export function dollarsOf(nanos: bigint): number {
  return Number(nanos) / 1e9;
}

export function nanosOf(dollars: number): bigint {
  return BigInt(Math.round(dollars * 1e9));
}

/** For people: "$1.25", and as many digits as a small amount needs. */
export function inDollars(nanos: bigint): string {
  const dollars = dollarsOf(nanos);
  return `$${Math.abs(dollars) >= 0.01 || nanos === 0n ? dollars.toFixed(2) : dollars.toPrecision(2)}`;
}

interface Complete {
  input: bigint;
  output: bigint;
  cacheRead: bigint;
  cacheWrite: bigint;
  cacheWriteLong: bigint;
  /** The dearest of those for input, by which of the prompt caches it may be put into. */
  highest: Readonly<Record<'none' | 'short' | 'long', bigint>>;
}

/** Every call asks for the same few rates several times. */
const completed = new WeakMap<Rates, Complete>();

/** Nano-dollars per million tokens. */
function complete(rates: Rates): Complete {
  const known = completed.get(rates);
  if (known !== undefined) return known;
  const cacheRead = nanosOf(rates.cacheRead ?? rates.input);
  const cacheWrite = nanosOf(rates.cacheWrite ?? rates.input);
  const cacheWriteLong = rates.cacheWriteLong === undefined ? cacheWrite : nanosOf(rates.cacheWriteLong);
  const input = nanosOf(rates.input);
  const none = highest([input, cacheRead]);
  const short = highest([none, cacheWrite]);
  const full = {
    ...{ input, output: nanosOf(rates.output), cacheRead, cacheWrite, cacheWriteLong },
    highest: { none, short, long: highest([short, cacheWriteLong]) },
  };
  completed.set(rates, full);
  return full;
}

const million = 1_000_000n;

function perMillion(nanos: bigint): bigint {
  return (nanos + million - 1n) / million;
}

function highest(values: readonly bigint[]): bigint {
  let most = 0n;
  for (const value of values) if (value > most) most = value;
  return most;
}

/** Without the date that providers put behind the name of a version. */
function undated(model: string): string {
  return model.replace(/-(\d{8}|\d{4}-\d{2}-\d{2})$/, '');
}

function listedFor(model: string): readonly ListedPrice[] | undefined {
  const slash = model.indexOf('/');
  if (slash !== -1) return byModel.get(model) ?? byModel.get(`${model.slice(0, slash)}/*`);
  return byNameAlone.get(model);
}

const byModel = new Map(Object.entries(priceTable));
const byNameAlone = new Map(Object.entries(priceTable).map(([model, listed]) => [model.slice(model.indexOf('/') + 1), listed]));
byNameAlone.delete('*');

/** A project gives prices; how much a model takes and answers at most is still known from the list. */
function limitsOf(model: string): Pick<ListedPrice, 'context' | 'maxOutput'> {
  const { context, maxOutput } = listedFor(undated(model))?.at(-1) ?? {};
  return { ...(context === undefined ? {} : { context }), ...(maxOutput === undefined ? {} : { maxOutput }) };
}
