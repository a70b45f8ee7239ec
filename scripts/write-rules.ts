/**
 * Writes `deploy/prometheus/rules`: what Prometheus is to watch, from `src/telemetry/slo`.
 *
 * `npm run rules -- https://docs.example.com/runbook` sets another address of the runbook, for links that open from a notification.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import { defaultRunbook, type RuleFile, ruleFiles } from '../src/telemetry/slo/prometheus-rules.ts';

const folder = fileURLToPath(new URL('../deploy/prometheus/rules', import.meta.url));

/** The text of a rule file. */
export function ruleText(file: RuleFile): string {
  return `# Written by "npm run rules" from src/telemetry/slo. Changes belong there.\n${stringify(file, { lineWidth: 0 })}`;
}

if (import.meta.main) {
  mkdirSync(folder, { recursive: true });
  for (const [name, file] of Object.entries(ruleFiles(process.argv[2] ?? defaultRunbook)))
    writeFileSync(join(folder, name), ruleText(file));
}
