/**
 * What can be set of a deployment: the schema of the chart (`values.schema.json`), its defaults (`values.yaml`) and the type that the objects are
 * written against.
 */
import { z } from 'zod';
import { settingNames } from '../../src/config.ts';
import { secretSettings } from '../../src/secret-files.ts';

/** Settings of Timonel as its processes get them: a secret only as the name of a file, and nothing that Timonel does not know. */
const secret: readonly string[] = secretSettings;
const settingKeys = [
  ...settingNames.filter((name) => !secret.includes(name)),
  ...secretSettings.map((name) => `${name}_FILE`),
  // Of Node and of OpenTelemetry, which have settings of their own.
  'NODE_OPTIONS',
  'NODE_EXTRA_CA_CERTS',
];

const quantity = z.string().regex(/^\d+(\.\d+)?(m|k|Ki|M|Mi|G|Gi|T|Ti)?$/);
const quantities = z.record(z.string().regex(/^(cpu|memory|ephemeral-storage)$/), quantity);
const resources = z.strictObject({ requests: quantities, limits: quantities });
const cron = z.string().regex(/^\S+ \S+ \S+ \S+ \S+$/);
const percent = z.number().int().min(1).max(100);
/** Objects of Kubernetes that are handed through as they are. */
const handedThrough = z.array(z.record(z.string(), z.unknown()));
const text = z.record(z.string(), z.string());

export const valuesSchema = z.strictObject({
  image: z
    .string()
    .regex(/^\S+(:[\w.-]+|@sha256:[0-9a-f]{64})$/)
    .refine((image) => !image.endsWith(':latest'))
    .meta({ not: { pattern: ':latest$' } })
    .describe('with a tag or a digest; never latest'),
  pullPolicy: z.enum(['Always', 'IfNotPresent', 'Never']),
  pullSecrets: z.array(z.strictObject({ name: z.string().min(1) })).describe('names of Secrets to pull the image with'),
  settings: z
    .record(z.string().meta({ enum: settingKeys }), z.string())
    .refine((given) => Object.keys(given).every((key) => settingKeys.includes(key)))
    .describe('settings of Timonel (docs/operations.md); a secret as the file that holds it'),
  secret: z
    .strictObject({
      create: z.boolean().describe('make the Secret from `files`; for trials, since Helm keeps values in the cluster'),
      name: z.string().min(1).describe('the Secret whose keys are files in /run/secrets/timonel'),
      files: text.describe('with `create`: content by file name'),
    })
    .describe('secrets come from a Secret that you, Vault or External Secrets make'),
  replicas: z.number().int().min(1).max(200).describe('processes, where autoscaling is off'),
  autoscaling: z.strictObject({
    enabled: z.boolean(),
    min: z.number().int().min(1),
    max: z.number().int().min(1),
    cpuPercent: percent.describe('of the request'),
    memoryPercent: percent.describe('of the request'),
    calmSeconds: z.number().int().min(0).max(3_600).describe('how long it has been quiet before processes are taken away'),
  }),
  disruption: z
    .strictObject({ maxUnavailable: z.number().int().min(1) })
    .describe('processes that a drained node may take at once'),
  resources,
  nodeSelector: text,
  tolerations: handedThrough,
  service: z.strictObject({ port: z.number().int().min(1).max(65_535) }),
  ingress: z.strictObject({
    enabled: z.boolean(),
    className: z.string().min(1),
    host: z.string().min(1),
    tlsSecret: z.string().min(1).describe('certificate and key, e.g. made by cert-manager'),
    annotations: text.describe('event streams are not to be buffered, and a turn may take 110 s'),
  }),
  network: z
    .strictObject({
      fromIngress: handedThrough.describe('peers that may ask for everything'),
      fromMonitoring: handedThrough.describe('peers that may scrape'),
      egress: handedThrough.describe('where processes may connect to'),
    })
    .describe('all that is not listed is denied'),
  migrate: z.strictObject({ deadlineSeconds: z.number().int().min(60).max(86_400), resources }),
  backup: z.strictObject({
    enabled: z.boolean(),
    schedule: cron.describe('UTC'),
    verifySchedule: cron.describe('UTC; verified copies are pruned by TIMONEL_BACKUP_KEEP'),
    claim: z
      .record(z.string(), z.unknown())
      .describe('specification of the PersistentVolumeClaim; processes read it too, for the alert'),
    resources,
  }),
  monitoring: z.strictObject({
    enabled: z.boolean().describe('needs the Prometheus operator and, for dashboards, Grafana with its sidecar'),
    interval: z.string().regex(/^\d+s$/),
    labels: text.describe('labels by which your Prometheus selects monitors and rules'),
    dashboardLabels: text.describe('labels by which Grafana selects dashboards'),
  }),
});

