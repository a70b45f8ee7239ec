/** An agent whose tools wait: for a time, for an answer from outside, for runs that they start. The message says what it calls. */
import type { LanguageModelV4CallOptions } from '@ai-sdk/provider';
import { expect } from 'vitest';
import { z } from 'zod';
import { type AgentDefinition, type ChildResult, defineAgent, defineRule, defineTool, type JsonValue } from '../../src/index.ts';
import { type Line, scriptedModel } from '../scripted-model.ts';
import type { TestTimonel } from '../timonel.ts';

export interface Desk {
  agent: AgentDefinition;
  /** Tokens that were handed outside, in order. */
  tokens: string[];
  /** What tools did, in order: each attempt counts. */
  did: string[];
  /** What `any` and `all` joins gave. */
  joined: ChildResult[][];
}

/**
 * A message is a JSON list of plans, each a list of calls `[tool, arguments]`; the reply repeats the outputs of the last plan. Anything else is
 * answered with itself.
 */
export const deskModel = scriptedModel(({ prompt, abortSignal }) => answer(prompt, abortSignal));

export function waitingDesk(): Desk {
  const desk: Desk = { agent: undefined as unknown as AgentDefinition, tokens: [], did: [], joined: [] };
  const tool = { description: 'For the tests of waiting.' };
  desk.agent = defineAgent({
    name: 'desk',
    version: '1.0.0',
    description: 'Waits.',
    prompt: 'You wait.',
    limits: { money: 1 },
    tools: [
      defineTool({
        ...tool,
        name: 'nap',
        input: z.object({ minutes: z.number() }),
        effect: 'read',
        async execute({ minutes }, context) {
          context.progress({ minutes });
          context.progress('asleep\u001b[2J');
          desk.did.push('nap');
          await context.sleepUntil(new Date(context.now().getTime() + minutes * 60_000));
          desk.did.push('awake');
          await context.sleepUntil(new Date(context.now().getTime() - 1));
          return { slept: minutes };
        },
      }),
      defineTool({
        ...tool,
        name: 'print',
        input: z.object({ what: z.string() }),
        effect: 'write',
        target: 'outside',
        background: true,
        async execute({ what }, context) {
          desk.tokens.push(await context.completionToken());
          desk.did.push(`print ${what}`);
          // A tool that swallows the error waits all the same.
          try {
            const done = await context.completion();
            return { printed: what, done };
          } catch (error) {
            return { swallowed: String(error) };
          }
        },
      }),
      defineTool({
        ...tool,
        name: 'delegate',
        input: z.object({
          inputs: z.array(z.string()),
          mode: z.enum(['all', 'any', 'settled']).default('all'),
          minutes: z.number().optional(),
          budget: z.number().optional(),
          agent: z.string().default('desk'),
        }),
        effect: 'read',
        async execute({ inputs, mode, minutes, budget, agent }, context) {
          const ids: string[] = [];
          for (const [index, input] of inputs.entries()) {
            const key = `${context.idempotencyKey}/${index}`;
            ids.push(await context.runs.start({ agent, input, key, ...(budget === undefined ? {} : { budget }) }));
          }
          const until = minutes === undefined ? undefined : new Date(context.now().getTime() + minutes * 60_000);
          const results = await context.runs.join(ids, mode, until === undefined ? {} : { until });
          desk.joined.push(results);
          return results.map(({ outcome, reply, error }) => `${outcome}: ${reply?.text ?? error?.code}`);
        },
      }),
      defineTool({
        ...tool,
        name: 'join_other',
        input: z.object({ id: z.string() }),
        effect: 'read',
        async execute({ id }, context) {
          try {
            return (await context.runs.join([id])) as unknown as JsonValue;
          } catch (error) {
            return { refused: (error as { code?: string }).code ?? String(error) };
          }
        },
      }),
      defineTool({
        ...tool,
        name: 'start_itself',
        input: z.object({}),
        effect: 'read',
        async execute(_input, context) {
          try {
            return { id: await context.runs.start({ agent: 'desk', input: '[[["start_itself",{}]]]', key: 'itself' }) };
          } catch (error) {
            return { refused: (error as { code?: string }).code ?? String(error) };
          }
        },
      }),
      defineTool({
        ...tool,
        name: 'write_and_wait',
        input: z.object({}),
        effect: 'write',
        target: 'database',
        async execute(_input, context) {
          try {
            await context.sleepUntil(new Date(context.now().getTime() + 1_000));
          } catch (error) {
            return { refused: String(error) };
          }
          return {};
        },
      }),
      defineTool({
        ...tool,
        name: 'start_in_transaction',
        input: z.object({ input: z.string() }),
        effect: 'write',
        target: 'database',
        execute: async ({ input }, context) => ({ id: await context.runs.start({ agent: 'desk', input, key: 'one' }) }),
      }),
      defineTool({
        ...tool,
        name: 'fail',
        input: z.object({}),
        effect: 'read',
        retries: 0,
        execute: () => Promise.reject(new Error('no')),
      }),
      defineTool({ ...tool, name: 'ask_first', input: z.object({}), effect: 'read', execute: async () => ({ done: true }) }),
    ],
    policy: [
      defineRule({
        id: 'ask-first',
        description: 'A person decides',
        tools: ['ask_first'],
        evaluate: () => ({ kind: 'ask', reason: { es: '¿Sí?', en: 'Yes?' } }),
      }),
    ],
  });
  return desk;
}

/** For what the machine is slow at: far more than it takes. */
export const patient = { timeout: 30_000, interval: 50 };

/** The run of a conversation's message, the first one where none is named, once it was accepted. */
export async function runOf(
  timonel: TestTimonel,
  conversation: string,
  text?: string,
  headers?: Record<string, string>,
): Promise<string> {
  let runId = '';
  await expect
    .poll(async () => {
      const { body } = await timonel.call<{ messages: { runId: string; text: string }[] }>(
        'GET',
        `/api/v1/conversations/${conversation}`,
        undefined,
        headers,
      );
      runId = body.messages.find((message) => text === undefined || message.text === text)?.runId ?? '';
      return runId;
    }, patient)
    .not.toBe('');
  return runId;
}

function answer(prompt: LanguageModelV4CallOptions['prompt'], signal: AbortSignal | undefined): Line | Promise<Line> {
  const at = prompt.findLastIndex(({ role }) => role === 'user');
  const said = prompt[at];
  const text = said?.role === 'user' ? (said.content.flatMap((part) => (part.type === 'text' ? [part.text] : []))[0] ?? '') : '';
  // A model that fails would open its breaker for the tests after it.
  if (text === 'fail') return { calls: Array.from({ length: 17 }, () => ({ tool: 'fail', args: {} })) };
  if (text === 'hang') return new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(signal.reason)));
  if (!text.startsWith('[[')) return text;
  const plans = JSON.parse(text) as [string, object][][];
  const results = prompt.slice(at).filter(({ role }) => role === 'tool');
  const plan = plans[results.length];
  if (plan !== undefined) return { calls: plan.map(([tool, args]) => ({ tool, args })) };
  const last = results.at(-1);
  return JSON.stringify(
    last?.role === 'tool'
      ? last.content.map((part) => (part.type === 'tool-result' ? (part.output as { value: unknown }).value : ''))
      : [],
  );
}
