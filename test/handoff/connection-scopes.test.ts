/** A member who is limited to a connection has no part in the conversations of another one: over every route that touches them, and in the stream. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { newPerson, type Person } from '../identity/people.ts';
import { freshStoreEnvironment, storeKinds } from '../stores.ts';
import { listen } from './change-reader.ts';
import { escalate, type HandoffRig, startRig } from './desk-agent.ts';

const patient = { timeout: 20_000 };

/** What each route answers about the own branch; about the other one it is 404 everywhere. */
const routes: { method: 'GET' | 'POST' | 'DELETE'; path: string; body?: object; own?: number }[] = [
  { method: 'GET', path: '/api/v1/conversations/:c' },
  { method: 'GET', path: '/api/v1/conversations/:c/messages' },
  { method: 'GET', path: '/api/v1/conversations/:c/messages/1/user' },
  { method: 'GET', path: '/api/v1/conversations/:c/handoffs' },
  { method: 'GET', path: '/api/v1/conversations/:c/notes' },
  { method: 'GET', path: '/api/v1/runs/:r' },
  { method: 'GET', path: '/api/v1/runs/:r?tree' },
  { method: 'GET', path: '/api/v1/runs/:r/steps' },
  { method: 'GET', path: '/api/v1/runs/:r/steps/0' },
  { method: 'POST', path: '/api/v1/runs/:r/feedback', body: { rating: 1 } },
  { method: 'POST', path: '/api/v1/runs/:r/approvals/0.0', body: { decision: 'approve', remember: undefined } },
  { method: 'DELETE', path: '/api/v1/runs/:r/approvals/0.0', own: 404 },
  { method: 'POST', path: '/api/v1/runs/:r/resubmit', own: 409 },
  { method: 'POST', path: '/api/v1/deliveries/:d/replay', own: 409 },
  { method: 'GET', path: '/api/v1/channels/:k' },
  { method: 'POST', path: '/api/v1/conversations/:c/messages', body: { text: 'x' } },
  { method: 'POST', path: '/api/v1/conversations/:c/notes', body: { text: 'x' }, own: 201 },
  { method: 'POST', path: '/api/v1/conversations/:c/assign', body: { priority: 'urgent' } },
  { method: 'POST', path: '/api/v1/conversations/:c/take' },
  { method: 'POST', path: '/api/v1/conversations/:c/replies', body: { text: 'x' }, own: 201 },
  { method: 'POST', path: '/api/v1/conversations/:c/read', own: 204 },
  { method: 'POST', path: '/api/v1/conversations/:c/hand-back', own: 204 },
  { method: 'POST', path: '/api/v1/runs/:r/cancel', own: 409 },
  { method: 'POST', path: '/api/v1/conversations/:c/close', own: 204 },
];

interface Branch {
  connection: string;
  conversation: string;
  run: string;
  delivery: string;
}

