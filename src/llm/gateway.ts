/**
 * The gateway: every call to a model goes through it. Route → budget → breaker → provider, with repeats and failover, for runs and for
 * the compatible API alike.
 */

import { channels, type ModelAttempt } from '../diagnostics.ts';
import { TimonelError } from '../errors.ts';
import { untilAborted } from '../store/until-aborted.ts';
import {
  type AnswerRecovery,
  beginAnswer,
  continueAnswer,
  type ModelCallOptions,
  unbroken,
  unsupportedOf,
} from './answers/answer-parts.ts';
import { apart, partsApart } from './answers/apart.ts';
import { promptFor } from './answers/joined-texts.ts';
import { collectStream } from './answers/stream.ts';
import type { Breakers } from './attempt/breakers.ts';
import { type Attempt, type Candidate, CandidateRunner, type Served } from './attempt/candidates.ts';
import { failureOf, ModelFailure } from './attempt/failure.ts';
import { gatewayErrorOf } from './attempt/refusals.ts';
import { RetryBudget } from './attempt/retries.ts';
import { type CachedCall, cachedCall } from './cache/cached-call.ts';
import { isKeepable } from './cache/policy.ts';
import type { ResponseCache } from './cache/response-cache.ts';
import type { ModelAnswer, ModelRequest } from './contract.ts';
import type { CallCaps } from './limits/call-caps.ts';
import type { RateLimits } from './limits/rate-limits.ts';
import { Bill, type BillDependencies } from './money/bill.ts';
import type { Budgets, Spender } from './money/budgets.ts';
import { dollarsOf, nanosOf, type Prices } from './money/prices.ts';
import { boundAt, sizeOf, type UpperBound } from './money/tokens.ts';
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
  rateLimits: RateLimits;
  cache: ResponseCache;
  caps: CallCaps;
  upstream: Upstream;
}

/** A call whose route is known and whose money is held. */
export interface OpenModelCall {
  /** When the whole call is to be over (`performance.now()`), further attempts included. */
  deadline: number;
  route: Route;
  candidates: readonly Candidate[];
  bill: Bill;
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
  readonly #caps: CallCaps;
  readonly #billing: BillDependencies;
  readonly #runner: CandidateRunner;
  /** Providers stay as they are while the process runs; a route that is changed is another object. */
  readonly #candidates = new WeakMap<Route, readonly Candidate[]>();
  readonly #byMedia = new RoutesByMedia();

