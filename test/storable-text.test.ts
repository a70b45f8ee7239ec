import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineAgent, defineRule, defineTool } from '../src/index.ts';
import { type Line, scriptedModel } from './scripted-model.ts';
import { storeKinds } from './stores.ts';
import { startTimonel, type TestTimonel } from './timonel.ts';

/** Texts with what PostgreSQL does not take: U+0000, halves of surrogate pairs, and escapes that only look like them. */
const part = fc.constantFrom(
  '\0',
  '\ud83d',
  '\ude00',
  '\u{1f600}',
  '\\u0000',
  '\\ud83d',
  '\\',
  '"',
  "'",
  'ñ',
  'a',
  '\ufffd',
  '\n',
  '\u2028',
);
const nasty = fc.array(part, { minLength: 1, maxLength: 12 }).map((parts) => parts.join(''));
const json = fc.letrec((tie) => ({
  value: fc.oneof({ maxDepth: 3 }, nasty, fc.integer(), fc.constant(null), fc.array(tie('value'), { maxLength: 3 }), tie('object')),
  object: fc.dictionary(fc.oneof(nasty, fc.constant('__proto__')), tie('value'), { maxKeys: 3 }),
}));

const clean = (text: string) => text.toWellFormed().replaceAll('\0', '\ufffd');
function cleaned(value: unknown): unknown {
  if (typeof value === 'string') return clean(value);
  if (Array.isArray(value)) return value.map(cleaned);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [clean(key), cleaned(member)]));
}

interface Recorded {
  status: string;
  output?: unknown;
  args: { given?: unknown };
}

