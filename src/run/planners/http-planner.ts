import { Agent, request } from 'undici';
import { z } from 'zod';
import { messageOf, TimonelError } from '../../errors.ts';
import type { Planner, PlannerTurn, Proposal } from '../planner.ts';

/** What the other system answers: a reply, and how the turn ended. */
const answer = z.object({
  reply: z.object({ text: z.string().min(1).max(32_000), options: z.array(z.string().max(200)).max(20).optional() }),
  outcome: z.enum(['replied', 'awaiting_input', 'denied', 'escalated']).default('replied'),
});

const timeoutMs = 20_000;
const mostBytes = 262_144;

/**
 * Hands a turn to the system that answered before Timonel did. It gets the message and what was said before, and answers with a reply: it
 * calls its own tools, beyond our policy, which is why its address comes from the project and not from the API.
 *
 * @param endpoints URL by name of the agent.
 */
export function createHttpPlanner(endpoints: Readonly<Record<string, string>>): Planner & { close(): Promise<void> } {
  const connections = new Agent({ connect: { timeout: 5_000 }, keepAliveTimeout: 10_000 });
  return {
    async propose({ run, agent, flowState, signal }: PlannerTurn): Promise<Proposal> {
      const url = endpoints[agent.name];
      if (url === undefined) {
        throw new TimonelError(
          'model_unavailable',
          `There is no system to fall back on. Name it in timonel.config.ts: fallbacks: { '${agent.name}': 'https://…' }.`,
        );
      }
      const { runId, conversationId, workspaceId, channel, contact, text, history, turn } = run;
      const said = history.map(({ role, text, parts }) => ({ role, text, ...(parts == null ? {} : { parts }) }));
      try {
        const response = await request(url, {
          method: 'POST',
          headers: { 'content-type': 'application/json', accept: 'application/json', 'idempotency-key': runId },
          body: JSON.stringify({
            runId,
            conversationId,
            workspaceId,
            agent: agent.name,
            turn,
            channel,
            contact,
            text,
            ...(run.parts === undefined ? {} : { parts: run.parts }),
            history: said,
          }),
          dispatcher: connections,
          headersTimeout: timeoutMs,
          bodyTimeout: timeoutMs,
          signal,
        });
        const body = await textOf(response.body);
        if (response.statusCode !== 200) throw new Error(`It answered ${response.statusCode}.`);
        const { reply, outcome } = answer.parse(JSON.parse(body));
        return {
          kind: 'reply',
          reply: { text: reply.text, ...(reply.options === undefined ? {} : { options: reply.options }) },
          outcome,
          step: { kind: 'plan', calls: [], state: flowState },
        };
      } catch (error) {
        throw new TimonelError('model_unavailable', `The system to fall back on did not answer (${messageOf(error)}).`, {
          cause: error,
        });
      }
    },
    close: () => connections.close(),
  };
}

async function textOf(body: AsyncIterable<Buffer> & { destroy(): unknown }): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > mostBytes) {
      body.destroy();
      throw new Error(`Its answer is longer than ${mostBytes} bytes.`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
