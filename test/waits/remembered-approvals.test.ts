/** An approval that holds for all calls like one: as far as the rule says, never against a rule that denies, and while its giver may decide. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineAgent, defineRule, defineTool } from '../../src/index.ts';
import { newPerson } from '../identity/people.ts';
import { scriptedModel } from '../scripted-model.ts';
import { freshStoreEnvironment, storeKinds } from '../stores.ts';
import { startTimonel, type TestTimonel, type TurnBody } from '../timonel.ts';

interface Approval {
  callId: string;
  status: string;
  pattern?: object;
  remember?: string;
}

let frozen = false;
const shell = defineAgent({
  name: 'shell',
  version: '1.0.0',
  description: 'Runs commands.',
  prompt: 'You run commands.',
  tools: ['run_command', 'send_mail'].map((name) =>
    defineTool({
      name,
      description: 'Runs it.',
      input: z.object({ command: z.string() }),
      effect: 'write',
      target: 'outside',
      execute: async ({ command }) => ({ ran: command }),
    }),
  ),
  policy: [
    defineRule({
      id: 'commands',
      description: 'A person decides about a program',
      tools: ['run_command', 'send_mail'],
      evaluate: ({ args }) => {
        const [program = '', ...rest] = String(args['command']).split(' ');
        const pattern = program === 'rm' ? {} : { pattern: { program, flags: rest.filter((word) => word.startsWith('-')) } };
        return { kind: 'ask', reason: { es: '¿Lo corro?', en: 'Run it?' }, ...pattern };
      },
    }),
    defineRule({
      id: 'twice',
      description: 'A second person decides about deployments',
      tools: ['run_command'],
      evaluate: ({ args }) =>
        String(args['command']).includes('deploy') ? { kind: 'ask', reason: { es: '¿Otra vez?', en: 'Again?' } } : undefined,
    }),
    defineRule({
      id: 'frozen',
      description: 'Nothing runs now',
      tools: ['run_command'],
      evaluate: () => (frozen ? { kind: 'deny', reason: { es: 'Ahora no.', en: 'Not now.' } } : undefined),
    }),
  ],
});

/** The message is a JSON list of plans, each a list of commands; one that begins with "mail " goes to the other tool. */
const model = scriptedModel(({ prompt }) => {
  const at = prompt.findLastIndex(({ role }) => role === 'user');
  const said = prompt[at];
  const text = said?.role === 'user' ? said.content.flatMap((part) => (part.type === 'text' ? [part.text] : []))[0] : '';
  const plan = (JSON.parse(text ?? '[]') as string[][])[prompt.slice(at).filter(({ role }) => role === 'tool').length];
  if (plan === undefined) return 'Done.';
  return {
    calls: plan.map((command) => ({
      tool: command.startsWith('mail ') ? 'send_mail' : 'run_command',
      args: { command: command.replace('mail ', '') },
    })),
  };
});

