/** A guard stands between the model and the customer: nothing is sent, or streamed, that it did not pass. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sql } from '../../src/database.ts';
import { type AgentDefinition, defineAgent } from '../../src/index.ts';
import { type Line, scriptedModel } from '../scripted-model.ts';
import { storeKinds } from '../stores.ts';
import { startTimonel, type TestTimonel } from '../timonel.ts';

const hotel = (name: string, extra: Partial<AgentDefinition>): AgentDefinition =>
  defineAgent({
    name,
    version: '1.0.0',
    description: 'Tells prices.',
    prompt: 'You tell prices.',
    guardTimeoutMs: 2_000,
    language: 'en',
    tools: [],
    policy: [],
    guard(reply) {
      if (reply.text.includes('throw')) throw new Error('broken');
      if (reply.text.includes('slow')) return sleep(60_000).then(() => ({ kind: 'pass' as const }));
      if (reply.text.includes('rude')) return { kind: 'template', reply: { text: 'Let me rephrase.' } };
      return reply.text.includes('999') ? { kind: 'retry', finding: '999 is no price of ours' } : { kind: 'pass' };
    },
    ...extra,
  });

/** What the agent below kept of its turns; and whether what its guard waited for was told to stop. */
const kept: unknown[][] = [];
let stopped = false;

/** As an agent of another project writes one: its guard runs what the reply says a program prints. */
const library = defineAgent({
  ...hotel('library', {}),
  guardTimeoutMs: 20_000,
  guardTemplate: ({ text }) => ({ text: `Template for: ${text}` }),
  async guard(reply, { mayRetry }, { query, sandbox, signal, workspaceId }) {
    const { rows } = await query((database) => database.execute<{ one: number }>(sql`SELECT 1 AS one`));
    if (rows[0]?.one !== 1 || workspaceId !== 'default') throw new Error('unexpected');
    // It may look, and no more.
    if (reply.text === 'write') await query((database) => database.execute(sql`CREATE TEMPORARY TABLE library_x (a int)`));
    if (reply.text === 'slow') {
      const run = sandbox.run({ language: 'javascript', files: { 'a.js': 'for (;;);' }, entry: 'a.js' }, '', {
        limits: { wallMs: 500 },
        signal,
      });
      stopped = (await run).verdict === 'timeout';
      throw new Error('too slow');
    }
    const program = { language: 'javascript' as const, files: { 'a.js': 'console.log(6 * 7)' }, entry: 'a.js' };
    const { stdout } = await sandbox.run(program, '', { signal });
    if (reply.text.includes(stdout.trim())) return { kind: 'pass' };
    return { kind: 'retry', finding: mayRetry ? `It prints ${stdout}` : 'Again.' };
  },
  async settled({ reply, verdict }, { query, principal }) {
    await query((database) => database.execute(sql`SELECT 1`));
    kept.push([reply.text, verdict, (await principal())?.kind]);
    throw new Error('What an agent keeps is its own affair.');
  },
});

describe.each(storeKinds)('the guard of replies (%s)', (kind) => {
  let timonel: TestTimonel;
  let script: Line[] = [];
  const model = scriptedModel(() => script.shift() ?? new Error('unexpected model call'));
  beforeAll(async () => {
    const agents = [hotel('hotel', { guardTemplate: { text: 'A colleague will tell you.' } }), hotel('inn', {}), library];
    timonel = await startTimonel(kind, { agents, models: { default: model } });
  });
  afterAll(() => timonel?.close());
  const ask = async (agent: string, lines: Line[]) => {
    script = lines;
    return timonel.say(await timonel.converse(agent), 'How much?');
  };
  const guards = async (runId: string) =>
    (await timonel.timonel.views.steps('default', runId, -1)).flatMap(({ step }) => (step.kind === 'guard' ? [step] : []));

  it('passes a reply', async () => {
    const { run, reply } = await ask('hotel', ['It is 120.']);
    expect(reply.text).toBe('It is 120.');
    expect(await guards(run.id)).toMatchObject([{ verdict: 'pass' }]);
  });

  it('has a reply written once more, and the model hears why', async () => {
    const { run, reply } = await ask('hotel', ['It is 999.', 'It is 120.']);
    expect(reply.text).toBe('It is 120.');
    expect(await guards(run.id)).toMatchObject([
      { verdict: 'retry', finding: '999 is no price of ours', refused: { text: 'It is 999.' } },
      { verdict: 'pass' },
    ]);
    expect(JSON.stringify(model.asked.at(-1)?.prompt)).toContain('999 is no price of ours');
    expect(run.usage.modelCalls).toBe(2);
  });

  it('sends the template after a second finding, or where it says so itself', async () => {
    const { run, reply } = await ask('hotel', ['It is 999.', 'It is 9990.']);
    expect(run.outcome).toBe('replied');
    expect(reply.text).toBe('A colleague will tell you.');
    expect((await ask('hotel', ['Something rude.'])).reply.text).toBe('Let me rephrase.');
    expect((await ask('inn', ['It is 999.', 'It is 999.'])).reply.text).toMatch(/^Sorry/);
  });

  it('sends the template where it throws or takes too long', async () => {
    const { run, reply } = await ask('hotel', ['throw']);
    expect(reply.text).toBe('A colleague will tell you.');
    expect(await guards(run.id)).toMatchObject([{ verdict: 'template', finding: 'The guard failed: broken' }]);
    if (kind === 'embedded') expect((await ask('hotel', ['slow'])).reply.text).toBe('A colleague will tell you.');
  });

  it('holds the stream until a reply passed', async () => {
    script = ['It is 999.', 'It is 120.'];
    const conversation = await timonel.converse('hotel');
    const headers = { accept: 'text/event-stream' };
    const { body } = await timonel.call<string>(
      'POST',
      `/api/v1/conversations/${conversation}/messages`,
      { text: 'And now?' },
      headers,
    );
    expect(body).not.toContain('999');
    expect(body).toContain('event: reply-checked');
    expect(body).toMatch(/event: reply-given\ndata: .*It is 120/);
  });

  it('looks at tables, runs programs; the record is kept once a reply is decided, whatever comes of it', async () => {
    kept.length = 0;
    const { run, reply } = await ask('library', ['It prints 42.']);
    expect(reply.text).toBe('It prints 42.');
    expect(await guards(run.id)).toMatchObject([{ verdict: 'pass' }]);
    expect((await ask('library', ['It prints 41.', 'It prints 40.'])).reply.text).toBe('Template for: How much?');
    expect((await ask('library', ['write'])).reply.text).toBe('Template for: How much?');
    expect((await ask('library', ['slow'])).reply.text).toBe('Template for: How much?');
    expect(stopped).toBe(true);
    expect(kept).toEqual([
      ['It prints 42.', 'pass', 'api-key'],
      ['Template for: How much?', 'template', 'api-key'],
      ['Template for: How much?', 'template', 'api-key'],
      ['Template for: How much?', 'template', 'api-key'],
    ]);
  });
});
