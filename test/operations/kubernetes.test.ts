/**
 * The chart and the manifests: written from one source, the same objects, and in order by the real helm and kubectl, by the schemas of Kubernetes and by
 * what the installation promises. No cluster takes part.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { installKubernetes } from '../../scripts/write-manifests.ts';
import { programsWanted } from '../programs.ts';
import { inChart, inObjects, inSources } from './kubernetes-mistakes.ts';

const root = join(import.meta.dirname, '../..');
const folder = join(root, 'deploy/kubernetes');
const chart = join(root, 'deploy/helm/timonel');

interface Found {
  kind: string;
  metadata: { name: string };
}

/** `report.ts`, `check.ts` and `programs.ts`, whose types need what is installed first. */
interface Tools {
  staleFiles(): string[];
  charted(environment: string, folder?: string): Found[];
  kustomized(environment: string): Found[];
  comparable(objects: readonly Found[]): string[];
  faultsOf(objects: readonly Found[]): string[];
  objectsOf(text: string): Found[];
  run(program: 'helm' | 'kubectl', ...parameters: string[]): string;
}

const here = process.platform === 'linux' && process.arch === 'x64' && programsWanted() !== 'none';

describe.runIf(here)('the deployment on Kubernetes', () => {
  let tools: Tools;

  beforeAll(async () => {
    installKubernetes();
    const modules = await Promise.all(
      ['report.ts', 'check.ts', 'programs.ts'].map((name) => import(join(folder, name)) as Promise<object>),
    );
    tools = Object.assign({}, ...modules) as Tools;
  });

  it('compiles, and is written as it stands ("npm run manifests" writes it)', () => {
    expect(compiled(join(folder, 'tsconfig.json'))).toBe('');
    expect(tools.staleFiles()).toEqual([]);
  });

  it.each(['development', 'staging', 'production'])(
    'is the same from the chart as from the manifests, and in order: %s',
    (environment) => {
      tools.run('helm', 'lint', '--strict', chart, '-f', join(chart, `values-${environment}.yaml`));
      const manifests = tools.kustomized(environment);
      expect(tools.faultsOf(manifests)).toEqual([]);
      expect(tools.comparable(tools.charted(environment))).toEqual(tools.comparable(manifests));
    },
  );

  it('has everything in production, with the rules and dashboards as they are written', () => {
    const objects = tools.kustomized('production');
    const kinds = new Set(objects.map(({ kind }) => kind));
    expect([...kinds].toSorted()).toEqual([
      'ConfigMap',
      'CronJob',
      'Deployment',
      'HorizontalPodAutoscaler',
      'Ingress',
      'Job',
      'Namespace',
      'NetworkPolicy',
      'PersistentVolumeClaim',
      'PodDisruptionBudget',
      'PrometheusRule',
      'Service',
      'ServiceAccount',
      'ServiceMonitor',
    ]);
    const rules = objects.find(({ metadata }) => metadata.name === 'timonel-rules-alerts') as Found & { spec: unknown };
    expect(rules.spec).toEqual(parse(readFileSync(join(root, 'deploy/prometheus/rules/alerts.yml'), 'utf8')));
    const agents = objects.find(({ metadata }) => metadata.name === 'timonel-dashboard-agents') as Found & { data: object };
    expect(agents.data).toEqual({
      'timonel-agents.json': readFileSync(join(root, 'deploy/grafana/dashboards/timonel-agents.json'), 'utf8'),
    });
  });

  it('makes the Secret where it is told to, and takes another name of the release', () => {
    const values = [
      '--set',
      'secret.create=true',
      '--set',
      'secret.files.TIMONEL_SECRET=x',
      '--set',
      'secret.files.DATABASE_URL=y',
    ];
    const objects = tools.objectsOf(tools.run('helm', 'template', 'desk', chart, '--namespace', 'agents', ...values));
    expect(tools.faultsOf(objects)).toEqual([]);
    expect(objects.find(({ kind }) => kind === 'Secret')).toMatchObject({
      metadata: { name: 'timonel', namespace: 'agents' },
      stringData: { TIMONEL_SECRET: 'x', DATABASE_URL: 'y' },
    });
    expect(objects.find(({ kind }) => kind === 'Deployment')?.metadata.name).toBe('desk');
  });

  it('finds thirty mistakes, or all but one', () => {
    const missed = [...missedByCompiler(), ...missedByChecks(tools), ...missedByHelm(tools)];
    const count = Object.values(inSources).flat().length + inObjects.length + inChart.length;
    expect(count).toBeGreaterThanOrEqual(30);
    expect(missed).toEqual([]);
  });
});

function compiled(project: string): string {
  const { stdout } = spawnSync(
    process.execPath,
    [join(root, 'node_modules/typescript/bin/tsc'), '-p', project, '--pretty', 'false'],
    {
      encoding: 'utf8',
      cwd: root,
    },
  );
  return stdout;
}

/** @throws Error where the line is not there: then it is no mistake */
function changed(text: string, before: string, after: string): string {
  const pattern = before.includes('(') ? new RegExp(before) : before;
  const result = text.replace(pattern, after);
  if (result === text) throw new Error(`There is no "${before}" to change.`);
  return result;
}

function missedByCompiler(): string[] {
  const place = mkdtempSync(join(folder, 'node_modules/.mistakes-'));
  const names: [file: string, what: string][] = [];
  for (const [file, mistakes] of Object.entries(inSources))
    for (const [what, before, after] of mistakes) {
      const name = `${names.length}-${file}`;
      const text = changed(readFileSync(join(folder, 'parts', file), 'utf8'), before, after)
        .replaceAll("'./", "'../../parts/")
        .replaceAll("'../source.ts'", "'../../source.ts'");
      writeFileSync(join(place, name), text);
      names.push([name, what]);
    }
  writeFileSync(
    join(place, 'tsconfig.json'),
    JSON.stringify({ extends: '../../tsconfig.json', include: [], files: names.map(([name]) => name) }),
  );
  const said = compiled(join(place, 'tsconfig.json'));
  rmSync(place, { recursive: true });
  return names.filter(([name]) => !said.includes(`/${name}(`)).map(([, what]) => what);
}

function missedByChecks(tools: Tools): string[] {
  const text = tools.run('kubectl', 'kustomize', join(folder, 'rendered/production'));
  return inObjects
    .filter(([, before, after]) => tools.faultsOf(tools.objectsOf(changed(text, before, after))).length === 0)
    .map(([what]) => what);
}

function missedByHelm(tools: Tools): string[] {
  const place = mkdtempSync(join(tmpdir(), 'timonel-chart-'));
  const missed = inChart.filter(([file, before, after], index) => {
    const copy = join(place, String(index));
    mkdirSync(copy);
    cpSync(chart, copy, { recursive: true });
    writeFileSync(join(copy, file), changed(readFileSync(join(copy, file), 'utf8'), before, after));
    try {
      for (const environment of ['staging', 'production'])
        tools.run('helm', 'lint', '--strict', copy, '-f', join(copy, `values-${environment}.yaml`));
      return true;
    } catch {
      return false;
    }
  });
  rmSync(place, { recursive: true });
  return missed.map(([file]) => file);
}
