import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { parse } from 'yaml';
import { datasource } from '../../scripts/dashboards/dashboard.ts';
import { dashboardFiles } from '../../scripts/write-dashboards.ts';
import { needs } from '../needs.ts';
import { type BusyTimonel, startBusyTimonel } from './busy-timonel.ts';
import { dashboardsFolder, type Monitoring, startMonitoring } from './monitoring.ts';

interface DrawnPanel {
  title: string;
  datasource?: object;
  targets?: { expr: string; datasource: object }[];
}

const drawn = Object.fromEntries(
  readdirSync(dashboardsFolder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => [name, JSON.parse(readFileSync(join(dashboardsFolder, name), 'utf8')) as { uid: string; panels: DrawnPanel[] }]),
);

/** Every expression of every dashboard, with the place where it stands. */
const expressions = Object.entries(drawn).flatMap(([name, { panels }]) =>
  panels.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => [`${name}: ${title}: ${expr}`, expr] as const)),
);

it('are what the data say ("npm run dashboards" writes them)', () => {
  const files = dashboardFiles();
  expect(Object.keys(drawn).sort()).toEqual(Object.keys(files).sort());
  for (const [name, text] of Object.entries(files)) expect(readFileSync(join(dashboardsFolder, name), 'utf8')).toBe(text);
});

it('ask a data source that is provisioned', () => {
  const folder = join(dashboardsFolder, '../provisioning');
  const { datasources } = parse(readFileSync(join(folder, 'datasources/timonel.yml'), 'utf8')) as {
    datasources: { uid: string; type: string }[];
  };
  expect(datasources.map(({ uid }) => uid)).toEqual(['timonel-prometheus', 'timonel-tempo', 'timonel-loki']);
  expect(datasources[0]).toMatchObject(datasource);
  for (const { panels } of Object.values(drawn))
    for (const panel of panels) for (const target of panel.targets ?? []) expect(target.datasource).toEqual(datasource);
});

describe.runIf(needs('Prometheus'))('in front of a real Timonel under load, by a real Prometheus', () => {
  let busy: BusyTimonel;
  let monitoring: Monitoring;
  beforeAll(async () => {
    if (inject('redisUrl') === '') throw new Error('Redis is not installed, and dashboards show it: apt-get install redis-server');
    busy = await startBusyTimonel('embedded', { environment: { REDIS_URL: inject('redisUrl') } });
    const url = new URL(await busy.timonel.timonel.listen());
    monitoring = await startMonitoring({ scrape: url.host });
    // A rate needs two scrapes, and something in between.
    await busy.work();
    await busy.release();
    await sleep(2_500);
    await busy.work();
    await sleep(2_500);
  }, 120_000);
  afterAll(async () => {
    await monitoring?.close();
    await busy?.close();
  }, 60_000);

  it('every expression has an answer, and it is a number', async () => {
    expect(expressions.length).toBeGreaterThan(80);
    const ask = async ([place, expr]: readonly [string, string]) => {
      const series = await monitoring.query(expr.replaceAll('$__rate_interval', '1m'));
      return series.some(({ value: [, value] }) => value !== 'NaN') ? [] : [place];
    };
    // What is recorded comes with the next evaluation.
    let empty: string[] = [];
    for (let attempt = 0; attempt < 10; attempt++) {
      empty = (await Promise.all(expressions.map(ask))).flat();
      if (empty.length === 0) break;
      // A rate needs something that happened between two scrapes, and the first ones may have come late.
      await busy.work();
      await sleep(1_500);
    }
    expect(empty).toEqual([]);
  });

  it('the figures are those of the process', async () => {
    const overview = await busy.timonel.call<{ runs: { byAgent: Record<string, number> } }>('GET', '/metrics/dashboard/overview');
    const [runs] = await monitoring.query('sum(timonel_runs_total{agent="notes"})');
    expect(Number(runs?.value[1])).toBe(overview.body.runs.byAgent['notes']);
    const [version] = await monitoring.query('timonel_build_info');
    expect(version?.metric['node']).toBe(process.version);
  });
});
