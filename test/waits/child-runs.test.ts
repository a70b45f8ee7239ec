/** Runs that a run starts and joins: values for it, whatever becomes of them; within its limits; gone with it. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { storeKinds } from '../stores.ts';
import { startTimonel, type TestTimonel, type TurnBody } from '../timonel.ts';
import { deskModel, patient, runOf, waitingDesk } from './desk.ts';

const delegate = (args: object) => JSON.stringify([[['delegate', args]]]);

describe.each(storeKinds)('runs that a run starts (%s)', (kind) => {
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
    desk.joined.length = 0;
    desk.did.length = 0;
  });
  const ask = async (text: string) => timonel.say(await timonel.converse('desk'), text);
  const view = async (runId: string, query = '') => (await timonel.call<TurnBody>('GET', `/api/v1/runs/${runId}${query}`)).body;
  const sql = <T>(text: string, values: unknown[] = []) => timonel.timonel.store.pool.executeText<T>(text, values);
  const childrenOf = async (runId: string) =>
    sql<{ id: string; status: string }>('SELECT id, status FROM runs WHERE parent_run = $1 ORDER BY created_at, id', [runId]);
  /** Sends a message without waiting for the reply. */
  const begin = async (text: string) => {
    const conversation = await timonel.converse('desk');
    const asking = timonel.say(conversation, text);
    return { asking, runId: await runOf(timonel, conversation) };
  };
  /** Statuses of the runs below a run, sorted. */
  const statuses = async (runId: string) =>
    (await sql<{ status: string }>('SELECT status FROM runs WHERE root_run = $1', [runId])).map(({ status }) => status).sort();
  const cancelRest = async (runId: string) => {
    for (const { id, status } of await childrenOf(runId))
      if (status !== 'finished') expect(await timonel.call('POST', `/api/v1/runs/${id}/cancel`)).toMatchObject({ status: 200 });
  };

  it('are joined: their replies, and their failures, are values', async () => {
    const { run, reply } = await ask(delegate({ inputs: ['one', 'fail', delegate({ inputs: ['three'] })] }));
    expect(run).toMatchObject({ outcome: 'replied' });
    expect((await view(run.id)).run.children).toBe(3);
    expect(reply.text).toContain('replied: one');
    expect(reply.text).toMatch(/failed: (Perdón|Sorry)/);
    expect(reply.text).toContain('replied: three');
    // The first attempt waited, the second one had the answer.
    const results = desk.joined.at(-1) ?? [];
    expect(results.map(({ outcome }) => outcome)).toEqual(['replied', 'failed', 'replied']);
    expect(results[1]?.error?.code).toBe('limit_reached');
    const [child] = await childrenOf(run.id);
    expect((await view(child?.id ?? '')).run).toMatchObject({ parentRun: run.id, outcome: 'replied' });
  });

  it('appear in a tree, and in a conversation where nobody else speaks', async () => {
    const { run } = await ask(delegate({ inputs: ['a', delegate({ inputs: ['b'] })] }));
    const { tree } = (await view(run.id, '?tree')) as TurnBody & { tree: { id: string; children: { children: object[] }[] } };
    expect(tree.id).toBe(run.id);
    expect(tree.children.map(({ children }) => children.length)).toEqual([0, 1]);
    const [child] = await childrenOf(run.id);
    const { run: childRun } = await view(child?.id ?? '');
    const said = await timonel.call('POST', `/api/v1/conversations/${childRun.conversationId}/messages`, { text: 'Hi' });
    expect(said).toMatchObject({ status: 409, body: { code: 'conversation_closed' } });
  });

  it('are joined when any has ended', async () => {
    const { run } = await ask(delegate({ inputs: ['quick', 'hang'], mode: 'any' }));
    expect(run).toMatchObject({ outcome: 'replied' });
    expect(desk.joined.at(-1)).toMatchObject([{ outcome: 'replied', reply: { text: 'quick' } }]);
    await cancelRest(run.id);
  });

  it('are unfinished where the deadline of the join comes first', async () => {
    const { asking, runId } = await begin(delegate({ inputs: ['quick', 'hang'], minutes: 5 }));
    await expect.poll(async () => (await view(runId)).run, patient).toMatchObject({ status: 'waiting', waitingFor: ['child'] });
    await expect.poll(() => statuses(runId), patient).toEqual(['finished', 'running']);
    ahead += 301_000;
    expect((await asking).run).toMatchObject({ outcome: 'replied' });
    expect(desk.joined.at(-1)?.map(({ outcome }) => outcome)).toEqual(['replied', 'unfinished']);
    await cancelRest(runId);
  });

  it('are cancelled with it, and one that is cancelled is a value', async () => {
    const { asking, runId } = await begin(delegate({ inputs: ['hang', delegate({ inputs: ['hang'] })] }));
    await expect.poll(() => statuses(runId), patient).toEqual(['running', 'running', 'waiting']);
    await expect.poll(async () => (await view(runId)).run.status, patient).toBe('waiting');
    const [first] = await childrenOf(runId);
    await timonel.call('POST', `/api/v1/runs/${first?.id}/cancel`);
    expect((await view(runId)).run.status).toBe('waiting');
    expect(await timonel.call('POST', `/api/v1/runs/${runId}/cancel`)).toMatchObject({
      status: 200,
      body: { run: { outcome: 'cancelled' } },
    });
    expect((await asking).run.outcome).toBe('cancelled');
    expect(await sql('SELECT FROM runs WHERE root_run = $1 AND outcome IS DISTINCT FROM $2', [runId, 'cancelled'])).toEqual([]);
    await expect.poll(() => timonel.timonel.runner.activeRuns, patient).toBe(0);

    const one = await begin(delegate({ inputs: ['hang'] }));
    await expect.poll(() => statuses(one.runId), patient).toEqual(['running']);
    await cancelRest(one.runId);
    expect((await one.asking).reply.text).toContain('cancelled: run_cancelled');
  });

  it('run four at once of one run, and the rest after them', async () => {
    const { asking, runId } = await begin(delegate({ inputs: Array.from({ length: 6 }, () => 'hang') }));
    await expect.poll(() => statuses(runId), patient).toEqual(['queued', 'queued', 'running', 'running', 'running', 'running']);
    for (const { id } of await childrenOf(runId)) await timonel.call('POST', `/api/v1/runs/${id}/cancel`);
    expect((await asking).run).toMatchObject({ outcome: 'replied' });
    expect(desk.joined.at(-1)).toHaveLength(6);
  });

  it('are refused where they would not end, cost too much, or are none of the run', async () => {
    const itself = await ask('[[["start_itself",{}]]]');
    expect(itself.reply.text).toContain('invalid_request');
    expect(await childrenOf(itself.run.id)).toEqual([]);
    // A chain of six: the sixth may not start another one.
    let chain = 'end';
    for (let depth = 0; depth < 6; depth++) chain = delegate({ inputs: [chain] });
    const deep = await ask(chain);
    expect(deep.run).toMatchObject({ outcome: 'replied' });
    expect(await sql('SELECT FROM runs WHERE root_run = $1 AND depth > 5', [deep.run.id])).toEqual([]);
    expect(await sql('SELECT FROM runs WHERE root_run = $1', [deep.run.id])).toHaveLength(5);
    const dear = await ask(delegate({ inputs: ['x'], budget: 5 }));
    expect(await childrenOf(dear.run.id)).toEqual([]);
    const strange = await ask(delegate({ inputs: ['x'], agent: 'nobody' }));
    expect(await childrenOf(strange.run.id)).toEqual([]);
    const other = await ask(JSON.stringify([[['join_other', { id: deep.run.id }]]]));
    expect(other.reply.text).toContain('run_not_found');
  });

  it('are part of the transaction of a tool that writes', async () => {
    const { run, reply } = await ask(JSON.stringify([[['start_in_transaction', { input: 'alone' }]]]));
    expect(run).toMatchObject({ outcome: 'replied' });
    const [child] = await childrenOf(run.id);
    expect(reply.text).toContain(child?.id);
    await expect.poll(async () => (await view(child?.id ?? '')).run.outcome, patient).toBe('replied');
  });
});
