/** The schema is brought up to date before a new process starts: by a hook in Helm, by a Job that is waited for elsewhere. */
import { Job } from 'kubernetes-models/batch/v1/Job';
import { ConfigMap } from 'kubernetes-models/v1/ConfigMap';
import { ServiceAccount } from 'kubernetes-models/v1/ServiceAccount';
import type { Source } from '../source.ts';
import {
  beforeEverything,
  confined,
  emptyFolders,
  folderMounts,
  hardened,
  metadata,
  secretVolume,
  selector,
  timonel,
} from './names.ts';

export function migrate(source: Source) {
  const own = metadata(source, 'migrate', 'migrate');
  const early = { ...own, annotations: beforeEverything(-10) };
  return [
    // Helm makes hooks before everything else: the migration has its own account and its own copy of the settings.
    new ServiceAccount({ metadata: early, automountServiceAccountToken: false }),
    new ConfigMap({ metadata: early, data: source.value(({ settings }) => settings) }),
    new Job({
      metadata: { ...own, annotations: beforeEverything(0) },
      spec: {
        // A migration that failed for a reason fails again; a database that was not there yet is waited for.
        backoffLimit: 4,
        activeDeadlineSeconds: source.value((values) => values.migrate.deadlineSeconds),
        template: {
          metadata: { labels: selector(source, 'migrate') },
          spec: {
            ...hardened(source, own.name ?? ''),
            restartPolicy: 'Never',
            containers: [
              {
                name: 'migrate',
                image: source.value(({ image }) => image),
                imagePullPolicy: source.value(({ pullPolicy }) => pullPolicy),
                command: timonel('migrate'),
                envFrom: [{ configMapRef: { name: own.name ?? '' } }],
                resources: source.value((values) => values.migrate.resources),
                securityContext: confined,
                volumeMounts: folderMounts,
              },
            ],
            volumes: [...emptyFolders, secretVolume(source)],
          },
        },
      },
    }),
  ];
}
