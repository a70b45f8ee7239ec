/** An agent for the tests of hand-offs: a tool that passes the conversation on, one that needs an approval, and a model that the test scripts. */
import { z } from 'zod';
import { defineAgent, defineRule, defineTool } from '../../src/index.ts';
import type { ScriptLine } from '../../src/testing/scripted-model.ts';
import { scriptedModel } from '../scripted-model.ts';
import type { StoreKind } from '../stores.ts';
import { startTimonel, type TestTimonel } from '../timonel.ts';

const tools = [
  defineTool({
    name: 'call_person',
    description: 'Passes the conversation on.',
    input: z.object({ reason: z.string() }),
    effect: 'read',
    endsRunAs: 'escalated',
    execute: async () => ({ told: true }),
  }),
  defineTool({
    name: 'refund',
    description: 'Needs a person.',
    input: z.object({}),
    effect: 'read',
    execute: async () => ({ refunded: true }),
  }),
];

const askFirst = defineRule({
  id: 'ask-first',
  description: 'A person decides',
  tools: ['refund'],
  evaluate: () => ({ kind: 'ask', reason: { es: '¿Sí?', en: 'Yes?' } }),
});

const agentNamed = (name: string) =>
  defineAgent({ name, version: '1.0.0', description: 'Serves.', prompt: 'You serve.', tools, policy: [askFirst] });

export const shop = agentNamed('shop');
/** Of another branch. */
export const branch = agentNamed('branch');

export interface HandoffRig extends TestTimonel {
  /** What the model answers next; the last one stays. */
  script: { lines: (ScriptLine | ((signal: AbortSignal | undefined) => ScriptLine | Promise<ScriptLine>))[] };
  /** The prompts that the model got, as JSON. */
  asked(): string[];
}

export async function startRig(kind: StoreKind, options: Parameters<typeof startTimonel>[2] = {}): Promise<HandoffRig> {
  const script: HandoffRig['script'] = { lines: [] };
  const model = scriptedModel(({ abortSignal }) => {
    const line = script.lines.length > 1 ? script.lines.shift() : script.lines[0];
    if (line === undefined) return new Error('unexpected model call');
    return typeof line === 'function' ? line(abortSignal) : line;
  });
  const timonel = await startTimonel(kind, { agents: [shop, branch], models: { default: model } }, options);
  return { ...timonel, script, asked: () => model.asked.map(({ prompt }) => JSON.stringify(prompt)) };
}

/** A model call that hangs until it is aborted, and whether one is under way. */
export function hanging(): { line: (signal: AbortSignal | undefined) => Promise<ScriptLine>; begun: Promise<void> } {
  const begun = Promise.withResolvers<void>();
  return {
    begun: begun.promise,
    line: (signal) =>
      new Promise((_resolve, reject) => {
        begun.resolve();
        signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
      }),
  };
}

export const escalate = (reason: string): ScriptLine => ({ calls: [{ tool: 'call_person', args: { reason } }] });

/** The messages of a conversation, as "role: text". */
export async function said(at: TestTimonel, conversation: string): Promise<string[]> {
  const { body } = await at.call<{ messages: { role: string; text: string }[] }>('GET', `/api/v1/conversations/${conversation}`);
  return body.messages.map(({ role, text }) => `${role}: ${text}`);
}
