/** One stream for each reader with what changed: ids only, for those who may know, from where the reader was. */
import { EventEmitter, once } from 'node:events';
import { createConnection } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newPerson } from '../identity/people.ts';
import { storeKinds } from '../stores.ts';
import { type Heard, listen } from './change-reader.ts';
import { escalate, type HandoffRig, startRig } from './desk-agent.ts';

const patient = { timeout: 20_000 };
const kindsOf = (heard: Heard[], conversation: string) =>
  heard.filter(({ data }) => data.conversationId === conversation).map(({ event }) => event);

describe.each(storeKinds)('the stream of changes (%s)', (kind) => {
  let rig: HandoffRig;
  let url: string;
  beforeAll(async () => {
    rig = await startRig(kind);
    url = await rig.timonel.listen();
  });
  afterAll(() => rig?.close());

  it('tells each reader what they may know', async () => {
    const operator = await listen(url, { authorization: `Bearer ${rig.apiKey}` });
    const member = await newPerson(rig);
    const receptionist = await newPerson(rig, { role: 'receptionist' });
    const limited = await newPerson(rig, { role: 'receptionist' });
    await rig.call('PATCH', `/api/v1/users/${limited.id}`, { agents: ['branch'] });
    const [own, desk, elsewhere] = await Promise.all([member, receptionist, limited].map(({ headers }) => listen(url, headers)));
    rig.script.lines = [escalate('x'), 'Soon.'];
    const id = await rig.converse('shop');
    await rig.say(id, 'A person please');
    const begun = await rig.call<{ id: string }>('POST', '/api/v1/conversations', { agent: 'shop' }, member.headers);
    rig.script.lines = ['Hello.'];
    await rig.call('POST', `/api/v1/conversations/${begun.body.id}/messages`, { text: 'Hi' }, member.headers);
    await expect
      .poll(() => kindsOf(operator.heard, id), patient)
      .toEqual(expect.arrayContaining(['conversation-changed', 'run-ended', 'handoff-changed']));
    await expect.poll(() => kindsOf(own?.heard ?? [], begun.body.id), patient).toEqual(['conversation-changed', 'run-ended']);
    expect(kindsOf(own?.heard ?? [], id)).toEqual([]);
    await expect.poll(() => kindsOf(desk?.heard ?? [], id), patient).toContain('handoff-changed');
    expect(elsewhere?.heard.map(({ event }) => event)).toEqual(['ready']);
    expect(JSON.stringify(operator.heard)).not.toContain('A person please');
    await Promise.all([operator, own, desk, elsewhere].map((each) => each?.stop()));
  });

  it('goes on where the reader was, and says where it cannot', async () => {
    const headers = { authorization: `Bearer ${rig.apiKey}` };
    const first = await listen(url, headers);
    await expect.poll(() => first.heard.length, patient).toBe(1);
    await first.stop();
    const id = await rig.converse('shop');
    rig.script.lines = ['Hello.'];
    await rig.say(id, 'Hi');
    const again = await listen(url, { ...headers, 'last-event-id': first.heard.at(-1)?.id ?? '' });
    await expect.poll(() => kindsOf(again.heard, id), patient).toEqual(['conversation-changed', 'run-ended']);
    expect(again.heard[0]?.event).toBe('ready');
    await again.stop();
    const stranger = await listen(url, { ...headers, 'last-event-id': 'elsewhere.17' });
    await expect.poll(() => stranger.heard.map(({ event }) => event), patient).toEqual(['resync']);
    await stranger.stop();
  });

  it('ends when the reader loses access', async () => {
    const person = await newPerson(rig, { role: 'operator' });
    const stream = await listen(url, person.headers);
    await rig.call('PATCH', `/api/v1/users/${person.id}`, { disabled: true });
    await stream.ended;
    expect((await listen(url, person.headers)).status).toBe(401);
  });

  it('holds many readers in little memory', async () => {
    const { hostname, port } = new URL(url);
    const count = process.env['TIMONEL_NIGHTLY'] === '1' ? 2_000 : 200;
    const told = new EventEmitter().setMaxListeners(0);
    const id = await rig.converse('shop');
    let heard = 0;
    const sockets = await Promise.all(
      Array.from({ length: count }, async () => {
        const socket = createConnection(Number(port), hostname);
        await once(socket, 'connect');
        socket.write(`GET /api/v1/events HTTP/1.1\r\nhost: ${hostname}\r\nauthorization: Bearer ${rig.apiKey}\r\n\r\n`);
        let ready = false;
        await new Promise<void>((resolve) => {
          socket.on('data', (bytes) => {
            const text = bytes.toString();
            if (!ready && text.includes('event: ready')) {
              ready = true;
              resolve();
            }
            if (text.includes(id) && text.includes('run-ended')) told.emit('heard', ++heard);
          });
        });
        return socket;
      }),
    );
    rig.script.lines = ['Hello.'];
    await rig.say(id, 'Hi');
    await expect.poll(() => heard, { timeout: 60_000 }).toBe(count);
    for (const socket of sockets) socket.destroy();
    await expect.poll(() => rig.timonel.streams.count, patient).toBe(0);
  });
});

describe.runIf(storeKinds.includes('postgres'))('the stream of changes of several processes', () => {
  it('tells what another process did', async () => {
    const one = await startRig('postgres');
    const two = await startRig('postgres', { environment: one.environment });
    try {
      const stream = await listen(await two.timonel.listen(), { authorization: `Bearer ${one.apiKey}` });
      await expect.poll(() => stream.heard.length, patient).toBe(1);
      one.script.lines = ['Hello.'];
      // The listening connection of the second process may take a moment.
      const ids: string[] = [];
      await expect
        .poll(async () => {
          const id = await one.converse('shop');
          await one.say(id, 'Hi');
          ids.push(id);
          return ids.some((each) => kindsOf(stream.heard, each).length > 0);
        }, patient)
        .toBe(true);
      await stream.stop();
    } finally {
      await two.close(false);
      await one.close();
    }
  });
});
