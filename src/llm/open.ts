import type { LanguageModelV4 } from '@ai-sdk/provider';
import { type BreakerChanged, channels } from '../diagnostics.ts';
import type { Signals } from '../store/cache/wake-ups.ts';
import type { DatabasePool } from '../store/database.ts';
import { Breakers } from './attempt/breakers.ts';
import type { ResponseCache } from './cache/response-cache.ts';
import { Gateway } from './gateway.ts';
import { CallCaps } from './limits/call-caps.ts';
import type { RateLimits } from './limits/rate-limits.ts';
import type { Budgets } from './money/budgets.ts';
import type { MinutePrice, Price } from './money/price-table.ts';
import { Prices } from './money/prices.ts';
import type { Spending } from './money/spending.ts';
import { Providers, type ProvidersSettings } from './providers/providers.ts';
import { defaultRoutes } from './routes/default-routes.ts';
import type { RouteInput } from './routes/route.ts';
import { RouteTable, type RouteTableDependencies } from './routes/route-table.ts';
import { Upstream } from './wire/upstream.ts';

/** What the environment says about models. */
export interface ModelSettings extends ProvidersSettings {
  /** The model to ask at the OpenAI-compatible server that the environment names. */
  configuredModel: string | undefined;
  /** The model that Ollama answers with as `local`. */
  ollamaModel: string | undefined;
  connectTimeoutMs: number;
  /** Calls that this process may make to each provider. */
  maxCalls: ConstructorParameters<typeof CallCaps>[0];
  /** Limit of a whole call, for routes that nobody stored. */
  timeoutMs: number;
}

/** What the project decides about models. */
export interface ModelProject {
  models?: Readonly<Record<string, LanguageModelV4>>;
  prices?: Readonly<Record<string, Price | MinutePrice>>;
  routes?: Readonly<Record<string, RouteInput>>;
}

export interface GatewayContext {
  pool: DatabasePool;
  notices: RouteTableDependencies['notices'];
  now(): Date;
  /** Tells other processes what a breaker found out; absent where there is only this one. */
  sharing?: Signals | undefined;
  budgets: Budgets;
  spending: Spending;
  rateLimits: RateLimits;
  cache: ResponseCache;
}

/** Puts the gateway together and loads the stored routes. @throws TimonelError `config_invalid`, `store_unavailable` */
export async function openGateway(settings: ModelSettings, project: ModelProject, context: GatewayContext): Promise<Gateway> {
  const { pool, notices, now, sharing, budgets, spending, rateLimits, cache } = context;
  const upstream = new Upstream(settings.connectTimeoutMs);
  const models = project.models ?? {};
  const providers = new Providers(settings, models, upstream);
  const defaults = defaultRoutes(providers, {
    configuredModel: settings.configuredModel,
    ollamaModel: settings.ollamaModel,
    projectModels: Object.keys(models),
    projectRoutes: project.routes ?? {},
    totalMs: settings.timeoutMs,
  });
  const routes = new RouteTable(defaults, { pool, notices });
  await routes.open();
  const breakers = new Breakers({
    now,
    sharing,
    onChange: ({ target, state }) => channels.breakerChanged.publish({ target, state } satisfies BreakerChanged),
  });
  const prices = new Prices(project.prices ?? {}, now);
  const caps = new CallCaps(settings.maxCalls);
  return new Gateway({ providers, routes, breakers, prices, budgets, spending, rateLimits, cache, caps, upstream });
}
