/** Every file that is written from the objects: templates and values of the chart, and manifests by environment. `write.ts` writes them. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Model } from '@kubernetes-models/base';
import { parse } from 'yaml';
import { type EnvironmentName, environments } from './environments.ts';
import { madeSecret } from './parts/configuration.ts';
import { dashboard, dashboardSuffix, rule } from './parts/monitoring.ts';
import { namespaceOf } from './parts/namespace.ts';
import { type Part, parts } from './parts/parts.ts';
import { fillTemplate, realSource, type Source, templateSource } from './source.ts';
import { defaultValues, mergeValues, type Overrides } from './values.ts';
import { schemaText, valuesText, yamlText } from './values-text.ts';

const deploy = join(import.meta.dirname, '..');
const read = (path: string) => readFileSync(join(deploy, path), 'utf8');
const { version } = JSON.parse(read('../package.json')) as { version: string };

const header = '# Written by "npm run manifests" from deploy/kubernetes. Changes belong there.\n';
/** Folders, below `deploy`, all of whose files are written here. */
export const writtenFolders = ['helm/timonel', 'kubernetes/rendered'];

const ruleFiles = globSync('*.yml', { cwd: join(deploy, 'prometheus/rules') }).toSorted();
const dashboardFiles = globSync('*.json', { cwd: join(deploy, 'grafana/dashboards') }).toSorted();

const watching = (source: Source) => ruleFiles.map((file) => rule(source, file, () => parse(read(`prometheus/rules/${file}`))));

/** Texts by their paths below `deploy`. */
export function writtenFiles(): Record<string, string> {
  return { ...chartFiles(), ...manifestFiles() };
}

function chartFiles(): Record<string, string> {
  const defaults = defaultValues(version);
  const source = templateSource(defaults);
  const chart = 'helm/timonel';
  const template = (part: Pick<Part, 'file' | 'when'>, objects: Model<unknown>[]) => {
    const text = fillTemplate(documents(objects));
    const condition = part.when === undefined ? undefined : `.Values.${pathOf(part.when)}`;
    return [
      `${chart}/templates/${part.file}.yaml`,
      condition === undefined ? header + text : `${header}{{- if ${condition} }}\n${text}{{- end }}\n`,
    ] as const;
  };
  const monitored = (file: string) => ({ file, when: (values: { monitoring: { enabled: boolean } }) => values.monitoring.enabled });
  return Object.fromEntries([
    [`${chart}/Chart.yaml`, header + yamlText(chartFile)],
    [`${chart}/values.yaml`, header + valuesText(defaults)],
    [`${chart}/values.schema.json`, schemaText()],
    ...Object.entries(environments).map(
      ([name, { overrides }]: [string, { overrides: Overrides }]) =>
        [`${chart}/values-${name}.yaml`, header + yamlText(overrides)] as const,
    ),
    ...parts.map((part) => template(part, part.objects(source))),
    template(monitored('rules'), watching(source)),
    template(
      monitored('dashboards'),
      dashboardFiles.map((file) => dashboard(source, file, () => '')),
    ),
    ...ruleFiles.map((file) => [`${chart}/files/rules/${file}`, read(`prometheus/rules/${file}`)] as const),
    ...dashboardFiles.map((file) => [`${chart}/files/dashboards/${file}`, read(`grafana/dashboards/${file}`)] as const),
  ]);
}

const chartFile = {
  apiVersion: 'v2',
  name: 'timonel',
  description: 'Runs LLM agents in production: durable runs, policy in code.',
  type: 'application',
  version,
  appVersion: version,
  // preStop.sleep is on by default since 1.30.
  kubeVersion: '>=1.30.0-0',
};

function manifestFiles(): Record<string, string> {
  const files: Record<string, string> = {};
  for (const [name, { namespace, overrides }] of Object.entries(environments) as [
    EnvironmentName,
    { namespace: string; overrides: Overrides },
  ][]) {
    const values = mergeValues(defaultValues(version), overrides);
    const source = realSource(values, 'timonel', namespace);
    const folder = `kubernetes/rendered/${name}`;
    const wanted = parts.filter(({ when }) => when?.(values) ?? true);
    files[`${folder}/before/namespace.yaml`] = header + documents([namespaceOf(source)]);
    for (const { file, stage, objects } of wanted) files[`${folder}/${stage}/${file}.yaml`] = header + documents(objects(source));
    const inStage = (wantedStage: Part['stage']) =>
      wanted.filter(({ stage }) => stage === wantedStage).map(({ file }) => `${file}.yaml`);
    const watched = values.monitoring.enabled ? ['../../rules', '../../../../grafana/dashboards'] : [];
    files[`${folder}/before/kustomization.yaml`] = kustomization({ resources: ['namespace.yaml', ...inStage('before')] });
    files[`${folder}/serve/kustomization.yaml`] = kustomization({ namespace, resources: [...inStage('serve'), ...watched] });
    files[`${folder}/kustomization.yaml`] = kustomization({ resources: ['before', 'serve'] });
  }
  const bare = realSource(defaultValues(version), 'timonel', '');
  for (const [index, file] of ruleFiles.entries())
    files[`kubernetes/rendered/rules/${file}`] = header + documents(watching(bare).slice(index, index + 1));
  files['kubernetes/rendered/rules/kustomization.yaml'] = kustomization({ resources: ruleFiles });
  files['kubernetes/rendered/secret.yaml'] = secretExample();
  files['grafana/dashboards/kustomization.yaml'] = kustomization({
    configMapGenerator: dashboardFiles.map((file) => ({
      name: `timonel-${dashboardSuffix(file)}`,
      files: [file],
      options: { disableNameSuffixHash: true, labels: defaultValues(version).monitoring.dashboardLabels },
    })),
  });
  return files;
}

/** The shape of the Secret, which nothing here makes. */
function secretExample(): string {
  const values = defaultValues(version);
  const fill = 'replace me: no Timonel starts with this';
  const secret = { ...values.secret, files: { TIMONEL_SECRET: fill, DATABASE_URL: fill } };
  return `${header}# It is in no kustomization: docs/kubernetes.md says how it is made without a file.\n${documents(madeSecret(realSource({ ...values, secret }, 'timonel', 'timonel')))}`;
}

function kustomization(content: object): string {
  return header + yamlText({ apiVersion: 'kustomize.config.k8s.io/v1beta1', kind: 'Kustomization', ...content });
}

function documents(objects: readonly Model<unknown>[]): string {
  return objects.map((each) => yamlText(withoutEmpty(each.toJSON()))).join('---\n');
}

/** An empty namespace is one that kustomize gives. */
function withoutEmpty(object: unknown): unknown {
  const { metadata, ...rest } = object as { metadata: Record<string, unknown> };
  const { namespace, ...named } = metadata;
  const { apiVersion, kind, ...others } = rest as Record<string, unknown>;
  return { apiVersion, kind, metadata: namespace === '' ? named : metadata, ...others };
}

/** `monitoring.enabled` of a function that picks it. */
function pathOf(pick: (values: never) => boolean): string {
  return /=> ([\w.]+)$/.exec(String(pick))?.[1]?.replace(/^values\./, '') ?? '';
}
