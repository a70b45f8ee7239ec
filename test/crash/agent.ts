/**
 * The agent of the crash tests. A message is its own script: `"m3: write_row; call_outside+read_slowly"` has the name m3 and makes one call,
 * then two at once, then replies. Every call carries a label made of that name and its place in the script, so that a second execution shows
 * under whichever key it was made. A call may have numbers: `fan_out(4,2)` starts four runs which start two each.
 */
import type { LanguageModelV4, LanguageModelV4CallOptions } from '@ai-sdk/provider';
import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { defineAgent, defineRule, defineTool } from '../../src/index.ts';
import type { AgentDefinition } from '../../src/run/contract.ts';
import type { ToolContext } from '../../src/tools/contract.ts';
import { type Line, scriptedModel } from '../scripted-model.ts';
import type { Points } from './points.ts';

export const tools = ['write_row', 'write_approved', 'call_outside', 'call_outside_blindly', 'read_slowly'] as const;
export type ToolName = (typeof tools)[number];

/** The calls of a message, by label. */
export function callsOf(text: string): { label: string; tool: string }[] {
  const { name, plans } = parse(text);
  return plans.flatMap((plan, step) => plan.map((tool, position) => ({ label: `${name}/${step}.${position}`, tool })));
}

/** What the model answers when the calls of a message are done. `previous` is the message before it in the conversation. */
export function replyTo(text: string, previous: string | undefined): string {
  return `${parse(text).name} is done, after ${previous === undefined ? 'nothing' : parse(previous).name}.`;
}

/** A model whose answers depend on nothing but the prompt. */
export function crashModel(at: Points): LanguageModelV4 {
  return scriptedModel((options) => {
    at.reach('in-model-call');
    return answer(options.prompt);
  });
}

/**
 * @param outsideUrl where the world outside of our database is; see `outside.ts`.
 * @param messages of earlier turns that its model sees.
 */
export function crashAgent(at: Points, outsideUrl: string, messages = 40): AgentDefinition {
  const input = z.object({ label: z.string() });
  const writeRow = async ({ label }: { label: string }, context: ToolContext) => {
    // Any table will do that has a workspace and no unique key of its own: a second execution would show as a second row.
    const id = `${context.newId()}${context.newId()}`;
    await context.query((database) =>
      database.execute(
        sql`INSERT INTO files (id, workspace_id, name, media_type, content) VALUES (${id}, ${context.workspaceId}, ${context.idempotencyKey}, 'text/plain', ${label})`,
      ),
    );
    at.reach('in-effect');
    return { written: label };
  };
  const callOutside = async ({ label }: { label: string }, context: ToolContext) => {
    at.reach('before-outside-effect');
    const answered = await ask(outsideUrl, 'POST', '/effects', { key: context.idempotencyKey, label });
    at.reach('in-outside-effect');
    return answered;
  };
  const common = { description: 'For the crash tests.', input };
  return defineAgent({
    name: 'crash',
    version: '1.0.0',
    description: 'Does what the message says.',
    prompt: 'You do what the message says.',
    memory: { messages },
    tools: [
      defineTool({ ...common, name: 'write_row', effect: 'write', target: 'database', execute: writeRow }),
      defineTool({ ...common, name: 'write_approved', effect: 'write', target: 'database', execute: writeRow }),
      defineTool({
        ...common,
        name: 'call_outside',
        effect: 'write',
        target: 'outside',
        execute: callOutside,
        async reconcile(key, { label }) {
          const { happened } = await ask(outsideUrl, 'POST', '/questions', { key, label, pid: process.pid });
          return happened === true ? { kind: 'happened', output: { called: label } } : { kind: 'did-not-happen' };
        },
      }),
      defineTool({ ...common, name: 'call_outside_blindly', effect: 'write', target: 'outside', execute: callOutside }),
      // Both fail of themselves, at every attempt: no blow of a test is needed.
      defineTool({
        ...common,
        name: 'end_process',
        effect: 'read',
        async execute() {
          process.kill(process.pid, 'SIGKILL');
          await new Promise(() => {});
        },
      }),
      defineTool({
        ...common,
        name: 'fail_store',
        effect: 'write',
        target: 'database',
        async execute() {
          throw Object.assign(new Error('could not extend file "base/5/1": No space left on device'), {
            code: '53100',
            severity: 'ERROR',
          });
        },
      }),
      ...waitingTools(outsideUrl),
      defineTool({
        ...common,
        name: 'read_slowly',
        effect: 'read',
        async execute({ label }, context) {
          at.reach('in-read');
          await new Promise((resolve) => setTimeout(resolve, 300));
          const { rows } = await context.query((database) => database.execute(sql`SELECT count(*)::int AS rows FROM files`));
          return { label, rows: rows[0]?.['rows'] };
        },
      }),
    ],
    policy: [
      defineRule({
        id: 'approved-writes',
        description: 'A person approves them',
        tools: ['write_approved'],
        evaluate: () => ({ kind: 'ask', reason: { es: 'Necesita aprobación.', en: 'Needs an approval.' } }),
      }),
    ],
  });
}

