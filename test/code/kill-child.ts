/** One process of the kills: takes up the runs of the one before it, and says what it is told to. */
import { createInterface } from 'node:readline';
import { coder } from '../../agents/coder/agent.ts';
import { defaultWorkspace } from '../../src/composition/base.ts';
import { readSettings } from '../../src/config.ts';
import { openTimonel } from '../../src/main.ts';
import { apiCallerOf } from '../../src/testing/api-caller.ts';
import { scriptedModel } from '../scripted-model.ts';

const [, , folder = '', edits = ''] = process.argv;
const editsOfTurn = Number(edits);
const say = (line: string) => process.stdout.write(`${line}\n`);

/** What comes next follows from what was done: the same in whichever process asks. */
const model = scriptedModel(({ prompt }) => {
  const since = prompt.findLastIndex(({ role }) => role === 'user');
  const done = prompt.slice(since).filter(({ role }) => role === 'tool').length;
  if (done >= editsOfTurn) return 'Done.';
  say(`edit ${done}`);
  return { calls: [{ tool: 'edit', args: { path: 'log.txt', edits: [{ old: 'end\n', new: `edit ${done}\nend\n` }] } }] };
});

const timonel = await openTimonel(readSettings({ ...environmentOf(), TIMONEL_PORT: '0' }), {
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

/** What an earlier process began is gone on with. */
async function settle(): Promise<void> {
  for (;;) {
    const open = await Promise.all(
      ['queued', 'running', 'waiting'].map((status) => call<{ runs: { id: string }[] }>('GET', `/api/v1/runs?status=${status}`)),
    );
    if (open.every(({ body }) => body.runs.length === 0)) break;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const { body } = await call<{ runs: { outcome: string }[] }>('GET', '/api/v1/runs?limit=1');
  const [last] = body.runs;
  if (last !== undefined) say(`ended ${last.outcome}`);
}

function environmentOf(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => /^(?:TIMONEL_(?:HOME|LEASE_MS)|DATABASE_URL)$/.test(name)),
  ) as Record<string, string>;
}

createInterface({ input: process.stdin }).on('line', () => {
  void (async () => {
    const { body } = await call<{ id: string }>('POST', '/api/v1/conversations', { agent: 'coder' });
    await call('PUT', `/api/v1/agents/coder/sessions/${body.id}`, { mode: 'edit' });
    const { run } = await speak<{ run: { outcome: string } }>(body.id, 'go on');
    say(`ended ${run.outcome}`);
  })();
});
say('ready');
void settle();
