import type { Route } from '../routes/route.ts';
import { cacheKey } from './key.ts';
import { isCacheable } from './policy.ts';
import type { Lifetime } from './response-cache.ts';

/** A call whose answer may come from the cache. */
export interface CachedCall {
  key: string;
  life: Lifetime;
}

/**
 * @param form the shape of the answer: an answer is given again in the shape that it was kept in.
 * @returns `undefined` where the route does not want it, or where the answer of such a call is not to be repeated.
 */
export function cachedCall(
  route: Route,
  workspaceId: string,
  request: object,
  form: string,
  agentVersion?: string,
): CachedCall | undefined {
  const { cache } = route;
  if (cache === undefined) return undefined;
  const life = { ttlMs: cache.ttlSeconds * 1_000, graceMs: cache.graceSeconds * 1_000 };
  if (!isCacheable(request, { ...life, calls: cache.calls })) return undefined;
  return { key: cacheKey({ workspaceId, model: `${route.alias}@${route.version} ${form}`, request, agentVersion }), life };
}
