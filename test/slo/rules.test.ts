import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ruleText } from '../../scripts/write-rules.ts';
import { ruleFiles } from '../../src/telemetry/slo/prometheus-rules.ts';
import { needs } from '../needs.ts';
import { plainScenarios } from './plain-scenarios.ts';
import { promiseScenarios } from './promise-scenarios.ts';
import { monitoringProgram, testRules } from './promtool.ts';

const folder = join(import.meta.dirname, '../../deploy/prometheus/rules');

describe('the rules of Prometheus', () => {
  it('are what the data say ("npm run rules" writes them)', () => {
    const files = ruleFiles();
    expect(readdirSync(folder).sort()).toEqual(Object.keys(files).sort());
    for (const [name, file] of Object.entries(files)) expect(readFileSync(join(folder, name), 'utf8')).toBe(ruleText(file));
  });

  it.runIf(needs('Prometheus'))('are valid', () => {
    const files = readdirSync(folder).map((name) => join(folder, name));
    const { status, stdout, stderr } = spawnSync(
      monitoringProgram('promtool'),
      ['check', 'rules', '--lint=all', '--lint-fatal', ...files],
      {
        encoding: 'utf8',
      },
    );
    expect([status, stdout + stderr]).toEqual([0, expect.stringContaining('SUCCESS')]);
  });

  it
    .runIf(needs('Prometheus'))
    .each([...promiseScenarios, ...plainScenarios].map((scenario) => [scenario.name, scenario] as const))(
    '%s',
    (_name, scenario) => {
      const { passed, output } = testRules(ruleFiles(), [scenario]);
      expect(passed ? '' : output).toBe('');
    },
    180_000,
  );
});
