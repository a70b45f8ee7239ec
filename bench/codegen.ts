/**
 * What a generation costs beside its models: a plan of one task, files, score and the question for approval, with models that answer at once.
 *
 *     npx node bench/codegen.ts [--runs 30]
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { codegen } from '../agents/codegen/agent.ts';
import { startTimonel } from '../src/testing.ts';
import { scriptedRoles } from '../test/codegen/scripted-roles.ts';

const { values } = parseArgs({ options: { runs: { type: 'string', default: '30' } } });
const runs = Number(values.runs);
const top = mkdtempSync(join(tmpdir(), 'timonel-codegen-bench-'));
const folder = join(top, 'code', 'shop');
mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, 'README.md'), '# Shop\n');
const git = (...args: string[]) =>
  execFileSync('git', ['-c', 'user.name=Bench', '-c', 'user.email=bench@example.com', ...args], { cwd: folder });
git('init', '-q', '-b', 'main');
git('add', '-A');
git('commit', '-q', '-m', 'first');

let inModels = 0;
const model = scriptedRoles(({ role }) => {
  const began = performance.now();
  const said = {
    analyst: '{"kind": "documentation", "complexity": 0.1, "questions": []}',
    planner:
      '{"tasks": [{"id": "text", "kind": "documentation", "description": "a page", "files": [{"path": "page.md", "action": "create"}], "dependsOn": []}]}',
    implementer: '',
    tester: '',
    writer: '````markdown path=page.md\n# Page\n\nIt says something.\n````',
    reviewer: '{"score": 10, "findings": []}',
  }[role];
  inModels += performance.now() - began;
  return said;
});
const timonel = await startTimonel({
  agents: codegen({ dataFolder: join(top, 'data'), roots: [join(top, 'code')] }),
  models: { default: model },
});
await timonel.call('POST', '/api/v1/agents/codegen/projects', { name: 'shop', folder });
const times: number[] = [];
for (let run = 0; run < runs + 3; run++) {
  const conversation = await timonel.converse('codegen');
  const began = performance.now();
  const turn = await timonel.say(conversation, '/generate {"project": "shop", "request": "Write a page of documentation"}');
  for (;;) {
    const { body } = await timonel.call<{ approvals: { status: string }[] }>('GET', `/api/v1/runs/${turn.run.id}`);
    if (body.approvals.some(({ status }) => status === 'pending')) break;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  // The first ones load what is loaded once.
  if (run >= 3) times.push(performance.now() - began);
}
times.sort((one, other) => one - other);
const at = (share: number) => Math.round(times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0);
process.stdout.write(
  `${runs} generations up to the question for approval: p50 ${at(0.5)} ms, p95 ${at(0.95)} ms; in the scripted models ${(inModels / (runs + 3)).toFixed(1)} ms each\n`,
);
await timonel.close();
rmSync(top, { recursive: true, force: true });
