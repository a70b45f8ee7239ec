/**
 * Which lines of `src` and `agents` the tests run.
 *
 *     npm run coverage                          the whole suite, with the processes that it starts
 *     npm run coverage -- --gate 85             fails below 85 % of lines: nightly
 *     npm run coverage -- src/language          some tests
 *     npm run coverage -- --from FOLDER         of a run of tests that is over, with --coverage
 *     npm run coverage -- --from FOLDER --raise writes the floor that --from holds later runs to
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { addProcesses, type CoveredFiles, lineTotals } from './coverage/merge.ts';
import { gate, ratchet, type Verdict } from './coverage/verdict.ts';

const root = join(import.meta.dirname, '..');
const floorFile = join(root, 'test/coverage-floor.json');

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { gate: { type: 'string' }, from: { type: 'string' }, raise: { type: 'boolean', default: false } },
});

const folder = options.from ?? mkdtempSync(join(tmpdir(), 'timonel-coverage-'));
try {
  process.exitCode = options.from === undefined ? runTests() : 0;
  if (process.exitCode === 0) process.exitCode = report();
} finally {
  if (options.from === undefined) rmSync(folder, { recursive: true, force: true });
}

function runTests(): number {
  const reports = ['--coverage.enabled', `--coverage.reportsDirectory=${folder}`];
  const { status } = spawnSync('npx', ['vitest', 'run', ...reports, ...positionals], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, TIMONEL_TEST_PROCESS_COVERAGE: join(folder, 'processes') },
  });
  return status ?? 1;
}

function report(): number {
  const covered = JSON.parse(readFileSync(join(folder, 'coverage-final.json'), 'utf8')) as CoveredFiles;
  const alone = percentOf(covered);
  if (options.from === undefined) {
    const processes = addProcesses(covered, join(folder, 'processes'));
    console.log(
      `${alone.toFixed(2)} % of lines by the tests themselves, ${percentOf(covered).toFixed(2)} % with ${processes} processes.`,
    );
  }
  const percent = percentOf(covered);
  if (options.raise) {
    writeFileSync(floorFile, `${JSON.stringify({ lines: Math.floor(percent * 10) / 10 })}\n`);
    return 0;
  }
  const verdict: Verdict = options.gate === undefined ? held(percent) : gate(percent, Number(options.gate));
  console.log(verdict.said);
  return verdict.ok ? 0 : 1;
}

/** Against the floor where the whole suite ran as CI runs it. */
function held(percent: number): Verdict {
  if (options.from === undefined) return { ok: true, said: `${percent.toFixed(2)} % of lines` };
  return ratchet(percent, (JSON.parse(readFileSync(floorFile, 'utf8')) as { lines: number }).lines);
}

function percentOf(covered: CoveredFiles): number {
  const { lines, covered: ran } = lineTotals(covered);
  return lines === 0 ? 0 : (100 * ran) / lines;
}
