import type { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { channels, type Fault } from '../src/diagnostics.ts';
import { notes } from './notes-agent.ts';
import { scriptedModel } from './scripted-model.ts';
import { startTimonel, type TestTimonel } from './timonel.ts';

let timonel: TestTimonel;
const workers: Worker[] = [];
const faults: string[] = [];
const remember = (worker: Worker) => void workers.push(worker);
const hear = (message: unknown) => void faults.push((message as Fault).what);

beforeAll(async () => {
  process.on('worker', remember);
  channels.fault.subscribe(hear);
  timonel = await startTimonel('embedded', { agents: [notes], models: { default: scriptedModel(() => 'Done.') } });
});
afterAll(async () => {
  process.off('worker', remember);
  channels.fault.unsubscribe(hear);
  await timonel.close();
});

const readiness = () => timonel.call<{ status: string }>('GET', '/health/ready');

it.each(['idle', 'in a statement', 'in a transaction'])(
  'opens the store again when its thread died while it was %s',
  async (when) => {
    const conversation = await timonel.converse('notes');
    await timonel.say(conversation, 'Before.');
    const { pool } = timonel.timonel.store;
    const killed = workers.at(-1);
    let busy: Promise<unknown> = Promise.resolve();
    if (when === 'in a statement') busy = pool.executeText('SELECT count(*) FROM generate_series(1, 20000000)');
    if (when === 'in a transaction')
      busy = pool.inTransaction(async (client) => {
        await client.query('SELECT 1');
        await killed?.terminate();
        await client.query('SELECT 1');
      });
    const outcome = busy.then(
      () => undefined,
      (error: unknown) => error,
    );
    if (when !== 'in a transaction') {
      await new Promise((resolve) => setTimeout(resolve, 20));
      await killed?.terminate();
    }
    if (when !== 'idle') expect(await outcome).toMatchObject({ code: 'store_unavailable' });
    await vi.waitFor(async () => expect((await readiness()).status).toBe(200), { timeout: 20_000, interval: 50 });
    expect(workers.at(-1)).not.toBe(killed);
    expect(faults).toContain('the embedded database');
    await timonel.say(conversation, 'After.');
    const { body } = await timonel.call<{ messages: { text: string }[] }>('GET', `/api/v1/conversations/${conversation}`);
    expect(body.messages.map(({ text }) => text)).toEqual(['Before.', 'Done.', 'After.', 'Done.']);
  },
);

it('answers within a second that it is not ready, while a statement holds the one connection', async () => {
  const { pool } = timonel.timonel.store;
  const busy = pool.executeText('SELECT count(*) FROM generate_series(1, 6000000)');
  const started = performance.now();
  const { status, body } = await timonel.call<{ dependencies: { name: string; detail?: { reason?: string } }[] }>(
    'GET',
    '/health/ready',
  );
  expect(performance.now() - started).toBeLessThan(1_000);
  expect(status).toBe(503);
  expect(body.dependencies.find(({ name }) => name === 'database')?.detail?.reason).toBe('no_answer');
  await busy;
  await vi.waitFor(async () => expect((await readiness()).status).toBe(200), { timeout: 20_000 });
});
