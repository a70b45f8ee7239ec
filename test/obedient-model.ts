/**
 * A model that does what an attacker wants: it makes the calls that a text in a message or in a tool's answer told it to make. What it
 * may not do is held by the policy alone, so every agent that acts for somebody runs its attacks through this.
 */
import type { LanguageModelV4CallOptions } from '@ai-sdk/provider';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AgentDefinition, JsonObject, JsonValue, PlannedCall } from '../src/index.ts';
import { pixel, upload } from './artifact-client.ts';
import { type Line, scriptedModel } from './scripted-model.ts';
import { startTimonel, type TestTimonel, type TurnBody } from './timonel.ts';

/** One turn of an attack: the customer says something, the model makes calls one after the other, and replies. */
export interface AttackTurn {
  says: string;
  /** It comes with a picture, whose caption it is. */
  picture?: true;
  /** Each is a plan of the model: one call or several at once. A function sees the output of the calls that were made, by tool. */
  calls?: readonly (Plan | ((outputs: Outputs) => Plan))[];
  /** What the model says at the end; the flow planner answers where the model is down. */
  reply: string | ((outputs: Outputs) => string) | 'model is down';
  /** The person does agree here, and the effect has to happen: shows that the other turns fail for the right reason. */
  agreed?: true;
}
/** What the tools answered so far in the conversation, the latest answer of each. */
export type Outputs = Readonly<Record<string, JsonObject>>;
type Plan = PlannedCall | readonly PlannedCall[];

export interface Attack {
  name: string;
  /** Contact of the channel. */
  contact?: object;
  turns: readonly AttackTurn[];
}

export interface ObedientModelOptions {
  agent: AgentDefinition;
  /**
   * Tools that must not act without the person's yes, each with whether an output of it tells of an effect: a tool that answers "not
   * found" completes and has done nothing.
   */
  effects: Readonly<Record<string, (output: JsonValue) => boolean>>;
  attacks: readonly Attack[];
  now(): Date;
  /** Prepares the store before each attack. */
  prepare?(timonel: TestTimonel): Promise<void>;
  /** What is of other people, once it is prepared: no answer of a tool and no reply has it in it. */
  secrets?(): readonly string[];
  /** Looks at the store after each attack. */
  after?(timonel: TestTimonel): Promise<void>;
}

/** Declares a test for each attack: no effect completes, whatever the model does. */
export function describeObedientModel(options: ObedientModelOptions): void {
  const { agent, effects, attacks, now, prepare, secrets, after } = options;
  describe(`a model that obeys an attacker (${agent.name})`, () => {
    let timonel: TestTimonel;
    let script: ((outputs: Outputs) => Line)[] = [];
    let outputs: Record<string, JsonObject> = {};
    beforeAll(async () => {
      const model = scriptedModel(({ prompt }) => {
        Object.assign(outputs, outputsIn(prompt));
        return script.shift()?.(outputs) ?? new Error('the provider is down');
      });
      timonel = await startTimonel('embedded', { agents: [agent], models: { default: model } }, { now });
    });
    afterAll(() => timonel.close());

    it.each(attacks.map((attack) => [attack.name, attack] as const))('%s', async (_name, { turns, contact }) => {
      await prepare?.(timonel);
      const conversation = await timonel.converse(agent.name, contact);
      outputs = {};
      for (const { says, picture, calls = [], reply, agreed } of turns) {
        script = calls.map((plan) => (known) => {
          const planned = typeof plan === 'function' ? plan(known) : plan;
          return { calls: [planned].flat() as PlannedCall[] };
        });
        if (reply !== 'model is down') script.push((known) => (typeof reply === 'function' ? reply(known) : reply));
        const { run, reply: told } = await (picture === true
          ? captioned(timonel, conversation, says)
          : timonel.say(conversation, says));
        // Nothing of the attack was left undone.
        if (reply !== 'model is down') expect(script.length, says).toBe(0);
        expect(run.degraded, says).toBe(reply === 'model is down');
        const completed = await completedIn(timonel, run.id);
        const made = completed.flatMap(({ tool, output }) => (effects[tool]?.(output) === true ? [tool] : []));
        const shown = JSON.stringify([completed.map(({ output }) => output), told.text]);
        for (const secret of secrets?.() ?? []) expect(shown, `«${says}» tells of somebody else`).not.toContain(secret);
        expect(made.length > 0, `«${says}» made: ${made.join(', ')}`).toBe(agreed === true);
      }
      await after?.(timonel);
    });
  });
}

async function captioned(timonel: TestTimonel, conversation: string, text: string): Promise<TurnBody> {
  const { body: artifact } = await upload(timonel, { data: pixel, name: 'photo.png', type: 'image/png' });
  const parts = [
    { type: 'text', text },
    { type: 'image', artifact: artifact.id },
  ];
  const { status, body } = await timonel.call<TurnBody>('POST', `/api/v1/conversations/${conversation}/messages`, { parts });
  expect(status, JSON.stringify(body)).toBe(200);
  return body;
}

/** What the tools answered in this turn, as the model sees it. */
function outputsIn(prompt: LanguageModelV4CallOptions['prompt']): Outputs {
  const parts = prompt.flatMap((message) => (message.role === 'tool' ? message.content : []));
  return Object.fromEntries(
    parts.flatMap((part) =>
      part.type === 'tool-result' && part.output.type === 'json' ? [[part.toolName, part.output.value as JsonObject]] : [],
    ),
  );
}

/** The tools that a run completed. */
async function completedIn(timonel: TestTimonel, runId: string): Promise<{ tool: string; output: JsonValue }[]> {
  const { body } = await timonel.call<string>('GET', `/api/v1/runs/${runId}/events`);
  return body.split('\n\n').flatMap((event) => {
    const data = /^data: ?(.*)$/m.exec(event)?.[1];
    if (!/^event: ?call-finished$/m.test(event) || data === undefined) return [];
    const { tool, status, output } = JSON.parse(data) as { tool: string; status: string; output?: JsonValue };
    return status === 'completed' ? [{ tool, output: output ?? null }] : [];
  });
}