export type Values = z.infer<typeof valuesSchema>;

/** What is written first, on top of the defaults, for one environment. */
export type Overrides = {
  [Group in keyof Values]?: Values[Group] extends unknown[] | string | number ? Values[Group] : Partial<Values[Group]>;
};

const secretFiles = '/run/secrets/timonel';

export function defaultValues(version: string): Values {
  return {
    image: `timonel:${version}`,
    pullPolicy: 'IfNotPresent',
    pullSecrets: [],
    settings: {
      TIMONEL_ENV: 'production',
      TIMONEL_HOST: '0.0.0.0',
      TIMONEL_HOME: '/data',
      TIMONEL_PUBLIC_URL: 'https://timonel.example.com',
      TIMONEL_TRUSTED_PROXIES: '10.0.0.0/8',
      TIMONEL_BACKUP_FOLDER: '/backups',
      TIMONEL_SHUTDOWN_GRACE_MS: '15000',
      TIMONEL_SECRET_FILE: `${secretFiles}/TIMONEL_SECRET`,
      DATABASE_URL_FILE: `${secretFiles}/DATABASE_URL`,
    },
    secret: { create: false, name: 'timonel', files: {} },
    replicas: 3,
    autoscaling: { enabled: true, min: 3, max: 10, cpuPercent: 70, memoryPercent: 80, calmSeconds: 300 },
    disruption: { maxUnavailable: 1 },
    resources: { requests: { cpu: '500m', memory: '768Mi' }, limits: { memory: '1536Mi' } },
    nodeSelector: {},
    tolerations: [],
    service: { port: 80 },
    ingress: {
      enabled: true,
      className: 'nginx',
      host: 'timonel.example.com',
      tlsSecret: 'timonel-tls',
      annotations: {
        'nginx.ingress.kubernetes.io/proxy-buffering': 'off',
        'nginx.ingress.kubernetes.io/proxy-read-timeout': '180',
        'nginx.ingress.kubernetes.io/proxy-body-size': '32m',
      },
    },
    network: {
      fromIngress: [namespace('ingress-nginx')],
      fromMonitoring: [namespace('monitoring')],
      egress: [
        { to: [namespace('kube-system')], ports: [port(53, 'UDP'), port(53)] },
        { ports: [port(5432), port(6379)] },
        // Providers, channels and webhooks; nothing inside, and not the address at which clouds hand out credentials.
        {
          to: [{ ipBlock: { cidr: '0.0.0.0/0', except: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '169.254.0.0/16'] } }],
          ports: [port(443), port(465), port(587), port(993)],
        },
        { to: [namespace('monitoring')], ports: [port(4318)] },
      ],
    },
    migrate: { deadlineSeconds: 1_800, resources: small },
    backup: {
      enabled: true,
      schedule: '17 2 * * *',
      verifySchedule: '47 3 * * *',
      claim: { accessModes: ['ReadWriteMany'], resources: { requests: { storage: '50Gi' } } },
      resources: { requests: { cpu: '250m', memory: '512Mi' }, limits: { memory: '2Gi' } },
    },
    monitoring: {
      enabled: true,
      interval: '15s',
      labels: { release: 'kube-prometheus-stack' },
      dashboardLabels: { grafana_dashboard: '1' },
    },
  };
}

const small = { requests: { cpu: '100m', memory: '384Mi' }, limits: { memory: '768Mi' } };

function namespace(name: string) {
  return { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name } } };
}

function port(number: number, protocol: 'TCP' | 'UDP' = 'TCP') {
  return { port: number, protocol };
}

/** Merges as Helm does: maps are merged, everything else is replaced. */
export function mergeValues(defaults: Values, overrides: Overrides): Values {
  return valuesSchema.parse(merged(defaults, overrides));
}

function merged(base: unknown, over: unknown): unknown {
  if (!isMap(base) || !isMap(over)) return over;
  const keys = new Set([...Object.keys(base), ...Object.keys(over)]);
  return Object.fromEntries([...keys].map((key) => [key, key in over ? merged(base[key], over[key]) : base[key]]));
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
