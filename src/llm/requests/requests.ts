/**
 * Requests in a protocol of the outside (OpenAI's, Anthropic's) that go through the gateway: passed through as they are where the provider
 * speaks the same protocol, translated where it does not.
 */
import type { LanguageModelV4Usage } from '@ai-sdk/provider';
import { TimonelError } from '../../errors.ts';
import { beginAnswer, type FinishPart, type ModelCallOptions, type PartReader } from '../answers/answer-parts.ts';
import type { Attempt, Candidate, Served } from '../attempt/candidates.ts';
import { failureOf, ModelFailure } from '../attempt/failure.ts';
import { cachedCall } from '../cache/cached-call.ts';
import { cachedStream, type Ended } from '../cache/cached-stream.ts';
import { isKeepable } from '../cache/policy.ts';
import type { CachedResult } from '../cache/response-cache.ts';
import { SimilarAnswers } from '../cache/similar-answers.ts';
import type { Call } from '../call.ts';
import type { ModelAnswer } from '../contract.ts';
import { type CallOptions, type Gateway, wholeAnswer } from '../gateway.ts';
import type { Spender } from '../money/budgets.ts';
import { dollarsOf, nanosOf } from '../money/prices.ts';
import type { AnswerIdentity, Protocol, RequestBody } from '../protocols/contract.ts';
import { nameOfFeature, treatmentOf } from '../protocols/parameters.ts';
import type { Route } from '../routes/route.ts';
import { beginWireStream, type WireStream } from '../wire/wire-stream.ts';

export interface RequestContext {
  spender: Spender;
  /** Aborted when the caller goes away. */
  signal: AbortSignal;
  /** The JSON that the request came as, where it is at hand. */
  text?: string | undefined;
}

/** A whole answer, in the caller's protocol. */
export interface GivenWhole {
  body: string;
  /** `provider/model` that gave it. */
  model: string;
  /** US dollars, where the price is known; of an answer from the cache what finding it cost, which is 0 but for similar questions. */
  cost: number | undefined;
  /** Set where the route keeps answers; `stale` is older than it should be, since no model answers. */
  cache?: CachedResult['state'];
  /** Members of the request that the provider's protocol, or its model, does not have and that were left out. */
  dropped?: readonly string[];
}

/** A streamed answer that has begun. */
export interface GivenStream {
  /** `provider/model` that gave its beginning. */
  model: string;
  /** Server-sent events in the caller's protocol; the last one says whether the answer is complete. */
  events: AsyncIterable<string>;
  /** As in {@link GivenWhole}; of an answer that a model gives it comes at the end, with the usage. */
  cost?: number;
  /** As in {@link GivenWhole}. */
  cache?: CachedResult['state'];
  dropped?: readonly string[];
}

export class Requests {
  readonly #gateway: Gateway;
  readonly #similar: SimilarAnswers;
  readonly #now: () => Date;
  readonly #newId: () => string;

  constructor(gateway: Gateway, { now, newId }: { now(): Date; newId(): string }) {
    this.#gateway = gateway;
    this.#similar = new SimilarAnswers(gateway);
    this.#now = now;
    this.#newId = newId;
  }

  /** @throws TimonelError */
  async whole(protocol: Protocol, body: RequestBody, context: RequestContext): Promise<GivenWhole> {
    const { workspaceId } = context.spender;
    const route = this.#gateway.resolve(workspaceId, protocol.head(body).model);
    const form = `${protocol.name} whole`;
    const cached = cachedCall(route, workspaceId, body, form);
    if (cached === undefined) return this.#asked(route, protocol, body, context);
    const { cache } = this.#gateway;
    let spent = 0;
    let dropped: readonly string[] | undefined;
    const { answer, state } = await cache.through(
      workspaceId,
      cached.key,
      cached.life,
      async (signal) => {
        const near = route.cache?.similar && (await this.#similar.find(route, body, form, cached, { ...context, signal }));
        spent = near?.spent ?? 0;
        if (near?.answer !== undefined) return { ...near.answer, keep: false, state: 'similar' };
        const asked = await this.#asked(route, protocol, body, { ...context, signal });
        const { body: text, model, cost, finishReason } = asked;
        dropped = asked.dropped;
        const kept = this.#kept(text, 'application/json', model, cost);
        return { ...kept, keep: isKeepable(finishReason), question: near?.question };
      },
      context.signal,
    );
    const cost = (state === 'miss' ? dollarsOf(answer.cost) : 0) + spent;
    return { body: answer.body, model: answer.model, cost, cache: state, ...(dropped === undefined ? {} : { dropped }) };
  }

  /** Resolves when the answer has begun; until then another target may still take over. @throws TimonelError */
  async stream(protocol: Protocol, body: RequestBody, context: RequestContext): Promise<GivenStream> {
    const { workspaceId } = context.spender;
    const route = this.#gateway.resolve(workspaceId, protocol.head(body).model);
    const form = `${protocol.name} stream ${JSON.stringify(body['stream_options'] ?? null)}`;
    const cached = cachedCall(route, workspaceId, body, form);
    if (cached === undefined) return this.#begun(route, protocol, body, context);
    const question = { route, request: body, form, cached, ...context };
    let dropped: readonly string[] | undefined;
    const given = await cachedStream(this.#gateway, question, {
      similar: this.#similar,
      begin: async (signal, over) => {
        const begun = await this.#begun(route, protocol, body, { ...context, signal }, over);
        dropped = begun.dropped;
        return begun;
      },
      kept: (events, { model, cost }) => this.#kept(events, 'text/event-stream', model, cost),
    });
    return dropped === undefined ? given : { ...given, dropped };
  }

