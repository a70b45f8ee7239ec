/** Agents before a provider that fails: the person gets one whole answer, whichever way they ask, or what the flow planner has to say. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { defineAgent } from '../src/index.ts';
import { canonicalAnswer } from './faulty-provider/answer.ts';
import type { BehaviourName } from './faulty-provider/faults.ts';
import { type FaultyGateway, startFaultyGateway, timeoutsOf } from './gateway-faults/gateway.ts';
import { callModel } from './model-caller.ts';

const healed = [
  'ok',
  'bytewise',
  'cut',
  'cut-once',
  'stalls',
  'reset-once',
  'error-event-first',
  'error-event-later',
  'truncated-json',
  'malformed-chunk',
  'html',
  'unavailable',
  'silent',
  'thinking-cut-once',
] as const satisfies BehaviourName[];
const hopeless = [
  'unavailable',
  'error-event-first',
  'content-filter',
  'cut',
  'error-event-later',
] as const satisfies BehaviourName[];

const agentOf = (name: string) =>
  defineAgent({
    name,
    version: '1.0.0',
    description: 'Says what its model says.',
    prompt: 'You talk about gateways.',
    model: `route-${name}`,
    tools: [],
    policy: [],
  });
const target = (model: string) => ({ model: `configured/${model}` });

let gateway: FaultyGateway;
beforeAll(async () => {
  const routes = [
    ...healed.map(
      (name) =>
        [
          `route-pair-${name}`,
          { targets: [target(`${name}-for-pair`), target(`ok-for-${name}`)], timeouts: timeoutsOf(name) },
        ] as const,
    ),
    ...hopeless.map(
      (name) => [`route-alone-${name}`, { targets: [target(`${name}-for-alone`)], timeouts: timeoutsOf(name) }] as const,
    ),
  ];
  const agents = [...healed.map((name) => agentOf(`pair-${name}`)), ...hopeless.map((name) => agentOf(`alone-${name}`))];
  gateway = await startFaultyGateway(Object.fromEntries(routes), agents);
});
afterAll(() => gateway.close());

/** Every way to say something to an agent. */
async function replies(agent: string): Promise<Record<string, string>> {
  const { timonel, url } = gateway;
  const ways = (['openai', 'anthropic'] as const).flatMap((protocol) => [true, false].map((stream) => ({ protocol, stream })));
  const given = ways.map(async ({ protocol, stream }) => {
    const called = await callModel({ url, key: timonel.apiKey, model: agent, protocol, stream });
    expect(called).toMatchObject({ outcome: 'success', done: true, misplaced: 0 });
    return [`${protocol} ${stream ? 'stream' : 'whole'}`, called.text] as const;
  });
  const said = await timonel.say(await timonel.converse(agent), 'When does a gateway earn trust?');
  return { ...Object.fromEntries(await Promise.all(given)), conversation: said.reply.text };
}

describe('an agent on a route with a healthy second model', () => {
  it.concurrent.each(healed)('answers whole, and once: %s', async (name) => {
    const given = await replies(`pair-${name}`);
    expect(given).toEqual(Object.fromEntries(Object.keys(given).map((way) => [way, canonicalAnswer])));
  });
});

describe('an agent whose only model fails', () => {
  it.concurrent.each(hopeless)(
    'says what it can without one, and does not go on in the middle of a broken answer: %s',
    async (name) => {
      const { conversation: reply = '', ...others } = await replies(`alone-${name}`);
      expect(reply).not.toBe('');
      expect(reply.slice(0, 10)).not.toBe(canonicalAnswer.slice(0, 10));
      for (const [way, text] of Object.entries(others)) {
        expect(text.endsWith(reply), `${way}: ${text}`).toBe(true);
        // What was written live before the model broke off stays where it is; the reply stands by itself.
        const before = text.slice(0, -reply.length);
        const begun = before.replace(/\n\n$/, '');
        expect(
          begun === '' || (way.endsWith('stream') && before.endsWith('\n\n') && canonicalAnswer.startsWith(begun)),
          `${way}: ${text}`,
        ).toBe(true);
      }
    },
  );
});
