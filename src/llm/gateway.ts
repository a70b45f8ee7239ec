/**
 * The gateway: every call to a model goes through it. Route → budget → breaker → provider, with repeats and failover, for runs and for
 * the compatible API alike.
 */

import { TimonelError } from '../errors.ts';
import { untilAborted } from '../store/until-aborted.ts';
import { beginAnswer, type ModelCallOptions, unsupportedOf } from './answers/answer-parts.ts';
import { apart, partsApart } from './answers/apart.ts';
import { promptFor } from './answers/joined-texts.ts';
import { collectStream } from './answers/stream.ts';
import type { Breakers } from './attempt/breakers.ts';
import { type Attempt, type Candidate, CandidateRunner } from './attempt/candidates.ts';
import { failureOf, ModelFailure } from './attempt/failure.ts';
import { RetryBudget } from './attempt/retries.ts';
import { type CachedCall, cachedCall } from './cache/cached-call.ts';
import { isKeepable } from './cache/policy.ts';
import type { ResponseCache } from './cache/response-cache.ts';
import { Call, type CallService } from './call.ts';
import type { ModelAnswer, ModelRequest } from './contract.ts';
import type { CallCaps } from './limits/call-caps.ts';
import type { RateLimits } from './limits/rate-limits.ts';
import { Bill, type BillDependencies } from './money/bill.ts';
import type { Budgets, Spender } from './money/budgets.ts';
import { dollarsOf, nanosOf, type Prices } from './money/prices.ts';
import type { Spending } from './money/spending.ts';
import { boundAt, type RequestSize, sizeOf, type UpperBound } from './money/tokens.ts';
import type { Providers } from './providers/providers.ts';
import { RoutesByMedia, takenBy } from './requests/media.ts';
import { directRoute, type ModelMedium, providerOf, type Route } from './routes/route.ts';
import type { RouteTable } from './routes/route-table.ts';
import type { Upstream } from './wire/upstream.ts';

export interface GatewayDependencies {
  providers: Providers;
  routes: RouteTable;
  breakers: Breakers;
  prices: Prices;
  budgets: Budgets;
  spending: Spending;
  rateLimits: RateLimits;
  cache: ResponseCache;
  caps: CallCaps;
  upstream: Upstream;
}

/** What a call needs beside its route and what is asked. */
export interface CallOptions {
  /** On whose account it goes. */
  spender: Spender;
  /** Aborted when the caller goes away. */
  signal: AbortSignal;
  /** Of what the request does not show, e.g. of sound. */
  size?: RequestSize | undefined;
  /** Those of the targets that can be asked. @throws TimonelError where there is none */
  suited?: ((candidates: readonly Candidate[], route: Route) => readonly Candidate[]) | undefined;
}

/** An answer to a run. */
export interface GivenAnswer extends ModelAnswer {
  /** `provider/model` that gave it. */
  model: string;
  /** US dollars; absent where the price is not known. */
  cost?: number;
}

export class Gateway {
  readonly providers: Providers;
  readonly routes: RouteTable;
  readonly breakers: Breakers;
  readonly prices: Prices;
  readonly upstream: Upstream;
  readonly cache: ResponseCache;
  readonly #billing: BillDependencies;
  readonly #service: CallService;
  /** Providers stay as they are while the process runs; a route that is changed is another object. */
  readonly #candidates = new WeakMap<Route, readonly Candidate[]>();
  readonly #byMedia = new RoutesByMedia();

  constructor({ providers, routes, breakers, prices, budgets, spending, rateLimits, cache, caps, upstream }: GatewayDependencies) {
    this.providers = providers;
    this.routes = routes;
    this.breakers = breakers;
    this.prices = prices;
    this.upstream = upstream;
    this.cache = cache;
    this.#billing = { budgets, prices, rateLimits, spending, underWay: new Set() };
    this.#service = { runner: new CandidateRunner(breakers, new RetryBudget()), breakers, caps };
  }

  /** Whether an agent that names this model, or none, has one that it can ask. */
  serves(workspaceId: string, model: string | undefined): boolean {
    return this.#routeFor(workspaceId, model) !== undefined;
  }

  /** Whether an agent's calls may go to a provider that keeps of a prompt what is marked, and nothing else. */
  keepsMarked(workspaceId: string, model: string | undefined): boolean {
    const targets = this.#routeFor(workspaceId, model)?.targets ?? [];
    return targets.some((target) => this.providers.find(providerOf(target.model))?.family === 'anthropic');
  }

  /** The `provider/model` that an agent's calls begin with; `undefined` where it has none. */
  modelOf(workspaceId: string, model: string | undefined): string | undefined {
    return this.#routeFor(workspaceId, model)?.targets[0]?.model;
  }