describe.each(storeKinds)('limits by connection (%s)', (kind) => {
  let rig: HandoffRig;
  let url: string;
  let remove: () => Promise<void>;
  let centre: Branch;
  let beach: Branch;
  let receptionist: Person;
  beforeAll(async () => {
    const fresh = await freshStoreEnvironment(kind);
    remove = fresh.remove;
    // Nobody answers there: what the provider would say of deliveries is of no matter here.
    rig = await startRig(kind, { environment: { ...fresh.environment, TIMONEL_TELEGRAM_URL: 'http://127.0.0.1:9' } });
    url = await rig.timonel.listen();
    centre = await openBranch('centre', '111');
    beach = await openBranch('beach', '222');
    receptionist = await newPerson(rig, { role: 'operator' });
    expect(await limit(receptionist, [centre.connection])).toMatchObject({
      status: 200,
      body: { connections: [centre.connection] },
    });
  });
  afterAll(async () => {
    await rig?.close();
    await remove?.();
  });

  const limit = (person: Person, connections: string[] | null, headers?: Record<string, string>) =>
    rig.call('PATCH', `/api/v1/users/${person.id}`, { connections }, headers);
  const rows = <T = { id: string }>(text: string, values: unknown[]) =>
    rig.timonel.store.pool.executeText<T & object>(text, values);

  /** A connection on which a customer wrote, and waits for an approval. */
  async function openBranch(name: string, bot: string): Promise<Branch> {
    const secrets = { token: `${bot}:a-token`, webhookSecret: 'a-webhook-secret' };
    const settings = { botId: bot };
    const added = await rig.call<{ id: string }>('POST', '/api/v1/channels', {
      channel: 'telegram',
      name,
      agent: 'shop',
      settings,
      secrets,
    });
    const connection = added.body.id;
    await write(connection, 'Refund me', { calls: [{ tool: 'refund', args: {} }] });
    const waiting = `SELECT a.run_id AS id FROM approvals a JOIN runs r ON r.id = a.run_id JOIN conversations c ON c.id = r.conversation_id
      WHERE c.connection_id = $1`;
    await vi.waitFor(async () => expect(await rows(waiting, [connection])).toHaveLength(1), patient);
    const [found] = await rows<{ conversation: string; run: string; delivery: string }>(
      `SELECT c.id AS conversation, r.id AS run, d.id AS delivery FROM conversations c JOIN runs r ON r.conversation_id = c.id
         JOIN channel_deliveries d ON d.conversation_id = c.id WHERE c.connection_id = $1 LIMIT 1`,
      [connection],
    );
    return { connection, conversation: '', run: '', delivery: '', ...found };
  }

  let updates = 1_000;
  async function write(connection: string, text: string, line: HandoffRig['script']['lines'][number]) {
    rig.script.lines = [line];
    const chat = { id: 42, type: 'private' };
    const message = { message_id: ++updates, date: 1_700_000_000, chat, from: { id: 42, is_bot: false, first_name: 'Ana' }, text };
    const { statusCode } = await rig.timonel.app.inject({
      method: 'POST',
      url: `/api/v1/channels/${connection}/webhook`,
      headers: { 'content-type': 'application/json', 'x-telegram-bot-api-secret-token': 'a-webhook-secret' },
      payload: JSON.stringify({ update_id: updates, message }),
    });
    expect(statusCode).toBe(200);
  }

  const as = <T = { code: string }>(method: 'GET' | 'POST' | 'DELETE', path: string, body?: object) =>
    rig.call<T>(method, path, body, receptionist.headers);
  const pathOf = (path: string, { conversation, run, delivery, connection }: Branch) =>
    path.replace(':c', conversation).replace(':r', run).replace(':d', delivery).replace(':k', connection);

  it('shows lists of the own connection only', async () => {
    const whose = async (path: string) => JSON.stringify((await as('GET', path)).body);
    for (const path of ['conversations', 'conversations?text=refund', 'runs', 'approvals', 'handoffs', 'deliveries', 'channels']) {
      const listed = await whose(`/api/v1/${path}`);
      const [own, others] = [centre, beach].map(({ connection, conversation }) => [connection, conversation]);
      expect(
        own?.some((id) => listed.includes(id)),
        path,
      ).toBe(true);
      expect(
        others?.some((id) => listed.includes(id)),
        path,
      ).toBe(false);
    }
    expect(await as('POST', '/api/v1/conversations', { agent: 'shop' })).toMatchObject({
      status: 403,
      body: { code: 'forbidden' },
    });
    const chat = { model: 'shop', messages: [{ role: 'user', content: 'Hi' }] };
    expect(await as('POST', '/v1/chat/completions', chat)).toMatchObject({ status: 403 });
    // A conversation on no connection is none of theirs.
    const own = await rig.converse('shop');
    expect(await as('GET', `/api/v1/conversations/${own}`)).toMatchObject({ status: 404 });
  });

  it('lets nobody give what they do not have, or what is not there', async () => {
    const owner = await newPerson(rig, { role: 'owner' });
    await limit(owner, [centre.connection]);
    const other = await newPerson(rig, { role: 'receptionist' });
    expect(await limit(other, [beach.connection], owner.headers)).toMatchObject({ status: 403 });
    expect(await limit(other, null, owner.headers)).toMatchObject({ status: 403 });
    expect(await limit(other, [centre.connection], owner.headers)).toMatchObject({ status: 200 });
    expect(await limit(other, [crypto.randomUUID()])).toMatchObject({ status: 404 });
    const assigned = await rig.call('POST', `/api/v1/conversations/${beach.conversation}/assign`, { assignee: other.id });
    expect(assigned).toMatchObject({ status: 404 });
  });

  it('tells of changes on the own connection only', async () => {
    const everything = await listen(url, { authorization: `Bearer ${rig.apiKey}` });
    const own = await listen(url, receptionist.headers);
    await expect.poll(() => own.heard.length, patient).toBe(1);
    const third = await openBranch('third', '333');
    await write(beach.connection, 'And now?', escalate('They ask'));
    const heardOf = (reader: typeof own, id: string) => reader.heard.some(({ data }) => data.conversationId === id);
    await expect.poll(() => heardOf(everything, third.conversation) && heardOf(everything, beach.conversation), patient).toBe(true);
    // What comes last is heard last.
    await rig.call('POST', `/api/v1/conversations/${centre.conversation}/notes`, { text: 'x' });
    await expect.poll(() => heardOf(own, centre.conversation), patient).toBe(true);
    expect(new Set(own.heard.flatMap(({ data }) => data.conversationId ?? []))).toEqual(new Set([centre.conversation]));
    await Promise.all([own.stop(), everything.stop()]);
  });

  it('answers 404 about another connection, on every route, and does what it is asked on the own one', async () => {
    rig.script.lines = ['done'];
    for (const { method, path, body } of routes)
      expect((await as(method, pathOf(path, beach), body)).status, `${method} ${path}`).toBe(404);
    for (const { method, path, body, own = 200 } of routes)
      expect((await as(method, pathOf(path, centre), body)).status, `own: ${method} ${path}`).toBe(own);
  });
});
