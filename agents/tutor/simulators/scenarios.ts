import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseScenario, type Scenario } from './scenario.ts';

const folder = join(import.meta.dirname, 'scenarios');
let read: readonly Scenario[] | undefined;

/** The scenarios that come with the tutor, by role and id. Read at the first use. */
export function bundledScenarios(): readonly Scenario[] {
  read ??= readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .map((file) => parseScenario(JSON.parse(readFileSync(join(folder, file), 'utf8'))))
    .sort((one, other) => one.role.localeCompare(other.role) || one.id.localeCompare(other.id));
  return read;
}
