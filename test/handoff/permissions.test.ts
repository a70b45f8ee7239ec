/** Who may do what with conversations: each role by each route, and limits by agent. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { newPerson, type Person } from '../identity/people.ts';
import { type HandoffRig, startRig } from './desk-agent.ts';

const roles = ['admin', 'operator', 'owner', 'receptionist', 'member', 'instructor', 'student'] as const;
const repliers: readonly string[] = ['admin', 'operator', 'owner', 'receptionist'];
const assigners: readonly string[] = ['admin', 'operator', 'owner'];

/** What each route asks for; `:id` is a conversation. */
const routes: { method: 'GET' | 'POST' | 'PUT'; path: string; body?: object; roles: readonly string[] }[] = [
  { method: 'GET', path: '/api/v1/handoffs', roles: repliers },
  { method: 'GET', path: '/api/v1/conversations/:id/handoffs', roles: repliers },
  { method: 'GET', path: '/api/v1/conversations/:id/notes', roles: repliers },
  { method: 'POST', path: '/api/v1/conversations/:id/take', roles: repliers },
  { method: 'POST', path: '/api/v1/conversations/:id/replies', body: { text: 'x' }, roles: repliers },
  { method: 'POST', path: '/api/v1/conversations/:id/notes', body: { text: 'x' }, roles: repliers },
  { method: 'POST', path: '/api/v1/conversations/:id/read', roles: repliers },
  { method: 'POST', path: '/api/v1/conversations/:id/hand-back', roles: repliers },
  { method: 'POST', path: '/api/v1/conversations/:id/assign', body: { priority: 'urgent' }, roles: assigners },
  { method: 'GET', path: '/api/v1/handoff-settings', roles: assigners },
  { method: 'PUT', path: '/api/v1/handoff-settings', body: {}, roles: assigners },
  { method: 'GET', path: '/api/v1/conversations', roles },
  { method: 'GET', path: '/api/v1/runs', roles },
  { method: 'GET', path: '/api/v1/approvals', roles: assigners },
  { method: 'GET', path: '/api/v1/jobs', roles: ['admin', 'operator'] },
];

let rig: HandoffRig;
const people = new Map<string, Person>();
beforeAll(async () => {
  rig = await startRig('embedded');
  for (const role of roles) people.set(role, await newPerson(rig, { role }));
});
afterAll(() => rig?.close());

it.each(routes)('lets $method $path to those who may', async ({ method, path, body, roles: allowed }) => {
  for (const role of roles) {
    const id = await rig.converse('shop');
    const { status } = await rig.call(method, path.replace(':id', id), body, people.get(role)?.headers);
    expect(status === 403 ? 'refused' : 'let in', role).toBe(allowed.includes(role) ? 'let in' : 'refused');
  }
});

it('limits people to the conversations of their agents, in every route', async () => {
  const ana = await newPerson(rig, { role: 'operator' });
  await rig.call('PATCH', `/api/v1/users/${ana.id}`, { agents: ['branch'] });
  rig.script.lines = [{ calls: [{ tool: 'refund', args: {} }] }];
  const id = await rig.converse('shop');
  const { run } = await rig.say(id, 'Refund me');
  const own = await rig.converse('branch');
  const as = (method: 'GET' | 'POST', path: string, body?: object) => rig.call(method, path, body, ana.headers);
  for (const [method, path, body] of [
    ['GET', `/api/v1/conversations/${id}`],
    ['GET', `/api/v1/conversations/${id}/messages`],
    ['GET', `/api/v1/conversations/${id}/messages/1/user`],
    ['GET', `/api/v1/conversations/${id}/handoffs`],
    ['GET', `/api/v1/conversations/${id}/notes`],
    ['POST', `/api/v1/conversations/${id}/take`],
    ['POST', `/api/v1/conversations/${id}/replies`, { text: 'x' }],
    ['POST', `/api/v1/conversations/${id}/notes`, { text: 'x' }],
    ['POST', `/api/v1/conversations/${id}/assign`, { priority: 'urgent' }],
    ['POST', `/api/v1/conversations/${id}/hand-back`],
    ['POST', `/api/v1/conversations/${id}/read`],
    ['POST', `/api/v1/conversations/${id}/close`],
    ['POST', `/api/v1/conversations/${id}/messages`, { text: 'x' }],
    ['GET', `/api/v1/runs/${run.id}`],
    ['GET', `/api/v1/runs/${run.id}/steps`],
    ['GET', `/api/v1/runs/${run.id}/steps/0`],
    ['GET', `/api/v1/runs/${run.id}/events`],
    ['POST', `/api/v1/runs/${run.id}/cancel`],
    ['POST', `/api/v1/runs/${run.id}/feedback`, { rating: 1 }],
    ['POST', `/api/v1/runs/${run.id}/approvals/0.0`, { decision: 'approve' }],
  ] as const)
    expect((await as(method, path, body)).status, `${method} ${path}`).toBe(404);
  expect(await as('POST', '/api/v1/conversations', { agent: 'shop' })).toMatchObject({ status: 403 });
  expect(
    await rig.call('POST', '/v1/chat/completions', { model: 'shop', messages: [{ role: 'user', content: 'Hi' }] }, ana.headers),
  ).toMatchObject({ status: 403 });
  expect((await as('GET', '/api/v1/approvals')).body).toMatchObject({ approvals: [] });
  expect((await as('GET', '/api/v1/handoffs')).body).toMatchObject({ handoffs: [] });
  expect(((await as('GET', '/api/v1/runs')).body as { runs: object[] }).runs).toEqual([]);
  expect(await as('GET', `/api/v1/conversations/${own}`)).toMatchObject({ status: 200 });
  expect(await as('POST', `/api/v1/conversations/${own}/take`)).toMatchObject({ status: 200 });
  // A conversation of another branch is nothing for her.
  expect(await rig.call('POST', `/api/v1/conversations/${id}/assign`, { assignee: ana.id })).toMatchObject({ status: 404 });
});

it('lets nobody open to others what they do not see themselves', async () => {
  const owner = await newPerson(rig, { role: 'owner' });
  const receptionist = await newPerson(rig, { role: 'receptionist' });
  const give = (agents: string[] | null) => rig.call('PATCH', `/api/v1/users/${receptionist.id}`, { agents }, owner.headers);
  expect(await give(['shop'])).toMatchObject({ status: 200, body: { agents: ['shop'] } });
  await rig.call('PATCH', `/api/v1/users/${owner.id}`, { agents: ['shop'] });
  expect(await give(['branch'])).toMatchObject({ status: 403 });
  expect(await give(null)).toMatchObject({ status: 403 });
  expect(await give(['shop'])).toMatchObject({ status: 200 });
});
