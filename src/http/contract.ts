/** What the routes are given, and what the auth hook leaves on a request. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { TimonelError } from '../errors.ts';
import type { ApiKeys, Principal } from '../identity/api-keys.ts';
import type { ResponseCache } from '../llm/cache/response-cache.ts';
import type { RateLimits } from '../llm/limits/rate-limits.ts';
import type { Models } from '../llm/models.ts';
import type { Budgets } from '../llm/money/budgets.ts';
import type { AgentDefinition } from '../run/contract.ts';
import type { Runner } from '../run/runner.ts';
import type { DatabasePool } from '../store/database.ts';
import type { RunViews } from '../store/run-views.ts';
import type { OpenStreams } from './streams.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks; set by the auth hook on every route that is not public. */
    principal: Principal | undefined;
  }
  interface FastifyContextConfig {
    /** Answers without an API key. */
    public?: boolean;
    /** Roles that may use the route; both when absent. */
    role?: 'operator';
    /** Costs money: counts against the rate limits. */
    spends?: boolean;
  }
}

/** State of a thing that the process cannot do without, or can. */
export interface Dependency {
  name: string;
  status: 'up' | 'down';
  /** Without it the process is not ready. */
  required: boolean;
  detail?: unknown;
}

export interface HttpDependencies {
  version: string;
  runner: Runner;
  views: RunViews;
  pool: DatabasePool;
  apiKeys: ApiKeys;
  agents: ReadonlyMap<string, AgentDefinition>;
  models: Models;
  budgets: Budgets;
  responseCache: ResponseCache;
  rateLimits: RateLimits;
  newId(): string;
  dependencies(): Promise<Dependency[]>;
  metrics(): Promise<{ contentType: string; body: string }>;
  onRequest(request: { method: string; route: string; status: number; milliseconds: number }): void;
  onFault(what: string, error: unknown): void;
  bodyLimitBytes: number;
  replyWaitMs: number;
  maxEventLoopDelayMs: number;
  streams: OpenStreams;
}

export type TypedFastify = FastifyInstance<
  import('fastify').RawServerDefault,
  import('node:http').IncomingMessage,
  import('node:http').ServerResponse,
  import('fastify').FastifyBaseLogger,
  ZodTypeProvider
>;

/** The principal of a request on a route that is not public. */
export function principalOf(request: FastifyRequest): Principal {
  if (request.principal === undefined) throw new TimonelError('unauthenticated', 'Send an API key: "Authorization: Bearer <key>".');
  return request.principal;
}
