/** Prometheus's own tools on rules and scenarios. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { RuleFile } from '../../src/telemetry/slo/prometheus-rules.ts';
import { findProgram } from '../programs.ts';
import type { Minutes, Scenario } from './scenario.ts';

/** A program of the packages `prometheus` and `prometheus-alertmanager`. @throws where it is not installed */
export function monitoringProgram(name: 'prometheus' | 'promtool' | 'amtool' | 'prometheus-alertmanager'): string {
  const path = findProgram(name);
  if (path === undefined) throw new Error(`${name} is not here: the test has to say needs('Prometheus') or needs('Alertmanager').`);
  return path;
}

/** Whether the rules behave in the scenarios as they should, and what promtool says if not. */
export function testRules(
  files: Readonly<Record<string, RuleFile>>,
  scenarios: readonly Scenario[],
): { passed: boolean; output: string } {
  const folder = mkdtempSync(join(tmpdir(), 'timonel-rules-'));
  try {
    mkdirSync(join(folder, 'rules'));
    for (const [name, file] of Object.entries(files)) writeFileSync(join(folder, 'rules', name), stringify(file));
    const tests = {
      rule_files: Object.keys(files).map((name) => join(folder, 'rules', name)),
      evaluation_interval: `${Math.max(...scenarios.map(({ every = 1 }) => every))}m`,
      // Records before what reads them; left to itself promtool takes any order.
      group_eval_order: Object.values(files).flatMap(({ groups }) => groups.map((group) => group.name)),
      tests: scenarios.map(testOf),
    };
    writeFileSync(join(folder, 'tests.yml'), stringify(tests, { lineWidth: 0 }));
    const { status, stdout, stderr } = spawnSync(monitoringProgram('promtool'), ['test', 'rules', join(folder, 'tests.yml')], {
      encoding: 'utf8',
    });
    return { passed: status === 0, output: stdout + stderr };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function testOf({ name, series, fires, reads = {} }: Scenario): object {
  // Without it every scenario in which nobody talks of "up" would be one without a Timonel.
  const watched = Object.keys(series).some((each) => each.startsWith('up{'))
    ? series
    : {
        ...series,
        'up{job="timonel", instance="one:8000"}': Array<number>(Math.max(0, ...Object.keys(fires).map(Number)) + 1).fill(1),
      };
  return {
    name,
    interval: '1m',
    input_series: Object.entries(watched).map(([each, values]) => ({ series: each, values: valuesText(values) })),
    promql_expr_test: [
      ...Object.entries(reads).flatMap(([at, answers]) =>
        Object.entries(answers).map(([question, value]) => ({
          expr: `sum(${question})`,
          eval_time: `${at}m`,
          exp_samples: [{ labels: '{}', value }],
        })),
      ),
      ...Object.entries(fires).map(([at, alerts]) => ({
        expr: 'count by (alertname, burn) (ALERTS{alertstate="firing"})',
        eval_time: `${at}m`,
        exp_samples: alerts.map((alert) => {
          const [alertname, burn] = alert.split(' ');
          return {
            labels: `{alertname="${alertname}"${burn === undefined ? '' : `, burn="${burn}"`}}`,
            value: alert === 'ProcessDown' ? upCount(series, Number(at)) : 1,
          };
        }),
      })),
    ],
  };
}

/** An alert for each process that is away. */
function upCount(series: Scenario['series'], at: number): number {
  return Object.entries(series).filter(([name, values]) => name.startsWith('up{') && values[at] === 0).length;
}

function valuesText(values: Minutes): string {
  return values.map((value) => (value === undefined ? '_' : value === 'gone' ? 'stale' : String(value))).join(' ');
}
