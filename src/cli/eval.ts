import { rmSync } from 'node:fs';
import { Command } from 'commander';
import { readCases } from '../evaluations/case.ts';
import type { CaseResult } from '../evaluations/play-case.ts';
import { makeTemporaryHome } from '../store/temporary-home.ts';
import { playCases, playSettings } from './play-cases.ts';
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
      const home = makeTemporaryHome('evaluation');
      try {
        const settings = playSettings(home, process.env);
        const project = await loadProject(settings);
        const agent = project.agents.find((each) => each.name === name);
        if (agent === undefined)
          throw new UsageError(`There is no agent "${name}". There are: ${project.agents.map((each) => each.name).join(', ')}.`);
        const cases = readCases(agent).filter((one) => options.case === undefined || one.id === options.case);
        const results: CaseResult[] = [];
        const spinner = startSpinner('Starting');
        await playCases({
          agent,
          cases,
          settings,
          project,
          onBegan: (one, index) => {
            spinner.text = `${one.id} (${index + 1} of ${cases.length})`;
          },
          onResult: (result) => void results.push(result),
        }).finally(() => spinner.stop());
        const passed = results.filter((result) => result.passed).length;
        const verdict = results.length === 0 ? 'inconclusive' : passed / results.length >= least ? 'pass' : 'fail';
        if (options.json === true) console.log(JSON.stringify({ agent: name, verdict, passed, cases: results.length, results }));
        else printTable(name, results, passed, verdict);
        if (verdict !== 'pass') process.exitCode = 1;
      } finally {
        rmSync(home, { recursive: true, force: true });
      }
    });
}

function printTable(agent: string, results: readonly CaseResult[], passed: number, verdict: string): void {
  const width = Math.max(4, ...results.map(({ id }) => id.length));
  console.log(`${'case'.padEnd(width)}  turns  result`);
  for (const { id, turns, passed: ok, faults } of results) {
    console.log(`${id.padEnd(width)}  ${String(turns).padStart(5)}  ${ok ? 'pass' : 'FAIL'}`);
    for (const fault of faults) console.log(`${' '.repeat(width)}         ${fault}`);
  }
  console.log(`\n${agent}: ${passed} of ${results.length} cases passed: ${verdict}`);
}