  #kept(text: string, contentType: string, model: string, cost: number | undefined) {
    return { body: text, contentType, model, cost: nanosOf(cost ?? 0), at: this.#now().getTime() };
  }

  async #asked(
    route: Route,
    protocol: Protocol,
    body: RequestBody,
    context: RequestContext,
  ): Promise<GivenWhole & { finishReason: string }> {
    const { spender, signal } = context;
    const call = await this.#gateway.open(route, body, { spender, signal, suited: translatable(protocol, body) });
    const options = lazily(() => protocol.call(body));
    const attempt: Attempt<WholeAttempt> = async (by, clock) => {
      const wire = by.provider.wires[protocol.name];
      if (wire === undefined) return { translated: true, ...(await wholeAnswer(options())(by, clock)) };
      const sent = await this.#gateway.upstream.send(wire, protocol.wireBody(body, by.model, context.text), clock);
      if (!sent.contentType.includes('json')) {
        sent.body.discard();
        throw new ModelFailure('malformed', `the provider answered with ${sent.contentType || 'no content type'} instead of JSON`);
      }
      const text = await sent.body.text();
      return { translated: false, text, ...protocol.readAnswer(text) };
    };
    const { candidate, answer, cost } = await call.whole(attempt, ({ usage }) => usage);
    const { finishReason } = answer;
    const model = candidate.name;
    if (!answer.translated) {
      const { text } = answer;
      return { body: cost === undefined ? text : protocol.withCost(text, cost), model, cost, finishReason };
    }
    const written = protocol.writeAnswer(answer, this.#identity(protocol, model), cost);
    return { body: written, model, cost, finishReason, ...droppedOf(protocol, body, candidate, answer.unsupported) };
  }

  /** @param over is given the whole answer when it is complete. */
  async #begun(
    route: Route,
    protocol: Protocol,
    body: RequestBody,
    context: RequestContext,
    over?: (events: string, ended: Ended) => void,
  ): Promise<GivenStream> {
    const { spender, signal } = context;
    const call = await this.#gateway.open(route, body, { spender, signal, suited: translatable(protocol, body) });
    const options = lazily(() => protocol.call(body));
    const costOf = (by: Candidate, usage: LanguageModelV4Usage | undefined) => call.bill.cost(by, usage);
    const wired = beginWireStream(this.#gateway.upstream, protocol, body, context.text, costOf);
    const begin: Attempt<{ wire: WireStream } | { parts: PartReader }> = async (by, clock) =>
      by.provider.wires[protocol.name] === undefined
        ? { parts: await beginAnswer(options())(by, clock) }
        : { wire: await wired(by, clock) };
    const served = await call.begin(begin);
    const { answer } = served;
    const model = call.target;
    const going: Going = { protocol, body, call, options, ended: undefined };
    const events =
      'wire' in answer
        ? this.#passOn({ ...served, answer: answer.wire }, going)
        : this.#translated({ ...served, answer: answer.parts }, going);
    const dropped = 'wire' in answer ? {} : droppedOf(protocol, body, served.candidate, answer.parts.unsupported);
    return { model, events: over === undefined ? events : witnessed(events, going, over), ...dropped };
  }

  /** A stream in the caller's own protocol, event by event; translated from where it broke, if it did. */
  async *#passOn({ clock, answer }: Served<WireStream>, going: Going): AsyncGenerator<string> {
    const { call, options } = going;
    let tools = false;
    let ended = false;
    try {
      for (let piece = await answer.next(); piece !== undefined; piece = await answer.next()) {
        call.shown += piece.shown;
        tools ||= piece.tools;
        if (piece.events !== '') yield piece.events;
      }
      ended = true;
      going.ended = { model: call.target, cost: call.end(answer.state.usage), finishReason: answer.state.finish ?? '' };
    } catch (error) {
      ended = true;
      const failure = clock.failure ?? failureOf(error);
      clock.close();
      try {
        if (failure.kind === 'aborted' || tools) throw failure;
        const next = await call.resume(failure, options);
        yield* this.#translated(next, going, answer.state);
      } catch {
        yield* broken(failure, going);
      }
    } finally {
      // The caller stopped reading.
      if (!ended) {
        clock.close();
        call.abandon();
      }
    }
  }

  /** A stream from a provider that speaks another protocol, or the rest of one that broke. */
  async *#translated(first: Served<PartReader>, going: Going, begun?: WireStream['state']): AsyncGenerator<string> {
    const { protocol, body, call, options } = going;
    const identity = this.#identity(protocol, call.target, begun?.id);
    const writer = protocol.writer(identity, body, begun === undefined ? undefined : { block: begun.block });
    let finish: FinishPart | undefined;
    let ended = false;
    try {
      for await (const part of call.parts(first, options, begun !== undefined)) {
        identity.model = call.target;
        if (part.type === 'finish') finish = part;
        const event = writer.part(part);
        if (event !== '') yield event;
      }
      ended = true;
      const cost = call.end(finish?.usage);
      going.ended = { model: call.target, cost, finishReason: finish?.finishReason.unified ?? '' };
      yield writer.end(cost);
    } catch (error) {
      ended = true;
      yield* broken(failureOf(error), going);
    } finally {
      if (!ended) call.abandon();
    }
  }

  #identity(protocol: Protocol, model: string, begun?: string): AnswerIdentity {
    const made = () =>
      protocol.name === 'anthropic-messages' ? `msg_${this.#newId().replaceAll('-', '')}` : `chatcmpl-${this.#newId()}`;
    return { id: begun ?? made(), model, created: Math.floor(this.#now().getTime() / 1_000) };
  }
}

