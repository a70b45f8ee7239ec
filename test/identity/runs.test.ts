/** What an agent does is done on behalf of who asked, with what they may do at that moment. */
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineAgent, defineRule, defineTool } from '../../src/index.ts';
import { type Line, scriptedModel } from '../scripted-model.ts';
import { storeKinds } from '../stores.ts';
import { startTimonel, type TestTimonel, type TurnBody } from '../timonel.ts';
import { newPerson, type Person } from './people.ts';

const seen: { by: string; name: string | undefined; role: string | null | undefined }[] = [];

const ledger = defineAgent({
  name: 'ledger',
  version: '1.0.0',
  description: 'Keeps the books.',
  prompt: 'You keep the books.',
  tools: [
    defineTool({
      name: 'close_month',
      description: 'Closes the month.',
      input: z.object({}),
      effect: 'write',
      target: 'database',
      permission: 'budgets:manage',
      async execute(_input, { principal, query }) {
        seen.push({ by: 'tool', name: principal?.name, role: principal?.role });
        await query((database) => database.execute(sql`SELECT 1`));
        return { closed: true };
      },
    }),
    defineTool({
      name: 'look',
      description: 'Looks something up.',
      input: z.object({}),
      effect: 'read',
      execute: async (_input, { principal }) => ({ kind: principal?.kind ?? 'nobody' }),
    }),
  ],
  policy: [
    defineRule({
      id: 'who-looks',
      description: 'Students do not look',
      tools: ['look'],
      evaluate(_call, { principal }) {
        seen.push({ by: 'rule', name: principal?.name, role: principal?.role });
        return principal?.role === 'student' ? { kind: 'deny', reason: { es: 'No.', en: 'No.' } } : undefined;
      },
    }),
    defineRule({
      id: 'closing-approved',
      description: 'A person approves',
      tools: ['close_month'],
      evaluate: (_call, { contact }) => (contact?.name === 'Ask' ? { kind: 'ask', reason: { es: '¿Sí?', en: 'Yes?' } } : undefined),
    }),
  ],
});

