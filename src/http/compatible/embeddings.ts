import { z } from 'zod';
import { embed } from '../../llm/requests/embeddings.ts';
import type { HttpDependencies, TypedFastify } from '../contract.ts';
import { requestPrincipalOf } from '../guard.ts';
import { addHeaders, answerHeaders, callerGone, largestRequestBytes, spenderOf } from './exchange.ts';

/** https://platform.openai.com/docs/api-reference/embeddings */
export function embeddingRoute(app: TypedFastify, { gateway }: HttpDependencies): void {
  app.post(
    '/v1/embeddings',
    {
      config: { permission: 'models:use', spends: true },
      bodyLimit: largestRequestBytes,
      schema: {
        summary: 'Vectors of texts, in the shape of OpenAI',
        body: z.looseObject({
          model: z.string().min(1),
          input: z.union([z.string().min(1), z.array(z.string().min(1)).min(1).max(2_048)]),
          encoding_format: z.enum(['float', 'base64']).nullish(),
          dimensions: z.number().int().positive().nullish(),
        }),
      },
    },
    async (request, reply) => {
      const context = { spender: spenderOf(requestPrincipalOf(request)), signal: callerGone(reply.raw) };
      const { body, ...given } = await embed(gateway, request.body, context);
      addHeaders(reply, answerHeaders(given));
      return reply.type('application/json').send(body);
    },
  );
}
