/**
 * What the statistics of releases promise, simulated: how often a release without a regression is rolled back, how soon one with a regression
 * is, how long a good one takes. Prints tables: `npm run bench:release`, with `-- --runs 100` for a shorter one,
 * and with `--table 3` for one of them alone.
 */
import { parseArgs } from 'node:util';
import { defaultStandards } from '../src/release/evidence/standards.ts';
import { equals, lostUnits, noRegression, regressions, type Scenario, worse, wrongWindows } from './release-evidence/scenarios.ts';
import { type Finds, simulate, type Tally, tally } from './release-evidence/simulate.ts';

const { values } = parseArgs({ options: { runs: { type: 'string', default: '500' }, table: { type: 'string', multiple: true } } });
const runs = Number(values.runs);

function release({ traffic, standards = defaultStandards, every = 100 }: Scenario, until?: (finds: Finds) => boolean): Finds[] {
  return Array.from({ length: runs }, (_, run) =>
    simulate(traffic, standards, run + 1, until === undefined ? { every } : { every, until }),
  );
}

const share = ({ found, runs: all }: Tally) => `${((100 * found) / all).toFixed(1)} %`;
const soon = (of: Tally) => `${share(of)} / ${of.median?.toLocaleString('en-US') ?? '—'}`;

let number = 0;
/** Rows are simulated when they are printed. */
function table(title: string, columns: string[], rows: Iterable<string[]>): void {
  number++;
  if (values.table !== undefined && !values.table.includes(String(number))) return;
  console.log(`\n${title}\n\n| ${columns.join(' | ')} |\n|${'---|'.repeat(columns.length)}`);
  for (const row of rows) console.log(`| ${row.join(' | ')} |`);
}

function* rowsOf<S extends Scenario>(
  scenarios: S[],
  row: (finds: Finds[], scenario: S) => string[],
  until?: (finds: Finds) => boolean,
) {
  for (const scenario of scenarios) yield [scenario.name, ...row(release(scenario, until), scenario)];
}

console.log(
  `${runs} runs of each, at most 20,000 turns (40,000 in the table of good canaries), a look every 100 turns (every 10 for 2 → 30 %).`,
);

table(
  'No regression: rolled back all the same',
  ['10 % canary', 'rolled back', 'success', 'latency', 'cost', 'held', 'z-test, a look every 500'],
  rowsOf(noRegression, (finds) => [
    share(tally(finds.map(({ rollback }) => rollback))),
    share(tally(finds.map(({ failed }) => failed.success))),
    share(tally(finds.map(({ failed }) => failed.latency))),
    share(tally(finds.map(({ failed }) => failed.cost))),
    share(tally(finds.map(({ hold }) => hold))),
    share(tally(finds.map(({ zTest }) => zTest))),
  ]),
);

table(
  'No regression, very uneven users: what if a failure counts more than once for its user',
  ['a failure counts', 'rolled back for failures'],
  rowsOf(
    wrongWindows,
    (finds) => [share(tally(finds.map(({ failed }) => failed.success)))],
    ({ failed }) => failed.success !== undefined,
  ),
);

table(
  'Regressions: found / median turns',
  ['10 % canary', 'rolled back', 'z-test, a look every 500'],
  rowsOf(
    [regressions.doubled, regressions.broken, ...regressions.more],
    (finds, { name }) => [
      soon(tally(finds.map(({ rollback }) => rollback))),
      name.startsWith('failures') ? soon(tally(finds.map(({ zTest }) => zTest))) : '—',
    ],
    ({ rollback, zTest }) => rollback !== undefined && zTest !== undefined,
  ),
);

table(
  'Assignment that does not keep to the weight: found / median turns',
  ['10 % canary', 'held'],
  rowsOf(
    [lostUnits],
    (finds) => [soon(tally(finds.map(({ hold }) => hold)))],
    ({ hold }) => hold !== undefined,
  ),
);

table(
  'Good canaries: may be promoted / median turns',
  ['', 'promoted', 'success', 'latency', 'cost'],
  rowsOf(
    equals,
    (finds) => [
      soon(tally(finds.map(({ promotion }) => promotion))),
      soon(tally(finds.map(({ passed }) => passed.success))),
      soon(tally(finds.map(({ passed }) => passed.latency))),
      soon(tally(finds.map(({ passed }) => passed.cost))),
    ],
    ({ promotion }) => promotion !== undefined,
  ),
);

table(
  'Canaries that are as bad as must not be: passed the metric at any look',
  ['', 'passed', 'promoted'],
  rowsOf(worse, (finds, { metric }) => [
    share(tally(finds.map(({ passed }) => passed[metric]))),
    share(tally(finds.map(({ promotion }) => promotion))),
  ]),
);
