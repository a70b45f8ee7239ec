/** Calls that wait: for a time, for an answer from outside, for a person. The run goes on once, with what was answered. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { storeKinds } from '../stores.ts';
import { startTimonel, type TestTimonel, type TurnBody } from '../timonel.ts';
import { deskModel, patient, runOf, waitingDesk } from './desk.ts';

describe.each(storeKinds)('a call that waits (%s)', (kind) => {
  let timonel: TestTimonel;
  let ahead = 0;
  const desk = waitingDesk();
  beforeAll(async () => {
    timonel = await startTimonel(
      kind,
      { agents: [desk.agent], models: { default: deskModel } },
      { now: () => new Date(Date.now() + ahead) },
    );
  });
  afterAll(() => timonel?.close());
  beforeEach(() => {
    desk.did.length = 0;
    desk.tokens.length = 0;
  });

  /** Sends a message without waiting for the reply: the run's view as soon as it waits. */
  const begin = async (plans: unknown, conversation?: string) => {
    const place = conversation ?? (await timonel.converse('desk'));
    const said = timonel.say(place, typeof plans === 'string' ? plans : JSON.stringify(plans));
    const runId = await runOf(timonel, place);
    await expect.poll(async () => (await view(runId)).run.status, patient).toBe('waiting');
    return { said, runId, conversation: place };
  };
  const view = async (runId: string) => (await timonel.call<TurnBody>('GET', `/api/v1/runs/${runId}`)).body;

  it('for a time goes on when it has come, made again from its start', async () => {
    const { said, runId, conversation } = await begin([[['nap', { minutes: 3 }]]]);
    expect((await view(runId)).run).toMatchObject({ outcome: 'awaiting_answer', waitingFor: ['timer'] });
    expect((await view(runId)).reply.text).toMatch(/en eso|working on it/);
    // The conversation is free meanwhile.
    expect((await timonel.say(conversation, 'Hi')).reply.text).toBe('Hi');
    expect(desk.did).toEqual(['nap']);
    ahead += 3 * 60_000 + 1_000;
    const { run, reply } = await said;
    expect(run.outcome).toBe('replied');
    expect(reply.text).toContain('"slept":3');
    expect(desk.did).toEqual(['nap', 'nap', 'awake']);
  });

  it('for an answer from outside takes it once, by its token', async () => {
    const { said, runId } = await begin([[['print', { what: 'A' }]]]);
    expect((await view(runId)).run.waitingFor).toEqual(['token']);
    const [token = ''] = desk.tokens;
    const complete = (body: object, which = token) => timonel.call('POST', `/api/v1/completion-tokens/${which}`, body);
    expect(await complete({})).toMatchObject({ status: 400 });
    expect(await complete({ output: 1 }, 'x'.repeat(43))).toMatchObject({ status: 404, body: { code: 'completion_not_found' } });
    const [one, two] = await Promise.all([complete({ output: { pages: 2 } }), complete({ output: { pages: 3 } })]);
    expect([one.status, two.status].sort()).toEqual([204, 409]);
    const { run, reply } = await said;
    expect(run.outcome).toBe('replied');
    expect(reply.text).toMatch(/"printed":"A","done":\{"kind":"completed","output":\{"pages":[23]\}\}/);
    // Handed out anew by the second attempt, and the same.
    expect(new Set(desk.tokens)).toEqual(new Set([token]));
    expect(await complete({ output: 4 })).toMatchObject({ status: 409, body: { code: 'completion_used' } });
  });

  it('hears of an error from outside, and of a token that expired', async () => {
    const failed = await begin([[['print', { what: 'B' }]]]);
    await timonel.call('POST', `/api/v1/completion-tokens/${desk.tokens[0]}`, { error: 'paper jam' });
    expect((await failed.said).reply.text).toContain('{"kind":"failed","error":"paper jam"}');
    const late = await begin([[['print', { what: 'C' }]]]);
    const token = desk.tokens.at(-1);
    ahead += 25 * 3_600_000;
    expect(await timonel.call('POST', `/api/v1/completion-tokens/${token}`, { output: 1 })).toMatchObject({
      status: 410,
      body: { code: 'completion_expired' },
    });
    expect((await late.said).reply.text).toContain('{"kind":"expired"}');
  });

  it('goes on when the last of several answers is there', async () => {
    const { said, runId } = await begin([
      [
        ['print', { what: 'D' }],
        ['nap', { minutes: 1 }],
        ['ask_first', {}],
      ],
    ]);
    expect((await view(runId)).run).toMatchObject({ outcome: 'awaiting_approval', waitingFor: ['approval', 'token', 'timer'] });
    expect((await said).run.outcome).toBe('awaiting_approval');
    await timonel.call('POST', `/api/v1/completion-tokens/${desk.tokens[0]}`, { output: 'ok' });
    const decided = await timonel.call('POST', `/api/v1/runs/${runId}/approvals/0.2`, { decision: 'approve' });
    expect(decided).toMatchObject({ status: 200, body: { resumed: false } });
    expect((await view(runId)).run.status).toBe('waiting');
    ahead += 61_000;
    await expect.poll(async () => (await view(runId)).run.outcome, patient).toBe('replied');
    expect((await view(runId)).reply.text).toMatch(/"printed":"D".*"slept":1.*"done":true/);
    expect(desk.did.filter((what) => what === 'awake')).toHaveLength(1);
  });

  it('is refused within a transaction, with what would work', async () => {
    const { reply } = await timonel.say(await timonel.converse('desk'), JSON.stringify([[['write_and_wait', {}]]]));
    expect(reply.text).toContain("target: 'database' and cannot wait");
  });

  it('is cancelled with its run, and its token with it', async () => {
    const { said, runId } = await begin([[['print', { what: 'E' }]]]);
    expect(await timonel.call('POST', `/api/v1/runs/${runId}/cancel`)).toMatchObject({ status: 200 });
    expect((await said).run.outcome).toBe('cancelled');
    const completed = await timonel.call('POST', `/api/v1/completion-tokens/${desk.tokens[0]}`, { output: 1 });
    expect(completed).toMatchObject({ status: 410 });
  });

  it('shows what it is doing to those who read along', async () => {
    const conversation = await timonel.converse('desk');
    const reading = timonel.call<string>(
      'POST',
      `/api/v1/conversations/${conversation}/messages`,
      { text: JSON.stringify([[['nap', { minutes: 1 }]]]) },
      { accept: 'text/event-stream' },
    );
    await expect.poll(() => desk.did, patient).toEqual(['nap']);
    const runId = await runOf(timonel, conversation);
    await expect.poll(async () => (await view(runId)).run.status, patient).toBe('waiting');
    ahead += 61_000;
    const { body } = await reading;
    expect(body).toContain('event: call-progressed\ndata: {"callId":"0.0","tool":"nap","chunk":{"minutes":1}}');
    // The stream goes on while the run waits, and after it.
    expect(body.match(/event: call-progressed/g)).toHaveLength(4);
    expect(body).toMatch(/event: run-ended\ndata: .*"outcome":"replied"/);
  });
});
