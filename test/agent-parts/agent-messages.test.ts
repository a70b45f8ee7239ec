import { afterAll, describe, expect, it } from 'vitest';
import { defineAgent } from '../../src/index.ts';
import { newWorkspace } from '../new-workspace.ts';
import { type Line, scriptedModel } from '../scripted-model.ts';
import { storeKinds } from '../stores.ts';
import { startTimonel, type TestTimonel } from '../timonel.ts';
import { attempts, crier, outcomes } from './crier.ts';

interface Said {
  messages: {
    turn: number;
    role: string;
    text: string;
    runId: string;
    parts: { artifact: string }[] | null;
    options: string[] | null;
  }[];
}

const other = defineAgent({ ...crier, name: 'other', jobs: [] });
const patient = { timeout: 30_000, interval: 100 };

describe.each(storeKinds)('messages that an agent sends by itself (%s)', (kind) => {
  let timonel: TestTimonel | undefined;
  let script: Line[] = [];
  const model = scriptedModel(() => script.shift() ?? new Error('unexpected model call'));
  const started = async () => (timonel ??= await startTimonel(kind, { agents: [crier, other], models: { default: model } }));
  afterAll(() => timonel?.close());

  const call = async (conversation: string, tool: string, args: object, reply = 'Done.') => {
    const { say } = await started();
    script = [{ calls: [{ tool, args }] }, reply];
    return say(conversation, `Use ${tool}.`);
  };
  const said = async (conversation: string) => {
    const { body } = await (await started()).call<Said>('GET', `/api/v1/conversations/${conversation}`);
    return body.messages;
  };
  const texts = async (conversation: string) =>
    (await said(conversation)).map(({ turn, role, text }) => `${turn} ${role}: ${text}`);
  const plan = (at: string, job: string, payload: object) => call(at, 'plan', { job, payload });

  it('come from a job, are shown in order, and the next turn knows of them', async () => {
    const { converse, say, call: request } = await started();
    const conversation = await converse('crier');
    await plan(conversation, 'announce', { conversation, text: 'The library closes at six.' });
    await expect.poll(() => texts(conversation), patient).toHaveLength(3);
    const sent = (await said(conversation)).at(-1);
    expect(sent).toMatchObject({ turn: 2, role: 'assistant', text: 'The library closes at six.' });
    const run = await request(`GET`, `/api/v1/runs/${sent?.runId}`);
    expect(run.body).toMatchObject({ run: { outcome: 'replied' }, reply: { text: 'The library closes at six.' } });
    const events = await request<string>('GET', `/api/v1/runs/${sent?.runId}/events`);
    expect(events.body).toMatch(/event: reply-given\ndata: .*closes at six[\s\S]*event: run-ended/);
    script = ['At six, as I said.'];
    await say(conversation, 'When?');
    expect(await texts(conversation)).toEqual([
      '1 user: Use plan.',
      '1 assistant: Done.',
      '2 assistant: The library closes at six.',
      '3 user: When?',
      '3 assistant: At six, as I said.',
    ]);
    const prompt = model.asked.at(-1)?.prompt ?? [];
    const shown = prompt.flatMap(({ role, content }) =>
      typeof content === 'string' ? [] : content.flatMap((part) => (part.type === 'text' ? [`${role}: ${part.text}`] : [])),
    );
    const at = shown.indexOf('assistant: The library closes at six.');
    expect(shown[at - 1]).toBe('user: [Nobody wrote. What follows, the agent sent by itself.]');
    expect(shown[at + 1]).toBe('user: When?');
  });

  it('are sent once, however often the job is tried', async () => {
    const { converse } = await started();
    const conversation = await converse('crier');
    await plan(conversation, 'announce', { conversation, text: 'Once.', failures: 1 });
    await expect.poll(() => [...attempts.values()].some((count) => count === 2), patient).toBe(true);
    await plan(conversation, 'announce', { conversation, text: 'After it.' });
    await expect.poll(() => texts(conversation), patient).toContainEqual(expect.stringMatching('After it.'));
    expect((await texts(conversation)).filter((line) => line.endsWith('Once.'))).toHaveLength(1);
    attempts.clear();
  });

  it('are part of the transaction of a tool, and told to those who read along', async () => {
    const { converse, call: request } = await started();
    const conversation = await converse('crier');
    await call(conversation, 'tell_and_fail', { text: 'Never said.' });
    expect(await texts(conversation)).toHaveLength(2);
    script = [{ calls: [{ tool: 'tell', args: { text: 'I look for it.' } }] }, 'Found.'];
    const stream = await request<string>(
      'POST',
      `/api/v1/conversations/${conversation}/messages`,
      { text: 'Find it.' },
      { accept: 'text/event-stream' },
    );
    expect(stream.body).toMatch(/event: message-sent\ndata: {"runId":"[\w-]+","turn":3,"text":"I look for it."}/);
    expect(await texts(conversation)).toEqual([
      '1 user: Use tell_and_fail.',
      '1 assistant: Done.',
      '2 user: Find it.',
      '2 assistant: Found.',
      '3 assistant: I look for it.',
    ]);
    script = ['Yes.'];
    await (await started()).say(conversation, 'Still there?');
    expect((await texts(conversation)).slice(-2)).toEqual(['4 user: Still there?', '4 assistant: Yes.']);
  });

  it('carry files that the job made, in the language of the person', async () => {
    const { converse, call: request, say } = await started();
    const conversation = await converse('crier');
    await plan(conversation, 'hand-over', { conversation });
    await expect.poll(async () => (await said(conversation)).at(-1)?.options, patient).toEqual(['Thanks']);
    const artifact = (await said(conversation)).at(-1)?.parts?.[0]?.artifact;
    const content = await request<string>('GET', `/api/v1/artifacts/${artifact}/content`);
    expect(content.body).toBe('one, two');
    script = ['Hola.'];
    await say(conversation, 'Hola, ¿me avisás cuando llegue el libro?');
    await plan(conversation, 'announce', { conversation });
    await expect.poll(async () => (await said(conversation)).at(-1)?.text, patient).toBe('Tu libro llegó.');
  });

  it('are refused where nobody would read them', async () => {
    const { converse, call: request } = await started();
    const own = await converse('crier');
    const others = await converse('other');
    const closed = await converse('crier');
    await request('POST', `/api/v1/conversations/${closed}/close`);
    const nube = await newWorkspace(await started(), `nube-${kind}`);
    const elsewhere = await request<{ id: string }>('POST', '/api/v1/conversations', { agent: 'crier' }, nube);
    const refused: [string, string, string][] = [
      ['another agent', others, 'conversation_not_found'],
      ['another workspace', elsewhere.body.id, 'conversation_not_found'],
      ['no id', 'nowhere', 'conversation_not_found'],
      ['closed', closed, 'conversation_closed'],
      ['   ', own, 'message_invalid'],
      ['x'.repeat(16_001), own, 'message_invalid'],
    ];
    for (const [text, conversation] of refused) await plan(own, 'announce', { conversation, text });
    await expect.poll(() => outcomes.filter(({ error }) => error !== undefined).length, patient).toBe(refused.length);
    for (const [key, , error] of refused) expect(outcomes).toContainEqual({ key, error });
    expect((await said(own)).filter(({ role, turn }) => role === 'assistant' && turn > refused.length)).toEqual([]);
    outcomes.length = 0;
  });

  it('lets a job start a run, once for a key', async () => {
    const { converse, call: request } = await started();
    const at = await converse('crier');
    await plan(at, 'delegate', { key: `count-${kind}` });
    script = ['There are twelve.'];
    await expect.poll(() => outcomes.length, patient).toBe(1);
    await expect
      .poll(async () => (await request(`GET`, `/api/v1/runs/${outcomes[0]?.runId}`)).body, patient)
      .toMatchObject({ reply: { text: 'There are twelve.' } });
    await plan(at, 'delegate', { key: `count-${kind}` });
    await expect.poll(() => outcomes.length, patient).toBe(2);
    expect(outcomes[1]).toEqual(outcomes[0]);
    outcomes.length = 0;
  });
});
