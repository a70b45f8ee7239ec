/** What agents may quote: collections of documents, the search, and the jobs that make vectors. */
import { TimonelError } from '../errors.ts';
import type { Embed } from '../knowledge/contract.ts';
import { Knowledge } from '../knowledge/knowledge.ts';
import type { Gateway } from '../llm/gateway.ts';
import { embed } from '../llm/requests/embeddings.ts';
import type { JsonObject } from '../vocabulary.ts';
import type { Base } from './base.ts';
import type { Foundation } from './foundation.ts';

/** @param enqueueVectors adds the job that makes vectors. */
export function openKnowledge(
  { settings, scope, now, newId }: Base,
  { pool }: Foundation,
  gateway: Gateway,
  enqueueVectors: (payload: JsonObject) => Promise<void>,
): Knowledge {
  const knowledge = new Knowledge({
    pool,
    settings: settings.knowledge,
    embed: throughGateway(gateway),
    enqueueVectors: (workspaceId, collectionId) => enqueueVectors({ workspaceId, collectionId }),
    now,
    newId,
  });
  return scope.adopt(knowledge, (each) => each.close());
}

/** Route, budget, breaker and price of any other call to a model. */
function throughGateway(gateway: Gateway): Embed {
  return async (payer, model, texts, signal) => {
    const request = { model, input: texts.length === 1 ? (texts[0] ?? '') : [...texts], encoding_format: 'float' } as const;
    const { body, model: answered } = await embed(gateway, request, { spender: payer, signal });
    if (answered !== model) throw new TimonelError('model_unavailable', `"${answered}" answered in the place of "${model}".`);
    const { data } = JSON.parse(body) as { data: { index?: number; embedding: number[] }[] };
    return data
      .map((each, at) => ({ at: each.index ?? at, embedding: each.embedding }))
      .sort((one, other) => one.at - other.at)
      .map(({ embedding }) => embedding);
  };
}
