/** Writes of one plan are made one after the other, each stored before the next; reads side by side. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineAgent, defineRule, defineTool } from '../src/index.ts';
import { type Line, scriptedModel } from './scripted-model.ts';
import { storeKinds } from './stores.ts';
import { startTimonel, type TestTimonel } from './timonel.ts';

/** What began and ended, in order. */
let events: string[] = [];
let allowed = true;
const input = z.object({ on: z.string() });
const work = async (name: string) => {
  events.push(`+${name}`);
  await sleep(30);
  events.push(`-${name}`);
  return {};
};
const write = (name: string, more: object = {}) =>
  defineTool({ name, description: '', input, effect: 'write', target: 'outside', execute: ({ on }) => work(on), ...more });
const tools = [
  write('change'),
  write('edit', { serial: ({ on }: { on: string }) => on.slice(0, 1) }),
  write('remove', { serial: ({ on }: { on: string }) => on.slice(0, 1) }),
  write('odd', {
    serial: () => {
      throw new Error('no key');
    },
  }),
  defineTool({ name: 'look', description: '', input, effect: 'read', execute: ({ on }) => work(on) }),
  defineTool({ name: 'look_alone', description: '', input, effect: 'read', serial: true, execute: ({ on }) => work(on) }),
];
const asks = defineRule({
  id: 'asks',
  description: '',
  tools: ['change', 'edit'],
  evaluate: ({ args }) => {
    if (String(args['on']).startsWith('ask')) return { kind: 'ask', reason: { es: 'Falta.', en: 'Needed.' } };
    return allowed ? undefined : { kind: 'deny', reason: { es: 'Ya no.', en: 'Not any more.' } };
  },
});
const agent = defineAgent({ name: 'worker', version: '1.0.0', description: '', prompt: '', tools, policy: [asks] });

describe.each(storeKinds)('calls of one plan (%s)', (kind) => {
  let timonel: TestTimonel;
  let script: Line[] = [];
  const model = scriptedModel(() => script.shift() ?? 'Listo.');
  beforeAll(async () => {
    timonel = await startTimonel(kind, { agents: [agent], models: { default: model } });
  });
  beforeEach(() => {
    events = [];
    allowed = true;
  });
  afterAll(() => timonel.close());
  const plan = (...calls: string[]): Line => ({
    calls: calls.map((each) => {
      const [tool = '', on = ''] = each.split(' ');
      return { tool, args: { on } };
    }),
  });
  const say = async (...calls: string[]) => {
    script = [plan(...calls), 'Listo.'];
    return timonel.say(await timonel.converse('worker'), 'Dale');
  };

  it.each([
    [['change a', 'change b', 'change c'], '+a -a +b -b +c -c'],
    [['look a', 'look b'], '+a +b -a -b'],
    [['look a', 'change b', 'look c', 'change d'], '+a +b +c -a -b -c +d -d'],
    [['edit a1', 'edit b1', 'edit a2'], '+a1 +b1 -a1 -b1 +a2 -a2'],
    [['edit a1', 'remove a2', 'remove b1'], '+a1 +b1 -a1 -b1 +a2 -a2'],
    [['edit a1', 'change x', 'edit a2'], '+a1 -a1 +x -x +a2 -a2'],
    [['odd a', 'odd b'], '+a -a +b -b'],
    [['look_alone a', 'change b', 'look_alone c'], '+a -a +b -b +c -c'],
  ])('are made in an order that their tools allow: %j', async (calls, order) => {
    expect((await say(...calls)).run.outcome).toBe('replied');
    expect(events.join(' ')).toBe(order);
  });

  it('are each stored before the next one of their order starts', async () => {
    const { run } = await say('change a', 'change b', 'look c');
    const { body } = await timonel.call<string>('GET', `/api/v1/runs/${run.id}/events`);
    const finished = [...body.matchAll(/"callId":"(0\.\d)"[^\n]*"status"|"status"[^\n]*"callId":"(0\.\d)"/g)].map(
      ([, one, other]) => one ?? other,
    );
    expect(new Set(finished)).toEqual(new Set(['0.0', '0.1', '0.2']));
    expect(finished.indexOf('0.0')).toBeLessThan(finished.indexOf('0.1'));
  });

  describe('where one of them waits for a person', () => {
    type Asked = { approvals: { callId: string }[]; run: { id: string } };
    const decide = async ({ approvals, run }: Asked, decision: 'approve' | 'reject') => {
      for (const { callId } of approvals)
        expect((await timonel.call('POST', `/api/v1/runs/${run.id}/approvals/${callId}`, { decision })).status).toBe(200);
      await expect
        .poll(async () => (await timonel.call('GET', `/api/v1/runs/${run.id}`)).body, { timeout: 20_000 })
        .toMatchObject({ run: { status: 'finished' } });
    };
    const suspended = async (...calls: string[]): Promise<Asked> => {
      const { run } = await say(...calls);
      expect(run.outcome).toBe('awaiting_approval');
      const { body } = await timonel.call<{ approvals: { callId: string; status: string }[] }>('GET', `/api/v1/runs/${run.id}`);
      return { approvals: body.approvals, run };
    };

    it('the writes before it are made, those after it wait, and are made in order', async () => {
      const asked = await suspended('change a', 'change ask-b', 'change c', 'look d');
      expect(asked.approvals.map(({ callId }) => callId)).toEqual(['0.1']);
      // What was before it holds nothing back but what is made; what was after it waits.
      expect(events.join(' ')).toBe('+a +d -a -d');
      await decide(asked, 'approve');
      expect(events.join(' ')).toBe('+a +d -a -d +ask-b -ask-b +c -c');
    });

    it('all that need a person are asked for at once', async () => {
      const asked = await suspended('change ask-a', 'change b', 'change ask-c');
      expect(asked.approvals.map(({ callId }) => callId)).toEqual(['0.0', '0.2']);
      expect(events).toEqual([]);
      await decide(asked, 'approve');
      expect(events.join(' ')).toBe('+ask-a -ask-a +b -b +ask-c -ask-c');
    });

    it('a refusal stops that one only', async () => {
      const asked = await suspended('change ask-a', 'change b');
      await decide(asked, 'reject');
      expect(events.join(' ')).toBe('+b -b');
    });

    it('the rules decide again about those that waited', async () => {
      const asked = await suspended('change ask-a', 'change b');
      allowed = false;
      await decide(asked, 'approve');
      expect(events.join(' ')).toBe('+ask-a -ask-a');
    });
  });
});
