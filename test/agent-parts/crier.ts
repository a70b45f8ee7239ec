/** An agent that speaks without being asked: from jobs, and from tools. */
import { z } from 'zod';
import { defineAgent, defineTool, type Job, partOf, TimonelError, type ToolContext } from '../../src/index.ts';

const words = z.object({ text: z.string(), conversation: z.string().optional() });

async function tell({ text, conversation }: z.infer<typeof words>, context: ToolContext) {
  const { sent, turn } = await context.send({
    conversation: conversation ?? context.conversationId,
    parts: [{ type: 'text', text }],
  });
  return { sent, turn };
}

/** Attempts that jobs made, by their key. */
export const attempts = new Map<string, number>();
/** What jobs ran into, and started. */
export const outcomes: { key: string; error?: string; runId?: string }[] = [];

export const crierJobs: Job[] = [
  {
    name: 'announce',
    async run({ conversation, text, failures }, context) {
      const count = (attempts.get(context.idempotencyKey) ?? 0) + 1;
      attempts.set(context.idempotencyKey, count);
      try {
        const said = typeof text === 'string' ? text : { es: 'Tu libro llegó.', en: 'Your book is here.' };
        await context.send({ conversation: String(conversation), parts: [{ type: 'text', text: said }] });
      } catch (error) {
        if (!(error instanceof TimonelError)) throw error;
        outcomes.push({ key: String(text), error: error.code });
        return;
      }
      if (count <= Number(failures ?? 0)) throw new Error('The job failed after it sent.');
    },
  },
  {
    name: 'hand-over',
    async run({ conversation }, context) {
      const file = await context.artifacts.put({ name: 'list.txt', mediaType: 'text/plain', data: Buffer.from('one, two') });
      await context.send({
        conversation: String(conversation),
        parts: [{ type: 'text', text: 'Here is the list.' }, partOf(file)],
        options: ['Thanks'],
      });
    },
  },
  {
    name: 'delegate',
    async run({ key }, context) {
      const { runId } = await context.runs.start({ agent: 'crier', input: 'Count the books.', key: String(key) });
      outcomes.push({ key: String(key), runId });
    },
  },
];

export const crier = defineAgent({
  name: 'crier',
  version: '1.0.0',
  description: 'Speaks by itself.',
  prompt: 'You cry the news.',
  policy: [],
  jobs: crierJobs,
  tools: [
    defineTool({ name: 'tell', description: 'Tells.', input: words, effect: 'write', target: 'database', execute: tell }),
    defineTool({
      name: 'tell_and_fail',
      description: 'Tells, and fails.',
      input: words,
      effect: 'write',
      target: 'database',
      retries: 0,
      async execute(input, context) {
        await tell(input, context);
        throw new Error('No.');
      },
    }),
    defineTool({
      name: 'plan',
      description: 'Plans a job.',
      input: z.object({ job: z.string(), payload: z.record(z.string(), z.any()) }),
      effect: 'write',
      target: 'database',
      async execute({ job, payload }, context) {
        await context.schedule(job, payload, { at: context.now() });
        return { planned: true };
      },
    }),
  ],
});
