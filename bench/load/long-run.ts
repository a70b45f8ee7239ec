/** A scenario as a long run of `npm run nightly`. */
import { availableParallelism } from 'node:os';
import { playScenario } from './run.ts';
import { type Scenario, type ScenarioName, scaled, scenarios } from './scenarios.ts';
import { startSystem } from './system.ts';

interface LongRunResult {
  verdict: 'passed' | 'failed' | 'skipped';
  figures: Record<string, string | number>;
  reasons: string[];
}

const verdicts = { pass: 'passed', fail: 'failed', 'no verdict': 'skipped' } as const;

/** On the embedded store where there is one process. A shorter run has too few samples, and no verdict. */
export function loadRun(name: ScenarioName) {
  return async ({ scale, seed }: { scale: number; seed: number }): Promise<LongRunResult> => {
    const scenario: Scenario = scaled(scenarios[name], scale);
    // With fewer, processes, store, model and generator share too little for a figure to say anything about Timonel.
    const cores = scenario.processes + 1;
    if (availableParallelism() < cores && scenario.processes > 1)
      return { verdict: 'skipped', figures: {}, reasons: [`It needs ${cores} cores. Without: npm run bench:load -- ${name}`] };
    const system = await startSystem(scenario, { store: 'embedded', modelMs: 250 });
    try {
      const { judged, verdict, failures, machineLoad } = await playScenario(scenario, system, { seed, agent: 'hello' });
      const figures = Object.fromEntries(judged.map(({ figure, value }) => [figure, value === undefined ? '–' : value.toFixed(1)]));
      const missed = judged
        .filter((each) => each.verdict !== 'pass')
        .map(({ figure, value, why }) => `${figure} ${value ?? '–'}: ${why}`);
      const failed = Object.entries(failures).map(([what, count]) => `${count} × ${what}`);
      return {
        verdict: verdicts[verdict],
        figures: { ...figures, 'load of the machine': machineLoad.before },
        reasons: [...missed, ...failed],
      };
    } finally {
      await system.stop();
    }
  };
}
