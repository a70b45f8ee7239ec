/** What all workspaces share is shown to operators of the installation, and forced by them only. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newWorkspace } from './new-workspace.ts';
import { notes } from './notes-agent.ts';
import { scriptedModel } from './scripted-model.ts';
import { startTimonel, type TestTimonel } from './timonel.ts';

let timonel: TestTimonel;
let elsewhere: string;
beforeAll(async () => {
  timonel = await startTimonel('embedded', { agents: [notes], models: { default: scriptedModel(() => 'Hola.') } });
  ({ authorization: elsewhere } = await newWorkspace(timonel, 'other'));
  await timonel.say(await timonel.converse('notes'), 'Hola');
});
afterAll(() => timonel.close());

describe('what belongs to the installation', () => {
  const force = { target: 'project/default', state: 'half-open' };

  it.each([
    ['GET', '/api/v1/health/circuit-breaker'],
    ['POST', '/api/v1/health/circuit-breaker', force],
    ['GET', '/metrics/health'],
    ['GET', '/metrics/tools/performance'],
    ['GET', '/metrics/slo/status'],
    ['GET', '/metrics/alerts/active'],
    ['GET', '/metrics/dashboard/overview'],
    ['POST', '/metrics/alerts/x/acknowledge', { note: 'mine' }],
    ['GET', '/api/v1/workspaces'],
    ['POST', '/api/v1/workspaces', { id: 'third', name: 'Third', timeZone: 'UTC', apiKey: true }],
    ['PATCH', '/api/v1/workspaces/default', { disabled: true }],
    ['POST', '/api/v1/workspaces/default/seed', { agent: 'notes' }],
  ] as const)('is refused to the admin of another workspace: %s %s', async (method, url, body?: object) => {
    expect(await timonel.call(method, url, body, { authorization: elsewhere })).toMatchObject({
      status: 403,
      body: { code: 'forbidden', detail: expect.stringContaining('workspace "default"') },
    });
  });

  it('is shown to, and forced by, an operator of the workspace "default"', async () => {
    expect((await timonel.call('POST', '/api/v1/health/circuit-breaker', force)).status).toBe(200);
    type View = { history: { target: string; reason: string }[] };
    const { body } = await timonel.call<View>('GET', '/api/v1/health/circuit-breaker');
    expect(body.history).toMatchObject([{ target: 'project/default', reason: 'forced by test' }]);
  });

  it('tells others which models there are, but not why a provider cannot be reached', async () => {
    type Listed = { providers: { name: string; reachable: boolean; detail?: string; models: string[] }[] };
    const own = await timonel.call<Listed>('GET', '/api/v1/models');
    expect(own.body.providers.some(({ detail }) => detail !== undefined)).toBe(true);
    const others = await timonel.call<Listed>('GET', '/api/v1/models', undefined, { authorization: elsewhere });
    expect(others.body.providers.map(({ name, models }) => ({ name, models }))).toEqual(
      own.body.providers.map(({ name, models }) => ({ name, models })),
    );
    expect(others.body.providers.every(({ detail }) => detail === undefined)).toBe(true);
  });
});