/** Tools whose calls wait. None of them writes: what they lead to shows in the calls after them. */
function waitingTools(outsideUrl: string) {
  const common = { description: 'For the crash tests.', effect: 'read' as const };
  const label = z.object({ label: z.string() });
  const waitForAnswer = async ({ label }: { label: string }, context: ToolContext, until?: Date) => {
    const token = await context.completionToken(until === undefined ? {} : { until });
    await ask(outsideUrl, 'POST', '/tokens', { key: token, label });
    return { label, answer: await context.completion() };
  };
  return [
    defineTool({
      ...common,
      name: 'wait_for_answer',
      input: label,
      background: true,
      execute: (input, context) => waitForAnswer(input, context),
    }),
    defineTool({
      ...common,
      name: 'wait_briefly',
      input: label,
      background: true,
      execute: (input, context) => waitForAnswer(input, context, new Date(context.now().getTime() + 2_000)),
    }),
    defineTool({
      ...common,
      name: 'nap',
      input: label,
      async execute({ label }, context) {
        await context.sleepUntil(new Date(context.now().getTime() + 2_000));
        return { label };
      },
    }),
    defineTool({
      ...common,
      name: 'fan_out',
      input: label.extend({ numbers: z.array(z.number()) }),
      async execute({ label, numbers: [count = 1, ...rest] }, context) {
        // With naps, so that a family lives long enough to be killed more than once.
        const script = rest.length === 0 ? 'read_slowly; nap; write_row' : `write_row; nap; fan_out(${rest.join(',')}); write_row`;
        const ids: string[] = [];
        for (let child = 0; child < count; child++)
          ids.push(await context.runs.start({ agent: 'crash', input: `${label}-${child}: ${script}`, key: `${label}-${child}` }));
        const results = await context.runs.join(ids);
        return { label, replies: results.map(({ reply }) => reply?.text ?? null) };
      },
    }),
  ];
}

function answer(prompt: LanguageModelV4CallOptions['prompt']): Line {
  if (String(prompt[0]?.content).startsWith('Summarise')) return 'They did what the messages said.';
  const said = prompt.flatMap((message, index) => {
    if (message.role !== 'user') return [];
    // Without the notes and records that Timonel puts around a message.
    return [
      {
        index,
        text: message.content.flatMap((part) => (part.type === 'text' && !part.text.startsWith('[') ? [part.text] : [])).join(''),
      },
    ];
  });
  const current = said.at(-1);
  if (current === undefined) throw new Error('The prompt has no message of a user.');
  const { name, plans } = parse(current.text);
  const step = prompt.slice(current.index).filter(({ role }) => role === 'tool').length;
  const plan = plans[step];
  if (plan === undefined) return replyTo(current.text, said.at(-2)?.text);
  return {
    calls: plan.map((call, position) => {
      const [, tool = '', numbers] = /^(\w+)(?:\(([\d,]+)\))?$/.exec(call) ?? [];
      const args = {
        label: `${name}/${step}.${position}`,
        ...(numbers === undefined ? {} : { numbers: numbers.split(',').map(Number) }),
      };
      return { tool, args };
    }),
  };
}

function parse(text: string): { name: string; plans: string[][] } {
  const [name = '', script = ''] = text.split(': ');
  return { name, plans: script === '' ? [] : script.split('; ').map((plan) => plan.split('+')) };
}

async function ask(url: string, method: string, path: string, body: object): Promise<Record<string, unknown>> {
  const response = await fetch(`${url}${path}`, {
    method,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return (await response.json()) as Record<string, unknown>;
}
