/**
 * The compatible API: what clients of OpenAI and Anthropic expect, for models behind the gateway and for agents alike. The same guard and
 * the same error table as everywhere; only the shapes are theirs.
 */
import type { TimonelError } from '../../errors.ts';
import { anthropicMessages } from '../../llm/protocols/anthropic-messages/anthropic-messages.ts';
import type { Protocol } from '../../llm/protocols/contract.ts';
import { openaiChat } from '../../llm/protocols/openai-chat/openai-chat.ts';
import type { HttpDependencies, TypedFastify } from '../contract.ts';
import { createErrorMapper } from '../problems.ts';
import { answerRoute } from './answers.ts';
import { embeddingRoute } from './embeddings.ts';
import { modelRoutes } from './models.ts';
import { responseRoute } from './responses.ts';

export async function compatibleApi(app: TypedFastify, dependencies: HttpDependencies): Promise<void> {
  await app.register(async (door) => {
    speaking(door as unknown as TypedFastify, openaiChat, dependencies);
    answerRoute(door as unknown as TypedFastify, '/v1/chat/completions', openaiChat, dependencies);
    embeddingRoute(door as unknown as TypedFastify, dependencies);
    responseRoute(door as unknown as TypedFastify, dependencies);
    modelRoutes(door as unknown as TypedFastify, dependencies);
  });
  await app.register(async (door) => {
    speaking(door as unknown as TypedFastify, anthropicMessages, dependencies);
    answerRoute(door as unknown as TypedFastify, '/v1/messages', anthropicMessages, dependencies);
  });
}

/** Errors in the protocol's own shape, also those that come before the handler. */
function speaking(door: TypedFastify, protocol: Protocol, { onFault }: HttpDependencies): void {
  door.setErrorHandler(
    createErrorMapper(onFault, (error: TimonelError) => ({
      mediaType: 'application/json',
      body: protocol.error(error.code, error.status, error.message),
    })),
  );
}
