/** How many requests and tokens a key, a user and a workspace may use in a minute. */
import { ConsecutiveBreaker, circuitBreaker, handleType } from 'cockatiel';
import { RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import { channels, type RateLimitHit } from '../../diagnostics.ts';
import { TimonelError } from '../../errors.ts';
import type { RedisClient } from '../../store/cache/redis.ts';
import { type Minute, Minutes } from './minutes.ts';

/** Narrowest first: who is refused by a limit of their own takes nothing from those that they share with others. */
const scopes = ['key', 'user', 'workspace'] as const;
type Scope = (typeof scopes)[number];
type Kind = 'requests' | 'tokens';

/** Per minute; 0 is no limit. */
export type RateLimitSettings = Readonly<Record<Scope, Readonly<Record<Kind, number>>>>;

/** Whose minute it is. */
export interface Caller {
  workspaceId: string;
  keyId?: string | undefined;
  userId?: string | undefined;
}

/** The limit that is closest to its end. */
export interface RateState {
  limit: number;
  remaining: number;
  /** Seconds until the next minute begins. */
  resetSeconds: number;
}

/** Tokens that were taken before a call. */
export interface TakenTokens {
  state: RateState | undefined;
  /** Gives back what the call did not use, where the minute is still the same; at once for what was counted in memory. */
  settle(used: number): Promise<void> | undefined;
}

const seconds = 60;
const whose: Readonly<Record<Scope, string>> = { key: 'API key', user: 'user', workspace: 'workspace' };

/** What was taken of one limit, and what it has left in this minute. */
interface Taken {
  limit: Limit;
  points: number;
  remaining: number;
  msBeforeNext: number;
  /** Where it was taken: in this memory, or in Redis under this name. */
  from: Minute | string;
}

/** There were not so many left; nothing was taken. */
interface Refused {
  remaining: number;
  msBeforeNext: number;
  refused: true;
}

/** One limit of one scope: in Redis for all processes while it answers, else in the memory of this one. */
class Limit {
  readonly scope: Scope;
  readonly kind: Kind;
  readonly points: number;
  readonly #memory: Minutes;
  readonly #shared: RateLimiterRedis | undefined;
  readonly #breaker = circuitBreaker(handleType(Error), { halfOpenAfter: 1_000, breaker: new ConsecutiveBreaker(2) });

  constructor(scope: Scope, kind: Kind, points: number, redis: RedisClient | undefined) {
    this.scope = scope;
    this.kind = kind;
    this.points = points;
    this.#memory = new Minutes(points);
    const options = { points, duration: seconds, keyPrefix: `timonel:rate:${scope}-${kind}` };
    this.#shared =
      redis === undefined ? undefined : new RateLimiterRedis({ ...options, storeClient: redis, rejectIfRedisNotReady: true });
  }

  async take(id: string, points: number): Promise<Taken | Refused> {
    return this.#shared === undefined ? this.takeHere(id, points) : this.#takeShared(this.#shared, id, points);
  }

  /** At once for what was taken in this memory. */
  giveBack({ from }: Taken, points: number): Promise<void> | undefined {
    if (points <= 0) return undefined;
    if (typeof from === 'string') return this.#rewardShared(from, points);
    from.taken -= points;
    return undefined;
  }

  /** At once, from this memory alone. */
  takeHere(id: string, points: number): Taken | Refused {
    const minute = this.#memory.of(id);
    const granted = this.#memory.take(minute, points);
    const remaining = this.points - minute.taken;
    const msBeforeNext = minute.until - performance.now();
    return granted ? { limit: this, points, remaining, msBeforeNext, from: minute } : { remaining, msBeforeNext, refused: true };
  }

  async #takeShared(shared: RateLimiterRedis, id: string, points: number): Promise<Taken | Refused> {
    try {
      const { remainingPoints, msBeforeNext } = await this.#breaker.execute(() => shared.consume(id, points));
      return { limit: this, points, remaining: remainingPoints, msBeforeNext, from: id };
    } catch (error) {
      if (!(error instanceof RateLimiterRes)) return this.takeHere(id, points);
      // The limiter counts what it refuses.
      await this.#rewardShared(id, points);
      const remaining = Math.max(0, this.points - (error.consumedPoints - points));
      return { remaining, msBeforeNext: error.msBeforeNext, refused: true };
    }
  }

  async #rewardShared(id: string, points: number): Promise<void> {
    await this.#breaker.execute(async () => this.#shared?.reward(id, points)).catch(() => {});
  }
}

export class RateLimits {
  readonly #inMemory: boolean;
  readonly #limits: Readonly<Record<Kind, readonly Limit[]>>;

  constructor(settings: RateLimitSettings, redis: RedisClient | undefined) {
    const ofKind = (kind: Kind) =>
      scopes.flatMap((scope) => (settings[scope][kind] > 0 ? [new Limit(scope, kind, settings[scope][kind], redis)] : []));
    this.#limits = { requests: ofKind('requests'), tokens: ofKind('tokens') };
    this.#inMemory = redis === undefined || (this.#limits.requests.length === 0 && this.#limits.tokens.length === 0);
  }

