/** Names, labels and contexts that several parts use. */
import type { IObjectMeta } from '@kubernetes-models/apimachinery/apis/meta/v1/ObjectMeta';
import type { IPodSpec } from 'kubernetes-models/v1/PodSpec';
import type { ISecurityContext } from 'kubernetes-models/v1/SecurityContext';
import type { IVolume } from 'kubernetes-models/v1/Volume';
import type { IVolumeMount } from 'kubernetes-models/v1/VolumeMount';
import type { Source } from '../source.ts';

export type Component = 'serve' | 'migrate' | 'backup';

/** Port of the container, as the image says. */
export const containerPort = 8000;

/** Labels that select pods: they never change, since a selector cannot. */
export function selector(source: Source, component: Component): Record<string, string> {
  return {
    'app.kubernetes.io/name': 'timonel',
    'app.kubernetes.io/instance': source.name,
    'app.kubernetes.io/component': component,
  };
}

/** Of an object that belongs to the installation; `suffix` is put behind its name. */
export function metadata(source: Source, suffix = '', component?: Component): IObjectMeta & { labels: Record<string, string> } {
  const labels =
    component === undefined
      ? { 'app.kubernetes.io/name': 'timonel', 'app.kubernetes.io/instance': source.name }
      : selector(source, component);
  return { name: suffix === '' ? source.name : `${source.name}-${suffix}`, namespace: source.namespace, labels };
}

/** Objects that Helm makes before the others, and again for each upgrade; elsewhere the annotations say nothing. */
export function beforeEverything(weight: number): Record<string, string> {
  return {
    'helm.sh/hook': 'pre-install,pre-upgrade',
    'helm.sh/hook-weight': String(weight),
    'helm.sh/hook-delete-policy': 'before-hook-creation',
  };
}

/** What every pod has: no rights, no root, no token, and no variables of services, one of which would be `TIMONEL_PORT`. */
export function hardened(source: Source, serviceAccountName: string): Partial<IPodSpec> {
  return {
    serviceAccountName,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: 10_001,
      runAsGroup: 10_001,
      fsGroup: 10_001,
      seccompProfile: { type: 'RuntimeDefault' },
    },
    imagePullSecrets: source.value(({ pullSecrets }) => pullSecrets),
    nodeSelector: source.value(({ nodeSelector }) => nodeSelector),
    tolerations: source.value(({ tolerations }) => tolerations),
  };
}

export const confined: ISecurityContext = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ['ALL'] },
};

export const secretFolder = '/run/secrets/timonel';

/** Files of the Secret, readable by the group of the process alone. */
export function secretVolume(source: Source): IVolume {
  return { name: 'secrets', secret: { secretName: source.value(({ secret }) => secret.name), defaultMode: 0o440 } };
}

export const emptyFolders: readonly IVolume[] = [
  { name: 'data', emptyDir: {} },
  { name: 'tmp', emptyDir: {} },
];

export const folderMounts: IVolumeMount[] = [
  { name: 'data', mountPath: '/data' },
  { name: 'tmp', mountPath: '/tmp' },
  { name: 'secrets', mountPath: secretFolder, readOnly: true },
];

/** The volume of backups: `backup.ts` makes it. */
export function backupVolume(source: Source): IVolume {
  return { name: 'backups', persistentVolumeClaim: { claimName: metadata(source, 'backups').name ?? '' } };
}

/** A command of Timonel: Node itself and not npm, which does not pass every signal on. */
export function timonel(...parameters: string[]): string[] {
  return ['node', 'bin/timonel.mjs', ...parameters];
}