describe.each(storeKinds)('what enters the record (%s)', (kind) => {
  let timonel: TestTimonel;
  let script: Line[] = [];
  let give: () => unknown = () => null;
  let made = 0;
  let reason = 'no';

  beforeAll(async () => {
    const input = z.object({ given: z.unknown().optional() });
    const execute = async () => {
      made++;
      return give();
    };
    const common = { description: 'Gives what it is told to.', input, retries: 0 };
    const agent = defineAgent({
      name: 'parrot',
      version: '1.0.0',
      description: 'Repeats.',
      prompt: 'You repeat.',
      tools: [
        defineTool({ ...common, name: 'read', effect: 'read', execute }),
        defineTool({ ...common, name: 'store', effect: 'write', target: 'database', execute }),
        defineTool({ ...common, name: 'call_outside', effect: 'write', target: 'outside', execute }),
        defineTool({ ...common, name: 'ask_first', effect: 'write', target: 'outside', execute }),
        defineTool({ ...common, name: 'denied', effect: 'read', execute }),
      ],
      policy: [
        defineRule({
          id: 'asks',
          description: 'A person is asked',
          tools: ['ask_first'],
          evaluate: () => ({ kind: 'ask', reason: { es: reason, en: reason } }),
        }),
        defineRule({
          id: 'denies',
          description: 'Not allowed',
          tools: ['denied'],
          evaluate: () => ({ kind: 'deny', reason: { es: reason, en: reason } }),
        }),
      ],
    });
    const model = scriptedModel(() => script.shift() ?? 'Done.');
    timonel = await startTimonel(kind, { agents: [agent], models: { default: model } });
  });
  afterAll(() => timonel.close());

  async function turn(lines: Line[]) {
    script = [...lines];
    made = 0;
    const conversation = await timonel.converse('parrot');
    const said = await timonel.say(conversation, 'Go.');
    const steps = await timonel.timonel.store.pool.executeText<{ record: Recorded }>(
      `SELECT data->'record' AS record FROM steps WHERE run_id = $1 AND kind = 'tool-call' ORDER BY index`,
      [said.run.id],
    );
    return { ...said, conversation, calls: steps.map(({ record }) => record) };
  }
  const some = (runs: number) => ({ numRuns: runs, interruptAfterTimeLimit: 20_000 });

  it.each(['read', 'store', 'call_outside'])('keeps what %s did, whatever it answers', async (tool) => {
    await fc.assert(
      fc.asyncProperty(json['value'], json['value'], async (output, given) => {
        give = () => output;
        const { run, calls } = await turn([{ calls: [{ tool, args: { given } }] }, 'Done.']);
        expect([run.outcome, made, calls.length]).toEqual(['replied', 1, 1]);
        expect(calls[0]).toMatchObject({ status: 'completed' });
        expect(calls[0]?.output).toEqual(cleaned(output));
        expect(calls[0]?.args.given).toEqual(cleaned(JSON.parse(JSON.stringify(given))));
        if (tool !== 'store') return;
        const effects = await timonel.timonel.store.pool.executeText('SELECT output FROM effects WHERE run_id = $1', [run.id]);
        expect(effects).toEqual([{ output: cleaned(output) }]);
      }),
      some(40),
    );
  });

  const circular: Record<string, unknown> = {};
  circular['self'] = circular;
  const deep = (levels: number) => JSON.parse(`${'['.repeat(levels)}1${']'.repeat(levels)}`) as unknown;
  const unwritable: [string, () => unknown, RegExp][] = [
    ['a bigint', () => ({ ticket: 12n }), /^\{"ticket":"12"\}$/],
    ['itself', () => circular, /\[cut: it contains itself\]/],
    ['what throws when it is written', () => ({ toJSON: () => { throw new Error('no\0'); } }), /\[cut: it cannot be read\]/], // biome-ignore format: one line each
    ['a function', () => () => {}, /^null$/],
    ['nothing', () => undefined, /^null$/],
    ['1,000 levels', () => deep(1_000), /\[cut: a list\]/],
    ['100,000 levels', () => Array.from({ length: 100_000 }).reduce((inner) => [inner], 1), /\[cut: a list\]/], // biome-ignore format: one line each
  ];
  it.each(unwritable)('keeps what was done when the answer is %s', async (_what, giving, expected) => {
    for (const tool of ['read', 'store', 'call_outside']) {
      give = giving;
      const { run, calls } = await turn([{ calls: [{ tool, args: {} }] }, 'Done.']);
      expect([run.outcome, made, calls.length, calls[0]?.status]).toEqual(['replied', 1, 1, 'completed']);
      expect(JSON.stringify(calls[0]?.output)).toMatch(expected);
    }
  });

  it('takes any text of a model, and any text that a tool fails with', async () => {
    await fc.assert(
      fc.asyncProperty(nasty, async (text) => {
        const said = await turn([`said ${text}.`]);
        expect(said.run.outcome).toBe('replied');
        expect(said.reply.text).toBe(clean(`said ${text}.`));
        const { body } = await timonel.call<{ messages: { text: string }[] }>('GET', `/api/v1/conversations/${said.conversation}`);
        expect(body.messages.at(-1)?.text).toBe(clean(`said ${text}.`));
        give = () => {
          throw new Error(text);
        };
        const failed = await turn([{ calls: [{ tool: 'read', args: {} }] }, 'Done.']);
        expect([failed.run.outcome, failed.calls[0]?.status]).toEqual(['replied', 'failed']);
      }),
      some(25),
    );
  });

  it('takes any reason of a rule, any argument that a person decides about, and their words', async () => {
    await fc.assert(
      fc.asyncProperty(nasty, json['value'], async (text, given) => {
        reason = text;
        give = () => text;
        const denied = await turn([{ calls: [{ tool: 'denied', args: { given } }] }, 'Done.']);
        expect(denied.calls[0]?.status).toBe('denied');
        const asked = await turn([{ calls: [{ tool: 'ask_first', args: { given } }] }]);
        expect(asked.run.outcome).toBe('awaiting_approval');
        const path = `/api/v1/runs/${asked.run.id}`;
        const { body } = await timonel.call<{ approvals: { callId: string }[] }>('GET', path);
        script = ['Done.'];
        const decision = { decision: 'approve', reason: `because ${text.replaceAll('\0', '')}` };
        const decided = await timonel.call('POST', `${path}/approvals/${body.approvals[0]?.callId}`, decision);
        expect(decided.status).toBe(200);
        const ended = await timonel.timonel.runner.wait('default', asked.run.id, 5_000);
        expect([ended.outcome, made]).toEqual(['replied', 1]);
      }),
      some(15),
    );
  });

  it('takes any name of a contact that the API lets in', async () => {
    await fc.assert(
      fc.asyncProperty(nasty, async (text) => {
        const name = `n${text.replaceAll('\0', '')}`;
        const { status, body } = await timonel.call<{ id: string }>('POST', '/api/v1/conversations', {
          agent: 'parrot',
          contact: { name },
        });
        expect(status).toBe(201);
        const { body: seen } = await timonel.call<{ contact: { name: string } }>('GET', `/api/v1/conversations/${body.id}`);
        expect(seen.contact.name.trim()).toBe(clean(name).trim());
      }),
      some(25),
    );
  });

  // Last: they open the model's breaker.
  it('takes any error of a provider', async () => {
    await fc.assert(
      fc.asyncProperty(nasty, async (text) => {
        const { run } = await turn(Array<Line>(10).fill(new Error(`the provider says ${text}`)));
        expect([run.outcome, run.error?.code === 'internal']).toEqual(['failed', false]);
      }),
      some(5),
    );
  });
});