  /** What at least one model that an agent can ask takes beside text. */
  takes(workspaceId: string, model: string | undefined): ReadonlySet<ModelMedium> {
    const route = this.#routeFor(workspaceId, model);
    return new Set(route === undefined ? [] : this.#reachable(route).flatMap(({ target }) => [...takenBy(target)]));
  }

  /**
   * Asks for an answer on behalf of a run. A model name that nobody knows here means the route `default`.
   * @throws TimonelError `model_unavailable`, `model_refused`, `context_too_long`, `invalid_request`, `budget_exceeded`, …
   */
  async ask(request: ModelRequest): Promise<GivenAnswer> {
    const { spender, signal } = request;
    const any = this.#routeFor(spender.workspaceId, request.model);
    if (any === undefined) throw new TimonelError('model_unavailable', noModel);
    const route = this.#byMedia.narrowed(any, request.media);
    const { prompt, tools, responseFormat } = request;
    const call: ModelCallOptions = { prompt, tools, ...(responseFormat === undefined ? {} : { responseFormat }) };
    const cached = cachedCall(route, spender.workspaceId, call, 'run', request.agentVersion);
    if (cached !== undefined) return this.#kept(route, call, request, cached);
    return this.#asked(route, call, request, signal);
  }

  /** The answer from the cache, or through it. Text that was kept is shown at once. */
  async #kept(route: Route, call: ModelCallOptions, request: ModelRequest, { key, life }: CachedCall): Promise<GivenAnswer> {
    let shown = false;
    const onText =
      request.onText === undefined
        ? undefined
        : (delta: string) => {
            shown = true;
            request.onText?.(delta);
          };
    const { answer, state } = await this.cache.through(
      request.spender.workspaceId,
      key,
      life,
      async (signal) => {
        const given = await this.#asked(route, call, { ...request, onText }, signal);
        return {
          body: JSON.stringify(given),
          contentType: 'application/json',
          model: given.model,
          cost: nanosOf(given.cost ?? 0),
          at: Date.now(),
          keep: isKeepable(given.finishReason) && given.content.every(({ type }) => type === 'text'),
        };
      },
      request.signal,
    );
    const { cost, ...given } = JSON.parse(answer.body) as GivenAnswer;
    if (!shown) for (const part of given.content) if (part.type === 'text') request.onText?.(part.text);
    return { ...given, ...(state !== 'miss' ? { cost: 0 } : cost === undefined ? {} : { cost }) };
  }

  async #asked(
    route: Route,
    options: ModelCallOptions,
    { spender, onText }: ModelRequest,
    signal: AbortSignal,
  ): Promise<GivenAnswer> {
    const call = await this.open(route, options, { spender, signal });
    if (onText === undefined) {
      const { candidate, answer, cost } = await call.whole(wholeAnswer(options), ({ usage }) => usage);
      return given({ ...answer, content: apart(answer.content, candidate) }, candidate.name, cost);
    }
    for (let rounds = 0; ; rounds += 1) {
      const first = await call.begin(beginAnswer(options));
      try {
        const parts = call.parts(first, () => options);
        const answer = await collectStream(partsApart(parts, first.candidate), onText);
        return given(answer, call.target, call.end(answer.usage));
      } catch (error) {
        // Nothing was shown, so that nothing is shown twice: tool calls that were being written are asked for again.
        if (call.shown !== '' || rounds > 0 || !failureOf(error).elsewhere) throw call.failed(error);
        call.broke();
      }
    }
  }

  /**
   * Finds the targets of a route that can be reached, and holds the money for one call.
   * @throws TimonelError `model_not_found`, `invalid_request`, `rate_limited`, `budget_exceeded`, `price_unknown`, `store_unavailable`
   */
  async open(route: Route, request: object, { spender, signal, size = sizeOf(request), suited }: CallOptions): Promise<Call> {
    const all = this.#reachable(route);
    const reachable = suited === undefined || all.length === 0 ? all : suited(all, route);
    const bounds = reachable.map(({ name }) => boundAt(size, name, this.prices));
    const { maxCost } = route;
    const isAffordable = ({ money }: UpperBound) =>
      maxCost === undefined || (money !== undefined && Number(money) <= maxCost * 1e9);
    const affordable = maxCost === undefined ? bounds : bounds.filter(isAffordable);
    if (affordable.length === 0) throw nothingLeft(route, this.providers, bounds);
    const candidates = maxCost === undefined ? reachable : reachable.filter((_, at) => isAffordable(bounds[at] as UpperBound));
    const opening = Bill.open(this.#billing, spender, request, route.alias, dearestOf(affordable));
    const bill = opening instanceof Promise ? await opening : opening;
    return new Call(this.#service, route, candidates, bill, signal);
  }

  /** The targets of a route that this process has a provider for. @throws TimonelError `invalid_request` */
  #reachable(route: Route): readonly Candidate[] {
    let reachable = this.#candidates.get(route);
    if (reachable === undefined) {
      reachable = route.targets.flatMap((target): Candidate[] => {
        const { provider, model } = this.providers.split(
          target.model,
          route.source === 'direct' ? '' : `The route "${route.alias}" is not asked: `,
        );
        return provider === undefined ? [] : [{ name: target.model, provider, model, target }];
      });
      this.#candidates.set(route, reachable);
    }
    return reachable;
  }

  /** The route of an alias or of `provider/model`. @throws TimonelError `model_not_found`, listing what is known; `invalid_request` */
  resolve(workspaceId: string, name: string): Route {
    const route = this.routes.find(workspaceId, name);
    if (route !== undefined) return route;
    const provider = providerOf(name);
    if (this.providers.knows(provider)) this.providers.split(name);
    if (this.providers.find(provider) !== undefined) return directRoute(name);
    const home = name.includes('/') ? undefined : this.providers.homeOf(name);
    if (home !== undefined) return directRoute(`${home}/${name}`);
    const variable = this.providers.missingKey(provider);
    if (variable !== undefined)
      throw new TimonelError(
        'model_not_found',
        `"${name}" cannot be reached: there is no key for ${provider}. Set ${variable} and restart.`,
      );
    const known = this.routes.list(workspaceId).map(({ alias }) => alias);
    const providers = this.providers.all().map((each) => `${each.name}/…`);
    throw new TimonelError(
      'model_not_found',
      `There is no model or route "${name}". Known: ${[...known, ...providers].join(', ') || 'none, as no provider has a key'}. GET /v1/models lists them, and the agents.`,
      { details: { known } },
    );
  }

  /** Asks each provider which models it has, now. */
  async reachable(): Promise<{ name: string; reachable: boolean; detail?: string; models: string[] }[]> {
    const stop = new AbortController();
    const asked = this.providers.all().map(async ({ name, list }) => {
      try {
        const models = await list(stop.signal);
        return { name, reachable: true, models: models.map((model) => `${name}/${model}`) };
      } catch (error) {
        return { name, reachable: false, detail: failureOf(error).message, models: [] };
      }
    });
    const keyless = this.providers.unreachable().map(({ name, keyVariable }) => ({
      name,
      reachable: false,
      detail: `no key: set ${keyVariable}`,
      models: [],
    }));
    return [...(await Promise.all(asked)), ...keyless];
  }

  /** Waits for settlements that are under way. */
  async close(): Promise<void> {
    await Promise.allSettled(this.#billing.underWay);
    this.routes.close();
    await this.upstream.close();
  }

  #routeFor(workspaceId: string, model: string | undefined): Route | undefined {
    const named = model === undefined ? undefined : this.routes.find(workspaceId, model);
    if (named !== undefined) return named;
    if (model?.includes('/') === true && this.providers.find(providerOf(model)) !== undefined) return directRoute(model);
    return this.routes.find(workspaceId, 'default');
  }
}