interface Going {
  protocol: Protocol;
  body: RequestBody;
  call: Call;
  options: () => ModelCallOptions;
  /** Set when the answer is complete. */
  ended: Ended | undefined;
}

type WholeAttempt =
  | { translated: false; text: string; usage: LanguageModelV4Usage | undefined; finishReason: string }
  | ({ translated: true } & ModelAnswer);

/** The last event of a stream that could not be healed: never as if it were complete. */
function* broken(failure: ModelFailure, { protocol, call }: Going): Generator<string> {
  call.abandon();
  if (failure.kind === 'aborted') return;
  const said = `The answer of "${call.route.alias}" broke off and could not be continued (${failure.message}). What came before is incomplete.`;
  yield protocol.errorEvent(new TimonelError('model_unavailable', said));
}

/** Passes a stream on, and hands it over when it is complete. */
async function* witnessed(
  events: AsyncIterable<string>,
  going: Going,
  over: (events: string, ended: Ended) => void,
): AsyncGenerator<string> {
  let whole = '';
  for await (const event of events) {
    whole += event;
    yield event;
  }
  if (going.ended !== undefined) over(whole, going.ended);
}

/**
 * Keeps those of a call's targets that can be given the whole request: in its own protocol, or translated.
 * @throws TimonelError `invalid_request` where there is none, with what stands in the way
 */
function translatable(protocol: Protocol, body: RequestBody): NonNullable<CallOptions['suited']> {
  return (all, { alias }) => {
    if (all.every(({ provider }) => provider.wires[protocol.name] !== undefined)) return all;
    const obstacles: string[] = [];
    const candidates = all.filter(({ name, provider }) => {
      if (provider.wires[protocol.name] !== undefined) return true;
      const { refused } = treatmentOf(protocol.name, body, provider.family);
      if (refused.length > 0) obstacles.push(`${name} has no ${refused.join(', ')}`);
      return refused.length === 0;
    });
    if (candidates.length > 0) return candidates;
    throw new TimonelError(
      'invalid_request',
      `The request cannot be told to a model of "${alias}": ${obstacles.join('; ')}. Leave that out, or ask a model that speaks the protocol of the request itself.`,
    );
  };
}

function droppedOf(
  protocol: Protocol,
  body: RequestBody,
  { provider }: Candidate,
  unsupported: readonly string[] = [],
): { dropped?: readonly string[] } {
  const names = new Set([...treatmentOf(protocol.name, body, provider.family).dropped, ...unsupported.map(nameOfFeature)]);
  return names.size === 0 ? {} : { dropped: [...names] };
}

/** Translated when the first provider needs it, and once. */
function lazily<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