  /**
   * Counts one request; at once where it is counted in this memory, as a promise costs more than the counting.
   * @returns the closest limit; `undefined` where there is none.
   * @throws TimonelError `rate_limited`
   */
  request(caller: Caller): RateState | undefined | Promise<RateState | undefined> {
    return this.#inMemory ? closest(this.#takeHere('requests', caller, 1)) : this.#take('requests', caller, 1).then(closest);
  }

  /**
   * Takes the most tokens that a call can use, at once as {@link request} does. A call that may use more than a whole minute's takes the
   * whole minute.
   * @throws TimonelError `rate_limited`
   */
  tokens(caller: Caller, most: number): TakenTokens | Promise<TakenTokens> {
    if (this.#inMemory) return new Tokens(this.#takeHere('tokens', caller, most));
    return this.#take('tokens', caller, most).then((taken) => new Tokens(taken));
  }

  #takeHere(kind: Kind, caller: Caller, most: number): Taken[] {
    const taken: Taken[] = [];
    for (const limit of this.#limits[kind]) {
      const id = idOf(limit.scope, caller);
      if (id === undefined) continue;
      const points = Math.min(most, limit.points);
      const answer = limit.takeHere(id, points);
      if ('refused' in answer) {
        for (const before of taken) void before.limit.giveBack(before, before.points);
        throw refused(caller, limit, answer, points);
      }
      taken.push(answer);
    }
    return taken;
  }

  async #take(kind: Kind, caller: Caller, most: number): Promise<Taken[]> {
    const taken: Taken[] = [];
    for (const limit of this.#limits[kind]) {
      const id = idOf(limit.scope, caller);
      if (id === undefined) continue;
      const points = Math.min(most, limit.points);
      const answer = await limit.take(id, points);
      if ('refused' in answer) {
        for (const before of taken) await before.limit.giveBack(before, before.points);
        throw refused(caller, limit, answer, points);
      }
      taken.push(answer);
    }
    return taken;
  }
}

class Tokens implements TakenTokens {
  readonly #taken: readonly Taken[];
  readonly #at = performance.now();
  #settled = false;

  constructor(taken: readonly Taken[]) {
    this.#taken = taken;
  }

  get state(): RateState | undefined {
    return closest(this.#taken);
  }

  settle(used: number): Promise<void> | undefined {
    if (this.#settled) return undefined;
    this.#settled = true;
    const passed = performance.now() - this.#at;
    const giving: Promise<void>[] = [];
    for (const each of this.#taken) {
      const given = passed < each.msBeforeNext ? each.limit.giveBack(each, each.points - Math.min(each.points, used)) : undefined;
      if (given !== undefined) giving.push(given);
    }
    return giving.length === 0 ? undefined : Promise.all(giving).then(() => {});
  }
}

/** Header fields of the IETF's draft, in the form that clients read. */
export function rateLimitHeaders({ limit, remaining, resetSeconds }: RateState): Record<string, string> {
  return {
    'ratelimit-limit': String(limit),
    'ratelimit-remaining': String(remaining),
    'ratelimit-reset': String(resetSeconds),
    'ratelimit-policy': `${limit};w=${seconds}`,
  };
}

/** Keys and users are of one workspace, but nothing here depends on it. */
function idOf(scope: Scope, { workspaceId, keyId, userId }: Caller): string | undefined {
  if (scope === 'workspace') return `${workspaceId}:`;
  const id = scope === 'key' ? keyId : userId;
  return id === undefined ? undefined : `${workspaceId}:${id}`;
}

function resetSeconds(msBeforeNext: number): number {
  return Math.max(1, Math.ceil(msBeforeNext / 1_000));
}

function closest(taken: readonly Taken[]): RateState | undefined {
  let least: Taken | undefined;
  for (const each of taken)
    if (least === undefined || each.remaining / each.limit.points < least.remaining / least.limit.points) least = each;
  if (least === undefined) return undefined;
  const { limit, remaining, msBeforeNext } = least;
  return { limit: limit.points, remaining: Math.max(0, remaining), resetSeconds: resetSeconds(msBeforeNext) };
}

/** Tells who is interested, and what to throw. */
function refused({ workspaceId }: Caller, limit: Limit, answer: Refused, needed: number): TimonelError {
  const { scope, kind } = limit;
  if (channels.rateLimitHit.hasSubscribers) channels.rateLimitHit.publish({ workspaceId, scope, kind } satisfies RateLimitHit);
  return refusal(limit, answer, needed);
}

function refusal(limit: Limit, { remaining, msBeforeNext }: Refused, needed: number): TimonelError {
  const reset = resetSeconds(msBeforeNext);
  const rest = limit.kind === 'tokens' ? `${remaining} are left, and this call may use ${needed}.` : 'They are used up.';
  return new TimonelError(
    'rate_limited',
    `The ${whose[limit.scope]} may use ${limit.points} ${limit.kind} in a minute. ${rest} Try again in ${reset} s.`,
    { details: { scope: limit.scope, kind: limit.kind, limit: limit.points, remaining, retryAfter: reset } },
  );
}