  constructor({ providers, routes, breakers, prices, budgets, rateLimits, cache, caps, upstream }: GatewayDependencies) {
    this.providers = providers;
    this.routes = routes;
    this.breakers = breakers;
    this.prices = prices;
    this.upstream = upstream;
    this.cache = cache;
    this.#caps = caps;
    this.#billing = { budgets, prices, rateLimits, underWay: new Set() };
    this.#runner = new CandidateRunner(breakers, new RetryBudget());
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

  async #asked(route: Route, call: ModelCallOptions, { spender, onText }: ModelRequest, signal: AbortSignal): Promise<GivenAnswer> {
    const open = await this.open(route, call, spender);
    const { bill } = open;
    try {
      const served = await (onText === undefined ? this.#whole(open, call, signal) : this.#streamed(open, call, signal, onText));
      const { candidate, answer } = served;
      const cost = bill.settle(candidate, answer.usage);
      return { ...answer, model: candidate.name, ...(cost === undefined ? {} : { cost }) };
    } catch (error) {
      bill.abandon();
      throw gatewayErrorOf(error, route.alias);
    }
  }

  /**
   * Finds the targets of a route that can be reached, and holds the money for one call.
   * @param size of what the request does not show, e.g. of sound.
   * @throws TimonelError `model_not_found`, `invalid_request`, `rate_limited`, `budget_exceeded`, `price_unknown`, `store_unavailable`
   */
  async open(route: Route, request: object, spender: Spender, size = sizeOf(request)): Promise<OpenModelCall> {
    const reachable = this.#reachable(route);
    const bounds = reachable.map(({ name }) => boundAt(size, name, this.prices));
    const { maxCost } = route;
    const isAffordable = ({ money }: UpperBound) =>
      maxCost === undefined || (money !== undefined && Number(money) <= maxCost * 1e9);
    const affordable = maxCost === undefined ? bounds : bounds.filter(isAffordable);
    if (affordable.length === 0) throw nothingLeft(route, this.providers, bounds);
    const candidates = maxCost === undefined ? reachable : reachable.filter((_, at) => isAffordable(bounds[at] as UpperBound));
    const opening = Bill.open(this.#billing, spender, request, route.alias, dearestOf(affordable));
    const bill = opening instanceof Promise ? await opening : opening;
    return { deadline: performance.now() + route.timeouts.totalMs, route, candidates, bill };
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

  /** Asks the candidates of a call in turn. @throws AllFailed */
  serve<T>(open: OpenModelCall, signal: AbortSignal, streaming: boolean, attempt: Attempt<T>): Promise<Served<T>> {
    const { route, candidates, deadline } = open;
    const onAttempt = (candidate: Candidate, milliseconds: number, failure: ModelFailure | undefined) => {
      if (failure !== undefined) open.bill.sent(candidate, failure.kind);
      // The provider had the request and may have worked on it: nobody knows, so that it is paid for.
      if (failure?.mayBeBilled === true) open.bill.broke(candidate);
      publishAttempt(candidate, milliseconds, failure);
    };
    return this.#runner.ask({ route, candidates, signal, streaming, deadline, onAttempt }, (candidate, clock) => {
      this.#caps.take(candidate.provider.name);
      return open.bill.sending(candidate, streaming, () => attempt(candidate, clock));
    });
  }

  /**
   * How a stream goes on after it broke: at the same target first, then at the others. After silence, or a second break, the others come
   * first.
   */
  recovery(open: OpenModelCall, call: () => ModelCallOptions, signal: AbortSignal): AnswerRecovery {
    const broken = new Set<string>();
    return {
      resume: async (failed, failure, shown) => {
        await this.breakers.failed(failed.candidate.name, failure);
        open.bill.broke(failed.candidate, shown);
        const others = open.candidates.filter(({ name }) => name !== failed.candidate.name);
        const first = broken.has(failed.candidate.name) || failure.kind === 'stalled' ? [] : [failed.candidate];
        const last = first.length === 0 ? [failed.candidate] : [];
        broken.add(failed.candidate.name);
        // A repeat at each would keep whoever reads along waiting; there is a next target for that.
        const route: Route = { ...open.route, strategy: 'ordered', attempts: 1 };
        const attempt = shown === '' ? beginAnswer(call()) : continueAnswer(call(), shown);
        return this.serve({ ...open, route, candidates: [...first, ...others, ...last] }, signal, true, attempt);
      },
    };
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

  async #whole(
    open: OpenModelCall,
    call: ModelCallOptions,
    signal: AbortSignal,
  ): Promise<{ candidate: Candidate; answer: ModelAnswer }> {
    const { candidate, clock, answer } = await this.serve(open, signal, false, wholeAnswer(call));
    clock.complete();
    return { candidate, answer: { ...answer, content: apart(answer.content, candidate) } };
  }

  async #streamed(
    open: OpenModelCall,
    call: ModelCallOptions,
    signal: AbortSignal,
    onText: (delta: string) => void,
  ): Promise<{ candidate: Candidate; answer: ModelAnswer }> {
    for (let rounds = 0; ; rounds += 1) {
      const first = await this.serve(open, signal, true, beginAnswer(call));
      let { candidate } = first;
      const recovery = this.recovery(open, () => call, signal);
      let shown = false;
      try {
        const parts = unbroken(first, {
          resume: async (...broken) => {
            const served = await recovery.resume(...broken);
            candidate = served.candidate;
            return served;
          },
        });
        const answer = await collectStream(partsApart(parts, first.candidate), (delta) => {
          shown = true;
          onText(delta);
        });
        return { candidate, answer };
      } catch (error) {
        // Nothing was shown, so that nothing is shown twice: tool calls that were being written are asked for again.
        if (shown || rounds > 0 || !failureOf(error).elsewhere) throw error;
      }
    }
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

function publishAttempt(candidate: Candidate, milliseconds: number, failure: ModelFailure | undefined): void {
  if (channels.modelAttempt.hasSubscribers)
    channels.modelAttempt.publish({ target: candidate.name, outcome: failure?.kind ?? 'ok', milliseconds } satisfies ModelAttempt);
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
