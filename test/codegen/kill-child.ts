/** One process of the kills: goes on with what the one before it began, approves what is asked, and generates into the projects that it is told of. */
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { codegen } from '../../agents/codegen/agent.ts';
import { defaultWorkspace } from '../../src/composition/base.ts';
import { readSettings } from '../../src/config.ts';
import { openTimonel } from '../../src/main.ts';
import { apiCallerOf } from '../../src/testing/api-caller.ts';
import { inheritedStore } from '../store-environment.ts';
import { scriptedRoles } from './scripted-roles.ts';
import { block, json } from './texts.ts';

const [, , top = ''] = process.argv;
const say = (line: string) => process.stdout.write(`${line}\n`);

const said = {
  analyst: json({
    kind: 'function',
    language: 'python',
    complexity: 0.2,
    summary: 'A greeting',
    file: 'greeting.py',
    questions: [],
  }),
  planner: json({
    tasks: [
      {
        id: 'code',
        kind: 'implementation',
        description: 'greeting',
        files: [{ path: 'greeting.py', action: 'create' }],
        dependsOn: [],
      },
      { id: 'page', kind: 'documentation', description: 'page', files: [{ path: 'page.md', action: 'create' }], dependsOn: [] },
      {
        id: 'tests',
        kind: 'testing',
        description: 'tests',
        files: [{ path: 'test_greeting.py', action: 'create' }],
        dependsOn: ['code'],
      },
    ],
  }),
  implementer: block(
    'greeting.py',
    '"""A greeting."""\n\n\ndef greeting(name: str) -> str:\n    """Greets by name."""\n    return "Hola, " + name',
  ),
  tester: block(
    'test_greeting.py',
    'from greeting import greeting\n\n\ndef test_greeting():\n    assert greeting("Ana") == "Hola, Ana"',
  ),
  writer: block('page.md', '# Greeting\n\nGreets by name.'),
  reviewer: json({ score: 10, findings: [] }),
};

const model = scriptedRoles(({ role }) => {
  say(`step ${role}`);
  return said[role];
});
const timonel = await openTimonel(readSettings({ ...inheritedStore(), TIMONEL_PORT: '0' }), {
  agents: codegen({ dataFolder: join(top, 'data'), roots: [join(top, 'code')] }),
  models: { default: model },
});
const keyOf = (name: string) =>
  timonel.apiKeys.create({ id: crypto.randomUUID(), workspaceId: defaultWorkspace, name, role: 'admin' });
const { call, say: speak } = apiCallerOf(timonel.app, await keyOf('asks'));
const approver = { authorization: `Bearer ${await keyOf('approves')}` };

interface Pending {
  approvals?: { runId: string; callId: string }[];
}
interface Executions {
  executions?: { project: string; stage: string; result: string | null }[];
}

/** The newest generation is gone on with to its end; a person approves its commit. */
async function settle(): Promise<void> {
  for (;;) {
    const { body } = await call<Executions>('GET', '/api/v1/agents/codegen/executions?limit=1');
    const [last] = body.executions ?? [];
    if (body.executions !== undefined && last === undefined) return;
    if (last?.stage === 'ended') return void say(`ended ${last.project} ${last.result}`);
    const pending = (await call<Pending>('GET', '/api/v1/approvals')).body.approvals ?? [];
    for (const { runId, callId } of pending) {
      say('step approval');
      await call('POST', `/api/v1/runs/${runId}/approvals/${callId}`, { decision: 'approve' }, approver);
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

createInterface({ input: process.stdin }).on('line', (name) => {
  void (async () => {
    await call('POST', '/api/v1/agents/codegen/projects', { name, folder: join(top, 'code', name) });
    const { body } = await call<{ id: string }>('POST', '/api/v1/conversations', { agent: 'codegen' });
    void speak(body.id, `/generate ${JSON.stringify({ project: name, request: 'Create a function that greets' })}`).catch(
      () => undefined,
    );
    // The generation before this one is the newest until this one is there.
    const begun = async () =>
      (await call<Executions>('GET', `/api/v1/agents/codegen/executions?project=${name}`)).body.executions ?? [];
    while ((await begun()).length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    await settle();
  })();
});
say('ready');
void settle();
