/** Endpoints of a workspace are told of what happens there: signed, once for each event, again after failures, and never at an address of this network. */
import { lookup } from 'node:dns';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { channels } from '../../src/diagnostics.ts';
import { foreignLookup, isOwnAddress } from '../../src/foreign-addresses.ts';
import { WebhookSender } from '../../src/webhooks/sender.ts';
import { escalate, type HandoffRig, startRig } from '../handoff/desk-agent.ts';
import { newPerson } from '../identity/people.ts';
import { freshStoreEnvironment, storeKinds } from '../stores.ts';

const patient = { timeout: 30_000, interval: 100 };

interface Received {
  path: string;
  headers: Record<string, string>;
  body: string;
}
interface Told {
  type: string;
  data: Record<string, unknown>;
}
interface Endpoint {
  id: string;
  secret: string;
}

describe.each(storeKinds)('webhooks (%s)', (kind) => {
  let rig: HandoffRig;
  let remove: () => Promise<void>;
  let base: string;
  const received: Received[] = [];
  /** What paths answer next; 204 afterwards. */
  const answers = new Map<string, number[]>();
  const receiver = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const path = request.url ?? '';
    received.push({ path, headers: request.headers as Record<string, string>, body });
    const answer = answers.get(path)?.shift() ?? 204;
    response.writeHead(answer, answer === 302 ? { location: `${base}/elsewhere` } : {}).end();
  });

  beforeAll(async () => {
    receiver.listen(0, '127.0.0.1');
    await once(receiver, 'listening');
    base = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;
    const fresh = await freshStoreEnvironment(kind);
    remove = fresh.remove;
    rig = await startRig(kind, { environment: { ...fresh.environment, TIMONEL_WEBHOOK_PRIVATE_ADDRESSES: 'true' } });
  });
  afterAll(async () => {
    await rig?.close();
    receiver.close();
    await remove?.();
  });

  const add = async (path: string, events: string[]) =>
    (await rig.call<Endpoint>('POST', '/api/v1/webhooks', { url: `${base}${path}`, events })).body;
  const at = (path: string) => received.filter((each) => each.path === path);
  const told = (path: string): Told[] => at(path).map(({ body }) => JSON.parse(body) as Told);
  const typesAt = (path: string) => told(path).map(({ type }) => type);
  const deliveries = async (query: string) =>
    (
      await rig.call<{ deliveries: { id: string; state: string; attempts: number; error: string | null }[] }>(
        'GET',
        `/api/v1/webhook-deliveries?${query}`,
      )
    ).body.deliveries;

  it('tell of runs, approvals, hand-offs, deliveries, releases and alerts, with ids and kinds only', async () => {
    const { secret } = await add('/all', [
      'run.ended',
      'approval.waiting',
      'handoff.waiting',
      'delivery.failed',
      'release.decided',
      'alert',
    ]);
    await add('/runs', ['run.ended']);
    const conversation = await rig.converse('shop');
    rig.script.lines = [escalate('They want a person'), 'Soon.'];
    const { run } = await rig.say(conversation, 'A secret wish');
    rig.script.lines = [{ calls: [{ tool: 'refund', args: {} }] }];
    const other = await rig.converse('shop');
    await rig.say(other, 'Refund me');
    await rig.timonel.handoff.round.run();
    await rig.timonel.store.pool.executeText(
      `INSERT INTO channel_deliveries (workspace_id, connection_id, contact_id, conversation_id, said_by, content)
       VALUES ('default', gen_random_uuid(), gen_random_uuid(), $1, 'assistant', '{"text": "A secret wish"}')`,
      [conversation],
    );
    await rig.timonel.store.pool.executeText(
      `UPDATE channel_deliveries SET state = 'refused', ended_at = now(), error = '{"code": "131026", "message": "A secret wish"}' WHERE conversation_id = $1`,
      [conversation],
    );
    channels.alertChanged.publish({ name: 'X', severity: 'warning', labels: {}, summary: 'x', value: 1, state: 'firing' });
    channels.alertChanged.publish({ name: 'X', severity: 'warning', labels: {}, summary: 'x', value: 1, state: 'firing' });
    const all = ['alert', 'approval.waiting', 'delivery.failed', 'handoff.waiting', 'handoff.waiting', 'run.ended'];
    await expect.poll(() => typesAt('/all').toSorted(), patient).toEqual(all);
    const data = Object.fromEntries(told('/all').map((each) => [each.type, each.data]));
    expect(data).toMatchObject({
      'run.ended': { workspaceId: 'default', runId: run.id, conversationId: conversation, agent: 'shop', outcome: 'escalated' },
      'approval.waiting': { conversationId: other, tool: 'refund', rule: 'ask-first' },
      'handoff.waiting': { reason: expect.any(String), priority: 'normal' },
      'delivery.failed': { conversationId: conversation, state: 'refused', error: '131026' },
      alert: { name: 'X', state: 'firing' },
    });
    expect(JSON.stringify(at('/all'))).not.toContain('A secret wish');
    // By the library of the other side.
    for (const { body, headers } of at('/all')) expect(new Webhook(secret).verify(body, headers)).toBeTruthy();
    await expect.poll(() => typesAt('/runs'), patient).toEqual(['run.ended']);
    const ids = [...at('/all'), ...at('/runs')].map(({ headers }) => headers['webhook-id']);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('come again with the same id where the endpoint fails, and are dead letters in the end', async () => {
    const { id } = await add('/failing', ['run.ended']);
    answers.set('/failing', [302]);
    await rig.call('POST', `/api/v1/webhooks/${id}/test`, {});
    await expect.poll(() => at('/failing').length, patient).toBe(2);
    expect(new Set(at('/failing').map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    expect(at('/elsewhere')).toEqual([]);
    await expect
      .poll(() => deliveries(`endpoint=${id}`), patient)
      .toMatchObject([{ state: 'delivered', attempts: 2, error: null }]);
    // One that says that it is gone is asked no more.
    answers.set('/failing', [410]);
    const { body: second } = await rig.call<{ id: string }>('POST', `/api/v1/webhooks/${id}/test`, {});
    await expect
      .poll(() => deliveries(`endpoint=${id}&state=dead`), patient)
      .toMatchObject([{ id: second.id, error: 'It answered 410.' }]);
    expect(await rig.call('POST', `/api/v1/webhook-deliveries/${second.id}/replay`)).toMatchObject({ status: 202 });
    await expect.poll(() => deliveries(`endpoint=${id}&state=delivered`), patient).toHaveLength(2);
    expect(at('/failing').at(-1)?.headers['webhook-id']).toBe(`msg_${second.id}`);
    expect(await rig.call('POST', `/api/v1/webhook-deliveries/${crypto.randomUUID()}/replay`)).toMatchObject({ status: 404 });
  });

  it('are signed with both secrets while one is rotated, and with the new one alone afterwards', async () => {
    const { id, secret: first } = await add('/rotated', ['run.ended']);
    const rotate = (overlapSeconds: number) => rig.call<Endpoint>('POST', `/api/v1/webhooks/${id}/rotate`, { overlapSeconds });
    const second = (await rotate(600)).body.secret;
    const next = async () => {
      const before = at('/rotated').length;
      await rig.call('POST', `/api/v1/webhooks/${id}/test`, {});
      await expect.poll(() => at('/rotated').length, patient).toBe(before + 1);
      const { body = '', headers = {} } = at('/rotated').at(-1) ?? {};
      return (secret: string) => new Webhook(secret).verify(body, headers);
    };
    const signedDuring = await next();
    for (const secret of [first, second]) expect(signedDuring(secret)).toBeTruthy();
    const third = (await rotate(0)).body.secret;
    const signedAfter = await next();
    expect(signedAfter(third)).toBeTruthy();
    expect(() => signedAfter(second)).toThrow();
    const { body } = await rig.call<{ webhooks: object[] }>('GET', '/api/v1/webhooks');
    expect(JSON.stringify(body)).not.toContain('whsec_');
    const stored = await rig.timonel.store.pool.executeText<{ secrets: string }>('SELECT secrets FROM webhook_endpoints');
    expect(JSON.stringify(stored)).not.toContain(third.slice(6));
  });

  it('are told nothing while they are disabled, and managed by those who may', async () => {
    const { id } = await add('/disabled', ['run.ended']);
    expect(await rig.call('PATCH', `/api/v1/webhooks/${id}`, { enabled: false })).toMatchObject({ status: 200 });
    const conversation = await rig.converse('shop');
    rig.script.lines = ['Hello.'];
    await rig.say(conversation, 'Hi');
    expect(await deliveries(`endpoint=${id}`)).toEqual([]);
    const receptionist = await newPerson(rig, { role: 'receptionist' });
    const owner = await newPerson(rig, { role: 'owner' });
    for (const [person, status] of [
      [receptionist, 403],
      [owner, 200],
    ] as const)
      expect((await rig.call('GET', '/api/v1/webhooks', undefined, person.headers)).status).toBe(status);
    // Who sees some conversations only is not told of all.
    await rig.call('PATCH', `/api/v1/users/${owner.id}`, { agents: ['shop'] });
    expect((await rig.call('GET', '/api/v1/webhooks', undefined, owner.headers)).status).toBe(403);
    expect((await rig.call('DELETE', `/api/v1/webhooks/${id}`)).status).toBe(204);
    expect((await rig.call('GET', `/api/v1/webhooks/${id}`)).status).toBe(404);
  });
});

describe('addresses of this network', () => {
  it('are known, however they are written', () => {
    for (const own of [
      '127.0.0.1',
      '10.1.2.3',
      '172.16.0.1',
      '192.168.1.1',
      '169.254.169.254',
      '100.64.0.1',
      '::1',
      'fe80::1',
      'fd00::1',
      '::ffff:10.0.0.1',
      '::7f00:1',
      '2002:7f00:1::',
      '64:ff9b::7f00:1',
    ])
      expect(isOwnAddress(own), own).toBe(true);
    for (const other of ['8.8.8.8', '172.32.0.1', '2606:4700::1111', '::ffff:8.8.8.8'])
      expect(isOwnAddress(other), other).toBe(false);
  });

  it('are refused where an endpoint is added', async () => {
    await using rig = await closing(startRig('embedded'));
    const add = (url: string) => rig.at.call<{ detail: string }>('POST', '/api/v1/webhooks', { url, events: ['alert'] });
    for (const url of [
      'http://example.com/',
      'https://127.0.0.1/',
      'https://2130706433/',
      'https://[::ffff:7f00:1]/',
      'https://localhost/',
      'https://a:b@example.com/',
      'ftp://example.com/',
    ])
      expect(await add(url), url).toMatchObject({ status: 400 });
    expect(await add('https://example.com/hooks')).toMatchObject({ status: 201 });
  });

  it('are refused where the connection is made: a name is resolved once, and may mean something else by then', async () => {
    const sender = new WebhookSender({ anywhere: false, now: () => new Date() });
    let asked = false;
    const server = createServer(() => (asked = true)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const message = { secrets: [`whsec_${Buffer.alloc(32).toString('base64')}`], id: 'msg_1', body: '{}' };
    // The name of this machine is one that means an own address.
    expect(
      (await new Promise<string>((resolve) => lookup('localhost', (_error, address) => resolve(address)))).length,
    ).toBeGreaterThan(0);
    for (const host of ['localhost', '127.0.0.1', '[::1]', '[::ffff:127.0.0.1]'])
      await expect(sender.send({ ...message, url: `http://${host}:${port}/` }), host).rejects.toThrow();
    expect(asked).toBe(false);
    const found = await new Promise<Error | null>((resolve) =>
      foreignLookup('localhost', { all: true }, (error) => resolve(error)),
    );
    expect(found?.message).toContain('of this machine');
    await sender.close();
    server.close();
  });
});

async function closing(opening: Promise<HandoffRig>) {
  const at = await opening;
  return { at, [Symbol.asyncDispose]: () => at.close() };
}
