import type { FastifyReply, FastifyRequest } from 'fastify';
import { TimonelError } from '../errors.ts';
import type { Principal } from '../identity/principal.ts';
import { type RateLimits, rateLimitHeaders } from '../llm/limits/rate-limits.ts';
import { spenderOf } from './compatible/exchange.ts';

/** Counts requests to routes that cost money, and tells their callers how many are left. Runs after the guard. */
export function limitRates(rateLimits: RateLimits) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const { principal } = request;
    if (request.routeOptions.config.spends !== true || principal === undefined) return;
    await countRequest(rateLimits, principal, (headers) => void reply.headers(headers));
  };
}

/** @param tell is given the headers of an answer, also of a refusal. @throws TimonelError `rate_limited` */
export async function countRequest(
  rateLimits: RateLimits,
  principal: Principal,
  tell: (headers: Record<string, string>) => void,
): Promise<void> {
  try {
    const spender = spenderOf(principal);
    const state = rateLimits.inMemory ? rateLimits.requestHere(spender) : await rateLimits.request(spender);
    if (state !== undefined) tell(rateLimitHeaders(state));
  } catch (error) {
    if (error instanceof TimonelError && error.code === 'rate_limited') {
      const { limit, retryAfter } = error.details as { limit: number; retryAfter: number };
      tell(rateLimitHeaders({ limit, remaining: 0, resetSeconds: retryAfter }));
    }
    throw error;
  }
}
