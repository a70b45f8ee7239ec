/**
 * What a step of the coding assistant costs, with a model that answers at once: every edit planned, decided, kept for undo, written with fsync, and stored
 * as a step. Beside it a read, which is stored too.
 *
 *     npm run bench:code
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { coder } from '../agents/coder/agent.ts';
import { readSettings } from '../src/config.ts';
import { defaultWorkspace, openTimonel } from '../src/main.ts';
import { apiCallerOf } from '../src/testing/api-caller.ts';
import { type ScriptLine, scriptedModel } from '../src/testing/scripted-model.ts';

const steps = 20;
const rounds = 12;
const folder = mkdtempSync(join(tmpdir(), 'timonel-bench-'));
const home = mkdtempSync(join(tmpdir(), 'timonel-home-'));
let script: ScriptLine[] = [];
const model = scriptedModel(() => script.shift() ?? 'Done.');
const timonel = await openTimonel(readSettings({ TIMONEL_HOME: home, TIMONEL_PORT: '0', TIMONEL_MAX_EVENT_LOOP_DELAY_MS: '0' }), {
  agents: [coder({ folder })],
  models: { default: model },
});
try {
  const apiKey = await timonel.apiKeys.create({
    id: crypto.randomUUID(),
    workspaceId: defaultWorkspace,
    name: 'bench',
    role: 'admin',
  });
  const { call, say } = apiCallerOf(timonel.app, apiKey);
  const measure = async (line: (at: number) => ScriptLine): Promise<number[]> => {
    const times: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const { body } = await call<{ id: string }>('POST', '/api/v1/conversations', { agent: 'coder' });
      await call('PUT', `/api/v1/agents/coder/sessions/${body.id}`, { mode: 'edit' });
      writeFileSync(join(folder, 'a.ts'), Array.from({ length: 500 }, (_line, at) => `const line${at} = ${at};\n`).join(''));
      script = [...Array.from({ length: steps }, (_step, at) => line(at)), 'Done.'];
      const started = performance.now();
      const { run } = await say<{ run: { outcome: string } }>(body.id, 'go on');
      if (run.outcome !== 'replied') throw new Error(`The turn ended ${run.outcome}.`);
      // The first round warms up.
      if (round > 0) times.push((performance.now() - started) / (steps + 1));
    }
    return times.sort((a, b) => a - b);
  };
  const report = (what: string, times: number[]) => {
    const at = (share: number) => (times[Math.floor(share * (times.length - 1))] ?? 0).toFixed(1);
    console.log(
      `${what.padEnd(8)} ${at(0.5)} ms a step in the median, ${at(0)} at best, ${at(1)} at worst (${times.length} turns of ${steps})`,
    );
  };
  report(
    'edit',
    await measure((at) => ({
      calls: [{ tool: 'edit', args: { path: 'a.ts', edits: [{ old: `line${at} = ${at};`, new: `line${at} = ${at} + 1;` }] } }],
    })),
  );
  report('read', await measure((at) => ({ calls: [{ tool: 'read', args: { path: 'a.ts', from: at + 1, lines: 5 } }] })));
} finally {
  await timonel.close();
  rmSync(folder, { recursive: true, force: true });
  rmSync(home, { recursive: true, force: true });
}
