/** A person takes a conversation, answers in it, and hands it back; the agent never talks over them. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newPerson } from '../identity/people.ts';
import { storeKinds } from '../stores.ts';
import { escalate, type HandoffRig, hanging, said, startRig } from './desk-agent.ts';

interface Handoff {
  id: string;
  reason: string;
  priority: string;
  language: string;
  summary: { who: object | null; wanted: string; tried: string[]; last: { role: string; text: string }[] };
  assignee: { id: string; name: string } | null;
  takenAt: string | null;
  closedHow: string | null;
}

describe.each(storeKinds)('a conversation in a person’s hands (%s)', (kind) => {
  let rig: HandoffRig;
  beforeAll(async () => {
    rig = await startRig(kind);
  });
  afterAll(() => rig?.close());

  const at = (id: string, deed: string) => `/api/v1/conversations/${id}/${deed}`;
  const handoffs = async (id: string) => (await rig.call<{ handoffs: Handoff[] }>('GET', at(id, 'handoffs'))).body.handoffs;

  it('opens a hand-off with a summary where the agent passes it on', async () => {
    rig.script.lines = [escalate('wants a refund for a broken chair'), 'A person will answer you.'];
    const id = await rig.converse('shop', { name: 'Rosa', phone: '+54 9 11 5555-1234' });
    const { run } = await rig.say(id, 'The chair arrived broken, this is urgent!');
    expect(run.outcome).toBe('escalated');
    expect(await handoffs(id)).toMatchObject([
      {
        reason: 'escalated',
        priority: 'urgent',
        language: 'en',
        summary: {
          who: { name: 'Rosa', phone: '+54 9 11 5555-1234' },
          wanted: 'wants a refund for a broken chair',
          tried: ['call_person: completed'],
          last: [
            { role: 'user', text: 'The chair arrived broken, this is urgent!' },
            { role: 'assistant', text: 'A person will answer you.' },
          ],
        },
        assignee: null,
        takenAt: null,
        closedHow: null,
      },
    ]);
    // One is open for each conversation, however often it is passed on.
    rig.script.lines = [escalate('still waits'), 'Soon.'];
    await rig.say(id, 'Hello?');
    expect(await handoffs(id)).toMatchObject([{ summary: { wanted: 'still waits' }, priority: 'urgent' }]);
  });

  it('opens one where a run fails, and where a call needs an approval, which its decision closes', async () => {
    const failing = await rig.converse('shop');
    rig.script.lines = [new Error('down')];
    await rig.say(failing, 'Hola, ¿cómo va?');
    expect(await handoffs(failing)).toMatchObject([{ reason: 'failed', priority: 'normal', language: 'es' }]);

    const asking = await rig.converse('shop');
    rig.script.lines = [{ calls: [{ tool: 'refund', args: {} }] }, 'Done.'];
    const { run } = await rig.say(asking, 'Refund me');
    expect(await handoffs(asking)).toMatchObject([{ reason: 'approval', summary: { tried: ['refund: not decided'] } }]);
    const decided = await rig.call('POST', `/api/v1/runs/${run.id}/approvals/0.0`, { decision: 'approve' });
    expect(decided).toMatchObject({ status: 200, body: { resumed: true } });
    expect(await handoffs(asking)).toMatchObject([{ closedHow: 'decided' }]);
    await expect.poll(() => said(rig, asking), { timeout: 20_000 }).toContain('assistant: Done.');
  });

  it('is taken by one of fifty', async () => {
    const id = await rig.converse('shop');
    const people = await Promise.all(Array.from({ length: 5 }, () => newPerson(rig, { role: 'receptionist' })));
    const racers = Array.from({ length: 50 }, (_, index) => people[index % 5]?.headers);
    const answers = await Promise.all(racers.map((headers) => rig.call<Handoff>('POST', at(id, 'take'), undefined, headers)));
    const winners = new Set(answers.filter(({ status }) => status === 200).map(({ body }) => body.assignee?.id));
    expect(winners.size).toBe(1);
    // Taking what one has is no conflict: the winner asked ten times.
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(10);
    const losers = answers.filter(({ status }) => status === 409);
    expect(losers).toHaveLength(40);
    expect(losers[0]?.body).toMatchObject({ code: 'handled_by_person', assignee: { id: [...winners][0], name: 'Ana Prueba' } });
    expect(await handoffs(id)).toHaveLength(1);
  });

  it('ends what is under way, stores what the customer says, and starts no run', async () => {
    const id = await rig.converse('shop');
    const model = hanging();
    rig.script.lines = [model.line];
    const first = rig.say(id, 'Are you there?');
    await model.begun;
    const behind = rig.say(id, 'Hello?');
    await expect.poll(() => said(rig, id), { timeout: 20_000 }).toHaveLength(2);
    expect(await rig.call('POST', at(id, 'take'))).toMatchObject({ status: 200, body: { reason: 'taken' } });
    expect(await first).toMatchObject({ run: { outcome: 'cancelled', error: { code: 'handled_by_person' } }, reply: null });
    expect(await behind).toMatchObject({ run: { outcome: 'cancelled' }, reply: null });

    rig.script.lines = [];
    const key = { 'idempotency-key': 'held-1' };
    const message = { text: 'Is somebody there?' };
    const held = await rig.call('POST', at(id, 'messages'), message, key);
    expect(held).toMatchObject({ status: 202, body: { run: null, reply: null, handler: 'person' } });
    expect(await rig.call('POST', at(id, 'messages'), message, key)).toMatchObject({ status: 202, body: held.body });
    const stream = await rig.call<string>('POST', at(id, 'messages'), { text: 'Streaming' }, { accept: 'text/event-stream' });
    expect(stream).toMatchObject({ status: 200, body: 'event: held\ndata: {"handler":"person"}\n\n' });
    expect(await said(rig, id)).toEqual(['user: Are you there?', 'user: Hello?', 'user: Is somebody there?', 'user: Streaming']);
  });

  it('is answered by the person, once for each key, and by nobody else', async () => {
    const id = await rig.converse('shop');
    rig.script.lines = ['Hello.'];
    await rig.say(id, 'Hi, I need help with my order');
    const ana = await newPerson(rig, { role: 'receptionist' });
    const beto = await newPerson(rig, { role: 'receptionist' });
    const reply = (text: string, who: typeof ana, key?: string) =>
      rig.call('POST', at(id, 'replies'), { text }, { ...who.headers, ...(key === undefined ? {} : { 'idempotency-key': key }) });
    expect(await reply('I am Ana', ana)).toMatchObject({ status: 409, body: { code: 'not_in_your_hands' } });
    await rig.call('POST', at(id, 'take'), undefined, ana.headers);
    expect(await reply('I am Ana', ana, 'k1')).toMatchObject({ status: 201, body: { turn: 2, repeated: false } });
    expect(await reply('I am Ana', ana, 'k1')).toMatchObject({ status: 201, body: { turn: 2, repeated: true } });
    expect(await reply('I am somebody', ana, 'k1')).toMatchObject({ status: 422, body: { code: 'idempotency_key_reused' } });
    const [one, two] = await Promise.all([reply('Twice at once', ana, 'k2'), reply('Twice at once', ana, 'k2')]);
    expect([one, two].map(({ status }) => status)).toEqual([201, 201]);
    expect(await reply('I am Beto', beto)).toMatchObject({ status: 409, body: { code: 'not_in_your_hands' } });
    expect(await said(rig, id)).toEqual([
      'user: Hi, I need help with my order',
      'assistant: Hello.',
      'person: I am Ana',
      'person: Twice at once',
    ]);
    const { body } = await rig.call<{ messages: { author: string | null; runId: string | null }[] }>(
      'GET',
      `/api/v1/conversations/${id}`,
    );
    expect(body.messages[2]).toMatchObject({ author: 'Ana Prueba', runId: null });
    const note = await rig.call('POST', at(id, 'notes'), { text: 'Bought last week' }, beto.headers);
    expect(note).toMatchObject({ status: 201, body: { author: 'Ana Prueba', handedOn: false } });
    expect((await rig.call('GET', at(id, 'notes'), undefined, ana.headers)).body).toMatchObject({
      notes: [{ text: 'Bought last week' }],
    });
  });

  it('goes back to the agent, which answers what is pending and is told what people said', async () => {
    const id = await rig.converse('shop');
    rig.script.lines = ['Hello.'];
    await rig.say(id, 'Hi');
    await rig.call('POST', at(id, 'take'));
    await rig.call('POST', at(id, 'replies'), { text: 'Your order left yesterday.' });
    await rig.call('POST', at(id, 'notes'), { text: 'secret note of the team' });
    const pending = await rig.call('POST', at(id, 'messages'), { text: 'And when does it arrive?' });
    expect(pending.status).toBe(202);
    rig.script.lines = ['Tomorrow.'];
    const before = rig.asked().length;
    expect(await rig.call('POST', at(id, 'hand-back'), { note: 'It arrives tomorrow' })).toMatchObject({ status: 204 });
    await expect.poll(() => said(rig, id), { timeout: 20_000 }).toContain('assistant: Tomorrow.');
    expect(rig.asked().length).toBe(before + 1);
    const prompt = rig.asked().at(-1) ?? '';
    expect(prompt).toContain('of the team, who had the conversation then; not by you.]\\nYour order left yesterday.');
    expect(prompt).toContain('And when does it arrive?');
    expect(prompt).toContain('It arrives tomorrow');
    expect(prompt).not.toContain('secret note of the team');
    expect(await handoffs(id)).toMatchObject([{ closedHow: 'handed-back', closedBy: 'test' }]);
    // What was handed on is told once; what people said stays in the record.
    rig.script.lines = ['You are welcome.'];
    expect((await rig.say(id, 'Thanks')).reply.text).toBe('You are welcome.');
    expect(rig.asked().at(-1)).toContain('Your order left yesterday.');
    expect(
      rig
        .asked()
        .at(-1)
        ?.match(/It arrives tomorrow/g),
    ).toHaveLength(1);
  });

  it('answers after a hand-back what the take had cut off', async () => {
    const id = await rig.converse('shop');
    const model = hanging();
    rig.script.lines = [model.line];
    const cut = rig.say(id, 'What do you sell?');
    await model.begun;
    await rig.call('POST', at(id, 'take'));
    expect((await cut).run.outcome).toBe('cancelled');
    rig.script.lines = ['Chairs.'];
    await rig.call('POST', at(id, 'hand-back'));
    await expect.poll(() => said(rig, id), { timeout: 20_000 }).toEqual(['user: What do you sell?', 'assistant: Chairs.']);
  });

  it('keeps an approved call for the agent’s return', async () => {
    const id = await rig.converse('shop');
    rig.script.lines = [{ calls: [{ tool: 'refund', args: {} }] }, 'Refunded.'];
    const { run } = await rig.say(id, 'Refund me');
    await rig.call('POST', at(id, 'take'));
    await rig.call('POST', `/api/v1/runs/${run.id}/approvals/0.0`, { decision: 'approve' });
    expect((await rig.call('GET', `/api/v1/runs/${run.id}`)).body).toMatchObject({ run: { status: 'queued' } });
    await rig.call('POST', at(id, 'replies'), { text: 'I approved it.' });
    await rig.call('POST', at(id, 'hand-back'));
    await expect.poll(() => said(rig, id), { timeout: 20_000 }).toContain('assistant: Refunded.');
  });

  it('is given to others, closed, and let go', async () => {
    const id = await rig.converse('shop');
    const ana = await newPerson(rig, { role: 'receptionist' });
    const member = await newPerson(rig);
    expect(await rig.call('POST', at(id, 'assign'), { assignee: member.id })).toMatchObject({ status: 404 });
    const assigned = await rig.call('POST', at(id, 'assign'), { assignee: ana.id, priority: 'urgent' });
    expect(assigned).toMatchObject({
      status: 200,
      body: { reason: 'assigned', priority: 'urgent', assignee: { id: `user:${ana.id}` } },
    });
    const beto = await newPerson(rig, { role: 'receptionist' });
    expect(await rig.call('POST', at(id, 'take'), undefined, beto.headers)).toMatchObject({ status: 409 });
    expect(await rig.call('POST', at(id, 'take'), undefined, ana.headers)).toMatchObject({ status: 200 });
    expect(await rig.call('POST', at(id, 'assign'), { assignee: beto.id })).toMatchObject({ status: 200 });
    expect(await rig.call('POST', at(id, 'replies'), { text: 'x' }, ana.headers)).toMatchObject({ status: 409 });
    expect(await rig.call('POST', at(id, 'replies'), { text: 'It is me now' }, beto.headers)).toMatchObject({ status: 201 });
    expect(await rig.call('POST', at(id, 'close'))).toMatchObject({ status: 204 });
    expect(await handoffs(id)).toMatchObject([{ closedHow: 'conversation-closed' }]);
    expect(await rig.call('POST', at(id, 'replies'), { text: 'x' }, beto.headers)).toMatchObject({
      status: 409,
      body: { code: 'conversation_closed' },
    });

    const other = await rig.converse('shop');
    rig.script.lines = [escalate('x'), 'Soon.'];
    await rig.say(other, 'A person please');
    expect(await rig.call('POST', at(other, 'hand-back'))).toMatchObject({ status: 204 });
    expect(await handoffs(other)).toMatchObject([{ closedHow: 'dismissed' }]);
    expect(await rig.call('POST', at(other, 'hand-back'))).toMatchObject({ status: 409, body: { code: 'not_in_your_hands' } });
  });
});
