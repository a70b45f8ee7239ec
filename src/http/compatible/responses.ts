import { z } from 'zod';
import { requirePermission } from '../../identity/principal.ts';
import type { RequestBody } from '../../llm/protocols/contract.ts';
import { respond } from '../../llm/requests/responses.ts';
import type { HttpDependencies, TypedFastify } from '../contract.ts';
import { requestPrincipalOf } from '../guard.ts';
import { headersOf } from '../streams.ts';
import { agentAnswer } from './agent-answers.ts';
import { addHeaders, answerHeaders, callerGone, exchangeOf, largestRequestBytes, spenderOf } from './exchange.ts';
import { responseVoice } from './response-voice.ts';

/** https://platform.openai.com/docs/api-reference/responses, by agents, and by providers that have it themselves. */
export function responseRoute(app: TypedFastify, dependencies: HttpDependencies): void {
  const { agents, gateway, streams } = dependencies;
  app.post(
    '/v1/responses',
    {
      // A model or an agent: what it takes is known when the body says which.
      config: { signedIn: true, spends: true },
      bodyLimit: largestRequestBytes,
      schema: {
        summary: "An answer in the shape of OpenAI's responses, by an agent or by a model that has them",
        description:
          'An agent goes on with the conversation of "previous_response_id", "conversation", "user" or the header X-Timonel-Conversation.',
        body: z.looseObject({ model: z.string().min(1), input: z.unknown().optional(), stream: z.boolean().nullish() }),
      },
    },
    async (request, reply) => {
      const principal = requestPrincipalOf(request);
      const agent = agents.get(request.body.model);
      if (agent !== undefined) {
        await agentAnswer(agent, responseVoice, exchangeOf(request, reply, principal, request.body as RequestBody), dependencies);
        return reply;
      }
      requirePermission(principal, 'models:use');
      const context = { spender: spenderOf(principal), signal: callerGone(reply.raw) };
      const given = await respond(gateway, request.body, context);
      addHeaders(reply, answerHeaders(given));
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
