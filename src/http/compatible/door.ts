/**
 * The compatible API: what clients of OpenAI and Anthropic expect, for models behind the gateway and for agents alike. The same guard and
 * the same error table as everywhere; only the shapes are theirs.
 */
import type { FastifyContextConfig } from 'fastify';
import { z } from 'zod';
import { anthropicMessages } from '../../llm/protocols/anthropic-messages/anthropic-messages.ts';
import type { Protocol } from '../../llm/protocols/contract.ts';
import { openaiChat } from '../../llm/protocols/openai-chat/openai-chat.ts';
import type { HttpDependencies, TypedFastify } from '../contract.ts';
import { requestPrincipalOf } from '../guard.ts';
import { createErrorMapper } from '../problems.ts';
import type { Answerer } from './answers.ts';
import { clientShape, errorShape } from './client-errors.ts';
import { embeddingRoute } from './embeddings.ts';
import { exchangeOf, largestRequestBytes, requestBodyOf } from './exchange.ts';
import { modelRoutes } from './models.ts';
import { responseRoute } from './responses.ts';
import { tokenCountRoute } from './token-count.ts';

/** The routes that answer, and the protocol of each. */
export const answerProtocols = { '/v1/chat/completions': openaiChat, '/v1/messages': anthropicMessages } as const;
export type AnswerPath = keyof typeof answerProtocols;

/** A model or an agent: what it takes is known when the body says which. */
export const answerConfig = { signedIn: true, spends: true, modelsOrAgents: true } as const satisfies FastifyContextConfig;

export async function compatibleApi(
  app: TypedFastify,
  dependencies: HttpDependencies,
  answerers: Readonly<Record<AnswerPath, Answerer>>,
): Promise<void> {
  for (const [path, protocol] of Object.entries(answerProtocols)) {
    await app.register(async (plugin) => {
      const door = plugin as unknown as TypedFastify;
      // Errors in the protocol's own shape, also those that come before the handler.
      door.setErrorHandler(createErrorMapper(clientShape(protocol)));
      answerRoute(door, path, protocol, answerers[path as AnswerPath]);
      if (protocol !== openaiChat) return tokenCountRoute(door, dependencies);
      embeddingRoute(door, dependencies);
      responseRoute(door, dependencies);
    });
  }
  await app.register(async (plugin) => {
    const door = plugin as unknown as TypedFastify;
    door.setErrorHandler(createErrorMapper(errorShape));
    modelRoutes(door, dependencies);
  });
}

function answerRoute(app: TypedFastify, path: string, protocol: Protocol, answer: Answerer): void {
  app.post(
    path,
    {
      config: answerConfig,
      bodyLimit: largestRequestBytes,
      // The answerer checks the body, whichever door it came in by.
      validatorCompiler: () => (value) => ({ value }),
      schema: {
        summary: `An answer by a model or an agent, in the shape of ${protocol.name === 'openai-chat' ? "OpenAI's chat completions" : "Anthropic's messages"}`,
        description:
          '"model" is the alias of a route (smart, fast, …), provider/model, or the name of an agent. An agent keeps the conversation: name it by the header X-Timonel-Conversation, by that of a chat interface (X-OpenWebUI-Chat-Id, X-Conversation-Id) or by "user", or send what was said before. With an Idempotency-Key the same request is taken once.',
        body: z.looseObject({ model: z.string().min(1), messages: z.array(z.unknown()), stream: z.boolean().nullish() }),
      },
    },
    async (request, reply) => {
      await answer(exchangeOf(request, reply, requestPrincipalOf(request), requestBodyOf(request.body)));
      return reply;
    },
  );
}
