/** Writes `deploy/grafana/dashboards` from `scripts/dashboards`: `npm run dashboards`. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { agents } from './dashboards/agents.ts';
import { channels } from './dashboards/channels.ts';
import { type Dashboard, dashboardJson } from './dashboards/dashboard.ts';
import { gateway } from './dashboards/gateway.ts';
import { overview } from './dashboards/overview.ts';
import { promises } from './dashboards/promises.ts';
import { releases } from './dashboards/releases.ts';
import { stores } from './dashboards/stores.ts';

const folder = fileURLToPath(new URL('../deploy/grafana/dashboards', import.meta.url));

export const dashboards: readonly Dashboard[] = [overview, agents, gateway, channels, releases, promises, stores];

/** Texts of the files by their names. */
export function dashboardFiles(): Record<string, string> {
  return Object.fromEntries(dashboards.map((each) => [`${each.uid}.json`, `${JSON.stringify(dashboardJson(each), null, 2)}\n`]));
}

if (import.meta.main) {
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of Object.entries(dashboardFiles())) writeFileSync(join(folder, name), text);
}
