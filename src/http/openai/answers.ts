import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { requirePermission } from '../../identity/principal.ts';
import type { Protocol, RequestBody } from '../../llm/protocols/contract.ts';
import { Requests } from '../../llm/requests.ts';
import type { HttpDependencies, TypedFastify } from '../contract.ts';
import { principalOf } from '../guard.ts';
import { agentAnswer } from './agent-answers.ts';
import { callerGone, spenderOf } from './caller.ts';

/** Largest request: pictures and files travel inside it. */
export const largestRequestBytes = 32 * 1024 * 1024;

/** One route that answers: whole, or as events where the request says `"stream": true`. */
export function answerRoute(app: TypedFastify, path: string, protocol: Protocol, dependencies: HttpDependencies): void {
  const { agents, gateway, streams, newId } = dependencies;
  const requests = new Requests(gateway, { now: () => new Date(), newId });
  app.post(
    path,
    {
      // A model or an agent: what it takes is known when the body says which.
      config: { signedIn: true, spends: true },
      bodyLimit: largestRequestBytes,
      schema: {
        summary: `An answer by a model or an agent, in the shape of ${protocol.name === 'openai-chat' ? "OpenAI's chat completions" : "Anthropic's messages"}`,
        description:
          '"model" is the alias of a route (smart, fast, …), provider/model, or the name of an agent. An agent keeps the conversation of each "user", or of the header X-Timonel-Conversation.',
        body: z.looseObject({ model: z.string().min(1), messages: z.array(z.unknown()), stream: z.boolean().nullish() }),
      },
    },
    async (request, reply) => {
      const principal = principalOf(request);
      const body = request.body as RequestBody;
      const { model, stream } = protocol.head(body);
      const signal = callerGone(reply);
      const agent = agents.get(model);
      if (agent !== undefined) return agentAnswer(agent, protocol, request, reply, dependencies, signal);
      requirePermission(principal, 'models:use');
      const context = { spender: spenderOf(principal), signal };
      if (!stream) {
        const { body: answer, ...given } = await requests.whole(protocol, body, context);
        tell(reply, given);
        return reply.type('application/json').send(answer);
      }
      const { events, ...given } = await requests.stream(protocol, body, context);
      tell(reply, given);
      const reader = { principal, may: (now: typeof principal) => now.permissions.has('models:use') };
      await streams.write(reply, reader, () => events);
      return reply;
    },
  );
}

/** Who answered, what it cost, and whether it was kept from before. */
export function tell(
  reply: FastifyReply,
  { model, cost, cache }: { model: string; cost?: number | undefined; cache?: string },
): void {
  reply.header('x-timonel-model', model);
  if (cost !== undefined) reply.header('x-timonel-cost', String(cost));
  if (cache !== undefined) reply.header('x-timonel-cache', cache);
}