describe.each(storeKinds)('an approval that is remembered (%s)', (kind) => {
  let at: TestTimonel;
  let remove: () => Promise<void>;
  let clock = 0;
  beforeAll(async () => {
    const store = await freshStoreEnvironment(kind);
    remove = store.remove;
    at = await startTimonel(
      kind,
      { agents: [shell], models: { default: model } },
      { environment: store.environment, now: () => new Date(Date.now() + clock) },
    );
  });
  afterAll(async () => {
    await at.close();
    await remove();
  });

  const ask = async (plans: string[][], conversation?: string) => {
    const place = conversation ?? (await at.converse('shell'));
    return { ...(await at.say(place, JSON.stringify(plans))), conversation: place };
  };
  const view = async (runId: string) => (await at.call<TurnBody & { approvals: Approval[] }>('GET', `/api/v1/runs/${runId}`)).body;
  const decide = (runId: string, callId: string, body: object, headers?: Record<string, string>) =>
    at.call<{ status: string; code?: string }>('POST', `/api/v1/runs/${runId}/approvals/${callId}`, body, headers);
  const remember = (runId: string, how: 'run' | 'conversation', headers?: Record<string, string>, callId = '0.0') =>
    decide(runId, callId, { decision: 'approve', remember: how }, headers);
  const ended = async (runId: string) => {
    await expect.poll(async () => (await view(runId)).run.status, { timeout: 30_000 }).toMatch(/finished|waiting/);
    return (await view(runId)).run.outcome;
  };
  const verdicts = async (runId: string) =>
    (await at.timonel.views.steps('default', runId, -1)).flatMap(({ step }) => (step.kind === 'decision' ? [step.verdict] : []));

  it('covers the calls of its run that the rule calls alike, and no others', async () => {
    const { run, conversation } = await ask([['npm test', 'npm start', 'npm -g install'], ['npm build'], ['mail npm x']]);
    expect(run).toMatchObject({ outcome: 'awaiting_approval' });
    expect((await view(run.id)).approvals.map(({ pattern }) => pattern)).toEqual([
      { program: 'npm', flags: [] },
      { program: 'npm', flags: [] },
      { program: 'npm', flags: ['-g'] },
    ]);
    expect(await remember(run.id, 'run')).toMatchObject({
      status: 200,
      body: { status: 'approved', remember: 'run', resumed: false },
    });
    // The one that is alike was decided about with it.
    const statuses = (await view(run.id)).approvals.map(({ status, remember: how }) => [status, how]);
    expect(statuses).toEqual([
      ['approved', 'run'],
      ['approved', undefined],
      ['pending', undefined],
    ]);
    await decide(run.id, '0.2', { decision: 'approve' });
    // The plan after it needs nobody; the other tool has its own.
    expect(await ended(run.id)).toBe('awaiting_approval');
    const later = (await verdicts(run.id)).slice(3);
    expect(later).toMatchObject([
      { kind: 'allow', remembered: [{ runId: run.id, callId: '0.0' }] },
      { kind: 'ask', rule: 'commands' },
    ]);
    // Another run is another run.
    expect((await ask([['npm test']], conversation)).run).toMatchObject({ outcome: 'awaiting_approval' });
  });

  it('covers later turns of its conversation, and no other conversation', async () => {
    const { run, conversation } = await ask([['ls a']]);
    expect(await remember(run.id, 'conversation')).toMatchObject({ status: 200 });
    expect(await ended(run.id)).toBe('replied');
    expect((await ask([['ls b']], conversation)).run).toMatchObject({ outcome: 'replied' });
    expect((await ask([['ls -l b']], conversation)).run).toMatchObject({ outcome: 'awaiting_approval' });
    expect((await ask([['ls b']])).run).toMatchObject({ outcome: 'awaiting_approval' });
  });

  it('is never stronger than a rule that denies, or that asks without a pattern', async () => {
    const { run, conversation } = await ask([['make all']]);
    await remember(run.id, 'conversation');
    expect(await ended(run.id)).toBe('replied');
    frozen = true;
    const denied = await ask([['make all']], conversation);
    frozen = false;
    expect(await verdicts(denied.run.id)).toMatchObject([{ kind: 'deny', rule: 'frozen' }]);
    const deployed = await ask([['make deploy']], conversation);
    expect(await verdicts(deployed.run.id)).toMatchObject([{ kind: 'ask', rule: 'twice' }]);
    const removed = await ask([['rm x']], conversation);
    expect(await remember(removed.run.id, 'run')).toMatchObject({ status: 422, body: { code: 'approval_not_rememberable' } });
    const rejected = await decide(deployed.run.id, '0.0', { decision: 'reject', remember: 'run' });
    expect(rejected).toMatchObject({ status: 422, body: { code: 'approval_not_rememberable' } });
  });

  it('is listed, ended, and in the audit log', async () => {
    const { run, conversation } = await ask([['git pull']]);
    await remember(run.id, 'conversation');
    await ended(run.id);
    const listed = async () =>
      (await at.call<{ approvals: (Approval & { runId: string })[] }>('GET', '/api/v1/approvals?remembered')).body.approvals.filter(
        ({ runId }) => runId === run.id,
      );
    expect(await listed()).toMatchObject([
      { status: 'approved', pattern: { program: 'git', flags: [] }, remember: 'conversation', decidedBy: 'test' },
    ]);
    const place = `/api/v1/runs/${run.id}/approvals/0.0`;
    expect(await at.call('DELETE', place)).toMatchObject({ status: 204 });
    expect(await at.call('DELETE', place)).toMatchObject({ status: 404, body: { code: 'approval_not_found' } });
    expect(await listed()).toEqual([]);
    expect((await ask([['git pull']], conversation)).run).toMatchObject({ outcome: 'awaiting_approval' });
    const { body } = await at.call<{ entries: { action: string; target: { id: string } }[] }>('GET', '/api/v1/audit');
    const actions = body.entries.filter(({ target }) => target?.id === `${run.id}/0.0`).map(({ action }) => action);
    expect(actions.sort()).toEqual(['approval-forgotten', 'approval-remembered']);
  });

  it('ends with the rights of who gave it', async () => {
    // A workspace keeps an admin.
    await newPerson(at, { role: 'admin' });
    const giver = await newPerson(at, { role: 'admin' });
    const expiring = await at.call<{ apiKey: string }>('POST', '/api/v1/api-keys', {
      name: 'expiring',
      scopes: ['runs:decide'],
      expiresAt: new Date(Date.now() + clock + 60_000).toISOString(),
    });
    const key = { authorization: `Bearer ${expiring.body.apiKey}` };
    const given: string[] = [];
    for (const [headers, command] of [
      [giver.headers, 'cargo test'],
      [key, 'go test'],
    ] as const) {
      const { run, conversation } = await ask([[command]]);
      expect(await remember(run.id, 'conversation', headers)).toMatchObject({ status: 200 });
      await ended(run.id);
      expect((await ask([[command]], conversation)).run).toMatchObject({ outcome: 'replied' });
      given.push(conversation);
    }
    expect(await at.call('PATCH', `/api/v1/users/${giver.id}`, { role: 'student' })).toMatchObject({ status: 200 });
    expect((await ask([['cargo test']], given[0])).run).toMatchObject({ outcome: 'awaiting_approval' });
    // A key expires without a change of who may do what.
    clock += 120_000;
    expect((await ask([['go test']], given[1])).run).toMatchObject({ outcome: 'awaiting_approval' });
  });
});
