/** What an installation promises: no rights, no root, no request lost by an update, nothing open that is not listed, settings that Timonel takes. */
import { randomBytes } from 'node:crypto';
import type { IDeploymentSpec } from 'kubernetes-models/apps/v1/DeploymentSpec';
import type { IIngressSpec } from 'kubernetes-models/networking.k8s.io/v1/IngressSpec';
import type { INetworkPolicySpec } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicySpec';
import type { IContainer } from 'kubernetes-models/v1/Container';
import { readSettings } from '../../src/config.ts';
import type { Found } from './check.ts';
import { ofKind, specOf, type Workload, workloads } from './check-objects.ts';
import { hiddenPaths } from './parts/ingress.ts';

export function promiseFaults(objects: readonly Found[]): string[] {
  return [
    ...workloads(objects).flatMap(ofPod),
    ...ofKind(objects, 'Deployment').flatMap((deployment) => ofDeployment(deployment, objects)),
    ...ofKind(objects, 'ConfigMap').flatMap(ofSettings),
    ...ofKind(objects, 'Ingress').flatMap(ofIngress),
    ...ofNetwork(objects),
    ...ofNumbers(objects),
    ...ofKind(objects, 'Namespace').flatMap(({ metadata }) =>
      metadata.labels?.['pod-security.kubernetes.io/enforce'] === 'restricted' ? [] : ['Namespace: pods with rights are let in'],
    ),
    ...ofKind(objects, 'ServiceAccount').flatMap((account) =>
      (account as { automountServiceAccountToken?: boolean }).automountServiceAccountToken === false
        ? []
        : ['ServiceAccount: its token is mounted'],
    ),
    ...objects.flatMap(({ kind }) => (/Role/.test(kind) ? [`${kind}: nothing here needs rights`] : [])),
  ];
}

function ofPod({ kind, name, pod }: Workload): string[] {
  const rules: readonly (readonly [string, boolean])[] = [
    ['runs as root', pod.securityContext?.runAsNonRoot === true && (pod.securityContext.runAsUser ?? 0) > 0],
    ['has no seccomp profile', pod.securityContext?.seccompProfile?.type === 'RuntimeDefault'],
    ['has a token of the cluster', pod.automountServiceAccountToken === false],
    ['gets TIMONEL_PORT from a service named timonel', pod.enableServiceLinks === false],
    ['is on the network of the host', pod.hostNetwork !== true && pod.hostPID !== true],
    ...pod.containers.flatMap(ofContainer),
  ];
  return rules.filter(([, kept]) => !kept).map(([fault]) => `${kind} ${name} ${fault}`);
}

function ofContainer({
  image = '',
  securityContext,
  resources,
  command = [],
  volumeMounts = [],
}: IContainer): (readonly [string, boolean])[] {
  return [
    ['has an image without a version', /[:@]/.test(image) && !image.endsWith(':latest')],
    ['may write to its root', securityContext?.readOnlyRootFilesystem === true],
    ['may get more rights', securityContext?.allowPrivilegeEscalation === false && securityContext.privileged !== true],
    ['keeps capabilities', securityContext?.capabilities?.drop?.includes('ALL') === true],
    ['asks for no CPU or memory', resources?.requests?.['cpu'] !== undefined && resources.requests['memory'] !== undefined],
    ['has no limit of memory', resources?.limits?.['memory'] !== undefined],
    ['starts npm, which does not pass signals on', command[0] === 'node' || command[0] === 'sh'],
    [
      'has no folder to write to',
      ['/data', '/tmp'].every((path) => volumeMounts.some((mount) => mount.mountPath === path && mount.readOnly !== true)),
    ],
    [
      'can write its secrets',
      volumeMounts.every((mount) => !mount.mountPath.startsWith('/run/secrets') || mount.readOnly === true),
    ],
  ];
}

function ofDeployment(deployment: Found, objects: readonly Found[]): string[] {
  const { strategy, template } = specOf<IDeploymentSpec>(deployment);
  const pod = template.spec;
  const [container] = pod?.containers ?? [];
  const { name } = deployment.metadata;
  const settings =
    ofKind(objects, 'ConfigMap').find(({ metadata }) => metadata.name === container?.envFrom?.[0]?.configMapRef?.name)?.data ?? {};
  const grace = 2 * (Number(settings['TIMONEL_SHUTDOWN_GRACE_MS'] ?? 10_000) / 1_000);
  const goodbye = container?.lifecycle?.preStop?.sleep?.seconds ?? 0;
  const path = (probe: IContainer['livenessProbe']) => probe?.httpGet?.path;
  const rules: readonly (readonly [string, boolean])[] = [
    ['stops a process before another is ready', strategy?.type === 'RollingUpdate' && strategy.rollingUpdate?.maxUnavailable === 0],
    ['cannot start one more', strategy?.rollingUpdate?.maxSurge !== 0],
    [
      'is restarted for a fault of the database',
      path(container?.livenessProbe) === '/health/live' && path(container?.startupProbe) === '/health/live',
    ],
    ['gets requests before it is ready', path(container?.readinessProbe) === '/health/ready'],
    ['is asked for health too impatiently', (container?.livenessProbe?.timeoutSeconds ?? 1) >= 5],
    ['stops while proxies still send requests', goodbye >= 5],
    [
      `is killed while it drains: ${goodbye} s and ${grace} s are more than it has`,
      (pod?.terminationGracePeriodSeconds ?? 30) > goodbye + grace + 5,
    ],
    ['may have all its processes on one machine', pod?.affinity?.podAntiAffinity !== undefined],
    ['is not replaced when its settings change', template.metadata?.annotations?.['timonel/settings'] !== undefined],
  ];
  return rules.filter(([, kept]) => !kept).map(([fault]) => `Deployment ${name} ${fault}`);
}

