import { z } from 'zod';
import { respond } from '../../llm/responses.ts';
import type { HttpDependencies, TypedFastify } from '../contract.ts';
import { principalOf } from '../guard.ts';
import { largestRequestBytes } from './answers.ts';
import { callerGone, spenderOf } from './caller.ts';

/** https://platform.openai.com/docs/api-reference/responses, for providers that have it themselves. */
export function responseRoute(app: TypedFastify, { gateway, streams }: HttpDependencies): void {
  app.post(
    '/v1/responses',
    {
      config: { permission: 'models:use' },
      bodyLimit: largestRequestBytes,
      schema: {
        summary: "An answer in the shape of OpenAI's responses, by models that have them",
        body: z.looseObject({ model: z.string().min(1), input: z.unknown().optional(), stream: z.boolean().nullish() }),
      },
    },
    async (request, reply) => {
      const principal = principalOf(request);
      const context = { spender: spenderOf(principal), signal: callerGone(reply) };
      const given = await respond(gateway, request.body, context);
      reply.header('x-timonel-model', given.model);
      if ('events' in given) {
        const reader = { principal, may: (now: typeof principal) => now.permissions.has('models:use') };
        await streams.write(reply, reader, () => given.events);
        return reply;
      }
      if (given.cost !== undefined) reply.header('x-timonel-cost', String(given.cost));
      return reply.type('application/json').send(given.body);
    },
  );
}
