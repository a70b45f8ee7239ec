import { z } from 'zod';
import type { RehearsedTurn } from '../../release/rehearsals.ts';
import { wireEvent } from '../../run/events.ts';
import type { HttpDependencies, TypedFastify } from '../contract.ts';
import { evaluationsManage } from '../evaluation-schemas.ts';
import { requestPrincipalOf } from '../guard.ts';
import { requireAgent } from '../requests.ts';
import { checkedText } from '../turns.ts';
import { explanation } from './explain.ts';

const json = z.record(z.string(), z.unknown());

const rehearsedTurn = z.object({
  text: z.string(),
  outcome: z.string(),
  reply: z.string().nullable(),
  awaiting: z.string().nullable().describe('What the agent would wait for'),
  degraded: z.string().nullable().describe('Why the flow planner served in place of the model'),
  error: json.nullable(),
  stoppedBefore: z
    .array(
      z.object({ callId: z.string(), tool: z.string(), args: json, asks: z.boolean().describe('A person would be asked first') }),
    )
    .describe('Calls that would be made now: the rehearsal ends before them'),
  steps: z.array(z.object({ index: z.number().int(), event: z.string(), data: json })).describe('As those of a run'),
  usage: z.object({
    modelCalls: z.number(),
    inputTokens: z.number(),
    outputTokens: z.number(),
    cost: z.number().nullable().describe('US dollars; null where a price is not known'),
  }),
});

export function rehearsalRoutes(app: TypedFastify, { rehearsals }: HttpDependencies): void {
  app.post(
    '/api/v1/agents/:agent/rehearsals',
    {
      config: { ...evaluationsManage, spends: true },
      schema: {
        summary: 'What an agent would do with messages, without doing it',
        description:
          'The messages are played turn by turn as a new conversation of who asks, on the rows of the workspace. Reads are made. Before the first call that would change something, or that a person would be asked about, the rehearsal ends. Nothing of it is stored; what model calls cost is on the account of who asks.',
        params: z.object({ agent: z.string().min(1).max(100) }),
        body: z.strictObject({
          messages: z.array(z.string()).min(1).max(8).describe('What a customer says, oldest first'),
          version: z.string().min(1).max(200).optional().describe('The one in force where absent'),
          models: z.boolean().default(false).describe('Whether the model of the agent is asked; otherwise its flows'),
        }),
        response: {
          200: z.object({
            version: z.string(),
            turns: z.array(rehearsedTurn),
            instructions: z
              .object({ prompt: z.string(), offered: z.array(z.string()).nullable() })
              .nullable()
              .describe('What the model is told, and the tools that it is offered (null: all)'),
            understood: explanation.nullable().describe('What the flows take the last message for'),
          }),
        },
      },
    },
    async (request, reply) => {
      const { agent } = request.params;
      const principal = requestPrincipalOf(request);
      requireAgent(principal, agent);
      const gone = new AbortController();
      reply.raw.once('close', () => gone.abort());
      const { version, models, messages } = request.body;
      const played = await rehearsals.play({
        workspaceId: principal.workspaceId,
        agent,
        version,
        messages: messages.map(checkedText),
        asker: { kind: principal.kind, id: principal.id },
        models,
        signal: gone.signal,
      });
      const { instructions, understood } = played;
      return {
        version: played.version,
        turns: played.turns.map(turnView),
        instructions:
          instructions === undefined ? null : { prompt: instructions.prompt, offered: offeredView(instructions.offered) },
        understood: understood === undefined ? null : (understood as unknown as z.infer<typeof explanation>),
      };
    },
  );
}

function turnView({ text, outcome, steps, usage, stoppedBefore, ...rest }: RehearsedTurn): z.infer<typeof rehearsedTurn> {
  const { reply = null, awaiting = null, degraded = null, error = null } = rest;
  return {
    text,
    outcome,
    reply,
    awaiting,
    degraded,
    error,
    stoppedBefore,
    steps: steps.map((step, index) => {
      const { event, data } = wireEvent({ kind: 'step', index, step });
      return { index, event, data: data as Record<string, unknown> };
    }),
    usage: {
      modelCalls: usage.modelCalls,
      inputTokens: usage.inputTokens,
      outputTokens: usage.outputTokens,
      cost: usage.modelCalls === 0 ? 0 : (usage.cost ?? null),
    },
  };
}

function offeredView(offered: readonly string[] | undefined): string[] | null {
  return offered === undefined ? null : [...offered];
}
