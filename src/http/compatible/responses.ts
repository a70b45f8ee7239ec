import { z } from 'zod';
import { respond } from '../../llm/responses.ts';
import type { HttpDependencies, TypedFastify } from '../contract.ts';
import { principalOf } from '../guard.ts';
import { headersOf } from '../streams.ts';
import { addHeaders, callerGone, largestRequestBytes, spenderOf, told } from './exchange.ts';

/** https://platform.openai.com/docs/api-reference/responses, for providers that have it themselves. */
export function responseRoute(app: TypedFastify, { gateway, streams }: HttpDependencies): void {
  app.post(
    '/v1/responses',
    {
      config: { permission: 'models:use', spends: true },
      bodyLimit: largestRequestBytes,
      schema: {
        summary: "An answer in the shape of OpenAI's responses, by models that have them",
        body: z.looseObject({ model: z.string().min(1), input: z.unknown().optional(), stream: z.boolean().nullish() }),
      },
    },
    async (request, reply) => {
      const principal = principalOf(request);
      const context = { spender: spenderOf(principal), signal: callerGone(reply.raw) };
      const given = await respond(gateway, request.body, context);
      addHeaders(reply, told(given));
      if ('events' in given) {
        const reader = { principal, may: (now: typeof principal) => now.permissions.has('models:use') };
        reply.hijack();
        await streams.write(reply.raw, headersOf(reply), reader, () => given.events);
        return reply;
      }
      return reply.type('application/json').send(given.body);
    },
  );
}
