/** How many requests and tokens a key, a user and a workspace may use in a minute. */
import { ConsecutiveBreaker, circuitBreaker, handleType } from 'cockatiel';
import type { Redis } from 'ioredis';
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import { channels, type RateLimitHit } from '../../diagnostics.ts';
import { TimonelError } from '../../errors.ts';

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
  /** Gives back what the call did not use, where the minute is still the same. */
  settle(used: number): Promise<void>;
}

const seconds = 60;
const whose: Readonly<Record<Scope, string>> = { key: 'API key', user: 'user', workspace: 'workspace' };

/** One limit of one scope: in Redis for all processes while it answers, else in the memory of this one. */
class Limit {
  readonly scope: Scope;
  readonly kind: Kind;
  readonly points: number;
  readonly #memory: RateLimiterMemory;
  readonly #shared: RateLimiterRedis | undefined;
  readonly #breaker = circuitBreaker(handleType(Error), { halfOpenAfter: 1_000, breaker: new ConsecutiveBreaker(2) });

  constructor(scope: Scope, kind: Kind, points: number, redis: Redis | undefined) {
    this.scope = scope;
    this.kind = kind;
    this.points = points;
    const options = { points, duration: seconds, keyPrefix: `timonel:rate:${scope}-${kind}` };
    this.#memory = new RateLimiterMemory(options);
    this.#shared =
      redis === undefined ? undefined : new RateLimiterRedis({ ...options, storeClient: redis, rejectIfRedisNotReady: true });
  }

  /** @throws RateLimiterRes when there are not so many left; nothing is taken then. */
  async take(id: string, points: number): Promise<RateLimiterRes> {
    try {
      return await this.#with((limiter) => limiter.consume(id, points));
    } catch (error) {
      // The limiter counts what it refuses.
      await this.giveBack(id, points);
      throw error;
    }
  }

  async giveBack(id: string, points: number): Promise<void> {
    if (points > 0) await this.#with((limiter) => limiter.reward(id, points)).catch(() => {});
  }

  async #with(work: (limiter: RateLimiterMemory | RateLimiterRedis) => Promise<RateLimiterRes>): Promise<RateLimiterRes> {
    const shared = this.#shared;
    if (shared === undefined) return work(this.#memory);
    try {
      return await this.#breaker.execute(() => work(shared));
    } catch (error) {
      if (error instanceof RateLimiterRes) throw error;
      return work(this.#memory);
    }
  }
}

export class RateLimits {
  readonly #limits: readonly Limit[];

  constructor(settings: RateLimitSettings, redis: Redis | undefined) {
    this.#limits = scopes.flatMap((scope) =>
      (['requests', 'tokens'] as const).flatMap((kind) =>
        settings[scope][kind] > 0 ? [new Limit(scope, kind, settings[scope][kind], redis)] : [],
      ),
    );
  }

  /**
   * Counts one request.
   * @returns the closest limit; `undefined` where there is none.
   * @throws TimonelError `rate_limited`
   */
  async request(caller: Caller): Promise<RateState | undefined> {
    return closest(await this.#take('requests', caller, 1));
  }

  /**
   * Takes the most tokens that a call can use. A call that may use more than a whole minute's takes the whole minute.
   * @throws TimonelError `rate_limited`
   */
  async tokens(caller: Caller, most: number): Promise<TakenTokens> {
    const taken = await this.#take('tokens', caller, most);
    const at = performance.now();
    let settled = false;
    return {
      state: closest(taken),
      settle: async (used) => {
        if (settled) return;
        settled = true;
        const passed = performance.now() - at;
        for (const { limit, id, points, result } of taken) {
          if (passed < result.msBeforeNext) await limit.giveBack(id, points - Math.min(points, used));
        }
      },
    };
  }

  async #take(kind: Kind, caller: Caller, most: number): Promise<Taken[]> {
    const taken: Taken[] = [];
    for (const limit of this.#limits) {
      const id = idOf(limit.scope, caller);
      if (limit.kind !== kind || id === undefined) continue;
      const points = Math.min(most, limit.points);
      try {
        taken.push({ limit, id, points, result: await limit.take(id, points) });
      } catch (error) {
        for (const before of taken) await before.limit.giveBack(before.id, before.points);
        if (!(error instanceof RateLimiterRes)) throw error;
        const { workspaceId } = caller;
        if (channels.rateLimitHit.hasSubscribers)
          channels.rateLimitHit.publish({ workspaceId, scope: limit.scope, kind } satisfies RateLimitHit);
        throw refusal(limit, error, points);
      }
    }
    return taken;
  }
}

interface Taken {
  limit: Limit;
  id: string;
  points: number;
  result: RateLimiterRes;
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
  const id = { key: keyId, user: userId, workspace: '' }[scope];
  return id === undefined ? undefined : `${workspaceId}:${id}`;
}

function stateOf(limit: Limit, { remainingPoints, msBeforeNext }: RateLimiterRes): RateState {
  const resetSeconds = Math.max(1, Math.ceil(msBeforeNext / 1_000));
  return { limit: limit.points, remaining: Math.max(0, remainingPoints), resetSeconds };
}

function closest(taken: readonly Taken[]): RateState | undefined {
  const states = taken.map(({ limit, result }) => stateOf(limit, result));
  return states.reduce<RateState | undefined>(
    (least, state) => (least === undefined || state.remaining / state.limit < least.remaining / least.limit ? state : least),
    undefined,
  );
}

function refusal(limit: Limit, result: RateLimiterRes, needed: number): TimonelError {
  const { resetSeconds } = stateOf(limit, result);
  const left = Math.max(0, limit.points - (result.consumedPoints - needed));
  const rest = limit.kind === 'tokens' ? `${left} are left, and this call may use ${needed}.` : 'They are used up.';
  return new TimonelError(
    'rate_limited',
    `The ${whose[limit.scope]} may use ${limit.points} ${limit.kind} in a minute. ${rest} Try again in ${resetSeconds} s.`,
    { details: { scope: limit.scope, kind: limit.kind, limit: limit.points, remaining: left, retryAfter: resetSeconds } },
  );
}
