/** The way to models: money, rates, the response cache, and the gateway over them. */
import { publishFault } from '../diagnostics.ts';
import type { Identity } from '../identity/identity.ts';
import { ResponseCache } from '../llm/cache/response-cache.ts';
import type { Gateway } from '../llm/gateway.ts';
import { RateLimits } from '../llm/limits/rate-limits.ts';
import { Budgets } from '../llm/money/budgets.ts';
import { Spending } from '../llm/money/spending.ts';
import { openGateway } from '../llm/open.ts';
import type { Base } from './base.ts';
import type { Foundation } from './foundation.ts';

export interface Models {
  budgets: Budgets;
  spending: Spending;
  rateLimits: RateLimits;
  responseCache: ResponseCache;
  gateway: Gateway;
}

/** @throws TimonelError `config_invalid`, `store_unavailable` */
export async function openModels(
  { settings, project, scope, now, newId }: Base,
  { pool, redis, signals }: Foundation,
  { notices }: Identity,
): Promise<Models> {
  const budgets = scope.adopt(new Budgets({ pool, now, newId }), (each) =>
    each.flush().catch((error: unknown) => publishFault('settling model calls', error)),
  );
  scope.defer(budgets.keepTidy());
  const spending = scope.adopt(new Spending({ pool, now, newId }), (each) =>
    each.flush().catch((error: unknown) => publishFault('storing what calls cost', error)),
  );
  const rateLimits = new RateLimits(settings.rateLimits, redis);
  const responseCache = scope.adopt(new ResponseCache({ ...settings.cache, redis, now }), (each) => each.close());
  const gateway = await openGateway({ ...settings.models, maxCalls: settings.maxCalls }, project, {
    pool,
    notices,
    now,
    sharing: signals?.breakerChanged,
    budgets,
    spending,
    rateLimits,
    cache: responseCache,
  });
  return { budgets, spending, rateLimits, responseCache, gateway: scope.adopt(gateway, (each) => each.close()) };
}
