/** Lists for people: filters, pages by place, bounded answers; text is found by its trigrams. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newPerson } from '../identity/people.ts';
import { storeKinds } from '../stores.ts';
import { escalate, type HandoffRig, startRig } from './desk-agent.ts';

interface Listed {
  id: string;
  unread: boolean;
  last: { role: string; text: string } | null;
  handoff: { reason: string; assignee: { name: string } | null } | null;
}

describe.each(storeKinds)('lists (%s)', (kind) => {
  let rig: HandoffRig;
  const ids: string[] = [];
  beforeAll(async () => {
    rig = await startRig(kind);
    rig.script.lines = ['Hello.'];
    for (let index = 0; index < 7; index++) {
      const id = await rig.converse(index === 6 ? 'branch' : 'shop');
      ids.push(id);
      await rig.say(id, `Pedido número ${index}: una mesa 100% de roble_macizo`);
    }
    rig.script.lines = [escalate('x'), 'Soon.'];
    await rig.say(ids[0] ?? '', 'A person please');
    await rig.call('POST', `/api/v1/conversations/${ids[1]}/take`);
  });
  afterAll(() => rig?.close());

  const list = async (query: string, headers?: Record<string, string>) => {
    const { status, body } = await rig.call<{ conversations: Listed[]; next: string | null }>(
      'GET',
      `/api/v1/conversations?${query}`,
      undefined,
      headers,
    );
    expect(status, JSON.stringify(body)).toBe(200);
    return body;
  };
  const idsOf = async (query: string) => (await list(query)).conversations.map(({ id }) => id);

  it('pages through conversations, the newest first, each once', async () => {
    const seen: string[] = [];
    for (let after = ''; ; ) {
      const page = await list(`limit=3${after}`);
      seen.push(...page.conversations.map(({ id }) => id));
      if (page.next === null) break;
      after = `&after=${encodeURIComponent(page.next)}`;
    }
    expect(seen).toEqual([...ids].reverse());
    expect(await rig.call('GET', '/api/v1/conversations?after=x')).toMatchObject({
      status: 400,
      body: { code: 'invalid_request' },
    });
    expect(await rig.call('GET', '/api/v1/conversations?limit=101')).toMatchObject({ status: 400 });
  });

  it('filters them', async () => {
    expect(await idsOf('agent=branch')).toEqual([ids[6]]);
    expect(await idsOf('handler=person')).toEqual([ids[1]]);
    expect(new Set(await idsOf('waiting=true'))).toEqual(new Set([ids[0], ids[1]]));
    expect(await idsOf('assignee=me')).toEqual([ids[1]]);
    expect(await idsOf('assignee=none')).toEqual([ids[0]]);
    expect(await idsOf('unread=false')).toEqual([ids[1]]);
    expect(await idsOf('status=closed')).toEqual([]);
    expect(await idsOf('arm=stable&channel=api&limit=1')).toHaveLength(1);
    // Those of one contact, as a channel knows it; a conversation without one has none beside it.
    const contact = [crypto.randomUUID(), [ids[2], ids[4]]];
    await rig.timonel.store.pool.executeText('UPDATE conversations SET contact_id = $1 WHERE id = ANY($2)', contact);
    expect(await idsOf(`contactOf=${ids[2]}`)).toEqual([ids[4], ids[2]]);
    expect(await idsOf(`contactOf=${ids[3]}`)).toEqual([]);
    const runs = await rig.call<{ runs: { conversationId: string }[] }>('GET', `/api/v1/runs?conversation=${ids[3]}`);
    expect(runs.body.runs.map(({ conversationId }) => conversationId)).toEqual([ids[3]]);
    const [waiting] = (await list('assignee=none')).conversations;
    expect(waiting).toMatchObject({
      unread: true,
      last: { role: 'assistant', text: 'Soon.' },
      handoff: { reason: 'escalated', assignee: null },
    });
    await rig.call('POST', `/api/v1/conversations/${ids[0]}/read`);
    expect(new Set(await idsOf('unread=false'))).toEqual(new Set([ids[0], ids[1]]));
  });

  it('finds text, by an index, with its own signs taken as they stand', async () => {
    expect(await idsOf(`text=${encodeURIComponent('número 3')}`)).toEqual([ids[3]]);
    expect(await idsOf(`text=${encodeURIComponent('NÚMERO 3')}`)).toEqual([ids[3]]);
    expect(await idsOf(`text=${encodeURIComponent('100% de')}`)).toHaveLength(7);
    expect(await idsOf(`text=${encodeURIComponent('roble%macizo')}`)).toEqual([]);
    expect(await rig.call('GET', '/api/v1/conversations?text=ab')).toMatchObject({ status: 400 });
    const plan = await rig.timonel.store.pool.executeText<Record<string, string>>(
      `EXPLAIN SELECT FROM messages m WHERE m.workspace_id = 'default' AND left(m.text, 2000) ILIKE '%roble%'`,
    );
    expect(JSON.stringify(plan)).toContain('messages_by_text');
  });

  it('shows a member their own, and a limited one those of their agents', async () => {
    const member = await newPerson(rig);
    expect((await list('', member.headers)).conversations).toEqual([]);
    const limited = await newPerson(rig, { role: 'receptionist' });
    await rig.call('PATCH', `/api/v1/users/${limited.id}`, { agents: ['branch'] });
    expect((await list('', limited.headers)).conversations.map(({ id }) => id)).toEqual([ids[6]]);
    const found = await list(`text=${encodeURIComponent('roble')}`, limited.headers);
    expect(found.conversations.map(({ id }) => id)).toEqual([ids[6]]);
  });

  it('lists runs, jobs, and the queue of hand-offs', async () => {
    const runs = await rig.call<{ runs: { outcome: string; agent: string }[]; next: string }>(
      'GET',
      '/api/v1/runs?outcome=escalated',
    );
    expect(runs.body.runs).toMatchObject([{ outcome: 'escalated', agent: 'shop' }]);
    const page = await rig.call<{ runs: { id: string }[]; next: string }>('GET', '/api/v1/runs?limit=5');
    const rest = await rig.call<{ runs: { id: string }[]; next: null }>('GET', `/api/v1/runs?limit=5&after=${page.body.next}`);
    expect(new Set([...page.body.runs, ...rest.body.runs].map(({ id }) => id)).size).toBe(8);
    expect(rest.body.next).toBeNull();
    expect((await rig.call('GET', '/api/v1/runs?minCost=1')).body).toMatchObject({ runs: [] });
    expect((await rig.call('GET', '/api/v1/runs?since=2999-01-01T00:00:00Z')).body).toMatchObject({ runs: [] });
    await rig.timonel.jobs.enqueue('webhook', { delivery: crypto.randomUUID(), workspaceId: 'default' });
    await expect
      .poll(async () => (await rig.call('GET', '/api/v1/jobs?queue=webhook')).body, { timeout: 20_000 })
      .toMatchObject({ jobs: [{ queue: 'webhook' }] });
    expect((await rig.call('GET', '/api/v1/handoffs')).body).toMatchObject({ handoffs: [{}, {}], next: null });
    expect((await rig.call('GET', '/api/v1/handoffs?taken=true&assignee=me')).body).toMatchObject({
      handoffs: [{ conversationId: ids[1], reason: 'taken' }],
    });
    const first = await rig.call<{ next: string }>('GET', '/api/v1/handoffs?limit=1');
    expect((await rig.call('GET', `/api/v1/handoffs?limit=1&after=${first.body.next}`)).body).toMatchObject({ handoffs: [{}] });
  });

  it('pages messages and steps from the end, and cuts what is large', async () => {
    const id = await rig.converse('shop');
    const long = 'á'.repeat(60_000);
    rig.script.lines = [escalate(`because ${'x'.repeat(20_000)}`), long];
    const { run } = await rig.say(id, 'one');
    rig.script.lines = ['Two.'];
    for (const text of ['two', 'three']) await rig.say(id, text);
    type Page = { messages: { turn: number; text: string; cut?: number; href?: string }[]; before: number | null };
    const latest = await rig.call<Page>('GET', `/api/v1/conversations/${id}/messages?limit=4`);
    expect(latest.body).toMatchObject({ messages: [{ turn: 2 }, { turn: 2 }, { turn: 3 }, { turn: 3 }], before: 2 });
    const earlier = await rig.call<Page>('GET', `/api/v1/conversations/${id}/messages?limit=4&before=2`);
    expect(earlier.body).toMatchObject({ messages: [{ turn: 1 }, { turn: 1, cut: 120_000 }], before: null });
    const whole = await rig.call<{ text: string }>('GET', earlier.body.messages[1]?.href ?? '');
    expect(whole.body.text).toBe(long);

    type Steps = { steps: { index: number; event: string; data: Record<string, unknown>; href?: string }[]; before: number | null };
    const steps = await rig.call<Steps>('GET', `/api/v1/runs/${run.id}/steps?limit=3`);
    expect(steps.body.steps).toHaveLength(3);
    expect(steps.body.steps.at(-1)?.event).toBe('reply-given');
    const before = await rig.call<Steps>('GET', `/api/v1/runs/${run.id}/steps?before=${steps.body.before}`);
    expect(before.body).toMatchObject({ before: null });
    expect(before.body.steps[0]).toMatchObject({ index: 0, event: 'plan-made', data: { calls: { cut: expect.any(Number) } } });
    const first = await rig.call<Steps['steps'][number]>('GET', before.body.steps[0]?.href ?? '');
    expect(JSON.stringify(first.body.data['calls'])).toContain('x'.repeat(20_000));
    expect(await rig.call('GET', `/api/v1/runs/${run.id}/steps/99`)).toMatchObject({ status: 404 });
  });
});
