import { z } from 'zod';
import { TimonelError } from '../../errors.ts';
import { explain } from '../../run/explain.ts';
import type { HttpDependencies, TypedFastify } from '../contract.ts';
import { requestPrincipalOf } from '../guard.ts';
import { checkedText } from '../turns.ts';

const verdict = z.union([
  z.object({ kind: z.literal('allow') }),
  z.object({ kind: z.enum(['deny', 'ask']), rule: z.string(), reason: z.object({ es: z.string(), en: z.string() }) }),
]);
const json = z.record(z.string(), z.unknown());

/** What the flow planner takes a text for. */
export const explanation = z.object({
  text: z.string(),
  language: z.enum(['es', 'en']),
  intent: z.string(),
  confidence: z.number(),
  slots: json,
  awaiting: z.string().nullable().describe('What the agent would wait for after its first move'),
  plan: z.array(z.object({ tool: z.string(), args: json })).describe('Calls of the first move; none where it would answer at once'),
  verdicts: z.array(z.object({ tool: z.string(), verdict })),
  alsoIntents: z.array(z.string()),
  ambiguous: json,
  invalid: json,
});

export function explainRoutes(app: TypedFastify, { agents, vocabularyOf, now }: HttpDependencies): void {
  app.post(
    '/api/v1/agents/:agent/explain',
    {
      config: { permission: 'agents:read', spends: true },
      schema: {
        summary: 'What the flow planner understands of a text and would do with it, without doing it',
        description:
          "The text is taken for the first message of a conversation, with the workspace's own words. Verdicts are those of rules that need no rows.",
        params: z.object({ agent: z.string().min(1).max(100) }),
        body: z.strictObject({
          text: z.string(),
          now: z.iso.datetime({ offset: true }).optional().describe('The moment to resolve "tomorrow" against; now where absent'),
          awaiting: z
            .string()
            .regex(/^[a-z][a-z-]{0,39}$/, 'must be a word, e.g. time')
            .optional()
            .describe('What the agent has just asked for, e.g. time'),
        }),
        response: { 200: explanation },
      },
    },
    async (request) => {
      const { agent: name } = request.params;
      const agent = agents.get(name);
      if (agent === undefined)
        throw new TimonelError('agent_not_found', `There is no agent "${name}". There are: ${[...agents.keys()].join(', ')}.`);
      if (agent.flows === undefined)
        throw new TimonelError('invalid_request', `The agent "${name}" has no flows: without a model it understands nothing.`);
      const { text, now: at, awaiting } = request.body;
      const { vocabulary, timeZone } = await vocabularyOf(agent, requestPrincipalOf(request).workspaceId);
      const message = { text: checkedText(text), awaiting };
      const explained = explain(agent, message, at === undefined ? now() : new Date(at), timeZone, vocabulary);
      return explained as unknown as z.infer<typeof explanation>;
    },
  );
}
