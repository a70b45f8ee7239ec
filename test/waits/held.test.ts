/** Runs of a workspace that is disabled are held: neither resumed nor refused, and they go on once it is enabled. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newWorkspace } from '../new-workspace.ts';
import { storeKinds } from '../stores.ts';
import { startTimonel, type TestTimonel, type TurnBody } from '../timonel.ts';
import { deskModel, patient, runOf, waitingDesk } from './desk.ts';

describe.each(storeKinds)('a run that waits in a workspace that is disabled (%s)', (kind) => {
  let timonel: TestTimonel;
  let shop: { authorization: string };
  let ahead = 0;
  const desk = waitingDesk();
  beforeAll(async () => {
    timonel = await startTimonel(
      kind,
      { agents: [desk.agent], models: { default: deskModel } },
      { now: () => new Date(Date.now() + ahead) },
    );
    shop = await newWorkspace(timonel, 'shop');
  });
  afterAll(() => timonel?.close());

  const statusOf = async (runId: string) => {
    const sql = 'SELECT status FROM runs WHERE id = $1';
    return (await timonel.timonel.store.pool.executeText<{ status: string }>(sql, [runId]))[0]?.status;
  };
  /** Begins to wait in a workspace. */
  const begin = async (calls: [string, object][], headers?: { authorization: string }) => {
    const made = await timonel.call<{ id: string }>('POST', '/api/v1/conversations', { agent: 'desk' }, headers);
    const text = JSON.stringify([calls]);
    const asked = timonel.call<TurnBody>('POST', `/api/v1/conversations/${made.body.id}/messages`, { text }, headers);
    asked.catch(() => {});
    const runId = await runOf(timonel, made.body.id, undefined, headers);
    await expect.poll(() => statusOf(runId), patient).toBe('waiting');
    return { runId, asked };
  };
  const setDisabled = async (disabled: boolean) =>
    expect(await timonel.call('PATCH', '/api/v1/workspaces/shop', { disabled })).toMatchObject({ status: 200 });

  it('stays, whatever comes meanwhile', async () => {
    const nap: [string, object] = ['nap', { minutes: 2 }];
    const held = await begin([nap], shop);
    const parent = await begin([['delegate', { inputs: [JSON.stringify([[nap]])] }]], shop);
    const printing = await begin([['print', { what: 'held' }]], shop);
    const token = desk.tokens.at(-1);
    const other = await begin([nap]);
    const child = await timonel.timonel.store.pool.executeText<{ id: string }>('SELECT id FROM runs WHERE parent_run = $1', [
      parent.runId,
    ]);
    await expect.poll(() => statusOf(child[0]?.id ?? ''), patient).toBe('waiting');
    await setDisabled(true);
    expect(await timonel.call('POST', `/api/v1/completion-tokens/${token}`, { output: 1 })).toMatchObject({ status: 204 });
    ahead += 121_000;
    const runs = [held.runId, printing.runId, child[0]?.id ?? ''];
    for (const runId of runs) await expect.poll(() => statusOf(runId), patient).toBe('queued');
    // What is claimed beside them goes on, and they do not.
    expect((await other.asked).body.run).toMatchObject({ outcome: 'replied' });
    expect((await begin([nap])).runId).toBeTruthy();
    for (const runId of runs) expect(await statusOf(runId)).toBe('queued');
    await setDisabled(false);
    for (const runId of [...runs, parent.runId]) await expect.poll(() => statusOf(runId), patient).toBe('finished');
    const ended = await timonel.call<TurnBody>('GET', `/api/v1/runs/${printing.runId}`, undefined, shop);
    expect(ended.body.run).toMatchObject({ outcome: 'replied' });
    expect(ended.body.reply.text).toContain('"printed":"held"');
  });
});
