import { afterAll, describe, expect, it } from 'vitest';
import { notes } from './notes-agent.ts';
import { type Line, scriptedModel } from './scripted-model.ts';
import { storeKinds } from './stores.ts';
import { startTimonel, type TestTimonel } from './timonel.ts';

describe.each(storeKinds)('a turn (%s)', (kind) => {
  let timonel: TestTimonel | undefined;
  let script: Line[] = [];
  const model = scriptedModel(() => script.shift() ?? new Error('unexpected model call'));
  const started = async () => (timonel ??= await startTimonel(kind, { agents: [notes], models: { default: model } }));
  afterAll(() => timonel?.close());

  it('takes three database round trips with one model call, and one more per tool call', async () => {
    const { timonel: running, converse, say } = await started();
    const { roundTrips } = running.store.pool;
    const conversation = await converse('notes');
    script = ['Hola.'];
    const first = await say(conversation, 'Hola');
    expect(first).toMatchObject({
      run: { outcome: 'replied', degraded: false, agentVersion: expect.stringMatching(/^1\.0\.0\+[0-9a-f]{12}$/), arm: 'stable' },
      reply: { text: 'Hola.' },
    });
    // The lease and the queue work meanwhile on the same pool, so the least of several is the turn's own.
    const least = async (lines: () => Line[]) => {
      const counts: number[] = [];
      for (let attempt = 0; attempt < 8; attempt++) {
        script = lines();
        const before = roundTrips.count;
        await say(conversation, '¿Estás?');
        counts.push(roundTrips.count - before);
      }
      return Math.min(...counts);
    };
    const plain = await least(() => ['Sí.']);
    expect(plain).toBeLessThanOrEqual(3);
    const withCall = await least(() => [{ calls: [{ tool: 'list_notes', args: {} }] }, 'No hay notas.']);
    // Three of those are the tool's own transaction, and one reads the calls of earlier turns.
    expect(withCall - 3).toBeLessThanOrEqual(3 + 1 + 1);
    expect(script).toEqual([]);
  });

  it('stores every step before the next one starts, and shows them', async () => {
    const { call, converse, say } = await started();
    const conversation = await converse('notes');
    script = [{ calls: [{ tool: 'add_note', args: { text: 'pan' } }] }, 'Anotado.'];
    const { run } = await say(conversation, 'Anotá pan');
    expect(run).toMatchObject({ outcome: 'replied', usage: { modelCalls: 2, inputTokens: 200, outputTokens: 40 } });
    const events = await call<string>('GET', `/api/v1/runs/${run.id}/events`);
    const names = [...events.body.matchAll(/^event: (.*)$/gm)].map(([, name]) => name);
    expect(names).toEqual(['run-accepted', 'plan-made', 'call-decided', 'call-finished', 'plan-made', 'reply-given', 'run-ended']);
  });

  it('tells the model why a rule refused a call, and counts calls of one batch against the limit', async () => {
    const { converse, say } = await started();
    const conversation = await converse('notes');
    const add = (text: string) => ({ tool: 'add_note', args: { text } });
    script = [{ calls: [add('my password is x')] }, 'I do not store passwords.'];
    expect((await say(conversation, 'Store my password')).run.outcome).toBe('denied');
    script = [{ calls: [add('1'), add('2'), add('3'), add('4')] }, 'Listo.'];
    await say(conversation, 'Anotá todo');
    const results = model.asked.at(-1)?.prompt.at(-1);
    expect(JSON.stringify(results)).toContain('denied by rule at-most-three');
    expect(JSON.stringify(results).match(/"stored"/g)).toHaveLength(3);
  });

  it('tells the model which arguments or tool would have worked', async () => {
    const { converse, say } = await started();
    const conversation = await converse('notes');
    script = [
      {
        calls: [
          { tool: 'add_note', args: {} },
          { tool: 'burn', args: {} },
        ],
      },
      'Perdón.',
    ];
    await say(conversation, 'x');
    const results = JSON.stringify(model.asked.at(-1)?.prompt.at(-1));
    expect(results).toContain('text: Invalid input');
    expect(results).toContain('There is no tool \\"burn\\". There are: add_note, list_notes, delete_notes.');
  });

  it('waits for a person, evaluates policy again, and goes on after the approval', async () => {
    const { call, converse, say } = await started();
    const conversation = await converse('notes');
    script = [{ calls: [{ tool: 'delete_notes', args: { why: 'tidy' } }] }];
    const { run, reply } = await say(conversation, 'Borrá todo');
    expect(run).toMatchObject({ outcome: 'awaiting_approval', status: 'waiting' });
    expect(reply.text).toMatch(/aprobar|approve/);
    const { body } = await call<{ approvals: { callId: string }[] }>('GET', `/api/v1/runs/${run.id}`);
    expect(body.approvals).toMatchObject([
      { tool: 'delete_notes', args: { why: 'tidy' }, rule: 'deletion-approved', status: 'pending' },
    ]);
    // The conversation is not blocked meanwhile.
    script = ['Sigo acá.'];
    expect((await say(conversation, '¿Seguís ahí?')).reply.text).toBe('Sigo acá.');
    script = ['Borrado.'];
    const url = `/api/v1/runs/${run.id}/approvals/${body.approvals[0]?.callId}`;
    expect(await call('POST', url, { decision: 'approve' })).toMatchObject({
      status: 200,
      body: { status: 'approved', resumed: true },
    });
    await expect
      .poll(async () => (await call('GET', `/api/v1/runs/${run.id}`)).body)
      .toMatchObject({
        run: { outcome: 'replied', status: 'finished' },
        reply: { text: 'Borrado.' },
      });
    expect(await call('POST', url, { decision: 'approve' })).toMatchObject({ status: 409, body: { code: 'approval_decided' } });
  });

  it('answers an apology, stored as any reply, when the model fails and there are no flows', async () => {
    const { converse, say } = await started();
    script = [new Error('down')];
    const { run, reply } = await say(await converse('notes'), 'Hola');
    expect(run).toMatchObject({ outcome: 'failed', error: { code: 'model_unavailable' } });
    expect(reply.text).toMatch(/Perdón/);
  });

  it('takes messages of one conversation one at a time, in order', async () => {
    const { call, converse, say } = await started();
    const conversation = await converse('notes');
    script = Array.from({ length: 10 }, (_, index) => `r${index}`);
    await Promise.all(Array.from({ length: 10 }, (_, index) => say(conversation, `m${index}`)));
    const { body } = await call<{ messages: { text: string }[] }>('GET', `/api/v1/conversations/${conversation}`);
    const texts = body.messages.map((message) => message.text);
    expect(texts.filter((_, index) => index % 2 === 1)).toEqual(Array.from({ length: 10 }, (_, index) => `r${index}`));
    expect(new Set(texts.filter((_, index) => index % 2 === 0)).size).toBe(10);
  });

  it('takes a message with an idempotency key once', async () => {
    const { call, converse, say } = await started();
    const conversation = await converse('notes');
    script = ['Una vez.'];
    const headers = { 'idempotency-key': 'k1' };
    const [one, two] = await Promise.all([say(conversation, 'Hola', headers), say(conversation, 'Hola', headers)]);
    expect(two.run.id).toBe(one.run.id);
    const other = await call('POST', `/api/v1/conversations/${conversation}/messages`, { text: 'Otra cosa' }, headers);
    expect(other).toMatchObject({ status: 422, body: { code: 'idempotency_key_reused' } });
  });
});
