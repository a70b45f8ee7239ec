/** Backups are taken, and proven by a restore, on a volume that the processes read for the alert of a stale one. */
import { CronJob } from 'kubernetes-models/batch/v1/CronJob';
import { PersistentVolumeClaim } from 'kubernetes-models/v1/PersistentVolumeClaim';
import type { Source } from '../source.ts';
import {
  backupVolume,
  confined,
  emptyFolders,
  folderMounts,
  hardened,
  metadata,
  secretVolume,
  selector,
  timonel,
} from './names.ts';

export function backup(source: Source) {
  const claim = metadata(source, 'backups');
  const verifying = timonel('backup', 'verify').join(' ');
  const pruning = timonel('backup', 'prune').join(' ');
  return [
    new PersistentVolumeClaim({
      // Copies outlive the release.
      metadata: { ...claim, annotations: { 'helm.sh/resource-policy': 'keep' } },
      spec: source.value((values) => values.backup.claim),
    }),
    job(
      source,
      'backup',
      source.value((values) => values.backup.schedule),
      timonel('backup'),
    ),
    job(
      source,
      'backup-verify',
      source.value((values) => values.backup.verifySchedule),
      ['sh', '-c', `${verifying} && ${pruning}`],
    ),
  ];
}

function job(source: Source, name: string, schedule: string, command: string[]) {
  return new CronJob({
    metadata: metadata(source, name, 'backup'),
    spec: {
      schedule,
      timeZone: 'Etc/UTC',
      concurrencyPolicy: 'Forbid',
      startingDeadlineSeconds: 3_600,
      successfulJobsHistoryLimit: 3,
      failedJobsHistoryLimit: 3,
      jobTemplate: {
        spec: {
          backoffLimit: 1,
          activeDeadlineSeconds: 14_400,
          template: {
            metadata: { labels: selector(source, 'backup') },
            spec: {
              ...hardened(source, source.name),
              restartPolicy: 'Never',
              containers: [
                {
                  name,
                  image: source.value(({ image }) => image),
                  imagePullPolicy: source.value(({ pullPolicy }) => pullPolicy),
                  command,
                  envFrom: [{ configMapRef: { name: source.name } }],
                  resources: source.value((values) => values.backup.resources),
                  securityContext: confined,
                  volumeMounts: [...folderMounts, { name: 'backups', mountPath: '/backups' }],
                },
              ],
              volumes: [...emptyFolders, secretVolume(source), backupVolume(source)],
            },
          },
        },
      },
    },
  });
}