/** What a file may hold, where it is no key. */
const standIns: Readonly<Record<string, string>> = {
  DATABASE_URL: 'postgres://timonel@postgres/timonel',
  REDIS_URL: 'redis://redis:6379',
  TIMONEL_SMTP_URL: 'smtp://mail.example.com:587',
  TIMONEL_OIDC_PROVIDERS: '[]',
};

/** Read by Timonel itself, with a secret in the place of each file. */
function ofSettings({ metadata, data = {} }: Found): string[] {
  if (data['TIMONEL_ENV'] === undefined) return [];
  const given = Object.entries(data).map(([key, value]): [string, string] => {
    if (!key.endsWith('_FILE')) return [key, value];
    const name = key.replace(/_FILE$/, '');
    return [name, standIns[name] ?? randomBytes(32).toString('hex')];
  });
  const outside = Object.entries(data).filter(
    ([key, value]) => key.endsWith('_FILE') && !value.startsWith('/run/secrets/timonel/'),
  );
  try {
    readSettings(Object.fromEntries(given));
    return outside.map(([key]) => `ConfigMap ${metadata.name}: ${key} is not in /run/secrets/timonel`);
  } catch (error) {
    return [`ConfigMap ${metadata.name}: ${error instanceof Error ? error.message : String(error)}`];
  }
}

function ofIngress(ingress: Found): string[] {
  const { tls = [], rules = [] } = specOf<IIngressSpec>(ingress);
  const faults: string[] = [];
  for (const { host, http } of rules) {
    if (!tls.some(({ hosts = [] }) => hosts.includes(host ?? ''))) faults.push(`Ingress: ${host} has no certificate`);
    for (const hidden of hiddenPaths) {
      const route = http?.paths.find(({ path }) => path === hidden);
      if (route?.pathType !== 'Prefix' || route.backend.service?.name?.endsWith('-nowhere') !== true)
        faults.push(`Ingress: ${hidden} is shown to everybody`);
    }
  }
  const annotations = ingress.metadata.annotations ?? {};
  for (const [key, value] of Object.entries(annotations)) {
    if (key.endsWith('/proxy-buffering') && value !== 'off') faults.push('Ingress: event streams are held back');
    if (key.endsWith('/proxy-read-timeout') && Number(value) <= 110) faults.push('Ingress: a turn is waited for in vain');
  }
  if (
    Object.keys(annotations).some((key) => key.startsWith('nginx')) &&
    !('nginx.ingress.kubernetes.io/proxy-buffering' in annotations)
  )
    faults.push('Ingress: event streams are held back');
  return faults;
}

function ofNetwork(objects: readonly Found[]): string[] {
  const policies = ofKind(objects, 'NetworkPolicy').map((policy) => specOf<INetworkPolicySpec>(policy));
  const denies = policies.some(
    ({ podSelector, policyTypes = [], ingress, egress }) =>
      Object.keys(podSelector ?? {}).length === 0 && policyTypes.length === 2 && ingress === undefined && egress === undefined,
  );
  const open = policies.flatMap(({ ingress = [], egress = [] }) => [
    ...ingress.filter(({ from = [] }) => from.length === 0).map(() => 'NetworkPolicy: everybody may come in'),
    ...egress.filter(({ ports = [] }) => ports.length === 0).map(() => 'NetworkPolicy: every port may be connected to'),
    ...egress
      .flatMap(({ to = [] }) => to.flatMap(({ ipBlock }) => ipBlock ?? []))
      .filter(({ cidr, except = [] }) => cidr === '0.0.0.0/0' && !except.some((range) => range.startsWith('169.254.')))
      .map(() => 'NetworkPolicy: the address at which clouds hand out credentials can be reached'),
  ]);
  return [...(denies ? [] : ['NetworkPolicy: nothing denies what is not listed']), ...open];
}

function ofNumbers(objects: readonly Found[]): string[] {
  const faults: string[] = [];
  for (const scaler of ofKind(objects, 'HorizontalPodAutoscaler')) {
    const { minReplicas = 1, maxReplicas } = specOf<{ minReplicas?: number; maxReplicas: number }>(scaler);
    if (minReplicas < 2) faults.push('HorizontalPodAutoscaler: one process alone is no spare');
    if (minReplicas > maxReplicas) faults.push('HorizontalPodAutoscaler: more at least than at most');
    if (ofKind(objects, 'Deployment').some((each) => specOf<IDeploymentSpec>(each).replicas !== undefined))
      faults.push('HorizontalPodAutoscaler: the Deployment sets replicas too');
  }
  for (const budget of ofKind(objects, 'PodDisruptionBudget')) {
    const { maxUnavailable, minAvailable } = specOf<{ maxUnavailable?: number; minAvailable?: number }>(budget);
    if (minAvailable !== undefined || maxUnavailable === undefined || maxUnavailable < 1)
      faults.push('PodDisruptionBudget: a machine cannot be drained');
  }
  for (const job of ofKind(objects, 'CronJob'))
    if (specOf<{ concurrencyPolicy?: string }>(job).concurrencyPolicy !== 'Forbid')
      faults.push(`CronJob ${job.metadata.name}: two at once`);
  return faults;
}