describe.each(storeKinds)('runs and the rights of who asked (%s)', (kind) => {
  let timonel: TestTimonel;
  let script: Line[] = [];
  let think = async () => {};
  beforeAll(async () => {
    const model = scriptedModel(async () => {
      await think();
      return script.shift() ?? new Error('unexpected model call');
    });
    timonel = await startTimonel(kind, { agents: [ledger], models: { default: model } });
  });
  afterAll(() => timonel.close());

  const begin = async (person: Person, contact?: object) => {
    const body = { agent: 'ledger', ...(contact === undefined ? {} : { contact }) };
    return (await timonel.call<{ id: string }>('POST', '/api/v1/conversations', body, person.headers)).body.id;
  };
  const say = async (person: Person, conversation: string) =>
    (await timonel.call<TurnBody>('POST', `/api/v1/conversations/${conversation}/messages`, { text: 'Dale' }, person.headers)).body;
  const change = async (person: Person, body: object) => {
    expect((await timonel.call('PATCH', `/api/v1/users/${person.id}`, body)).status).toBe(200);
  };
  const last = async (runId: string) => {
    const [row] = await timonel.timonel.store.pool.executeText<{ record: { status: string; rule?: string } }>(
      `SELECT data->'record' AS record FROM steps WHERE run_id = $1 AND kind = 'tool-call' ORDER BY index DESC LIMIT 1`,
      [runId],
    );
    return row?.record;
  };

  it('shows tools and rules who asks, and refuses a tool to who lacks its permission', async () => {
    const operator = await newPerson(timonel, { role: 'operator' });
    const member = await newPerson(timonel, { role: 'member' });
    const close = { calls: [{ tool: 'close_month', args: {} }] };
    seen.length = 0;
    script = [close, 'Listo.'];
    expect((await say(operator, await begin(operator))).run.outcome).toBe('replied');
    expect(seen).toEqual([{ by: 'tool', name: 'Ana Prueba', role: 'operator' }]);
    script = [close, 'No puedo.'];
    const refused = await say(member, await begin(member));
    expect(refused.run.outcome).toBe('denied');
    expect(await last(refused.run.id)).toMatchObject({ status: 'denied', rule: 'tool-permission' });
    const student = await newPerson(timonel, { role: 'student' });
    script = [{ calls: [{ tool: 'look', args: {} }] }, 'No.'];
    expect(await last((await say(student, await begin(student))).run.id)).toMatchObject({ status: 'denied', rule: 'who-looks' });
    expect(seen).toHaveLength(2);
  });

  it('takes a role away from a run that waits for its approval', async () => {
    const operator = await newPerson(timonel, { role: 'operator' });
    script = [{ calls: [{ tool: 'close_month', args: {} }] }];
    const { run } = await say(operator, await begin(operator, { name: 'Ask' }));
    expect(run.outcome).toBe('awaiting_approval');
    await change(operator, { role: 'member' });
    script = ['No se pudo.'];
    const { body } = await timonel.call<{ approvals: { callId: string }[] }>('GET', `/api/v1/runs/${run.id}`);
    const url = `/api/v1/runs/${run.id}/approvals/${body.approvals[0]?.callId}`;
    expect((await timonel.call('POST', url, { decision: 'approve' })).status).toBe(200);
    await expect.poll(async () => (await timonel.call<TurnBody>('GET', `/api/v1/runs/${run.id}`)).body.run.status).toBe('finished');
    expect(await last(run.id)).toMatchObject({ status: 'denied', rule: 'tool-permission' });
  });

  it('does nothing more for somebody who was disabled while their run was under way', async () => {
    const operator = await newPerson(timonel, { role: 'operator' });
    const conversation = await begin(operator);
    script = [{ calls: [{ tool: 'look', args: {} }] }, 'Nada.'];
    // The model thinks for as long as it takes to disable the person.
    think = async () => {
      think = async () => {};
      await change(operator, { disabled: true });
    };
    const url = `/api/v1/conversations/${conversation}/messages`;
    const answer = await timonel.call('POST', url, { text: 'Mirá' }, operator.headers);
    expect(answer).toMatchObject({ status: 401, body: { code: 'unauthenticated' } });
    const [run] = await timonel.timonel.store.pool.executeText<{ id: string; asked_by: string }>(
      'SELECT id, asked_by FROM runs WHERE conversation_id = $1',
      [conversation],
    );
    expect(run?.asked_by).toBe(`user:${operator.id}`);
    expect(await last(run?.id ?? '')).toMatchObject({ status: 'denied', rule: 'principal-present' });
  });

  it('lets members, instructors too, see and go on with their own conversations only', async () => {
    const [ana, ben] = [await newPerson(timonel, { role: 'student' }), await newPerson(timonel, { role: 'student' })];
    const instructor = await newPerson(timonel, { role: 'instructor' });
    const conversation = await begin(ana);
    script = ['Hola.'];
    const { run } = await say(ana, conversation);
    const reads = [`/api/v1/conversations/${conversation}`, `/api/v1/runs/${run.id}`, `/api/v1/runs/${run.id}/events`];
    for (const url of reads) {
      const status = async (person: Person) => (await timonel.call('GET', url, undefined, person.headers)).status;
      expect([url, await status(ana), await status(ben), await status(instructor)]).toEqual([url, 200, 404, 404]);
    }
    const writes: [string, object | undefined][] = [
      [`/api/v1/conversations/${conversation}/messages`, { text: 'Soy Ana' }],
      [`/api/v1/conversations/${conversation}/close`, undefined],
    ];
    for (const [url, body] of writes) {
      for (const person of [ben, instructor]) expect((await timonel.call('POST', url, body, person.headers)).status).toBe(404);
    }
    expect((await timonel.call('POST', `/api/v1/conversations/${conversation}/close`, undefined, ana.headers)).status).toBe(204);
  });
});
