/** The result of load scenarios: as a file for `bench:compare`, and for people. */
import type { Machine } from '../turns/machine.ts';
import type { LoadRun } from './run.ts';

/** What `--json` writes. Two of them can be compared when all but `date`, `machine.loadBefore`, `machine.timonel` and `runs` are equal. */
export interface LoadReport {
  date: string;
  machine: Machine;
  scenario: string;
  store: string;
  processes: number;
  redis: boolean;
  /** Absent of a running system, and where no model is asked. */
  modelMs: number | undefined;
  scale: number;
  url: string | undefined;
  runs: LoadRun[];
}

export function printed(report: LoadReport, run: LoadRun): string {
  const { machine, scenario, store, processes, redis, modelMs } = report;
  const place = [
    `${processes} ${processes === 1 ? 'process' : 'processes'}`,
    machine.postgres ?? `${store} store`,
    ...(redis ? ['Redis'] : []),
    ...(modelMs === undefined ? [] : [`model ${modelMs} ms`]),
    `${machine.cores} × ${machine.processor}`,
    `Node ${machine.node}`,
    `Timonel ${machine.timonel}`,
  ].join(', ');
  const width = Math.max(...Object.keys(run.figures).map(({ length }) => length));
  const bounds = new Map(run.judged.map((judged) => [judged.figure, judged]));
  const lines = Object.entries(run.figures).map(([name, { value, samples }]) => {
    const judged = bounds.get(name);
    const verdict = judged === undefined ? `${samples} samples` : `${judged.verdict}: ${judged.why}`;
    return `  ${name.padEnd(width)} ${rounded(value).padStart(10)}  ${verdict}`;
  });
  const missing = run.judged
    .filter(({ figure }) => run.figures[figure] === undefined)
    .map(({ figure, why }) => `  ${figure.padEnd(width)} ${'–'.padStart(10)}  no verdict: ${why}`);
  const failures = Object.entries(run.failures).map(([what, count]) => `  ${count} × ${what}`);
  return [
    `${scenario} (seed ${run.seed}): ${run.verdict}`,
    `  ${place}; load of the machine ${run.machineLoad.before} before, ${run.machineLoad.after} after`,
    ...lines,
    ...missing,
    ...failures,
  ].join('\n');
}

function rounded(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toFixed(Math.abs(value) < 10 ? 2 : 1);
}
