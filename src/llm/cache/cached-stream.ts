/** Streams of routes that keep answers: kept, similar, read along with others, or begun. */

import type { Gateway } from '../gateway.ts';
import type { Spender } from '../money/budgets.ts';
import type { Route } from '../routes/route.ts';
import type { CachedCall } from './cached-call.ts';
import { joinFairly } from './flights.ts';
import { isKeepable } from './policy.ts';
import type { CachedAnswer, CachedResult } from './response-cache.ts';
import type { BegunStream } from './shared-streams.ts';
import type { SimilarAnswers } from './similar-answers.ts';

/** How a complete stream ended. */
export interface Ended {
  model: string;
  /** US dollars, where the price is known. */
  cost: number | undefined;
  finishReason: string;
}

export interface StreamQuestion {
  route: Route;
  request: object;
  /** As for `cachedCall`. */
  form: string;
  cached: CachedCall;
  spender: Spender;
  /** Aborted when this caller goes away. */
  signal: AbortSignal;
}

export interface StreamSource {
  similar: SimilarAnswers;
  /** Asks a model. @param over is given the whole answer when it is complete. */
  begin(
    signal: AbortSignal,
    over: (events: string, ended: Ended) => void,
  ): Promise<{ model: string; events: AsyncIterable<string> }>;
  kept(events: string, ended: Ended): CachedAnswer;
}

/** @throws TimonelError */
export async function cachedStream(
  { cache }: Gateway,
  question: StreamQuestion,
  source: StreamSource,
): Promise<Omit<BegunStream, 'saved'>> {
  const { cached, spender } = question;
  const { workspaceId } = spender;
  const known = cache.recall(workspaceId, cached.key, cached.life);
  if (known !== undefined) return replayed(known);
  const { begun, events, joined } = await joinFairly((begins) =>
    cache.streams.join(
      `${workspaceId} ${cached.key}`,
      (stopped) => {
        begins();
        return begin(cache, { ...question, signal: stopped }, source);
      },
      question.signal,
    ),
  );
  if (!joined) return { ...begun, events };
  const state = begun.cache === 'miss' ? 'joined' : begun.cache;
  const count = () => cache.count(workspaceId, state, begun.saved());
  return { model: begun.model, events: until(events, count), cache: state, cost: 0 };
}

/** For all who ask for it while it comes. */
async function begin(cache: Gateway['cache'], question: StreamQuestion, source: StreamSource): Promise<BegunStream> {
  const { route, request, form, cached, spender, signal } = question;
  const { workspaceId } = spender;
  const look = await cache.look(workspaceId, cached.key, cached.life);
  if (look.found !== undefined) return replayed(look.found);
  const near = route.cache?.similar && (await source.similar.find(route, request, form, cached, { spender, signal }));
  if (near?.answer !== undefined) {
    cache.count(workspaceId, 'similar', near.answer.cost);
    return { ...replayed({ answer: near.answer, state: 'similar' }), cost: near.spent };
  }
  try {
    let saved = 0n;
    const { model, events } = await source.begin(signal, (whole, ended) => {
      const answer = source.kept(whole, ended);
      saved = answer.cost;
      if (isKeepable(ended.finishReason)) look.keep({ ...answer, question: near?.question });
    });
    cache.count(workspaceId, 'miss', 0n);
    return { model, events, cache: 'miss', saved: () => saved };
  } catch (error) {
    // What is kept beyond its time stands in, where the route allows it.
    return replayed(await cache.through(workspaceId, cached.key, cached.life, () => Promise.reject(error), signal));
  }
}

/** Passes a stream on, and tells when its reader is done with it, wherever that is. */
async function* until(events: AsyncIterable<string>, done: () => void): AsyncGenerator<string> {
  try {
    yield* events;
  } finally {
    done();
  }
}

/** A stream that was kept, at once. */
function replayed({ answer, state }: Pick<CachedResult, 'answer' | 'state'>): BegunStream {
  async function* once(): AsyncGenerator<string> {
    yield answer.body;
  }
  return { model: answer.model, events: once(), cache: state, cost: 0, saved: () => answer.cost };
}
