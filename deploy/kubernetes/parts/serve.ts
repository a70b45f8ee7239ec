/** The processes that serve: how they start, are looked at, replaced and stopped. */
import { Deployment } from 'kubernetes-models/apps/v1/Deployment';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1/PodDisruptionBudget';
import type { IContainer } from 'kubernetes-models/v1/Container';
import { Service } from 'kubernetes-models/v1/Service';
import type { IVolume } from 'kubernetes-models/v1/Volume';
import type { IVolumeMount } from 'kubernetes-models/v1/VolumeMount';
import type { Source } from '../source.ts';
import {
  backupVolume,
  confined,
  containerPort,
  emptyFolders,
  folderMounts,
  hardened,
  metadata,
  secretVolume,
  selector,
  timonel,
} from './names.ts';

/** How long a process that drains still gets requests: until every proxy has heard that it is to have none. */
const goodbyeSeconds = 5;
/** TIMONEL_SHUTDOWN_GRACE_MS for runs, as long again for jobs, and what closing takes. */
const drainSeconds = 15 + 15 + 10;

export function serve(source: Source) {
  const own = metadata(source, '', 'serve');
  const labels = selector(source, 'serve');
  return [
    new Deployment({
      metadata: own,
      spec: {
        // The autoscaler sets it where it is on: an upgrade must not put it back.
        ...source.unless(({ autoscaling }) => autoscaling.enabled, { replicas: source.value(({ replicas }) => replicas) }),
        revisionHistoryLimit: 5,
        progressDeadlineSeconds: 600,
        minReadySeconds: 5,
        strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
        selector: { matchLabels: labels },
        template: {
          metadata: { labels, annotations: { 'timonel/settings': source.sum(({ settings }) => settings) } },
          spec: {
            ...hardened(source, source.name),
            terminationGracePeriodSeconds: goodbyeSeconds + drainSeconds,
            affinity: {
              podAntiAffinity: {
                preferredDuringSchedulingIgnoredDuringExecution: [
                  {
                    weight: 100,
                    podAffinityTerm: { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: labels } },
                  },
                ],
              },
            },
            topologySpreadConstraints: [
              {
                maxSkew: 1,
                topologyKey: 'topology.kubernetes.io/zone',
                whenUnsatisfiable: 'ScheduleAnyway',
                labelSelector: { matchLabels: labels },
              },
            ],
            containers: [container(source)],
            volumes: [
              ...emptyFolders,
              secretVolume(source),
              ...source.when<IVolume>(({ backup }) => backup.enabled, backupVolume(source)),
            ],
          },
        },
      },
    }),
    new Service({
      metadata: own,
      spec: {
        type: 'ClusterIP',
        selector: labels,
        ports: [{ name: 'http', port: source.value(({ service }) => service.port), targetPort: 'http' }],
      },
    }),
    new PodDisruptionBudget({
      metadata: own,
      spec: { maxUnavailable: source.value(({ disruption }) => disruption.maxUnavailable), selector: { matchLabels: labels } },
    }),
  ];
}

function container(source: Source): IContainer {
  const ask = (path: string) => ({ httpGet: { path, port: 'http' } });
  return {
    name: 'timonel',
    image: source.value(({ image }) => image),
    imagePullPolicy: source.value(({ pullPolicy }) => pullPolicy),
    command: timonel('up'),
    ports: [{ name: 'http', containerPort }],
    envFrom: [{ configMapRef: { name: source.name } }],
    resources: source.value(({ resources }) => resources),
    securityContext: confined,
    // Three minutes to start. Neither asks for the database: a restart does not bring it back.
    startupProbe: { ...ask('/health/live'), periodSeconds: 2, timeoutSeconds: 5, failureThreshold: 90 },
    livenessProbe: { ...ask('/health/live'), periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 6 },
    readinessProbe: { ...ask('/health/ready'), periodSeconds: 5, timeoutSeconds: 3, failureThreshold: 2 },
    lifecycle: { preStop: { sleep: { seconds: goodbyeSeconds } } },
    volumeMounts: [
      ...folderMounts,
      // For the age of the newest verified one.
      ...source.when<IVolumeMount>(({ backup }) => backup.enabled, { name: 'backups', mountPath: '/backups', readOnly: true }),
    ],
  };
}
