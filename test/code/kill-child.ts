/** One process of the kills: takes up the runs of the one before it, and says what it is told to. */
import { createInterface } from 'node:readline';
import { coder } from '../../agents/coder/agent.ts';
import { defaultWorkspace } from '../../src/composition/base.ts';
import { readSettings } from '../../src/config.ts';
import { openTimonel } from '../../src/main.ts';
import { apiCallerOf } from '../../src/testing/api-caller.ts';
import { scriptedModel } from '../scripted-model.ts';
import { inheritedStore } from '../store-environment.ts';

const [, , folder = '', edits = ''] = process.argv;
const editsOfTurn = Number(edits);
const say = (line: string) => process.stdout.write(`${line}\n`);
const half = editsOfTurn / 2;

/** The turn: edits, and a commit of what is there in the middle of them. What comes next follows from what was done: the same in whichever process asks. */
const model = scriptedModel(({ prompt }) => {
  const since = prompt.findLastIndex(({ role }) => role === 'user');
  const done = prompt.slice(since).filter(({ role }) => role === 'tool').length;
  if (done >= editsOfTurn + 2) return 'Done.';
  say(`step ${done}`);
  if (done === half) return { calls: [{ tool: 'git', args: { action: 'add', paths: ['log.txt'] } }] };
  if (done === half + 1) return { calls: [{ tool: 'git', args: { action: 'commit', message: textOf(prompt[since]) } }] };
  const edit = done < half ? done : done - 2;
  return { calls: [{ tool: 'edit', args: { path: 'log.txt', edits: [{ old: 'end\n', new: `edit ${edit}\nend\n` }] } }] };
});

/** What the person wrote is the subject of the commit. */
function textOf(message: { content: unknown } | undefined): string {
  return /turn \d+/.exec(JSON.stringify(message?.content))?.[0] ?? 'no turn';
}

const timonel = await openTimonel(readSettings({ ...inheritedStore(), TIMONEL_PORT: '0' }), {
  agents: [coder({ folder })],
  models: { default: model },
});
const apiKey = await timonel.apiKeys.create({
  id: crypto.randomUUID(),
  workspaceId: defaultWorkspace,
  name: 'kills',
  role: 'admin',
});
const { call, say: speak } = apiCallerOf(timonel.app, apiKey);

interface OpenRun {
  id: string;
  approvals?: { callId: string; status: string }[];
}

/** The person says yes to what is asked: git's writes are asked about in every mode. */
async function approve(id: string): Promise<void> {
  const { body } = await call<OpenRun>('GET', `/api/v1/runs/${id}`);
  for (const { callId } of (body.approvals ?? []).filter(({ status }) => status === 'pending'))
    await call('POST', `/api/v1/runs/${id}/approvals/${callId}`, { decision: 'approve' });
}

/** What this process or an earlier one began is gone on with to its end. */
async function settle(): Promise<void> {
  for (;;) {
    // One question, since a run goes from one status to the next between two.
    const { body } = await call<{ runs?: { id: string; status: string; outcome: string | null }[] }>('GET', '/api/v1/runs?limit=1');
    const [last] = body.runs ?? [];
    if (body.runs !== undefined && last === undefined) return;
    if (last?.status === 'finished') return void say(`ended ${last.outcome}`);
    if (last !== undefined) await approve(last.id);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

createInterface({ input: process.stdin }).on('line', (line) => {
  void (async () => {
    const { body } = await call<{ id: string }>('POST', '/api/v1/conversations', { agent: 'coder' });
    await call('PUT', `/api/v1/agents/coder/sessions/${body.id}`, { mode: 'edit' });
    await speak(body.id, line);
    await settle();
  })();
});
say('ready');
void settle();
