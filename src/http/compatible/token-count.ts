import { z } from 'zod';
import { requirePermission } from '../../identity/principal.ts';
import { anthropicMessages } from '../../llm/protocols/anthropic-messages/anthropic-messages.ts';
import type { RequestBody } from '../../llm/protocols/contract.ts';
import type { HttpDependencies, TypedFastify } from '../contract.ts';
import { requestPrincipalOf } from '../guard.ts';
import { largestRequestBytes } from './exchange.ts';

/** How many bytes of text a token has in English, about; other languages have fewer. */
const bytesPerToken = 4;

/**
 * https://docs.anthropic.com/en/api/messages-count-tokens, by an estimate: the models of a route count differently, and clients use the number
 * to know when to shorten a history.
 */
export function tokenCountRoute(app: TypedFastify, { agents, gateway }: HttpDependencies): void {
  app.post(
    '/v1/messages/count_tokens',
    {
      config: { signedIn: true },
      bodyLimit: largestRequestBytes,
      schema: {
        summary: "About how many tokens a request has, in the shape of Anthropic's",
        body: z.looseObject({ model: z.string().min(1), messages: z.array(z.unknown()).min(1) }),
        response: { 200: z.object({ input_tokens: z.number().int() }) },
      },
    },
    (request) => {
      const principal = requestPrincipalOf(request);
      const body = request.body as RequestBody & { model: string };
      if (agents.has(body.model)) {
        requirePermission(principal, 'conversations:write');
      } else {
        requirePermission(principal, 'models:use');
        // An unknown model is an error here as it is when it is asked.
        gateway.resolve(principal.workspaceId, body.model);
      }
      const { prompt, tools = [] } = anthropicMessages.call({ max_tokens: 1, ...body });
      return { input_tokens: Math.ceil(Buffer.byteLength(JSON.stringify([prompt, tools])) / bytesPerToken) };
    },
  );
}
