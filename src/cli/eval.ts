import { Command } from 'commander';
import { readSettings } from '../config.ts';
import { localReference } from '../language/time/wall-clock.ts';
import { defaultWorkspace, openTimonel } from '../main.ts';
import { type CaseResult, type EvalConversation, readCases, runCase, temporaryHome } from '../operations/evaluate.ts';
import type { AgentDefinition } from '../run/contract.ts';
import { loadProject } from './project-file.ts';
import { startSpinner } from './spinner.ts';
import { UsageError } from './usage-error.ts';

export function evalCommand(): Command {
  return new Command('eval')
    .description("Run an agent's quality cases against its sample data, on a store of their own; exit code 1 when a case fails")
    .argument('<agent>', 'name of the agent, e.g. booking')
    .option('--case <id>', 'run this case only')
    .option('--min <share>', 'share of cases that must pass', '1')
    .option('--json', 'print JSON')
    .action(async (name: string, options: { case?: string; min: string; json?: boolean }) => {
      const least = Number(options.min);
      if (!(least >= 0 && least <= 1)) throw new UsageError('--min takes a share between 0 and 1, e.g. 0.9');
      const { home, remove } = temporaryHome();
      try {
        const settings = readSettings({
          ...process.env,
          TIMONEL_HOME: home,
          TIMONEL_SAMPLE: 'true',
          DATABASE_URL: undefined,
          REDIS_URL: undefined,
        });
        const project = await loadProject(settings);
        const agent = project.agents.find((each) => each.name === name);
        if (agent === undefined)
          throw new UsageError(`There is no agent "${name}". There are: ${project.agents.map((each) => each.name).join(', ')}.`);
        const results = await evaluateAgent(agent, settings, project, options.case);
        const passed = results.filter((result) => result.passed).length;
        const verdict = results.length === 0 ? 'inconclusive' : passed / results.length >= least ? 'pass' : 'fail';
        if (options.json === true) console.log(JSON.stringify({ agent: name, verdict, passed, cases: results.length, results }));
        else printTable(name, results, passed, verdict);
        if (verdict !== 'pass') process.exitCode = 1;
      } finally {
        remove();
      }
    });
}

async function evaluateAgent(
  agent: AgentDefinition,
  settings: ReturnType<typeof readSettings>,
  project: Awaited<ReturnType<typeof loadProject>>,
  only: string | undefined,
): Promise<CaseResult[]> {
  const cases = readCases(agent).filter((one) => only === undefined || one.id === only);
  const spinner = startSpinner('Starting');
  // The sample data is made on the day of the first case: promotions run for a while only, and the cases count on them.
  let now = new Date(cases.flatMap((one) => one.now ?? []).sort()[0] ?? Date.now());
  const timonel = await openTimonel(settings, project, { now: () => now });
  const { timeZone } = await timonel.workspaces.get(defaultWorkspace);
  const vocabulary = await agent.flows?.vocabulary?.load({
    workspaceId: defaultWorkspace,
    timeZone,
    now: () => now,
    newId: () => crypto.randomUUID(),
    query: (work) => timonel.store.pool.inWorkspace(defaultWorkspace, (database) => work(database)),
  });
  try {
    const results: CaseResult[] = [];
    for (const one of cases) {
      spinner.text = `${one.id} (${results.length + 1} of ${cases.length})`;
      now = one.now === undefined ? new Date() : new Date(one.now);
      const conversation = await converse(timonel, agent);
      results.push(
        await runCase(agent, one, conversation, (_agent, text) => {
          if (agent.flows === undefined) return { intent: 'other', slots: {} };
          return agent.flows.understand(text, { now: localReference(now, timeZone), vocabulary: vocabulary ?? {} });
        }),
      );
    }
    return results;
  } finally {
    spinner.stop();
    await timonel.close();
  }
}

async function converse(timonel: Awaited<ReturnType<typeof openTimonel>>, agent: AgentDefinition): Promise<EvalConversation> {
  const id = crypto.randomUUID();
  await timonel.views.createConversation(defaultWorkspace, {
    id,
    agent: agent.name,
    agentVersion: agent.version,
    arm: 'stable',
    channel: 'eval',
    contact: undefined,
  });
  return {
    async say(text) {
      const runId = await timonel.runner.submit({
        workspaceId: defaultWorkspace,
        conversationId: id,
        runId: crypto.randomUUID(),
        text,
      });
      const run = await timonel.runner.wait(defaultWorkspace, runId, 120_000);
      const steps = await timonel.views.steps(defaultWorkspace, runId, -1);
      return { run, steps: steps.map(({ step }) => step) };
    },
  };
}

function printTable(agent: string, results: CaseResult[], passed: number, verdict: string): void {
  const width = Math.max(4, ...results.map(({ id }) => id.length));
  console.log(`${'case'.padEnd(width)}  turns  result`);
  for (const { id, turns, passed: ok, faults } of results) {
    console.log(`${id.padEnd(width)}  ${String(turns).padStart(5)}  ${ok ? 'pass' : 'FAIL'}`);
    for (const fault of faults) console.log(`${' '.repeat(width)}         ${fault}`);
  }
  console.log(`\n${agent}: ${passed} of ${results.length} cases passed: ${verdict}`);
}
