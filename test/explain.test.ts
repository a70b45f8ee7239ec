import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { booking } from '../agents/booking/agent.ts';
import { notes } from './notes-agent.ts';
import { storeKinds } from './stores.ts';
import { startTimonel, type TestTimonel } from './timonel.ts';

describe.each(storeKinds)('POST /api/v1/agents/:agent/explain (%s)', (kind) => {
  let timonel: TestTimonel;
  beforeAll(async () => {
    timonel = await startTimonel(kind, { agents: [booking, notes] }, { now: () => new Date('2026-11-20T12:00:00-03:00') });
  });
  afterAll(() => timonel?.close());
  const explain = (agent: string, body: object, headers?: Record<string, string | undefined>) =>
    timonel.call('POST', `/api/v1/agents/${agent}/explain`, body, headers);

  it("tells what a text is taken for, with the workspace's own words, and does nothing", async () => {
    const { status, body } = await explain('booking', { text: 'un corte mañana a las 5 de la tarde' });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      language: 'es',
      intent: 'book',
      slots: { service: 'Corte de pelo', date: '2026-11-21', time: '17:00' },
    });
    expect(body['verdicts']).toEqual(expect.arrayContaining([{ tool: expect.any(String), verdict: { kind: 'allow' } }]));
    const price = { name: 'Corte imperial', price: 9_000, durationMinutes: 30 };
    const made = await timonel.call('POST', '/api/v1/agents/booking/services', price);
    expect(made.status).toBe(201);
    expect((await explain('booking', { text: 'quiero un corte imperial', now: '2026-12-01T10:00:00Z' })).body).toMatchObject({
      slots: { service: 'Corte imperial' },
    });
    const rows = await timonel.timonel.store.pool.executeText('SELECT id FROM runs');
    expect(rows).toEqual([]);
  });

  it.each([
    ['nobody', { text: 'hola' }, 'agent_not_found'],
    ['notes', { text: 'hola' }, 'invalid_request'],
    ['booking', { text: ' ' }, 'message_invalid'],
    ['booking', { text: 'hola', now: 'tomorrow' }, 'invalid_request'],
    ['booking', { text: 'hola', more: 1 }, 'invalid_request'],
  ])('refuses %s %o', async (agent, body, code) => {
    expect((await explain(agent, body)).body).toMatchObject({ code });
  });

  it('asks who it is', async () => {
    expect((await explain('booking', { text: 'hola' }, { authorization: undefined })).status).toBe(401);
  });
});