const noModel =
  'No model is configured. Set ANTHROPIC_API_KEY, OPENAI_API_KEY, GEMINI_API_KEY or GROQ_API_KEY, or TIMONEL_MODEL and TIMONEL_MODEL_URL.';

/** An answer that comes whole, from a provider of the AI SDK: at a third of the CPU of a stream. */
export function wholeAnswer(call: ModelCallOptions): Attempt<ModelAnswer> {
  return async (candidate, clock) => {
    const { provider, model } = candidate;
    const prompt = promptFor(provider.family, call.prompt);
    const asked = provider.chat(model).doGenerate({ ...call, prompt, abortSignal: clock.signal });
    // A model of the project may not heed the signal; nobody waits for it longer than the clock allows.
    const { content, usage, finishReason, warnings } = await untilAborted(Promise.resolve(asked), clock.signal);
    const { unified } = finishReason;
    if (unified === 'content-filter' && content.length === 0)
      throw new ModelFailure('refused', 'the content filter of the provider stopped the answer');
    if (unified === 'error' || unified === 'interrupted') throw new ModelFailure('cut', 'the answer is not complete');
    return { content, usage, finishReason: unified, unsupported: unsupportedOf(warnings) };
  };
}

function given(answer: ModelAnswer, model: string, cost: number | undefined): GivenAnswer {
  return { ...answer, model, ...(cost === undefined ? {} : { cost }) };
}

/** A model without a price counts as the dearest: where a budget in money applies it is refused. */
function dearestOf(bounds: readonly UpperBound[]): UpperBound {
  return bounds.reduce((most, each) => {
    if (most.money === undefined || each.money === undefined) return most.money === undefined ? most : each;
    return each.money > most.money ? each : most;
  });
}

function nothingLeft(route: Route, providers: Providers, bounds: readonly UpperBound[]): TimonelError {
  if (bounds.length === 0) {
    const missing = route.targets.map(({ model }) => {
      const variable = providers.missingKey(providerOf(model));
      return variable === undefined ? `${model} (unknown provider)` : `${model} (needs ${variable})`;
    });
    return new TimonelError('model_not_found', `No model of the route "${route.alias}" can be reached: ${missing.join(', ')}.`);
  }
  const costs = bounds.map(({ model, money }) => `${model} ${money === undefined ? 'unknown' : `$${dollarsOf(money)}`}`);
  return new TimonelError(
    'budget_exceeded',
    `The call may cost more than the $${route.maxCost} that the route "${route.alias}" allows (at most: ${costs.join(', ')}). Send less, or ask for a shorter answer.`,
  );
}
