/**
 * Compares two results of `bench:load --json`: `npm run bench:compare -- before.json after.json`. Ends with 1 where a figure is slower. The rule
 * stands in `load/compare.ts`.
 */
import { readFileSync } from 'node:fs';
import { compareReports } from './load/compare.ts';
import type { LoadReport } from './load/report.ts';

const [before, after, ...rest] = process.argv.slice(2);
if (before === undefined || after === undefined || rest.length > 0) {
  console.error(
    'Give two results: npm run bench:compare -- before.json after.json, each of bench:load -- <scenario> --runs 5 --json <file>',
  );
  process.exit(2);
}
const read = (path: string): LoadReport => {
  try {
    const report = JSON.parse(readFileSync(path, 'utf8')) as Partial<LoadReport>;
    if (Array.isArray(report.runs) && report.machine !== undefined) return report as LoadReport;
    throw new Error('it has no runs or no machine');
  } catch (error) {
    console.error(`${path} is no result of bench:load --json: ${error instanceof Error ? error.message : String(error)}`);
    process.exit(2);
  }
};
const [first, second] = [read(before), read(after)];
const { figures, differ } = compareReports(first, second);
const width = Math.max(...figures.map(({ figure }) => figure.length), 6);
const number = (value: number) => (Number.isInteger(value) ? String(value) : value.toFixed(2));
console.log(`${first.scenario}: ${first.runs.length} runs and ${second.runs.length}`);
for (const { figure, before: was, after: is, verdict, chance } of figures) {
  const change = was === 0 ? '' : `${is >= was ? '+' : ''}${((100 * (is - was)) / Math.abs(was)).toFixed(1)} %`;
  const p = chance === undefined ? '' : `p ${chance.toFixed(3)}`;
  console.log(
    `  ${figure.padEnd(width)} ${number(was).padStart(10)} ${number(is).padStart(10)} ${change.padStart(9)}  ${verdict.padEnd(7)} ${p}`.trimEnd(),
  );
}
if (differ.length > 0) console.log(`  Nothing can be told, the conditions differ: ${differ.join('; ')}.`);
else if (Math.min(first.runs.length, second.runs.length) < 5) console.log('  Five runs of each are needed to tell: --runs 5.');
if (figures.some(({ verdict }) => verdict === 'slower')) process.exitCode = 1;
