import type { FastifyReply, FastifyRequest } from 'fastify';
import { TimonelError } from '../errors.ts';
import { type RateLimits, rateLimitHeaders } from '../llm/limits/rate-limits.ts';
import { spenderOf } from './openai/caller.ts';

/** Counts requests to routes that cost money, and tells their callers how many are left. Runs after the auth hook. */
export function limitRates(rateLimits: RateLimits) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const { principal } = request;
    if (request.routeOptions.config.spends !== true || principal === undefined) return;
    try {
      const state = await rateLimits.request(spenderOf(principal));
      if (state !== undefined) reply.headers(rateLimitHeaders(state));
    } catch (error) {
      if (error instanceof TimonelError && error.code === 'rate_limited') {
        const { limit, retryAfter } = error.details as { limit: number; retryAfter: number };
        reply.headers(rateLimitHeaders({ limit, remaining: 0, resetSeconds: retryAfter }));
      }
      throw error;
    }
  };
}
