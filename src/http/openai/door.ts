/**
 * The compatible API: what clients of OpenAI and Anthropic expect, for models behind the gateway and for agents alike. The same guard and
 * the same error table as everywhere; only the shapes are theirs.
 */
import { z } from 'zod';
import { anthropicMessages } from '../../llm/protocols/anthropic-messages/anthropic-messages.ts';
import type { Protocol, RequestBody } from '../../llm/protocols/contract.ts';
import { openaiChat } from '../../llm/protocols/openai-chat/openai-chat.ts';
import type { HttpDependencies, TypedFastify } from '../contract.ts';
import { principalOf } from '../guard.ts';
import { createErrorMapper } from '../problems.ts';
import { headersOf } from '../streams.ts';
import type { Answerer } from './answers.ts';
import { embeddingRoute } from './embeddings.ts';
import { callerGone, largestRequestBytes } from './exchange.ts';
import { modelRoutes } from './models.ts';
import { responseRoute } from './responses.ts';

/** The routes that answer, and the protocol of each. */
export const answerProtocols = { '/v1/chat/completions': openaiChat, '/v1/messages': anthropicMessages } as const;
export type AnswerPath = keyof typeof answerProtocols;

export async function compatibleApi(
  app: TypedFastify,
  dependencies: HttpDependencies,
  answerers: Readonly<Record<AnswerPath, Answerer>>,
): Promise<void> {
  for (const [path, protocol] of Object.entries(answerProtocols)) {
    await app.register(async (plugin) => {
      const door = plugin as unknown as TypedFastify;
      // Errors in the protocol's own shape, also those that come before the handler.
      door.setErrorHandler(
        createErrorMapper(dependencies.onFault, (error) => ({ mediaType: 'application/json', body: protocol.error(error) })),
      );
      answerRoute(door, path, protocol, answerers[path as AnswerPath]);
      if (protocol !== openaiChat) return;
      embeddingRoute(door, dependencies);
      responseRoute(door, dependencies);
      modelRoutes(door, dependencies);
    });
  }
}

function answerRoute(app: TypedFastify, path: string, protocol: Protocol, answer: Answerer): void {
  app.post(
    path,
    {
      // A model or an agent: what it takes is known when the body says which.
      config: { signedIn: true, spends: true, modelsOrAgents: true },
      bodyLimit: largestRequestBytes,
      schema: {
        summary: `An answer by a model or an agent, in the shape of ${protocol.name === 'openai-chat' ? "OpenAI's chat completions" : "Anthropic's messages"}`,
        description:
          '"model" is the alias of a route (smart, fast, …), provider/model, or the name of an agent. An agent keeps the conversation of each "user", or of the header X-Timonel-Conversation.',
        body: z.looseObject({ model: z.string().min(1), messages: z.array(z.unknown()), stream: z.boolean().nullish() }),
      },
    },
    async (request, reply) => {
      await answer({
        principal: principalOf(request),
        body: request.body as RequestBody,
        headers: request.headers,
        raw: reply.raw,
        signal: callerGone(reply.raw),
        begin() {
          reply.hijack();
          return headersOf(reply);
        },
      });
      return reply;
    },
  );
}
